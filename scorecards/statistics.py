"""Order statistics of measured samples and shares of attempts, in Decimal."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from scorecards import timings
from scorecards.exchanges import Exchange

MIN_N = {5: 20, 25: 4, 50: 1, 75: 4, 90: 20, 95: 20, 99: 100}
"""Percentile → how many samples it takes to be published: at least one of them lies beyond it."""

Z_95 = 1.959963984540054
MIN_PAIRS = 5
"""Fewer pairs give no interval of a ratio."""


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


def percentile(samples: Sequence[Decimal], rank: int) -> Decimal | None:
    """Return one of the percentiles of `MIN_N`; None where there are too few samples for it."""
    return quantile(sorted(samples), Decimal(rank) / 100) if len(samples) >= MIN_N[rank] else None


def percentiles(samples: Sequence[Decimal]) -> Mapping[str, Decimal | None]:
    """Return `{"p5": …, …, "p99": …}`; None where there are too few samples.

    >>> percentiles([Decimal(3)])["p50"], percentiles([Decimal(3)])["p99"]
    (Decimal('3.0'), None)
    """
    ordered = sorted(samples)
    return {f"p{rank}": percentile(ordered, rank) for rank in MIN_N}


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


def wilson(successes: int | Decimal, n: int) -> tuple[Decimal, Decimal] | None:
    """Return the 95 % Wilson interval of a share (0..1); None without attempts.

    Successes may be a fraction where each attempt is the mean of several; the interval is then rather too wide.
    """
    if n == 0:
        return None
    share, z2 = float(successes) / n, Z_95 * Z_95
    centre = share + z2 / (2 * n)
    half = Z_95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    low, high = (centre - half) / (1 + z2 / n), (centre + half) / (1 + z2 / n)
    return Decimal(str(round(max(0.0, low), 6))), Decimal(str(round(min(1.0, high), 6)))


def ratio_interval(tops: Sequence[Decimal], bottoms: Sequence[Decimal]) -> tuple[Decimal, Decimal] | None:
    """Return the 95 % Fieller interval of mean(tops) / mean(bottoms) of pairs, such as cost and success of each task.

    None below MIN_PAIRS, and where the mean of `bottoms` cannot be told from 0: then the ratio has no upper end. With
    1 for each of `bottoms` it is the t interval of the mean of `tops`.
    """
    n = len(tops)
    if n < MIN_PAIRS:
        return None
    t2 = _t_95(n - 1) ** 2
    top, bottom = sum(tops, Decimal(0)) / n, sum(bottoms, Decimal(0)) / n
    a = bottom * bottom - t2 * _covariance(bottoms, bottoms) / n
    b = top * bottom - t2 * _covariance(tops, bottoms) / n
    c = top * top - t2 * _covariance(tops, tops) / n
    if a <= 0:
        return None
    half = max(Decimal(0), b * b - a * c).sqrt()
    return (b - half) / a, (b + half) / a


def _covariance(ones: Sequence[Decimal], others: Sequence[Decimal]) -> Decimal:
    n = len(ones)
    mean, other_mean = sum(ones, Decimal(0)) / n, sum(others, Decimal(0)) / n
    products = ((one - mean) * (other - other_mean) for one, other in zip(ones, others, strict=True))
    return sum(products, Decimal(0)) / (n - 1)


def _t_95(freedom: int) -> Decimal:
    """Return the 97.5 % point of Student's t, by its series around the normal one: within 0.5 % from 4 degrees on."""
    z, f = Z_95, float(freedom)
    terms = (
        z,
        (z**3 + z) / (4 * f),
        (5 * z**5 + 16 * z**3 + 3 * z) / (96 * f**2),
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * f**3),
    )
    return Decimal(str(round(math.fsum(terms), 6)))


@dataclass(frozen=True, slots=True)
class Targets:
    """What an answer has to keep within, all of it at once."""

    ttft_ms: Decimal
    tpot_ms: Decimal
    e2e_ms: Decimal

    def met_by(self, exchange: Exchange) -> bool:
        """Tell whether an exchange was answered within every target; one without gaps between tokens has none to keep.

        A failure, and an answer without any output, is a miss.
        """
        first, last = timings.ttft_ms(exchange), timings.e2e_ms(exchange)
        if not exchange.answered or first is None or last is None:
            return False
        between = timings.tpot_ms(exchange) or Decimal(0)
        return first <= self.ttft_ms and between <= self.tpot_ms and last <= self.e2e_ms


@dataclass(frozen=True, slots=True)
class Share:
    """A share (0..1) of `n` attempts with its 95 % Wilson interval."""

    value: Decimal
    low: Decimal
    high: Decimal
    n: int


def share(hits: int | Decimal, n: int) -> Share | None:
    """Return the share of hits with its interval; None without attempts."""
    interval = wilson(hits, n)
    return Share(Decimal(hits) / n, *interval, n) if interval else None


def goodput(exchanges: Sequence[Exchange], targets: Targets) -> Share | None:
    """Return the share of ALL attempts that met every target at once; failures are misses. None without attempts."""
    return share(sum(map(targets.met_by, exchanges)), len(exchanges))


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
