"""A regular expression that occurs in the answer, or does not."""

import re

from scorecards.checks._check import Answer, Check, Score, is_text
from scorecards.evalsets import Item

LONGEST_PATTERN = 500
LONGEST_READ = 10_000
"""Characters of an answer that are searched."""
REPEATED_GROUP = re.compile(r"\((?:[^()\\]|\\.)*(?:[*+|]|\{\d+,\d*\})(?:[^()\\]|\\.)*\)(?:[*+]|\{\d+,\d*\})")
"""A repeat or a choice inside a repeat, as in (a+)+: on some answers it would run for years."""


def _put(item: Item) -> str:
    return item.prompt


def _is_safe(value: object) -> bool:
    if not isinstance(value, str) or not is_text(value) or len(value) > LONGEST_PATTERN:
        return False
    plain = re.sub(r"\[(?:[^\]\\]|\\.)+\]", "x", value)
    if REPEATED_GROUP.search(plain) or REPEATED_GROUP.search(_flat(plain)):
        return False
    try:
        re.compile(value)
    except (re.error, OverflowError, RecursionError):
        return False
    return True


def _flat(pattern: str) -> str:
    """Return a pattern in which inner groups are opened, so that only the outermost remain."""
    while (opened := re.sub(r"(\((?:[^()\\]|\\.)*)\(((?:[^()\\]|\\.)*)\)", r"\1\2", pattern)) != pattern:
        pattern = opened
    return pattern


def _judge(item: Item, answer: Answer) -> Score:
    found = re.search(item.fields["pattern"], answer.text[:LONGEST_READ])
    said = f"{found[0][:80]!r} matches" if found else f"nothing matches {item.fields['pattern'][:80]!r}"
    return Score.of(said, right=(found is None) is bool(item.fields.get("absent")))


WANTED = (
    f"a regular expression of at most {LONGEST_PATTERN} characters "
    "without a repeat or a choice inside a repeat, such as (a+)+"
)
CHECK = Check(
    needs={
        "pattern": (WANTED, _is_safe),
        "absent": ("true or false", lambda value: value is None or isinstance(value, bool)),
    },
    put=_put,
    judge=_judge,
)
"""`absent` = it must not occur."""
