"""What work costs by a card is what it cost by the prices that the card was made of."""

from datetime import timedelta

import pytest

from scorecards.cost import published, seed, workloads
from scorecards.cost.card_prices import CardTariff
from scorecards.cost.engine import Tariff

from .prices import GOLDEN, OBSERVED, SOL, at, fact

WORKLOADS = list(workloads.load().all.values())
DISPUTED = [
    fact("host:m", "input", "1"),
    fact("host:m", "input", "2", source="another"),
    fact("host:m", "output", "4"),
    fact("host:m", "output", "4", source="another"),
]
MOMENTS = [at("2026-08-01T00:00"), at("2026-11-21T02:00"), at("2026-11-23T02:00"), OBSERVED + timedelta(days=31)]


def costs(tariff, instant):
    """Return the cost of each workload; why one is unknown is told in other words by a card."""
    found = [published.cost(workloads.price(tariff, one, instant, any_hour=True)) for one in WORKLOADS]
    return [one | {"flags": one["flags"] if one["currency"] else []} for one in found]


@pytest.mark.parametrize("instant", MOMENTS)
@pytest.mark.parametrize("facts", [GOLDEN, DISPUTED], ids=["golden", "disputed"])
def test_a_card_s_prices_cost_what_the_prices_behind_it_did(facts, instant):
    for ref in sorted({one.endpoint for one in facts}):
        tariff = Tariff(ref, facts)
        listed = published.of_card(tariff, instant)["prices"]
        assert costs(CardTariff(ref, listed, instant), instant) == costs(tariff, instant)


def test_the_same_holds_for_every_price_that_ships():
    facts = seed.seed_facts(OBSERVED)
    refs = sorted({one.endpoint for one in facts})
    instant = max(one.observed_at for one in facts)
    assert len(refs) > 50
    for ref in refs:
        tariff = Tariff(ref, facts)
        listed = published.of_card(tariff, instant)["prices"]
        assert costs(CardTariff(ref, listed, instant), instant) == costs(tariff, instant), ref


def test_without_prices_a_cost_is_unknown_and_never_nothing():
    found = costs(CardTariff(SOL, [], OBSERVED), OBSERVED)
    assert {(one["total"], one["state"]) for one in found} == {(None, "unknown")}


def test_what_differs_by_the_hour_has_no_total_but_a_range():
    tariff = Tariff("deepseek:deepseek-flash", GOLDEN)
    instant = at("2026-11-23T02:00")
    card = CardTariff(tariff.endpoint, published.of_card(tariff, instant)["prices"], instant)
    found = published.cost(workloads.price(card, workloads.load().all["chat"], instant, any_hour=True))
    assert found["total"] is None
    assert found["low"] < found["high"]
