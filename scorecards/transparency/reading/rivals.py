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
_NAME = (
    r"(?P<name>[A-Z][A-Za-z0-9_]*(?:[-. ](?:[A-Z0-9][A-Za-z0-9_]*|\d[A-Za-z0-9_.]*)){0,4}"
    r"|(?<![A-Za-z0-9_-])[a-z]\w{2,20}(?:-[a-z]\w{0,20}){0,2}-(?:lm|llm|vlm|vl|\d+(?:\.\d+)?[bm])(?![A-Za-z0-9_]))"
)
_SUBJECT = re.compile(
    rf"{_NAME}(?:\s*\([^()]{{0,80}}\))?(?:, (?:developed|made|built|trained|released|created) by [^,]{{1,40}},)?"
    rf"(?:'s\s+\w+| (?:at a glance|in numbers|model card)\b|,?\s+(?:models?\s+|family\s+|series\s+)?"
    rf"(?:(?:often|also|now|currently|already|sometimes) )?{_VERB})"
)
_PRESENTED = re.compile(rf"{_NAME}(?=[,.:]|\s|$)")
_ATTRIBUTE = (
    r"\b(?:weights?|parameters?|context (?:window|length)|knowledge|cut-?off|licen[sc]e|training|pre-?training|data"
    r"|code|post-training|retirement|deprecation|safety|energy|emissions?|footprint|price|pricing|release|architecture"
    r"|tokeni[sz]er|limitations?|evaluations?|size|languages?)\b"
)
_OF = re.compile(
    rf"{_ATTRIBUTE}[^.;]{{0,40}}?\b(?:of|for|behind|train|trained|training) (?:the )?{_NAME}(?=[\s,.;:?')]|$)"
)
_OBJECT = re.compile(
    r"\b(?:pre-?trained|post-trained|trained|train|[Tt]raining|red-?teamed|evaluated|released?|use|about|call|access"
    rf"|retire|deprecate) {_NAME}"
    r"(?=[;,.:]|\s(?:to|for|at|is|was|took|consumed|emitted|required|used|on|with|through|in)\b|$)"
)
_CLAUSE = re.compile(
    rf"(?:\b(?:[Ww]hile|[Ww]hereas|[Aa]lthough|but|and|than|[Uu]nlike|versus)|[,;]) {_NAME},? (?:which )?{_VERB}"
)
_APPOSED = re.compile(rf"\b(?:(?:previous|earlier|other|next|former) model|predecessor|successor|rival), {_NAME},")
TRAILING = re.compile(rf"\b(?:that is|this is|meet) {_NAME}[.!]?$")
_HOW = re.compile(rf"\bHow (?:large|big|fast|long|good|old|much) (?:is|does) {_NAME}\b")
_CHINESE_NAME = re.compile(r"(?P<name>[\u4e00-\u9fff]{2,4}大模型)")
_BESIDE = re.compile(
    rf"^\W*(?:与|和|不同于|相比于?)\s?(?:{_NAME}|(?P<chinese>[\u4e00-\u9fff]{{2,4}}大模型))\s?(?=[(（，,、不相])"
)
_CHINESE = re.compile(
    r"(?P<name>[A-Za-z\u4e00-\u9fff][\w.\-]{1,24}?)\s*(?:是(?:一[个款种]|由)[^。]{0,40}?模型"
    r"|(?:拥有|具有|共有|采用|支持)[^。]{0,20}?(?:参数|上下文)|的(?:总参数|上下文|训练|知识|权重|许可|模型|价格))"
)
_CHINESE_OBJECT = re.compile(rf"(?:将|关于|对|调用|训练|禁止)\s?{_NAME}(?=\s?[\u4e00-\u9fff。，,]|$)")
_LATIN_IN_CHINESE = re.compile(rf"{_NAME}\s?(?=[的在是采支基由会经使通提面不已于可每共拥具预最有所需训消排发下])")
_ATTRIBUTED = re.compile(rf"的\s?{_NAME}(?=\s?(?:相比|相较|[,，。、;；]|$))")
EDITIONS = frozenset(
    ("pro", "base", "chat", "instruct", "mini", "small", "medium", "large", "max", "ultra", "lite", "nano", "flash",
     "turbo", "vision", "code", "coder", "omni", "plus", "preview", "reasoning", "thinking", "air")
)  # fmt: skip
"""Words of everyday use that models' names end with."""

_ABBREVIATION = re.compile(r"[A-Z]{2,7}s?")
HAN_SHARE = 0.2
"""Of the characters; a text with fewer Chinese ones is an English one that holds a Chinese name."""

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
    han = len(_HAN.findall(text))
    if han < len(text) * HAN_SHARE:
        yield from _in_english(text, at, ordinary)
    if han:
        yield from _in_chinese(text, at, ordinary)


def _in_chinese(text: str, at: int, ordinary: frozenset[str]) -> Iterator[str]:
    for latin in (
        _LATIN_IN_CHINESE.match(text, at),
        _BESIDE.match(text),
        _CHINESE_OBJECT.search(text),
        _ATTRIBUTED.search(text),
    ):
        name = next(filter(None, latin.groups())) if latin else ""
        if name and is_a_name(name, ordinary):
            yield name.strip()
    found = _CHINESE.match(text, at)
    if found is None or _NOT_IN_CHINESE_NAME.search(found["name"]):
        return
    if not (found["name"].startswith(words().chinese_ordinary) or found["name"].endswith(_NO_CHINESE_NAME)):
        yield found["name"]


def _in_english(text: str, at: int, ordinary: frozenset[str]) -> Iterator[str]:
    first = _SUBJECT.match(text, at) or (_PRESENTED.match(text, at) if at > SHORTEST_OPENING else None)
    searched = (one.search(text) for one in (_CLAUSE, _OF, _OBJECT, _APPOSED, TRAILING, _HOW, _CHINESE_NAME))
    for one in (first, *searched):
        if one and is_a_name(one["name"], ordinary):
            yield one["name"]


def is_a_name(name: str, ordinary: frozenset[str]) -> bool:
    """Tell whether words can be what a model is called: no benchmark, no abbreviation, no word that is used small."""
    parts = [one.lower() for one in re.split(r"[-. ]", name) if one]
    known = words()
    if _benchmark().search(name) or _ABBREVIATION.fullmatch(name):
        return False
    if not parts or parts[0] in known.not_names | known.everyday:
        return False
    small = known.ordinary if name.islower() and "-" in name else known.ordinary | ordinary
    return parts[0] not in small and not (len(parts) > 1 and parts[-1] in small and parts[-1] not in EDITIONS)


@lru_cache
def _benchmark() -> re.Pattern[str]:
    return placeholders.compiled("{BENCHMARK}")


_NUMBERED = re.compile(r"\d|-(?:lm|llm|vlm|vl)$|大模型$")
_AROUND_NAME = re.compile(
    r"^\W+|\W+$|^(?:introducing|meet|about|the) "
    r"|(?:[ ’']s)?[ :]*(?:model card|overview|model|模型介绍|模型|介绍|简介)$",
    re.IGNORECASE,
)
_WHOLE_NAME = re.compile(rf"(?:{_NAME}|{_CHINESE_NAME.pattern.replace('?P<name>', '')})")


LONGEST_TITLE = 80
"""Characters of a heading, item or cell that can be the name of a model."""


def as_name(text: str, ordinary: frozenset[str]) -> str | None:
    """Return the name when a title, summary or cell is nothing but what a model could be called; None when it is not.

    >>> as_name("Nimbus-9 model card", frozenset()), as_name("Model details", frozenset())
    ('Nimbus-9', None)
    """
    if len(text) > LONGEST_TITLE:
        return None
    bare = text.strip("\"'*` \t\n")
    less = _AROUND_NAME.sub("", bare)
    for name in (bare, less, _AROUND_NAME.sub("", less)):
        if _WHOLE_NAME.fullmatch(name) and is_a_name(name, ordinary):
            return name
    return None


def is_numbered(name: str) -> bool:
    """Tell whether a name looks like a model's whatever stands beside it: by a number, a suffix or 大模型."""
    return bool(_NUMBERED.search(name))


def introduced_in(sentences: Iterable[str], names: Names, ordinary: frozenset[str]) -> Iterator[str]:
    """Yield the names that sentences introduce and that are neither this model's nor a known family's."""
    for text in sentences:
        for name in _introduced(text, ordinary):
            if names.who(name) is None and not names.is_own(name):
                yield name
