"""Order statistics against values worked out by hand."""

import random
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards import statistics
from scorecards.exchanges import DeltaKind
from tests.scorecards.probes.making import failed, stream

D = Decimal


def test_quantiles_interpolate_linearly():
    ordered = [D(1), D(2), D(3), D(4)]
    assert statistics.quantile(ordered, D("0.5")) == D("2.5")
    assert statistics.quantile(ordered, D(0)) == 1
    assert statistics.quantile(ordered, D(1)) == 4


def test_no_tail_below_twenty_samples():
    assert statistics.percentile([D(1)] * 19, 95) is None
    assert statistics.percentile([D(1)] * 20, 95) == 1


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


SAMPLES = st.lists(st.decimals(0, 1000, places=3), min_size=1, max_size=130)
RANKS = ("p5", "p25", "p50", "p75", "p90", "p95", "p99")


@pytest.mark.parametrize(
    ("n", "known"),
    [
        (0, ()),
        (1, ("p50",)),
        (4, ("p25", "p50", "p75")),
        (19, ("p25", "p50", "p75")),
        (20, ("p5", "p25", "p50", "p75", "p90", "p95")),
        (99, ("p5", "p25", "p50", "p75", "p90", "p95")),
        (100, RANKS),
    ],
)
def test_a_percentile_is_published_only_where_samples_lie_beyond_it(n, known):
    found = statistics.percentiles([D(one) for one in range(n)])
    assert tuple(found) == RANKS
    assert tuple(name for name, value in found.items() if value is not None) == known


@given(SAMPLES)
def test_percentiles_rise_stay_within_the_samples_and_leave_their_share_below(samples):
    found = {name: value for name, value in statistics.percentiles(samples).items() if value is not None}
    assert list(found.values()) == sorted(found.values())
    for name, value in found.items():
        rank = int(name.removeprefix("p"))
        assert min(samples) <= value <= max(samples)
        assert sum(one <= value for one in samples) * 100 >= rank * (len(samples) - 1)
        assert sum(one >= value for one in samples) * 100 >= (100 - rank) * (len(samples) - 1)


@given(SAMPLES, st.randoms())
def test_the_order_of_samples_does_not_matter(samples, rng):
    shuffled = [*samples]
    rng.shuffle(shuffled)
    assert statistics.percentiles(shuffled) == statistics.percentiles(samples)


TARGETS = statistics.Targets(ttft_ms=D(200), tpot_ms=D(10), e2e_ms=D(300))


@pytest.mark.parametrize(
    ("exchange", "met"),
    [
        (stream([200, 210, 220]), True),
        (stream([201, 210, 220]), False),
        (stream([100, 121]), False),  # 21 ms between tokens
        (stream([200, *range(210, 311, 10)]), False),  # ends at 310
        (stream([150]), True),  # no gap to keep
        (stream([150], [DeltaKind.EMPTY]), False),  # nothing came of it
        (failed(), False),
        (failed("refusal"), False),
    ],
)
def test_an_attempt_counts_only_within_every_target_at_once(exchange, met):
    assert TARGETS.met_by(exchange) is met


def test_goodput_is_of_all_attempts_with_its_interval():
    found = statistics.goodput([stream([100, 105]), failed(), failed("rate_limited"), stream([900, 905])], TARGETS)
    assert (found.value, found.n) == (D("0.25"), 4)
    assert (found.low, found.high) == statistics.wilson(1, 4)
    assert statistics.goodput([], TARGETS) is None


ONES = [D(1)] * 5


@pytest.mark.parametrize(
    ("tops", "bottoms", "interval"),
    [
        # A mean with Student's t of 4 degrees: 3 ± 2.7764 · √(2.5 / 5).
        ([D(1), D(2), D(3), D(4), D(5)], ONES, ("1.04", "4.96")),
        ([D(2)] * 5, ONES, ("2.00", "2.00")),
        ([D(2)] * 4, ONES[:4], None),  # too few
        ([D(2)] * 5, [D(0)] * 5, None),  # no success at all
        ([D(2)] * 5, [D(1), D(0), D(0), D(0), D(0)], None),  # one success of five cannot be told from none
        # 8 of 10 successes at 1 each: t² = 5.1176, a = 0.64 - t² · 0.16/9 = 0.5490, (0.8 ± √(0.64 - 0.5490)) / 0.5490.
        ([D(1)] * 10, [D(1)] * 8 + [D(0)] * 2, ("0.91", "2.01")),
    ],
)
def test_the_interval_of_a_ratio_is_fiellers(tops, bottoms, interval):
    found = statistics.ratio_interval(tops, bottoms)
    assert (found and tuple(f"{one:.2f}" for one in found)) == interval


@pytest.mark.parametrize(("freedom", "published"), [(4, 2.7764), (9, 2.2622), (29, 2.0452), (120, 1.9799)])
def test_students_t_is_near_the_published_table(freedom, published):
    low, high = statistics.ratio_interval([D(0), D(2)] + [D(1)] * (freedom - 1), [D(1)] * (freedom + 1))
    half = float(high - low) / 2 / (2 / freedom / (freedom + 1)) ** 0.5
    assert half == pytest.approx(published, rel=0.005)


def test_the_interval_of_a_ratio_holds_the_true_one_about_as_often_as_it_says():
    dice = random.Random(5)
    held = 0
    for _ in range(400):
        solved = [D(dice.random() < 0.7) for _ in range(30)]
        costs = [D(str(round(dice.expovariate(1) + 1, 6))) for _ in solved]
        low, high = statistics.ratio_interval(costs, solved)
        held += low <= D(2) / D("0.7") <= high
    assert 0.91 <= held / 400 <= 0.99
