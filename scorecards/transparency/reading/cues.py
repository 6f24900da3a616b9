"""Cues: the words by which a statement is known, as data. `scorecards/data/cues/*.toml` holds them, this reads them."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from scorecards.transparency.reading.names import DATA

FORMS = ("says", "label", "under", "code", "name")
"""Where a cue is looked for: in a sentence, beside a value, in a heading above, in code, in the model's own name."""

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
        words: One of these must stand in the text, in lower case, before the pattern is tried at all.
        rank: 1 is the most telling way to say it; a lesser one only counts when no better was found.
        every: Take all numbers of the match, not only the marked one (lists of sizes).
        about_us: The sentence must name this model before it names any other.
        context: Must stand in the sentence, or in the value beside a label, too.
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

    @cached_property
    def by_form(self) -> Mapping[str, tuple[tuple[Cue, ...], Mapping[str, tuple[Cue, ...]], tuple[Cue, ...]]]:
        """Return per form the cues without trigger words, those by latin trigger word, and those with Chinese ones."""
        return {form: _index([cue for cue in self.all if cue.form == form]) for form in FORMS}

    def candidates(self, form: str, text: str) -> list[Cue]:
        """Return the cues of a form whose trigger words stand in the text, in the order of their files."""
        always, by_word, han = self.by_form[form]
        low = text.lower()
        found = {id(cue): cue for word in set(_WORD.findall(low)) for cue in by_word.get(word, ())}
        if han and not low.isascii():
            found |= {id(cue): cue for cue in han if any(word in low for word in cue.words)}
        found |= {id(cue): cue for cue in always}
        return list(found.values())

    def without(self, ids: Collection[str]) -> "Cues":
        """Return the cues but for those of these ids."""
        return Cues((cue for cue in self.all if cue.id not in ids), self.kinds)

    def matching(self, text: str) -> set[str]:
        """Return the ids of the cues whose pattern stands somewhere in a text."""
        return {cue.id for cue in self.all if cue.pattern.search(text)}


_WORD = re.compile(r"[a-z][a-z0-9]*")
_Index = tuple[tuple[Cue, ...], Mapping[str, tuple[Cue, ...]], tuple[Cue, ...]]


def _index(cues: list[Cue]) -> _Index:
    by_word: defaultdict[str, list[Cue]] = defaultdict(list)
    for cue in cues:
        for word in cue.words:
            if word.isascii():
                by_word[word].append(cue)
    han = tuple(cue for cue in cues if any(not word.isascii() for word in cue.words))
    return tuple(cue for cue in cues if not cue.words), {word: tuple(found) for word, found in by_word.items()}, han


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
        raise CueError(f"{where}: wants one of {', '.join(FORMS)} and earns among {', '.join(EARNS)}, has {dict(row)!r}")
    try:
        return Cue(
            id=f"{quantity}-{form}-{number}",
            quantity=quantity,
            form=form,
            earns=row.get("earns", "known"),
            words=tuple(row.get("words", ())),
            pattern=_compiled(row[form]),
            unless=_compiled(row["unless"]) if "unless" in row else None,
            rank=row.get("rank", 1),
            every=row.get("every", False),
            about_us=row.get("about_us", False),
            context=_compiled(row["context"]) if "context" in row else None,
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


def _compiled(pattern: str) -> re.Pattern[str]:
    for name, meaning in _lists().items():
        pattern = pattern.replace(name, meaning)
    for name, meaning in PLACEHOLDERS.items():
        pattern = pattern.replace(name, meaning)
    pattern = pattern.replace("{MONTH}", PLACEHOLDERS["{MONTH}"])
    seen: set[str] = set()
    return re.compile(_GROUP.sub(lambda found: "(?:" if found[1] in seen or seen.add(found[1]) else found[0], pattern), re.IGNORECASE)


_GROUP = re.compile(r"\(\?P<(\w+)>")
"""A placeholder used twice names its groups twice; the first is the one that is read."""
