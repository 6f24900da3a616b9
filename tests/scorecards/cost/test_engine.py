"""What usage costs: golden prices from literal facts, and the laws that any prices obey."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.cost import exchange, windows
from scorecards.cost.engine import Tariff
from scorecards.cost.usage import Usage, UsageError

from .prices import DEEPSEEK, FLASH, GOLDEN, O3, SOL, at, fact

MILLION = 1_000_000
BOTH = Usage(input=MILLION, output=MILLION)
PEAK, OFF_PEAK = at("2026-11-23T02:00"), at("2026-11-23T12:00")


def tariff(endpoint, facts=GOLDEN):
    return Tariff(endpoint, facts)


@pytest.mark.parametrize(
    ("endpoint", "usage", "instant", "total"),
    [
        (FLASH, BOTH, "2026-11-23T02:00", "1.50"),
        (FLASH, BOTH, "2026-11-23T12:00", "0.75"),
        (FLASH, BOTH, "2026-11-21T02:00", "0.75"),
        (FLASH, BOTH, "2026-10-01T02:00", "0.75"),
        (O3, BOTH, "2025-05-01T00:00", "50"),
        (O3, BOTH, "2025-07-01T00:00", "10"),
        (SOL, Usage(input=200_000, output=200_000), "2026-08-20T12:00", "7.00"),
        (SOL, Usage(input=200_000, output=200_000), "2026-08-23T12:00", "4.80"),
        (SOL, BOTH, "2026-08-20T12:00", "55"),
        (SOL, replace(BOTH, requests=10), "2026-08-20T12:00", "35"),
    ],
)
def test_golden_prices(endpoint, usage, instant, total):
    cost = tariff(endpoint).cost(usage, at(instant))
    assert (cost.total, cost.low, cost.high) == (Decimal(total),) * 3
    assert (cost.currency, cost.usd, cost.rate, cost.flags) == ("USD", Decimal(total), None, ())
    assert cost.state == "single_source"
    assert {one.endpoint for one in cost.facts} == {endpoint}


def test_an_unknown_endpoint_has_no_total_and_no_prefix_is_guessed():
    for endpoint in ("no:such", "deepseek:deepseek", f"{FLASH}-2", "not a ref"):
        cost = tariff(endpoint).cost(BOTH, PEAK)
        assert (cost.state, cost.total, cost.low, cost.usd, cost.currency) == ("unknown", None, None, None, None)
        assert cost.flags == ("no price of this endpoint is held",)


def test_before_the_first_fact_nothing_is_known():
    cost = tariff(FLASH).cost(BOTH, at("2026-09-10T03:59"))
    assert (cost.state, cost.total, cost.flags) == ("unknown", None, ("no price held at this instant",))
    assert tariff(FLASH).cost(BOTH, at("2026-09-10T04:00")).total == Decimal("0.75")


def test_a_currency_that_is_listed_can_be_asked_for_and_its_view_names_the_rate():
    cost = tariff(FLASH).cost(BOTH, PEAK, currency="CNY")
    assert (cost.total, cost.currency) == (10, "CNY")
    assert (cost.rate.currency, str(cost.rate.per_usd), cost.rate.date.isoformat()) == ("CNY", "6.737012", "2026-08-26")
    assert cost.usd * cost.rate.per_usd == pytest.approx(cost.total)
    other = tariff(FLASH).cost(BOTH, PEAK, currency="EUR")
    assert (other.state, other.flags) == ("unknown", ("no price in EUR is listed, only in USD, CNY",))


def test_a_year_without_calendar_shows_both_prices_where_a_holiday_would_matter():
    cost = tariff(FLASH).cost(BOTH, at("2027-01-04T02:00"))
    assert (cost.total, cost.usd, cost.low, cost.high) == (None, None, Decimal("0.75"), Decimal("1.5"))
    assert cost.flags == ("holidays of cn are not known for 2027: every window may apply",)
    assert all(len(line.choice.prices) == 2 for line in cost.lines)


@pytest.mark.parametrize("instant", ["2027-01-04T12:00", "2027-01-02T02:00"])
def test_no_calendar_is_needed_for_an_evening_or_a_saturday(instant):
    cost = tariff(FLASH).cost(BOTH, at(instant))
    assert (cost.total, cost.flags) == (Decimal("0.75"), ())


def test_a_window_nobody_described_leaves_every_price_open():
    facts = [fact("a:b", "input", "1", window="moonlight"), fact("a:b", "input", "3", window="deepseek_off_peak")]
    cost = tariff("a:b", facts).cost(Usage(input=MILLION), PEAK)
    assert (cost.total, cost.low, cost.high) == (1, 1, 1)
    assert cost.flags == ("window moonlight is not described here: it may apply",)


def test_an_hour_that_is_left_open_gives_the_range_of_all_windows():
    cost = tariff(FLASH).cost(BOTH, PEAK, any_hour=True)
    assert (cost.total, cost.low, cost.high) == (None, Decimal("0.75"), Decimal("1.5"))


def test_a_tier_is_only_priced_where_it_is_listed():
    batch = tariff(SOL).cost(BOTH, PEAK, tier="batch")
    assert (batch.total, batch.flags) == (12, ())
    flex = tariff(SOL).cost(Usage(input=1000), PEAK, tier="flex")
    assert (flex.total, flex.low, flex.high) == (None, Decimal("0.002"), Decimal("0.008"))
    assert flex.flags[0].startswith("input: no price is listed for tier flex")


def test_what_is_listed_for_no_such_region_may_be_any_of_them():
    facts = [fact("a:b", "input", "1", region="cn"), fact("a:b", "input", "2", region="eu")]
    found = {
        region: tariff("a:b", facts).cost(Usage(input=MILLION), PEAK, region=region) for region in ("cn", "us", "")
    }
    assert found["cn"].total == 1
    assert [(found[one].total, found[one].low, found[one].high, len(found[one].flags)) for one in ("us", "")] == [
        (None, 1, 2, 1),
        (None, 1, 2, 1),
    ]


def test_an_endpoint_is_in_the_region_of_its_ref():
    facts = [fact("a@cn:b", "input", "1", region="cn"), fact("a@cn:b", "input", "2", region="eu")]
    assert tariff("a@cn:b", facts).cost(Usage(input=MILLION), PEAK).total == 1


def test_closer_conditions_win_over_wider_ones():
    facts = [
        fact("a:b", "input", "1"),
        fact("a:b", "input", "2", input_above=128_000),
        fact("a:b", "input", "4", input_above=256_000),
        fact("a:b", "input", "9", input_above=256_000, window="deepseek_peak"),
    ]
    asked = tariff("a:b", facts)
    sizes = (128_000, 128_001, 256_000, 256_001)
    assert [asked.cost(Usage(input=one), OFF_PEAK).total * MILLION / one for one in sizes] == [1, 2, 2, 4]
    assert asked.cost(Usage(input=256_001), PEAK).total * MILLION / 256_001 == 9


def test_meters_that_are_not_listed_are_said():
    facts = [fact("a:b", "input", "1"), fact("a:b", "output", "2"), fact("a:b", "search", "10", unit="1K requests")]
    asked = tariff("a:b", facts)
    cached = asked.cost(Usage(input=100, cached=40, cache_write=10), PEAK)
    assert cached.total == Decimal("0.0001")
    assert cached.flags == tuple(
        f"{one}: no price is listed, counted as input" for one in ("cache_read", "cache_write")
    )
    assert asked.cost(Usage(search=5), PEAK).total == Decimal("0.05")
    image = asked.cost(Usage(input=100, image=1), PEAK)
    assert (image.state, image.total, image.high, image.flags) == (
        "unknown",
        None,
        None,
        ("image: no price is listed",),
    )


def test_reasoning_is_output_unless_it_is_priced_apart():
    facts = [fact("a:b", "output", "2")]
    usage = Usage(output=MILLION, reasoning=400_000)
    assert tariff("a:b", facts).cost(usage, PEAK).total == 2
    assert tariff("a:b", [*facts, fact("a:b", "reasoning", "5")]).cost(usage, PEAK).total == Decimal("3.2")


def test_a_fee_for_each_request_is_taken_where_one_is_listed():
    facts = [fact("a:b", "input", "1"), fact("a:b", "request", "5", unit="1K requests")]
    assert tariff("a:b", facts).cost(Usage(input=MILLION, requests=100), PEAK).total == Decimal("1.5")


def test_sources_that_disagree_make_the_cost_disputed_with_a_range():
    facts = [fact("a:b", "input", "1", source="one"), fact("a:b", "input", "3", source="other")]
    cost = tariff("a:b", facts).cost(Usage(input=MILLION), PEAK)
    assert (cost.state, cost.low, cost.high) == ("disputed", 1, 3)
    assert len(cost.facts) == 2


def test_a_source_that_knows_no_weekends_disputes_a_saturday_and_nothing_else():
    other = [
        fact(FLASH, meter, amount, source="genai_prices", window=f"deepseek_{window}_daily")
        for window, amounts in (("peak", ("0.3", "1.2")), ("off_peak", ("0.15", "0.6")))
        for meter, amount in zip(("input", "output"), amounts, strict=True)
    ]
    vendor = [replace(one, origin=replace(one.origin, importer="hand")) for one in DEEPSEEK]
    asked = tariff(FLASH, [*vendor, *other])
    saturday = asked.cost(BOTH, at("2026-11-21T02:00"))
    assert (saturday.total, saturday.low, saturday.high) == (Decimal("0.75"), Decimal("0.75"), Decimal("1.5"))
    assert saturday.state == "disputed"
    assert [asked.cost(BOTH, one).state for one in (PEAK, OFF_PEAK)] == ["agreed", "agreed"]


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ({"input": -1}, "input wants a count of at least 0, has -1"),
        ({"requests": 0}, "requests wants a count of at least 1, has 0"),
        (
            {"input": 10, "cached": 8, "cache_write": 3},
            "cached 8 + cache_write 3 want to be at most input, which is 10",
        ),
        ({"output": 1, "reasoning": 2}, "reasoning 2 wants to be at most output, which is 1"),
    ],
)
def test_counts_that_cannot_be_are_refused(counts, said):
    with pytest.raises(UsageError, match=re.escape(said)):
        Usage(**counts)


@pytest.mark.parametrize(
    ("instant", "peak"),
    [
        ("2026-11-23T00:59:59", False),
        ("2026-11-23T01:00", True),
        ("2026-11-23T03:59:59", True),
        ("2026-11-23T04:00", False),
        ("2026-11-23T06:00", True),
        ("2026-11-23T10:00", False),
        ("2026-11-21T02:00", False),
        ("2026-02-16T02:00", False),
        ("2026-02-14T02:00", False),  # a working Saturday, but the rule says Monday to Friday
        ("2026-10-07T02:00", False),
        ("2026-10-08T02:00", True),
        ("2027-01-01T02:00", None),
        ("2027-01-01T12:00", False),
    ],
)
def test_the_hours_of_a_window(instant, peak):
    known = windows.load()
    assert known["deepseek_peak"].covers(at(instant)) is peak
    assert known["deepseek_off_peak"].covers(at(instant)) is (None if peak is None else not peak)


@pytest.mark.parametrize(
    "text",
    [
        "[window.a]\ntitle='a'",
        "[window.a]\nall_but='b'",
        '[window.a]\ntitle="a"\nsource="a"\nzone="UTC"\ndays=["mon"]\nhours=["9-8"]',
    ],
)
def test_a_broken_file_of_windows_is_refused(text):
    with pytest.raises(windows.WindowError, match=r"a\.toml"):
        windows.parse(text, "a.toml")


def test_the_rate_of_a_day_is_the_newest_that_is_not_after_it():
    rates = exchange.parse(
        '[[rate]]\ncurrency="CNY"\nper_usd="7"\ndate=2026-01-02\nsource="a"\n'
        '[[rate]]\ncurrency="CNY"\nper_usd="6"\ndate=2026-02-01\nsource="b"\n'
    )
    found = [exchange.rate("CNY", at(day), rates) for day in ("2026-01-01", "2026-01-02", "2026-01-31", "2026-02-01")]
    assert [one and one.source for one in found] == [None, "a", "a", "b"]
    assert exchange.rate("EUR", PEAK, rates) is None
    with pytest.raises(ValueError, match="above 0"):
        exchange.parse('[[rate]]\ncurrency="CNY"\nper_usd="0"\ndate=2026-01-02\nsource="a"\n')


COUNT = st.integers(0, 200_000)
AMOUNTS = st.decimals("0.001", "999", places=3)


@st.composite
def usages(draw, most=200_000):
    size, output = draw(st.integers(0, most)), draw(st.integers(0, most))
    cached = draw(st.integers(0, size))
    return Usage(size, output, cached, draw(st.integers(0, size - cached)), draw(st.integers(0, output)))


def added(one, other):
    counts = {name: getattr(one, name) + getattr(other, name) for name in ("input", "output", "cached", "cache_write")}
    return Usage(**counts, reasoning=one.reasoning + other.reasoning)


@st.composite
def tariffs(draw):
    meters = ("input", "output", "cache_read", "cache_write", "reasoning")
    kept = ("input", "output", *draw(st.sets(st.sampled_from(meters[2:]))))
    return Tariff("a:b", [fact("a:b", meter, draw(AMOUNTS), "CNY") for meter in kept])


@given(tariffs(), usages(), usages())
def test_cost_is_additive(prices, one, other):
    apart = prices.cost(one, PEAK).total + prices.cost(other, PEAK).total
    assert prices.cost(added(one, other), PEAK).total == apart


@given(tariffs(), usages(), usages())
def test_more_of_everything_never_costs_less(prices, one, other):
    assert prices.cost(added(one, other), PEAK).total >= prices.cost(one, PEAK).total


@given(AMOUNTS, AMOUNTS, st.integers(0, 10**6), st.data())
def test_cached_is_never_dearer_where_its_price_is_lower(one, other, size, data):
    low, high = sorted((one, other))
    prices = Tariff("a:b", [fact("a:b", "input", high), fact("a:b", "cache_read", low)])
    cached = data.draw(st.integers(0, size))
    assert prices.cost(Usage(size, cached=cached), PEAK).total <= prices.cost(Usage(size), PEAK).total


@given(tariffs(), usages())
def test_the_view_is_the_cost_at_the_rate(prices, usage):
    cost = prices.cost(usage, PEAK)
    assert cost.usd == cost.total / cost.rate.per_usd


@given(usages(), st.datetimes(at("2026-09-11").replace(tzinfo=None), at("2027-06-01").replace(tzinfo=None)))
def test_a_range_always_holds_the_total_and_peak_is_twice_off_peak(usage, moment):
    cost = Tariff(FLASH, DEEPSEEK).cost(replace(usage, cache_write=0), at(moment.isoformat()))
    if cost.total is None:
        assert cost.high == 2 * cost.low
        assert cost.flags
    else:
        assert cost.low == cost.total == cost.high
