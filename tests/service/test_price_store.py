"""Prices in a database: rows are only added, the same file adds nothing, and the order of imports does not matter."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from scorecards.cost.fact import Basis, Conditions, Origin, PriceFact
from scorecards.cost.listing import Listing, Quarantined
from service.store import db, prices
from service.store.tables import PriceFactRow, PriceRunRow

NOW = datetime(2026, 11, 25, tzinfo=UTC)
DAYS = [datetime(2026, 11, day, tzinfo=UTC) for day in range(1, 25)]


def fact(day, endpoint="p:a", amount="2", meter="input", *, basis=Basis.FIRST_OBSERVED, since=None, until=None):
    return PriceFact(
        endpoint, meter, "1M tokens", Decimal(amount), "USD", since or DAYS[day], basis, DAYS[day],
        Origin("https://example.org", "s", "1", "", "words"), until, Conditions(),
    )  # fmt: skip


def seen(day, prices_of, **more):
    """Return a listing of a source that only tells what holds on its day."""
    found = tuple(fact(day, endpoint, amount) for endpoint, amount in prices_of.items())
    return Listing("s", str(day), "https://example.org", f"{day:064}", DAYS[day], found, **more)


def told(day, *facts, **more):
    """Return a listing of a source that tells the past."""
    return Listing("s", str(day), "https://example.org", f"{day:064}", DAYS[day], facts, **more)


def keep(engine, listing):
    with db.write(engine) as session:
        return prices.keep(session, listing, NOW)


def at(engine, day, endpoint="p:a"):
    with db.read(engine) as session:
        return {(one.meter, str(one.amount)) for one in prices.facts(session, endpoint, DAYS[day])}


def past(engine, endpoint="p:a"):
    with db.read(engine) as session:
        return [
            (str(one.amount), one.valid_from and one.valid_from.day, one.valid_to and one.valid_to.day)
            for one in prices.history(session, endpoint)
        ]


def rows(engine):
    with db.read(engine) as session:
        return session.scalar(select(func.count(PriceFactRow.id)))


def test_the_same_file_twice_adds_nothing_and_is_not_even_a_second_import(engine):
    assert keep(engine, seen(3, {"p:a": "2", "p:b": "3"})).added == 2
    again = keep(engine, seen(3, {"p:a": "2", "p:b": "3"}))
    assert (again.added, again.unchanged, again.quarantined) == (0, 2, 0)
    with db.read(engine) as session:
        assert session.scalar(select(func.count(PriceRunRow.id))) == 1


def test_a_changed_price_adds_one_row_and_closes_the_old_one(engine):
    keep(engine, seen(3, {"p:a": "2", "p:b": "3"}))
    assert keep(engine, seen(9, {"p:a": "2.5", "p:b": "3"})).added == 1
    assert past(engine) == [("2", 4, 10), ("2.5", 10, None)]
    assert past(engine, "p:b") == [("3", 4, None)]
    assert at(engine, 8) == {("input", "2")}
    assert at(engine, 9) == {("input", "2.5")}
    assert at(engine, 2) == set()


def test_a_price_that_is_no_longer_listed_ends_when_that_was_seen(engine):
    keep(engine, seen(3, {"p:a": "2", "p:b": "3", "p:c": "4"}))
    assert keep(engine, seen(9, {"p:b": "3", "p:c": "4"})).added == 1
    assert past(engine) == [("2", 4, 10)]
    keep(engine, seen(12, {"p:a": "2", "p:b": "3", "p:c": "4"}))
    assert past(engine) == [("2", 4, 10), ("2", 13, None)]


SNAPSHOTS = [
    seen(3, {"p:a": "2", "p:b": "3", "p:c": "1"}),
    seen(6, {"p:a": "5", "p:b": "3", "p:c": "1"}),
    seen(9, {"p:a": "2", "p:c": "1"}),
    seen(12, {"p:a": "2", "p:b": "3", "p:c": "4"}),
]
HISTORIES = [
    told(3, fact(3, amount="5", basis=Basis.IMPORTED, since=DAYS[0], until=DAYS[2]),
            fact(3, amount="6", basis=Basis.IMPORTED, since=DAYS[2])),
    told(6, fact(6, amount="5", basis=Basis.IMPORTED, since=DAYS[0], until=DAYS[1]),
            fact(6, amount="4", basis=Basis.IMPORTED, since=DAYS[1])),
    told(9, fact(9, amount="5", basis=Basis.IMPORTED, since=DAYS[1])),
]  # fmt: skip


@pytest.mark.parametrize("listings", [SNAPSHOTS, HISTORIES], ids=["that tell their day", "that tell the past"])
def test_the_order_of_imports_does_not_change_what_holds(engine, listings):
    outcomes = set()
    for number, order in enumerate(permutations(listings)):
        for one in order:  # each order is a source, and endpoints, of its own
            mine = tuple(
                replace(
                    each, endpoint=f"p{number}:{each.endpoint[-1]}", origin=replace(each.origin, importer=f"s{number}")
                )
                for each in one.facts
            )
            keep(engine, replace(one, source=f"s{number}", facts=mine))
        outcomes.add(tuple(tuple(past(engine, f"p{number}:{name}")) for name in "abc"))
        with db.read(engine) as session:
            found = prices.facts(session, f"p{number}:a", DAYS[12])
        assert {one.observed_at for one in found} == {listings[-1].looked_at}
    assert len(outcomes) == 1


def test_a_correction_of_the_past_replaces_what_was_said_of_it(engine):
    for one in HISTORIES:
        keep(engine, one)
    assert past(engine) == [("5", 2, None)]
    assert keep(engine, HISTORIES[0]).refused.startswith("wants data no older than")
    assert past(engine) == [("5", 2, None)]


def test_a_source_that_shrinks_by_half_is_quarantined_whole_and_the_old_facts_stay(engine):
    many = {f"p:{number}": "2" for number in range(10)}
    keep(engine, seen(3, many))
    run = keep(engine, seen(9, dict(list(many.items())[:4])))
    assert (run.added, run.refused) == (0, "wants at least half of the 10 prices it listed before")
    assert rows(engine) == 10
    assert at(engine, 12, "p:9") == {("input", "2")}
    with db.read(engine) as session:
        assert [(one.subject, one.reason) for one in prices.quarantined(session, "s")] == [("", run.refused)]
    assert keep(engine, seen(9, dict(list(many.items())[:5]))).refused == ""


def test_an_empty_source_is_quarantined_whole(engine):
    assert keep(engine, seen(3, {})).refused == "wants prices, has none that can be believed"


def test_a_jump_of_a_thousand_times_is_quarantined_and_the_old_price_stays(engine):
    keep(engine, seen(3, {"p:a": "2", "p:b": "3"}))
    run = keep(engine, seen(9, {"p:a": "2001", "p:b": "4"}))
    assert (run.added, run.quarantined) == (1, 1)
    assert past(engine) == [("2", 4, None)]
    with db.read(engine) as session:
        (wrong,) = prices.quarantined(session, "s")
    assert (wrong.subject, wrong.found, wrong.reason) == (
        "p:a", "2001 USD per 1M tokens", "wants a price within 1000 times of the 2 before",
    )  # fmt: skip


def test_what_is_quarantined_today_keeps_yesterdays_price(engine):
    keep(engine, seen(3, {"p:a": "2", "p:b": "3"}))
    doubted = (Quarantined("p:a", "input", "-2 USD per 1M tokens", "wants a price, has a negative one"),)
    assert keep(engine, seen(9, {"p:b": "3"}, quarantined=doubted)).added == 0
    assert past(engine) == [("2", 4, None)]


def test_a_look_that_finds_nothing_new_is_a_look(engine):
    keep(engine, seen(3, {"p:a": "2"}))
    assert keep(engine, seen(9, {"p:a": "2"})).added == 0
    with db.write(engine) as session:
        prices.unchanged(session, "s", DAYS[15])
    with db.read(engine) as session:
        (found,) = prices.facts(session, "p:a", DAYS[20])
    assert found.observed_at == DAYS[15]
    assert found.valid_from == DAYS[3]


def test_facts_that_are_checked_one_by_one_keep_days_of_their_own(engine):
    keep(engine, told(3, fact(3), fact(2, "p:b", since=DAYS[0]), dated_each=True))
    assert keep(engine, told(9, fact(9, since=DAYS[3]), fact(2, "p:b", since=DAYS[0]), dated_each=True)).added == 1
    with db.read(engine) as session:
        (checked,), (left,) = prices.facts(session, "p:a", DAYS[20]), prices.facts(session, "p:b", DAYS[20])
    assert (checked.observed_at, left.observed_at) == (DAYS[9], DAYS[2])
    assert past(engine) == [("2", 4, None)]


def test_a_fact_comes_back_as_it_was(engine):
    whole = replace(
        fact(3, basis=Basis.DOCUMENTED, since=DAYS[0], amount="0.0000123456789", until=DAYS[20]),
        conditions=Conditions(100, 200, "batch", "eu", "night"), currency="CNY",
    )  # fmt: skip
    always = replace(whole, valid_from=None, meter="output", valid_to=None, conditions=Conditions())
    keep(engine, told(3, whole, always))
    with db.read(engine) as session:
        assert prices.facts(session, "p:a", DAYS[5]) == [whole, always]
        assert prices.facts(session, "p:a", DAYS[20]) == [always]
        assert prices.history(session, "p:a") == [whole, always]
        assert prices.endpoints(session) == ["p:a"]
        assert [(one.source, one.added) for one in prices.runs(session)] == [("s", 3)]


@pytest.mark.parametrize("table", ["price_runs", "price_keys", "price_facts", "price_quarantine"])
@pytest.mark.parametrize("change", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_rows_of_prices_are_never_changed_or_removed(engine, table, change):
    keep(engine, seen(3, {"p:a": "2"}, quarantined=(Quarantined("p:b", "input", "-1", "negative"),)))
    with pytest.raises(DBAPIError, match="append-only"), db.write(engine) as session:
        session.execute(text(change.format(table)))


def test_two_imports_at_once_wait_for_each_other(engine):
    listing = seen(3, {f"p:{number}": "2" for number in range(50)})
    with ThreadPoolExecutor(4) as pool:
        added = sorted(one.added for one in pool.map(keep, [engine] * 4, [listing] * 4))
    assert added == [0, 0, 0, 50]


def test_an_instant_between_two_days_is_found_to_the_microsecond(engine):
    keep(engine, seen(3, {"p:a": "2"}))
    keep(engine, seen(9, {"p:a": "3"}))
    with db.read(engine) as session:
        for instant, amount in ((DAYS[9] - timedelta(microseconds=1), "2"), (DAYS[9], "3")):
            assert [str(one.amount) for one in prices.facts(session, "p:a", instant)] == [amount]
