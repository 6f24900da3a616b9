"""Prices over time as steps: what holds from an instant on, until the next step. Pure arithmetic on sorted lists."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import Generic, NamedTuple, TypeVar

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
"""Where a price begins that held before anybody wrote down when."""

Value = TypeVar("Value")


class Step(NamedTuple, Generic[Value]):
    """From `start` on `value` holds; None = no price."""

    start: datetime
    value: Value | None


def holding(steps: Sequence[Step[Value]], at: datetime) -> Value | None:
    """Return what holds at an instant."""
    place = bisect_right(steps, at, key=lambda one: one.start)
    return steps[place - 1].value if place else None


def collapsed(steps: Iterable[Step[Value]], same: Callable[[Value | None, Value | None], bool]) -> list[Step[Value]]:
    """Return sorted steps without those that change nothing; of several at one instant the last one counts."""
    found: list[Step[Value]] = []
    for one in dict((step.start, step) for step in sorted(steps, key=lambda one: one.start)).values():  # noqa: C402 - the last of an instant stays
        if not same(found[-1].value if found else None, one.value):
            found.append(one)
    return found


def spliced(
    held: Sequence[Step[Value]],
    told: Sequence[Step[Value]],
    start: datetime,
    end: datetime | None,
    same: Callable[[Value | None, Value | None], bool],
) -> list[Step[Value]]:
    """Return the steps to add to `held`, so that from `start` to `end` what was `told` holds, and nothing else changes.

    Args:
        held, told: Sorted.
        end: None = for ever.
        same: Whether two values are one price.
    """
    inside = sorted(
        {start, *(one.start for one in [*held, *told] if start <= one.start and (end is None or one.start < end))}
    )
    added: list[Step[Value]] = []
    for at in inside:
        wanted = holding(told, at)
        if not same(_with(held, added, at), wanted):
            added.append(Step(at, wanted))
    if end is not None and not same(_with(held, added, end), holding(held, end)):
        added.append(Step(end, holding(held, end)))
    return added


def _with(held: Sequence[Step[Value]], added: Sequence[Step[Value]], at: datetime) -> Value | None:
    """Return what holds at an instant when `added` (all at or before it) has come to `held`; at one instant it wins."""
    place = bisect_right(held, at, key=lambda one: one.start)
    before = held[place - 1] if place else None
    if added and (before is None or before.start <= added[-1].start):
        return added[-1].value
    return before.value if before else None
