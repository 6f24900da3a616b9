"""What the runs in a database say of an endpoint, on both databases."""

from datetime import timedelta
from decimal import Decimal

import pytest

from scorecards import probes
from scorecards.events import Event
from scorecards.events.degradation import ANSWERED, DEGRADED, RECOVERED, SPEED
from scorecards.evidence import Basis, Finding, Reading
from service.store import db, events, evidence, health
from service.store.evidence import LAST, Found
from service.store.jobs import Lease

from .conftest import CATALOG, ENDPOINT, MODEL, PUBLISHED_AT

NOW = PUBLISHED_AT
END = CATALOG.endpoints[ENDPOINT]


def reading(value, at, quantity="uptime_share", ref=ENDPOINT):
    finding = Finding.UNMEASURED if value is None else Finding.KNOWN
    decimal = None if value is None else Decimal(value)
    return Reading(quantity, ref, finding, Basis.EXECUTED, at, "uptime/1", value=decimal,
                   samples=() if value is None else (decimal,))  # fmt: skip


def recorded(session, number, readings, now):
    lease = Lease(7, "probe:x", "probe", {}, None, fence=1, wanted=1, occurrence=number, attempts=1)
    evidence.record(session, lease, Found(ENDPOINT, "uptime/1", readings=readings), now)


def ran(engine, *values, first=0):
    """Record runs, one each minute, and tell of each what it means."""
    for number, value in enumerate(values, first):
        now = NOW + timedelta(minutes=number)
        with db.write(engine) as session:
            recorded(session, number, [reading(value, now)], now)
            events.record(session, health.changes(session, END, now), now)


def told(engine):
    with db.read(engine) as session:
        return [one for one in events.page(session) if one.event.subject == ENDPOINT]


def test_an_endpoint_is_told_worse_once_and_well_once(engine):
    ran(engine, 1, 1, 1, 0, 0, 0, 0, None, 0, 1, 1, 1, 1)
    assert [one.event.type for one in told(engine)] == [DEGRADED]
    ran(engine, 1, 1, 1, first=13)
    first, second = told(engine)
    assert (first.event.type, second.event.type) == (DEGRADED, RECOVERED)
    assert (first.at, second.at) == (NOW + timedelta(minutes=5), NOW + timedelta(minutes=13))
    assert first.event.stream == MODEL
    assert second.event.body["since"] == "2026-11-24T00:21:31Z"


def test_what_is_told_of_a_run_that_is_rolled_back_was_never_told(engine):
    ran(engine, 1, 1, 0, 0)

    def killed():
        with db.write(engine) as session:
            recorded(session, 4, [reading(0, NOW)], NOW)
            events.record(session, health.changes(session, END, NOW + timedelta(minutes=4)), NOW)
            raise SystemExit

    with pytest.raises(SystemExit):
        killed()
    assert told(engine) == []
    ran(engine, 0, first=4)
    assert [one.event.type for one in told(engine)] == [DEGRADED]


def test_other_endpoints_and_other_events_of_the_model_are_no_state_of_this_one(engine):
    elsewhere = [reading(0, NOW, ref="host:other"), reading(0, NOW, "goodput_share")]
    ran(engine, 0, 0, 1, 1)
    with db.write(engine) as session:
        recorded(session, 99, elsewhere, NOW)
        other = Event(DEGRADED, "host:other", {"model": MODEL})
        events.record(session, [other, Event("lifecycle.announced", ENDPOINT, {"model": MODEL})], NOW)
    ran(engine, 1, first=4)
    assert [one.event.type for one in told(engine)] == ["lifecycle.announced"]


def test_the_last_readings_are_those_with_a_value_newest_first_and_not_from_before_time_began(engine):
    minutes = [NOW + timedelta(minutes=at) for at in range(LAST + 10)]
    with db.write(engine) as session:
        values = [None if at % 2 else at for at in range(LAST + 10)]
        recorded(session, 1, [reading(value, at) for value, at in zip(values, minutes, strict=True)], NOW)

    def last(at=minutes[0], **more):
        with db.read(engine) as session:
            return [int(one.value) for one in evidence.last(session, ENDPOINT, "uptime_share", at, **more)]

    newest = list(range(LAST + 8, 9, -2))
    assert last(limit=3) == newest[:3]
    assert last() == newest
    assert last(minutes[300]) == [one for one in newest if one > 300]


def test_every_quantity_that_health_reads_is_one_that_its_probe_measures():
    loaded = probes.load()
    assert all(quantity in loaded[probe].quantities for probe, quantity in ANSWERED.items())
    assert [name for name, one in loaded.items() if SPEED in one.quantities] == ["latency"]
