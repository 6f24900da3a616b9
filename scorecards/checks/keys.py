"""The keys of a JSON object: those a program reads are there, by their names and of their types."""

from collections.abc import Mapping

from scorecards.checks import _json_text, _keys
from scorecards.checks._check import TEXTS, Answer, Check, Score, is_text
from scorecards.evalsets import Item


def _put(item: Item) -> str:
    return item.prompt


def expected(item: Item) -> Mapping[str, str]:
    """Return the expected keys by path with their JSON type, `any` where the item names none."""
    keys = item.fields["keys"]
    return keys if isinstance(keys, dict) else dict.fromkeys(keys, _keys.ANY)


def _is_keys(value: object) -> bool:
    if isinstance(value, dict):
        return bool(value) and all(is_text(key) and kind in [*_keys.TYPE_NAMES] for key, kind in value.items())
    return TEXTS[1](value)


def _judge(item: Item, answer: Answer) -> Score:
    try:
        value = _json_text.parse(answer.text)
    except ValueError as error:
        return Score.nothing(answer.text, f"no JSON: {error}")
    found = _keys.drift(expected(item), _keys.shape(value))
    closed = bool(item.fields.get("closed")) and bool(found.added)
    return Score.of(str(found)[:300], right=not found.breaks and not closed)


CHECK = Check(
    needs={
        "keys": (f"names, or an object of name → one of {', '.join(sorted(_keys.TYPE_NAMES))}", _is_keys),
        "closed": ("true or false", lambda value: value is None or isinstance(value, bool)),
    },
    put=_put,
    judge=_judge,
)
"""`closed` = keys that nobody expected are wrong too."""
