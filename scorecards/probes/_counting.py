"""A canary of known length: counting upwards in words, which shows how far an answer went and whether it was cut."""

import re
from collections.abc import Iterator
from itertools import chain

ONES = [
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
VALUES = {word: number for number, word in enumerate(ONES, start=1)} | {
    word: 10 * number for number, word in enumerate(TENS, start=2)
}
_WORD = re.compile(r"\d+|[^\W\d_]+")

PROMPT = "Count from one to {last} in English words, separated by spaces. Write nothing else."


def counted(text: str) -> tuple[int, bool]:
    """Return how far a text counts from one without a gap, and whether it holds nothing else up to its end.

    >>> counted("one two three four"), counted("One, two. 3"), counted("one two red three"), counted("Hello")
    ((4, True), (3, True), (2, False), (0, False))
    >>> counted(" ".join([*ONES, *TENS[:1], "twenty-one"]))
    (21, True)
    """
    reached = 0
    for number in _numbers(text):
        if number != reached + 1:
            return reached, False
        reached = number
    return reached, reached > 0


def _numbers(text: str) -> Iterator[int | None]:
    """Yield the numbers of a text, `twenty-one` as one; None for any other word."""
    words = [int(word) if word.isdecimal() else VALUES.get(word) for word in _WORD.findall(text.lower())]
    skip = False
    for word, after in zip(words, chain(words[1:], [None]), strict=True):
        joined = word is not None and after is not None and word in range(20, 100, 10) and after < 10  # noqa: PLR2004
        if not skip:
            yield word + after if joined and word is not None and after is not None else word
        skip = joined and not skip
