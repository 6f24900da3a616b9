"""What a task and a solved task cost, from literal bills."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards import encoding, evalset_files, measure, rubric, statistics
from scorecards.cost.engine import Tariff
from scorecards.evalsets import EvalSet, Item
from scorecards.evidence import Finding
from scorecards.exchanges import Delta, DeltaKind, Exchange, Usage
from scorecards.probes import task_cost
from tests.scorecards.cost.prices import fact
from tests.scorecards.probes.making import ENDPOINT, NOON, TARGET, read

ITEMS = {f"{one.name}/{item.id}": item for one in evalset_files.bundled().values() for item in one.items}
ASKS = [ask for ask in task_cost.PROBE.plan(replace(TARGET, samples=45)) if ITEMS[ask.role].kind == "numeric"]
LISTED = [fact(ENDPOINT.ref, "input", "1"), fact(ENDPOINT.ref, "cache_read", "0.1"), fact(ENDPOINT.ref, "output", "10")]
PRICED = replace(TARGET, samples=45, tariff=Tariff(ENDPOINT.ref, LISTED))
QUANTITIES = task_cost.PROBE.quantities


def task(place, *, solved=True, usage=(100, 10), outcome="ok", **told):
    """Return an answer to one question: 100 tokens in and 10 out cost 0.0002 USD."""
    ask = ASKS[place]
    text = ITEMS[ask.role].answer if solved else "-1"
    bill = Usage(*usage, **told) if usage else None
    return Exchange(ask, ENDPOINT.ref, NOON, outcome, deltas=(Delta(1, DeltaKind.CONTENT, text),), usage=bill)


def tasks(*solved, usage=(100, 10)):
    return [task(place, solved=one, usage=usage) for place, one in enumerate(solved)]


def of(exchanges, target=PRICED):
    return read("task_cost", exchanges, target)


def test_the_plan_is_of_bundled_questions_whatever_the_operator_adds():
    added = {"mine": EvalSet("mine", "Mine", "", "", [Item("m", "exact", "en", "Say a.", "a")])}
    plan = task_cost.PROBE.plan(replace(TARGET, sets=added))
    assert plan == task_cost.PROBE.plan(TARGET)
    assert len(plan) == 5 * task_cost.PER_SET
    assert all(ask.role in ITEMS for ask in plan)


def test_a_task_costs_what_was_billed_and_a_solved_one_its_part_of_all():
    found = of(tasks(*[True] * 15, *[False] * 5))
    assert (found["cost_per_task_usd"].value, found["cost_per_task_usd"].n) == (Decimal("0.0002"), 20)
    assert found["cost_per_success_usd"].value == round(Decimal("0.004") / 15, 12)
    assert found["cost_per_success_usd"].note == (
        "15 of 20 tasks solved; 95 % interval by Fieller's theorem; prices: single source"
    )
    assert found["tokens_per_task"].samples == (Decimal(10),) * 20


@pytest.mark.parametrize(
    ("bill", "usd"),
    [
        ({"usage": (1000, 100)}, "0.002"),
        ({"usage": (1000, 100), "cached": 1000}, "0.0011"),
        ({"usage": (1000, 100), "reasoning": 90}, "0.002"),  # part of the output, and billed as such
        ({"usage": (1000, 100, 5)}, "0.002"),
    ],
)
def test_tokens_are_priced_as_they_were_billed(bill, usd):
    assert of([task(0, **bill)])["cost_per_task_usd"].value == Decimal(usd)


@pytest.mark.parametrize("usage", [None, (None, 10), (100, None)])
def test_without_usage_nothing_is_measured(usage):
    found = of([task(0, usage=usage)])
    assert {(found[one].finding, found[one].note) for one in QUANTITIES} == {
        (Finding.UNMEASURED, "the answers report no usage that can be billed")
    }


def test_an_answer_without_usage_is_left_out_and_told():
    found = of([*tasks(True, True), task(2, usage=None), task(3, cached=101)])["tokens_per_task"]
    assert (found.n, found.note) == (2, "output, reasoning included; 2 answers without usage left out")


@pytest.mark.parametrize("outcome", ["reset", "rate_limited", "server_error", "over_budget", "incomplete"])
def test_a_failed_request_is_no_task(outcome):
    good = tasks(*[True] * 6, False)
    failures = [task(place, outcome=outcome, usage=(9999, 9999)) for place in (10, 11)]
    for one in QUANTITIES:
        assert (of(good)[one].value, of(good)[one].n) == (of([*good, *failures])[one].value, of(good)[one].n)


@pytest.mark.parametrize("outcome", ["refusal", "content_filter", "truncated"])
def test_what_was_refused_or_cut_was_paid_for_and_is_not_solved(outcome):
    found = of([*tasks(*[True] * 9), task(9, outcome=outcome)])["cost_per_success_usd"]
    assert (found.n, found.note[:22]) == (10, "9 of 10 tasks solved; ")
    assert found.value == round(Decimal("0.002") / 9, 12)


@pytest.mark.parametrize(
    ("solved", "note"),
    [
        ([False] * 8, "0 of 8 tasks solved"),
        ([True] + [False] * 19, "1 of 20 tasks solved: too few, the cost of one has no upper bound"),
        ([True] * 3, "3 of 3 tasks solved: too few, the cost of one has no upper bound"),
    ],
)
def test_the_cost_of_success_needs_enough_success(solved, note):
    found = of(tasks(*solved))
    assert (found["cost_per_success_usd"].finding, found["cost_per_success_usd"].note) == (Finding.UNMEASURED, note)
    assert found["cost_per_task_usd"].value == Decimal("0.0002")


@pytest.mark.parametrize(
    ("target", "note"),
    [
        (TARGET, "no price of this endpoint is held"),
        (replace(PRICED, local=True), "served from this machine, which lists no price"),
        (replace(PRICED, tariff=Tariff(ENDPOINT.ref, LISTED[:1])), "output: no price is listed"),
        (replace(PRICED, tariff=Tariff(ENDPOINT.ref, [replace(one, valid_to=NOON) for one in LISTED])),
         "no price held at this instant"),
    ],
)  # fmt: skip
def test_without_a_price_tokens_are_measured_and_cost_is_not(target, note):
    found = of(tasks(True, False, True), target)
    assert found["tokens_per_task"].value == 10
    assert {found[one].note for one in ("cost_per_task_usd", "cost_per_success_usd")} == {note}


@pytest.mark.parametrize(
    ("reasoning", "share"), [([5, 5], "0.5"), ([10, None], "1"), ([0, 0], "0"), ([None] * 2, None)]
)
def test_the_share_of_reasoning_is_of_those_that_report_it(reasoning, share):
    found = of([task(place, reasoning=one) for place, one in enumerate(reasoning)])["reasoning_share"]
    assert found.value == (None if share is None else Decimal(share))


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.booleans(), st.integers(1, 1000)), min_size=8, max_size=20),
    st.randoms(use_true_random=False),
)
def test_the_interval_holds_the_value_and_order_never_matters(drawn, dice):
    exchanges = [task(place, solved=one, usage=(100, output)) for place, (one, output) in enumerate(drawn)]
    found = of(exchanges)
    dice.shuffle(exchanges)
    for quantity in ("cost_per_task_usd", "cost_per_success_usd"):
        one, other = found[quantity], of(exchanges)[quantity]
        assert (one.value, one.interval) == (other.value, other.interval)
        if one.value is not None:
            assert one.interval[0] <= one.value <= one.interval[1]


def test_the_interval_is_kept_and_published():
    found = of(tasks(*[True] * 15, *[False] * 5))["cost_per_success_usd"]
    assert encoding.reading_from_json(encoding.to_json(found)) == found
    window = measure.window([found], rubric.load(), NOON)
    assert (
        window["cost_per_success_usd"].interval
        == found.interval
        == tuple(
            round(end, 12)
            for end in statistics.ratio_interval([Decimal("0.0002")] * 20, [Decimal(1)] * 15 + [Decimal(0)] * 5)
        )
    )
