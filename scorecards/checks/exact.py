"""A word or a short text that is one of the accepted ones, whatever case and punctuation it comes in."""

import re
import unicodedata
from collections.abc import Iterator

from scorecards.checks._check import CUE, IS, TEXT, TEXTS, Answer, Check, Score, plain
from scorecards.evalsets import Item

ENDS = re.compile(r"(?:\b(?:is|are|was|were|called)\b|[:：=]|是|叫|为)\s*(?:the |a |an )?([^:：=]+)$", re.IGNORECASE)
LONGEST_SENTENCE = 200
"""Characters of an answer in one sentence; in a longer text only its last line is looked at."""


def _put(item: Item) -> str:
    return item.prompt


def _judge(item: Item, answer: Answer) -> Score:
    accepted = {_flat(one) for one in ([item.answer] if isinstance(item.answer, str) else item.answer)}
    said = [_flat(one) for one in _candidates(plain(answer.text).strip())]
    found = [one for one in said if one in accepted]
    if not found and any(re.search(rf"(?<!\w){re.escape(one)}(?!\w)", said[0]) for one in accepted if one):
        return Score.unscored("holds the answer among other words")
    if not found:
        return Score.nothing(answer.text, said[0][:80])
    return Score.of(found[0], right=True)


def _candidates(text: str) -> Iterator[str]:
    """Yield what may be meant as the answer: the whole text, what is marked as answer, its last line, its predicate."""
    yield text
    lines = [line for line in text.split("\n") if line.strip()] or [""]
    marked = re.findall(rf"{CUE}{IS}\s*([^\n]+)", text, re.IGNORECASE)
    yield from marked[-1:]
    yield lines[-1] if len(lines) > 1 and not marked else ""
    if len(lines) == 1 and len(text) <= LONGEST_SENTENCE and (found := ENDS.search(text.rstrip(" .。!"))):
        yield found[1]


def _flat(text: str) -> str:
    """Return a text by its words alone; the points inside numbers and the signs inside words stay."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"(?<!\d)\.|\.(?!\d)|[^\w\s.+#%/-]", " ", folded).split())


CHECK = Check(
    needs={"answer": ("a text or a list of texts", lambda value: TEXT[1](value) or TEXTS[1](value))},
    put=_put,
    judge=_judge,
)
