"""`pellucid probe --url`: any endpoint, no catalogue, nothing stored."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workers.test_cli import WRONG_USE, complaint


@pytest.fixture
def look(chat_server, make_instance):
    """Return a function that runs the command against the stub, or against `url`."""
    instance = make_instance(ALLOW_NETWORKS="")

    def run(*arguments, url=None, model="m0"):
        return instance.run("probe", "--url", url or chat_server.base_url, "--model", model, *arguments)

    run.instance = instance
    return run


def figures(done):
    assert done.returncode == 0, done.stderr
    return {one["quantity"]: one for one in json.loads(done.stdout)["readings"]}


def test_every_reading_has_its_unit_its_n_and_no_percentile_from_too_few(look):
    found = figures(look("--allow-loopback", "--probe", "latency", "--json"))
    assert found["ttft_p50"]["unit"] == "ms"
    assert found["ttft_p50"]["value"] > 0
    assert found["ttft_p50"]["n"] == found["ttft_p95"]["n"] == 20
    assert "ttft_p99" not in found
    assert found["success_share"]["value"] == 1
    assert found["success_share"]["low"] < found["success_share"]["high"]


def test_samples_and_concurrency_are_the_callers(look, chat_server):
    done = look("--allow-loopback", "--probe", "latency", "--samples", "4", "--concurrency", "4", "--json")
    assert figures(done)["ttft_p50"]["n"] == 4
    assert len(json.loads(done.stdout)["exchanges"]) == chat_server.requests


def test_a_terminal_shows_tables_a_histogram_and_how_requests_ended(look):
    shown = look("--allow-loopback", "--probe", "latency").stdout
    for part in ("ttft_ms", "P50", "time to first token", "requests: ", " ok"):
        assert part in shown


def test_nothing_is_stored(look):
    look("--allow-loopback", "--probe", "latency")
    assert not look.instance.folder.exists()


@pytest.mark.parametrize(
    ("arguments", "url", "message"),
    [
        ([], None, "--url wanted https, found http; --allow-loopback opens this machine without TLS"),
        (["--allow-loopback"], "ftp://host/v1", "--url wanted an https URL, found the scheme 'ftp'"),
        (["--allow-loopback"], "http://me:secret@host/v1", "wanted a URL without user and password, found one with"),
        (["--allow-loopback", "--key-env", "NO_SUCH_KEY"], None, "no key: wants NO_SUCH_KEY in the "),
        (["--allow-loopback"], "http://127.0.0.1:1/v1", "wants an answer, has none: reset: wanted a connection to"),
        ([], "https://no-such-host.invalid/v1", "wants an answer, has none: dns: "),
        ([], "https://host.invalid/{HOME}/v1", "wants an answer, has none: dns: "),
        ([], "https://host.invalid/{", "wants an answer, has none: dns: "),
        ([], "https://127.0.0.1/v1", "wants an answer, has none: refused_address: "),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_one_line(look, arguments, url, message):
    done = look(*arguments, url=url)
    said = complaint(done)
    assert message in said
    assert "secret" not in done.stdout + done.stderr


def test_an_unknown_model_is_named_in_one_line_and_asked_for_only_three_times(look, chat_server):
    assert "not_found: HTTP 404: no model nobody" in complaint(look("--allow-loopback", model="nobody"))
    assert chat_server.requests == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["probe"], "wants either TARGET or --url, has neither"),
        (["probe", "a:b", "--url", "https://host"], "wants either TARGET or --url, has both"),
        (["probe", "--url", "https://host"], "--url wants --model"),
        (["probe", "a:b", "--samples", "3"], "--samples goes with --url, not with TARGET"),
        (["probe", "--url", "https://host", "--model", "m", "--samples", "0"], "0 is not in the range"),
    ],
)
def test_wrong_use_says_how_it_is_used(make_instance, arguments, message):
    assert message in complaint(make_instance().run(*arguments), WRONG_USE)


def interrupted(child):
    """Press Ctrl-C and return what was printed; once more where Python lost it, as it does in the end of an object."""
    try:
        for last in (False, True):
            child.send_signal(signal.SIGINT)
            try:
                return child.communicate(timeout=10)
            except subprocess.TimeoutExpired:
                if last:
                    raise
    finally:
        child.kill()


def test_ctrl_c_keeps_the_readings_so_far(look, chat_server):
    ten_are_done = chat_server.asked

    def answer(_prompt):
        if chat_server.requests == 10:
            chat_server.silent = True
        ten_are_done.clear()

    chat_server.answer = answer
    command = [Path(sys.executable).with_name("pellucid"), "probe", "--url", chat_server.base_url, "--model", "m0"]
    more = ["--allow-loopback", "--probe", "latency", "--json"]
    child = subprocess.Popen([*command, *more], env=look.instance.env, stdout=-1, stderr=-1, text=True)
    look.instance.until(lambda: chat_server.silent and ten_are_done.is_set(), 15)
    told, said = interrupted(child)
    assert child.returncode == 1, said
    assert "interrupted after 10 requests" in said
    assert "Traceback" not in said
    assert next(one for one in json.loads(told)["readings"] if one["quantity"] == "ttft_p50")["n"] == 9
