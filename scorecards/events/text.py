"""One sentence for people on each kind of event: plain text, which whoever shows it escapes in its own way."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from scorecards.cost.changes import label
from scorecards.events import Event
from scorecards.events.delivery import FAILING_AFTER

MAX_WORD_CHARACTERS = 160
MAX_CHARACTERS = 600
"""What comes from outside, a reason or an id, is cut at the first; a sentence at the second."""
_CUT = "…"

SENTENCES: Mapping[str, str] = {
    "scorecard.published": "{thing}: a new scorecard{moves}{why}",
    "verdict.changed": "{thing}: verdict {part} went from {before} to {after}{why}",
    "price.changed": "{thing}: {price} {goes} from {before} to {after}{since}{why}",
    "endpoint.degraded": "{thing}: degraded{reason}",
    "endpoint.recovered": "{thing}: no longer degraded{reason}",
    "lifecycle.announced": "{thing}: was {was} and is {now}{why}",
    "evidence.stale": "{thing}: evidence for verdict {part} has passed its time to live{why}",
    "challenge.updated": "{thing}: a challenge of verdict {part} is now {state}{reason}",
    "comparison.finished": "comparison {thing}: {state}{reason}",
    "subscription.test": "subscription {thing}: a test, nothing happened",
    "subscription.failing": f"subscription {{thing}}: {FAILING_AFTER} attempts in a row failed{{reason}}",
    "subscription.disabled": "subscription {thing}: disabled, nothing is sent until somebody enables it{reason}",
    "subscription.recovered": "subscription {thing}: deliveries arrive again",
}
"""A sentence for each of EVENT_TYPES. `thing` and `part` are what stands before and after the subject's `#`."""


def sentence(event: Event) -> str:
    """Return what happened as one line of at most MAX_CHARACTERS, without control characters.

    What the event's body does not say is "unknown"; its null, there was or is nothing, is "nothing".

    >>> body = {"before": "absent", "after": "disclosed", "kinds": ["vendor_change"]}
    >>> sentence(Event("verdict.changed", "deepseek/deepseek-v3.2#B3", body))
    'deepseek/deepseek-v3.2: verdict B3 went from absent to disclosed (vendor_change)'
    """
    thing, _, part = event.subject.partition("#")
    told = {name: _word(event.body.get(name, "unknown")) for name in ("before", "after", "state")}
    phrases = {name: phrase(event.body) for name, phrase in _PHRASES.items()}
    return cut(SENTENCES[event.type].format(thing=_word(thing), part=_word(part), **told, **phrases), MAX_CHARACTERS)


def cut(text: str, most: int) -> str:
    r"""Return the text as one printable line of at most `most` characters.

    >>> cut("one\ntwo three", 8)
    'one two…'
    """
    line = " ".join("".join(one if one.isprintable() else " " for one in text).split())
    return line if len(line) <= most else line[: most - len(_CUT)] + _CUT


def _word(value: object) -> str:
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return cut(text, MAX_WORD_CHARACTERS)


def _why(body: Mapping[str, Any]) -> str:
    kinds = ", ".join(map(_word, body.get("kinds", ())))
    return f" ({kinds})" if kinds else ""


def _reason(body: Mapping[str, Any]) -> str:
    return f": {_word(body['reason'])}" if body.get("reason") else ""


def _moves(body: Mapping[str, Any]) -> str:
    """Return how the scores of pillars moved, with their ranges, for a score alone says too little."""
    moved = {name: one for name, one in body.get("pillars", {}).items() if one["before"] != one["after"]}
    return "".join(f", {name} from {_score(one['before'])} to {_score(one['after'])}" for name, one in moved.items())


def _score(pillar: Mapping[str, Any] | None) -> str:
    if not pillar or pillar["score"] is None:
        return "nothing"
    ends = [pillar.get("low"), pillar.get("high")]
    return _word(pillar["score"]) + (f" [{'–'.join(map(_word, ends))}]" if None not in ends else "")


def _price(body: Mapping[str, Any]) -> str:
    return (
        cut(label(body), MAX_WORD_CHARACTERS) if {"meter", "currency", "unit", "conditions"} <= set(body) else "price"
    )


def _end(told: object) -> str:
    """Return how long something is served, as an event's `before` or `after` says it."""
    if not isinstance(told, Mapping):
        return _word(told)
    day, lifecycle = told.get("shutdown"), told.get("lifecycle")
    if day is None and lifecycle is None:
        return "not known"
    return f"{_word(lifecycle)}, {'without an end' if day is None else f'until {_word(day)}'}"


def _goes(body: Mapping[str, Any]) -> str:
    return "will go" if body.get("phase") == "announced" else "went"


def _since(body: Mapping[str, Any]) -> str:
    return f" as of {_word(body['effective'])}" if body.get("effective") else ""


_PHRASES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "why": _why,
    "reason": _reason,
    "moves": _moves,
    "price": _price,
    "goes": _goes,
    "was": lambda body: _end(body.get("before", "unknown")),
    "now": lambda body: _end(body.get("after", "unknown")),
    "since": _since,
}
