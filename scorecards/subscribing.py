"""What a subscription must look like to be taken in."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from scorecards import web_address
from scorecards.events import EVENT_TYPES
from scorecards.filters import KINDS, PILLARS, Filters
from scorecards.web_address import Networks

MAX_DESCRIPTION, MAX_HEADER_VALUE, MAX_HEADERS, MAX_LISTED = 200, 1000, 10, 100
MAX_PER_MINUTE = 6000
MAX_GRACE_HOURS = 7 * 24
ALLOWED_HEADERS = (
    "authorization",
    "cf-access-client-id",
    "cf-access-client-secret",
    "x-api-key",
    "x-auth-token",
    "x-environment",
    "x-gitlab-token",
    "x-source",
    "x-tenant",
    "x-tenant-id",
    "x-webhook-token",
)
"""Headers of its own that a subscription may have sent: none by which a proxy is told where a request came from."""
_VISIBLE = re.compile(r"[!-~](?:[ -~]*[!-~])?")


@dataclass(frozen=True, slots=True)
class Wish:
    """A subscription as somebody asks for it.

    Attributes:
        url: Where its receiver is.
        target: What kind of receiver: `standard`, or a chat system.
        thin: Whether payloads leave out what changed, and only say that something did.
        rate_per_minute: Most deliveries in a minute; None = as fast as it answers.
        headers: Headers of its own, lower-case names.
        secret: What payloads are signed with; None = made here.
    """

    url: str
    filters: Filters
    description: str = ""
    target: str = "standard"
    thin: bool = False
    rate_per_minute: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret: str | None = field(default=None, repr=False)


def problems(wish: Wish, targets: Collection[str], opened: Networks = ()) -> dict[str, str]:
    """Return each wrong field with what it wants and what it has; {} when the wish can be granted.

    Args:
        targets: Kinds of receivers that there are.
        opened: Networks beyond the public internet that the operator opened to receivers; plain http is for them.
    """
    schemes = ("https", "http") if opened else ("https",)
    rate = wish.rate_per_minute
    found = {
        "url": web_address.problem(wish.url, opened, schemes),
        "description": _short(wish.description, MAX_DESCRIPTION),
        "target": _one_of([wish.target], targets),
        "rate_per_minute": None
        if rate is None or 1 <= rate <= MAX_PER_MINUTE
        else f"wants 1 to {MAX_PER_MINUTE}, has {rate}",
        "headers": _headers(wish.headers),
        **{name: check(wish.filters) for name, check in FILTERS.items()},
    }
    return {name: wrong for name, wrong in found.items() if wrong}


def _types(filters: Filters) -> str | None:
    return _one_of(filters.types, EVENT_TYPES) if filters.types else "wants at least one type of event, has none"


def _least(value: Decimal | None) -> str | None:
    good = value is None or (value.is_finite() and Decimal(0) <= value <= 100)  # noqa: PLR2004 - a score ends there
    return None if good else f"wants 0 to 100, has {value}"


FILTERS: Mapping[str, Callable[[Filters], str | None]] = {
    "types": _types,
    "developers": lambda filters: _refs(filters.developers),
    "models": lambda filters: _refs(filters.models),
    "pillars": lambda filters: _one_of(filters.pillars, PILLARS),
    "kinds": lambda filters: _one_of(filters.kinds, KINDS),
    "min_points": lambda filters: _least(filters.min_points),
    "min_price_percent": lambda filters: _least(filters.min_price_percent),
}
"""What each filter wants."""


def _one_of(values: Collection[str], known: Collection[str]) -> str | None:
    strange = [one[:80] for one in values if one not in known]
    return f"wants some of {', '.join(known)}, has {', '.join(map(repr, strange))}" if strange else None


def _refs(values: Collection[str]) -> str | None:
    if len(values) > MAX_LISTED:
        return f"wants at most {MAX_LISTED}, has {len(values)}"
    wrong = [one[:80] for one in values if not one or not one.isprintable()]
    return f"wants names without control characters, has {wrong[0]!r}" if wrong else None


def _short(text: str, most: int) -> str | None:
    if len(text) > most:
        return f"wants at most {most} characters, has {len(text)}"
    return None if text.isprintable() else "wants one line without control characters, has some"


def _headers(headers: Mapping[str, str]) -> str | None:
    """Return what is wrong with the headers; values are never quoted, they may be secrets."""
    if len(headers) > MAX_HEADERS:
        return f"wants at most {MAX_HEADERS} headers, has {len(headers)}"
    if strange := [name[:80] for name in headers if name.lower() not in ALLOWED_HEADERS]:
        return f"wants some of {', '.join(ALLOWED_HEADERS)}, has {', '.join(map(repr, strange))}"
    for name, value in headers.items():
        if len(value) > MAX_HEADER_VALUE or not _VISIBLE.fullmatch(value):
            return f"{name}: wants 1 to {MAX_HEADER_VALUE} visible ASCII characters, has something else"
    return None
