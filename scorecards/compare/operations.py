"""What B costs and how long it takes beside A on the same prompts, with intervals."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from scorecards import statistics
from scorecards.compare.breaks import Records
from scorecards.compare.cells import Record

TAIL = 95
TAIL_RESAMPLES = 1000

Quantity = Callable[[Record], Decimal | None]
Interval = tuple[Decimal, Decimal] | None
"""95 %; None where there are too few pairs for one."""

TIMES: Mapping[str, Quantity] = {"ttft_ms": lambda one: one.ttft_ms, "e2e_ms": lambda one: one.e2e_ms}


@dataclass(frozen=True, slots=True)
class Times:
    """One kind of time on the prompts that both answered, in ms; of repeats the median counts.

    Attributes:
        difference: Median of the paired differences, B less A.
        a_p95, b_p95: None below 20 prompts, as is `p95_interval`, that of their difference.
    """

    n: int
    a_p50: Decimal
    b_p50: Decimal
    difference: Decimal
    interval: Interval
    a_p95: Decimal | None
    b_p95: Decimal | None
    p95_interval: Interval


@dataclass(frozen=True, slots=True)
class Costs:
    """What a request costs on the prompts for which both have a price, in USD.

    Attributes:
        difference: Mean of the paired differences, B less A.
        times: B's mean over A's; None where A's is 0.
    """

    n: int
    a: Decimal
    b: Decimal
    difference: Decimal
    interval: Interval
    times: Decimal | None
    times_interval: Interval


def both(a: Records, b: Records, quantity: Quantity) -> list[tuple[Decimal, Decimal]]:
    """Return the median of a quantity at A and at B for each prompt that has it at both."""
    pairs = ((middle(a[prompt], quantity), middle(b[prompt], quantity)) for prompt in a if prompt in b)
    return [(one, other) for one, other in pairs if one is not None and other is not None]


def middle(records: Sequence[Record], quantity: Quantity) -> Decimal | None:
    """Return the median of a quantity over repeats; None where none has it."""
    return statistics.median([value for one in records if (value := quantity(one)) is not None])


def times(pairs: Sequence[tuple[Decimal, Decimal]], seed: str) -> Times | None:
    """Return how long B takes beside A; None without pairs."""
    if not pairs:
        return None
    of_a, of_b = [one for one, _ in pairs], [one for _, one in pairs]
    differences = [b - a for a, b in pairs]
    a_p95, b_p95 = statistics.percentile(sorted(of_a), TAIL), statistics.percentile(sorted(of_b), TAIL)
    return Times(
        n=len(pairs),
        a_p50=statistics.median(of_a) or Decimal(0),
        b_p50=statistics.median(of_b) or Decimal(0),
        difference=statistics.median(differences) or Decimal(0),
        interval=statistics.median_interval(differences),
        a_p95=a_p95,
        b_p95=b_p95,
        p95_interval=None if a_p95 is None else _tail(pairs, seed),
    )


def _tail(pairs: Sequence[tuple[Decimal, Decimal]], seed: str) -> tuple[Decimal, Decimal]:
    """Return the 95 % bootstrap interval of the difference of both 95th percentiles; prompts are drawn in pairs."""
    rng = random.Random(seed)  # noqa: S311 - to be drawn again, not kept secret
    share = Decimal(TAIL) / 100

    def drawn() -> Decimal:
        ones, others = zip(*rng.choices(pairs, k=len(pairs)), strict=True)
        return statistics.quantile(sorted(others), share) - statistics.quantile(sorted(ones), share)

    found = sorted(drawn() for _ in range(TAIL_RESAMPLES))
    low, high = (statistics.quantile(found, Decimal(one)) for one in ("0.025", "0.975"))
    return low, high


def costs(pairs: Sequence[tuple[Decimal, Decimal]]) -> Costs | None:
    """Return what B costs beside A; None without pairs."""
    if not pairs:
        return None
    of_a, of_b = [one for one, _ in pairs], [one for _, one in pairs]
    differences = [b - a for a, b in pairs]
    a, b = sum(of_a, Decimal(0)), sum(of_b, Decimal(0))
    return Costs(
        n=len(pairs),
        a=a / len(pairs),
        b=b / len(pairs),
        difference=(b - a) / len(pairs),
        interval=statistics.ratio_interval(differences, [Decimal(1)] * len(pairs)),
        times=b / a if a else None,
        times_interval=statistics.ratio_interval(of_b, of_a),
    )


def cost_per_success(records: Sequence[Record]) -> tuple[Decimal | None, Interval, int]:
    """Return USD per passed answer with its interval and n; what failed has been paid too. None without a pass."""
    priced = [(one.cost_usd, one.score) for one in records if one.cost_usd is not None and one.score is not None]
    paid, passed = [one for one, _ in priced], [one for _, one in priced]
    successes = sum(passed, Decimal(0))
    value = sum(paid, Decimal(0)) / successes if successes else None
    return value, statistics.ratio_interval(paid, passed), len(priced)
