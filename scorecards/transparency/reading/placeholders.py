"""Building blocks of the cues' patterns: numbers, dates, licences, and lists of names kept in data files.

Every block is bounded, so that no text makes a pattern slow.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import lru_cache

from scorecards.transparency.reading.names import DATA

SCALE = r"(?:trillion|billion|million|thousand|万亿|千亿|百亿|亿|千万|百万|万|千|[TBMKGk](?![A-Za-z]))"
_WORDS = r"(?:one|two|three|four|five|six|seven|eight|nine|ten)(?= (?:trillion|billion|million))"
NUMBER = (
    rf"(?P<n>(?<![\d.])(?:\d{{1,3}}(?:,\d{{3}}){{1,5}}|\d{{1,15}})(?!\d)(?:\.\d+)?|\b{_WORDS})"
    rf"\s?-?(?P<u>{SCALE})?\+?"
)

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?"
    r"|Nov(?:ember)?|Dec(?:ember)?)"
)
_YEAR = r"(?:19|20)\d\d"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
DATE = "(?P<date>{})".format(
    "|".join(
        (
            rf"{_YEAR}\s?[-./年]\s?\d{{1,2}}(?:\s?[-./月]\s?\d{{1,2}}日?|月)?",
            rf"{_DAY}[ .](?:of )?{_MONTH}[ .,]{{1,2}}{_YEAR}",
            rf"{_MONTH}\.? {_DAY},? {_YEAR}",
            rf"(?:(?:the )?(?:end|beginning|start|early|mid|late)[ -](?:of )?)?{_MONTH}\.?,? (?:of )?{_YEAR}",
            rf"Q[1-4] {_YEAR}",
            rf"{_YEAR}(?![\d.])",
        )
    )
)
_WORD = r"(?:[A-Z][\w.\-]*|\d[\d.]*)"
LICENCE = "(?P<licence>{})".format(
    "|".join(
        (
            r"(?:\w+ )?MIT(?: license)?\b",
            r"apache(?:[- ]license)?,?(?: version)?[- ]?2(?:\.0)?",
            r"(?:CC|creative commons)[- ][\w\-. ]{2,40}",
            r"(?:bigscience|creativeml|bigcode|open)?[-\w]*RAIL[-\w]*",
            rf"{_WORD}(?: (?:{_WORD}|and|of)){{0,6}} (?:licen[sc]e|许可)(?: agreement)?",
            r"[AL]?GPL[-\w. ]{0,8}",
            r"BSD[-\w]*",
            r"(?:model|custom|community|commercial|proprietary)(?: \w+){0,2} licen[sc]e(?: agreement)?",
            r"OpenMDW[-\w.]*",
        )
    )
)
_OURS = r"(?P<us>[A-Za-z\u4e00-\u9fff][\w.\-]{0,40})"
_GROUP = re.compile(r"\(\?P<(\w+)>")


@lru_cache
def _blocks() -> Mapping[str, str]:
    names = tomllib.loads((DATA / "names.toml").read_text(encoding="utf-8"))
    languages = tomllib.loads((DATA / "languages.toml").read_text(encoding="utf-8"))["names"]
    return {
        "{N}": NUMBER,
        "{DATE}": DATE,
        "{OURS}": _OURS,
        "{LICENCE}": LICENCE,
        "{BENCHMARK}": _any(names["benchmarks"]),
        "{LANGUAGE}": _any(map(re.escape, languages)),
    }


def _any(patterns: Iterable[str]) -> str:
    return "(?:" + "|".join(sorted(patterns, key=len, reverse=True)) + ")"


def compiled(pattern: str) -> re.Pattern[str]:
    """Return a cue's pattern with its placeholders filled in; a block used twice is read where it stands first.

    Raises:
        re.error: it is no regular expression.
    """
    for name, meaning in _blocks().items():
        pattern = pattern.replace(name, meaning)
    return re.compile(_with_groups_once(pattern), re.IGNORECASE)


def _with_groups_once(pattern: str) -> str:
    seen: set[str] = set()

    def once(found: re.Match[str]) -> str:
        if found[1] in seen:
            return "(?:"
        seen.add(found[1])
        return found[0]

    return _GROUP.sub(once, pattern)


@lru_cache
def benchmark_words() -> tuple[str, ...]:
    """Return the words that show that a sentence may name a benchmark."""
    return tuple(tomllib.loads((DATA / "names.toml").read_text(encoding="utf-8"))["benchmark_words"])
