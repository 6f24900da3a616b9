"""Cues: the words by which a statement is known, as data. `scorecards/data/cues/*.toml` holds them, this reads them."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from scorecards.transparency.reading.names import DATA

FORMS = ("says", "label", "under", "title", "code", "name")
"""Where a cue is looked for: in a sentence, beside a value, in a heading above, in a heading, in code, in a name."""

PARTIAL_NOTE = "vague, incomplete, or only a pointer"
EARNS = ("known", "partial", "absent")

PLACEHOLDERS = {
    "{N}": r"(?P<n>(?<![\d.])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)\s?-?(?P<u>trillion|billion|million|thousand|万亿|千亿|百亿|亿|千万|百万|万|千"
    r"|[TBMKGk](?![A-Za-z]))?\+?",
    "{DATE}": r"(?P<date>(?:19|20)\d\d\s?[-./年]\s?\d{1,2}(?:\s?[-./月]\s?\d{1,2}日?|月)?|\d{1,2}(?:st|nd|rd|th)?[ .](?:of )?{MONTH}[ .,]{1,2}(?:19|20)\d\d"
    r"|{MONTH}\.? \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d\d|(?:(?:the )?(?:end|beginning|start|early|mid|late)[ -](?:of )?)?{MONTH}\.?,? (?:of )?(?:19|20)\d\d|Q[1-4] (?:19|20)\d\d|(?:19|20)\d\d(?![\d.]))",
    "{MONTH}": r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)",
    "{GAP}": r"[^.;:。；]{0,60}?",
    "{OURS}": r"(?P<us>[A-Za-z\u4e00-\u9fff][\w.\-]{0,40})",
    "{LICENCE}": r"(?P<licence>(?:\w+ )?MIT(?: license)?\b|apache(?:[- ]license)?,?(?: version)?[- ]?2(?:\.0)?|(?:CC|creative commons)[- ][\w\-. ]{2,40}|(?:bigscience|creativeml|bigcode|open)?[-\w]*RAIL[-\w]*"
    r"|(?:[A-Z][\w.\-]*|\d[\d.]*)(?: (?:[A-Z][\w.\-]*|\d[\d.]*|and|of)){0,6} (?:licen[sc]e|许可)(?: agreement)?|[AL]?GPL[-\w. ]{0,8}|BSD[-\w]*|(?:model|custom|community|commercial|proprietary)(?: \w+){0,2} licen[sc]e(?: agreement)?|OpenMDW[-\w.]*)",
}
"""Building blocks of patterns; all are bounded, so that no text makes a pattern slow."""


class CueError(ValueError):
    """A cue file says something it must not; the message names file and cue, what was wanted and what was found."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One way of saying something.

    Attributes:
        form: One of FORMS.
        earns: What a match is worth: `known`, `partial`, or `absent` (an explicit refusal).
        words: One of these must stand in a sentence, in lower case, before the pattern is tried at all; {BENCHMARK}
            stands for the names of benchmarks.
        rank: 1 is the most telling way to say it; a lesser one only counts when no better was found.
        every: Take all numbers of the match, not only the marked one (lists of sizes).
        about_us: The sentence must name this model before it names any other.
        context: Must stand in the sentence, or in the value beside a label, too.
        note: Why a match is only partial, for people.
        files: Pattern of the names of files in which the cue counts; None = all.
    """

    id: str
    quantity: str
    form: str
    earns: str
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None
    rank: int = 1
    every: bool = False
    about_us: bool = False
    context: re.Pattern[str] | None = None
    files: re.Pattern[str] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """How a quantity's value is read.

    Attributes:
        kind: count | date | licence | languages | price | statement | flag.
        unit: Of a number, as readings carry it.
        pick: `largest`, `first` or `latest` of equally good statements.
        low, high: Numbers beyond are none of this quantity.
        topic: What a refusal to say it is about; None = refusals are not looked for.
    """

    kind: str
    unit: str = ""
    pick: str = "first"
    low: float = 0
    high: float = float("inf")
    topic: re.Pattern[str] | None = None


class Cues:
    """All cues, by where they are looked for."""

    def __init__(self, cues: Iterable[Cue], kinds: Mapping[str, Kind]) -> None:
        self.all = tuple(cues)
        self.kinds = kinds
        self._matching: dict[tuple[str, str], tuple[Cue, ...]] = {}

    @cached_property
    def _said(self) -> "_Index":
        return _index([cue for cue in self.all if cue.form == "says"])

    @cached_property
    def _by_form(self) -> Mapping[str, tuple[Cue, ...]]:
        return {form: tuple(cue for cue in self.all if cue.form == form) for form in FORMS}

    def said(self, text: str) -> list[Cue]:
        """Return the cues for sentences one of whose trigger words stands in the text."""
        low = text.lower()
        found = {cue.id: cue for word in set(_WORD.findall(low)) for cue in self._said.by_word.get(word, ())}
        for mark, cues in self._said.by_mark.items():
            if mark in low:
                found |= {cue.id: cue for cue in cues}
        return list(found.values())

    def of(self, form: str, text: str) -> tuple[Cue, ...]:
        """Return the cues of a form whose pattern stands in a label, heading or name; the same ones come again and again."""
        key = (form, text)
        if key not in self._matching:
            if len(self._matching) > MAX_REMEMBERED:
                self._matching.clear()
            self._matching[key] = tuple(cue for cue in self._by_form[form] if cue.pattern.search(text))
        return self._matching[key]

    def of_code(self) -> tuple[Cue, ...]:
        """Return the cues for code; what is searched is bounded by the caller."""
        return self._by_form["code"]

    def without(self, ids: Collection[str]) -> "Cues":
        """Return the cues but for those of these ids."""
        return Cues((cue for cue in self.all if cue.id not in ids), self.kinds)

    def matching(self, text: str) -> set[str]:
        """Return the ids of the cues whose pattern stands somewhere in a text."""
        return {cue.id for cue in self.all if cue.pattern.search(text)}


_WORD = re.compile(r"[a-z][a-z0-9]*")
MAX_REMEMBERED = 20_000
"""Labels and headings whose cues are remembered at once."""


@dataclass(frozen=True, slots=True)
class _Index:
    """Cues by the words that trigger them; a mark is looked for anywhere in the text, for scripts without blanks."""

    by_word: Mapping[str, tuple[Cue, ...]]
    by_mark: Mapping[str, tuple[Cue, ...]]


def _index(cues: list[Cue]) -> _Index:
    found: defaultdict[str, list[Cue]] = defaultdict(list)
    for cue in cues:
        for word in cue.words:
            found[word].append(cue)
    plain = {word: tuple(cues) for word, cues in found.items()}
    return _Index(
        {word: cues for word, cues in plain.items() if _WORD.fullmatch(word)},
        {word: cues for word, cues in plain.items() if not _WORD.fullmatch(word)},
    )


@lru_cache
def load() -> Cues:
    """Return the bundled cues.

    Raises:
        CueError: a file is broken.
    """
    found: list[Cue] = []
    kinds: dict[str, Kind] = {}
    for path in sorted(DATA.glob("*.toml")):
        if path.name in ("names.toml", "languages.toml"):
            continue
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        for quantity, row in raw.items():
            kinds[quantity] = _kind(row["value"])
            found += [_cue(path.name, quantity, number, one) for number, one in enumerate(row.get("cue", []), start=1)]
    return Cues(found, kinds)


def _kind(row: Mapping[str, Any]) -> Kind:
    return Kind(**{**row, "topic": _compiled(row["topic"]) if "topic" in row else None})


def _cue(file: str, quantity: str, number: int, row: Mapping[str, Any]) -> Cue:
    where = f"{file}: {quantity} cue {number}"
    form = next((one for one in FORMS if one in row), None)
    if form is None or row.get("earns", "known") not in EARNS:
        raise CueError(
            f"{where}: wants one of {', '.join(FORMS)} and earns among {', '.join(EARNS)}, has {dict(row)!r}"
        )
    try:
        return Cue(
            id=f"{quantity}-{form}-{number}",
            quantity=quantity,
            form=form,
            earns=row.get("earns", "known"),
            words=tuple(_words(row.get("words", ()))),
            pattern=_compiled(row[form]),
            unless=_compiled(row["unless"]) if "unless" in row else None,
            rank=row.get("rank", 1),
            every=row.get("every", False),
            about_us=row.get("about_us", False),
            context=_compiled(row["context"]) if "context" in row else None,
            note=row.get("note", PARTIAL_NOTE if row.get("earns") == "partial" else ""),
            files=_compiled(row["files"]) if "files" in row else None,
        )
    except re.error as error:
        raise CueError(f"{where}: wants a regular expression, has {row[form]!r} ({error})") from error


@lru_cache
def _lists() -> Mapping[str, str]:
    """Return the placeholders that stand for lists of names kept in data files."""
    names = tomllib.loads((DATA / "names.toml").read_text(encoding="utf-8"))
    languages = tomllib.loads((DATA / "languages.toml").read_text(encoding="utf-8"))["names"]
    return {"{BENCHMARK}": _any(names["benchmarks"]), "{LANGUAGE}": _any(re.escape(one) for one in languages)}


def _any(patterns: Iterable[str]) -> str:
    return "(?:" + "|".join(sorted(patterns, key=len, reverse=True)) + ")"


def _words(words: Iterable[str]) -> Iterable[str]:
    names = tomllib.loads((DATA / "names.toml").read_text(encoding="utf-8"))
    for word in words:
        yield from names["benchmark_words"] if word == "{BENCHMARK}" else (word,)


def _compiled(pattern: str) -> re.Pattern[str]:
    for name, meaning in _lists().items():
        pattern = pattern.replace(name, meaning)
    for name, meaning in PLACEHOLDERS.items():
        pattern = pattern.replace(name, meaning)
    pattern = pattern.replace("{MONTH}", PLACEHOLDERS["{MONTH}"])
    return re.compile(_with_groups_once(pattern), re.IGNORECASE)


def _with_groups_once(pattern: str) -> str:
    """Return the pattern with each group named once: a placeholder used twice is read where it stands first."""
    seen: set[str] = set()

    def once(found: re.Match[str]) -> str:
        if found[1] in seen:
            return "(?:"
        seen.add(found[1])
        return found[0]

    return _GROUP.sub(once, pattern)


_GROUP = re.compile(r"\(\?P<(\w+)>")
