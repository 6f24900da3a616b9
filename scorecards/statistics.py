"""Order statistics of measured samples, in Decimal."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

MIN_N_FOR_P90 = 20
"""Below this many samples no tail percentile from the 90th up is published."""

Z_95 = 1.959963984540054


def quantile(ordered: Sequence[Decimal], share: Decimal) -> Decimal:
    """Return the quantile of sorted samples by linear interpolation (Hyndman-Fan type 7).

    >>> quantile([Decimal(1), Decimal(2), Decimal(4)], Decimal("0.5"))
    Decimal('2.0')
    """
    position = share * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)


def median(samples: Sequence[Decimal]) -> Decimal | None:
    """Return the median; None without samples."""
    return quantile(sorted(samples), Decimal("0.5")) if samples else None


def p95(samples: Sequence[Decimal]) -> Decimal | None:
    """Return the 95th percentile; None below `MIN_N_FOR_P90` samples."""
    return quantile(sorted(samples), Decimal("0.95")) if len(samples) >= MIN_N_FOR_P90 else None


MIN_N = {5: 20, 25: 1, 50: 1, 75: 1, 90: 20, 95: 20, 99: 100}


def percentiles(samples: Sequence[Decimal]) -> Mapping[str, Decimal | None]:
    """Return `{"p5": …, …, "p99": …}`; None where there are too few samples."""
    ordered = sorted(samples)
    enough = {rank: len(samples) >= n for rank, n in MIN_N.items()}
    return {f"p{rank}": quantile(ordered, Decimal(rank) / 100) if enough[rank] else None for rank in MIN_N}


def median_interval(samples: Sequence[Decimal]) -> tuple[Decimal, Decimal] | None:
    """Return a 95 % confidence interval of the median from order statistics; None below 6 samples.

    Distribution-free: ranks n/2 ± 1.96·√n/2 of the sorted samples. With fewer than six samples not even
    the whole range holds the median with 95 %.
    """
    n = len(samples)
    if n < 6:  # noqa: PLR2004 - 2 · 0.5^6 < 0.05 ≤ 2 · 0.5^5
        return None
    ordered = sorted(samples)
    half = Z_95 * math.sqrt(n) / 2
    low = max(0, math.floor(n / 2 - half) - 1)
    high = min(n - 1, math.ceil(n / 2 + half))
    return ordered[low], ordered[high]


def wilson(successes: int, n: int) -> tuple[Decimal, Decimal] | None:
    """Return the 95 % Wilson interval of a share (0..1); None without attempts."""
    if n == 0:
        return None
    share, z2 = successes / n, Z_95 * Z_95
    centre = share + z2 / (2 * n)
    half = Z_95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    low, high = (centre - half) / (1 + z2 / n), (centre + half) / (1 + z2 / n)
    return Decimal(str(round(max(0.0, low), 6))), Decimal(str(round(min(1.0, high), 6)))


def histogram(samples: Sequence[Decimal], bins: int = 12) -> tuple[list[Decimal], list[int]]:
    """Return `bins + 1` edges and `bins` counts over the samples' range; empty lists without samples."""
    if not samples:
        return [], []
    low, high = min(samples), max(samples)
    width = (high - low) / bins if high > low else Decimal(1)
    counts = [0] * bins
    for sample in samples:
        counts[min(int((sample - low) / width), bins - 1)] += 1
    return [low + width * i for i in range(bins + 1)], counts


def at_least(successes: int, n: int, share: float) -> float:
    """Return the binomial chance of so many successes or more in `n` attempts, each with chance `share`.

    >>> at_least(2, 2, 0.5)
    0.25
    """
    return math.fsum(math.comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(successes, n + 1))
