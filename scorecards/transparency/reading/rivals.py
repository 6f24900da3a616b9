"""Models that a document introduces and that no list knows: an invented rival is told by how it is spoken of."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from scorecards.transparency.reading import placeholders
from scorecards.transparency.reading.names import Names, words

SHORTEST_OPENING = 4
"""Characters; behind "The " a name alone introduces nothing, behind "We introduce" it does."""

_OPENING = re.compile(
    r"^(?:[^\w\u4e00-\u9fff]*)(?:(?:(?:We|we|Today,? we|Here we)\s+(?:are\s+(?:excited|proud|happy|pleased)\s+to\s+)?"
    r"(?:introduce|present|release|announce|propose|open-source|unveil|share)\s+(?:the\s+(?:release\s+of\s+)?)?"
    r"|Introducing\s+|Meet\s+|Welcome to (?:the official repository of |the )?|The\s+|Our\s+"
    r"|我们(?:推出|发布|开源|提出)(?:了)?))?"
)
_VERB = (
    r"(?:is|was|are|were|has|have|had|features?|supports?|offers?|uses?|used|comes|delivers?|achieves?|contains?"
    r"|comprises?|provides?|boasts?|ships?|runs?|costs?|requires?|required|consumed|emitted|adopts?|employs?"
    r"|leverages?|handles?|accepts?|consists?|outperforms?|activates|scores|scored|gets|invents|reaches|generates|processes"
    r"|understands|covers|emits|consumes|hallucinates|refuses|shows|weighs|can|will|may)\b"
)
_NAME = r"(?P<name>[A-Z][A-Za-z0-9_]*(?:[-. ](?:[A-Z0-9][A-Za-z0-9_]*|\d[A-Za-z0-9_.]*)){0,4})"
_SUBJECT = re.compile(
    rf"{_NAME}(?:\s*\([^()]{{0,80}}\))?(?:'s\s+\w+|,?\s+(?:models?\s+|family\s+|series\s+)?"
    rf"(?:(?:often|also|now|currently|already|sometimes) )?{_VERB})"
)
_PRESENTED = re.compile(rf"{_NAME}(?=[,.:]|\s|$)")
_ATTRIBUTE = (
    r"\b(?:weights?|parameters?|context (?:window|length)|knowledge|cut-?off|licen[sc]e|training|pre-?training|data"
    r"|code|post-training|retirement|deprecation|safety|energy|emissions?|footprint|price|pricing|release|architecture"
    r"|tokeni[sz]er|limitations?|evaluations?|size|languages?)\b"
)
_OF = re.compile(
    rf"{_ATTRIBUTE}[^.;]{{0,40}}?\b(?:of|for|behind|train|trained|training) (?:the )?{_NAME}(?=[\s,.;:')]|$)"
)
_OBJECT = re.compile(
    r"\b(?:pre-?trained|post-trained|trained|train|[Tt]raining|red-?teamed|evaluated|released?|use|about|call|access"
    rf"|retire|deprecate) {_NAME}"
    r"(?=[;,.:]|\s(?:to|for|at|is|was|took|consumed|emitted|required|used|on|with|through|in)\b|$)"
)
_CLAUSE = re.compile(
    rf"\b(?:[Ww]hile|[Ww]hereas|[Aa]lthough|but|and|than|[Uu]nlike|versus) {_NAME},? (?:which )?{_VERB}"
)
_CHINESE = re.compile(
    r"(?P<name>[A-Za-z\u4e00-\u9fff][\w.\-]{1,24}?)\s*(?:是(?:一[个款种]|由)[^。]{0,40}?模型"
    r"|(?:拥有|具有|共有|采用|支持)[^。]{0,20}?(?:参数|上下文)|的(?:总参数|上下文|训练|知识|权重|许可|模型|价格))"
)
_CHINESE_OBJECT = re.compile(rf"(?:将|关于|对|调用|训练|禁止)\s?{_NAME}(?=\s?[\u4e00-\u9fff。，,]|$)")
_LATIN_IN_CHINESE = re.compile(rf"{_NAME}\s?(?=[的在是采支基由会经使通提面不已于可每共拥具预最有所需训消排发下])")
_ATTRIBUTED = re.compile(rf"的\s?{_NAME}(?=\s?(?:相比|相较|[,，。、;；]|$))")
_ABBREVIATION = re.compile(r"[A-Z]{2,7}s?")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_NO_CHINESE_NAME = ("API", "算法", "数据集", "可以", "也", "中", "所需")
_NOT_IN_CHINESE_NAME = re.compile(r"我们|使用|需要|可以|以下|如果|进行|采用|支持")


def opening(text: str) -> int:
    """Return where a sentence's first name can begin: behind "We introduce", "The" and their like."""
    found = _OPENING.match(text)
    return found.end() if found else 0


def introduced(text: str, ordinary: frozenset[str] = frozenset()) -> str | None:
    """Return the first name, in no list, of a model that this sentence speaks of; None when there is none.

    Args:
        ordinary: Words, in lower case, that the document also writes small: what begins with one is no name.

    >>> introduced("Zorblax-7 is a mixture-of-experts model."), introduced("Training used 3 GPUs.")
    ('Zorblax-7', None)
    """
    return next(iter(_introduced(text, ordinary)), None)


def _introduced(text: str, ordinary: frozenset[str]) -> Iterator[str]:
    at = opening(text)
    if not _HAN.search(text):
        yield from _in_english(text, at, ordinary)
        return
    for latin in (_LATIN_IN_CHINESE.match(text, at), _CHINESE_OBJECT.search(text), _ATTRIBUTED.search(text)):
        if latin and _is_a_name(latin["name"], ordinary):
            yield latin["name"].strip()
    found = _CHINESE.match(text, at)
    if found is None or _NOT_IN_CHINESE_NAME.search(found["name"]):
        return
    if not (found["name"].startswith(words().chinese_ordinary) or found["name"].endswith(_NO_CHINESE_NAME)):
        yield found["name"]


def _in_english(text: str, at: int, ordinary: frozenset[str]) -> Iterator[str]:
    first = _SUBJECT.match(text, at) or (_PRESENTED.match(text, at) if at > SHORTEST_OPENING else None)
    for one in (first, _CLAUSE.search(text), _OF.search(text), _OBJECT.search(text)):
        if one and _is_a_name(one["name"], ordinary):
            yield one["name"]


def _is_a_name(name: str, ordinary: frozenset[str]) -> bool:
    parts = [one.lower() for one in re.split(r"[-. ]", name) if one]
    known = words()
    if _benchmark().search(name) or _ABBREVIATION.fullmatch(name):
        return False
    if not parts or parts[0] in known.not_names | known.everyday:
        return False
    return not (known.ordinary | ordinary) & set(parts)


@lru_cache
def _benchmark() -> re.Pattern[str]:
    return placeholders.compiled("{BENCHMARK}")


def introduced_in(sentences: Iterable[str], names: Names, ordinary: frozenset[str]) -> Iterator[str]:
    """Yield the names that sentences introduce and that are neither this model's nor a known family's."""
    for text in sentences:
        for name in _introduced(text, ordinary):
            if names.who(name) is None and not names.is_own(name):
                yield name
