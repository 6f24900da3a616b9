"""Puts a model into a class of the Model Openness Framework: components that are there, under open licences."""

from collections.abc import Callable, Mapping, Sequence

from scorecards.transparency import licences
from scorecards.views._answers import STRENGTH, Answer, Card, Json, state_of
from scorecards.views._files import LEVELS, Item
from scorecards.views._methods import CRITERIA, row


def classes(answers: Sequence[Answer], facts: Mapping[str, Card]) -> tuple[list[Json], Json]:
    """Return the best class whose required components are all open, what the next one lacks, and the best possible."""
    states = {one.item.id: _component(one, facts) for one in answers}
    rows = [_with_level(one, *states[one.item.id]) for one in answers]
    reached = _best(answers, lambda one: states[one][0] == "open")
    beyond = LEVELS[LEVELS.index(reached) + 1 :] if reached else LEVELS
    following = beyond[0] if beyond else None
    missing = _lacking(answers, following, lambda one: states[one][0] == "open") if following else []
    return rows, {
        "class": reached,
        "at_best": _best(answers, lambda one: states[one][0] in ("open", "unchecked")),
        "next": following,
        "missing": [{"id": one.id, "title": one.title, "reason": states[one.id][1]} for one in missing],
    }


def _component(answer: Answer, facts: Mapping[str, Card]) -> tuple[str, str]:
    """Return the state of a component, open only under an open licence, and what it lacks."""
    state = CRITERIA[answer.state][0]
    if state != "open":
        return state, {"partial": "there in part", "closed": "not found"}.get(state, "not looked into")
    return _licensed([facts[one] for one in answer.item.licences if one in facts])


def _licensed(said: Sequence[Card]) -> tuple[str, str]:
    """Return whether the first known licence is open, and if not, why."""
    named = [str(one["value"]) for one in said if state_of(one) in STRENGTH]
    if not named:
        return (
            ("closed", "no undisputed licence was found") if said else ("unchecked", "its licence was not looked into")
        )
    allowed = licences.is_open(named[0])
    if allowed is None:
        return "unchecked", f"licence {named[0]!r} is not in the table of licences"
    return ("open", "") if allowed else ("closed", f"licence {named[0]!r} is not open")


def _with_level(answer: Answer, state: str, lacks: str) -> Json:
    item = answer.item
    return {**row(answer, state, None), "level": item.level, "required": item.required, "lacks": lacks}


def _lacking(answers: Sequence[Answer], level: str, counts: Callable[[str], bool]) -> list[Item]:
    """Return the required items of a class and those below it that do not count, nor what may stand in for them."""
    items = [one.item for one in answers]
    wanted = [one for one in items if one.required and LEVELS.index(one.level) <= LEVELS.index(level)]
    return [one for one in wanted if not counts(one.id) and not (one.or_item and counts(one.or_item))]


def _best(answers: Sequence[Answer], counts: Callable[[str], bool]) -> str | None:
    reached = [level for level in LEVELS if not _lacking(answers, level, counts)]
    return reached[-1] if reached else None
