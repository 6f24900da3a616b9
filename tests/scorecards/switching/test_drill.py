"""The drill: the gate, the estimate, what is found and what is not, and what is advised."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.compare.prompt_rows import of_row
from scorecards.cost.engine import Tariff
from scorecards.switching import advice, app, chance, drill, estimate, findings, gate
from scorecards.switching.app import Limits
from scorecards.switching.conformance._conformance import Grade
from scorecards.switching.drill import Drill
from scorecards.switching.estimate import Prices
from scorecards.switching.gate import Fate
from scorecards.switching.party import matrix
from tests.scorecards.compare import making
from tests.scorecards.compare.making import PRICE, A, B
from tests.scorecards.cost.prices import OBSERVED, fact
from tests.scorecards.switching import drilling
from tests.scorecards.switching.drilling import APP, NAME, PLANTED, TODAY, candidate, document, drilled, party

ALIKE = 20
FATES = [
    ("pass", "pass", Fate.KEPT),
    ("partial", "partial", Fate.KEPT),
    ("pass", "partial", Fate.WEAKER),
    ("pass", "rejected", Fate.LOST),
    ("pass", "fail", Fate.LOST),
    ("pass", "ignored", Fate.IGNORED),
    ("pass", None, Fate.UNKNOWN),
    (None, "fail", Fate.LOST),
    (None, "ignored", Fate.IGNORED),
    (None, None, Fate.UNKNOWN),
    ("fail", "fail", Fate.AT_NEITHER),
    ("rejected", "ignored", Fate.AT_NEITHER),
    ("ignored", "ignored", Fate.AT_NEITHER),
    ("ignored", "rejected", Fate.LOST),
    ("ignored", "pass", Fate.KEPT),
    ("fail", None, Fate.UNKNOWN),
]


@pytest.mark.parametrize(("a", "b", "fate"), FATES)
def test_the_fate_of_a_feature(a, b, fate):
    one = gate.build(app.read(APP, NAME), party(A, {"json_schema": a}), party(B, {"json_schema": b}))
    found = next(each for each in one.features if each.probe == "json_schema")
    assert found.fate is fate
    assert bool(one.stops) is (fate in gate.STOPPING)


def test_an_optional_or_an_unused_feature_stops_nothing():
    one = candidate(b=party(B, {"seed": "ignored", "logprobs": "ignored", "vision": "fail"}))
    assert one["gate"]["passes"]
    assert one["gate"]["params_ignored"] == ["seed"]
    assert one["gate"]["not_used"] == {"lost": ["vision"], "ignored": ["logprobs"]}
    assert [(each["kind"], each["what"]) for each in one["findings"]] == [("parameter_ignored", "seed")]


def test_a_needed_feature_that_b_ignores_stops_before_anything_is_asked():
    parties = {A: party(A), B: party(B, {"json_schema": "ignored"}, reason="prose comes")}
    one = Drill(app.read(APP, NAME), parties, TODAY)
    assert one.passing == []
    [found] = drill.build(one)["candidates"]
    assert found["recommendation"] == {
        "advice": "stay",
        "reason": "B lacks what the program needs: json_schema",
        "also": ["nothing was asked", "to be mended or watched: parameter_ignored json_schema"],
        "more_prompts": None,
    }
    assert found["findings"][0]["detail"] == "A: pass (seen); B: ignored (prose comes)"
    assert (found["quality"], found["cost_usd"], found["noise"]) == (None, None, None)


def test_a_matrix_is_read_as_it_is_published():
    rows = [{"name": "seed", "result": "ignored", "reason": "r"}, {"name": "stop", "result": "unknown", "reason": "u"}]
    found = matrix(rows)
    assert (found["seed"].grade, found["stop"].grade, found["stop"].reason) == (Grade.IGNORED, None, "u")


def test_five_planted_faults_are_named_and_nothing_beside():
    [one] = drill.build(drilling.planted())["candidates"]
    assert [(each["kind"], each["what"], each["prompts"]) for each in one["findings"]] == [
        ("parameter_ignored", "seed", []),
        ("refusal", None, ["ticket-4"]),
        ("truncation", None, ["ticket-5"]),
        ("key_drift", None, ["ticket-3"]),
        ("price", None, []),
    ]
    assert one["may_be_chance"] == []
    assert one["findings"][-1]["detail"].startswith("2 times as much (2 to 2, n = 40)")
    assert one["cost_usd"]["difference_per_day"] == {"requests": 2000, "usd": "2", "low": "2", "high": "2", "n": 40}
    assert one["recommendation"]["advice"] == "stay"
    assert one["recommendation"]["reason"] == "3 of 40 prompts break: refusal 1, truncation 1, key_drift 1"


@pytest.mark.parametrize("fault", PLANTED.items(), ids=lambda one: one[1])
def test_each_planted_fault_alone_is_named_alone(fault):
    kinds = {"renamed key": "key_drift", "refusal": "refusal", "truncation": "truncation"}
    one = candidate(dict([fault]))
    assert [(each["kind"], each["prompts"]) for each in one["findings"]] == [(kinds[fault[1]], [fault[0][1]])]


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_two_that_are_alike_are_not_told_apart_and_nothing_is_invented_in_twenty_runs(noise):
    found = [candidate(noise=noise, seed=seed) for seed in range(ALIKE)]
    assert [one["findings"] for one in found] == [[]] * ALIKE
    assert {one["verdict"] for one in found} <= {"equivalent", "undecided"}
    assert {one["recommendation"]["advice"] for one in found} <= {"switch", "undecided"}


def test_noise_that_sits_in_a_few_hard_prompts_invents_nothing_in_twenty_runs():
    one = drilling.plan(3)
    found = [drilling.candidate_of(one, drilling.tossed(one, seed)) for seed in range(ALIKE)]
    assert [each["findings"] for each in found] == [[]] * ALIKE
    assert any(each["may_be_chance"] for each in found)


def test_a_break_that_a_was_never_asked_twice_about_may_be_chance():
    one = candidate({(B, "ticket-3"): "renamed key"}, plan_of=drilling.plan(1))
    assert one["findings"] == []
    assert [each["kind"] for each in one["may_be_chance"]] == ["key_drift"]
    assert one["breaks_expected"] is None


def test_the_same_drill_gives_the_same_bytes():
    one, other = (json.dumps(drill.build(drilling.planted())) for _ in range(2))
    assert one == other


def seen(**side):
    made = drilling.drilled()
    found = drill._seen(made, B)
    return replace(found, side={**found.side, **side})


TIMES = [("101", "100", "50", 1), ("101", "100", "600", 0), ("99", "90", "50", 0), ("500", "-1", "50", 0)]


@pytest.mark.parametrize(("difference", "low", "a", "n"), TIMES)
def test_slower_is_a_fifth_and_a_tenth_of_a_second_and_surely_so(difference, low, a, n):
    times = {"difference": difference, "low": low, "high": "900", "a_p50": a, "b_p50": "700", "n": 40}
    found = [one for one in findings.find(seen(e2e_ms=times)) if one.kind == "latency"]
    assert [one.what for one in found] == ["the whole answer"] * n


COSTS = [("1.26", "1.3", 1), ("1.25", "1.3", 0), ("0.5", "2", 0), (None, "2", 0)]


@pytest.mark.parametrize(("low", "times", "n"), COSTS)
def test_dearer_is_a_quarter_more_and_surely_so(low, times, n):
    cost = {"times": {"value": times, "low": low, "high": "3"}, "n": 40, "a_per_1k": "1", "b_per_1k": "2"}
    assert sum(one.kind == "price" for one in findings.find(seen(cost_usd=cost))) == n


CHANCES = [((0, 48), (3, 3), "0.0213"), ((0, 48), (2, 2), "0.1276"), ((23, 48), (3, 3), "0.5102")]


@pytest.mark.parametrize(("flips", "repeats", "mean"), CHANCES)
def test_breaks_to_be_expected_of_two_that_are_alike(flips, repeats, mean):
    assert chance.expected(*flips, 50, repeats) == Decimal(mean)


@given(st.integers(0, 50), st.integers(2, 6), st.integers(1, 6))
def test_more_flips_of_a_make_more_breaks_by_chance_and_never_more_than_prompts(flips, a, b):
    less, more = (chance.expected(one, 60, 60, (a, b)) for one in (flips, flips + 1))
    assert 0 < less <= more <= 60
    assert chance.expected(flips, 60, 60, (1, b)) is None


@given(st.integers(1, 40), st.decimals(Decimal("0.01"), 20, places=2))
def test_more_breaks_are_never_less_news(found, mean):
    assert chance.more_than_chance(found, mean) <= chance.more_than_chance(found + 1, mean)


ADVICE = [
    ({}, "undecided", "difference of scores 0 (-0.066 to 0.066, n = 40): undecided, about"),
    ({"b": {"lifecycle": "retired"}}, "stay", "B is retired"),
    ({"b": {"shutdown": TODAY + timedelta(90)}}, "stay", "B is served only until 2027-02-23"),
    ({"price": drilling.DOUBLED}, "stay", "B costs 2 times as much"),
    ({"asked": {"constraints": {"max_usd_per_1k_requests": "0.5"}}}, "stay", "constraints are not met"),
    ({"asked": {"constraints": {"licences": ["MIT"]}}, "b": {"licence": "own"}}, "stay", "constraints are not met"),
    ({"faults": {(B, f"sum-{at}"): "overloaded" for at in range(9)}}, "undecided", "B left requests unanswered"),
    ({"faults": {(B, f"sum-{at}"): "wrong" for at in range(12)}}, "stay", "the quality is worse"),
]


@pytest.mark.parametrize(("case", "word", "reason"), ADVICE, ids=[reason for _, _, reason in ADVICE])
def test_what_is_advised_and_why(case, word, reason):
    how = dict(case)
    faults, model = how.pop("faults", ()), how.pop("b", {})
    told = candidate(faults, b=party(B, **model), **how)["recommendation"]
    assert told["advice"] == word
    assert told["reason"].startswith(reason)


MANY = [{**making.SUMS[at % 20], "id": f"sum-{at}", "prompt": f"{at}?"} for at in range(120)]


def enough(faults=(), **how):
    return candidate(faults, plan_of=drilling.plan(rows=MANY), **how)["recommendation"]


def test_where_nothing_differs_on_enough_prompts_one_may_switch():
    assert enough() == {
        "advice": "switch",
        "reason": "the quality is equivalent, and nothing breaks",
        "also": [],
        "more_prompts": None,
    }


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"faults": {(B, "sum-3"): "wrong"}}, "to be mended or watched: wrong_answer 1"),
        ({"b": party(B, {"seed": "rejected"})}, "to be mended or watched: feature_lost seed"),
        ({"b": party(B, {"json_schema": "partial"})}, "to be mended or watched: feature_weaker json_schema"),
    ],
)
def test_what_can_be_mended_asks_for_a_canary(how, reason):
    told = enough(**how)
    assert (told["advice"], told["reason"]) == ("canary", reason)


def test_what_is_not_known_of_a_needed_feature_or_a_constraint_is_to_be_found_out_first():
    told = enough(b=party(B, {"tool_turn": None}), asked={"constraints": {"regions": ["eu"]}})
    assert (told["advice"], told["reason"]) == ("undecided", "find out first: tool_turn, regions")


def test_an_end_of_a_is_told_whatever_is_advised():
    told = enough(a=party(A, shutdown=date(2027, 1, 31)))
    assert told["also"] == ["A is served only until 2027-01-31"]


def test_the_reasons_of_later_rules_are_told_as_well():
    told = candidate(price=drilling.DOUBLED, b=party(B, lifecycle="retired"))["recommendation"]
    assert told["reason"] == "B is retired"
    assert [one.split()[0] for one in told["also"]] == ["B", "difference", "to"]


def test_the_last_rule_always_has_a_reason():
    assert advice.RULES[-1][0] is advice.Advice.SWITCH
    assert [name for name in findings.BREAKS if name not in findings.TITLES] == []


STATES = [
    ({"max_usd_per_1k_requests": 1}, {}, "met"),
    ({"max_usd_per_1k_requests": "0.9"}, {}, "unmet"),
    ({"max_usd_per_1k_requests": 1}, {"price": {A: PRICE, B: None}}, "unknown"),
    ({"max_p95_ms": 60_000}, {}, "met"),
    ({"max_p95_ms": "0.001"}, {}, "unmet"),
    ({"context_tokens": 1000}, {"model": {"context_tokens": 1000}}, "met"),
    ({"context_tokens": 1001}, {"model": {"context_tokens": 1000}}, "unmet"),
    ({"context_tokens": 1000}, {}, "unknown"),
    ({"licences": ["MIT"]}, {"model": {"licence": "MIT", "open_weights": True}}, "met"),
    ({"licences": ["MIT"]}, {"model": {"open_weights": False}}, "unmet"),
    ({"licences": ["MIT"]}, {}, "unknown"),
    ({"regions": ["eu"]}, {}, "unknown"),
    ({"languages": ["zh"]}, {"faults": {(B, f"sum-{at}"): "wrong" for at in range(15)}}, "unmet"),
    ({"languages": ["en"]}, {}, "unknown"),
    ({"languages": ["fr"]}, {}, "unknown"),
]


@pytest.mark.parametrize(("constraint", "case", "state"), STATES)
def test_a_constraint_is_met_unmet_or_unknown(constraint, case, state):
    how = dict(case)
    faults, model = how.pop("faults", ()), how.pop("model", {})
    [one] = candidate(faults, b=party(B, **model), asked={"constraints": constraint}, **how)["constraints"]
    assert one["state"] == state
    assert (one["found"] is None) <= (state == "unknown")


def test_a_language_alone_is_the_whole():
    one = candidate(plan_of=drilling.plan(rows=MANY), asked={"constraints": {"languages": ["zh"]}})["constraints"]
    assert [(each["name"], each["state"]) for each in one] == [("language zh", "met")]


def test_only_the_slices_that_are_wanted_are_shown():
    assert {one["by"] for one in candidate(asked={"slices": ["domain"]})["slices"]} == {"domain"}


ROWS = [{"id": "one", "prompt": "Say hello to the world.", "system": "Be brief."}, {"id": "two", "prompt": "你好"}]
PROMPTS = [of_row(row, at, "mine") for at, row in enumerate(ROWS, start=1)]
TARIFFS = {A: Tariff(A, [fact(A, "input", "1"), fact(A, "output", "2")])}
PRICED = Prices(TARIFFS, OBSERVED)


def test_the_estimate_counts_repeats_and_caps_and_has_no_price_for_what_is_not_listed():
    one = estimate.build(app.read(APP, NAME), PROMPTS, PRICED)
    a, b = one.shares
    assert (a.requests, b.requests, a.output_high) == (6, 6, 6 * 512)
    assert a.input_tokens == 3 * sum(map(estimate.input_tokens, PROMPTS))
    assert (a.usd_low, a.usd_high) == (
        Decimal(a.input_low + 2 * 6) / 10**6,
        Decimal(a.input_high + 2 * 6 * 512) / 10**6,
    )
    assert (b.usd_low, b.usd_high, b.why_unpriced) == (None, None, "no price of this endpoint is held")
    assert one.unpriced == [B]
    told = estimate.document(one)
    assert told["endpoints"][1]["usd"] == {"low": None, "high": None}
    assert told["usd"]["high"] is not None


def test_a_schema_and_a_tool_are_input_too():
    plain, told = (of_row({"prompt": "x", **more}, 1, "s") for more in ({}, {"schema": {"type": "object"}}))
    assert estimate.input_tokens(told) > estimate.input_tokens(plain)


def test_nobody_bills_what_runs_here():
    one = estimate.build(app.read(APP, NAME), PROMPTS, Prices(TARIFFS, OBSERVED, here=[B]))
    assert (one.unpriced, one.shares[1].usd_high) == ([], 0)


LIMITS = [
    (Limits(), {"limits.max_tokens": "wants a number, because no price is known of two:model-b"}),
    (Limits(max_tokens=10), {"limits.max_tokens": "wants at least 116, has 10"}),
    (
        Limits(Decimal("0.000001"), 10_000),
        {"limits.max_usd": "wants at least 0.000064 (the most is 0.006354), has 0.000001"},
    ),
    (Limits(Decimal(1), 10_000), {}),
]


@pytest.mark.parametrize(("limits", "wrong"), LIMITS)
def test_a_drill_that_cannot_be_paid_for_does_not_start(limits, wrong):
    assert estimate.refusal(estimate.build(app.read(APP, NAME), PROMPTS, PRICED), limits) == wrong


def test_the_document_is_json_with_amounts_as_texts():
    told = json.loads(json.dumps(document(asked={"limits": {"max_usd": "0.10"}})))
    assert told["app"]["limits"] == {"max_usd": "0.10", "max_tokens": None}
    assert drilled().passing == [B]


JSON_ONLY = [{**one, "checks": [{"kind": "json"}]} for one in making.TICKETS]


def test_a_renamed_key_that_no_check_asks_for_is_named_too():
    one = candidate({(B, "ticket-3"): "renamed key"}, plan_of=drilling.plan(rows=JSON_ONLY))
    [found] = one["findings"]
    assert (found["kind"], found["prompts"]) == ("keys_unchecked", ["ticket-3"])
    assert found["detail"] == "renamed urgency → urgency_level"


def test_a_key_that_is_missing_once_may_be_chance():
    one = candidate({(B, "ticket-3"): "renamed key"}, plan_of=drilling.plan(1, JSON_ONLY))
    assert one["findings"] == []
    assert [each["kind"] for each in one["may_be_chance"]] == ["keys_unchecked"]
