"""An event stream, read from bytes: the lines and events of the WHATWG specification, each with its arrival."""

import re
from dataclasses import dataclass

from workers.addresses import OutboundError

LINE_END = re.compile(rb"\r\n?|\n")
"""Not `splitlines`, which also cuts at U+2028 and U+0085, and those are legal inside JSON text."""
BOM = b"\xef\xbb\xbf"
FIELD = re.compile(rb"[\w-]+")
"""What a field's name looks like; the specification lets readers skip those that it does not know."""


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
        if self._after_cr and data:
            data = data.removeprefix(b"\n")
            self._after_cr = False
        self._after_cr = self._after_cr or data.endswith(b"\r")
        self._at_ns = at_ns
        end, *others = LINE_END.split(data)
        self._rest += end
        self._check(self._rest)
        if not others:
            return []
        lines = [bytes(self._rest), *others]
        self._rest = bytearray(lines.pop())
        return self._read(lines)

    def close(self) -> list[Event]:
        """Return the event that the end of the stream left open: servers that stop without a blank line meant it."""
        return self._read([bytes(self._rest), b""])

    def _check(self, line: bytes | bytearray) -> None:
        if len(line) > self._max_line_bytes:
            raise OutboundError("too_big", f"wanted lines of at most {self._max_line_bytes} bytes, found a longer one")

    def _read(self, lines: list[bytes]) -> list[Event]:
        if not self._started:
            self._started = True
            lines[0] = lines[0].removeprefix(BOM)
        events = []
        for line in lines:
            if line:
                self._check(line)
                self._field(line)
            elif self._data:
                events.append(self._dispatch())
            else:
                self._name = ""
        return events

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if not name:
            self.comments += 1
        elif name == b"data":
            self._data.append(value)
        elif name == b"event":
            self._name = value.decode(errors="replace")
        elif not FIELD.fullmatch(name):  # a proxy's error page: to skip it would be to lose what it stands for
            self._data.append(line)

    def _dispatch(self) -> Event:
        event = Event(b"\n".join(self._data), self._name or "message", self._at_ns)
        self._data, self._name = [], ""
        return event
