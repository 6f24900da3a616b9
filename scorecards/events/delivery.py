"""What becomes of a delivery after an attempt, and of a subscription whose receiver fails: rules without a clock."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

SCHEDULE_S = (0, 5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Seconds before each attempt, counted from the one before: ten attempts in 75 h 35 min 5 s (Standard Webhooks)."""
JITTER = 0.2
"""Waits are longer or shorter by up to this share, so that receivers which failed together do not return together."""
MIN_RETRY_AFTER_S, MAX_RETRY_AFTER_S = 1, 86_400

FAILING_AFTER = 4
"""Failures in a row after which `subscription.failing` is told."""
DISABLE_AFTER, DISABLE_FAILURES = timedelta(hours=120), 10
"""A receiver that only failed for so long, and at least so often, is sent nothing more until somebody enables it."""
OPEN_AFTER, FIRST_OPEN_S, LAST_OPEN_S = 3, 5, 300
"""From so many failures in a row on, nothing is sent to the receiver for so long, each time twice as long."""

OK, GONE = 2, 410
WAITS = (429, 503)
"""Status codes by which a receiver asks for a pause of everything, not of one delivery."""


class Outcome(StrEnum):
    """How an attempt ended, by its status; one without a status is named by what broke: `dns`, `reset`, `tls`, …."""

    DELIVERED = "delivered"
    INFORMATIONAL = "unexpected_1xx"
    REDIRECT = "redirect"
    GONE = "gone"
    RATE_LIMITED = "rate_limited"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    NOT_ACCEPTED = "not_accepted"
    """A 2xx whose body says no, as chat systems answer."""


_BY_CLASS: Mapping[int, Outcome] = {
    1: Outcome.INFORMATIONAL,
    2: Outcome.DELIVERED,
    3: Outcome.REDIRECT,
    4: Outcome.CLIENT_ERROR,
    5: Outcome.SERVER_ERROR,
}
_BY_STATUS: Mapping[int, Outcome] = {GONE: Outcome.GONE, 429: Outcome.RATE_LIMITED}


def outcome(status: int) -> Outcome:
    """Return how an attempt ended that was answered; only 2xx is a success, a redirect is never followed.

    >>> outcome(204).value, outcome(302).value, outcome(410).value, outcome(999).value
    ('delivered', 'redirect', 'gone', 'server_error')
    """
    return _BY_STATUS.get(status) or _BY_CLASS.get(status // 100, Outcome.SERVER_ERROR)


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Return the seconds of a `Retry-After`, a number or an HTTP date, within bounds; None when it says neither.

    >>> retry_after_s("120", datetime(2026, 1, 1, tzinfo=UTC)), retry_after_s("soon", datetime(2026, 1, 1, tzinfo=UTC))
    (120.0, None)
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        wait_s = float(text[:9])
    else:
        try:
            until = parsedate_to_datetime(text)
        except (ValueError, OverflowError):  # the latter for a year or a zone with too many digits
            return None
        wait_s = ((until if until.tzinfo else until.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(wait_s, MIN_RETRY_AFTER_S), MAX_RETRY_AFTER_S)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to deliver.

    Attributes:
        at: When it ended.
        status: HTTP status; None when no status line came.
        error: "" = delivered, else an Outcome or the kind of an OutboundError.
        detail: One line on what was wanted and found; "" = nothing to add.
        answer: The beginning of the answer, at most 1 kB.
        retry_after_s: What the receiver asked for, within bounds; None = nothing.
    """

    at: datetime
    status: int | None
    latency_ms: int
    error: str = ""
    detail: str = ""
    answer: str = ""
    retry_after_s: float | None = None


def next_at(tries: int, attempt: Attempt, jitter: float) -> datetime | None:
    """Return when to try again after a failure; None when the schedule is at its end, or the receiver is gone for good.

    Args:
        tries: Attempts made so far by this schedule, the failed one included.
        jitter: -1 to 1, drawn anew each time.
    """
    if tries >= len(SCHEDULE_S) or attempt.status == GONE:
        return None
    wait_s = SCHEDULE_S[tries] * (1 + JITTER * jitter)
    return attempt.at + timedelta(seconds=max(wait_s, attempt.retry_after_s or 0))


@dataclass(frozen=True, slots=True)
class Health:
    """How a subscription's receiver does.

    Attributes:
        failures: Failed attempts in a row.
        failing_since: When the first of them ended; None = the last one succeeded, or there was none.
        told: Whether `subscription.failing` was told of this series.
        not_before: Until then nothing is sent; None = the way is free.
    """

    failures: int = 0
    failing_since: datetime | None = None
    told: bool = False
    not_before: datetime | None = None


class Turn(StrEnum):
    """What an attempt means for its subscription, beside the delivery itself."""

    NOTHING = ""
    FAILING = "subscription.failing"
    DISABLED = "subscription.disabled"
    RECOVERED = "subscription.recovered"


def after(health: Health, attempt: Attempt) -> tuple[Health, Turn]:
    """Return the health after an attempt, and what is to be told of it."""
    if not attempt.error:
        return Health(), Turn.RECOVERED if health.told else Turn.NOTHING
    since = health.failing_since or attempt.at
    failures = health.failures + 1
    now = replace(health, failures=failures, failing_since=since, not_before=_not_before(failures, attempt))
    too_long = attempt.at - since >= DISABLE_AFTER and failures >= DISABLE_FAILURES
    if attempt.status == GONE or too_long:
        return replace(now, told=True), Turn.DISABLED
    if failures >= FAILING_AFTER and not health.told:
        return replace(now, told=True), Turn.FAILING
    return now, Turn.NOTHING


def _not_before(failures: int, attempt: Attempt) -> datetime | None:
    """Return until when the circuit is open: longer with each failure, and as long as the receiver asked for."""
    doublings = failures - OPEN_AFTER
    wait_s = min(FIRST_OPEN_S * 2 ** min(doublings, 10), LAST_OPEN_S) if doublings >= 0 else 0
    asked_s = attempt.retry_after_s or 0 if attempt.status in WAITS else 0
    longest = max(wait_s, asked_s)
    return attempt.at + timedelta(seconds=longest) if longest else None
