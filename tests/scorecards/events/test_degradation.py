"""When an endpoint is told to be worse, and when to be well again."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.catalog import Cited, Endpoint
from scorecards.events.degradation import DEGRADED, RECOVERED, RUNS, event, health
from scorecards.evidence import Basis, Finding, Reading

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
QUARTER = timedelta(minutes=15)
ENDPOINT = Endpoint(
    "host:m", "maker/m", "host", "m", "openai_chat", "https://host.example/v1", Cited("test", NOON.date())
)
USUAL = 100


def reading(quantity, reader, at, value, samples=()):
    finding = Finding.UNMEASURED if value is None else Finding.KNOWN
    decimal = None if value is None else Decimal(value)
    return Reading(quantity, ENDPOINT.ref, finding, Basis.EXECUTED, at, reader, value=decimal,
                   n=len(samples), samples=tuple(map(Decimal, samples)))  # fmt: skip


def up(at, share):
    return [reading("uptime_share", "uptime/1", at, share)]


def timed(at, share, ttft_ms):
    samples = [] if ttft_ms is None else [ttft_ms] * 20
    return [
        reading("success_share", "latency/2", at, share),
        reading("ttft_ms", "latency/2", at, ttft_ms, samples),
    ]


RUN = {
    "u": lambda at: up(at, 1),
    "x": lambda at: up(at, 0),
    "?": lambda at: up(at, None),
    "l": lambda at: timed(at, 1, USUAL),
    "h": lambda at: timed(at, "0.5", USUAL),
    "X": lambda at: timed(at, "0.4", USUAL),
    "s": lambda at: timed(at, 1, 3 * USUAL + 1),
    "3": lambda at: timed(at, 1, 3 * USUAL),
    "0": lambda at: timed(at, None, None),
}
"""A run, as one letter: uptime up, down, unknown; latency good, half answered, less, slow, just not slow, nothing."""


def ran(letters, every=QUARTER, end=NOON):
    """Return the readings of these runs, the last of them at `end`."""
    times = [end - every * at for at in range(len(letters) - 1, -1, -1)]
    return [one for letter, at in zip(letters, times, strict=True) for one in RUN[letter](at)]


def story(letters, every=QUARTER):
    """Return what is told after which run, with the events of a life as state."""
    told = []
    for count in range(1, len(letters) + 1):
        now = NOON + every * count
        degraded = bool(told) and told[-1][1].type == DEGRADED
        found = event(ENDPOINT, health(ran(letters[:count], every, now), now), degraded=degraded)
        told += [(count, found)] if found else []
    return told


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ("", []),
        ("uuuuuuu", []),
        ("xxxx", []),  # too little history says nothing
        ("xxxxx", [(5, "degraded")]),
        ("uuuuuxx", []),
        ("uuuuuxxx", [(8, "degraded")]),
        ("uuuuuxuxux", [(10, "degraded")]),
        ("uuuuuxuuxuux", []),
        ("uuuuuxxxxxxxxx", [(8, "degraded")]),
        ("uuuuuxxxuuuu", [(8, "degraded")]),
        ("uuuuuxxxuuuuu", [(8, "degraded"), (13, "recovered")]),
        ("uuuuuxxxuuuuxuuuu", [(8, "degraded")]),
        ("uuuuuxxxuuuuxuuuuu", [(8, "degraded"), (18, "recovered")]),
        ("uuuuuxxxuuuuuuuxxx", [(8, "degraded"), (13, "recovered"), (18, "degraded")]),
        ("uuuuu??x?x??x", [(13, "degraded")]),  # what tells only of us is neither good nor bad
        ("uuuuuxxxuuuu????u", [(8, "degraded"), (17, "recovered")]),
        ("uuuuuhXuXuX", [(11, "degraded")]),  # of a run with many requests less than half were answered
        ("llllls", [(6, "degraded")]),
        ("lllll3", []),
        ("lllls", []),  # four runs are too few to know what is usual
        ("lllllsuuuuuuuu", [(6, "degraded")]),  # nobody has looked how fast it is since
        ("lllllsuuuul", [(6, "degraded"), (11, "recovered")]),
        ("lllllslllll", [(6, "degraded"), (11, "recovered")]),
        ("lllllsllllsuuuul", [(6, "degraded"), (16, "recovered")]),
        ("lllll0000uuu", []),
    ],
)
def test_what_is_told_after_which_run(runs, told):
    assert [(count, one.body["state"]) for count, one in story(runs)] == told


def test_the_body_says_why_since_when_and_by_which_figures():
    (_, failing), (_, well) = story("lllllxxxuuuuu")
    common = {"model": "maker/m", "endpoint": ENDPOINT.ref, "ttft_p50_ms": "100", "median_72h_ms": None}
    assert (failing.type, failing.subject, well.type) == (DEGRADED, ENDPOINT.ref, RECOVERED)
    assert failing.body == common | {
        "state": "degraded",
        "reason": "3 of the last 5 runs failed",
        "runs": {"failed": 3, "of": 5},
        "since": "2026-11-23T13:30:00Z",
    }
    assert well.body == common | {
        "state": "recovered",
        "reason": "the last 5 runs were good",
        "runs": {"failed": 0, "of": 5},
        "since": "2026-11-23T14:15:00Z",
    }


def test_a_slow_endpoint_is_told_with_both_medians():
    ((_, slow),) = story("llllls")
    assert slow.body["reason"] == "the median time to first token is more than 3 times that of the 72 hours before"
    assert (slow.body["ttft_p50_ms"], slow.body["median_72h_ms"]) == ("301", "100")
    assert slow.body["since"] == "2026-11-23T13:30:00Z"


def test_an_endpoint_that_stays_slow_is_well_by_its_own_median_of_72_hours():
    hours = timedelta(hours=3)
    told = [(count, one.body["median_72h_ms"]) for count, one in story("l" * 24 + "s" * 24, hours)]
    assert told[0] == (25, "100")
    assert told[1][0] in range(36, 42)
    assert told[1][1] not in ("100", None)


def test_runs_older_than_72_hours_count_no_more():
    old = ran("xxxx", end=NOON - timedelta(hours=72))
    assert event(ENDPOINT, health([*old, *ran("x")], NOON), degraded=False) is None


def test_what_was_usual_is_looked_up_before_the_run_and_not_before_now():
    """So that a run that was good stays good, however the window moves."""
    readings = [*ran("lllll", end=NOON - timedelta(hours=70)), *ran("ssssss")]
    speed = health(readings, NOON).speed
    assert speed.usual_ms == (USUAL + 3 * USUAL + 1) / Decimal(2)
    assert health(readings, NOON + timedelta(hours=71)).speed == speed


lives = st.text(st.sampled_from(sorted(RUN)), max_size=60)


@given(lives)
def test_degraded_and_recovered_take_turns_and_degraded_comes_first(runs):
    told = [one.type for _, one in story(runs)]
    assert told == [DEGRADED, RECOVERED] * (len(told) // 2) + [DEGRADED] * (len(told) % 2)


@given(lives)
def test_nothing_is_told_of_fewer_than_five_runs_and_well_is_only_what_ran_well_five_times(runs):
    for count, one in story(runs):
        counted = [letter for letter in runs[:count] if letter not in "?0"]
        assert len(counted) >= RUNS
        if one.type == RECOVERED:
            assert set(counted[-RUNS:]) <= set("ulh3s")
            assert one.body["runs"] == {"failed": 0, "of": RUNS}


@given(lives, st.randoms())
def test_the_order_of_readings_does_not_matter(runs, order):
    readings = ran(runs)
    shuffled = list(readings)
    order.shuffle(shuffled)
    assert health(shuffled, NOON) == health(readings, NOON)


@given(lives, st.integers(0, 60))
def test_runs_that_tell_only_of_us_change_nothing(runs, at):
    end = NOON
    without = health(ran(runs, end=end), end)
    place = end - QUARTER * at + timedelta(minutes=7)
    assert health([*ran(runs, end=end), *up(place, None), *timed(place, None, None)], end) == without
