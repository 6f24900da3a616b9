"""Order statistics against values worked out by hand."""

import random
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from scorecards import statistics

D = Decimal


def test_quantiles_interpolate_linearly():
    ordered = [D(1), D(2), D(3), D(4)]
    assert statistics.quantile(ordered, D("0.5")) == D("2.5")
    assert statistics.quantile(ordered, D(0)) == 1
    assert statistics.quantile(ordered, D(1)) == 4


def test_no_tail_below_twenty_samples():
    assert statistics.p95([D(1)] * 19) is None
    assert statistics.p95([D(1)] * 20) == 1


def test_the_interval_of_a_median_needs_six_samples_and_holds_it():
    assert statistics.median_interval([D(1)] * 5) is None
    assert statistics.median_interval([D(one) for one in range(6)]) == (0, 5)


def test_the_interval_of_a_median_covers_it_in_at_least_95_of_100():
    rng = random.Random(7)
    covered = 0
    for _ in range(400):
        interval = statistics.median_interval([D(str(rng.random())) for _ in range(21)])
        covered += interval is not None and interval[0] <= D("0.5") <= interval[1]
    assert covered >= 380


def test_wilson_matches_published_values():
    # 10 of 20: Wilson 1927 as tabulated, (0.2993, 0.7007).
    assert [round(one, 4) for one in statistics.wilson(10, 20)] == [D("0.2993"), D("0.7007")]
    assert statistics.wilson(0, 0) is None
    assert statistics.wilson(20, 20)[1] == 1


@given(st.lists(st.decimals(0, 1000, places=3), min_size=1, max_size=60))
def test_a_histogram_counts_every_sample_once(samples):
    edges, counts = statistics.histogram(samples)
    assert sum(counts) == len(samples)
    assert len(edges) == len(counts) + 1
    assert edges[0] == min(samples)
