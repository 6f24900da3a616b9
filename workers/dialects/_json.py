"""Checked access to the JSON that came over the wire: a wrong shape is a fact with a name, never a crash."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from workers.dialects._dialect import ErrorBody, UnexpectedShape

READABLE_ERROR_CHARACTERS = 300


def mapping(value: Any, what: str) -> Mapping[str, Any]:  # noqa: ANN401 - what came over the wire
    """Return an object.

    Raises:
        UnexpectedShape: it is something else.
    """
    if not isinstance(value, dict):
        raise UnexpectedShape(f"wants {what} as an object, has {type(value).__name__}")
    return value


def sequence(value: Any, what: str) -> list[Any]:  # noqa: ANN401 - what came over the wire
    """Return a list.

    Raises:
        UnexpectedShape: it is something else.
    """
    if not isinstance(value, list):
        raise UnexpectedShape(f"wants {what} as a list, has {type(value).__name__}")
    return value


def text(value: Any) -> str | None:  # noqa: ANN401 - what came over the wire
    """Return a text that is not empty; None for anything else."""
    return value if isinstance(value, str) and value else None


def count(value: Any) -> int | None:  # noqa: ANN401 - what came over the wire
    """Return a number of tokens; None for anything else."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def number(value: Any) -> Decimal | None:  # noqa: ANN401 - what came over the wire
    """Return a number; None for anything else."""
    return Decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def malformed(body: Mapping[str, Any], fields: tuple[str, ...]) -> tuple[str, ...]:
    """Return which of these fields are there and are no number of tokens, in words."""
    odd = [(name, body[name]) for name in fields if body.get(name) is not None and count(body[name]) is None]
    return tuple(f"{name} is {str(value)[:40]!r}" for name, value in odd)


def error(value: Any) -> ErrorBody:  # noqa: ANN401 - what came over the wire
    """Return an error object of any dialect: its type or code, and its words."""
    if not isinstance(value, dict):
        return ErrorBody("", str(value)[:READABLE_ERROR_CHARACTERS])
    said = [value.get(name) for name in ("code", "type", "status")]
    code = " ".join(one for one in said if isinstance(one, str))
    return ErrorBody(code, str(value.get("message") or value)[:READABLE_ERROR_CHARACTERS])
