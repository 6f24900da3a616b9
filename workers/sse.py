"""An event stream, read from bytes: the lines and events of the WHATWG specification, each with its arrival."""

import re
from dataclasses import dataclass

from workers.addresses import OutboundError

LINE_END = re.compile(rb"\r\n?|\n")
"""Not `splitlines`, which also cuts at U+2028 and U+0085, and those are legal inside JSON text."""
BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Event:
    """One event.

    Attributes:
        data: Its data lines joined by LF, not decoded.
        name: Its type; "message" when the stream named none.
        at_ns: `at_ns` of the `feed` that completed it.
    """

    data: bytes
    name: str
    at_ns: int


class SseReader:
    """Turns the pieces of one stream into events, in time linear in its bytes however it was cut."""

    def __init__(self, max_line_bytes: int) -> None:
        """Refuse lines longer than `max_line_bytes`, the line end not counted."""
        self._max_line_bytes = max_line_bytes
        self._rest = bytearray()
        self._at_ns = 0
        self._started = False
        self._after_cr = False
        self.comments = 0
        """Comment lines so far, which servers send to keep a connection alive."""
        self._data: list[bytes] = []
        self._name = ""

    def feed(self, data: bytes, at_ns: int) -> list[Event]:
        r"""Return the events that `data`, read at `at_ns` (monotonic ns), completes.

        Raises:
            OutboundError: `too_big` for a line above the cap; the reader is then of no more use.

        >>> SseReader(100).feed(b"data: a\r\n\r\ndata: b", at_ns=7)
        [Event(data=b'a', name='message', at_ns=7)]
        """
        self._at_ns = at_ns
        start = int(self._after_cr and data.startswith(b"\n"))
        self._after_cr = data.endswith(b"\r") or (self._after_cr and not data)
        events = []
        for end in LINE_END.finditer(data, start):
            event = self._take(data[start : end.start()])
            start = end.end()
            if event:
                events.append(event)
        self._grow(data[start:])
        return events

    def close(self) -> list[Event]:
        """Return the event that the end of the stream left open: servers that stop without a blank line meant it."""
        events = [self._take(b""), self._take(b"")]
        return [event for event in events if event]

    def _grow(self, piece: bytes) -> None:
        self._rest += piece
        if len(self._rest) > self._max_line_bytes:
            raise OutboundError("too_big", f"wanted lines of at most {self._max_line_bytes} bytes, found a longer one")

    def _take(self, piece: bytes) -> Event | None:
        """Read the line that `piece` ends, and return the event if it was the blank one."""
        self._grow(piece)
        line = bytes(self._rest)
        self._rest.clear()
        if not self._started:
            self._started = True
            line = line.removeprefix(BOM)
        if not line:
            return self._dispatch()
        self._field(line)
        return None

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if not name:
            self.comments += 1
        elif name == b"data":
            self._data.append(value)
        elif name == b"event":
            self._name = value.decode(errors="replace")

    def _dispatch(self) -> Event | None:
        data, name = self._data, self._name
        self._data, self._name = [], ""
        return Event(b"\n".join(data), name or "message", self._at_ns) if data else None
