"""What holds for each probe: bounded plans, declared quantities, failures that are no answers."""

from dataclasses import replace

import pytest

from scorecards import rubric
from scorecards.evidence import Finding, family
from scorecards.probes._probe import Target, estimated
from tests.scorecards.probes.making import ENDPOINT, PROBES, TARGET, failed, model

OURS = [name for name in sorted(PROBES) if name not in ("host_fidelity", "quality", "silent_change")]
"""The others plan nothing without sets of questions or earlier readings."""
NEW_EACH_TIME = [name for name in OURS if name not in ("language_premium", "task_cost")]
"""A count of tokens is the same from a cache; of questions some have to be put as they are."""


@pytest.mark.parametrize("name", sorted(PROBES))
def test_every_probe_plans_bounded_asks_and_returns_what_it_declares(name):
    one = PROBES[name]
    plan = one.plan(TARGET)
    assert 0 < len(plan) <= 64
    assert sum(ask.max_output_tokens for ask in plan if not ask.whole) < 4000
    assert max(ask.max_output_tokens for ask in plan) <= 1024
    assert one.question.endswith("?")
    assert {family(reading.quantity) for reading in one.read(TARGET, [failed()])} == set(one.quantities)


@pytest.mark.parametrize("name", NEW_EACH_TIME)
def test_a_plan_is_the_same_each_time_and_another_for_another_run(name):
    plan = PROBES[name].plan
    assert list(plan(TARGET)) == list(plan(TARGET))
    here, there = ({ask.text for ask in plan(Target(ENDPOINT, nonce)) if ask.text} for nonce in ("aa", "bb"))
    assert here.isdisjoint(there)


@pytest.mark.parametrize("name", OURS)
def test_what_is_published_has_a_title(name):
    assert set(PROBES[name].quantities) <= set(rubric.load().quantities)


@pytest.mark.parametrize("outcome", ["auth", "forbidden", "rate_limited", "over_budget", "bad_url"])
@pytest.mark.parametrize("name", OURS)
def test_a_request_that_never_had_a_chance_says_nothing_bad(name, outcome):
    found = PROBES[name].read(TARGET, [failed(outcome, status=429, role=ask.role) for ask in PROBES[name].plan(TARGET)])
    told = {one.quantity for one in found if one.finding is not Finding.UNMEASURED}
    of_us = {"uptime_runs_left_out"} | (
        {"retry_after_sent", "rate_limit_headers"} if outcome == "rate_limited" else set()
    )
    assert told <= of_us


@pytest.mark.parametrize("declared", [None, 500, 2_000, 8_192, 27_000, 32_768, 1_000_000])
def test_the_input_of_a_run_is_affordable(declared):
    target = Target(ENDPOINT, "nonce", model(context_tokens=declared, max_output_tokens=declared))
    asks = PROBES["limits"].plan(target)
    used = [estimated([ask]).input_tokens + ask.max_output_tokens for ask in asks]
    most = [sum(used[:place]) + 2 * size for place, size in enumerate(used)]
    assert max(most) < 60_000  # the usual cap of one run, with twice our own count set aside for the next request


@pytest.mark.parametrize("name", OURS)
def test_a_run_that_ended_early_reads_what_came_and_gives_no_false_reason(name):
    plan = PROBES[name].plan(TARGET)
    found = PROBES[name].read(TARGET, [failed(status=500, role=plan[0].role)])
    reasons = {one.note for one in found if one.finding is Finding.UNMEASURED and "wants a context" in one.note}
    assert not reasons


def test_what_a_dialect_or_an_endpoint_refuses_is_not_asked():
    messages = replace(ENDPOINT, dialect="anthropic_messages", refuses=("temperature",))
    for name in sorted(PROBES):
        for ask in PROBES[name].plan(Target(messages, "aa")):
            assert (ask.temperature, ask.seed, ask.top_logprobs) == (None, None, None), name
