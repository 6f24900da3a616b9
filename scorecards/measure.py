"""What was measured at one endpoint in one window, as the card publishes it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from scorecards import statistics
from scorecards.evidence import Finding, Reading, Value, family
from scorecards.rubric import Rubric


@dataclass(frozen=True, slots=True)
class Measurement:
    """One quantity over the window.

    Attributes:
        value: The median, share, sum or newest value, as the rubric's table says.
        p50, p95: Percentiles of the samples; None when the quantity has no distribution or too few samples.
        percentiles: `p5` to `p99`, None where there are too few samples; {} when the quantity has no distribution.
        interval: 95 % confidence interval of `value`; None when it has none.
        n: Observations in the window.
    """

    quantity: str
    value: Value
    unit: str
    n: int
    taken_at: datetime
    note: str = ""
    p50: Decimal | None = None
    p95: Decimal | None = None
    interval: tuple[Decimal, Decimal] | None = None
    samples: tuple[Decimal, ...] = ()
    percentiles: Mapping[str, Decimal | None] = field(default_factory=dict)


def window(readings: Iterable[Reading], rubric: Rubric, as_of: datetime) -> dict[str, Measurement]:
    """Return a measurement of every quantity that the rubric publishes and that has a known reading in its window."""
    since = as_of - timedelta(hours=rubric.window_hours)
    by_quantity: defaultdict[str, list[Reading]] = defaultdict(list)
    for one in readings:
        if "aggregate" in rubric.row(one.quantity) and since < one.taken_at <= as_of and one.value is not None:
            by_quantity[one.quantity].append(one)
    order = {quantity: place for place, quantity in enumerate(rubric.quantities)}
    return {
        quantity: AGGREGATES[str(rubric.row(quantity)["aggregate"])](sorted(found, key=lambda one: one.taken_at))
        for quantity, found in sorted(by_quantity.items(), key=lambda item: (order[family(item[0])], item[0]))
    }


def why_unmeasured(readings: Iterable[Reading]) -> str:
    """Return the reason of the newest reading that could not be taken; "" when there is none."""
    failed = [one for one in readings if one.finding is Finding.UNMEASURED]
    return max(failed, key=lambda one: (one.taken_at, one.note)).note if failed else ""


def _samples(readings: Sequence[Reading]) -> tuple[Decimal, ...]:
    return tuple(sample for one in readings for sample in one.samples)


def _median(readings: Sequence[Reading]) -> Measurement:
    samples = _samples(readings)
    middle = statistics.median(samples)
    newest = readings[-1]
    if middle is None:
        return _newest(readings)
    return Measurement(
        newest.quantity,
        middle,
        newest.unit,
        len(samples),
        newest.taken_at,
        newest.note,
        p50=middle,
        p95=statistics.percentile(samples, 95),
        interval=statistics.median_interval(samples),
        samples=samples,
        percentiles=statistics.percentiles(samples),
    )


def _share(readings: Sequence[Reading]) -> Measurement:
    """Pool attempts: samples are 1 for a success and 0 for a failure."""
    samples, newest = _samples(readings), readings[-1]
    successes = int(sum(samples))
    share = Decimal(successes) / len(samples)
    interval = statistics.wilson(successes, len(samples))
    return Measurement(
        newest.quantity, share, newest.unit, len(samples), newest.taken_at, newest.note, interval=interval
    )


def _sum(readings: Sequence[Reading]) -> Measurement:
    newest = readings[-1]
    total = sum((one.value for one in readings if isinstance(one.value, Decimal)), Decimal(0))
    return Measurement(
        newest.quantity, total, newest.unit, sum(one.n for one in readings), newest.taken_at, newest.note
    )


def _newest(readings: Sequence[Reading]) -> Measurement:
    newest = readings[-1]
    value: Value = newest.value if newest.value is not None else ""
    return Measurement(
        newest.quantity, value, newest.unit, newest.n, newest.taken_at, newest.note, interval=newest.interval
    )


AGGREGATES: Mapping[str, Callable[[Sequence[Reading]], Measurement]] = {
    "median": _median,
    "share": _share,
    "sum": _sum,
    "newest": _newest,
}
