"""One quantity over time: a point for each run, with what could not be measured as a gap that says why."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from scorecards import statistics
from scorecards.evidence import Reading, Value


@dataclass(frozen=True, slots=True)
class Point:
    """One run.

    Attributes:
        value: Median of the run's samples, or its single value; None = it could not be measured, `note` says why.
        p95: None for less than 20 samples.
    """

    taken_at: datetime
    value: Value | None
    p95: Decimal | None
    n: int
    note: str


def points(readings: Iterable[Reading], quantity: str) -> list[Point]:
    """Return the points of one quantity, oldest first."""
    found = [one for one in readings if one.quantity == quantity]
    return [_point(one) for one in sorted(found, key=lambda one: one.taken_at)]


def by_quantity(readings: Iterable[Reading]) -> dict[str, list[Point]]:
    """Return the points of every quantity, each oldest first."""
    found: defaultdict[str, list[Point]] = defaultdict(list)
    for one in sorted(readings, key=lambda one: one.taken_at):
        found[one.quantity].append(_point(one))
    return dict(found)


def _point(one: Reading) -> Point:
    return Point(one.taken_at, one.value, statistics.percentile(one.samples, 95), one.n, one.note)
