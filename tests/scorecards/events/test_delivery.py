"""When a delivery is tried again, when a receiver is failing, disabled and well again, and what is sent at all."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.events import EVENT_TYPES, MAX_PAYLOAD_BYTES, THIN, Event, Told, document, payload
from scorecards.events.delivery import (
    DISABLE_AFTER,
    DISABLE_FAILURES,
    FAILING_AFTER,
    JITTER,
    LAST_OPEN_S,
    MAX_RETRY_AFTER_S,
    MIN_RETRY_AFTER_S,
    SCHEDULE_S,
    Attempt,
    Health,
    Outcome,
    Turn,
    after,
    next_at,
    outcome,
    retry_after_s,
)
from scorecards.events.filters import KINDS, PILLARS, Filters, warnings

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
GOOD = Attempt(NOON, 204, 5)
BAD = Attempt(NOON, 500, 5, "server_error")


def at(attempt, hours):
    return replace(attempt, at=NOON + timedelta(hours=hours))


def told_of(*attempts, health=None):
    """Return the health after these attempts, and what was told, in order."""
    health, turns = health or Health(), []
    for one in attempts:
        health, turn = after(health, one)
        turns.append(turn)
    return health, turns


# The schedule.


def test_ten_attempts_take_seventy_five_hours_thirty_five_minutes_and_five_seconds():
    when, waits = NOON, []
    for tries in range(1, len(SCHEDULE_S) + 1):
        found = next_at(tries, replace(BAD, at=when), 0)
        waits.append(found and (found - when).total_seconds())
        when = found or when
    assert waits == [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400, None]
    assert when - NOON == timedelta(hours=75, minutes=35, seconds=5)


@given(tries=st.integers(1, len(SCHEDULE_S) - 1), jitter=st.floats(-1, 1))
def test_jitter_moves_a_wait_by_a_fifth_at_most(tries, jitter):
    wait_s = (next_at(tries, BAD, jitter) - NOON).total_seconds()
    assert SCHEDULE_S[tries] * (1 - JITTER) - 1e-5 <= wait_s <= SCHEDULE_S[tries] * (1 + JITTER) + 1e-5


@given(
    tries=st.integers(1, len(SCHEDULE_S) - 1),
    jitter=st.floats(-1, 1),
    asked_s=st.floats(MIN_RETRY_AFTER_S, MAX_RETRY_AFTER_S),
)
def test_what_a_receiver_asks_for_can_only_lengthen_a_wait(tries, jitter, asked_s):
    plain, asked = (next_at(tries, one, jitter) for one in (BAD, replace(BAD, retry_after_s=asked_s)))
    assert asked >= plain
    assert asked >= NOON + timedelta(seconds=asked_s) - timedelta(microseconds=1)
    assert asked <= max(plain, NOON + timedelta(seconds=MAX_RETRY_AFTER_S))


@given(tries=st.integers(len(SCHEDULE_S), 1000))
def test_after_the_last_attempt_there_is_none_whatever_was_asked_for(tries):
    assert next_at(tries, replace(BAD, retry_after_s=60), 0) is None


# Retry-After.

RETRY_AFTER = {
    "120": 120,
    " 7 ": 7,
    "0": MIN_RETRY_AFTER_S,
    "86400": 86_400,
    "86401": MAX_RETRY_AFTER_S,
    "9" * 400: MAX_RETRY_AFTER_S,
    "Mon, 23 Nov 2026 12:02:00 GMT": 120,
    "Monday, 23-Nov-26 12:02:00 GMT": 120,
    "Mon Nov 23 12:02:00 2026": 120,
    "Mon, 23 Nov 2026 14:02:00 +0200": 120,
    "Mon, 23 Nov 2026 11:00:00 GMT": MIN_RETRY_AFTER_S,
    "Fri, 31 Dec 9999 23:59:59 GMT": MAX_RETRY_AFTER_S,
    "Mon, 23 Nov 99999999999999999999 12:00:00 GMT": None,
    "Mon, 23 Nov 2026 12:00:00 +999999999999999": None,
    "Mon, 01 Jan 0001 00:00:00 +1400": MIN_RETRY_AFTER_S,
    "-5": None,
    "1.5": None,
    "1e3": None,
    "٣": None,
    "soon": None,
    "": None,
    None: None,
}


@pytest.mark.parametrize("value", RETRY_AFTER)
def test_retry_after_is_read_in_both_its_forms_and_kept_within_bounds(value):
    assert retry_after_s(value, NOON) == RETRY_AFTER[value]


@given(value=st.text() | st.integers().map(str) | st.datetimes().map(format_datetime))
def test_whatever_a_receiver_sends_the_wait_is_within_bounds_or_none(value):
    found = retry_after_s(value, NOON)
    assert found is None or MIN_RETRY_AFTER_S <= found <= MAX_RETRY_AFTER_S


@given(wait_s=st.integers(1, MAX_RETRY_AFTER_S), hours=st.integers(-12, 14))
def test_a_date_and_its_seconds_mean_the_same_in_every_zone(wait_s, hours):
    date = (NOON + timedelta(seconds=wait_s)).astimezone(timezone(timedelta(hours=hours)))
    assert retry_after_s(format_datetime(date), NOON) == retry_after_s(str(wait_s), NOON) == wait_s


# Outcomes.


@given(status=st.integers(100, 599))
def test_only_two_hundreds_are_a_success(status):
    assert (outcome(status) is Outcome.DELIVERED) == (200 <= status < 300)


@pytest.mark.parametrize(
    ("status", "found"),
    [(100, "unexpected_1xx"), (302, "redirect"), (404, "client_error"), (410, "gone"), (429, "rate_limited"),
     (503, "server_error"), (0, "server_error"), (999, "server_error")],
)  # fmt: skip
def test_an_outcome_is_named_by_its_status(status, found):
    assert outcome(status) == found


# Health.


def test_failing_is_told_once_after_four_failures_and_recovered_once_after_it():
    assert FAILING_AFTER == 4
    none, failing, recovered = Turn.NOTHING, Turn.FAILING, Turn.RECOVERED
    assert told_of(*[BAD] * 6, GOOD, GOOD)[1] == [none, none, none, failing, none, none, recovered, none]
    assert told_of(*[BAD] * 3, GOOD, *[BAD] * 3, GOOD)[1] == [none] * 8


def test_gone_disables_at_the_first_time():
    assert told_of(replace(BAD, status=410, error="gone"))[1] == [Turn.DISABLED]


# Hours of each failure, and what the last of them means.
DISABLING = [
    ([0] * 9 + [120], Turn.DISABLED),
    ([0] * 9 + [119.99], Turn.NOTHING),
    ([0] * 8 + [120], Turn.NOTHING),
    ([*range(0, 120, 10), 121], Turn.DISABLED),
    ([0, 500], Turn.NOTHING),
]


@pytest.mark.parametrize(("hours", "turn"), DISABLING)
def test_a_receiver_is_disabled_after_both_120_hours_and_ten_failures(hours, turn):
    assert (timedelta(hours=120), 10) == (DISABLE_AFTER, DISABLE_FAILURES)
    assert told_of(*(at(BAD, hour) for hour in hours))[1][-1] == turn


def test_one_success_begins_the_count_anew():
    hours = [at(BAD, 10 * n) for n in range(12)]
    assert told_of(*hours, at(GOOD, 119), at(BAD, 125))[1][-1] == Turn.NOTHING
    assert told_of(*hours, at(GOOD, 119))[0] == Health()


ATTEMPTS = st.lists(
    st.builds(
        Attempt,
        st.just(NOON),
        status=st.sampled_from([204, 410, 429, 500, 503]),
        latency_ms=st.just(1),
        error=st.just(""),
        retry_after_s=st.none() | st.floats(MIN_RETRY_AFTER_S, MAX_RETRY_AFTER_S),
    ).map(lambda one: replace(one, error="" if one.status == 204 else outcome(one.status).value)),
    max_size=40,
)


@given(attempts=ATTEMPTS)
def test_recovered_follows_failing_or_disabled_and_never_comes_twice(attempts):
    open_ = False
    for turn in told_of(*attempts)[1]:
        if turn is Turn.RECOVERED:
            assert open_
            open_ = False
        elif turn is not Turn.NOTHING:
            assert not (open_ and turn is Turn.FAILING)
            open_ = True


@given(attempts=ATTEMPTS)
def test_the_circuit_opens_at_the_third_failure_and_never_for_longer_than_it_may(attempts):
    health = Health()
    for one in attempts:
        health, _ = after(health, one)
        open_s = (health.not_before - one.at).total_seconds() if health.not_before else 0
        asked_s = one.retry_after_s or 0 if one.status in (429, 503) else 0
        assert bool(open_s) == bool(one.error and (health.failures >= 3 or asked_s))
        assert open_s <= max(LAST_OPEN_S, asked_s) + 1e-5
        assert open_s >= asked_s - 1e-5 or not one.error


def test_the_circuit_stays_open_twice_as_long_each_time_up_to_five_minutes():
    health, opened = Health(), []
    for _ in range(60):
        health, _ = after(health, BAD)
        opened.append((health.not_before - NOON).total_seconds() if health.not_before else 0)
    assert opened[:10] == [0, 0, 5, 10, 20, 40, 80, 160, 300, 300]
    assert set(opened[10:]) == {300}


# What is sent.

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
BODIES = st.dictionaries(st.sampled_from(["model", "before", "after", "reason", "x"]), st.text(max_size=50)) | (
    st.dictionaries(st.sampled_from(["changes", "before", "after", "pillars"]), VALUES)
)
LINK = "https://p.example/v1/events/evt_1"


def told(body, kind="scorecard.published"):
    return Told(7, "evt_1", 3, NOON, Event(kind, "a/b", body))


@given(body=BODIES, thin=st.booleans(), size=st.sampled_from([0, 10, 30_000]))
def test_a_payload_is_json_within_its_bound_and_says_who_what_and_where_the_rest_is(body, thin, size):
    made = payload(told({**body, "changes": "x" * size}), LINK, thin=thin)
    assert len(made) <= MAX_PAYLOAD_BYTES
    read = json.loads(made)
    assert read.keys() == {"id", "type", "timestamp", "data"}
    assert read["data"].items() >= {"subject": "a/b", "sequence": 3, "link": LINK}.items()
    assert ("truncated" in read["data"]) == (not thin and size > MAX_PAYLOAD_BYTES)


@given(body=BODIES, thin=st.booleans())
def test_the_same_event_has_the_same_bytes_however_its_body_came(body, thin):
    shuffled = list(body.items())
    random.Random(1).shuffle(shuffled)
    stored = json.loads(json.dumps(dict(shuffled)))
    assert payload(told(body), LINK, thin=thin) == payload(told(stored), LINK, thin=thin)


@given(body=BODIES)
def test_a_payload_is_utf8_without_half_a_surrogate_pair(body):
    payload(told(body | {"reason": "\ud800 half"}), LINK).decode("utf-8")


def test_a_payload_is_whole_up_to_its_bound_and_thin_beyond_it():
    room = MAX_PAYLOAD_BYTES - len(payload(told({"model": "a/b", "note": ""}), LINK))
    whole, beyond = (payload(told({"model": "a/b", "note": "x" * size}), LINK) for size in (room, room + 1))
    assert len(whole) == MAX_PAYLOAD_BYTES
    assert "note" in json.loads(whole)["data"]
    assert json.loads(beyond)["data"] == {
        "subject": "a/b",
        "sequence": 3,
        "model": "a/b",
        "link": LINK,
        "truncated": True,
    }


def test_a_thin_payload_says_enough_to_decide_whether_to_look():
    body = dict.fromkeys(THIN, "kept") | {"before": "1", "after": "2", "changes": []}
    assert document(told(body), LINK, thin=True)["data"] == {
        **dict.fromkeys(THIN, "kept"),
        "subject": "a/b",
        "sequence": 3,
        "link": LINK,
    }


def test_a_stream_is_that_of_the_model_or_of_the_subject():
    assert Event("verdict.changed", "a/b#B3", {"model": "a/b"}).stream == "a/b"
    assert Event("subscription.test", "sub_1", {}).stream == "sub_1"


# Filters.

ALL = tuple(EVENT_TYPES)
MOVED = {
    "transparency": {"before": {"score": "70"}, "after": {"score": "72.5"}},
    "cost": {"before": None, "after": None},
}
CARD = Event("scorecard.published", "a/b", {"model": "a/b", "kinds": ["vendor_change"], "pillars": MOVED})
PRICE = Event("price.changed", "h:b#input", {"model": "a/b", "kinds": ["vendor_change"], "before": "2", "after": "1"})
FREE = replace(PRICE, body=PRICE.body | {"before": None})
DISPUTE = Event("challenge.updated", "a/b#B3", {"model": "a/b"})
COMPARISON = Event("comparison.finished", "cmp_1", {})

WANTED = [
    (CARD, {}, True),
    (CARD, {"types": ("price.changed",)}, False),
    (CARD, {"developers": ("a",)}, True),
    (CARD, {"developers": ("a/b",)}, False),
    (CARD, {"models": ("a/b", "c/d")}, True),
    (CARD, {"models": ("a/b2",)}, False),
    (CARD, {"pillars": ("transparency",)}, True),
    (CARD, {"pillars": ("cost",)}, False),
    (CARD, {"kinds": ("vendor_change",)}, True),
    (CARD, {"kinds": ("correction",)}, False),
    (CARD, {"min_points": Decimal("2.5")}, True),
    (CARD, {"min_points": Decimal("2.51")}, False),
    (CARD, {"min_price_percent": Decimal(100)}, True),
    (PRICE, {"min_price_percent": Decimal(50)}, True),
    (PRICE, {"min_price_percent": Decimal("50.1")}, False),
    (PRICE, {"pillars": ("transparency",)}, False),
    (FREE, {"min_price_percent": Decimal(100)}, True),
    (replace(PRICE, body=PRICE.body | {"before": "0"}), {"min_price_percent": Decimal(100)}, True),
    (DISPUTE, {"kinds": ("correction",)}, True),
    (COMPARISON, {"pillars": ("cost",), "models": ("a/b",)}, True),
]


@pytest.mark.parametrize(("event", "asked", "wanted"), WANTED)
def test_an_event_is_wanted_if_every_filter_lets_it_pass(event, asked, wanted):
    assert Filters(**{"types": ALL} | asked).match(event) is wanted


FILTERS = st.builds(
    Filters,
    types=st.lists(st.sampled_from(ALL), min_size=1, unique=True).map(tuple),
    developers=st.lists(st.sampled_from("ac"), unique=True).map(tuple),
    models=st.lists(st.sampled_from(["a/b", "c/d"]), unique=True).map(tuple),
    pillars=st.lists(st.sampled_from(PILLARS), unique=True).map(tuple),
    kinds=st.lists(st.sampled_from(KINDS), unique=True).map(tuple),
    min_points=st.none() | st.decimals(0, 100, places=2),
    min_price_percent=st.none() | st.decimals(0, 100, places=2),
)
EVENTS = st.sampled_from([CARD, PRICE, FREE, DISPUTE, COMPARISON])


@given(filters=FILTERS)
def test_filters_are_stored_and_read_as_they_were(filters):
    assert Filters.of(json.loads(json.dumps(filters.as_json()))) == filters


@given(filters=FILTERS, event=EVENTS, field=st.sampled_from(["developers", "models", "pillars", "kinds"]))
def test_to_ask_for_less_never_loses_what_was_wanted(filters, event, field):
    if filters.match(event):
        assert replace(filters, **{field: ()}).match(event)
        assert replace(filters, min_points=None, min_price_percent=None).match(event)


@given(filters=FILTERS, event=EVENTS)
def test_nobody_gets_a_type_that_was_not_asked_for(filters, event):
    assert event.type in filters.types or not filters.match(event)


@given(filters=FILTERS, event=EVENTS)
def test_what_is_warned_of_as_never_matching_never_does(filters, event):
    found = warnings(filters, ["a", "c"], ["a/b", "c/d"])
    if any(text.startswith(f"pillars: {event.type} is") for text in found):
        assert not filters.match(event)
    if event.body.get("model") and all(f"models: {one!r} is of none" in " ".join(found) for one in filters.models):
        assert not filters.models or not filters.match(event)


def test_warnings_say_what_can_never_match():
    asked = Filters(("challenge.updated",), ("x",), ("a/b",), ("cost",), ("correction",), Decimal(1))
    assert warnings(asked, ["a"], ["a/b"]) == [
        "developers: the catalogue has no 'x'; nothing matches until it has",
        "models: 'a/b' is of none of the developers that are asked for; it never matches",
        "pillars: challenge.updated is about transparency only; it never matches",
        "min_points: says something of scorecard.published only, which is not asked for",
        "kinds: none of challenge.updated has a kind of change; all of them pass",
    ]
    assert warnings(Filters(ALL), [], []) == []
