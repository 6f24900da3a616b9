"""What a judge is asked of which answers, in which order, and that all candidates are kept apart."""

from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from scorecards.compare import cells, duties
from scorecards.compare.answers import first_answers
from scorecards.compare.candidate import Method
from scorecards.compare.cells import Cell
from scorecards.compare.order import Order
from scorecards.compare.prompt_rows import Prompt
from scorecards.exchanges import Ask, Outcome
from tests.scorecards.compare import making
from tests.scorecards.compare.making import A, B
from tests.scorecards.probes.making import failed, said

C, J = "three:model-c", "four:model-j"
NAME = f"judge {J}"
PLAN = making.plan(rows=making.SUMS[:3], endpoints=(A, B, C))
ORDER = Order(PLAN, Method("s"), judge=J)
DEVELOPERS = {A: "maker", B: "other", J: "other"}


def answered(prompt, ref, text, repeat=0, **fields):
    return cells.record(Cell(prompt, ref, repeat), Prompt(prompt, "?"), said(text, Ask(), **fields), None)


def silent(prompt, ref, repeat=0):
    return cells.record(Cell(prompt, ref, repeat), Prompt(prompt, "?"), failed(), None)


ANSWERS = [
    *(answered(f"sum-{at}", ref, f"{ref} says {at}") for at in range(2) for ref in (A, B)),
    answered("sum-0", C, f"<think>hm</think>{C} says 0"),
    silent("sum-1", C),
    silent("sum-2", A),
    answered("sum-2", B, "2"),
]


def judging(records=ANSWERS):
    return duties.duty(ORDER, duties.named(ORDER, NAME), records)


def test_each_pair_of_answers_is_shown_in_both_orders_and_no_other():
    duty = judging()
    assert [(one.prompt, one.repeat) for one in duty.cells()] == [
        ("sum-0", 0), ("sum-0", 1), ("sum-0", 2), ("sum-0", 3), ("sum-1", 0), ("sum-1", 1),
    ]  # fmt: skip
    shown = [duty.ask(one, Decimal(0)).text for one in duty.cells()]
    orders = [[ref for ref in sorted((A, B, C), key=text.find) if ref in text] for text in shown]
    assert orders == [[A, B], [B, A], [A, C], [C, A], [A, B], [B, A]]
    assert all(PLAN.prompts[0].text in text and "hm" not in text for text in shown[:4])


def test_an_endpoint_that_takes_no_temperature_is_told_none():
    duty = judging()
    assert [duty.ask(next(duty.cells()), one).temperature for one in (Decimal(0), None)] == [Decimal(0), None]


def test_the_first_answer_counts_that_came_with_its_calls_of_tools():
    found = first_answers(
        PLAN,
        [
            answered("sum-1", A, "later", 2),
            answered("sum-1", A, "first", 1, tool_calls=(making.call("f", "{}"),)),
            silent("sum-1", A),
            answered("sum-1", NAME, "WINNER: 1"),
        ],
    )
    assert found == {(A, "sum-1"): "first\nf({})"}


def verdict(prompt, repeat, winner, **fields):
    return answered(prompt, NAME, f"WINNER: {winner}", repeat, **fields)


def test_candidates_are_kept_apart_and_what_was_cut_says_nothing():
    cut = replace(said("WINNER: 1", Ask()), outcome=Outcome.TRUNCATED)
    records = [
        verdict("sum-0", 0, 2), verdict("sum-0", 1, 1), verdict("sum-0", 2, 1), verdict("sum-0", 3, 1),
        verdict("sum-1", 0, 2), cells.record(Cell("sum-1", NAME, 1), Prompt("sum-1", ""), cut, None),
    ]  # fmt: skip
    found = duties.beside(ORDER, [*ANSWERS, *records], DEVELOPERS)
    b, c = found[B]["judge"], found[C]["judge"]
    assert (b["n"], b["a"], b["b"], b["unread"], b["not_asked"]) == (2, 0, 1, 1, 0)
    assert (c["n"], c["flipped"], c["not_asked"], c["b_preferred"]) == (1, 1, 0, None)
    assert [len(one["self_preference"]) for one in (b, c)] == [1, 0]


def test_without_a_judge_nobody_says_anything():
    assert duties.beside(Order(PLAN, Method("s")), ANSWERS, DEVELOPERS) == {}


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), st.sampled_from(["1", "2", "TIE", "?"]))))
def test_every_pair_is_counted_once(spoken):
    records = {(prompt, repeat): verdict(f"sum-{prompt}", repeat, winner) for prompt, repeat, winner in spoken}
    found = duties.beside(ORDER, [*ANSWERS, *records.values()], {})
    for candidate, pairs in ((B, 2), (C, 1)):
        one = found[candidate]["judge"]
        assert one["n"] == sum(one[name] for name in ("a", "b", "tie", "flipped", "unread"))
        assert one["n"] + one["not_asked"] == pairs


def test_a_cluster_counts_once():
    rows = [{**row, "cluster": f"c{at // 2}"} for at, row in enumerate(making.SUMS[:4])]
    plan = making.plan(rows=rows)
    answers = [answered(f"sum-{at}", ref, ref) for at in range(4) for ref in (A, B)]
    says = [verdict(f"sum-{at}", turned, 2 - turned) for at in range(4) for turned in range(2)]
    found = duties.beside(Order(plan, Method("s"), judge=J), [*answers, *says], {})[B]["judge"]
    assert found["b_preferred"] == {"value": "1", "low": "0.3424", "high": "1", "n": 4, "units": 2}
