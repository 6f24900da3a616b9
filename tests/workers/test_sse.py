"""Event streams, however their bytes are cut."""

import itertools
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.addresses import OutboundError
from workers.sse import SseReader

STREAMS = {
    "lf": (b"data: a\n\ndata: b\n\n", [("message", b"a"), ("message", b"b")]),
    "crlf": (b"data: a\r\n\r\ndata: b\r\n\r\n", [("message", b"a"), ("message", b"b")]),
    "cr": (b"data: a\r\rdata: b\r\r", [("message", b"a"), ("message", b"b")]),
    "mixed": (b"data: a\r\n\ndata: b\n\r", [("message", b"a"), ("message", b"b")]),
    "no space": (b"data:a\n\n", [("message", b"a")]),
    "one space only is dropped": (b"data:  a \n\n", [("message", b" a ")]),
    "several lines": (b"data: a\ndata\ndata: b\n\n", [("message", b"a\n\nb")]),
    "several lines that end in crlf": (b"data: a\r\ndata: b\r\n\r\n", [("message", b"a\nb")]),
    "named": (b"event: ping\ndata: {}\n\ndata: {}\n\n", [("ping", b"{}"), ("message", b"{}")]),
    "the last name counts": (b"event: a\nevent: b\ndata: {}\n\n", [("b", b"{}")]),
    "a name without data is nothing": (b"event: a\n\ndata: {}\n\n", [("message", b"{}")]),
    "empty data is an event": (b"data:\n\n", [("message", b"")]),
    "comments": (b": keep-alive\n\n:\n\ndata: a\n:x\n\n", [("message", b"a")]),
    "other fields": (b"id: 1\nretry: 5\nunknown\ndata: a\n\n", [("message", b"a")]),
    "byte order mark": (b"\xef\xbb\xbfdata: a\n\n", [("message", b"a")]),
    "a second mark is text": (
        b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\n",
        [("message", b"\xef\xbb\xbfdata: a")],
    ),
    "a line that is no field is not skipped": (
        b"data: a\n\n<b>502</b>\n\n",
        [("message", b"a"), ("message", b"<b>502</b>")],
    ),
    "separators of text": ("data: a\u2028b\u0085c\x0bd\n\n".encode(), [("message", "a\u2028b\u0085c\x0bd".encode())]),
    "not utf-8": (b"event: \xff\ndata: \xff\n\n", [("\ufffd", b"\xff")]),
    "no last blank line": (b"data: a\n\ndata: b", [("message", b"a"), ("message", b"b")]),
    "nothing": (b"", []),
}


def read(*pieces):
    reader = SseReader(max_line_bytes=1000)
    events = [event for piece in pieces for event in reader.feed(piece, at_ns=1)]
    return [(event.name, event.data) for event in events + reader.close()]


def cut(data, places):
    edges = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(edges)]


def by_the_book(data):
    """The specification on the whole stream at once, as an oracle for streams of data lines and lines of no field."""
    lines = re.split(rb"\r\n|\r|\n", data)
    blocks, block = [], []
    for line in [*lines, b""]:
        if line.startswith(b"data:"):
            block.append(line[5:].removeprefix(b" "))
        elif not re.match(rb"[\w-]*(:|$)", line):
            block.append(line)
        if not line and block:
            blocks.append(("message", b"\n".join(block)))
            block = []
    return blocks


@pytest.mark.parametrize(("stream", "events"), STREAMS.values(), ids=STREAMS)
def test_a_stream_is_read(stream, events):
    assert read(stream) == events


@pytest.mark.parametrize(("stream", "events"), STREAMS.values(), ids=STREAMS)
def test_a_stream_is_read_byte_by_byte(stream, events):
    assert read(*(bytes([one]) for one in stream)) == events


@given(stream=st.sampled_from([stream for stream, _ in STREAMS.values()]), places=st.lists(st.integers(0)))
def test_any_cut_gives_the_same_events(stream, places):
    assert read(*cut(stream, places)) == read(stream)


@given(
    stream=st.lists(st.sampled_from([b"data:", b"data: ", b"x", b":", b"\r", b"\n", b"\r\n", b" "])).map(b"".join),
    places=st.lists(st.integers(0)),
)
def test_any_bytes_are_read_by_the_book(stream, places):
    assert read(*cut(stream, places)) == by_the_book(stream)


@given(st.binary())
def test_no_bytes_break_the_reader(stream):
    read(stream)


@pytest.mark.parametrize("end", [b"\n\n", b"\r\r", b"\r\n\r"])
def test_an_event_is_stamped_by_the_read_that_completes_it(end):
    reader = SseReader(max_line_bytes=100)
    assert reader.feed(b"data: a", at_ns=1) == []
    assert reader.feed(end[:1], at_ns=2) == []
    assert [event.at_ns for event in reader.feed(end[1:], at_ns=3)] == [3]
    assert reader.feed(b"\ndata: b\n\n", at_ns=4)[0].at_ns == 4


def test_the_last_open_event_has_the_stamp_of_the_last_read():
    reader = SseReader(max_line_bytes=100)
    reader.feed(b"data: a", at_ns=1)
    reader.feed(b"b", at_ns=2)
    assert [(event.data, event.at_ns) for event in reader.close()] == [(b"ab", 2)]


@pytest.mark.parametrize(
    "pieces", [[b"data: " + b"x" * 995 + b"\n\n"], [b"x"] * 1001, [b"x" * 600, b"x" * 600 + b"\n"]]
)
def test_a_line_above_the_cap_is_too_big(pieces):
    with pytest.raises(OutboundError) as caught:
        read(*pieces)
    assert caught.value.kind == "too_big"
    assert "1000 bytes" in caught.value.detail


def test_a_line_at_the_cap_is_read():
    assert read(b"data: " + b"x" * 994 + b"\n\n") == [("message", b"x" * 994)]


def seconds_for(bytes_of_one_line):
    reader = SseReader(max_line_bytes=1_000_000)
    begun = time.process_time()
    for _ in range(bytes_of_one_line):
        reader.feed(b"x", at_ns=0)
    return time.process_time() - begun


def test_single_bytes_of_a_long_line_cost_linear_time():
    short, long = min(seconds_for(20_000) for _ in range(3)), min(seconds_for(200_000) for _ in range(2))
    assert long < 40 * short  # quadratic would be 100 times
