"""Asks servers that nobody here wrote for each feature of each dialect, and prints what came of it.

llama.cpp always; a LiteLLM proxy before it with `--litellm VENV` (a venv with `litellm[proxy]`); aimock, a mock of many
providers for Node, with `--aimock FOLDER` (a folder where `npm install @copilotkit/aimock` was run).
`ok` = as asked; `ignored` = answered as if it had not been asked; else the outcome.
"""

import argparse
import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from scorecards.catalog import Cited, Endpoint
from scorecards.exchanges import Ask, AskKind, Calling, Tool
from workers import dialects
from workers.addresses import policy
from workers.ask import Channel, exchange
from workers.http import Client

SERVE_ONE = Path(__file__).parents[1].parent / "shared" / "local-models" / "serve_one.py"
MODEL = "smollm2-135m"
KEY = "sk-bench"
START_DEADLINE_S = 90
LOADED = dialects.load()
PATHS = {
    "openai_chat": "/v1",
    "openai_responses": "/v1",
    "anthropic_messages": "",
    "gemini": "/v1beta",
    "bedrock_converse": "",
}
SERVED = {"llama.cpp": ("openai_chat", "openai_responses", "anthropic_messages")}
"""Dialects a server has routes for, where not all of them are asked."""
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
COLOUR = {"type": "object", "properties": {"colour": {"type": "string"}}, "required": ["colour"]}
WEATHER = Tool("get_weather", "Weather of a city", CITY)
PLAIN = Ask(text="Say hi to the world.", max_output_tokens=40, temperature=Decimal(0))
CALLING = replace(PLAIN, text="What is the weather in Paris?", tools=(WEATHER,), calling=Calling.REQUIRED)
FEATURES = {
    "chat": (replace(PLAIN, stream=False), lambda found: found.text),
    "stream": (PLAIN, lambda found: len(found.output) > 1),
    "tools": (CALLING, lambda found: [json.loads(call.arguments) for call in found.tool_calls]),
    "schema": (replace(PLAIN, schema=COLOUR), lambda found: found.text.lstrip().startswith("{")),
    "logprobs": (replace(PLAIN, top_logprobs=2), lambda found: found.logprobs),
    "usage": (PLAIN, lambda found: found.usage and found.usage.input and found.usage.output),
    "listing": (Ask(AskKind.LIST_MODELS), lambda found: found.listed),
    "counting": (Ask(AskKind.COUNT_TOKENS, text=PLAIN.text), lambda found: found.tokens),
}
"""What is asked, and whether the answer is as it should be."""
ERRORS = {"aimock": ("rate me", "rate_limited")}
TOO_LONG = ("hello " * 3000, "too_large")
MOCKED = {
    "weather": {"toolCalls": [{"name": "get_weather", "arguments": {"city": "Paris"}}]},
    "rate": {"error": {"message": "Rate limit exceeded", "type": "rate_limit_error"}, "status": 429},
    "hi": {"content": "Hello there, world of many words.", "usage": {"input_tokens": 9, "output_tokens": 8}},
}
"""What aimock answers to a message with such a word."""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--litellm", type=Path, help="venv with litellm[proxy]")
    parser.add_argument("--aimock", type=Path, help="folder with node_modules/@copilotkit/aimock")
    args = parser.parse_args()
    if not SERVE_ONE.exists():
        print("needs the local models of ../shared, which this checkout lacks")
        return
    print(f"{'server':11}{'dialect':20}" + "".join(f"{name:13}" for name in (*FEATURES, "errors")))
    with contextlib.ExitStack() as running:
        folder = Path(running.enter_context(tempfile.TemporaryDirectory()))
        llama = running.enter_context(started([sys.executable, SERVE_ONE, "--model", MODEL], folder, "/health"))
        show("llama.cpp", llama)
        if args.litellm:
            command = [args.litellm / "bin" / "litellm", "--config", litellm_config(folder, llama)]
            show("litellm", running.enter_context(started(command, folder, "/health/liveliness")))
        if args.aimock:
            show("aimock", running.enter_context(started(aimock_command(args.aimock, folder), folder, "/health")))


def litellm_config(folder, llama):
    params = {"model": f"openai/{MODEL}", "api_base": f"{llama}/v1", "api_key": "none"}
    settings = {
        "model_list": [{"model_name": MODEL, "litellm_params": params}],
        "general_settings": {"master_key": KEY},
    }
    path = folder / "litellm.yaml"
    path.write_text(json.dumps(settings))  # JSON is YAML
    return path


def aimock_command(aimock, folder):
    path = folder / "mocked.json"
    fixtures = [{"match": {"userMessage": word}, "response": answer} for word, answer in MOCKED.items()]
    path.write_text(json.dumps({"fixtures": fixtures}))
    return ["node", aimock / "node_modules/@copilotkit/aimock/dist/cli.js", "-f", path]


@contextlib.contextmanager
def started(command, folder, health):
    """Run a server on a free port until it answers, and end it afterwards; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with (folder / f"{port}.log").open("wb") as log:
        command = [*map(str, command), "--host", "127.0.0.1", "--port", str(port)]
        server = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        try:
            wait(server, url + health)
            yield url
        finally:
            server.terminate()
            server.wait(20)


def wait(server, url):
    until = time.monotonic() + START_DEADLINE_S
    while time.monotonic() < until and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        time.sleep(0.2)
    sys.exit(f"{url}: wants an answer within {START_DEADLINE_S} s, got none")


def show(server, url):
    text, wanted = ERRORS.get(server, TOO_LONG)
    for dialect in SERVED.get(server, PATHS):
        cells = [verdict(asked(dialect, url, ask), as_wanted) for ask, as_wanted in FEATURES.values()]
        failed = asked(dialect, url, replace(PLAIN, text=text)).outcome
        print(
            f"{server:11}{dialect:20}" + "".join(f"{one:13}" for one in (*cells, "ok" if failed == wanted else failed))
        )


def asked(dialect, url, ask):
    cited = Cited("bench", date(2026, 11, 25))
    at = Endpoint("b:m", "b/m", "b", MODEL, dialect, url + PATHS[dialect], cited, token_counter="llama_cpp")
    with Client(policy("model", ["127.0.0.0/8"])) as client:
        return exchange(Channel(client, LOADED[dialect], at, KEY), ask, datetime.now(UTC))


def verdict(found, as_wanted):
    if not found.ok:
        return str(found.outcome)
    return "ok" if as_wanted(found) else "ignored"


if __name__ == "__main__":
    main()
