"""How single values are shown: ages, links, languages, numbers, names."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote, urlencode, urlsplit

from scorecards.card import plain
from scorecards.evidence import family

_STEPS = (
    (timedelta(minutes=1), timedelta(seconds=1), "just now"),
    (timedelta(hours=1), timedelta(minutes=1), "{} min ago"),
    (timedelta(days=1), timedelta(hours=1), "{} h ago"),
    (timedelta(days=60), timedelta(days=1), "{} d ago"),
    (timedelta(days=730), timedelta(days=30), "{} months ago"),
)
NO_BREAK = "\u00a0"
MINUS = "\u2212"
PERCENT = "%"

LONGEST_NUMBER = 20
"""Digits; a longer run of them is a hash or an id, whatever its unit says."""

_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7af\u1100-\u11ff]")
_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")


def instant(text: str | None) -> datetime | None:
    """Return the aware instant of an RFC 3339 text; None stays None."""
    return datetime.fromisoformat(text) if text else None


def age(then: datetime, now: datetime) -> str:
    """Return how long ago `then` was, in its largest round unit; what lies ahead is "just now".

    >>> age(datetime.fromisoformat("2026-11-23T21:12:00Z"), datetime.fromisoformat("2026-11-24T00:12:31Z"))
    '3 h ago'
    """
    passed = now - then
    for limit, unit, words in _STEPS:
        if passed < limit:
            return words.format(passed // unit)
    return f"{passed // timedelta(days=365)} years ago"


@dataclass(frozen=True, slots=True)
class Moment:
    """One instant three times: how long ago for people, exact for people, exact for machines."""

    age: str
    exact: str
    iso: str


def moment(then: datetime | None, now: datetime) -> Moment | None:
    """Return an instant ready to be shown; None stays None."""
    if then is None:
        return None
    utc = then.astimezone(UTC)
    return Moment(age(utc, now), f"{utc:%Y-%m-%d %H:%M:%S} UTC", f"{utc:%Y-%m-%dT%H:%M:%SZ}")


def link(url: str) -> str | None:
    """Return the URL if a reader may follow it; None for everything that is not a web address.

    >>> link("https://example.org/a"), link("javascript:alert(1)"), link("file:weights.gguf")
    ('https://example.org/a', None, None)
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("https", "http") and parts.netloc else None


def place(url: str, most: int = 64) -> str:
    """Return an address short enough for a line: without its scheme, with the middle of a long one left out.

    >>> place("https://example.org/a/README.md"), place("https://example.org/a/very/long/way/to/README.md", 28)
    ('example.org/a/README.md', 'example.org…way/to/README.md')
    """
    bare = url.removeprefix("https://").removeprefix("http://")
    head = most * 2 // 5
    return bare if len(bare) <= most else f"{bare[:head]}…{bare[head + 1 - most :]}"


def language(text: str) -> str | None:
    """Return the language tag a quote needs to be shown in the right script; None for the page's own.

    >>> language("支持最长约 8K 上下文"), language("license: apache-2.0")
    ('zh', None)
    """
    if _KANA.search(text):
        return "ja"
    if _HANGUL.search(text):
        return "ko"
    return "zh" if _HAN.search(text) else None


def short(identifier: str) -> str:
    """Return the head of a long hash, enough to recognise it by; other ids stay whole.

    >>> short("sha256:" + "d2ad" * 16), short("exchange:7")
    ('sha256:d2add2add2ad', 'exchange:7')
    """
    scheme, _, digest = identifier.partition(":")
    return f"{scheme}:{digest[:12]}" if scheme == "sha256" else identifier


def value(found: str | bool | None, unit: str = "") -> str | None:  # noqa: FBT001 - a reading's value is what it is
    """Return a value as people read it; None = there is none. Only whole numbers with a unit are grouped, ids are not.

    >>> value(True), value("412.4", "ms"), value("134515008", "parameters"), value("2026"), value(None)
    ('yes', '412.4', '134,515,008', '2026', None)
    """
    if isinstance(found, bool):
        return "yes" if found else "no"
    if unit and found and found.isascii() and found.isdigit() and len(found) < LONGEST_NUMBER:
        return f"{int(found):,}"
    return found


def percent(share: str) -> str:
    r"""Return a share of 1 as whole percent, rounded down so that 99.6 % never reads as all.

    >>> percent("0.88"), percent("0.996")
    ('88\xa0%', '99\xa0%')
    """
    return f"{int(Decimal(share) * 100)}{NO_BREAK}%"


def signed(number: Decimal) -> str:
    """Return a number with its sign, and without zeros at its end.

    >>> signed(Decimal("1.50")), signed(Decimal(-2)), signed(Decimal(0))
    ('+1.5', '−2', '0')
    """
    sign = MINUS if number < 0 else "+" if number > 0 else ""
    return f"{sign}{plain(abs(number))}"


def is_share(quantity: str) -> bool:
    """Tell whether a quantity is a share of 1, which people read in percent."""
    return family(quantity).endswith("_share")


def in_percent(share: str | None) -> str | None:
    """Return a measured share of 1 in percent, exactly; None stays None.

    >>> in_percent("0.8569"), in_percent("1"), in_percent(None)
    ('85.69', '100', None)
    """
    return None if share is None else format((Decimal(share) * 100).normalize(), "f")


def path(ref: str) -> str:
    """Return a model ref as part of an address; slashes stay, everything else that has a meaning is encoded."""
    return quote(ref, safe="/:@")


def query(text: str) -> str:
    """Return a text as the value of a query parameter."""
    return quote(text, safe="")


def asked(values: Mapping[str, str]) -> str:
    """Return values as the query of an address; "" for none.

    >>> asked({"language": "zh"}), asked({})
    ('?language=zh', '')
    """
    return f"?{urlencode(values)}" if values else ""


def anchor(kind: str, ref: str) -> str:
    """Return the id of a section about `ref`, safe in markup and in addresses.

    >>> anchor("endpoint", "amazon-bedrock@us-east-1:amazon.nova-pro-v1:0")
    'endpoint-amazon-bedrock-us-east-1-amazon-nova-pro-v1-0'
    """
    return f"{kind}-{re.sub('[^A-Za-z0-9]+', '-', ref)}"


def words(name: str) -> str:
    """Return a machine's name as words.

    >>> words("timeout_first_byte")
    'timeout first byte'
    """
    return name.replace("_", " ")


def clipped(text: str, most: int = 40) -> str:
    """Return the text, cut with an ellipsis when it is longer than `most` characters."""
    return text if len(text) <= most else text[: most - 1] + "…"
