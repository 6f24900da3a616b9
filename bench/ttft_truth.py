"""Compares our time to first token with the server's own account and with an independent client.

Interleaved requests with the same prompts, each new to the server, which keeps no prompt cache; medians of 40.
The model server is llama.cpp's; `timings.prompt_ms` is its own account of the time until the first token.
"""

import http.client
import json
import statistics
import tempfile
import time
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from scorecards.exchanges import Ask, DeltaKind
from workers import dialects
from workers.addresses import policy
from workers.ask import Channel, exchange
from workers.http import Client
from workers.local_models import LocalModels

N = 40
PROMPT = "Note {number}-{who}. Write two plain sentences about {topic} for somebody who has never seen one."
TOPICS = ("rivers", "bridges", "bread", "maps", "clocks")


def ours(client, endpoint, text):
    """Return our TTFT and the server's prompt time, in ms."""
    channel = Channel(client, dialects.load()["openai_chat"], endpoint, None)
    found = exchange(channel, Ask(text=text, max_output_tokens=12, temperature=Decimal(0)), datetime.now(UTC))
    first = next(delta.at_ns for delta in found.deltas if delta.kind is not DeltaKind.EMPTY)
    return first / 1e6, float(found.server_timings["prompt_ms"])


def independent(endpoint, text):
    """Return an http.client's TTFT and the server's prompt time, in ms; nothing of ours is used."""
    address = urlsplit(endpoint.base_url)
    connection = http.client.HTTPConnection(address.hostname, address.port)
    connection.connect()
    body = {"model": endpoint.model_id, "messages": [{"role": "user", "content": text}], "max_tokens": 12}
    body |= {"stream": True, "temperature": 0, "stream_options": {"include_usage": True}}
    started = time.monotonic_ns()
    connection.request(
        "POST", address.path + "/chat/completions", json.dumps(body), {"Content-Type": "application/json"}
    )
    answer, first, server_ms = connection.getresponse(), None, None
    for line in answer:
        if not line.startswith(b"data: {"):
            continue
        event = json.loads(line[6:])
        choices = event.get("choices") or [{}]
        if first is None and (choices[0].get("delta") or {}).get("content"):
            first = time.monotonic_ns()
        server_ms = (event.get("timings") or {}).get("prompt_ms", server_ms)
    connection.close()
    return (first - started) / 1e6, server_ms


def compare(endpoint):
    """Print both clients' medians and their ratios to the server's own account."""
    mine, theirs = [], []
    with Client(policy("model", ["127.0.0.1/32"])) as client:
        ours(client, endpoint, "Warm up.")
        for number in range(N):
            topic = TOPICS[number % len(TOPICS)]
            mine.append(ours(client, endpoint, PROMPT.format(number=number, who="a", topic=topic)))
            theirs.append(independent(endpoint, PROMPT.format(number=number, who="b", topic=topic)))
    medians = [statistics.median(one[part] for one in rows) for rows in (mine, theirs) for part in (0, 1)]
    print(
        f"{endpoint.model_id}: n={N} ours {medians[0]:.1f} ms (server says {medians[1]:.1f}, ratio "
        f"{medians[0] / medians[1]:.3f}); http.client {medians[2]:.1f} ms (server says {medians[3]:.1f}, ratio "
        f"{medians[2] / medians[3]:.3f}); ours / http.client {medians[0] / medians[2]:.3f}"
    )


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder, LocalModels.start(Path(folder), ports=[0, 0]) as served:
        for one in served.endpoints():
            compare(one)
