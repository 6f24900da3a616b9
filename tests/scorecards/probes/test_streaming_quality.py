"""Streaming in more than name, in which pieces, and with a true count."""

from decimal import Decimal

import pytest

from scorecards.evidence import Finding
from scorecards.exchanges import Usage
from tests.scorecards.probes.making import CONTENT, EMPTY, REASONING, read, stream


def quality(*exchanges):
    return read("streaming_quality", list(exchanges))


@pytest.mark.parametrize(
    ("times_ms", "streams"),
    [
        (range(100, 200, 5), True),
        ([500] * 20, False),
        ([100, *[500] * 19], False),  # 95 % in one read
        ([100, 110, *[500] * 18], True),  # 90 % are still a stream
        ([100, 110, 120], None),  # too short to tell
    ],
)
def test_an_answer_that_comes_nearly_all_at_once_is_no_stream(times_ms, streams):
    assert quality(stream(list(times_ms)))["streams_tokens"].value is streams


def test_events_of_one_write_come_with_one_read(probed):
    found = probed("streaming_quality", "cal-ttft20-itl2-n24-batch-k4")["events_per_read"]
    assert found.value >= 4  # a busy machine may read two writes at once


def test_pieces_are_counted():
    found = quality(stream([100, 100, 200, 200], tokens=8, repeated_events=2, pings=3))
    names = ("events_per_read", "tokens_per_event", "repeated_events", "pings")
    assert [found[one].value for one in names] == [2, 2, 2, 3]


def test_the_first_event_may_be_empty():
    found = quality(stream([50, 200], [EMPTY, CONTENT]))
    assert (found["first_event_ms"].value, found["empty_first_events"].value) == (50, 1)


@pytest.mark.parametrize(
    ("usage", "kinds", "off"),
    [
        (Usage(9, 20), [CONTENT] * 20, 0),
        (Usage(9, 40), [CONTENT] * 20, 1),
        (Usage(9, 10), [CONTENT] * 20, Decimal("-0.5")),
        (Usage(9, 50, reasoning=30), [CONTENT] * 20, 0),  # thought that nobody saw
        (Usage(9, 20, reasoning=10), [REASONING] * 10 + [CONTENT] * 10, 0),
        (Usage(9, None), [CONTENT] * 20, None),
        (None, [CONTENT] * 20, None),
    ],
)
def test_reported_tokens_are_set_against_our_count(usage, kinds, off):
    found = quality(stream(list(range(20)), kinds, usage=usage))
    assert found["usage_discrepancy"].value == off
    assert found["usage_in_stream"].value is (usage is not None and usage.output is not None)


@pytest.mark.parametrize(
    ("mode", "quantity", "value"),
    [
        ("", "streams_tokens", True),
        ("-buffered", "streams_tokens", False),
        ("-ignore_stream", "streams_tokens", False),
        ("-batch-k4", "streams_tokens", True),
        ("-burst-k4", "tokens_per_event", 4),
        ("-role_first", "empty_first_events", 3),
        ("-empty_first", "empty_first_events", 3),
        ("-ping4", "pings", 12),
        ("-reasoning-k3", "empty_first_events", 0),
        ("-usage_missing", "usage_in_stream", False),
        ("-usage_null", "usage_in_stream", False),
        ("-usage_negative", "usage_in_stream", False),
        ("-usage_string", "usage_in_stream", False),
        ("-usage_each", "usage_in_stream", True),
        ("-usage_always", "usage_in_stream", True),
        ("-usage_wrong", "usage_discrepancy", 1),
        ("", "usage_discrepancy", 0),
    ],
)
def test_each_oddity_of_a_stream_is_found(probed, mode, quantity, value):
    found = probed("streaming_quality", f"cal-ttft20-itl2-n24{mode}")[quantity]
    assert found.value == value, found.note


def test_events_sent_twice_are_counted_and_hold_twice_the_text(probed):
    found = probed("streaming_quality", "cal-ttft5-itl2-n24-dup")
    assert found["repeated_events"].value >= 3 * 23
    assert found["usage_discrepancy"].value == pytest.approx(Decimal("-0.5"), abs=Decimal("0.02"))


def test_what_failed_is_no_stream(probed):
    found = probed("streaming_quality", "cal-code500")
    assert {one.finding for one in found.values()} == {Finding.UNMEASURED}
