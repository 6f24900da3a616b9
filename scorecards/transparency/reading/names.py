"""Names of models in running text: which are this model's, which a sibling's or a rival's."""

import re
import tomllib
from collections.abc import Iterable
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
    """A name in a flat text; `stranger` = one that no list knows and the document itself introduced."""

    start: int
    end: int
    who: Who
    stranger: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """The lists of `names.toml`: first words of families, and words that are or are not parts of names."""

    families: tuple[str, ...]
    everyday: frozenset[str]
    editions: frozenset[str]
    variants: frozenset[str]
    not_names: frozenset[str]
    ordinary: frozenset[str]
    chinese_ordinary: tuple[str, ...]


@lru_cache
def words() -> Words:
    """Return the lists of the bundled file."""
    raw = tomllib.loads((DATA / "names.toml").read_text(encoding="utf-8"))
    sets = ("everyday", "editions", "variants", "not_names", "ordinary")
    known = {key: frozenset(raw[key]) for key in sets}
    return Words(families=tuple(raw["families"]), chinese_ordinary=tuple(raw["chinese_ordinary"]), **known)


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
    dates: frozenset[str]
    versions: frozenset[str]
    sizes: frozenset[str]
    editions: frozenset[str]


def _parts(parts: tuple[str, ...]) -> _Parts:
    known = words()
    rest = parts[1:]
    sizes = frozenset(one for one in rest if _SIZE.fullmatch(one))
    versions = frozenset(
        one for one in rest if one not in sizes and _VERSION.fullmatch(one) and not _DATE.fullmatch(one)
    )
    dates = frozenset(one for one in rest if _DATE.fullmatch(one))
    return _Parts(parts[0], dates, versions, sizes, frozenset(one for one in rest if one in known.editions))


class Names:
    """Knows one model's names and finds every model's names in a text."""

    def __init__(self, identity: Identity) -> None:
        own = [tokens(name) for name in identity.names] or [tokens(identity.ref.partition("/")[2])]
        self._own_tokens = [set(one) for one in own]
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

    def is_own(self, name: str) -> bool:
        """Tell whether this is the developer's name, or a part of the model's own."""
        parts = tokens(name)
        return any(set(parts) <= own for own in (*map(set, self._makers), *self._own_tokens))

    def owns(self, text: str) -> bool:
        """Tell whether a text names this model or its family."""
        return any(one.who is not Who.OTHER for one in self.mentions(text))

    def names_maker(self, text: str) -> bool:
        """Tell whether a text names who makes this model."""
        return any(set(maker) <= set(tokens(text)) for maker in self._makers if maker)

    def mentions(self, text: str, start: int = 0, end: int | None = None) -> list[Mention]:
        """Return every name in `text[start:end]`, in order; a maker's bare name is none."""
        end = len(text) if end is None else end
        names = (one.span() for one in self._known.finditer(_lower(text[start:end])))
        spans = ((start + first, start + last) for first, last in names)
        found = [Mention(first, last, who) for first, last in spans if (who := self._who(text[first:last]))]
        if self._rivals is not None:
            found += [Mention(*one.span(), Who.OTHER, stranger=True) for one in self._rivals.finditer(text, start, end)]
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
        if not parts or (parts[0] in words().everyday and parts[0] not in self._families and not _capital(name)):
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
    return rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])" if name.isascii() else re.escape(name)


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
    if found.editions - own.editions or (own.dates and found.dates and not own.dates & found.dates):
        return Who.OTHER
    whole = found.versions >= own.versions and found.editions >= own.editions and found.dates >= own.dates
    return Who.OURS if whole else Who.FAMILY


@lru_cache(maxsize=256)
def _pattern(own: frozenset[str]) -> re.Pattern[str]:
    known = words()
    families = sorted({*known.families, *own}, key=len, reverse=True)
    latin = "|".join(re.escape(one) for one in families if one.isascii())
    han = "|".join(re.escape(one) for one in families if not one.isascii())
    more = _MORE.format(words="|".join(sorted(known.editions | known.variants, key=len, reverse=True)))
    return re.compile(rf"(?<![a-z0-9@])(?:{latin})(?![a-z]){more}{{0,8}}|(?:{han or '(?!)'})(?:[-_ ]?[\w.]+){{0,2}}")
