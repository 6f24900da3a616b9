"""A number: the one that is named as the answer, else the last one of the text."""

import re
from fractions import Fraction

from scorecards.checks import _numbers
from scorecards.checks._check import CUE, IS, Answer, Check, Score, is_text, only, plain
from scorecards.evalsets import Item

BEFORE = r"\s*(?:about|approximately|exactly|only|[\u4e00-\u9fff]{1,6}|[$€£¥￥≈])?\s*"
BOXED = re.compile(r"\\boxed\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
MARKED = re.compile(rf"(?:####|{CUE}{IS}){BEFORE}(?={_numbers.NUMBER.pattern})", re.IGNORECASE)
FEWEST_DECIMALS = 2
"""An answer rounded to fewer is another number."""


def _put(item: Item) -> str:
    return f"{item.prompt}\n\n{only(item, 'number')}"


def _judge(item: Item, answer: Answer) -> Score:
    wanted = _numbers.value(_numbers.normal(str(item.answer)))
    if wanted is None:
        return Score.unscored(f"the item's answer is no number: {item.answer!r}")
    said = _said(answer.text, item.lang)
    if said is None:
        return Score.nothing(answer.text, "names no number")
    return Score.of(said.strip(), right=_equal(said, wanted))


def _said(text: str, lang: str) -> str | None:
    """Return the number that the text gives as its answer, as written; None without one."""
    for part in (*(one for one in reversed(BOXED.findall(text))), text):
        clean = _numbers.normal(plain(part), lang)
        marked = [clean[one.end() :] for one in MARKED.finditer(clean)]
        digits = [_first(rest) for rest in marked[-1:]] or [one[0] for one in _numbers.NUMBER.finditer(clean)]
        words = [str(number) for _, number in _numbers.in_words(clean)]
        if digits or words:
            return (digits or words)[-1]
    return None


def _first(rest: str) -> str:
    """Return the number a text begins with, or what its own line makes of it: `6 × 7 = 42`."""
    sentence = re.split(r"\n|[.。!！?？](?:\s|$)|[(（;；,，](?!\d)", rest, maxsplit=1)[0]
    sums = [one[0] for one in _numbers.NUMBER.finditer(sentence.rpartition("=")[2])] if "=" in sentence else []
    return (sums or [one[0] for one in _numbers.NUMBER.finditer(rest)])[0]


def _equal(said: str, wanted: Fraction) -> bool:
    number = _numbers.value(said)
    if number is None:
        return False
    percent = [number / 100] if said.rstrip().endswith("%") else []
    decimals = len(said.strip().rstrip("%").partition(".")[2])
    rounded = decimals >= FEWEST_DECIMALS and "/" not in said and round(wanted, decimals) == number
    return number == wanted or wanted in percent or rounded


CHECK = Check(
    needs={
        "answer": ("a number as a text", lambda value: is_text(value) and _numbers.NUMBER.search(value) is not None)
    },
    put=_put,
    judge=_judge,
)
