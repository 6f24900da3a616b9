"""A reading as plain figures: each percentile of its samples under a name of its own, with unit and n."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from scorecards import statistics
from scorecards.evidence import Reading, Value

UNIT_SUFFIXES = ("_ms", "_s")
"""Ends of a quantity's name that its unit repeats."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number or fact.

    Attributes:
        quantity: `ttft_p50`, `success_share`, …
        value: None = could not be measured, `note` says why.
        n: Observations it rests on.
        low, high: 95 % confidence interval of a share; None for anything else.
    """

    quantity: str
    value: Value | None
    unit: str
    n: int
    note: str = ""
    low: Decimal | None = None
    high: Decimal | None = None


def figures(reading: Reading) -> Iterator[Figure]:
    """Yield the figures of a reading; of a distribution as many percentiles as its samples bear.

    Samples that are all 0 or 1 are attempts: they have a share with an interval, and no percentiles.
    """
    if is_distribution(reading):
        yield from _distribution(reading)
    elif reading.samples:
        yield _share(reading)
    else:
        yield Figure(reading.quantity, reading.value, reading.unit, reading.n, reading.note)


def is_distribution(reading: Reading) -> bool:
    """Tell whether a reading holds measurements, not attempts of which each went well or not."""
    return bool(reading.samples) and (bool(reading.unit) or not set(reading.samples) <= {0, 1})


def _share(reading: Reading) -> Figure:
    n, right = len(reading.samples), int(sum(reading.samples))
    low, high = statistics.wilson(right, n) or (None, None)
    return Figure(reading.quantity, round(Decimal(right) / n, 4), reading.unit, n, reading.note, low, high)


def _distribution(reading: Reading) -> Iterator[Figure]:
    name = next((reading.quantity.removesuffix(end) for end in UNIT_SUFFIXES if reading.quantity.endswith(end)), None)
    for percentile, value in statistics.percentiles(reading.samples).items():
        if value is not None:
            quantity = f"{name or reading.quantity}_{percentile}"
            yield Figure(quantity, round(value, 3), reading.unit, len(reading.samples), reading.note)
