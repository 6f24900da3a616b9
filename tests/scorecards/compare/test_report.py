"""The report of a comparison: what is in it, that it hangs on nothing else, and what is left out and told."""

import json
import random
from decimal import Decimal

import pytest

from scorecards.compare import report
from scorecards.compare.candidate import MEASURED
from scorecards.compare.cells import Cell, Plan, PlanError
from scorecards.compare.report import Method
from tests.scorecards.compare import golden, making
from tests.scorecards.compare.making import PRICE, A, B

METHOD = Method("seed", resamples=400)


def built(faults=(), plan=None, **how):
    one = plan or making.plan(**{key: how.pop(key) for key in ("rows", "repeats", "endpoints") if key in how})
    return report.build(one, making.records(one, faults, **how), METHOD)


def test_the_golden_report_is_what_is_built():
    assert golden.text() == golden.GOLDEN.read_text(encoding="utf-8"), "python tests/scorecards/compare/golden.py"


def test_the_same_input_gives_the_same_bytes_in_any_order():
    plan = making.plan(repeats=2)
    records = making.records(plan, {(B, "sum-3"): "wrong"}, noise=0.2)
    one = json.dumps(report.build(plan, records, METHOD))
    random.Random(1).shuffle(records)
    assert json.dumps(report.build(plan, records, METHOD)) == one


PLANTED = {
    (B, "ticket-3"): "renamed key",
    (B, "ticket-4"): "refusal",
    (B, "ticket-5"): "truncation",
}


def test_a_planted_drill_is_told_whole_and_nothing_beside():
    document = built(PLANTED, repeats=3, price={A: PRICE, B: 2 * PRICE})
    [candidate] = document["candidates"]
    assert candidate["breaks_by_kind"] == {"refusal": 1, "truncation": 1, "key_drift": 1}
    assert [one["prompt"] for one in candidate["breaks"]] == ["ticket-3", "ticket-4", "ticket-5"]
    assert candidate["cost_usd"]["times"]["value"] == "2"
    assert (candidate["cost_usd"]["a_per_1k"], candidate["cost_usd"]["b_per_1k"]) == ("1", "2")
    first = candidate["breaks"][0]
    assert (first["a"]["text"], first["b"]["text"]) == (
        making.TICKET,
        making.TICKET.replace("urgency", "urgency_level"),
    )
    assert candidate["quality"]["losses"] == 3
    assert candidate["key_drifts"] == [
        {"prompt": "ticket-3", "renamed": {"urgency": "urgency_level"}, "missing": [], "added": [], "mistyped": {}}
    ]


def test_two_that_are_alike_are_told_apart_in_one_run_of_twenty_at_most_and_break_nothing():
    found = [built(repeats=3, noise=0.02, seed=seed)["candidates"][0] for seed in range(20)]
    assert sum(one["quality"]["verdict"] in {"better", "worse"} for one in found) <= 1
    assert [one["breaks"] for one in found] == [[]] * 20
    assert all(Decimal(one["breaks_by_chance"]["expected"]) < Decimal("0.01") for one in found)


def test_two_that_always_say_the_same_are_never_told_apart():
    few, many = (built(rows=rows) for rows in (making.SUMS, [{**making.SUMS[0], "id": str(at)} for at in range(60)]))
    assert few["candidates"][0]["quality"]["verdict"] == "undecided"
    assert many["candidates"][0]["quality"]["verdict"] == "equivalent"


def test_a_failed_request_is_in_no_test_and_is_counted():
    faults = {(B, "sum-3"): "rate limited", (B, "sum-4"): "overloaded", (A, "sum-5"): "timeout"}
    document = built(faults)
    a, b = document["endpoints"]
    [candidate] = document["candidates"]
    assert a["unanswered"] == {"deadline": 1}
    assert b["unanswered"] == {"overloaded": 1, "rate_limited": 1}
    assert (a["pass_rate"]["value"], a["pass_rate"]["n"]) == ("1", 39)
    assert (b["pass_rate"]["value"], b["pass_rate"]["n"]) == ("1", 38)
    assert candidate["quality"]["n"] == 37
    assert candidate["not_compared"] == {"a: unanswered": 1, "a: unchecked": 1, "b: unanswered": 2}


def test_rows_that_were_left_out_are_part_of_the_result():
    assert built()["prompts"]["left_out"] == [{"row": 7, "wanted": "prompt: a text", "found": "''"}]


def test_a_run_that_ended_early_is_told_with_what_it_has():
    plan = making.plan()
    records = making.records(plan)[:21]
    document = report.build(plan, records, METHOD)
    a, b = document["endpoints"]
    assert (a["not_asked"], b["not_asked"], a["cells"]) == (30, 31, 41)
    assert document["candidates"][0]["quality"]["n"] == 10


def test_nothing_at_all_is_undecided_and_null():
    document = report.build(making.plan(), [], METHOD)
    [candidate] = document["candidates"]
    quality = candidate["quality"]
    assert (quality["n"], quality["verdict"], {value for key, value in quality.items() if key in MEASURED}) == (
        0,
        "undecided",
        {None},
    )
    assert quality.keys() == built()["candidates"][0]["quality"].keys()
    assert (candidate["ttft_ms"], candidate["cost_usd"]) == (None, None)
    a, _ = document["endpoints"]
    assert (a["pass_rate"], a["flips"], a["cost_usd"]["total"], a["cost_usd"]["per_success"]) == (
        None,
        None,
        None,
        None,
    )


def test_an_unknown_price_is_null_and_never_nothing():
    document = built(price={A: None, B: PRICE})
    a, b = document["endpoints"]
    assert (a["cost_usd"]["total"], a["cost_usd"]["unpriced"]) == (None, 41)
    assert (b["cost_usd"]["total"], b["cost_usd"]["unpriced"]) == ("0.041", 0)
    assert document["candidates"][0]["cost_usd"] is None


def test_a_success_costs_what_the_failures_cost_too():
    wrong = {(B, f"sum-{at}"): "wrong" for at in range(20)}
    _, b = built(wrong)["endpoints"]
    assert (b["cost_usd"]["per_success"], b["cost_usd"]["n"]) == ("0.002", 40)
    assert Decimal(b["cost_usd"]["low"]) < Decimal("0.002") < Decimal(b["cost_usd"]["high"])


def test_slices_are_by_language_domain_and_set_and_corrected_together():
    wrong = {(B, f"sum-{at}"): "wrong" for at in range(12)}
    [candidate] = built(wrong)["candidates"]
    found = {(one["by"], one["name"]): one for one in candidate["slices"]}
    assert [*found] == [("language", "en"), ("language", "zh"), ("domain", "maths"), ("domain", "support")]
    assert found["language", "zh"]["verdict"] == "worse"
    assert found["language", "en"]["verdict"] == "undecided"  # twenty prompts cannot rule out a difference
    alone, among = (Decimal(found["language", "zh"][key]) for key in ("p", "p_holm"))
    assert among == pytest.approx(4 * alone, rel=Decimal("0.01"))


def test_a_small_slice_is_shown_and_decides_nothing():
    rows = [{**row, "domain": "tiny" if at < 12 else "large"} for at, row in enumerate(making.SUMS * 2)]
    rows = [{**row, "id": str(at), "prompt": str(at)} for at, row in enumerate(rows)]
    [candidate] = built({(B, str(at)): "wrong" for at in range(12)}, rows=rows)["candidates"]
    found = {one["name"]: one for one in candidate["slices"]}
    assert (found["tiny"]["n"], found["tiny"]["difference"], found["tiny"]["p_holm"]) == (12, "-1", None)
    assert (found["tiny"]["verdict"], found["large"]["verdict"]) == ("undecided", "undecided")
    assert found["large"]["p_holm"] == "1"


def test_several_candidates_are_corrected_together():
    endpoints = (A, B, "three:model-c")
    wrong = {(B, f"sum-{at}"): "wrong" for at in range(12)}
    first, second = built(wrong, endpoints=endpoints)["candidates"]
    assert (first["endpoint"], first["quality"]["verdict"]) == (B, "worse")
    assert (second["endpoint"], second["quality"]["verdict"]) == ("three:model-c", "undecided")
    assert Decimal(first["quality"]["p_holm"]) == pytest.approx(2 * Decimal(first["quality"]["p"]), rel=Decimal("0.01"))


def test_the_noise_of_a_is_the_share_of_prompts_at_which_its_repeats_differ():
    a, _ = built(repeats=3, noise=0.3)["endpoints"]
    assert a["flips"]["n"] == 40
    assert Decimal(a["flips"]["low"]) < Decimal(a["flips"]["value"]) < Decimal(a["flips"]["high"])
    assert built(repeats=1)["endpoints"][0]["flips"] is None


def test_a_cluster_counts_once():
    rows = [{**row, "cluster": f"c{at % 4}"} for at, row in enumerate(making.SUMS)]
    document = built({(B, f"sum-{at}"): "wrong" for at in range(20)}, rows=rows)
    quality = document["candidates"][0]["quality"]
    assert (quality["n"], quality["units"], quality["verdict"], quality["p_mcnemar"]) == (20, 4, "undecided", None)
    assert document["endpoints"][0]["pass_rate"]["units"] == 4


def test_records_of_no_cell_are_not_counted():
    plan = making.plan(rows=making.SUMS)
    strange = making.records(making.plan(rows=making.TICKETS, endpoints=("x:y", "z:y")))
    assert report.build(plan, [*making.records(plan), *strange], METHOD) == report.build(
        plan, making.records(plan), METHOD
    )


def test_cells_ask_all_endpoints_side_by_side():
    plan = Plan(making.plan(rows=making.SUMS[:2]).prompts, (A, B), {A: 2})
    assert list(plan.cells()) == [
        Cell("sum-0", A, 0), Cell("sum-0", B, 0), Cell("sum-1", A, 0), Cell("sum-1", B, 0),
        Cell("sum-0", A, 1), Cell("sum-1", A, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("endpoints", "message"),
    [((A, A), f"wants two or more endpoints that differ, has {A}, {A}"), ((A,), f"has {A}"), ((), "has none")],
)
def test_a_comparison_wants_two_that_differ(endpoints, message):
    with pytest.raises(PlanError, match=message):
        making.plan(endpoints=endpoints)


def test_a_comparison_wants_a_prompt():
    with pytest.raises(PlanError, match="wants a prompt to ask, has none; left out: 1"):
        making.plan(rows=())
