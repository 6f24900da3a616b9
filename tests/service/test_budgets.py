"""Tokens of a provider's day, on both databases."""

from datetime import UTC, datetime, timedelta

from service.store import budgets, db
from workers.day_purse import DayPurse

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
TODAY = NOON.date()


def test_a_day_has_one_purse_for_all_workers_and_the_next_day_a_new_one(engine):
    first, second = (DayPurse(engine, "host", 100, lambda: NOON) for _ in range(2))
    assert first.take(60) == ""
    assert "wants at most 100 tokens a day from host (PELLUCID_TOKENS_PER_DAY), 60 are used" in second.take(60)
    first.give_back(30)
    assert second.take(60) == ""
    assert DayPurse(engine, "host", 100, lambda: NOON + timedelta(days=1)).take(100) == ""
    assert DayPurse(engine, "other", 100, lambda: NOON).take(100) == ""


def test_what_is_given_back_after_midnight_is_of_no_use_to_the_new_day(engine):
    with db.write(engine) as session:
        assert budgets.reserve(session, "host", TODAY, 50, 100)
        assert budgets.reserve(session, "host", TODAY + timedelta(days=1), 10, 100)
        budgets.give_back(session, "host", TODAY, 50)
        assert budgets.used(session, "host", TODAY + timedelta(days=1)) == 10
        assert budgets.used(session, "host", TODAY) == 0


def test_a_provider_that_wants_rest_has_it_until_the_latest_instant_it_named(engine):
    with db.write(engine) as session:
        assert budgets.held_until(session, "host", NOON) is None
        for minutes in (10, 5):
            budgets.hold(session, "host", TODAY, NOON + timedelta(minutes=minutes))
        assert budgets.held_until(session, "host", NOON) == NOON + timedelta(minutes=10)
        assert budgets.held_until(session, "host", NOON + timedelta(minutes=10)) is None
