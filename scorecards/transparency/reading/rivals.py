"""Models that a document introduces and that no list knows: an invented rival is told by how it is spoken of."""

import re
from collections.abc import Iterable, Iterator

from scorecards.transparency.reading.names import Names, words

SHORTEST_OPENING = 4
"""Characters; behind "The " a name alone introduces nothing, behind "We introduce" it does."""

MAX_SEARCHED = 400
"""Characters of a sentence in which it must say that it speaks of a model."""

_OPENING = re.compile(
    r"^(?:[^\w\u4e00-\u9fff]*)(?:(?:(?:We|we|Today,? we|Here we)\s+(?:are\s+(?:excited|proud|happy|pleased)\s+to\s+)?"
    r"(?:introduce|present|release|announce|propose|open-source|unveil|share)\s+(?:the\s+(?:release\s+of\s+)?)?"
    r"|Introducing\s+|Meet\s+|Welcome to (?:the official repository of |the )?|The\s+|Our\s+"
    r"|我们(?:推出|发布|开源|提出)(?:了)?))?"
)
_VERB = (
    r"(?:is|was|are|were|has|have|had|features?|supports?|offers?|uses?|used|comes|delivers?|achieves?|contains?"
    r"|comprises?|provides?|boasts?|ships?|runs?|costs?|requires?|required|consumed|emitted|adopts?|employs?"
    r"|leverages?|handles?|accepts?|consists?|outperforms?|can|will|may)\b"
)
_NAME = r"(?P<name>[A-Z][\w]*(?:[-. ](?:[A-Z0-9][\w]*|\d[\w.]*)){0,4})"
_SUBJECT = re.compile(rf"{_NAME}(?:\s*\([^()]{{0,80}}\))?(?:'s\s+\w+|,?\s+(?:models?\s+|family\s+|series\s+)?{_VERB})")
_PRESENTED = re.compile(rf"{_NAME}(?=[,.:]|\s|$)")
_IS_A_MODEL = re.compile(
    r"(?:\b(?:is|was|are|has|have|features?)|'s|, an?)\b(?:(?! for | to | that | which | as )[^.]){0,90}?"
    r"\b(?:(?:models?|LLMs?|transformer|network)\b(?! (?:evaluation|dataset|benchmark|suite|architecture))"
    r"|\d[\d.,]*\s?(?:[BTMKk]\b|[bt]illion)[- ]?(?:total |active |token )?(?:param|context|tokens)"
    r"|context (?:window|length) of)",
    re.IGNORECASE,
)
_CHINESE = re.compile(
    r"(?P<name>[A-Za-z\u4e00-\u9fff][\w.\-]{1,24}?)\s*(?:是(?:一[个款种]|由)[^。]{0,40}?模型"
    r"|(?:拥有|具有|共有|采用|支持)[^。]{0,20}?(?:参数|上下文)|的(?:总参数|上下文|训练))"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NO_CHINESE_NAME = ("API", "算法", "数据集", "可以", "也")


def opening(text: str) -> int:
    """Return where a sentence's first name can begin: behind "We introduce", "The" and their like."""
    found = _OPENING.match(text)
    return found.end() if found else 0


def introduced(text: str) -> str | None:
    """Return the name, in no list, of a model that this sentence is about; None when it introduces none.

    >>> introduced("Zorblax-7 is a mixture-of-experts model."), introduced("Training used 3 GPUs.")
    ('Zorblax-7', None)
    """
    at = opening(text)
    return _introduced_in_chinese(text, at) or _introduced_in_english(text, at)


def _introduced_in_chinese(text: str, at: int) -> str | None:
    found = _CHINESE.match(text, at) if _HAN.search(text) else None
    if found is None or found["name"].startswith(words().chinese_ordinary) or found["name"].endswith(_NO_CHINESE_NAME):
        return None
    return found["name"]


def _introduced_in_english(text: str, at: int) -> str | None:
    found = _SUBJECT.match(text, at) or (_PRESENTED.match(text, at) if at > SHORTEST_OPENING else None)
    if found is None:
        return None
    parts = [one.lower() for one in re.split(r"[-. ]", found["name"]) if one]
    known = words()
    if parts[0] in known.not_names | known.everyday or known.ordinary & set(parts):
        return None
    versioned = "-" in found["name"] and any(one.isdigit() for one in found["name"][1:])
    return found["name"] if versioned or _IS_A_MODEL.search(text, 0, MAX_SEARCHED) else None


def introduced_in(sentences: Iterable[str], names: Names) -> Iterator[str]:
    """Yield the names that sentences introduce and that are neither this model's nor a known family's."""
    for text in sentences:
        name = introduced(text)
        if name is not None and names.who(name) is None and not names.is_maker(name):
            yield name
