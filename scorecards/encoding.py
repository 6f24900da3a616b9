"""Evidence as JSON and back, and the content hash by which raw evidence is named."""

import dataclasses
import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import rfc8785

from scorecards.evidence import Basis, Bound, Finding, Quote, Reading, Source, Value
from scorecards.exchanges import Exchange


def to_json(value: object) -> Any:  # noqa: ANN401 - JSON is what it is
    """Return a dataclass, or anything inside one, as JSON-able data; a Decimal becomes `{"decimal": "…"}`.

    Raises:
        TypeError: `value` holds something that has no JSON form here.
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_json(getattr(value, field.name)) for field in dataclasses.fields(value)}
    for kinds, encode in ENCODERS:
        if isinstance(value, kinds):
            return encode(value)
    raise TypeError(f"no JSON form for {type(value).__name__}")


ENCODERS: tuple[tuple[Any, Any], ...] = (
    (Enum, lambda value: value.value),
    ((str, bool, int, type(None)), lambda value: value),
    (Decimal, lambda value: {"decimal": format(value, "f")}),
    (datetime, lambda value: value.isoformat()),
    (Mapping, lambda value: {str(key): to_json(one) for key, one in value.items()}),
    ((tuple, list), lambda value: [to_json(one) for one in value]),
)


def digest(value: object) -> str:
    """Return `sha256:` and the hash of the RFC 8785 form of `to_json(value)`."""
    return "sha256:" + hashlib.sha256(rfc8785.dumps(to_json(value))).hexdigest()


def source_of(exchange: Exchange) -> Source:
    """Return what a reading cites for an exchange."""
    return Source(digest(exchange), exchange.endpoint)


def reading_from_json(body: Mapping[str, Any]) -> Reading:
    """Return the reading that `to_json` made this of."""
    return Reading(
        **{
            **body,
            "finding": Finding(body["finding"]),
            "basis": Basis(body["basis"]),
            "bound": Bound(body.get("bound", Bound.EXACT)),
            "taken_at": datetime.fromisoformat(body["taken_at"]),
            "value": _value(body["value"]),
            "sources": tuple(_source(one) for one in body["sources"]),
            "samples": _decimals(body["samples"]),
            "interval": _interval(body.get("interval")),
        }
    )


def _decimals(bodies: Any) -> tuple[Decimal, ...]:  # noqa: ANN401
    return tuple(Decimal(one["decimal"]) for one in bodies)


def _interval(bodies: Any) -> tuple[Decimal, Decimal] | None:  # noqa: ANN401
    if bodies is None:
        return None
    low, high = _decimals(bodies)
    return low, high


def _value(body: Any) -> Value | None:  # noqa: ANN401
    return Decimal(body["decimal"]) if isinstance(body, dict) else body


def _source(body: Mapping[str, Any]) -> Source:
    return Source(body["id"], body["url"], Quote(**body["quote"]) if body["quote"] else None)
