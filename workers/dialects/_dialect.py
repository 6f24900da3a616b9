"""What a wire dialect has to say: how to ask, and how to read what comes back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scorecards.catalog import Endpoint
from scorecards.evidence import Ask, DeltaKind, Usage
from workers.http import Request


class UnexpectedShape(Exception):
    """JSON that parses but is not what the dialect promises; the message says what was wanted and found."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What one event of a stream, or one whole answer, says. None = it says nothing about that.

    Attributes:
        deltas: Kind and text, in order.
        error: The message of an error object, sent after HTTP 200 or in an error status.
    """

    deltas: Sequence[tuple[DeltaKind, str]] = ()
    finish_reason: str | None = None
    usage: Usage | None = None
    served_model: str | None = None
    fingerprint: str | None = None
    listed: Sequence[str] = ()
    tokens: int | None = None
    error: str | None = None
    server_timings: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One wire protocol.

    Attributes:
        request: `(ask, endpoint, key) -> Request`; None when the protocol has no such call.
        event: Reads the JSON of one streamed event.
        reply: Reads the JSON of a whole answer to this ask.
        end: The event data that ends a stream and is not JSON; None = the protocol has none.
    """

    request: Callable[[Ask, Endpoint, str | None], Request | None]
    event: Callable[[Any], Piece]
    reply: Callable[[Ask, Any], Piece]
    end: bytes | None = None
