"""Texts that the answer holds: all of them, any of them, or none."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence

from scorecards.checks._check import TEXTS, Answer, Check, Score
from scorecards.evalsets import Item

MODES: Mapping[str, Callable[[Sequence[bool]], bool]] = {
    "all": all,
    "any": any,
    "none": lambda held: not any(held),
}


def _put(item: Item) -> str:
    return item.prompt


def _judge(item: Item, answer: Answer) -> Score:
    text = _flat(answer.text, item)
    held = {one: _flat(one, item) in text for one in item.fields["texts"]}
    said = ", ".join(f"{'holds' if is_held else 'lacks'} {one[:40]!r}" for one, is_held in held.items())
    return Score.of(said[:200], right=MODES[item.fields.get("mode") or "all"](list(held.values())))


def _flat(text: str, item: Item) -> str:
    """Return a text in one width and, where the item ignores it, in one case."""
    normal = unicodedata.normalize("NFKC", text)
    return normal.casefold() if item.fields.get("ignore_case") else normal


CHECK = Check(
    needs={
        "texts": TEXTS,
        "mode": ("one of all, any, none", lambda value: value is None or value in [*MODES]),
        "ignore_case": ("true or false", lambda value: value is None or isinstance(value, bool)),
    },
    put=_put,
    judge=_judge,
)
