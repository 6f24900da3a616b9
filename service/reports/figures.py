"""How the numbers of a comparison are said: shares, differences, times, money, verdicts."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from string import ascii_uppercase
from typing import Any

NOT_MEASURED = "not measured"
LANGUAGES: Mapping[str, str] = {
    "ar": "Arabic",
    "bn": "Bengali",
    "de": "German",
    "en": "English",
    "es": "Spanish",
    "fr": "French",
    "hi": "Hindi",
    "ja": "Japanese",
    "ko": "Korean",
    "pt": "Portuguese",
    "ru": "Russian",
    "sw": "Swahili",
    "te": "Telugu",
    "th": "Thai",
    "und": "not said",
    "vi": "Vietnamese",
    "zh": "Chinese",
}


HIDDEN = re.compile(
    "[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u061c\\u200b\\u200e\\u200f\\u202a-\\u202e\\u2060\\u2066-\\u2069\\ufeff]"
)
"""Characters that nobody sees and that turn, hide or end what stands beside them."""


def visible(text: str) -> str:
    r"""Return what somebody else wrote with its hidden characters named, so that it looks like what it is.

    >>> visible("a\u202eb\r\n\tc")
    'a[U+202E]b[U+000D]\n\tc'
    """
    return HIDDEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def title(name: str, endpoints: Sequence[str]) -> str:
    """Return what a comparison is called: its name, else who is in it.

    >>> title("", ["here:a", "here:b", "here:c"])
    'here:a beside here:b, here:c'
    """
    return visible(name.strip() or f"{endpoints[0]} beside {', '.join(endpoints[1:])}")


def percent(share: str | None) -> str:
    r"""Return a share of 1 as percent with one decimal place.

    >>> percent("0.9744"), percent(None)
    ('97.4\xa0%', 'not measured')
    """
    return NOT_MEASURED if share is None else f"{Decimal(share) * 100:.1f}\u00a0%"


def points(difference: str | Decimal) -> str:
    """Return a difference of shares in points of percent, with its sign.

    >>> points("-0.0789"), points("0.0525"), points("-0.0001")
    ('−7.9', '+5.2', '0.0')
    """
    return _signed(Decimal(difference) * 100, 1)


def about(count: str) -> str:
    """Return an expected number of prompts, which need not be whole.

    >>> about("1.9022"), about("0"), about("0.02")
    ('1.9', '0', 'fewer than 0.1')
    """
    rounded = round(Decimal(count), 1)
    return _plain(rounded) if rounded or not Decimal(count) else "fewer than 0.1"


def ms(value: str | None) -> str:
    r"""Return a time in milliseconds, whole.

    >>> ms("1204.5"), ms(None)
    ('1,204\xa0ms', 'not measured')
    """
    return NOT_MEASURED if value is None else f"{round(Decimal(value)):,}\u00a0ms"


def ms_more(value: str) -> str:
    r"""Return how much longer something takes.

    >>> ms_more("-40"), ms_more("0")
    ('−40\xa0ms', '0\xa0ms')
    """
    return f"{_signed(Decimal(value), 0)}\u00a0ms"


def usd(value: str | Decimal | None) -> str:
    r"""Return an amount of US dollars in all the digits that are held, at most eight behind the point.

    >>> usd("0.00102632"), usd("2"), usd(None)
    ('0.00102632\xa0USD', '2\xa0USD', 'no price is held')
    """
    return "no price is held" if value is None else f"{_plain(Decimal(value))}\u00a0USD"


def usd_more(value: str) -> str:
    r"""Return how much dearer something is.

    >>> usd_more("-0.25"), usd_more("0")
    ('−0.25\xa0USD', '0\xa0USD')
    """
    amount = Decimal(value)
    return f"{_sign(amount)}{_plain(abs(amount))}\u00a0USD"


def span(low: str | None, high: str | None) -> str:
    """Return both ends of a 95 % interval that were said before; "" where there is none."""
    return f"95\u00a0%: {low} to {high}" if low is not None and high is not None else ""


def language(tag: str) -> str:
    """Return what a language is called, with its tag.

    >>> language("zh"), language("gsw")
    ('Chinese (zh)', 'gsw')
    """
    return f"{LANGUAGES[tag]} ({tag})" if tag in LANGUAGES else tag


def letters(refs: Sequence[str]) -> dict[str, str]:
    """Return a letter for each endpoint, A for the one in use; beyond the alphabet its number.

    >>> letters(["here:a", "here:b"])
    {'here:a': 'A', 'here:b': 'B'}
    """
    return {ref: ascii_uppercase[at] if at < len(ascii_uppercase) else str(at + 1) for at, ref in enumerate(refs)}


def words(name: str) -> str:
    """Return a machine's name as words.

    >>> words("wrong_language")
    'wrong language'
    """
    return name.replace("_", " ")


def verdict(quality: Mapping[str, Any], margin: str) -> str:
    """Return what a difference of scores says, in words.

    >>> verdict({"n": 38, "verdict": "undecided", "more_needed": 183}, "0.05")
    'undecided: about 183 prompts more'
    >>> verdict({"n": 300, "verdict": "equivalent"}, "0.05")
    'equivalent: whatever difference there is lies within ±5 points'
    """
    if not quality["n"]:
        return "not compared: no prompt was scored at both"
    if quality["verdict"] == "undecided":
        return _undecided(quality["more_needed"])
    if quality["verdict"] == "equivalent":
        return f"equivalent: whatever difference there is lies within ±{reach(Decimal(margin))} points"
    return f"{quality['verdict']}: {points(quality['low'])} to {points(quality['high'])} points"


def reach(scale: Decimal) -> str:
    """Return how far a track of differences reaches to either side, in points.

    >>> reach(Decimal("0.2"))
    '20'
    """
    return _plain(scale * 100)


def _undecided(more: int | None) -> str:
    return f"undecided: about {more:,} prompts more" if more else "undecided: not sure enough for this many looks"


def _signed(value: Decimal, places: int) -> str:
    rounded = round(value, places)
    return f"{_sign(rounded)}{abs(rounded):,.{places}f}"


def _sign(value: Decimal) -> str:
    return "−" if value < 0 else "+" if value > 0 else ""


def _plain(value: Decimal) -> str:
    text = f"{value:,.8f}"
    return text.rstrip("0").rstrip(".")
