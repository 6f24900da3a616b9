"""Values as people write them: numbers with scales, dates, languages, licences, in English and Chinese."""

import re
import tomllib
from decimal import Decimal
from functools import lru_cache

from scorecards.transparency import licences
from scorecards.transparency.reading import placeholders
from scorecards.transparency.reading.names import DATA

SCALES = {
    "t": 10**12, "trillion": 10**12, "万亿": 10**12,
    "b": 10**9, "g": 10**9, "billion": 10**9, "千亿": 10**11, "百亿": 10**10, "亿": 10**8,
    "m": 10**6, "million": 10**6, "百万": 10**6, "千万": 10**7,
    "k": 10**3, "thousand": 10**3, "万": 10**4, "千": 10**3,
}  # fmt: skip
_COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_IN_WORDS = {name: str(at) for at, name in enumerate(_COUNTED, start=1)}
_NUMBER = re.compile(placeholders.NUMBER, re.IGNORECASE)
_DATE = re.compile(placeholders.DATE, re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY = re.compile(r"(?<!\d)([0-3]?\d)(?:st|nd|rd|th)?(?!\d)")
_CODE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,4})?")
_NOT_LANGUAGES = {"code", "zhs", "zht", "multilingual", "en-us"}


def scaled(number: str, unit: str | None) -> Decimal:
    """Return the number that these digits and this scale word mean.

    >>> scaled("14.8", "trillion"), scaled("1,024", None), scaled("3", "亿")
    (Decimal('14800000000000'), Decimal('1024'), Decimal('300000000'))
    """
    value = Decimal(_IN_WORDS.get(number.lower(), number.replace(",", ""))) * SCALES.get((unit or "").lower(), 1)
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def numbers(text: str) -> list[tuple[Decimal, bool]]:
    """Return every number of a text, and whether a scale stands behind it."""
    return [(scaled(one["n"], one["u"]), one["u"] is not None) for one in _NUMBER.finditer(text)]


def date(text: str) -> str | None:
    """Return the first date of a text in ISO form, as exact as it is stated; None when there is none.

    >>> date("July 23, 2024."), date("2025年3月"), date("Monday, 11.July.2022"), date("December 2023")
    ('2024-07-23', '2025-03', '2022-07-11', '2023-12')
    """
    found = _DATE.search(text)
    if found is None:
        return None
    words = found[0].lower()
    year = _YEAR.search(words)
    if year is None:
        return None
    rest = words[: year.start()] + " " + words[year.end() :]
    month = next((at for at, name in enumerate(_MONTHS, start=1) if re.search(rf"\b{name}", rest)), None)
    if month is not None:
        day = _DAY.search(rest)
        return _iso(year[0], month, int(day[1]) if day else None)
    parts = [int(one) for one in re.findall(r"\d+", rest)]
    if "q" in rest or not parts:
        return year[0]
    return _iso(year[0], parts[0], parts[1] if len(parts) > 1 else None)


def _iso(year: str, month: int, day: int | None) -> str:
    if not 1 <= month <= 12:  # noqa: PLR2004 - months
        return year
    return f"{year}-{month:02d}-{day:02d}" if day and 1 <= day <= 31 else f"{year}-{month:02d}"  # noqa: PLR2004 - days


@lru_cache
def _languages() -> dict[str, str]:
    return dict(tomllib.loads((DATA / "languages.toml").read_text(encoding="utf-8"))["names"])


def languages(text: str) -> tuple[str, ...]:
    """Return the ISO codes of the languages that a text names or lists, sorted; `code` and script names are none.

    >>> languages("English, German and 中文"), languages("- en - zh - code")
    (('de', 'en', 'zh'), ('en', 'zh'))
    """
    low = text.lower()
    known = _languages()
    named = {
        code for name, code in known.items() if (name in low if not name.isascii() else re.search(rf"\b{name}\b", low))
    }
    parts = [one.strip(" -'\"[]") for one in re.split(r"[,\s]+|(?<= )-(?= )", low)]
    listed = [one for one in parts if one and one != "-"]
    if (
        listed
        and all(_CODE.fullmatch(one) or one in _NOT_LANGUAGES for one in listed)
        and set(listed) & set(known.values())
    ):
        named |= {one for one in listed if one not in _NOT_LANGUAGES}
    return tuple(sorted(named))


def licence(text: str) -> str | None:
    """Return the licence that a text names, in one spelling; None when it names none."""
    words = re.sub(r"^(?:the|an?|its|our)\s+", "", text.strip(" .'\"`"), flags=re.IGNORECASE)
    return licences.normalised(words)[:80] if words else None
