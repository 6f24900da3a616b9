"""How wrong we measure: our own path, from the ask to the exchange, against a loopback stream of known timing."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from scorecards import statistics
from scorecards.catalog import Cited, Endpoint
from scorecards.evidence import Basis, Finding, Reading
from scorecards.exchanges import Ask, Exchange
from scorecards.probes._reading import why
from workers import dialects
from workers.addresses import Policy, policy
from workers.ask import Channel, exchange
from workers.http import Client
from workers.known_stream import FIRST_S, GAP_S, WORDS

DIALECT = dialects.load()["openai_chat"]
READER = "calibration/1"
SUBJECT = "prober"
ROUNDS = ((1, 8), (16, 112))
"""How many at once, and how many requests in all: about a second together, and enough for a P99 at 16."""
MODEL = policy("model", ["127.0.0.1/32"])
REQUEST_S = FIRST_S + (WORDS - 1) * GAP_S
SOURCE = Cited("workers/known_stream.py", date(2026, 11, 25))

MakeClient = Callable[[Policy], Client]


@dataclass(frozen=True, slots=True)
class Calibration:
    """How far our times are from the true ones, measured − true, one sample for each answer.

    Attributes:
        concurrency: How many requests were under way at once.
        ttft_error_ms: Of the time to the first token; what the loopback itself takes is in it.
        itl_error_ms: Of the mean time between two tokens.
        failed: Requests that brought no sample, with what came instead; should be none.
    """

    concurrency: int
    ttft_error_ms: tuple[Decimal, ...]
    itl_error_ms: tuple[Decimal, ...]
    failed: tuple[Exchange, ...] = ()


@contextmanager
def known_stream() -> Iterator[str]:
    """Start the server of known timing, yield its base URL, and end it.

    Raises:
        OSError: it cannot be started.
    """
    command = [sys.executable, "-m", "workers.known_stream"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own module
        try:
            base_url = next(iter(server.stdout or ()), "").strip()
            if not base_url:
                raise OSError(f"wants a base URL from workers.known_stream, it ended with {server.wait()}")
            yield base_url
        finally:
            server.kill()


def calibrate(base_url: str, concurrency: int, requests: int, make_client: MakeClient = Client) -> Calibration:
    """Return our error at `concurrency` at once, from `requests` answers of the server at `base_url`."""
    endpoint = Endpoint("prober:known-stream", "", "prober", "known-stream", "openai_chat", base_url, SOURCE)
    shares = [range(first, requests, concurrency) for first in range(concurrency)]
    with ThreadPoolExecutor(concurrency) as pool:
        answers = pool.map(lambda share: _ask(endpoint, share, share.start / concurrency, make_client), shares)
        found = [one for share in answers for one in share]
    good = [one for one in found if one.ok and len(one.output) == WORDS]
    return Calibration(
        concurrency,
        tuple(_ms(_ttft_ns(one)) for one in good),
        tuple(_ms(_itl_ns(one)) for one in good),
        tuple(one for one in found if one not in good),
    )


def readings(now: datetime, make_client: MakeClient = Client) -> list[Reading]:
    """Return our own error as it is at this moment, one request at a time and many at once; takes about a second.

    Where nothing could be measured the readings are UNMEASURED and say why.
    """
    try:
        with known_stream() as base_url:
            calibrate(base_url, 1, 1, make_client)  # imports, codecs: the first request of a process is no sample
            rounds = [calibrate(base_url, *one, make_client) for one in ROUNDS]
    except OSError as error:
        return [_unmeasured(name, now, str(error)) for concurrency, _ in ROUNDS for name in quantities(concurrency)]
    return [one for found in rounds for one in _readings(found, now)]


def quantities(concurrency: int) -> tuple[str, str]:
    """Return the names of what is measured with so many at once; one at a time goes without saying."""
    at_once = "" if concurrency == 1 else f"_at_{concurrency}"
    return f"prober_ttft_error{at_once}_ms", f"prober_itl_error{at_once}_ms"


def _ask(endpoint: Endpoint, share: Sequence[int], turn: float, make_client: MakeClient) -> list[Exchange]:
    """Ask for one thread's share, beginning at its turn: real requests do not come all at one instant."""
    time.sleep(turn * REQUEST_S)
    with make_client(MODEL) as client:
        channel = Channel(client, DIALECT, endpoint, None)
        return [exchange(channel, Ask(text="now"), datetime.now(UTC)) for _ in share]


def _ttft_ns(found: Exchange) -> int:
    read_ns, sent_ns = _instants(found.output[0].text)
    return found.output[0].at_ns - (sent_ns - read_ns)


def _itl_ns(found: Exchange) -> int:
    first, last = found.output[0], found.output[-1]
    (_, first_ns), (_, last_ns) = _instants(first.text), _instants(last.text)
    return ((last.at_ns - first.at_ns) - (last_ns - first_ns)) // (WORDS - 1)


def _ms(ns: int) -> Decimal:
    return round(Decimal(ns) / 1_000_000, 4)


def _instants(word: str) -> list[int]:
    """Return when the server had read the request, and when it sent this word."""
    return [int(one) for one in word.split()]


def _readings(found: Calibration, now: datetime) -> Iterable[Reading]:
    lost = f", {len(found.failed)} lost: {why(found.failed)}" if found.failed else ""
    note = f"measured − true, against a stream of known timing on this machine, {found.concurrency} at once{lost}"
    for name, samples in zip(quantities(found.concurrency), (found.ttft_error_ms, found.itl_error_ms), strict=True):
        middle = statistics.median(samples)
        if middle is None:
            yield _unmeasured(name, now, note)
            continue
        yield Reading(
            name,
            SUBJECT,
            Finding.KNOWN,
            Basis.EXECUTED,
            now,
            READER,
            value=middle,
            unit="ms",
            n=len(samples),
            note=note,
            samples=samples,
        )


def _unmeasured(name: str, now: datetime, note: str) -> Reading:
    return Reading(name, SUBJECT, Finding.UNMEASURED, Basis.EXECUTED, now, READER, note=note)
