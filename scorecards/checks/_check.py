"""What a check is: how a question is put, and a pure function that judges the answer."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from scorecards.evalsets import Item
from scorecards.exchanges import Tool, ToolCall


class Result(StrEnum):
    """What a check makes of an answer."""

    RIGHT = "right"
    WRONG = "wrong"
    UNSCORED = "unscored"
    """The check cannot tell; never counts as wrong."""


DECLINED = "declined in words"
"""The reason of an answer in which the model says that it will not answer."""


@dataclass(frozen=True, slots=True)
class Score:
    """A check's result with its reason, for people; a right answer's reason is what was read in it."""

    result: Result
    reason: str

    @classmethod
    def of(cls, read: str, *, right: bool) -> Self:
        """Return right or wrong, with what was read in the answer."""
        return cls(Result.RIGHT if right else Result.WRONG, read)

    @classmethod
    def unscored(cls, reason: str) -> Self:
        """Return that nobody can tell, and why."""
        return cls(Result.UNSCORED, reason)

    @classmethod
    def nothing(cls, text: str, missing: str) -> Self:
        """Return the score of a whole answer that holds no answer: wrong, but for one that declines."""
        return cls(Result.UNSCORED, DECLINED) if declines(text) else cls(Result.WRONG, missing)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model answered."""

    text: str
    tool_calls: tuple[ToolCall, ...] = ()


Need = tuple[str, Callable[[Any], bool]]
"""What a field of an item must be: in words, and as a test."""


def is_text(value: object) -> bool:
    """Tell whether a value is a text that says something."""
    return isinstance(value, str) and bool(value.strip())


TEXT: Need = ("a text", is_text)
TEXTS: Need = (
    "a list of texts",
    lambda value: isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value),
)
OBJECTS: Need = (
    "a list of objects",
    lambda value: isinstance(value, list) and all(isinstance(one, dict) for one in value),
)


def nothing_to_call(item: Item) -> tuple[Tool, ...]:
    """Return no tools: most kinds offer none."""
    return ()


@dataclass(frozen=True, slots=True)
class Check:
    """How the items of one kind are asked and judged.

    Attributes:
        needs: What an item must have beside id, lang and prompt.
        put: `item -> text` of the request.
        judge: `(item, answer) -> Score` of a whole answer that is not empty.
        tools: `item -> tools` to offer with the request.
    """

    needs: Mapping[str, Need]
    put: Callable[[Item], str]
    judge: Callable[[Item, Answer], Score]
    tools: Callable[[Item], tuple[Tool, ...]] = nothing_to_call


_DECLINES = re.compile(
    r"^\W*(?:(?:i['’]?m|i am) (?:very |so )?(?:sorry|afraid)\b|sorry\b|i apologi[sz]e\b|unfortunately\b"
    r"|as an? (?:ai|language)\b)?[^.!?\n]{0,60}?"
    r"\b(?:i|we) (?:can(?:['’]t|not| not)|won['’]t|will not|am (?:unable|not able) to|do not|don['’]t)"
    r" (?:\w+ )?(?:help|assist|answer|provide|give|offer|comply|fulfil|discuss|do that)"
    r"|^\W*(?:很?抱歉|对不起|不好意思)?[^。！？\n]{0,30}?我(?:无法|不能|不可以|不会)(?:\w{0,4})(?:回答|提供|帮助|协助|讨论|给出)",
    re.IGNORECASE,
)


def declines(text: str) -> bool:
    """Tell whether an answer begins by saying that it will not answer, in English or Chinese."""
    return _DECLINES.search(text) is not None


ANSWER_ONLY = {
    "letter": ("Answer with the letter only.", "只回答选项的字母。"),
    "number": ("End with the answer as a number.", "最后用数字写出答案。"),
    "label": ("Answer with one of: {}.", "只回答下列之一：{}。"),
}
"""What the answer should look like → how to ask for it in English and in Chinese."""


def only(item: Item, what: str) -> str:
    """Return the sentence that asks for this form of answer, in the item's language."""
    return ANSWER_ONLY[what][item.lang.startswith("zh")]


CUE = r"(?:answer|result|solution|答案|答|结果|结论|回答)"
IS = r"(?:\s*(?:is|are|was|would be|should be|应该是|应该为|应为|应是|就是|便是|即为|是|为|:|：|=|->|→))+"


def plain(text: str) -> str:
    r"""Return a text without the dress of Markdown and LaTeX around words: bold, code, `\boxed{}`, `$`.

    >>> plain(r"**B** is $\boxed{\text{B}}$")
    'B is B'
    """
    bare = re.sub(r"\\(?:text|textbf|mathrm|mathbf)\s*\{([^{}]*)\}", r"\1", text)
    bare = re.sub(r"\\(?:boxed|fbox)\s*\{((?:[^{}]|\{[^{}]*\})*)\}", r"\1", bare)
    return re.sub(r"\\[()\[\]]|\*\*|__|`|\$", "", bare)
