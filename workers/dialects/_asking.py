"""What the requests of all dialects share: JSON out, and saying what cannot be said."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from scorecards.exchanges import Ask
from workers.http import Request

Headers = tuple[tuple[str, str], ...]

JSON: Headers = (("Content-Type", "application/json"), ("Accept", "text/event-stream, application/json"))


def bearer(key: str | None) -> Headers:
    """Return the headers of a request whose key, if there is one, is an OAuth bearer token."""
    return (*JSON, ("Authorization", f"Bearer {key}")) if key else JSON


def post(url: str, headers: Headers, body: Mapping[str, Any]) -> Request:
    """Return a request with a JSON body."""
    return Request("POST", url, headers, json.dumps(body, ensure_ascii=False).encode())


def said(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields that say something: a None stays out of the body."""
    return {name: value for name, value in fields.items() if value is not None}


def number(value: Decimal | None) -> float | None:
    """Return a number as JSON takes it."""
    return None if value is None else float(value)


PLAIN = Ask()


def unsayable(ask: Ask, fields: Sequence[str]) -> tuple[str, ...]:
    """Return for each of these fields that the ask sets what would be needed, as `Dialect.lacks` puts it.

    >>> unsayable(Ask(seed=7), ("seed", "top_logprobs"))
    ('set seed',)
    """
    return tuple(f"set {name}" for name in fields if getattr(ask, name) != getattr(PLAIN, name))
