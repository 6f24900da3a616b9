"""Other rubrics over the same facts: `data/views/*.toml`, each a pure projection of a card.

A view judges nothing anew. It takes the states that the card gives to facts, combines them to the items of another
rubric, and adds those up as that rubric does. What a card does not mention was not looked into.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from scorecards import scoring
from scorecards.transparency import licences
from scorecards.verdict import POINTS, State

DATA = Path(__file__).parent / "data" / "views"
LEVELS = ("III", "II", "I")
"""Classes of the Model Openness Framework, from the least to the most open."""

STRENGTH = (State.PARTIAL, State.DISCLOSED, State.VERIFIED)
"""States that earn points, weakest first."""

Card = Mapping[str, Any]
Json = dict[str, Any]


class ViewError(ValueError):
    """A view file says something it must not, or no view has this name; the message says what was wanted."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question, criterion, component or field of another rubric.

    Attributes:
        facts: What answers it, all of them together.
        partly: Facts that make it partial where `facts` do not answer it.
        asked: Whether our facts reach it at all; else it is shown and counted nowhere.
        level: Class that it belongs to; "" outside of classes.
        required: Whether its class needs it.
        licences: Facts that say its licence; the first one that is known counts.
        or_item: Id of another item that may stand in for this one; "" = none.
    """

    id: str
    title: str
    facts: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()
    asked: bool = True
    level: str = ""
    required: bool = False
    licences: tuple[str, ...] = ()
    or_item: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """Another rubric over our facts.

    Attributes:
        method: How its items add up, one of METHODS.
        items: In its own order; () = the card's verdicts are its items.
    """

    name: str
    title: str
    attribution: str
    method: str
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """An item with what a card says of it.

    Attributes:
        because: The facts or the verdict it rests on, each with its state and reason.
    """

    item: Item
    state: State
    value: str | bool | None
    because: tuple[Json, ...]


@lru_cache
def load() -> Mapping[str, View]:
    """Return every bundled view by its name, in the order of names.

    Raises:
        ViewError: a file is broken.
    """
    return {path.stem: parse(path.read_text(encoding="utf-8"), path.stem) for path in sorted(DATA.glob("*.toml"))}


def named(name: str) -> View:
    """Return the view of this name.

    Raises:
        ViewError: there is none; the message lists the names.
    """
    if name not in load():
        raise ViewError(f"wants a view among {', '.join(load())}, asked for {name!r}")
    return load()[name]


def parse(text: str, name: str) -> View:
    """Return the view that this TOML text holds.

    Raises:
        ViewError: naming the view, the item and what was wanted.
    """
    try:
        raw = tomllib.loads(text)
        items = tuple(_item(row) for row in raw.get("item", ()))
        view = View(name, raw["title"], raw["attribution"], raw["method"], items)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ViewError(f"{name}: wants a view with title, attribution, method and items, has {error!r}") from error
    if view.method not in METHODS:
        raise ViewError(f"{name}: method wants one of {', '.join(METHODS)}, has {view.method!r}")
    ids = [one.id for one in items]
    for one in items:
        _check(one, ids, name)
    return view


def _item(row: Mapping[str, Any]) -> Item:
    return Item(**{key: tuple(value) if isinstance(value, list) else value for key, value in row.items()})


def _check(item: Item, ids: Sequence[str], name: str) -> None:
    where = f"{name}: item {item.id!r}"
    if ids.count(item.id) > 1:
        raise ViewError(f"{where}: ids must be unique")
    if item.asked != bool(item.facts):
        raise ViewError(f"{where}: wants facts, or asked = false")
    if item.or_item and item.or_item not in ids:
        raise ViewError(f"{where}: or_item wants the id of an item, has {item.or_item!r}")
    if item.level and item.level not in LEVELS:
        raise ViewError(f"{where}: level wants one of {', '.join(LEVELS)}, has {item.level!r}")


def render(view: View, card: Card) -> Json:
    """Return what a card says by another rubric; the same card gives the same, whatever else is known."""
    facts = {one["fact"]: one for one in card.get("facts", ())}
    answers = [_answer(one, facts) for one in view.items] or [_verdict(one) for one in card["verdicts"]]
    items, summary = METHODS[view.method](answers, facts)
    return {
        "view": view.name,
        "title": view.title,
        "attribution": view.attribution,
        "method": view.method,
        "items": items,
        "summary": summary,
    }


def _verdict(verdict: Mapping[str, Any]) -> Answer:
    item = Item(verdict["indicator"], verdict["title"])
    why = {"indicator": verdict["indicator"], "state": verdict["state"], "reason": verdict["reason"]}
    return Answer(item, State(verdict["state"]), _value([verdict]), (why,))


def _answer(item: Item, facts: Mapping[str, Card]) -> Answer:
    states = [_state(facts.get(one)) for one in item.facts]
    state = _together(states)
    partly = [one for one in item.partly if state not in STRENGTH and _state(facts.get(one)) in STRENGTH]
    rests_on = (*item.facts, *(partly or item.partly if state not in STRENGTH else ()))
    if partly and state is not State.CONTRADICTED:
        state = State.PARTIAL
    because = tuple(_why(one, facts.get(one)) for one in rests_on)
    shown = [facts[one] for one in rests_on if _state(facts.get(one)) in STRENGTH]
    return Answer(item, state, _value(shown), because)


def _state(fact: Card | None) -> State:
    """Return a fact's state; what is known to be false is as good as absent."""
    if fact is None:
        return State.UNCHECKED
    state = State(fact["state"])
    return State.ABSENT if fact["value"] is False and state in STRENGTH else state


def _together(states: Sequence[State]) -> State:
    """Return the state of an item from those of its facts, as indicators are judged from theirs."""
    asked = [one for one in states if one is not State.NOT_APPLICABLE]
    if not asked:
        return State.NOT_APPLICABLE if states else State.UNCHECKED
    if State.CONTRADICTED in asked:
        return State.CONTRADICTED
    earned = [one for one in asked if one in STRENGTH]
    if earned:
        return min(earned, key=STRENGTH.index) if len(earned) == len(asked) else State.PARTIAL
    return next((one for one in (State.CLAIMED, State.ABSENT) if one in asked), State.UNCHECKED)


def _why(name: str, fact: Card | None) -> Json:
    if fact is None:
        return {"fact": name, "state": State.UNCHECKED.value, "reason": "not looked into"}
    return {"fact": name, "state": fact["state"], "reason": fact["reason"]}


def _value(shown: Sequence[Card]) -> str | bool | None:
    """Return the value of one fact as it is, those of several as one text."""
    valued = [one for one in shown if one["value"] is not None]
    if len(valued) == 1 and isinstance(valued[0]["value"], bool):
        return bool(valued[0]["value"])
    return "; ".join(f"{_text(one['value'])} {one['unit']}".strip() for one in valued) or None


def _text(value: str | bool) -> str:  # noqa: FBT001 - a value of a fact
    return str(value) if isinstance(value, str) else "yes" if value else "no"


def _row(answer: Answer, state: str, points: Decimal | None) -> Json:
    return {
        "id": answer.item.id,
        "title": answer.item.title,
        "asked": answer.item.asked,
        "state": state if answer.item.asked else "not_asked",
        "points": format(points.normalize(), "f") if points is not None and answer.item.asked else None,
        "value": answer.value,
        "because": list(answer.because),
    }


def _share(answers: Sequence[Answer], _facts: Mapping[str, Card]) -> tuple[list[Json], Json]:
    """Add up points as the transparency pillar does."""
    rows = [_row(one, one.state.value, POINTS.get(one.state)) for one in answers]
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
    State.CLAIMED: ("closed", Decimal(0)),
    State.ABSENT: ("closed", Decimal(0)),
    State.CONTRADICTED: ("closed", Decimal(0)),
    State.UNCHECKED: ("unchecked", None),
    State.NOT_APPLICABLE: ("not_applicable", None),
}
"""What each state is called where things are open, partial or closed, and its points."""


def _criteria(answers: Sequence[Answer], _facts: Mapping[str, Card]) -> tuple[list[Json], Json]:
    rows = [_row(one, *CRITERIA[one.state]) for one in answers]
    counts = {name: sum(one["state"] == name for one in rows) for name in ("open", "partial", "closed", "unchecked")}
    summary = _of_points([(one.state, CRITERIA[one.state][1]) for one in answers if one.item.asked])
    return rows, {**counts, **summary}


def _form(answers: Sequence[Answer], _facts: Mapping[str, Card]) -> tuple[list[Json], Json]:
    """Count what is filled; a form has no score."""
    rows = [_row(one, one.state.value, None) for one in answers]
    filled = [one for one in rows if one["state"] in (State.VERIFIED, State.DISCLOSED)]
    partial = [one for one in rows if one["state"] == State.PARTIAL]
    gaps = [one["id"] for one in rows if one not in filled and one not in partial]
    unchecked = [one["id"] for one in rows if one["state"] in (State.UNCHECKED, "not_asked")]
    return rows, {
        "fields": len(rows),
        "filled": len(filled),
        "partial": len(partial),
        "gaps": gaps,
        "unchecked": unchecked,
    }


def _classes(answers: Sequence[Answer], facts: Mapping[str, Card]) -> tuple[list[Json], Json]:
    """Return the best class whose required components are all open, what the next one lacks, and the best possible."""
    states = {one.item.id: _component(one, facts) for one in answers}
    rows = [_component_row(one, *states[one.item.id]) for one in answers]
    reached = _best(answers, lambda one: states[one][0] == "open")
    following = next(
        (level for level in LEVELS if reached is None or LEVELS.index(level) > LEVELS.index(reached)), None
    )
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
    known = [facts[one] for one in answer.item.licences if _state(facts.get(one)) in STRENGTH]
    if not known:
        return "unchecked", "its licence is not known"
    name = str(known[0]["value"])
    allowed = licences.is_open(name)
    if allowed is None:
        return "unchecked", f"licence {name!r} is not in our table"
    return ("open", "") if allowed else ("closed", f"licence {name!r} is not open")


def _component_row(answer: Answer, state: str, lacks: str) -> Json:
    item = answer.item
    return {**_row(answer, state, None), "level": item.level, "required": item.required, "lacks": lacks}


def _lacking(answers: Sequence[Answer], level: str, counts: Callable[[str], bool]) -> list[Item]:
    """Return the required items of a class and those below it that do not count, nor what may stand in for them."""
    items = [one.item for one in answers]
    wanted = [one for one in items if one.required and LEVELS.index(one.level) <= LEVELS.index(level)]
    return [one for one in wanted if not counts(one.id) and not (one.or_item and counts(one.or_item))]


def _best(answers: Sequence[Answer], counts: Callable[[str], bool]) -> str | None:
    reached = [level for level in LEVELS if not _lacking(answers, level, counts)]
    return reached[-1] if reached else None


METHODS: Mapping[str, Callable[[Sequence[Answer], Mapping[str, Card]], tuple[list[Json], Json]]] = {
    "share": _share,
    "criteria": _criteria,
    "form": _form,
    "mof_class": _classes,
}
