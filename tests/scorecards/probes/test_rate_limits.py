"""Headers that tell limits, set against what happens."""

from datetime import timedelta

import pytest

from scorecards.exchanges import Ask, Exchange
from tests.scorecards.probes.making import ENDPOINT, NOON, failed, read


def told(outcome="ok", *, wait=None, **headers):
    named = {name.replace("_", "-"): str(value) for name, value in headers.items()}
    status, until = 200 if outcome == "ok" else 429, NOON + timedelta(seconds=wait) if wait else None
    return Exchange(Ask(), ENDPOINT.ref, NOON, outcome, status=status, headers=named, not_before=until)


def openai(limit, remaining, outcome="ok"):
    return told(outcome, x_ratelimit_limit_requests=limit, x_ratelimit_remaining_requests=remaining)


@pytest.mark.parametrize(
    ("exchange", "requests", "tokens"),
    [
        (openai(60, 59), 60, None),
        (told(anthropic_ratelimit_requests_limit=50, anthropic_ratelimit_tokens_limit=40000), 50, 40000),
        (told(ratelimit_policy='"default";q=100;w=60', ratelimit='"default";r=50;t=30'), 100, None),
        (told(ratelimit="limit=100, remaining=50, reset=5"), 100, None),
        (told(x_ratelimit_limit_requests="many"), None, None),
        (told(), None, None),
    ],
)
def test_limits_are_read_however_they_are_written(exchange, requests, tokens):
    found = read("rate_limits", [exchange])
    assert (found["rate_limit_requests"].value, found["rate_limit_tokens"].value) == (requests, tokens)
    assert found["rate_limit_headers"].value is (requests is not None)


@pytest.mark.parametrize(
    ("exchanges", "true"),
    [
        ([openai(60, 59), openai(60, 58)], True),
        ([openai(60, 59), openai(60, 59)], True),  # refilled in between
        ([openai(60, 60), openai(60, 60)], False),  # never moves
        ([openai(60, 1), openai(60, 0, "rate_limited")], True),
        ([openai(60, 9), openai(60, 8, "rate_limited")], False),  # turned away while some remained
        ([openai(60, 59)], None),
        ([told(), told()], None),
    ],
)
def test_headers_are_held_to_what_happens(exchanges, true):
    assert read("rate_limits", exchanges)["rate_limit_headers_true"].value is true


@pytest.mark.parametrize(
    ("exchanges", "sent"),
    [
        ([told("rate_limited", wait=1)], True),
        ([told("rate_limited", wait=1), told("rate_limited")], False),
        ([told()], None),
        ([failed("server_error", status=500)], None),
    ],
)
def test_a_refusal_says_when_to_come_again(exchanges, sent):
    assert read("rate_limits", exchanges)["retry_after_sent"].value is sent


@pytest.mark.parametrize(
    ("behaviour", "headers", "sent"),
    [
        ("cal-code429-every3-ttft5-n4-ra30", True, True),
        ("cal-code429-every3-ttft5-n4-ra30-ra_date", True, True),
        ("cal-code429-every3-ttft5-n4-ra_none", True, False),
        ("cal-ttft5-n4", False, None),
    ],
)
def test_a_server_that_turns_away_each_third(probed, behaviour, headers, sent):
    found = probed("rate_limits", behaviour)
    assert (found["rate_limit_headers"].value, found["retry_after_sent"].value) == (headers, sent)
    assert found["rate_limit_requests"].value == (60 if headers else None)
