"""The value that a cue's match states, by the kind of its quantity; None when it states none after all."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from scorecards.evidence import Value
from scorecards.transparency.reading import speech, values
from scorecards.transparency.reading.lexicon import Cue, Kind

MAX_VALUE = 300
"""Characters of a statement kept as value."""

MONOLINGUAL = "monolingual"
"""Value of `languages` where a document says that only one is meant to be used."""

LEAST_PARAMETERS = 1_000_000
"""A smaller number without a scale is a setting ("12 parameters")."""

BARE = re.compile(r"^\W*(?:n/?a|none|unknown|-|—|\?|null|false|no|tbd|various)?\W*$", re.IGNORECASE)
_LIST_JOINT = r"(?:,? (?:and|or|to) |, (?:and )?|/|、|和|至)\s?"
_LIST_NUMBER = r"\d+(?:\.\d+)?\s?[BMTKk](?:illion|rillion)?\b(?:\s?\([^()]{0,30}\))?"
_LIST_BEFORE = re.compile(rf"(?:{_LIST_NUMBER}{_LIST_JOINT})+$")
_LIST_AFTER = re.compile(rf"(?:\s?\([^()]{{0,30}}\))?(?:{_LIST_JOINT}{_LIST_NUMBER})+")
LIST_REACH = 80
"""Characters before a number in which the list that it ends may begin."""

UNIT_WORDS: Mapping[str, Mapping[str, Decimal]] = {
    "MWh": {
        "kwh": Decimal("0.001"), "kilowatt": Decimal("0.001"), "千瓦时": Decimal("0.001"), "度电": Decimal("0.001"),
        "gwh": Decimal(1000), "gigawatt": Decimal(1000), "twh": Decimal(10**6),
    },
    "t CO2e": {"kg": Decimal("0.001"), "kilogram": Decimal("0.001")},
}  # fmt: skip
"""Unit of a quantity → words of other units in the match, and what they are worth in it."""


@dataclass(frozen=True, slots=True)
class Match:
    """A cue's match in its surroundings.

    Attributes:
        beside: What stands beside a label or under a heading; None elsewhere.
        whole: The whole passage.
    """

    cue: Cue
    kind: Kind
    found: re.Match[str]
    beside: str | None
    whole: str

    def group(self, name: str) -> str | None:
        """Return what a named group matched; None when it matched nothing or is not there."""
        return self.found.groupdict().get(name)


def value(match: Match) -> Value | None:
    """Return the value that a match states; None when it states none."""
    return READERS[match.kind.kind](match)


def _count(match: Match) -> Value | None:
    if match.beside is not None and match.cue.form == "label":
        return _labelled_count(match, match.beside)
    if match.cue.every:
        return _within(max(_with_scale(match.found[0]), default=None), match.kind)
    if "n" not in match.cue.pattern.groupindex:
        return _statement(match)
    number, scale = match.group("n"), match.group("u")
    if number is None:
        return _within(next((one for one, _ in values.numbers(match.found[0])), None), match.kind)
    if _is_setting(match.kind, scale, values.scaled(number, scale)):
        return None
    listed = _listed(match.found) if match.cue.earns == "known" else []
    largest = max(listed, default=values.scaled(number, scale))
    return _within(largest * _worth(match.kind.unit, match.found[0]), match.kind)


def _is_setting(kind: Kind, scale: str | None, number: Decimal) -> bool:
    return kind.unit == "parameters" and scale is None and number < LEAST_PARAMETERS


def _worth(unit: str, text: str) -> Decimal:
    """Return what one of the unit named in the text is worth in the quantity's unit."""
    low = text.lower().replace(" ", "")
    return next((worth for word, worth in UNIT_WORDS.get(unit, {}).items() if word in low), Decimal(1))


def _with_scale(text: str) -> list[Decimal]:
    return [one for one, has_scale in values.numbers(text) if has_scale]


def _listed(found: re.Match[str]) -> list[Decimal]:
    """Return all numbers of the list that the matched number stands in; [] when it stands alone."""
    text, start, end = found.string, found.start("n"), found.end("u") if found["u"] else found.end("n")
    before = _LIST_BEFORE.search(text, max(0, start - LIST_REACH), start)
    after = _LIST_AFTER.match(text, end)
    if not before and not after:
        return []
    return _with_scale(text[before.start() if before else start : after.end() if after else found.end()])


def _labelled_count(match: Match, text: str) -> Value | None:
    """Return the number beside a label; a cell that says something else than a number is a statement."""
    for number, has_scale in values.numbers(text)[:3]:
        if not _is_setting(match.kind, "x" if has_scale else None, number):
            inside = _within(number, match.kind)
            if inside is not None:
                return inside
    return text[:MAX_VALUE] if match.cue.earns == "partial" and not BARE.match(text) else None


def _within(number: Decimal | None, kind: Kind) -> Decimal | None:
    return number if number is not None and kind.low <= number <= kind.high else None


def _date(match: Match) -> Value | None:
    return values.date(match.group("date") or match.beside or "")


def _licence(match: Match) -> Value | None:
    named = match.group("licence") or match.beside or match.found[0]
    return None if BARE.match(named) else values.licence(named.split(", is available")[0][:200])


def _languages(match: Match) -> Value | None:
    if any(match.group(name) for name in ("mono", "mono2", "mono3")):
        return MONOLINGUAL
    if count := match.group("count"):
        return f"{count} languages"
    if codes := values.languages(match.group("list") or match.beside or ""):
        return ",".join(codes)
    if match.beside is not None:
        number = re.search(r"\d{1,3}", match.beside)
        return f"{number[0]} languages" if number else None
    return _statement(match) if match.cue.earns == "partial" else None


def _flag(match: Match) -> Value | None:
    if match.beside is not None and BARE.match(match.beside):
        return None
    denied = re.match(r"\s*(?:no\b|false)", match.beside or match.whole, re.IGNORECASE)
    return not (denied or speech.refuses(match.whole))


def _statement(match: Match) -> Value | None:
    text = (match.beside or match.whole).strip()
    return None if BARE.match(text) else text[:MAX_VALUE]


READERS: Mapping[str, Callable[[Match], Value | None]] = {
    "count": _count,
    "date": _date,
    "licence": _licence,
    "languages": _languages,
    "price": _statement,
    "flag": _flag,
    "statement": _statement,
}
"""Kind of a quantity → what reads its value."""
