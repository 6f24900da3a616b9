"""Standard workloads and blends: what a thousand tasks cost, and what a file of one's own may say."""

import re
from decimal import Decimal

import pytest

from scorecards.cost import workloads
from scorecards.cost.engine import Tariff
from scorecards.cost.workloads import WorkloadError

from .prices import FLASH, GOLDEN, O3, SOL, at

PEAK, OFF_PEAK = at("2026-11-23T02:00"), at("2026-11-23T12:00")


@pytest.mark.parametrize(
    ("endpoint", "instant", "name", "usd"),
    [
        (FLASH, OFF_PEAK, "chat", "0.39"),  # 1.2M × 0.15 + 0.35M × 0.6
        (FLASH, PEAK, "chat", "0.78"),
        (FLASH, OFF_PEAK, "coding_agent", "32.04"),  # 120M × 0.15 + 1080M × 0.003 + 18M × 0.6
        (FLASH, OFF_PEAK, "3:1", "0.2625"),
        (FLASH, OFF_PEAK, "7:2:1", "0.0921"),
        (SOL, PEAK, "extraction", "9"),  # in the batch tier
        (SOL, PEAK, "long_document", "430"),
        (O3, PEAK, "extraction", "8.4"),  # which lists none
        (O3, PEAK, "reasoning", "97.6"),
    ],
)
def test_what_a_workload_costs(endpoint, instant, name, usd):
    cost = workloads.price(Tariff(endpoint, GOLDEN), workloads.load().all[name], instant)
    assert (cost.usd, cost.low, cost.high) == (Decimal(usd),) * 3
    assert any("tier batch is not listed" in one for one in cost.flags) == (endpoint == O3 and name == "extraction")


def test_forty_steps_below_a_context_tier_stay_below_it():
    cost = workloads.price(Tariff(SOL, GOLDEN), workloads.load().tasks["coding_agent"], PEAK)
    assert cost.usd == 120 * 4 + 1080 * Decimal("0.4") + 18 * 20


def test_every_bundled_workload_says_why():
    found = workloads.load()
    assert set(found.tasks) == {"chat", "retrieval", "long_document", "coding_agent", "reasoning", "extraction"}
    assert list(found.blends) == ["3:1", "7:2:1"]
    assert all(one.why for one in found.all.values())
    assert found.tasks["chat"].mix == {"input": 1200, "output": 350}


def test_an_endpoint_without_prices_has_workloads_without_cost():
    assert workloads.price(Tariff("no:such", GOLDEN), workloads.load().tasks["chat"], PEAK).state == "unknown"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[", "mine.toml: wants TOML"),
        ("", "mine.toml: wants tables [workload.NAME] or [blend.NAME] and nothing else, has nothing"),
        ("a = 1", "and nothing else, has a"),
        ("workload = 3", "mine.toml: workload: wants tables, has 3"),
        ("[workload]\na = 3", "mine.toml: workload.a: wants input, output"),
        ("[workload.a]\ntokens = 3", "requests, tier, title, why, has tokens"),
        ("[workload.a]\ninput = 3.5", "mine.toml: workload.a: input wants a whole number, has 3.5"),
        ("[workload.a]\ninput = true", "input wants a whole number, has True"),
        ("[workload.a]\ntier = 3", "tier wants text, has 3"),
        ("[workload.a]\ninput = 3\ncached = 4", "workload.a: cached 4 + cache_write 0 want to be at most input"),
    ],
)
def test_a_broken_file_of_workloads_is_refused(text, said):
    with pytest.raises(WorkloadError, match=re.escape(said)):
        workloads.parse(text, "mine.toml")
