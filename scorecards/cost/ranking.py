"""Positions of endpoints by what a workload costs: a document of one instant, never part of a card."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from scorecards.cost.engine import Cost


@dataclass(frozen=True, slots=True)
class Position:
    """Where an endpoint stands.

    Attributes:
        place: From 1, the cheapest; equal costs share it.
        best, worst: Where it could stand, if every price lay where it may.
    """

    place: int
    best: int
    worst: int
    cost: Cost


@dataclass(frozen=True, slots=True)
class _Span:
    cost: Cost
    low: Decimal
    high: Decimal
    usd: Decimal


def positions(costs: Sequence[Cost]) -> list[Position]:
    """Return the position of each cost that is known in US dollars, cheapest first; the others have none."""
    known = [span for one in costs if (span := _span(one)) is not None]
    known.sort(key=lambda one: (one.usd, one.cost.endpoint))
    return [
        Position(
            place=1 + sum(other.usd < one.usd for other in known),
            best=1 + sum(other.high < one.low for other in known),
            worst=sum(other.low <= one.high for other in known),
            cost=one.cost,
        )
        for one in known
    ]


def _span(cost: Cost) -> _Span | None:
    low, high, usd = cost.in_usd(cost.low), cost.in_usd(cost.high), cost.usd
    if low is None or high is None:
        return None
    return _Span(cost, low, high, high if usd is None else usd)
