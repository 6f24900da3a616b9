"""What a wire dialect has to say: how to ask, and how to read what comes back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scorecards.catalog import Endpoint
from scorecards.exchanges import Ask, DeltaKind, TokenLogprob, Usage
from workers.http import Request


class UnexpectedShape(Exception):
    """JSON that parses but is not what the dialect promises; the message says what was wanted and found."""


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """An error as the endpoint puts it: `code` is its type or code, "" without one."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class ToolPart:
    """A piece of one tool call; parts with the same index belong together, None = a whole call of its own."""

    index: int | None
    name: str = ""
    arguments: str = ""


@dataclass(slots=True)
class Piece:
    """What one event of a stream, or one whole answer, says. None = it says nothing about that.

    Read once and thrown away, one per event, so not frozen: that would cost more than twice as much to make.

    Attributes:
        deltas: Kind and text, in order.
        finish_reason: `stop`, `length`, `tool_calls`, `content_filter` or `refusal`, whatever the dialect calls it; one
            that means none of these stays as it is.
        usage: What is told here; fields told later replace these one by one.
        error: An error object, sent after HTTP 200 or in an error status.
        lacking: Fields that the protocol requires of a whole answer and that are not there.
        choices: How many answers it holds side by side.
        dimensions: Length of the vector that was asked for.
    """

    deltas: Sequence[tuple[DeltaKind, str]] = ()
    tool_parts: Sequence[ToolPart] = ()
    logprobs: Sequence[TokenLogprob] = ()
    finish_reason: str | None = None
    usage: Usage | None = None
    served_model: str | None = None
    fingerprint: str | None = None
    answer_id: str | None = None
    listed: Sequence[str] = ()
    tokens: int | None = None
    error: ErrorBody | None = None
    lacking: Sequence[str] = ()
    choices: int | None = None
    dimensions: int | None = None
    server_timings: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dialect:
    """One wire protocol.

    Attributes:
        request: `(ask, endpoint, key) -> Request`; None when the protocol has no such call, or something is lacking.
        event: `(event name, its JSON) -> Piece` for one streamed event.
        reply: `(ask, JSON) -> Piece` for a whole answer to this ask.
        end: The event data that ends a stream and is not JSON; None = the protocol has none.
        lacks: `(ask, endpoint, key) -> what it would take`, in infinitives, to say all of it; an ask is never weakened.
        calls_end_as_stop: Whether an answer that calls tools ends with the same reason as any other.
    """

    request: Callable[[Ask, Endpoint, str | None], Request | None]
    event: Callable[[str, Any], Piece]
    reply: Callable[[Ask, Any], Piece]
    end: bytes | None = None
    lacks: Callable[[Ask, Endpoint, str | None], Sequence[str]] = lambda _ask, _endpoint, _key: ()
    calls_end_as_stop: bool = False
