"""What a card says of each item of a view."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scorecards.verdict import State
from scorecards.views._files import Item, View

STRENGTH = (State.PARTIAL, State.DISCLOSED, State.VERIFIED)
"""States that earn points, weakest first."""

Card = Mapping[str, Any]
Json = dict[str, Any]


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


def answers(view: View, card: Card) -> list[Answer]:
    """Return every item of a view with what the card says of it."""
    facts = facts_of(card)
    return [_answer(one, facts) for one in view.items] or [_verdict(one) for one in card["verdicts"]]


def facts_of(card: Card) -> dict[str, Card]:
    """Return a card's facts by their names; those that nobody looked into are left out, as on the card."""
    return {one["fact"]: one for one in card.get("facts", ())}


def _verdict(verdict: Mapping[str, Any]) -> Answer:
    item = Item(verdict["indicator"], verdict["title"])
    why = {"indicator": verdict["indicator"], "state": verdict["state"], "reason": verdict["reason"]}
    return Answer(item, State(verdict["state"]), _value([verdict]), (why,))


def _answer(item: Item, facts: Mapping[str, Card]) -> Answer:
    state = _together([state_of(facts.get(one)) for one in item.facts])
    rests_on = item.facts
    if item.partly and state not in (*STRENGTH, State.CONTRADICTED):
        state = _weaker(state, [state_of(facts.get(one)) for one in item.partly])
        rests_on += item.partly
    shown = [facts[one] for one in rests_on if state_of(facts.get(one)) in STRENGTH]
    return Answer(item, state, _value(shown), tuple(_why(one, facts.get(one)) for one in rests_on))


def _weaker(state: State, partly: Sequence[State]) -> State:
    """Return the state of an item that its facts do not answer, from those that answer it in part."""
    if any(one in STRENGTH for one in partly):
        return State.PARTIAL
    return _together(partly) if state is State.UNCHECKED else state


def state_of(fact: Card | None) -> State:
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
