"""Asks two real models on this machine, and compares our figures with the server's own and an independent client's.

The same prompts in turns, each with a word that makes it new to the server; the server keeps no prompt cache and tells
its own times (llama.cpp's `timings`): `prompt_ms` until the first token, `predicted_ms` for `predicted_n` tokens. It
counts the first of them, for which it took no time, so that its tokens/s are n / (n - 1) of everybody else's.
"""

import http.client
import json
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from scorecards.exchanges import Ask
from workers import dialects
from workers.addresses import policy
from workers.ask import Channel, exchange
from workers.http import Client
from workers.local_models import LocalModels

N = 30
MAX_TOKENS = 48
PROMPT = "Note {number}-{who}. Write two plain sentences about {topic} for somebody who has never seen one."
TOPICS = ("rivers", "bridges", "bread", "maps", "clocks")


@dataclass(frozen=True)
class Times:
    """One answer: what the client saw, and what the server says of the same answer."""

    ttft_ms: float
    tps: float
    server_ttft_ms: float
    server_tps: float


def timed(first_ns, last_ns, tokens, timings):
    server_tps = float(timings["predicted_n"]) / float(timings["predicted_ms"]) * 1000
    return Times(first_ns / 1e6, (tokens - 1) / (last_ns - first_ns) * 1e9, float(timings["prompt_ms"]), server_tps)


def ours(client, endpoint, text):
    channel = Channel(client, dialects.load()["openai_chat"], endpoint, None)
    found = exchange(channel, Ask(text=text, max_output_tokens=MAX_TOKENS, temperature=Decimal(0)), datetime.now(UTC))
    return timed(found.output[0].at_ns, found.last_ns, found.usage.output, found.server_timings)


def independent(endpoint, text):
    """Ask by http.client; nothing of ours is used."""
    address = urlsplit(endpoint.base_url)
    connection = http.client.HTTPConnection(address.hostname, address.port)
    connection.connect()
    body = {"model": endpoint.model_id, "messages": [{"role": "user", "content": text}], "max_tokens": MAX_TOKENS}
    body |= {"stream": True, "temperature": 0, "stream_options": {"include_usage": True}}
    started = time.monotonic_ns()
    connection.request(
        "POST", address.path + "/chat/completions", json.dumps(body), {"Content-Type": "application/json"}
    )
    at_ns, tokens, timings = [], None, None
    for line in connection.getresponse():
        if not line.startswith(b"data: {"):
            continue
        now, event = time.monotonic_ns(), json.loads(line[6:])
        choices = event.get("choices") or [{}]
        if (choices[0].get("delta") or {}).get("content"):
            at_ns.append(now - started)
        tokens = (event.get("usage") or {}).get("completion_tokens", tokens)
        timings = event.get("timings") or timings
    connection.close()
    return timed(at_ns[0], at_ns[-1], tokens, timings)


def compare():
    with tempfile.TemporaryDirectory() as folder, LocalModels.start(Path(folder), ports=[0, 0]) as served:
        for endpoint in served.endpoints():
            print_model(endpoint, *asked(endpoint))


def asked(endpoint):
    mine, theirs = [], []
    with Client(policy("model", ["127.0.0.1/32"])) as client:
        ours(client, endpoint, "Warm up.")
        turns = [(mine, partial(ours, client)), (theirs, independent)]
        for number in range(N):
            for answers, ask in turns if number % 2 else reversed(turns):
                text = PROMPT.format(number=number, who="ab"[answers is mine], topic=TOPICS[number % len(TOPICS)])
                answers.append(ask(endpoint, text))
    return mine, theirs


def print_model(endpoint, mine, theirs):
    for what, unit in (("ttft_ms", "ms"), ("tps", "tokens/s")):
        ours, own, other, others_own = (
            statistics.median(getattr(one, name) for one in answers)
            for answers in (mine, theirs)
            for name in (what, f"server_{what}")
        )
        print(
            f"{endpoint.model_id} {what}: medians of {N}: ours {ours:.1f} {unit}, the server says {own:.1f} (ratio "
            f"{ours / own:.3f}, wanted 0.95-1.05); http.client {other:.1f}, the server says {others_own:.1f} (ratio "
            f"{other / others_own:.3f}); ours / http.client {ours / other:.3f}"
        )
