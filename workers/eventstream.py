"""Amazon's binary event stream (`application/vnd.amazon.eventstream`), read message by message, each with its arrival.

A message is its length, the length of its headers, a CRC-32 of both, the headers, the payload, and a CRC-32 of all.
"""

import json
import struct
from collections.abc import Iterator
from zlib import crc32

from workers.addresses import OutboundError
from workers.sse import Event

PRELUDE = struct.Struct(">III")
CRC = struct.Struct(">I")
SHORTEST = PRELUDE.size + CRC.size
FIXED_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 8: 8, 9: 16}
"""Bytes of a header's value by its type; the other two types, bytes and text, say their length first."""
BYTES, TEXT = 6, 7


class EventStreamReader:
    """Turns the pieces of one stream into events, in time linear in its bytes however it was cut."""

    def __init__(self, max_message_bytes: int) -> None:
        """Refuse messages longer than `max_message_bytes`, before they are there."""
        self._max_message_bytes = max_message_bytes
        self._rest = bytearray()
        self.comments = 0
        """Always 0: the format has no comments."""

    def feed(self, data: bytes, at_ns: int) -> list[Event]:
        """Return the events that `data`, read at `at_ns` (monotonic ns), completes.

        Raises:
            OutboundError: `too_big` for a message above the cap, `bad_framing` for one that is not as its sums say;
                the reader is then of no more use.
        """
        self._rest += data
        return [_event(message, at_ns) for message in self._messages()]

    def close(self) -> list[Event]:
        """Return nothing: no message is left.

        Raises:
            OutboundError: `incomplete` when the stream ended within a message.
        """
        if self._rest:
            raise OutboundError("incomplete", f"wanted the rest of a message, found its end after {len(self._rest)}")
        return []

    def _messages(self) -> Iterator[bytes]:
        while len(self._rest) >= PRELUDE.size:
            length, _, checksum = PRELUDE.unpack_from(self._rest)
            _check(self._rest[:8], checksum, "prelude")
            if length > self._max_message_bytes:
                wanted = f"wanted messages of at most {self._max_message_bytes} bytes"
                raise OutboundError("too_big", f"{wanted}, found one of {length}")
            if length < SHORTEST:
                raise OutboundError("bad_framing", f"wanted a message of at least {SHORTEST} bytes, found {length}")
            if len(self._rest) < length:
                return
            message = bytes(self._rest[:length])
            del self._rest[:length]
            yield message


def _check(data: bytes | bytearray, checksum: int, what: str) -> None:
    if crc32(data) != checksum:
        raise OutboundError("bad_framing", f"wanted a {what} with CRC {checksum:08x}, found {crc32(data):08x}")


def _event(message: bytes, at_ns: int) -> Event:
    _check(message[: -CRC.size], CRC.unpack_from(message, len(message) - CRC.size)[0], "message")
    _, headers_length, _ = PRELUDE.unpack_from(message)
    body = message[PRELUDE.size : -CRC.size]
    if headers_length > len(body):
        raise OutboundError("bad_framing", f"wanted headers within {len(body)} bytes, found {headers_length}")
    headers = dict(_headers(body[:headers_length]))
    if headers.get(":message-type") == "error":
        told = {"code": headers.get(":error-code", ""), "message": headers.get(":error-message", "")}
        return Event(json.dumps(told).encode(), "error", at_ns)
    name = headers.get(":exception-type") or headers.get(":event-type") or "message"
    return Event(body[headers_length:], name, at_ns)


def _headers(data: bytes) -> Iterator[tuple[str, str]]:
    """Yield those headers that are texts; the others are stepped over.

    Raises:
        OutboundError: `bad_framing` for a header that is cut short or of an unknown type.
    """
    at = 0
    try:
        while at < len(data):
            name_ends = at + 1 + data[at]
            kind, value_begins = data[name_ends], name_ends + 1
            if kind in (BYTES, TEXT):
                (size,) = struct.unpack_from(">H", data, value_begins)
                value_begins += 2
            else:
                size = FIXED_SIZES[kind]
            value = data[value_begins : value_begins + size]
            if kind == TEXT:
                yield data[at + 1 : name_ends].decode(errors="replace"), value.decode(errors="replace")
            at = value_begins + size
    except (IndexError, KeyError, struct.error) as error:
        raise OutboundError("bad_framing", f"wanted headers, found {type(error).__name__} at byte {at}") from error
    if at != len(data):
        raise OutboundError("bad_framing", f"wanted headers of {len(data)} bytes, found {at}")
