"""Checks: one file is one CHECK, how the questions of a kind are put to a model and how its answers are judged."""

import sys
from functools import lru_cache

from scorecards.checks._check import Answer, Check, Score
from scorecards.evalsets import Item
from scorecards.gather import gather

LONGEST = 50_000
"""Characters of an answer that is read; no plan asks for so many."""


@lru_cache
def load() -> dict[str, Check]:
    """Return every check by the kind of items it is for."""
    return gather(sys.modules[__name__], "CHECK")


def judge(item: Item, answer: Answer) -> Score:
    """Return what a whole answer is worth; UNSCORED for an empty one and for a kind that no check knows."""
    check = load().get(item.kind)
    if check is None:
        return Score.unscored(f"no check knows the kind {item.kind}")
    if len(answer.text) > LONGEST:
        return Score.unscored(f"wants at most {LONGEST} characters, has {len(answer.text)}")
    clean = Answer(spoken(answer.text), answer.tool_calls)
    if not clean.text and not clean.tool_calls:
        return Score.unscored("the answer is empty")
    return check.judge(item, clean)


def spoken(text: str) -> str:
    """Return an answer without the thoughts that some hosts leave in it, `<think>…</think>`, opened or not.

    >>> spoken("2 + 2 is… </think> 4")
    '4'
    """
    return text.rpartition("</think>")[2].strip()
