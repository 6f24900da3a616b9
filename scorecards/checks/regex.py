"""A regular expression that occurs in the answer, or does not."""

from scorecards.checks import _pattern
from scorecards.checks._check import Answer, Check, Score, is_text
from scorecards.evalsets import Item


def _put(item: Item) -> str:
    return item.prompt


def _is_pattern(value: object) -> bool:
    if not isinstance(value, str) or not is_text(value):
        return False
    try:
        _pattern.compiled(value)
    except ValueError:
        return False
    return True


def _judge(item: Item, answer: Answer) -> Score:
    pattern = item.fields["pattern"]
    occurs = _pattern.found(pattern, answer.text)
    if occurs is None:
        return Score.unscored(f"too long an answer to search for {pattern[:80]!r}")
    said = f"{pattern[:80]!r} {'occurs' if occurs else 'does not occur'}"
    return Score.of(said, right=occurs is not bool(item.fields.get("absent")))


WANTED = (
    f"a regular expression in Python's syntax, of at most {_pattern.LONGEST} characters, without lookaround and "
    "references to groups"
)
CHECK = Check(
    needs={
        "pattern": (WANTED, _is_pattern),
        "absent": ("true or false", lambda value: value is None or isinstance(value, bool)),
    },
    put=_put,
    judge=_judge,
)
"""`absent` = it must not occur."""
