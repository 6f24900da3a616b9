"""Whether an endpoint has become worse, or is well again: decided from its newest runs, told once each way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from scorecards import statistics
from scorecards.card import instant, plain
from scorecards.catalog import Endpoint
from scorecards.events import Event
from scorecards.evidence import Reading

DEGRADED, RECOVERED = "endpoint.degraded", "endpoint.recovered"

ANSWERED = {"uptime": "uptime_share", "latency": "success_share"}
"""The probes whose runs count → the quantity that says which share of its requests a run saw answered.

Requests that tell only of us (a wrong key, an empty budget, a rate limit, …) are not in that share; a run of nothing
else has no value, and is neither good nor bad.
"""
SPEED = "ttft_ms"
"""Its value is the median of a run; only the latency probe measures it, so between two of its runs it is as it was."""

RUNS = 5
"""How many runs are looked at, and how many good ones in a row it takes to be well again."""
FAILED = 3
"""So many failed runs among them are too many."""
TIMES_SLOWER = 3
WINDOW = timedelta(hours=72)
"""Older runs count no more; and so long before a run is looked back for what was usual."""
HALF = Decimal("0.5")
"""A run failed when less than this share of its requests was answered."""


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast a run was.

    Attributes:
        p50_ms: Its median time to first token.
        usual_ms: Median of all samples of the window before it; None = fewer than RUNS runs are in it.
    """

    at: datetime
    p50_ms: Decimal
    usual_ms: Decimal | None

    @property
    def is_slow(self) -> bool:
        """Whether it took more than TIMES_SLOWER times as long as usual."""
        return self.usual_ms is not None and self.p50_ms > TIMES_SLOWER * self.usual_ms


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint is doing.

    Attributes:
        runs: When each of the newest runs was, at most RUNS, oldest first.
        failed: Those of them that failed.
        speeds: Of the newest run that got a first token, which may be older than `runs`, and of all such among them,
            oldest first.
    """

    runs: Sequence[datetime]
    failed: Sequence[datetime]
    speeds: Sequence[Speed]

    @property
    def speed(self) -> Speed | None:
        """The newest speed; None when no run of the window got a first token."""
        return self.speeds[-1] if self.speeds else None

    @property
    def is_failing(self) -> bool:
        """Whether too many of the newest runs failed; with fewer than RUNS of them nobody knows."""
        return len(self.runs) == RUNS and len(self.failed) >= FAILED

    @property
    def is_slow(self) -> bool:
        """Whether the newest speed is far from the usual one."""
        return self.speed is not None and self.speed.is_slow

    @property
    def is_good(self) -> bool:
        """Whether the newest RUNS runs were good, and the newest speed as well."""
        return len(self.runs) == RUNS and not self.failed and not any(one.is_slow for one in self.speeds)


def health(readings: Sequence[Reading], now: datetime) -> Health:
    """Return how an endpoint is doing, from its readings of ANSWERED and SPEED of the last two windows."""
    runs = [one for one in _valued(readings, *ANSWERED.values()) if _within(now, one[0])][-RUNS:]
    timed = _valued(readings, SPEED)
    among = [one for one in timed if runs and one[0] >= runs[0][0]] or timed[-1:]
    return Health(
        runs=[at for at, *_ in runs],
        failed=[at for at, share, _ in runs if share < HALF],
        speeds=[Speed(at, p50, _usual(at, timed)) for at, p50, _ in among if _within(now, at)],
    )


Valued = tuple[datetime, Decimal, Sequence[Decimal]]
"""When, the value, and the samples behind it."""


def _valued(readings: Sequence[Reading], *quantities: str) -> list[Valued]:
    found = [
        (one.taken_at, one.value, one.samples)
        for one in readings
        if one.quantity in quantities and isinstance(one.value, Decimal)
    ]
    return sorted(found)


def _within(end: datetime, at: datetime) -> bool:
    return end - WINDOW < at <= end


def _usual(at: datetime, timed: Sequence[Valued]) -> Decimal | None:
    before = [samples for other, _, samples in timed if other != at and _within(at, other)]
    return statistics.median([one for samples in before for one in samples]) if len(before) >= RUNS else None


def event(endpoint: Endpoint, found: Health, *, degraded: bool) -> Event | None:
    """Return what is to be told of an endpoint; None when it is as it was told last, or nobody can tell.

    Usual is what the window before a run says, not what was usual before it became slow: an endpoint that stays slow
    for longer than half of it is good again by this measure. Both figures are told.

    Args:
        degraded: Whether this was told last.
    """
    if degraded:
        good = f"the last {RUNS} runs were good"
        return _event(RECOVERED, endpoint, found, good, found.runs[0]) if found.is_good else None
    if found.is_failing:
        failing = f"{len(found.failed)} of the last {RUNS} runs failed"
        return _event(DEGRADED, endpoint, found, failing, found.failed[0])
    if found.speed and found.is_slow:
        slow = f"the median time to first token is more than {TIMES_SLOWER} times that of the 72 hours before"
        return _event(DEGRADED, endpoint, found, slow, found.speed.at)
    return None


def _event(name: str, endpoint: Endpoint, found: Health, reason: str, since: datetime) -> Event:
    speed = found.speed
    body = {
        "model": endpoint.model,
        "endpoint": endpoint.ref,
        "state": name.partition(".")[2],
        "reason": reason,
        "runs": {"failed": len(found.failed), "of": len(found.runs)},
        "ttft_p50_ms": plain(speed.p50_ms, 4) if speed else None,
        "median_72h_ms": plain(speed.usual_ms, 4) if speed else None,
        "since": instant(since),
    }
    return Event(name, endpoint.ref, body)
