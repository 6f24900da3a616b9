"""Paired statistics of two endpoints' scores on the same prompts: how much better B is than A, and how sure that is."""

import math
import random
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate

from scorecards import statistics
from scorecards.compare import power

RESAMPLES = 10_000
MARGIN = Decimal("0.05")
"""A difference of scores within ± this much is of no matter, where the caller does not say otherwise."""
LEVEL = Decimal("0.05")

FEWEST_CHANGED = 6
"""Below so many prompts (or clusters) that changed, no test of pairs can reach 5 %: 2 · 0.5^5 > 0.05."""
MOST_KINDS = 24
"""Resampling counts of distinct differences pays up to about so many of them."""

BOOTSTRAP, SMOOTHED = "bootstrap", "bonett_price"


class Conclusion(StrEnum):
    """What a comparison says of B beside A."""

    BETTER = "better"
    WORSE = "worse"
    EQUIVALENT = "equivalent"
    """Whatever difference there is lies within the margin."""
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Pair:
    """The scores (0..1) of one prompt at A and at B; prompts of one `cluster` are not independent, "" = on its own."""

    prompt: str
    a: Decimal
    b: Decimal
    cluster: str = ""

    @property
    def difference(self) -> Decimal:
        """How much better B did, -1..1."""
        return self.b - self.a


@dataclass(frozen=True, slots=True)
class Unit:
    """What is drawn as a whole in a resample: one prompt, or all of a cluster."""

    total: Decimal
    size: int

    @property
    def mean(self) -> Decimal:
        """The mean difference of its prompts."""
        return self.total / self.size


@dataclass(frozen=True, slots=True)
class Delta:
    """B's mean score less A's, with its 95 % interval; all scores 0..1.

    Attributes:
        n: Prompts scored at both.
        units: Prompts or clusters that are independent of each other.
        by: How the interval was made. `bonett_price` where too few prompts changed for a bootstrap to know what it has
            not seen: two made-up pairs, one for each side, keep the interval open.
        wins, losses: Prompts at which B did better, and worse.
        changed: Units with another score at B than at A.
        p_mcnemar: Exact McNemar test of wins and losses, two-sided; None with clusters, whose prompts are not
            independent, and where repeats make scores other than 0 and 1: whoever is asked more often would lose.
        p_sign: The same sum over units, whatever their scores; a second opinion that no verdict rests on alone.
        p: Two-sided, dual to the interval; what Holm's correction takes.
        detectable: Smallest true difference that so many pairs would find with 80 % power.
    """

    n: int
    units: int
    a: Decimal
    b: Decimal
    difference: Decimal
    low: Decimal
    high: Decimal
    by: str
    wins: int
    losses: int
    changed: int
    p_mcnemar: Decimal | None
    p_sign: Decimal
    p: Decimal
    detectable: Decimal
    spread: Decimal
    """Mean square difference of the units: with scores of 0 and 1 the share of prompts that changed."""


def compare(pairs: Sequence[Pair], seed: str, resamples: int = RESAMPLES) -> Delta | None:
    """Return how B's scores differ from A's; None without pairs. The same pairs and seed give the same numbers."""
    if not pairs:
        return None
    units = _units(pairs)
    wins, losses = (sum(sign * one.difference > 0 for one in pairs) for sign in (1, -1))
    changed = sum(one.total != 0 for one in units)
    enough = changed >= FEWEST_CHANGED
    low, high, p = _resampled(units, seed, resamples) if enough else (*smoothed(units), _sign_test(units))
    spread = _spread(units, smooth=not enough)
    return Delta(
        n=len(pairs),
        units=len(units),
        a=_mean([one.a for one in pairs]),
        b=_mean([one.b for one in pairs]),
        difference=_mean([one.difference for one in pairs]),
        low=low,
        high=high,
        by=BOOTSTRAP if enough else SMOOTHED,
        wins=wins,
        losses=losses,
        changed=changed,
        p_mcnemar=mcnemar(wins, losses) if len(units) == len(pairs) and _is_binary(pairs) else None,
        p_sign=_sign_test(units),
        p=p,
        detectable=power.detectable(len(units), spread),
        spread=spread,
    )


def _mean(values: Sequence[Decimal]) -> Decimal:
    return sum(sorted(values), Decimal(0)) / len(values)


def _units(pairs: Sequence[Pair]) -> list[Unit]:
    """Return a unit for each cluster and each prompt without one, in an order that does not hang on the pairs'."""
    groups: defaultdict[tuple[str, str], list[Decimal]] = defaultdict(list)
    for one in pairs:
        groups[("cluster", one.cluster) if one.cluster else ("prompt", one.prompt)].append(one.difference)
    return [Unit(sum(sorted(found), Decimal(0)), len(found)) for _, found in sorted(groups.items())]


def _resampled(units: Sequence[Unit], seed: str, resamples: int) -> tuple[Decimal, Decimal, Decimal]:
    """Return both ends of the percentile interval and the two-sided p."""
    means = sorted(bootstrap(units, random.Random(seed), resamples))  # noqa: S311 - to be drawn again, not kept secret
    low, high = (statistics.quantile(means, share) for share in (LEVEL / 2, 1 - LEVEL / 2))
    below = sum(one <= 0 for one in means)
    above = sum(one >= 0 for one in means)
    return low, high, min(Decimal(1), Decimal(2 * (min(below, above) + 1)) / (resamples + 1))


def bootstrap(units: Sequence[Unit], rng: random.Random, resamples: int) -> list[Decimal]:
    """Return the mean difference of each of so many resamples of the units, with replacement.

    Of units that are alike only the count is drawn, by one binomial after the other: 10,000 resamples of 300 prompts
    take some milliseconds, as many draws would take half a second.
    """
    kinds = sorted(Counter(units).items(), key=lambda kind: (-kind[1], kind[0].total, kind[0].size))
    if len(kinds) > MOST_KINDS:
        return [_ratio([(one, 1) for one in rng.choices(units, k=len(units))]) for _ in range(resamples)]
    return [_ratio(_counts(kinds, len(units), rng)) for _ in range(resamples)]


def _ratio(counts: Sequence[tuple[Unit, int]]) -> Decimal:
    total = sum((unit.total * count for unit, count in counts), Decimal(0))
    return total / sum(unit.size * count for unit, count in counts)


def _counts(kinds: Sequence[tuple[Unit, int]], n: int, rng: random.Random) -> list[tuple[Unit, int]]:
    """Draw how often each kind of unit is among `n` draws."""
    drawn, left, weight = [], n, n
    for unit, of_kind in kinds:
        count = left if of_kind == weight else bisect(_cumulative(left, of_kind / weight), rng.random())
        drawn.append((unit, count))
        left, weight = left - count, weight - of_kind
    return drawn


@lru_cache(maxsize=4096)
def _cumulative(n: int, share: float) -> list[float]:
    """Return the binomial chances of at most 0, 1, … n-1 of `n`; 0 < share < 1."""
    top, yes, no = math.lgamma(n + 1), math.log(share), math.log1p(-share)
    chances = (math.exp(top - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * yes + (n - k) * no) for k in range(n))
    return list(accumulate(chances))


def smoothed(units: Sequence[Unit]) -> tuple[Decimal, Decimal]:
    """Return the 95 % interval of the mean difference with one made-up unit at +1 and one at -1.

    Source: Bonett and Price, Journal of Educational and Behavioral Statistics 37 (2012), for scores of 0 and 1.
    """
    n = len(units) + 2
    centre = sum((one.mean for one in units), Decimal(0)) / n
    half = Decimal(str(statistics.Z_95)) * ((_spread(units, smooth=True) - centre * centre) / n).sqrt()
    return max(centre - half, Decimal(-1)), min(centre + half, Decimal(1))


def _spread(units: Sequence[Unit], *, smooth: bool) -> Decimal:
    made_up = 2 if smooth else 0
    return sum((one.mean**2 for one in units), Decimal(made_up)) / (len(units) + made_up)


def _is_binary(pairs: Sequence[Pair]) -> bool:
    return all(score in (0, 1) for one in pairs for score in (one.a, one.b))


def _sign_test(units: Sequence[Unit]) -> Decimal:
    return mcnemar(sum(one.total > 0 for one in units), sum(one.total < 0 for one in units))


def mcnemar(wins: int, losses: int) -> Decimal:
    """Return the exact two-sided p of McNemar's test; 1 where nothing changed.

    >>> mcnemar(6, 0)
    Decimal('0.03125')
    """
    n = wins + losses
    tail = sum(math.comb(n, k) for k in range(min(wins, losses) + 1))
    return min(Decimal(1), Decimal(2 * tail) / Decimal(2**n))


def holm(p_values: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return every p corrected for there being several, by Holm's method.

    >>> holm({"b": Decimal("0.01"), "c": Decimal("0.04")})
    {'b': Decimal('0.02'), 'c': Decimal('0.04')}
    """
    ordered = sorted(p_values.items(), key=lambda one: (one[1], one[0]))
    grown = accumulate(((len(ordered) - at) * p for at, (_, p) in enumerate(ordered)), max)
    corrected = {name: min(Decimal(1), p) for (name, _), p in zip(ordered, grown, strict=True)}
    return {name: corrected[name] for name in p_values}


def conclude(delta: Delta, p: Decimal, margin: Decimal = MARGIN) -> Conclusion:
    """Return what a difference says, with its p after Holm's correction; one within the margin is of no matter."""
    if -margin < delta.low and delta.high < margin:
        return Conclusion.EQUIVALENT
    if p > LEVEL or delta.changed < FEWEST_CHANGED or delta.low <= 0 <= delta.high:
        return Conclusion.UNDECIDED
    return Conclusion.BETTER if delta.low > 0 else Conclusion.WORSE
