"""Adds up the items of a view: as a share of points, as open, partial and closed, or as a form."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from scorecards import scoring
from scorecards.verdict import POINTS, State
from scorecards.views._answers import Answer, Card, Json

NOT_ASKED = "not_asked"


def row(answer: Answer, state: str, points: Decimal | None) -> Json:
    """Return an item as it is published; one that our facts do not reach has neither state nor points."""
    return {
        "id": answer.item.id,
        "title": answer.item.title,
        "asked": answer.item.asked,
        "state": state if answer.item.asked else NOT_ASKED,
        "points": format(points.normalize(), "f") if points is not None and answer.item.asked else None,
        "value": answer.value,
        "because": list(answer.because),
    }


def share(answers: Sequence[Answer], _facts: Mapping[str, Card]) -> tuple[list[Json], Json]:
    """Add up points as the transparency pillar does."""
    rows = [row(one, one.state.value, POINTS.get(one.state)) for one in answers]
    return rows, _of_points([(one.state, POINTS.get(one.state)) for one in answers if one.item.asked])


def _of_points(states: Sequence[tuple[State, Decimal | None]]) -> Json:
    applicable = [points for state, points in states if state is not State.NOT_APPLICABLE]
    found = scoring.pillar([scoring.unknown() if one is None else scoring.exact(one) for one in applicable], "")
    return {
        "score": None if found.score is None else format(found.score, ".1f"),
        "low": format(found.low, ".1f"),
        "high": format(found.high, ".1f"),
        "coverage": format(found.coverage, ".2f"),
        "checked": found.checked,
        "applicable": found.applicable,
    }


CRITERIA: Mapping[State, tuple[str, Decimal | None]] = {
    State.VERIFIED: ("open", Decimal(1)),
    State.DISCLOSED: ("open", Decimal(1)),
    State.PARTIAL: ("partial", Decimal("0.5")),
    State.CLAIMED: ("unchecked", None),
    State.ABSENT: ("closed", Decimal(0)),
    State.CONTRADICTED: ("closed", Decimal(0)),
    State.UNCHECKED: ("unchecked", None),
    State.NOT_APPLICABLE: ("not_applicable", None),
}
"""What each state is called where things are open, partial or closed, and its points."""


def criteria(answers: Sequence[Answer], _facts: Mapping[str, Card]) -> tuple[list[Json], Json]:
    """Count what is open, partial and closed, and what was not looked into, beside the share of points."""
    rows = [row(one, *CRITERIA[one.state]) for one in answers]
    counts = {name: sum(one["state"] == name for one in rows) for name in ("open", "partial", "closed", "unchecked")}
    summary = _of_points([(one.state, CRITERIA[one.state][1]) for one in answers if one.item.asked])
    return rows, {**counts, **summary}


def form(answers: Sequence[Answer], _facts: Mapping[str, Card]) -> tuple[list[Json], Json]:
    """Count what is filled; a form has no score."""
    rows = [row(one, one.state.value, None) for one in answers]
    states = [one["state"] for one in rows]
    values = (State.VERIFIED, State.DISCLOSED, State.PARTIAL)
    return rows, {
        "fields": len(rows),
        "filled": sum(one in (State.VERIFIED, State.DISCLOSED) for one in states),
        "partial": states.count(State.PARTIAL.value),
        "unchecked": sum(one in (State.UNCHECKED, NOT_ASKED) for one in states),
        "gaps": [one["id"] for one in rows if one["state"] not in values],
    }
