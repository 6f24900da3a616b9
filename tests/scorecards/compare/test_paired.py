"""Paired statistics: equal to scipy's, laws of the interval, how often they cry wolf, what they conclude."""

import random
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from scorecards import statistics
from scorecards.compare import paired, power
from scorecards.compare.paired import Conclusion, Pair, Unit
from tests.scorecards.compare import simulated

D = Decimal
SEEDS = range(5)


def made(a, b, clusters=()):
    named = clusters or [""] * len(a)
    rows = zip(a, b, named, strict=True)
    return [Pair(f"p{at}", D(one), D(other), cluster) for at, (one, other, cluster) in enumerate(rows)]


def counts(wins, losses, same=0):
    """Pairs of which so many were won, lost and neither."""
    return made([0] * wins + [1] * losses + [1] * same, [1] * wins + [0] * losses + [1] * same)


def scipys(pairs, resamples=10_000):
    differences = np.array([float(one.difference) for one in pairs])
    found = stats.bootstrap((differences,), np.mean, n_resamples=resamples, method="percentile", rng=1)
    return found.confidence_interval


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("n", "repeats"), [(60, 1), (100, 1), (300, 1), (100, 3), (80, 30)])
def test_the_bootstrap_is_within_a_hundredth_of_scipys(seed, n, repeats):
    pairs = simulated.pairs(random.Random(seed), n, 0.6, 0.75, repeats)
    delta, (low, high) = paired.compare(pairs, "seed"), scipys(pairs)
    assert delta.by == paired.BOOTSTRAP
    # Means of n scores of 0 and 1 move in steps of 1/n, and so does the interval of scipy itself from seed to seed.
    near = max(0.01, 1 / (n * repeats)) + 1e-9
    assert float(delta.low) == pytest.approx(low, abs=near)
    assert float(delta.high) == pytest.approx(high, abs=near)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_cluster_bootstrap_is_within_a_hundredth_of_scipys(seed):
    rng = random.Random(seed)
    one = [
        replace(each, cluster=f"c{at // rng.choice((3, 4))}")
        for at, each in enumerate(simulated.pairs(rng, 240, 0.6, 0.7))
    ]
    units = paired._units(one)
    totals, sizes = (
        np.array([float(value) for value in found]) for found in zip(*((u.total, u.size) for u in units), strict=True)
    )
    low, high = stats.bootstrap(
        (totals, sizes), lambda t, s, axis=-1: t.sum(axis=axis) / s.sum(axis=axis),
        paired=True, n_resamples=10_000, method="percentile", vectorized=True, rng=1,
    ).confidence_interval  # fmt: skip
    delta = paired.compare(one, "seed")
    assert delta.units == len(units) < delta.n
    assert delta.p_mcnemar is None
    assert (float(delta.low), float(delta.high)) == pytest.approx((low, high), abs=0.01)


@pytest.mark.parametrize("seed", SEEDS)
def test_mcnemar_is_scipys_binomial_test(seed):
    rng = random.Random(seed)
    wins, losses = rng.randrange(200), rng.randrange(200)
    assert float(paired.mcnemar(wins, losses)) == pytest.approx(stats.binomtest(wins, wins + losses).pvalue, rel=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_wilson_is_scipys(seed):
    rng = random.Random(seed)
    n = rng.randrange(1, 400)
    right = rng.randrange(n + 1)
    exact = stats.binomtest(right, n).proportion_ci(method="wilson")
    assert [float(one) for one in statistics.wilson(right, n)] == pytest.approx([exact.low, exact.high], abs=1e-6)


@pytest.mark.parametrize("same", [0, 4, 40])
def test_the_smoothed_interval_is_bonett_and_prices(same):
    # By hand from the published formula, for 3 wins, 1 loss.
    n = 4 + same
    more, less = (3 + 1) / (n + 2), (1 + 1) / (n + 2)
    half = 1.959963984540054 * ((more + less - (more - less) ** 2) / (n + 2)) ** 0.5
    delta = paired.compare(counts(3, 1, same), "seed")
    assert delta.by == paired.SMOOTHED
    assert float(delta.low) == pytest.approx(max(-1, more - less - half))
    assert float(delta.high) == pytest.approx(min(1, more - less + half))


RUNS = 500


def decided(a, b, n=100):
    """The share of simulated comparisons that end better or worse."""
    rng = random.Random(11)
    found = [paired.compare(simulated.pairs(rng, n, a, b), str(at), 1000) for at in range(RUNS)]
    return sum(paired.conclude(one, one.p) in (Conclusion.BETTER, Conclusion.WORSE) for one in found) / RUNS


@pytest.mark.parametrize("share", [0.5, 0.8, 0.95])
def test_two_that_are_equal_are_told_apart_in_at_most_six_of_a_hundred_runs(share):
    assert decided(share, share) <= 0.06


def test_ten_points_are_found_by_a_hundred_prompts_in_eighty_of_a_hundred_runs():
    assert decided(0.8, 0.9) >= 0.80


CONCLUSIONS = [
    # wins, losses, same → conclusion
    (30, 10, 60, Conclusion.BETTER),
    (10, 30, 60, Conclusion.WORSE),
    (3, 3, 394, Conclusion.EQUIVALENT),
    (0, 0, 100, Conclusion.EQUIVALENT),  # nothing changed at a hundred prompts
    (0, 0, 30, Conclusion.UNDECIDED),  # nothing changed, but at thirty a tenth might have
    (0, 0, 1, Conclusion.UNDECIDED),
    (5, 0, 0, Conclusion.UNDECIDED),  # five of five: chance does that in 6 of 100
    (5, 0, 45, Conclusion.UNDECIDED),
    (6, 0, 0, Conclusion.BETTER),
    (8, 5, 87, Conclusion.UNDECIDED),
    (40, 10, 4950, Conclusion.EQUIVALENT),  # surely better, by less than anybody cares
]


@pytest.mark.parametrize(("wins", "losses", "same", "conclusion"), CONCLUSIONS)
def test_a_conclusion_needs_enough_prompts_and_a_difference_that_matters(wins, losses, same, conclusion):
    delta = paired.compare(counts(wins, losses, same), "seed")
    assert paired.conclude(delta, delta.p) is conclusion
    mirrored = paired.compare(counts(losses, wins, same), "seed")
    opposite = {Conclusion.BETTER: Conclusion.WORSE, Conclusion.WORSE: Conclusion.BETTER}
    assert paired.conclude(mirrored, mirrored.p) is opposite.get(conclusion, conclusion)


def test_a_margin_is_the_callers():
    delta = paired.compare(counts(3, 3, 394), "seed")
    assert paired.conclude(delta, delta.p, D("0.001")) is Conclusion.UNDECIDED


def test_what_is_found_alone_may_be_lost_among_many():
    delta = paired.compare(counts(12, 3, 85), "seed")
    alone = paired.conclude(delta, paired.holm({"b": delta.p})["b"])
    among = paired.holm({"b": delta.p, **{f"c{at}": D("0.9") for at in range(19)}})["b"]
    assert (alone, paired.conclude(delta, among)) == (Conclusion.BETTER, Conclusion.UNDECIDED)


def test_holm_is_that_of_the_textbook():
    # Holm 1979: 0.01, 0.02, 0.03, 0.04 → 0.04, 0.06, 0.06, 0.06
    given_p = {"d": D("0.04"), "a": D("0.01"), "c": D("0.03"), "b": D("0.02")}
    assert paired.holm(given_p) == {"d": D("0.06"), "a": D("0.04"), "c": D("0.06"), "b": D("0.06")}
    assert list(paired.holm(given_p)) == list(given_p)


@pytest.mark.parametrize(("n", "points"), [(30, 20), (50, 15), (100, 11), (200, "7.7"), (400, "5.4"), (1000, "3.4")])
def test_the_detectable_difference_is_the_published_one(n, points):
    assert abs(100 * power.detectable(n, D("0.15")) - D(points)) < D("0.5")


def test_so_many_more_prompts_would_decide():
    delta = paired.compare(counts(8, 5, 87), "seed")
    more = power.more_needed(delta.difference, delta.units, delta.spread, paired.MARGIN)
    # 0.03 from 0 is farther than 0.02 from the margin: (2.80 / 0.03)² · 0.13 = 1134
    assert more == 1134 - 100
    assert power.more_needed(delta.difference, 5000, delta.spread, paired.MARGIN) == 0


def test_clusters_that_agree_count_once():
    wins = made([0] * 30, [1] * 30, [f"c{at % 3}" for at in range(30)])
    delta = paired.compare(wins, "seed")
    assert (delta.n, delta.units, delta.changed) == (30, 3, 3)
    assert paired.conclude(delta, delta.p) is Conclusion.UNDECIDED


def test_flips_are_the_prompts_whose_repeats_differ():
    one, zero = D(1), D(0)
    found = power.flips([[one, one, zero], [one, one], [zero, zero, zero], [one, zero], [one], []])
    assert (found.value, found.n) == (D("0.5"), 4)
    assert power.flips([[one], []]) is None


def test_no_pairs_no_difference():
    assert paired.compare([], "seed") is None


shares = st.sampled_from([D(0), D(1), D(1) / 3, D(2) / 3, D("0.5")])
some_pairs = st.lists(st.tuples(shares, shares, st.sampled_from(["", "", "c", "d"])), min_size=1, max_size=60).map(
    lambda rows: made(*zip(*rows, strict=True))
)


@given(some_pairs, st.randoms())
@settings(deadline=None)
def test_the_interval_holds_within_its_bounds_and_does_not_hang_on_the_order(pairs, rng):
    delta = paired.compare(pairs, "seed", 200)
    shuffled = rng.sample(pairs, len(pairs))
    assert -1 <= delta.low <= delta.high <= 1
    assert 0 <= delta.p <= 1
    assert delta.wins + delta.losses <= delta.n
    assert delta.difference == pytest.approx(delta.b - delta.a)
    again = paired.compare(shuffled, "seed", 200)
    assert (again.low, again.high, again.p) == (delta.low, delta.high, delta.p)


@given(st.dictionaries(st.text(max_size=3), st.decimals(0, 1, places=4), max_size=8))
@settings(deadline=None)
def test_holm_only_ever_raises_a_p_and_keeps_the_order(p_values):
    corrected = paired.holm(p_values)
    assert all(p_values[name] <= corrected[name] <= 1 for name in p_values)
    by_p = sorted(p_values, key=lambda name: (p_values[name], name))
    assert [corrected[name] for name in by_p] == sorted(corrected.values())


def test_resamples_drawn_by_counts_are_those_drawn_one_by_one():
    units = [Unit(D(one), 1) for one in [1] * 12 + [-1] * 5 + [0] * 83]
    drawn = paired.bootstrap(units, random.Random(3), 20_000)
    rng = random.Random(4)
    singly = [sum(one.total for one in rng.choices(units, k=100)) / 100 for _ in range(20_000)]
    assert stats.ks_2samp([float(one) for one in drawn], [float(one) for one in singly]).pvalue > 0.001
