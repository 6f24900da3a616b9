"""How far two texts are apart, and where they differ, by words; Chinese, Japanese and Thai sign by sign."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from enum import StrEnum

UNSPACED = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
"""Scripts that put no space between words."""
PIECE = re.compile(rf"\s+|[{UNSPACED}]|[^\W{UNSPACED}]+|[^\w\s]")
MOST_PIECES = 4000
"""Of longer texts the rest is taken as one piece: matching takes time by the square."""


class Change(StrEnum):
    """What became of a part of the first text in the second."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of two texts laid side by side."""

    change: Change
    text: str


def pieces(text: str) -> list[str]:
    """Return the words, signs and spaces of a text, which join to it.

    >>> pieces("It is 天气, ok")
    ['It', ' ', 'is', ' ', '天', '气', ',', ' ', 'ok']
    """
    found = PIECE.findall(text)
    return found if len(found) <= MOST_PIECES else [*found[:MOST_PIECES], "".join(found[MOST_PIECES:])]


def distance(one: str, other: str) -> Decimal:
    r"""Return how far two texts are apart, 0 (the same words) to 1 (none in common), whatever the spaces between them.

    Which of them is right it cannot tell: "take it" and "do not take it" are near.

    >>> distance("a b c", "a  b\nd")
    Decimal('0.3333')
    """
    first, second = sorted((_words(one), _words(other)))
    if not first and not second:
        return Decimal(0)
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    common = 2 * sum(block.size for block in matcher.get_matching_blocks())
    return round(1 - Decimal(common) / (len(first) + len(second)), 4)


def _words(text: str) -> list[str]:
    return [one for one in pieces(unicodedata.normalize("NFKC", text).strip()) if not one.isspace()]


def diff(one: str, other: str) -> list[Part]:
    """Return the parts that are the same, removed from the first text, or added in the second, in their order.

    Same and removed parts join to the first text, same and added ones to the second.
    """
    first, second = pieces(one), pieces(other)
    parts: list[Part] = []
    for _, start, end, start_2, end_2 in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        parts += _parts(first[start:end], second[start_2:end_2])
    return parts


def _parts(first: Sequence[str], second: Sequence[str]) -> list[Part]:
    before, after = "".join(first), "".join(second)
    if before == after:
        return [Part(Change.SAME, before)]
    both = (Part(Change.REMOVED, before), Part(Change.ADDED, after))
    return [one for one in both if one.text]
