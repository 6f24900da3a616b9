"""Ten at once: each one's speed, all together, and what a clock that is set does to it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scorecards.evidence import Finding
from scorecards.probes._probe import Target
from tests.scorecards.probes.making import ENDPOINT, NOON, PROBES, failed, read, stream


def began(after_s, exchange):
    return replace(exchange, started_at=NOON + timedelta(seconds=after_s))


def test_all_answers_together_are_counted_from_the_first_request_to_the_last_token():
    found = read(
        "throughput", [began(0, stream([500, 1000])), began(0, stream([500, 2000])), began(1, stream([5, 900]))]
    )
    assert found["load_total_tps"].value == 3  # six tokens in two seconds
    assert found["load_ttft_ms"].n == found["load_output_tps"].n == 3
    assert "10 at once, 3 of 3 answered" in found["load_total_tps"].note


@pytest.mark.parametrize("after_s", [-3600, 3600])
def test_a_clock_that_is_set_half_way_makes_no_throughput(after_s):
    found = read("throughput", [began(0, stream([500, 1000])), began(after_s, stream([500, 1000]))])
    assert found["load_total_tps"].finding is Finding.UNMEASURED
    assert "the clock was set" in found["load_total_tps"].note


def test_failures_under_load_are_a_share_and_our_quota_is_left_out():
    found = read("throughput", [stream([5, 9]), failed("overloaded", status=503), failed("rate_limited", status=429)])
    assert found["load_success_share"].samples == (1, 0)
    assert "1 of 3 answered" in found["load_success_share"].note


@pytest.mark.parametrize(("fields", "asks"), [({}, 20), ({"concurrency": 4}, 8), ({"samples": 5}, 5)])
def test_the_caller_says_how_many(fields, asks):
    assert len(PROBES["throughput"].plan(Target(ENDPOINT, "nonce", **fields))) == asks


def test_a_server_of_known_speed(probed):
    found = probed("throughput", "cal-ttft20-itl5-n10", samples=3)
    assert 100 < found["load_output_tps"].value < 400  # 200 on a quiet machine
    assert found["load_success_share"].value == 1
