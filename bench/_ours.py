"""Our side of the benchmark, in a process of its own: asks through `exchange` and prints what it measured as JSON."""

import json
import resource
import sys
import threading
import time
from datetime import UTC, date, datetime

from scorecards.catalog import Cited, Endpoint
from scorecards.exchanges import Ask
from workers import dialects
from workers.addresses import policy
from workers.ask import Channel, exchange
from workers.http import Client
from workers.quiet import settle

DIALECT = dialects.load()["openai_chat"]
POLICY = policy("model", ["127.0.0.1/32"])


def main(base_url, model, concurrency, requests, ramp_s):
    endpoint = Endpoint(
        f"bench:{model}", "", "bench", model, "openai_chat", base_url, Cited("bench", date(2026, 11, 1))
    )
    settle()
    threading.stack_size(512 * 1024)
    found, threads = [], []
    for first in range(concurrency):
        share = range(first, requests, concurrency)
        threads.append(threading.Thread(target=ask, args=(endpoint, share, ramp_s * first / concurrency, found)))
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    print(json.dumps({"answers": found, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def ask(endpoint, share, turn_s, found):
    """Ask as often as this thread's share wants, on one kept connection."""
    time.sleep(turn_s)
    with Client(POLICY) as client:
        for _ in share:
            one = exchange(
                Channel(client, DIALECT, endpoint, None), Ask(text="hi", max_output_tokens=64), datetime.now(UTC)
            )
            found.append(
                {
                    "id": one.answer_id,
                    "outcome": one.outcome,
                    "at_ns": [delta.at_ns for delta in one.output],
                    "detail": one.detail,
                }
            )


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5]))
