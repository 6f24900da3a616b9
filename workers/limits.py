"""What a host says about how often it wants to be asked: Retry-After, RateLimit and X-RateLimit headers."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=7)
_RATE = re.compile(r"\br\s*=\s*(\d{1,9})\b.*?\bt\s*=\s*(\d{1,9})\b")
_OLD_RATE = re.compile(r"\bremaining\s*=\s*(\d{1,9})\b.*?\breset\s*=\s*(\d{1,9})\b")


def not_before(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Return when the host may be asked again; None when it can be at once, or said nothing that can be read.

    Understands Retry-After (seconds, also fractions of them, or a date), RateLimit (`"api";r=0;t=57`,
    `remaining=0, reset=57`), and GitHub's X-RateLimit-Remaining with X-RateLimit-Reset (seconds since 1970). Never
    later than a week from now.

    >>> at = datetime(2026, 11, 24, tzinfo=UTC)
    >>> (not_before({"retry-after": "90"}, at) - at).seconds, not_before({"ratelimit": '"api";r=4;t=57'}, at)
    (90, None)
    """
    told = [one for one in (_retry_after(headers, now), _rate_limit(headers, now), _github(headers)) if one]
    later = max(told, default=now)
    return min(later, now + LONGEST) if later > now else None


def _retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    value = headers.get("retry-after", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d{1,9})?", value):
        return now + timedelta(seconds=float(value))
    try:
        found = parsedate_to_datetime(value)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _rate_limit(headers: Mapping[str, str], now: datetime) -> datetime | None:
    value = headers.get("ratelimit", "")
    found = _RATE.search(value) or _OLD_RATE.search(value)
    return now + timedelta(seconds=int(found[2])) if found and int(found[1]) == 0 else None


def _github(headers: Mapping[str, str]) -> datetime | None:
    remaining, reset = headers.get("x-ratelimit-remaining", ""), headers.get("x-ratelimit-reset", "")
    if remaining.strip() != "0" or not re.fullmatch(r"\d{9,11}", reset.strip()):
        return None
    return datetime.fromtimestamp(int(reset), UTC)
