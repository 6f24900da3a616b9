"""Asks against the calibration server, whose behaviour is known: each failure gets its name."""

import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from scorecards.catalog import DIALECTS, Cited, Endpoint
from scorecards.exchanges import Ask, AskKind, DeltaKind
from workers import dialects
from workers.addresses import policy
from workers.ask import Channel, exchange
from workers.http import Client

CALSERVER = Path(__file__).parents[2].parent / "shared" / "calibration" / "calserver.py"
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LOADED = dialects.load()


def test_the_catalogue_knows_every_dialect_that_is_built():
    assert set(LOADED) <= set(DIALECTS)


@pytest.fixture(scope="module")
def base_url():
    if not CALSERVER.exists():
        pytest.skip("needs the calibration server of ../shared, which this checkout lacks")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(CALSERVER), "--port", str(port), "--max-seconds", "120"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout.readline().startswith("READY")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()


@pytest.fixture
def ask_for(base_url):
    """Return a function that asks for a behaviour of the server, within two seconds."""
    bounds = {"connect_s": 1.0, "first_byte_s": 1.5, "idle_s": 1.5, "total_s": 2.0, "max_body_bytes": 1024 * 1024}
    with Client(replace(policy("model", ["127.0.0.0/8"]), **bounds)) as client:

        def ask(behaviour, **fields):
            endpoint = Endpoint(
                f"cal:{behaviour}", "c/m", "cal", behaviour, "openai_chat", base_url, Cited("t", date(2026, 11, 1))
            )
            return exchange(Channel(client, LOADED["openai_chat"], endpoint, "key"), Ask(text="hi", **fields), NOON)

        yield ask


@pytest.mark.parametrize(
    ("behaviour", "outcome"),
    [
        ("cal-ttft20-itl1-n8", "ok"),
        ("cal-ttft20-itl1-n8-role_first", "ok"),
        ("cal-ttft20-itl1-n8-crlf", "ok"),
        ("cal-ttft20-itl1-n8-bom", "ok"),
        ("cal-ttft20-itl1-n8-multiline", "ok"),
        ("cal-ttft20-itl1-n8-split-unicode", "ok"),
        ("cal-ttft20-itl1-n8-linesep", "ok"),
        ("cal-ttft20-itl1-n8-gzip_sse", "ok"),
        ("cal-ttft20-itl1-n8-close_delimited", "ok"),
        ("cal-ttft20-itl1-n8-ignore_stream", "ok"),
        ("cal-ttft20-itl1-n8-no_done", "ok"),
        ("cal-ttft20-itl1-n8-eof", "incomplete"),
        ("cal-code401", "auth"),
        ("cal-code403", "forbidden"),
        ("cal-code404", "not_found"),
        ("cal-code422", "bad_request"),
        ("cal-code429", "rate_limited"),
        ("cal-code500", "server_error"),
        ("cal-code503", "overloaded"),
        ("cal-code500-html_error", "server_error"),
        ("cal-ttft20-itl1-n8-error_event", "server_error"),
        ("cal-ttft20-itl1-n8-bad_event", "bad_json"),
        ("cal-ttft20-itl1-n8-disconnect", "reset"),
        ("cal-ttft20-itl1-n8-bad_chunk", "bad_framing"),
        ("cal-bad_json|plain", "bad_json"),
        ("cal-deep_json|plain", "bad_json"),
        ("cal-nan|plain", "bad_json"),
        ("cal-nonutf8|plain", "bad_json"),
        ("cal-wrong_type|plain", "wrong_type"),
        ("cal-empty_choices|plain", "wrong_type"),
        ("cal-ttft20-itl1-n8-wrong_type", "wrong_type"),
        ("cal-hang", "timeout_first_byte"),
        ("cal-reset", "reset"),
        ("cal-slow_headers", "timeout_first_byte"),
        ("cal-huge_body-mb4", "too_big"),
        ("cal-gzip_bomb-mb64", "too_big"),
        ("cal-redirect_private", "redirect_refused"),
        ("cal-ttft20-itl1-n8-usage_string", "ok"),
        ("cal-ttft20-itl1-n8-usage_missing", "ok"),
    ],
)
def test_each_behaviour_gets_its_name(ask_for, behaviour, outcome):
    name, _, plain = behaviour.partition("|")
    found = ask_for(name, stream=not plain)
    assert found.outcome == outcome, found.detail
    assert bool(found.detail) == (outcome != "ok")
    assert "\n" not in found.detail


def test_what_came_before_a_fault_is_kept(ask_for):
    found = ask_for("cal-ttft20-itl1-n8-error_event")
    assert found.text
    assert found.status == 200


def test_text_tokens_and_stamps_are_as_the_server_says(ask_for):
    found = ask_for("cal-ttft100-itl5-n10-role_first", max_output_tokens=32)
    content = [delta for delta in found.deltas if delta.kind is DeltaKind.CONTENT]
    assert found.deltas[0].kind is DeltaKind.EMPTY
    assert (len(content), found.usage.output, found.finish_reason) == (10, 10, "stop")
    assert 95e6 < content[0].at_ns < 160e6
    assert found.last_ns == content[-1].at_ns


def test_reasoning_is_told_apart_from_the_answer(ask_for):
    found = ask_for("cal-ttft20-itl1-n8-reasoning-k3")
    kinds = [delta.kind for delta in found.deltas if delta.text]
    assert kinds[:3] == [DeltaKind.REASONING] * 3
    assert DeltaKind.CONTENT in kinds


def test_usage_that_is_no_number_is_not_reported(ask_for):
    assert ask_for("cal-ttft20-itl1-n8-usage_string").usage.input is None


def test_a_model_list_is_read(ask_for):
    found = ask_for("cal-n8", kind=AskKind.LIST_MODELS)
    assert found.ok
    assert found.listed


def test_a_call_the_dialect_has_not_is_unsupported(ask_for):
    assert ask_for("cal-n8", kind=AskKind.COUNT_TOKENS).outcome == "unsupported"
