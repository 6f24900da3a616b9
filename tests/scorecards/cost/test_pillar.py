"""The cost pillar and the past of prices, from literal facts."""

from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest

from scorecards import rubric, scoring
from scorecards.catalog import Cited, Endpoint
from scorecards.cost import past, picture, pillar
from scorecards.cost.engine import Tariff

from .prices import FLASH, GOLDEN, O3, SOL, at, fact

NOW = at("2026-11-23T12:00")
CITED = Cited("test", date(2026, 11, 23))
SCALE = rubric.load().cost


def endpoint(ref, *, own=True):
    provider, _, model_id = ref.partition(":")
    return Endpoint(ref, "a/b", provider, model_id, "openai_chat", "https://a.example/v1", CITED, first_party=own)


def priced(ref, *amounts, own=True, source="made"):
    names = ("input", "output")
    facts = [fact(ref, name, amount, source=source) for name, amount in zip(names, amounts, strict=False)]
    return pillar.of_endpoint(endpoint(ref, own=own), Tariff(ref, facts), SCALE, NOW)


@pytest.mark.parametrize(("price", "score"), [("100", 0), ("1", 50), ("0.01", 100), ("0.001", 100), ("1000", 0)])
def test_one_price_for_all_tokens_stands_where_the_scale_says(price, score):
    found = pillar.of_model([priced("a:b", price, price)])
    assert [round(one, 6) for one in (found.score, found.low, found.high)] == [score] * 3
    assert (found.coverage, found.basis, found.checked) == (1, "a:b", 6)


def test_the_hour_makes_a_range_and_the_score_stands_halfway():
    one = pillar.of_endpoint(endpoint(FLASH), Tariff(FLASH, GOLDEN), SCALE, NOW).pillar
    peak = pillar.of_endpoint(endpoint(FLASH), Tariff(FLASH, GOLDEN), SCALE, at("2026-11-23T02:00")).pillar
    assert one == peak
    assert one.low < one.score < one.high
    assert one.score == pytest.approx((one.low + one.high) / 2)


def test_a_disputed_price_widens_the_range():
    agreed, facts = priced("a:b", "1", "1").pillar, [fact("a:b", "input", "1", source="x"), fact("a:b", "output", "1")]
    disputed = [*facts, fact("a:b", "input", "4", source="y")]
    found = pillar.of_endpoint(endpoint("a:b"), Tariff("a:b", disputed), SCALE, NOW).pillar
    assert agreed.low == agreed.high
    assert found.low < found.high


def test_a_disagreement_moves_no_points_and_the_hour_alone_is_halved():
    hours = [fact("a:b", name, amount, source="hand", window=f"deepseek_{window}")
             for name in ("input", "output") for window, amount in (("peak", "2"), ("off_peak", "1"))]  # fmt: skip
    outlier = [fact("a:b", "input", "90", source="y", window="deepseek_peak")]
    agreed, disputed = (
        pillar.of_endpoint(endpoint("a:b"), Tariff("a:b", facts), SCALE, NOW).pillar
        for facts in (hours, [*hours, *outlier])
    )
    assert agreed.score == disputed.score == pytest.approx((agreed.low + agreed.high) / 2)
    assert disputed.low < agreed.low


def test_the_developers_own_endpoint_speaks_and_its_regions_make_the_range():
    cheap, dear = priced("a@cn:b", "0.1", "0.1"), priced("a@us:b", "1", "1")
    found = pillar.of_model([priced("z:b", "9", "9", own=False), cheap, dear])
    assert (round(found.low), round(found.high), found.basis) == (50, 75, "a@us:b")


def test_without_one_the_median_of_the_others_speaks():
    hosts = [priced(f"{name}:b", price, price, own=False) for name, price in (("x", "1"), ("y", "10"), ("z", "100"))]
    found = pillar.of_model([*hosts, priced("a:b")])
    assert (found.basis, round(found.score)) == ("y:b", 25)


def test_without_prices_there_is_no_score():
    found = pillar.of_model([priced("a:b"), priced("c:d", "1", own=False)])
    assert (found.score, found.low, found.high, found.basis) == (None, 0, 100, pillar.NO_PRICES)


def test_an_older_rubric_knows_no_cost():
    assert rubric.load("2026-11-first").cost is None
    assert (SCALE.best, SCALE.worst) == (Decimal("0.01"), 100)


def test_the_past_of_a_price_is_a_step_for_each_amount():
    found = [(one.start, one.end, one.low, one.high) for one in past.steps(Tariff(O3, GOLDEN), "input", "USD")]
    changed = at("2025-06-10")
    assert found == [(None, changed, 10, 10), (changed, None, 2, 2)]
    assert [(one.low, one.high) for one in past.steps(Tariff(SOL, GOLDEN), "output", "USD")] == [(30, 45), (20, 30)]
    assert past.steps(Tariff(O3, GOLDEN), "input", "EUR") == past.steps(Tariff("no:such", []), "input", "USD") == []


def test_the_picture_says_every_step_in_words_and_draws_it():
    lines = {name: past.steps(Tariff(O3, GOLDEN), name, "USD") for name in ("input", "output")}
    drawn = ET.fromstring(picture.render("Prices of <o3>", lines, NOW, "p"))
    title, described = (drawn.find(f"{{http://www.w3.org/2000/svg}}{name}").text for name in ("title", "desc"))
    assert title == "Prices of <o3>"
    assert described.startswith(
        "input 10 since before anybody wrote it down until 2025-06-10; input 2 since 2025-06-10;"
    )
    assert len(drawn.findall("{http://www.w3.org/2000/svg}path")) == 2 + 2 * 3
    assert picture.render("none", {"input": []}, NOW, "p") == ""


def test_a_measured_cost_counts_like_one_more_workload_and_is_not_missed():
    facts = [fact("a:b", "input", "1"), fact("a:b", "output", "1")]
    tariff, where = Tariff("a:b", facts), endpoint("a:b")
    without = pillar.of_endpoint(where, tariff, SCALE, NOW).pillar
    measured = scoring.measured(rubric.load().measured_cost, Decimal("0.1"), (Decimal("0.01"), Decimal(1)))
    found = pillar.of_endpoint(where, tariff, SCALE, NOW, measured).pillar
    assert (without.score, without.checked, without.coverage) == (50, 6, 1)
    assert (round(found.score, 6), found.checked, found.coverage) == (round(Decimal(300) / 7, 6), 7, 1)
    assert found.low == found.score < found.high < without.low
