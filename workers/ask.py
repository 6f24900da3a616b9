"""One ask to one endpoint, turned into an exchange. Whatever goes wrong becomes a fact with a name."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn

from scorecards.catalog import Endpoint
from scorecards.exchanges import (
    Ask,
    AskKind,
    Delta,
    DeltaKind,
    Exchange,
    Outcome,
    Phases,
    TokenLogprob,
    ToolCall,
    Usage,
)
from workers.dialects import _errors
from workers.dialects._dialect import Dialect, ErrorBody, Piece, ToolPart, UnexpectedShape
from workers.eventstream import EventStreamReader
from workers.http import Client, OutboundError, Response, Timing
from workers.limits import not_before
from workers.redaction import without
from workers.sse import Event, SseReader

OK = 200
JSON = "application/json"
STREAMS: Mapping[str, Callable[[int], SseReader | EventStreamReader]] = {
    "text/event-stream": SseReader,
    "application/vnd.amazon.eventstream": EventStreamReader,
}
"""Media type of a stream → what cuts it into events."""
HELD_BYTES = 16 * 1024
"""How much of a stream may wait to be parsed: some sixty events, which takes less than a millisecond."""
FINISHED = {"refusal": Outcome.REFUSAL, "content_filter": Outcome.CONTENT_FILTER}
READABLE_ERROR_CHARACTERS = 300
AWS_ERROR_HEADER = "x-amzn-errortype"
"""Where Amazon says what its error is called; the body only says why."""
WRONG_KEY = "pellucid-made-this-key-up"
LIMIT_HEADERS = ("x-ratelimit-", "anthropic-ratelimit-", "ratelimit", "retry-after", "x-request-id", "request-id")
"""Beginnings of the headers that are kept with an exchange."""


@dataclass(slots=True)
class _Heard:
    """What has been heard so far; kept whatever happens next."""

    deltas: list[Delta] = field(default_factory=list)
    tool_parts: list[ToolPart] = field(default_factory=list)
    logprobs: list[TokenLogprob] = field(default_factory=list)
    served_models: dict[str, None] = field(default_factory=dict)
    fingerprints: dict[str, None] = field(default_factory=dict)
    newest: Piece = field(default_factory=Piece)
    refused_as: str | None = None
    streamed: bool = False
    end_mark: bool = False
    last_ns: int | None = None
    end_ns: int | None = None
    repeated: int = 0
    pings: int = 0

    def add(self, piece: Piece, at_ns: int) -> None:
        for kind, text in piece.deltas:
            self.deltas.append(Delta(at_ns, kind, text))
            if kind is not DeltaKind.EMPTY:
                self.last_ns = at_ns
        self.tool_parts += piece.tool_parts
        self.logprobs += piece.logprobs
        if piece.served_model:
            self.served_models[piece.served_model] = None
        if piece.fingerprint:
            self.fingerprints[piece.fingerprint] = None
        if piece.finish_reason or piece.usage or piece.error or self.newest.answer_id is None or piece.server_timings:
            self.newest = _newer(self.newest, piece)

    def calls(self) -> tuple[ToolCall, ...]:
        """Return the tool calls, their pieces joined."""
        calls: dict[tuple[bool, int], list[ToolPart]] = {}
        for place, part in enumerate(self.tool_parts):
            key = (True, place) if part.index is None else (False, part.index)
            calls.setdefault(key, []).append(part)
        return tuple(
            ToolCall("".join(one.name for one in call), "".join(one.arguments for one in call))
            for call in calls.values()
        )


def _newer(held: Piece, piece: Piece) -> Piece:
    """Return what is known now: whatever `piece` says replaces what was said before it."""
    return Piece(
        finish_reason=piece.finish_reason or held.finish_reason,
        usage=_merged(held.usage, piece.usage),
        answer_id=held.answer_id or piece.answer_id,
        listed=piece.listed or held.listed,
        tokens=held.tokens if piece.tokens is None else piece.tokens,
        error=piece.error or held.error,
        lacking=piece.lacking or held.lacking,
        choices=held.choices if piece.choices is None else piece.choices,
        dimensions=held.dimensions if piece.dimensions is None else piece.dimensions,
        server_timings=piece.server_timings or held.server_timings,
    )


def _merged(held: Usage | None, said: Usage | None) -> Usage | None:
    if held is None or said is None:
        return said or held
    told = {one.name: getattr(said, one.name) for one in fields(Usage)}
    return replace(held, **{name: value for name, value in told.items() if value not in (None, ())})


class _Failed(Exception):
    """The exchange ends here, under this name."""

    def __init__(self, outcome: Outcome, detail: str) -> None:
        super().__init__(detail)
        self.outcome, self.detail = outcome, detail


@dataclass(frozen=True, slots=True)
class Channel:
    """An open way to one endpoint; `key` is None where none is needed."""

    client: Client
    dialect: Dialect
    endpoint: Endpoint
    key: str | None


def exchange(channel: Channel, ask: Ask, now: datetime) -> Exchange:
    """Return what came of asking; never raises for anything the other side does."""
    dialect, endpoint = channel.dialect, channel.endpoint
    heard, blank = _Heard(), Exchange(ask, endpoint.ref, now, Outcome.OK)
    key = WRONG_KEY if ask.wrong_key else channel.key
    request = dialect.request(ask, endpoint, key)
    if request is None:
        wanted = " and to ".join(dialect.lacks(ask, endpoint, key)) or ask.kind
        detail = f"{endpoint.dialect}: wants a way to {wanted}, has none"
        return replace(blank, outcome=Outcome.UNSUPPORTED, detail=detail)
    if ask.fresh:
        channel.client.close()
    try:
        with channel.client.open(request) as response:
            blank = _with_head(blank, response)
            _listen(response, channel, ask, heard)
            ended = Outcome.OK, ""
    except OutboundError as error:
        ended = _cut_short(error, ask, heard)
    except _Failed as error:
        ended = error.outcome, error.detail
    if dialect.calls_end_as_stop and heard.tool_parts and heard.newest.finish_reason == "stop":
        heard.newest = replace(heard.newest, finish_reason="tool_calls")
    return without(_whole(blank, heard, *ended), channel.key)


def _cut_short(error: OutboundError, ask: Ask, heard: _Heard) -> tuple[Outcome, str]:
    """Return how an exchange ended that the network ended; one that was complete before loses nothing by it."""
    if error.kind == "incomplete" and heard.newest.finish_reason and heard.newest.error is None:
        try:
            _finished(ask, heard)
        except _Failed as failed:
            return failed.outcome, failed.detail
        return Outcome.OK, ""
    return Outcome(error.kind), error.detail


def _with_head(blank: Exchange, response: Response) -> Exchange:
    timing, headers = response.timing, response.headers
    return replace(
        blank,
        status=response.status,
        headers_ns=timing.headers_ns - timing.sent_ns,
        phases=_phases(timing),
        headers={name.lower(): text[:200] for name, text in headers.items() if name.lower().startswith(LIMIT_HEADERS)},
        not_before=not_before({name.lower(): text for name, text in headers.items()}, blank.started_at),
    )


def _phases(timing: Timing) -> Phases:
    return Phases(timing.dns_ns, timing.connect_ns, timing.tls_ns, timing.reused, timing.stale_connections)


def _listen(response: Response, channel: Channel, ask: Ask, heard: _Heard) -> None:
    """Read the answer to its end.

    Raises:
        _Failed: it is an error, cannot be read, or ends too early.
    """
    if response.status != OK:
        _refused(response, channel.dialect, ask, heard)
    media_type = _media_type(response)
    heard.streamed = media_type in STREAMS
    if heard.streamed:
        _read_stream(response, channel, heard, STREAMS[media_type](channel.client.policy.max_line_bytes))
    else:
        body, heard.end_ns = _body(response)
        heard.add(_understand(channel.dialect.reply, ask, _json(body)), heard.end_ns)
    if error := heard.newest.error:
        heard.refused_as = error.code
        raise _Failed(_errors.outcome(OK, error), f"HTTP 200 with an error object: {error.message}")
    if ask.kind is AskKind.CHAT:
        _finished(ask, heard)


def _finished(ask: Ask, heard: _Heard) -> None:
    """Judge how an answer says that it ended."""
    reason = heard.newest.finish_reason
    if reason is None:
        raise _Failed(Outcome.INCOMPLETE, "wants a finish_reason before the end, the answer ended without one")
    if any(delta.kind is DeltaKind.REFUSAL for delta in heard.deltas):
        reason = "refusal"
    if reason in FINISHED:
        raise _Failed(FINISHED[reason], f"the answer ended with {reason}")
    if reason == "length" and ask.whole:
        raise _Failed(Outcome.TRUNCATED, f"wants a whole answer, it was cut at {ask.max_output_tokens} tokens")


def _media_type(response: Response) -> str:
    """Return what the answer says it is; a missing type is taken for JSON, a page for people is refused."""
    media_type = response.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if media_type != JSON and media_type not in STREAMS:
        raise _Failed(Outcome.WRONG_TYPE, f"wants {JSON} or {' or '.join(STREAMS)}, has {media_type!r}")
    return media_type


def _read_stream(response: Response, channel: Channel, heard: _Heard, reader: SseReader | EventStreamReader) -> None:
    dialect, sent_ns, before = channel.dialect, response.timing.sent_ns, b""
    try:
        for event in _events(response, heard, reader, dialect.end):
            if event.data == dialect.end:
                heard.end_mark = True
                response.drain()
                return
            piece = _understand(dialect.event, event.name, _json(event.data))
            heard.add(piece, event.at_ns - sent_ns)
            if event.data == before and any(kind is not DeltaKind.EMPTY for kind, _ in piece.deltas):
                heard.repeated += 1
            before = event.data
    finally:
        heard.pings = reader.comments


def _events(
    response: Response, heard: _Heard, reader: SseReader | EventStreamReader, end: bytes | None
) -> Iterator[Event]:
    """Yield the events, and last the one that the end of the stream left open; each has its stamp from its read.

    Only when the mark of the end may be among them, many have come, or no more will come: what a thread computes
    between two reads delays the stamps of all others, and costs a quarter more than done at once.
    """
    held: list[tuple[bytes, int]] = []
    held_bytes, seam = 0, b""
    try:
        for data, read_ns in response.chunks():
            held.append((data, read_ns))
            held_bytes, seam = held_bytes + len(data), seam + data
            if held_bytes > HELD_BYTES or (end is not None and end in seam):
                yield from _cut(held, response, heard, reader)
                held, held_bytes = [], 0
            seam = seam[-len(end) :] if end else b""
    except OutboundError:
        yield from _cut(held, response, heard, reader)
        raise
    yield from _cut(held, response, heard, reader)
    yield from reader.close()


def _cut(
    held: Iterable[tuple[bytes, int]], response: Response, heard: _Heard, reader: SseReader | EventStreamReader
) -> Iterator[Event]:
    for data, read_ns in held:
        heard.end_ns = read_ns - response.timing.sent_ns
        yield from reader.feed(data, read_ns)


def _body(response: Response) -> tuple[bytes, int]:
    parts, at_ns = [], response.timing.sent_ns
    for data, read_ns in response.chunks():
        parts.append(data)
        at_ns = read_ns
    return b"".join(parts), at_ns - response.timing.sent_ns


def _refused(response: Response, dialect: Dialect, ask: Ask, heard: _Heard) -> NoReturn:
    """Name an error status, with the error's own words where they can be read."""
    body, _ = _body(response)
    told = None
    try:
        told = _understand(dialect.reply, ask, _json(body)).error
        said = told or ErrorBody("", "no reason given")
    except _Failed:
        said = ErrorBody("", body[:READABLE_ERROR_CHARACTERS].decode("utf-8", "replace") or "no reason given")
    if name := response.headers.get(AWS_ERROR_HEADER):
        said = replace(said, code=f"{said.code} {name}".strip())
    heard.refused_as = said.code if told or name else None
    raise _Failed(_errors.outcome(response.status, said), f"HTTP {response.status}: {' '.join(said.message.split())}")


def _json(data: bytes) -> Any:  # noqa: ANN401 - JSON is what it is
    try:
        return DECODER.decode(data.decode())
    except (ValueError, RecursionError) as error:
        start = data[:60].decode("utf-8", "replace")
        raise _Failed(Outcome.BAD_JSON, f"wants JSON, has {start!r} ({type(error).__name__})") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_constant)


def _understand(read: Any, *arguments: Any) -> Piece:  # noqa: ANN401 - Dialect.event or Dialect.reply
    try:
        piece: Piece = read(*arguments)
    except UnexpectedShape as error:
        raise _Failed(Outcome.WRONG_TYPE, str(error)) from error
    return piece


def _whole(blank: Exchange, heard: _Heard, outcome: Outcome, detail: str) -> Exchange:
    newest = heard.newest
    timings: Mapping[str, Decimal] = newest.server_timings
    return replace(
        blank,
        outcome=outcome,
        detail=detail,
        last_ns=heard.last_ns,
        end_ns=heard.end_ns,
        deltas=tuple(heard.deltas),
        repeated_events=heard.repeated,
        pings=heard.pings,
        tool_calls=heard.calls(),
        logprobs=tuple(heard.logprobs),
        finish_reason=newest.finish_reason,
        usage=newest.usage,
        served_models=tuple(heard.served_models),
        fingerprints=tuple(heard.fingerprints),
        answer_id=newest.answer_id,
        error_code=heard.refused_as,
        lacking=tuple(newest.lacking),
        choices=newest.choices,
        streamed=heard.streamed,
        end_mark=heard.end_mark,
        dimensions=newest.dimensions,
        tokens=newest.tokens,
        listed=tuple(newest.listed),
        server_timings=timings,
    )
