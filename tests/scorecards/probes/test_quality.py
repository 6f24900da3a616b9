"""The quality probe reads literals: a failure is never a wrong answer, and order never matters."""

import random
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards import evalset_files, measure, rubric, statistics
from scorecards.catalog import Cited, Endpoint
from scorecards.evalsets import EvalSet, Item
from scorecards.evidence import Finding
from scorecards.exchanges import Delta, DeltaKind, Exchange, Outcome
from scorecards.probes import quality
from scorecards.probes._probe import Target

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ENDPOINT = Endpoint(
    "host:m-1", "maker/m", "host", "m-1", "openai_chat", "https://host.example/v1", Cited("t", date(2026, 11, 1))
)
SUMS = EvalSet(
    "sums",
    "Sums",
    "MIT",
    "us",
    [Item(f"sums-{n}", "numeric", "en", f"What is {n} + 1?", str(n + 1)) for n in range(40)],
)
PROSE = EvalSet("prose", "Prose", "MIT", "us", [Item("prose-1", "parallel", "en", "Read this.", None)])
TARGET = Target(ENDPOINT, "0a1b2c3d", samples=12, sets={"sums": SUMS, "prose": PROSE})
PROBE = quality.PROBE
UNANSWERED = sorted(set(Outcome) - {Outcome.OK})


def answered(ask, text="", outcome=Outcome.OK, detail=""):
    deltas = (Delta(1, DeltaKind.CONTENT, text),) if text else ()
    return Exchange(ask, ENDPOINT.ref, NOON, outcome, detail, deltas=deltas)


def run(texts, target=TARGET):
    return [answered(ask, text) for ask, text in zip(PROBE.plan(target), texts, strict=False)]


def right(ask):
    return str(int(ask.role.rpartition("-")[2]) + 1)


def read(exchanges, target=TARGET):
    return {one.quantity: one for one in PROBE.read(target, exchanges)}


def share(exchanges, target=TARGET):
    return read(exchanges, target)["quality_share:sums"]


ASKS = PROBE.plan(TARGET)
TRUTHS = [True, True, False, True, False, True, True, True]
MIXED = [answered(ask, right(ask) if truth else "-5") for ask, truth in zip(ASKS, TRUTHS, strict=False)]


def test_a_plan_asks_each_set_so_often_and_leaves_out_what_no_check_knows():
    assert len(ASKS) == 12
    assert len({ask.role for ask in ASKS}) == 12
    assert all(ask.whole and ask.temperature == 0 for ask in ASKS)
    assert all(ask.text.startswith("Note 0a1b2c3d.\n\nWhat is ") for ask in ASKS)


def test_sets_are_asked_in_turn():
    asks = PROBE.plan(Target(ENDPOINT, "n"))
    judged = evalset_files.bundled().keys() - {"parallel_text"}
    assert {ask.role.partition("/")[0] for ask in asks[: len(judged)]} == judged
    assert set(Counter(ask.role.partition("/")[0] for ask in asks).values()) == {quality.PER_SET}


def test_another_run_draws_other_questions_and_many_runs_cover_the_set():
    runs = [{ask.role for ask in PROBE.plan(replace(TARGET, nonce=str(n)))} for n in range(30)]
    assert runs[0] != runs[1]
    assert len(set.union(*runs)) == 40
    assert [ask.role for ask in PROBE.plan(TARGET)] == [ask.role for ask in ASKS]


def test_a_question_that_must_be_repeated_is_put_as_it_is():
    item = Item(
        "r",
        "ifeval",
        "en",
        "Say hi. Repeat this.",
        None,
        {"instruction_id_list": ["combination:repeat_prompt"], "kwargs": [{}]},
    )
    target = replace(TARGET, sets={"one": EvalSet("one", "One", "", "", [item])})
    assert PROBE.plan(target)[0].text == "Say hi. Repeat this."


def test_the_share_counts_right_and_wrong_answers_with_its_interval():
    found = share(MIXED)
    assert (found.value, found.n) == (Decimal(6) / 8, 8)
    assert sorted(found.samples) == [0, 0, 1, 1, 1, 1, 1, 1]
    low, high = statistics.wilson(6, 8)
    assert f"6 of 8 right, 95 % interval {low:.2f} to {high:.2f}" in found.note
    assert "not counted" not in found.note


@pytest.mark.parametrize("outcome", UNANSWERED)
def test_a_failed_exchange_is_never_a_wrong_answer(outcome):
    failed = [answered(ask, "-5", outcome, "why") for ask in ASKS[8:]]
    found = share([*MIXED, *failed])
    assert (found.value, found.samples) == (share(MIXED).value, share(MIXED).samples)
    assert "not counted: 4 " in found.note


@given(st.lists(st.sampled_from(UNANSWERED), max_size=4), st.randoms(use_true_random=False))
def test_failures_never_change_the_value_and_order_never_matters(outcomes, dice):
    exchanges = [*MIXED, *(answered(ask, "-5", one) for ask, one in zip(ASKS[8:], outcomes, strict=False))]
    dice.shuffle(exchanges)
    found = read(exchanges)["quality_share:sums"]
    assert (found.value, found.n) == (Decimal(6) / 8, 8)
    assert sorted(found.samples) == sorted(share(MIXED).samples)


def test_what_cannot_be_scored_is_told_and_not_counted():
    found = share(
        [
            *MIXED,
            *run(["", "I'm sorry, but I can't help with that."][:0]),
            answered(ASKS[8]),
            answered(ASKS[9], "I cannot answer that."),
        ]
    )
    assert found.value == share(MIXED).value
    assert "not counted: 1 could not be scored, 1 refused" in found.note


def test_refusals_are_counted_apart_among_what_the_endpoint_answered():
    more = [
        answered(ASKS[8], "", Outcome.CONTENT_FILTER),
        answered(ASKS[9], "", Outcome.REFUSAL),
        answered(ASKS[10], "I'm sorry, I can't help with that."),
        answered(ASKS[11], "", Outcome.RESET),
    ]
    found = read([*MIXED, *more])["quality_refusal_share"]
    assert (found.value, found.n) == (Decimal(3) / 11, 11)


def test_nothing_answered_is_unmeasured_with_the_reason():
    found = read([answered(ask, "", Outcome.AUTH, "wrong key") for ask in ASKS])
    assert {one.finding for one in found.values()} == {Finding.UNMEASURED}
    assert {one.note for one in found.values()} == {"auth: wrong key"}
    cut = share([answered(ask, "", Outcome.TRUNCATED, "cut") for ask in ASKS])
    assert (cut.finding, cut.n, cut.note) == (Finding.UNMEASURED, 0, "truncated: cut")


def test_a_thought_left_in_the_answer_is_not_judged():
    asks = ASKS[:1]
    assert share([answered(asks[0], f"<think>-5?</think>{right(asks[0])}")]).value == 1


def test_windows_pool_the_single_answers_of_each_set():
    rules = rubric.load()
    day = [replace(share(MIXED), taken_at=NOON.replace(hour=hour)) for hour in (6, 9, 12)]
    found = measure.window(day, rules, NOON)["quality_share:sums"]
    assert (found.n, found.value) == (24, Decimal(18) / 24)
    assert found.interval == statistics.wilson(18, 24)
    assert rules.title_of("quality_share:sums") == "Right answers: sums"


def test_a_guesser_is_found_to_be_one():
    """Four choices and a coin with four sides: the interval holds a quarter."""
    letters = EvalSet(
        "abc",
        "Abc",
        "",
        "",
        [Item(f"l-{n}", "mcq", "en", "?", "ABCD"[n % 4], {"choices": list("wxyz")}) for n in range(400)],
    )
    target = replace(TARGET, samples=400, sets={"abc": letters})
    dice = random.Random(7)
    [found, _] = PROBE.read(target, [answered(ask, dice.choice("ABCD")) for ask in PROBE.plan(target)])
    low, high = statistics.wilson(int(sum(found.samples)), found.n)
    assert low < Decimal("0.25") < high
