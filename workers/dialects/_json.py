"""Checked access to the JSON that came over the wire: a wrong shape is a fact with a name, never a crash."""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from scorecards.exchanges import DeltaKind
from workers.dialects._dialect import ErrorBody, Piece, UnexpectedShape

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


def written(value: Any) -> str:  # noqa: ANN401 - what came over the wire
    """Return a value as JSON again, its numbers as numbers."""
    return json.dumps(value, ensure_ascii=False, default=float)


def listing(body: Mapping[str, Any], rows: str, name: str) -> Piece:
    """Return the model ids of a list: what each of `rows` calls `name`.

    Raises:
        UnexpectedShape: there is no such list.
    """
    found = sequence(body.get(rows), rows)
    return Piece(listed=tuple(str(row[name]) for row in found if isinstance(row, dict) and name in row))


def tokens(body: Mapping[str, Any], name: str) -> Piece:
    """Return a count of tokens.

    Raises:
        UnexpectedShape: there is none.
    """
    if (found := count(body.get(name))) is None:
        raise UnexpectedShape(f"wants {name} as a whole number, has {body.get(name)!r}")
    return Piece(tokens=found)


def lacking(body: Mapping[str, Any], *names: str) -> tuple[str, ...]:
    """Return which of these fields are not there; `null` is no value."""
    return tuple(name for name in names if body.get(name) is None)


def vector(value: Any) -> Piece:  # noqa: ANN401 - what came over the wire
    """Return a vector, as JSON in the digits of a 32-bit float, and its length.

    Raises:
        UnexpectedShape: there is none.
    """
    numbers = value if isinstance(value, list) else []
    if not numbers or any(number(one) is None for one in numbers):
        raise UnexpectedShape(f"wants a vector as a list of numbers, has {str(value)[:40]!r}")
    text = json.dumps([float(f"{one:.7g}") for one in numbers])
    return Piece(deltas=((DeltaKind.CONTENT, text),), dimensions=len(numbers))


def error(value: Any) -> ErrorBody:  # noqa: ANN401 - what came over the wire
    """Return an error object of any dialect: its type, code and reasons, and its words."""
    if not isinstance(value, dict):
        return ErrorBody("", str(value)[:READABLE_ERROR_CHARACTERS])
    details = value.get("details")
    reasons = [one.get("reason") for one in (details if isinstance(details, list) else ()) if isinstance(one, dict)]
    told = [value.get("code"), value.get("type"), value.get("status"), *reasons]
    code = " ".join(str(one) for one in told if isinstance(one, str | int))
    return ErrorBody(code, str(value.get("message") or value)[:READABLE_ERROR_CHARACTERS])
