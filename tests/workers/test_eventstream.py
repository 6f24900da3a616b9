"""Amazon's binary event stream, read however it was cut, and refused when it is not what its sums say."""

import contextlib
import itertools
import json
import struct
from zlib import crc32

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given
from hypothesis import strategies as st

from workers.addresses import OutboundError
from workers.eventstream import EventStreamReader

OTHER_HEADERS = {
    "true": b"\x01t\x00",
    "byte": b"\x01b\x02\x07",
    "short": b"\x01s\x03\x00\x07",
    "int": b"\x01i\x04\x00\x00\x00\x07",
    "long": b"\x01l\x05" + bytes(8),
    "bytes": b"\x01y\x06\x00\x03abc",
    "time": b"\x01m\x08" + bytes(8),
    "uuid": b"\x01u\x09" + bytes(16),
}
"""A header of each type that is stepped over."""


def header(name, value):
    return bytes([len(name)]) + name.encode() + b"\x07" + struct.pack(">H", len(value.encode())) + value.encode()


def message(headers, payload=b"", before=b""):
    """Return one message whose headers are texts, after those that stand ready as bytes."""
    packed = before + b"".join(header(name, value) for name, value in headers.items())
    prelude = struct.pack(">II", 16 + len(packed) + len(payload), len(packed))
    body = prelude + struct.pack(">I", crc32(prelude)) + packed + payload
    return body + struct.pack(">I", crc32(body))


def event(name, body):
    return message({":message-type": "event", ":event-type": name}, json.dumps(body).encode())


def failure(name, body):
    return message({":message-type": "exception", ":exception-type": name}, json.dumps(body).encode())


STREAM = (
    event("messageStart", {"role": "assistant"})
    + event("contentBlockDelta", {"delta": {"text": "né\u2028"}})
    + failure("throttlingException", {"message": "slow"})
)


def read(*pieces, cap=1000):
    reader = EventStreamReader(cap)
    events = [one for piece in pieces for one in reader.feed(piece, at_ns=1)]
    return [(one.name, one.data) for one in events + reader.close()]


@given(places=st.lists(st.integers(0, len(STREAM))))
def test_any_cut_gives_the_same_events(places):
    pieces = [STREAM[start:end] for start, end in itertools.pairwise([0, *sorted(places), len(STREAM)])]
    assert read(*pieces) == read(STREAM)
    assert [name for name, _ in read(STREAM)] == ["messageStart", "contentBlockDelta", "throttlingException"]


@given(
    headers=st.dictionaries(st.text("abc:-", min_size=1, max_size=9), st.text(max_size=9), max_size=4),
    payload=st.binary(max_size=99),
)
def test_it_reads_what_botocore_reads(headers, payload):
    theirs = EventStreamBuffer()
    theirs.add_data(message(headers, payload) * 2)
    assert [data for _, data in read(message(headers, payload) * 2)] == [one.payload for one in theirs]


@pytest.mark.parametrize("other", OTHER_HEADERS.values(), ids=OTHER_HEADERS)
def test_headers_of_other_types_are_stepped_over(other):
    assert read(message({":event-type": "x"}, b"{}", before=other)) == [("x", b"{}")]


def test_an_error_without_a_payload_says_in_its_headers_what_it_is():
    headers = {":message-type": "error", ":error-code": "InternalFailure", ":error-message": "broken"}
    assert read(message(headers)) == [("error", b'{"code": "InternalFailure", "message": "broken"}')]


def test_an_event_is_stamped_by_the_read_that_completes_it():
    reader = EventStreamReader(1000)
    one = event("metadata", {})
    assert reader.feed(one[:-1], at_ns=1) == []
    assert [found.at_ns for found in reader.feed(one[-1:] + one, at_ns=2)] == [2, 2]


def flipped(data, place):
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@pytest.mark.parametrize("place", range(len(event("x", {}))))
def test_a_single_wrong_bit_is_bad_framing(place):
    with pytest.raises(OutboundError) as caught:
        read(flipped(event("x", {}), place))
    assert caught.value.kind == "bad_framing"


BROKEN = {
    "cut short": (STREAM[:-1], "incomplete"),
    "cut in the prelude": (STREAM[:5], "incomplete"),
    "longer than the cap": (message({}, bytes(2000))[:12], "too_big"),
    "shorter than can be": (struct.pack(">III", 15, 0, crc32(struct.pack(">II", 15, 0))), "bad_framing"),
    "a page": (b"<!doctype html><html>", "bad_framing"),
    "header of an unknown type": (message({}, before=b"\x01x\x0a\x00"), "bad_framing"),
    "header that ends early": (message({}, before=b"\x01x\x07\x00\x09a"), "bad_framing"),
    "header without a type": (message({}, before=b"\x01x"), "bad_framing"),
}


@pytest.mark.parametrize(("data", "kind"), BROKEN.values(), ids=BROKEN)
def test_what_is_no_stream_gets_its_name(data, kind):
    with pytest.raises(OutboundError) as caught:
        read(data)
    assert caught.value.kind == kind


def test_headers_longer_than_the_message_are_bad_framing():
    prelude = struct.pack(">II", 16, 9)
    body = prelude + struct.pack(">I", crc32(prelude))
    with pytest.raises(OutboundError) as caught:
        read(body + struct.pack(">I", crc32(body)))
    assert caught.value.kind == "bad_framing"


@given(st.binary())
def test_no_bytes_break_the_reader(data):
    with contextlib.suppress(OutboundError):
        read(data)
