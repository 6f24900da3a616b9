"""The exported configuration in a real LiteLLM proxy, by `make test-litellm`: it serves B, and A when B is killed."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import replace
from http.client import HTTPConnection  # noqa: TID251 - a proxy of our own on loopback
from pathlib import Path

import pytest

from scorecards.switching import drill, pack
from scorecards.switching.pack import Material
from tests.scorecards.compare.making import A, B
from tests.scorecards.switching import drilling
from tests.scorecards.switching.drilling import party

ROOT = Path(__file__).parents[3]
LITELLM = ROOT / ".venv-litellm" / "bin" / "litellm"
SERVER = Path(__file__).parent / "openai_like.py"
KEY_OF_A = "a-key-that-only-the-environment-knows"
START_S = 90

pytestmark = [
    pytest.mark.litellm,
    pytest.mark.timeout(180),
    pytest.mark.skipif(not LITELLM.exists(), reason="needs .venv-litellm, which `make test-litellm` makes"),
]


@contextlib.contextmanager
def running(command, **how):
    process = subprocess.Popen([*map(str, command)], **how)
    try:
        yield process
    finally:
        process.kill()
        process.wait(20)


@contextlib.contextmanager
def served(name, *key):
    """Run a server that speaks OpenAI's chat; gives its process and its base URL."""
    with running([sys.executable, SERVER, name, *key], stdout=subprocess.PIPE, text=True) as process:
        yield process, f"http://127.0.0.1:{process.stdout.readline().strip()}/v1"
        process.stdout.close()


@contextlib.contextmanager
def proxied(folder, config, a_url, b_url):
    """Write the pack, start the proxy as its README says, and give the proxy's port and log once it is alive."""
    endpoints = {
        A: replace(party(A).endpoint, base_url=a_url, key_env="KEY_OF_A"),
        B: replace(party(B).endpoint, base_url=b_url, key_env=None),
    }
    files = pack.files(drill.build(drilling.planted()), Material(drilling.plan().prompts, endpoints))
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    assert not any(KEY_OF_A in text for text in files.values())
    port, log = free_port(), folder / "proxy.log"
    script = f". ./switch.env && exec {LITELLM} --config {config} --host 127.0.0.1 --port {port}"
    told = {"PATH": os.environ["PATH"], "HOME": str(folder), "KEY_OF_A": KEY_OF_A, "LITELLM_LOG": "INFO",
            "LITELLM_LOCAL_MODEL_COST_MAP": "True", "NO_PROXY": "*"}  # fmt: skip
    with log.open("wb") as out, running(["/bin/sh", "-c", script], cwd=folder, env=told, stdout=out, stderr=out) as one:
        wait(one, port, log)
        yield port, log


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def wait(process, port, log):
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            if sent(port, "GET", "/health/liveliness")[0] == 200:
                return
        time.sleep(0.2)
    pytest.fail(f"the proxy did not start:\n{log.read_text(errors='replace')[-3000:]}")


def sent(port, method, path, body=None):
    """Return status, JSON and headers of an answer."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        headers = {"Content-Type": "application/json", "Authorization": "Bearer none"}
        connection.request(method, path, json.dumps(body) if body else None, headers)
        answer = connection.getresponse()
        return answer.status, json.load(answer), answer.headers
    finally:
        connection.close()


def ask(port, model="app-main", **more):
    """Return who answered, by the server's own word, and how many fallbacks the proxy says that it took."""
    body = {"model": model, "messages": [{"role": "user", "content": "Hello"}], **more}
    status, answer, headers = sent(port, "POST", "/v1/chat/completions", body)
    assert status == 200, answer
    said = json.loads(answer["choices"][0]["message"]["content"])
    return said, int(headers.get("x-litellm-attempted-fallbacks") or 0)


def test_the_proxy_serves_b_and_falls_back_to_a_when_b_is_killed(tmp_path):
    with (
        served("A", KEY_OF_A) as (_, a_url),
        served("B") as (b, b_url),
        proxied(tmp_path, "litellm.yaml", a_url, b_url) as (port, log),
    ):
        said, fallbacks = ask(port, seed=7)
        assert (said, fallbacks) == ({"from": "B", "model": "model-b", "seed": 7}, 0)
        said, fallbacks = ask(port, "app-backup")
        assert (said["from"], fallbacks) == ("A", 0), "the line that goes back"
        b.kill()
        b.wait(20)
        said, fallbacks = ask(port, seed=7)
        assert (said, fallbacks) == ({"from": "A", "model": "model-a", "seed": 7}, 1)
    print(*(line for line in log.read_text().splitlines() if "fall" in line.lower()), sep="\n")  # noqa: T201 - for -s


def test_a_canary_is_answered_by_both_and_mostly_by_a(tmp_path):
    with (
        served("A", KEY_OF_A) as (_, a_url),
        served("B") as (_, b_url),
        proxied(tmp_path, "litellm.canary.yaml", a_url, b_url) as (port, _),
    ):
        answered = [ask(port)[0]["from"] for _ in range(150)]
    assert 1 <= answered.count("B") < answered.count("A")
