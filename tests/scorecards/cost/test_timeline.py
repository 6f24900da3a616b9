"""Laws of steps: a splice changes what it was told to, and nothing else."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from scorecards.cost.timeline import Step, collapsed, holding, spliced

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = [START + timedelta(days=day) for day in range(12)]


def equal(one, other):
    return one == other


def steps(of=None):
    values = st.one_of(st.none(), of or st.integers(1, 3))
    return st.lists(st.builds(Step, st.sampled_from(DAYS), values), max_size=6).map(
        lambda found: sorted(found, key=lambda one: one.start)
    )


@given(steps(), steps(), st.sampled_from(DAYS), st.one_of(st.none(), st.sampled_from(DAYS)))
def test_a_splice_says_what_it_was_told_inside_and_what_was_held_outside(held, told, start, end):
    if end is not None and end <= start:
        end = None
    added = spliced(held, told, start, end, equal)
    # Of one instant the later row counts, so what is added comes behind what is held.
    after = sorted([*held, *added], key=lambda one: one.start)
    for day in DAYS:
        inside = start <= day and (end is None or day < end)
        assert holding(after, day) == holding(told if inside else held, day)


@given(steps(), steps(), st.sampled_from(DAYS))
def test_a_splice_done_twice_adds_nothing(held, told, start):
    after = sorted([*held, *spliced(held, told, start, None, equal)], key=lambda one: one.start)
    assert spliced(after, told, start, None, equal) == []


@given(steps())
def test_collapsed_steps_say_the_same_and_no_two_neighbours_are_equal(found):
    shorter = collapsed(found, equal)
    assert [holding(shorter, day) for day in DAYS] == [holding(found, day) for day in DAYS]
    values = [None, *(one.value for one in shorter)]
    assert all(one != other for one, other in pairwise(values))
