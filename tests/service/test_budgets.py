"""Tokens and money of a provider's day, on both databases."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from service.config import ConfigError, from_env
from service.store import budgets, db
from workers.budget import Amount
from workers.day_purse import DayPurse, MoneyPurse

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
TODAY, TOMORROW = NOON.date(), NOON.date() + timedelta(days=1)
LATER = NOON + timedelta(days=1)
SIXTY = Amount(60, 600_000)

PURSES = [
    (
        lambda engine, name: DayPurse(engine, name, 100),
        "wants at most 100 tokens a day from host (PELLUCID_TOKENS_PER_DAY), 60 are used and the next may take 60",
    ),
    (
        lambda engine, name: MoneyPurse(engine, name, Decimal(1)),
        "wants at most 1 USD a day from host (PELLUCID_USD_PER_DAY), 0.6 are used and the next may take 0.6",
    ),
]


@pytest.mark.parametrize(("make", "told"), PURSES, ids=["tokens", "money"])
def test_a_day_has_one_purse_for_all_workers_and_the_next_day_a_new_one(engine, make, told):
    first, second = make(engine, "host"), make(engine, "host")
    assert first.take(SIXTY, NOON) == ""
    assert second.take(SIXTY, NOON) == told
    first.give_back(Amount(30, 300_000), NOON)
    assert second.take(SIXTY, NOON) == ""
    assert first.take(Amount(100, 1_000_000), LATER) == ""
    assert make(engine, "other").take(Amount(100, 1_000_000), NOON) == ""


@pytest.mark.parametrize(("make", "told"), PURSES, ids=["tokens", "money"])
def test_what_is_given_back_after_midnight_is_of_no_use_to_the_new_day(engine, make, told):
    purse = make(engine, "host")
    assert purse.take(SIXTY, NOON) == ""
    assert purse.take(SIXTY, LATER) == ""
    purse.give_back(SIXTY, NOON)
    assert purse.take(SIXTY, LATER) == told


def test_what_has_no_known_price_passes_even_when_the_cap_was_lowered_below_what_is_used(engine):
    assert MoneyPurse(engine, "host", Decimal(1)).take(SIXTY, NOON) == ""
    purse = MoneyPurse(engine, "host", Decimal(0))
    assert "wants at most 0 USD" in purse.take(Amount(1, 1), NOON)
    assert purse.take(Amount(10**9), NOON) == ""


def test_tokens_and_money_are_counted_apart_and_both_begin_anew(engine):
    with db.write(engine) as session:
        assert budgets.reserve(session, "host", TODAY, "tokens", 50, 100)
        assert budgets.reserve(session, "host", TODAY, "micro_usd", 7, 100)
        assert [budgets.used(session, "host", TODAY, one) for one in ("tokens", "micro_usd")] == [50, 7]
        assert budgets.reserve(session, "host", TOMORROW, "tokens", 10, 100)
        assert [budgets.used(session, "host", TOMORROW, one) for one in ("tokens", "micro_usd")] == [10, 0]


@pytest.mark.parametrize("text", ["0", "0.000001", "25", "999999.5"])
def test_the_cap_of_money_is_exact(text):
    assert from_env({"PELLUCID_USD_PER_DAY": text}).usd_per_day == Decimal(text)


@pytest.mark.parametrize("text", ["-1", "1e3", "NaN", "0.0000001", "1 USD", "1000000"])
def test_a_cap_that_is_no_amount_is_refused_by_name(text):
    with pytest.raises(ConfigError, match="PELLUCID_USD_PER_DAY: wants US dollars"):
        from_env({"PELLUCID_USD_PER_DAY": text})


def test_a_provider_that_wants_rest_has_it_until_the_latest_instant_it_named(engine):
    with db.write(engine) as session:
        assert budgets.held_until(session, "host", NOON) is None
        for minutes in (10, 5):
            budgets.hold(session, "host", TODAY, NOON + timedelta(minutes=minutes))
        assert budgets.held_until(session, "host", NOON) == NOON + timedelta(minutes=10)
        assert budgets.held_until(session, "host", NOON + timedelta(minutes=10)) is None
