"""Cues: the words by which a statement is known, as data. `scorecards/data/cues/*.toml` holds them, this reads them."""

import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from scorecards.transparency.reading import placeholders
from scorecards.transparency.reading.names import DATA

FORMS = ("says", "label", "under", "title", "code", "name", "link")
"""Where a cue is looked for: in a sentence, beside a value, in a heading above, in a heading, in code, in a name, in a
link ("its words -> its address")."""

PARTIAL_NOTE = "vague, incomplete, or only a pointer"
WORD_LISTS = ("names.toml", "languages.toml", "phrases.toml")
"""Files of the folder that hold no cues."""

EARNS = ("known", "partial", "absent")


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
        below: Must stand in a heading above.
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
    below: re.Pattern[str] | None = None
    files: re.Pattern[str] | None = None
    note: str = ""

    @property
    def names_us(self) -> bool:
        """Whether the match must hold this model's own name."""
        return "us" in self.pattern.groupindex


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
        """Return the cues whose pattern stands in a sentence; only those are tried of which a trigger word does."""
        low = text.lower()
        found = {cue.id: cue for word in set(_WORD.findall(low)) for cue in self._said.by_word.get(word, ())}
        for mark, cues in self._said.by_mark.items():
            if mark in low:
                found |= {cue.id: cue for cue in cues}
        numeral = _NUMERAL.search(low) is not None
        tried = (cue for cue in found.values() if numeral or not self._wants_number(cue))
        return [cue for cue in tried if cue.pattern.search(text)]

    def _wants_number(self, cue: Cue) -> bool:
        groups = cue.pattern.groupindex
        return self.kinds[cue.quantity].kind in NUMERIC and ("n" in groups or "date" in groups)

    def of(self, form: str, text: str) -> tuple[Cue, ...]:
        """Return the cues of a form whose pattern stands in a label, heading or name; remembered, for they recur."""
        key = (form, text)
        if key not in self._matching:
            if len(self._matching) > MAX_REMEMBERED:
                self._matching.clear()
            self._matching[key] = tuple(cue for cue in self._by_form[form] if cue.pattern.search(text))
        return self._matching[key]

    def of_code(self, text: str) -> list[Cue]:
        """Return the cues whose pattern stands in code; what is searched is bounded by the caller."""
        return [cue for cue in self._by_form["code"] if cue.pattern.search(text)]

    def without(self, ids: Collection[str]) -> "Cues":
        """Return the cues but for those of these ids."""
        return Cues((cue for cue in self.all if cue.id not in ids), self.kinds)

    def matching(self, text: str) -> set[str]:
        """Return the ids of the cues whose pattern stands somewhere in a text."""
        return {cue.id for cue in self.all if cue.pattern.search(text)}


NUMERIC = ("count", "date", "price")
"""Kinds of values that no text without a numeral holds."""

_NUMERAL = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten) (?:trillion|billion|million)|[一二三四五六七八九十]"
)
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
        if path.name in WORD_LISTS:
            continue
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        for quantity, row in raw.items():
            kinds[quantity] = _kind(row["value"])
            found += [_cue(path.name, quantity, number, one) for number, one in enumerate(row.get("cue", []), start=1)]
    return Cues(found, kinds)


def _kind(row: Mapping[str, Any]) -> Kind:
    return Kind(**{**row, "topic": placeholders.compiled(row["topic"]) if "topic" in row else None})


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
            pattern=placeholders.compiled(row[form]),
            unless=placeholders.compiled(row["unless"]) if "unless" in row else None,
            rank=row.get("rank", 1),
            every=row.get("every", False),
            about_us=row.get("about_us", False),
            context=placeholders.compiled(row["context"]) if "context" in row else None,
            below=placeholders.compiled(row["below"]) if "below" in row else None,
            note=row.get("note", PARTIAL_NOTE if row.get("earns") == "partial" else ""),
            files=placeholders.compiled(row["files"]) if "files" in row else None,
        )
    except re.error as error:
        raise CueError(f"{where}: wants a regular expression, has {row[form]!r} ({error})") from error


def _words(words: Iterable[str]) -> Iterable[str]:
    for word in words:
        yield from placeholders.benchmark_words() if word == "{BENCHMARK}" else (word,)
