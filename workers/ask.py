"""One ask to one endpoint, turned into an exchange. Whatever goes wrong becomes a fact with a name."""

import json
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NoReturn

from scorecards.catalog import Endpoint
from scorecards.evidence import Ask, AskKind, Delta, Exchange, Phases
from workers.dialects._dialect import Dialect, Piece, UnexpectedShape
from workers.http import Client, OutboundError, Response, Timing
from workers.sse import SseReader

OK = 200
JSON = "application/json"
OUTCOMES = {
    400: "bad_request",
    401: "auth",
    403: "forbidden",
    404: "not_found",
    413: "too_large",
    429: "rate_limited",
    503: "overloaded",
    529: "overloaded",
}
"""HTTP statuses with a name of their own; the others are `bad_request` (4xx) or `server_error`."""

READABLE_ERROR_CHARACTERS = 300


@dataclass(slots=True)
class _Heard:
    """What has been heard so far; kept whatever happens next."""

    deltas: list[Delta] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    last_ns: int | None = None

    def add(self, piece: Piece, at_ns: int) -> None:
        self.pieces.append(piece)
        self.deltas += [Delta(at_ns, kind, text) for kind, text in piece.deltas]
        if any(text for _, text in piece.deltas):
            self.last_ns = at_ns

    def newest(self, name: str) -> Any:  # noqa: ANN401 - one of Piece's fields
        """Return the last thing said about `name`; the empty value when nothing was."""
        said = [getattr(piece, name) for piece in self.pieces]
        return next((one for one in reversed(said) if one is not None and one not in ({}, ())), None)


class _Failed(Exception):
    """The exchange ends here, under this name."""

    def __init__(self, outcome: str, detail: str) -> None:
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
    heard, blank = _Heard(), Exchange(ask, endpoint.ref, now, "ok")
    request = dialect.request(ask, endpoint, channel.key)
    if request is None:
        return replace(blank, outcome="unsupported", detail=f"{endpoint.dialect}: wants a way to {ask.kind}, has none")
    try:
        with channel.client.open(request) as response:
            blank = _with_head(blank, response)
            _listen(response, channel, ask, heard)
            return _whole(blank, heard, "ok", "")
    except OutboundError as error:
        return _whole(blank, heard, error.kind, error.detail)
    except _Failed as error:
        return _whole(blank, heard, error.outcome, error.detail)


def _with_head(blank: Exchange, response: Response) -> Exchange:
    timing = response.timing
    return replace(blank, status=response.status, headers_ns=timing.headers_ns - timing.sent_ns, phases=_phases(timing))


def _phases(timing: Timing) -> Phases:
    return Phases(timing.dns_ns, timing.connect_ns, timing.tls_ns, timing.reused, timing.stale_connections)


def _listen(response: Response, channel: Channel, ask: Ask, heard: _Heard) -> None:
    """Read the answer to its end.

    Raises:
        _Failed: it is an error, cannot be read, or ends too early.
    """
    if response.status != OK:
        _refused(response, channel.dialect, ask)
    if _media_type(response) == "text/event-stream":
        _read_stream(response, channel, heard)
    else:
        body, at_ns = _body(response)
        heard.add(_understand(channel.dialect.reply, ask, _json(body)), at_ns)
    if error := heard.newest("error"):
        raise _Failed("server_error", f"HTTP 200 with an error object: {error}")
    if ask.kind is AskKind.CHAT and heard.newest("finish_reason") is None:
        raise _Failed("incomplete", "wants a finish_reason before the end, the answer ended without one")


def _media_type(response: Response) -> str:
    """Return what the answer says it is; a missing type is taken for JSON, a page for people is refused."""
    media_type = response.headers.get("content-type", JSON).partition(";")[0].strip().lower()
    if media_type not in (JSON, "text/event-stream"):
        raise _Failed("wrong_type", f"wants {JSON} or text/event-stream, has {media_type!r}")
    return media_type


def _read_stream(response: Response, channel: Channel, heard: _Heard) -> None:
    dialect, sent_ns = channel.dialect, response.timing.sent_ns
    reader = SseReader(channel.client.policy.max_line_bytes)
    for data, at_ns in response.chunks():
        for event in reader.feed(data, at_ns):
            if event.data == dialect.end:
                return
            heard.add(_understand(dialect.event, _json(event.data)), event.at_ns - sent_ns)
    for event in reader.close():
        if event.data != dialect.end:
            heard.add(_understand(dialect.event, _json(event.data)), event.at_ns - sent_ns)


def _body(response: Response) -> tuple[bytes, int]:
    parts, at_ns = [], response.timing.sent_ns
    for data, read_ns in response.chunks():
        parts.append(data)
        at_ns = read_ns
    return b"".join(parts), at_ns - response.timing.sent_ns


def _refused(response: Response, dialect: Dialect, ask: Ask) -> NoReturn:
    """Name an error status, with the error's own words where they can be read."""
    client_error = 400 <= response.status < 500  # noqa: PLR2004 - HTTP's own classes
    outcome = OUTCOMES.get(response.status, "bad_request" if client_error else "server_error")
    if 300 <= response.status < 400:  # noqa: PLR2004 - HTTP's own classes
        outcome = "redirect_refused"
    body, _ = _body(response)
    try:
        said = _understand(dialect.reply, ask, _json(body)).error
    except _Failed:
        said = body[:READABLE_ERROR_CHARACTERS].decode("utf-8", "replace")
    raise _Failed(outcome, f"HTTP {response.status}: {' '.join((said or 'no reason given').split())}")


def _json(data: bytes) -> Any:  # noqa: ANN401 - JSON is what it is
    try:
        return json.loads(data.decode("utf-8"), parse_float=Decimal, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        start = data[:60].decode("utf-8", "replace")
        raise _Failed("bad_json", f"wants JSON, has {start!r} ({type(error).__name__})") from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _understand(read: Any, *arguments: Any) -> Piece:  # noqa: ANN401 - Dialect.event or Dialect.reply
    try:
        piece: Piece = read(*arguments)
    except UnexpectedShape as error:
        raise _Failed("wrong_type", str(error)) from error
    return piece


def _whole(blank: Exchange, heard: _Heard, outcome: str, detail: str) -> Exchange:
    return replace(
        blank,
        outcome=outcome,
        detail=detail,
        last_ns=heard.last_ns,
        deltas=tuple(heard.deltas),
        finish_reason=heard.newest("finish_reason"),
        usage=heard.newest("usage"),
        served_model=heard.newest("served_model"),
        fingerprint=heard.newest("fingerprint"),
        tokens=heard.newest("tokens"),
        listed=tuple(heard.newest("listed") or ()),
        server_timings=heard.newest("server_timings") or {},
    )
