"""Names of models in running text: which are this model's, which a sibling's or a rival's."""

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path

from scorecards.evidence import Identity

DATA = Path(__file__).parents[2] / "data" / "cues"


class Who(Enum):
    """Whom a name names. FAMILY is the family without a version: of a document about a member, the member."""

    OURS = "ours"
    FAMILY = "family"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a flat text."""

    start: int
    end: int
    who: Who


@dataclass(frozen=True, slots=True)
class _Words:
    families: tuple[str, ...]
    everyday: frozenset[str]
    editions: frozenset[str]
    variants: frozenset[str]
    not_names: frozenset[str]


@lru_cache
def _words() -> _Words:
    raw = tomllib.loads((DATA / "names.toml").read_text(encoding="utf-8"))
    return _Words(
        tuple(raw["families"]), *(frozenset(raw[key]) for key in ("everyday", "editions", "variants", "not_names"))
    )


MAX_RIVALS = 40
"""Names that one document may introduce; more would make each of its sentences dearer."""

_TOKEN = re.compile(r"[a-z]{2,}|[a-z]?\d+(?:\.\d+)*[a-z]*|[a-z]|[\u4e00-\u9fff]+")
_SIZE = re.compile(r"a?\d+(?:\.\d+)?[bmt]|\d+x\d+b|\d+e")
_DATE = re.compile(r"\d{4}|\d{6}|\d{8}")
_VERSION = re.compile(r"[a-z]?\d+(?:\.\d+)*[a-z]?")
_MORE = r"(?:[-_ ]?(?:[vkrmox]?\d+(?:\.\d+)*[a-z]*|a\d+(?:\.\d+)?b)|[-_][a-z0-9.]+|[- ](?:{words})(?![a-z]))"


def tokens(name: str) -> tuple[str, ...]:
    """Return the parts of a name, in lower case, versions without `v` and needless zeros.

    >>> tokens("DeepSeek-V3.0"), tokens("Qwen3-235B-A22B")
    (('deepseek', '3'), ('qwen', '3', '235b', 'a22b'))
    """
    return tuple(_normal(one) for one in _TOKEN.findall(name.lower()))


def _normal(token: str) -> str:
    if re.fullmatch(r"v?\d+(?:\.\d+)*", token):
        token = token.removeprefix("v")
        return re.sub(r"(?:\.0)+$", "", token)
    return token


@dataclass(frozen=True, slots=True)
class _Parts:
    """A name taken apart."""

    stem: str
    versions: frozenset[str]
    sizes: frozenset[str]
    editions: frozenset[str]


def _parts(parts: tuple[str, ...]) -> _Parts:
    words = _words()
    rest = parts[1:]
    sizes = frozenset(one for one in rest if _SIZE.fullmatch(one))
    versions = frozenset(
        one for one in rest if one not in sizes and _VERSION.fullmatch(one) and not _DATE.fullmatch(one)
    )
    return _Parts(parts[0], versions, sizes, frozenset(one for one in rest if one in words.editions))


class Names:
    """Knows one model's names and finds every model's names in a text."""

    def __init__(self, identity: Identity) -> None:
        own = [tokens(name) for name in identity.names] or [tokens(identity.ref.partition("/")[2])]
        self._own = [_parts(one) for one in own if one]
        self._makers = {tokens(name) for name in identity.developers}
        self._families = {one.stem for one in self._own}
        self._known = _pattern(frozenset(self._families))
        self._rivals: re.Pattern[str] | None = None
        self._judged: dict[str, Who | None] = {}

    def knows_rivals(self, rivals: Iterable[str]) -> None:
        """Take note of names that the document itself introduces and that no list holds."""
        distinct = list(dict.fromkeys(one for one in rivals if one))[:MAX_RIVALS]
        found = sorted((_whole_word(one) for one in distinct), key=len, reverse=True)
        self._rivals = re.compile("|".join(found)) if found else None

    def is_maker(self, name: str) -> bool:
        """Tell whether this is the developer's own name."""
        return tokens(name) in self._makers

    def owns(self, text: str) -> bool:
        """Tell whether a text names this model or its family."""
        return any(one.who is not Who.OTHER for one in self.mentions(text))

    def mentions(self, text: str, start: int = 0, end: int | None = None) -> list[Mention]:
        """Return every name in `text[start:end]`, in order; a maker's bare name is none."""
        end = len(text) if end is None else end
        names = (one.span() for one in self._known.finditer(_lower(text), start, end))
        found = [Mention(first, last, who) for first, last in names if (who := self._who(text[first:last]))]
        if self._rivals is not None:
            found += [Mention(*one.span(), Who.OTHER) for one in self._rivals.finditer(text, start, end)]
            found.sort(key=lambda one: one.start)
        return found

    def who(self, name: str) -> Who | None:
        """Return whom a name as a whole names; None when it names no model that is known here."""
        found = self.mentions(name)
        return found[0].who if found else None

    def _who(self, name: str) -> Who | None:
        if name not in self._judged:
            self._judged[name] = self._judge(name)
        return self._judged[name]

    def _judge(self, name: str) -> Who | None:
        parts = tokens(name)
        if not parts or (parts[0] in _words().everyday and parts[0] not in self._families and not _capital(name)):
            return None
        found = _parts(parts)
        if found.stem not in self._families:
            return Who.OTHER
        if not (found.versions or found.sizes or found.editions):
            return None if parts in self._makers else Who.FAMILY
        verdicts = [_compare(found, own) for own in self._own if own.stem == found.stem]
        return next((one for one in (Who.OURS, Who.FAMILY) if one in verdicts), Who.OTHER)


def _whole_word(name: str) -> str:
    """Return the pattern of a name; Chinese has no blanks that could end one."""
    return rf"(?<!\w){re.escape(name)}(?!\w)" if name.isascii() else re.escape(name)


def _lower(text: str) -> str:
    """Return the text in lower case with every character in its place."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(one.lower() if len(one.lower()) == 1 else one for one in text)


def _capital(name: str) -> bool:
    return name[:1].isupper() or any(one.isdigit() for one in name)


def _compare(found: _Parts, own: _Parts) -> Who:
    new_version = bool(found.versions - own.versions)
    if new_version and (own.versions or not found.editions >= own.editions):
        return Who.OTHER
    if found.sizes - own.sizes and own.editions - found.editions:
        return Who.OTHER
    if own.sizes and found.sizes and not own.sizes & found.sizes:
        return Who.OTHER
    if found.editions - own.editions:
        return Who.OTHER
    whole = found.versions >= own.versions and found.editions >= own.editions
    return Who.OURS if whole else Who.FAMILY


@lru_cache(maxsize=256)
def _pattern(own: frozenset[str]) -> re.Pattern[str]:
    words = _words()
    families = sorted({*words.families, *own}, key=len, reverse=True)
    latin = "|".join(re.escape(one) for one in families if one.isascii())
    han = "|".join(re.escape(one) for one in families if not one.isascii())
    more = _MORE.format(words="|".join(sorted(words.editions | words.variants, key=len, reverse=True)))
    return re.compile(rf"(?<![a-z0-9/@])(?:{latin})(?![a-z]){more}{{0,8}}|(?:{han or '(?!)'})(?:[-_ ]?[\w.]+){{0,2}}")


_OPENING = re.compile(
    r"^(?:[^\w\u4e00-\u9fff]*)(?:(?:(?:We|we|Today,? we|OpenAI|Here we)\s+(?:are\s+(?:excited|proud|happy|pleased)\s+to\s+)?"
    r"(?:introduce|present|release|announce|propose|open-source|unveil|share)\s+(?:the\s+(?:release\s+of\s+)?)?|Introducing\s+|Meet\s+|"
    r"Welcome to (?:the official repository of |the )?|The\s+|Our\s+|我们(?:推出|发布|开源|提出)(?:了)?))?"
)
_VERB = (
    r"(?:is|was|are|were|has|have|had|features?|supports?|offers?|uses?|used|comes|delivers?|achieves?|contains?|comprises?|provides?|"
    r"boasts?|ships?|runs?|costs?|requires?|required|consumed|emitted|adopts?|employs?|leverages?|handles?|accepts?|consists?|outperforms?|can|will|may)\b"
)
_CAPITALISED = r"[A-Z][\w]*(?:[-. ](?:[A-Z0-9][\w]*|\d[\w.]*)){0,4}"
_UNKNOWN = re.compile(
    rf"(?P<name>{_CAPITALISED})(?:\s*\([^()]{{0,80}}\))?(?:'s\s+\w+|,?\s+(?:models?\s+|family\s+|series\s+)?{_VERB})"
)
_MODEL_LIKE = re.compile(
    r"(?:\b(?:is|was|are|has|have|features?)|'s|, an?)\b(?:(?! for | to | that | which | as )[^.]){0,90}?"
    r"\b(?:(?:models?|LLMs?|transformer|network)\b(?! (?:evaluation|dataset|benchmark|suite|architecture))|\d[\d.,]*\s?(?:[BTMKk]\b|[bt]illion)[- ]?(?:total |active |token )?(?:param|context|tokens)|context (?:window|length) of)",
    re.IGNORECASE,
)
_HAN_UNKNOWN = re.compile(
    r"(?P<name>[A-Za-z\u4e00-\u9fff][\w.\-]{1,24}?)\s*(?:是(?:一[个款种]|由)[^。]{0,40}?模型|(?:拥有|具有|共有|采用|支持)[^。]{0,20}?(?:参数|上下文)|的(?:总参数|上下文|训练))"
)
_HAN_PLAIN = (
    "本",
    "我们",
    "该",
    "此",
    "模型",
    "这",
    "它",
    "其",
    "当前",
    "目前",
    "同时",
    "为",
    "在",
    "通过",
    "用户",
    "大",
    "训练",
    "数据",
)


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
    han = _HAN_UNKNOWN.match(text, at)
    if (
        han
        and not han["name"].startswith(_HAN_PLAIN)
        and not han["name"].endswith(("API", "算法", "数据集", "可以", "也"))
        and any("\u4e00" <= one <= "\u9fff" for one in text)
    ):
        return han["name"]
    found = _UNKNOWN.match(text, at) or (
        re.match(rf"(?P<name>{_CAPITALISED})(?=[,.:]|\s|$)", text[at:]) if at > 4 else None
    )
    if found is None:
        return None
    name = found["name"]
    words = [one.lower() for one in re.split(r"[-. ]", name) if one]
    if words[0] in _words().not_names | _words().everyday or _ORDINARY & set(words):
        return None
    versioned = any(one.isdigit() for one in name[1:]) and "-" in name
    return name if versioned or _MODEL_LIKE.search(text[:400]) else None


_ORDINARY = frozenset(
    "a all also although an and any apart as at based because before being below besides both building but by can code compared compute context"
    " currently data dataset datasets despite developers due during each energy english evaluation every experts feedback fine finally following for"
    " from further furthermore given hardware here how however if in inference information input instruction instructions it its large language"
    " languages license like limitations llm llms long many models model moe most multilingual my no note now of on one only open other our out output over"
    " parameters post powered pre pretraining prior reasoning release researchers several since software some specifically state such text that the"
    " their then there therefore these they this those through thus to tokens training two unlike use users using version via we weights what when where whether"
    " which while who with within without you your users training researchers api mit responsible safety tool tools three four five benchmark benchmarks architecture".split()
)


def rivals_in(sentences: Iterable[str], names: Names) -> Iterator[str]:
    """Yield the names that sentences introduce and that are neither this model's nor a known family's."""
    for text in sentences:
        name = introduced(text)
        if name is not None and names.who(name) is None and not names.is_maker(name):
            yield name
