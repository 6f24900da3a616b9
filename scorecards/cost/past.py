"""How the price of a meter moved: one step for each span of time in which it held."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from scorecards.cost.engine import INSTANT, Tariff
from scorecards.cost.market import STANDARD, Price, digits_of

METERS = ("input", "cache_read", "output")
"""Those whose past is published."""


@dataclass(frozen=True, slots=True)
class Step:
    """What a unit cost from `start` (None = nobody knows since when) to `end` (None = until today and on).

    Attributes:
        low, high: Over windows, context tiers and sources; the same where there is one price.
        state: The worst of the step's prices when it began.
    """

    start: datetime | None
    end: datetime | None
    low: Decimal
    high: Decimal
    state: str


def steps(tariff: Tariff, meter: str, currency: str) -> list[Step]:
    """Return the steps of a meter's price in the standard tier, oldest first; announced ones are among them."""
    found: list[Step] = []
    for one in _spans(tariff, meter, currency):
        before = found[-1] if found else None
        if before and before.end == one.start and (before.low, before.high) == (one.low, one.high):
            found[-1] = replace(before, end=one.end)
        else:
            found.append(one)
    return found


def _spans(tariff: Tariff, meter: str, currency: str) -> Iterator[Step]:
    edges = tariff.edges
    if not edges:
        return
    ends = [*edges, None]
    for start, end in zip([None, *edges], ends, strict=True):
        at = start if start is not None else edges[0] - INSTANT
        market = tariff.markets(at).get(currency)
        prices = market.meters.get(meter, ()) if market else ()
        if standard := [one for one in prices if one.conditions.tier == STANDARD]:
            yield _step(start, end, standard)


def _step(start: datetime | None, end: datetime | None, prices: list[Price]) -> Step:
    digits = digits_of(prices[0].listed.unit)
    low, high = [one.low.scaleb(digits) for one in prices], [one.high.scaleb(digits) for one in prices]
    worst = min(prices, key=lambda one: one.badness)
    return Step(start, end, min(low), max(high), worst.listed.state.value)
