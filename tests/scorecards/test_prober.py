"""The prober's own error: pooled over thirty days, with no tail from too few samples."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from scorecards import prober
from scorecards.evidence import Basis, Finding, Reading

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def taken(days_ago, *samples, quantity="prober_ttft_error_ms"):
    values = tuple(Decimal(one) for one in samples)
    finding = Finding.KNOWN if values else Finding.UNMEASURED
    at = NOON - timedelta(days=days_ago)
    value = values[0] if values else None
    return Reading(quantity, "prober", finding, Basis.EXECUTED, at, "calibration/1", value, "ms", samples=values)


def test_runs_are_pooled_and_the_newest_gives_the_date():
    found = prober.errors([taken(2, 1, 3), taken(1, 5)], NOON)["ttft"]
    assert (found.p50_ms, found.n, found.taken_at) == (3, 3, NOON - timedelta(days=1))


def test_a_tail_wants_a_hundred_samples():
    assert prober.errors([taken(1, *range(99))], NOON)["ttft"].p99_ms is None
    assert prober.errors([taken(1, *range(101))], NOON)["ttft"].p99_ms == 99


def test_what_is_older_than_thirty_days_or_was_not_measured_is_left_out():
    assert prober.errors([taken(30, 1), taken(1), taken(-1, 1)], NOON) == {}


def test_an_error_of_nothing_is_an_error_of_zero():
    assert prober.errors([taken(1, 0)], NOON)["ttft"].p50_ms == 0
