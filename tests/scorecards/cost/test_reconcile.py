"""Sources against each other: one number is chosen by rule, all are published, none is made up."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.cost.fact import Basis, Conditions, Origin, PriceFact
from scorecards.cost.reconcile import State, reconcile

AT = datetime(2026, 11, 23, 2, tzinfo=UTC)
LONG_AGO = AT - timedelta(days=90)


def said(importer, amount, age_days=1, **conditions):
    return PriceFact(
        "openai:x",
        "input",
        "1M tokens",
        Decimal(amount),
        "USD",
        LONG_AGO,
        Basis.IMPORTED,
        AT - timedelta(days=age_days),
        Origin("https://example.org", importer, "1"),
        conditions=Conditions(**conditions),
    )


TABLE = {
    "one source alone": ([said("litellm", "2")], "2", State.SINGLE_SOURCE, 1, 1),
    "two that are built apart": ([said("litellm", "2"), said("genai_prices", "2.0")], "2", State.AGREED, 2, 2),
    "of one family is one": (
        [said("model_prices", "2"), said("models_dev", "2")],
        "2",
        State.SINGLE_SOURCE,
        1,
        1,
    ),
    "a note of what a data set said is that data set": (
        [said("litellm", "2"), said("hand:litellm", "2", 9)],
        "2",
        State.SINGLE_SOURCE,
        1,
        1,
    ),
    "of one family the one that looked last speaks": (
        [said("model_prices", "2", 1), said("models_dev", "3", 9)],
        "2",
        State.SINGLE_SOURCE,
        1,
        1,
    ),
    "two against one": (
        [said("litellm", "2"), said("genai_prices", "2"), said("model_prices", "3", 0)],
        "2",
        State.DISPUTED,
        3,
        2,
    ),
    "the vendor's page against two": (
        [said("litellm", "2"), said("genai_prices", "2"), said("hand", "3")],
        "3",
        State.DISPUTED,
        3,
        1,
    ),
    "a note is no vendor's page": (
        [said("genai_prices", "2"), said("models_dev", "2"), said("hand:litellm", "3")],
        "2",
        State.DISPUTED,
        3,
        2,
    ),
    "the provider's own list is the vendor's word": (
        [said("models_list:together", "3"), said("litellm", "2")],
        "3",
        State.DISPUTED,
        2,
        1,
    ),
    "nobody looked for more than 30 days": ([said("litellm", "2", 31), said("hand", "3", 40)], "3", State.STALE, 0, 0),
    "30 days are not more than 30 days": ([said("litellm", "2", 30)], "2", State.SINGLE_SOURCE, 1, 1),
    "an old number bears out a new one": (
        [said("litellm", "2", 1), said("genai_prices", "2", 60)],
        "2",
        State.AGREED,
        2,
        2,
    ),
    "an old number disputes no new one": (
        [said("litellm", "2", 1), said("hand", "3", 60)],
        "2",
        State.SINGLE_SOURCE,
        1,
        1,
    ),
}


@pytest.mark.parametrize(("facts", "amount", "state", "sources", "agree"), TABLE.values(), ids=TABLE)
def test_one_number_is_chosen_and_all_are_published(facts, amount, state, sources, agree):
    (price,) = reconcile(facts, AT)
    assert (price.amount, price.state, price.sources, price.agree) == (Decimal(amount), state, sources, agree)
    assert price.facts[0].amount == price.amount
    assert sorted(price.amounts) == sorted(one.amount for one in facts)


@given(st.lists(st.sampled_from([one for facts, *_ in TABLE.values() for one in facts]), min_size=1), st.randoms())
def test_the_order_of_facts_does_not_matter_and_no_number_is_made_up(facts, random):
    shuffled = list(facts)
    random.shuffle(shuffled)
    (one,), (other,) = reconcile(facts, AT), reconcile(shuffled, AT)
    assert (one.amount, one.state, one.sources) == (other.amount, other.state, other.sources)
    assert one.amount in {fact.amount for fact in facts}


def test_the_spread_is_how_far_the_highest_is_above_the_lowest():
    (price,) = reconcile([said("litellm", "2"), said("genai_prices", "2.5"), said("hand", "2.2")], AT)
    assert price.spread_percent == Decimal("25.0")
    (free,) = reconcile([said("litellm", "0"), said("genai_prices", "2")], AT)
    assert free.spread_percent is None


def test_a_source_that_knows_no_context_tier_is_set_against_each_band():
    flat, low, high = (
        said("litellm", "2"),
        said("genai_prices", "2", input_upto=1000),
        said("genai_prices", "4", input_above=1000),
    )
    found = reconcile([flat, low, high], AT)
    assert [(one.conditions.input_above, one.conditions.input_upto, one.state) for one in found] == [
        (None, 1000, State.AGREED),
        (1000, None, State.DISPUTED),
    ]


def test_a_band_that_nobody_prices_is_not_made_up():
    found = reconcile([said("hand", "2", input_upto=10), said("hand", "4", input_above=20)], AT)
    assert [(one.conditions.input_above, one.conditions.input_upto) for one in found] == [(None, 10), (20, None)]


WINDOWED = [
    said("hand", "1", window="cheap"), said("hand", "2", window="dear"),
    said("litellm", "1", window="cheap_to_it"), said("litellm", "2", window="dear_to_it"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("open_windows", "expected"),
    [
        ({"cheap", "cheap_to_it"}, [("1", State.AGREED)]),
        ({"cheap", "dear_to_it"}, [("1", State.DISPUTED)]),
        ({"dear", "dear_to_it"}, [("2", State.AGREED)]),
    ],
)
def test_windows_are_set_against_each_other_as_they_bill_the_instant(open_windows, expected):
    found = reconcile(WINDOWED, AT, lambda name, _: name in open_windows)
    assert [(str(one.amount), one.state) for one in found] == expected


def test_a_window_that_cannot_be_decided_stays_a_price_of_its_own():
    found = reconcile(WINDOWED[:2], AT, lambda name, _: None)
    assert [(one.conditions.window, str(one.amount)) for one in found] == [("cheap", "1"), ("dear", "2")]
    assert len(reconcile(WINDOWED, AT)) == 4


def test_currencies_tiers_and_meters_are_never_mixed():
    other = [said("genai_prices", "9", tier="batch"), replace(said("hand", "7"), currency="CNY"),
             replace(said("hand", "5"), meter="output"), replace(said("hand", "6"), unit="1K requests")]  # fmt: skip
    found = reconcile([said("litellm", "2"), *other], AT)
    assert [str(one.amount) for one in found if one.state is State.SINGLE_SOURCE] == ["7", "6", "9", "2", "5"]


def test_what_does_not_hold_at_the_instant_is_left_out():
    ended = replace(said("litellm", "2"), valid_to=AT)
    assert reconcile([ended], AT) == []
    assert len(reconcile([ended], AT - timedelta(seconds=1))) == 1


def is_open(name, _):
    return name == "cheap"


BASE_AND_WINDOW = [
    said("hand", "2"), said("hand", "1", window="cheap"),
    said("hand", "3", window="dear"), said("hand", "4", 40, window="cheap"),
    said("models_dev", "2", 0), said("model_prices", "1", window="cheap"), said("model_prices", "5", input_above=10),
    said("litellm", "2"), said("litellm", "7"),
]  # fmt: skip


@pytest.mark.parametrize("facts", [BASE_AND_WINDOW[:2], BASE_AND_WINDOW[1::-1], BASE_AND_WINDOW[4:6]])
def test_an_open_window_speaks_before_the_base_price_of_its_family(facts):
    (price,) = reconcile(facts, AT, is_open)
    assert (price.amount, price.state, price.sources) == (1, State.SINGLE_SOURCE, 1)


def test_a_window_that_nobody_looked_at_for_long_speaks_before_no_fresh_price():
    (price,) = reconcile([BASE_AND_WINDOW[3], BASE_AND_WINDOW[0]], AT, is_open)
    assert (price.amount, price.state) == (2, State.SINGLE_SOURCE)


@given(
    st.lists(st.sampled_from(BASE_AND_WINDOW), min_size=1).flatmap(
        lambda some: st.tuples(st.just(some), st.permutations(some))
    )
)
def test_every_order_of_base_prices_and_windows_gives_the_same(pair):
    one, other = pair
    assert reconcile(one, AT, is_open) == reconcile(other, AT, is_open)
