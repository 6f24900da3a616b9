"""Breaks: every planted one is named by its kind, and none is invented."""

import pytest

from scorecards.compare import breaks, cells
from scorecards.compare.breaks import BreakKind
from scorecards.compare.cells import Cell
from scorecards.compare.prompt_rows import of_row
from scorecards.exchanges import Ask
from tests.scorecards.compare import making
from tests.scorecards.compare.making import A, B, call
from tests.scorecards.probes.making import failed, said


def found(one, records):
    by = {ref: {} for ref in one.endpoints}
    for each in records:
        by[each.cell.endpoint].setdefault(each.cell.prompt, []).append(each)
    return by


def broken(faults, **how):
    one = making.plan(repeats=how.pop("repeats", 1))
    by = found(one, making.records(one, faults, **how))
    return {each.prompt: (each.kind, each.reason) for each in breaks.find(by[A], by[B])}


PLANTED = {
    "renamed key": (BreakKind.KEY_DRIFT, "keys: renamed urgency → urgency_level"),
    "refusal": (BreakKind.REFUSAL, "I'm sorry, I can't help with that."),
    "truncation": (BreakKind.TRUNCATION, "cut after 3 tokens"),
    "empty": (BreakKind.EMPTY, "no text and no call"),
    "timeout": (BreakKind.TIMEOUT, "deadline: wants an answer within 60 s"),
    "too large": (BreakKind.REJECTED, "too large: wants at most 8192 tokens"),
}


@pytest.mark.parametrize("fault", PLANTED)
@pytest.mark.parametrize("repeats", [1, 3])
def test_a_planted_break_is_named_and_no_other(fault, repeats):
    assert broken({(B, "ticket-3"): fault}, repeats=repeats) == {"ticket-3": PLANTED[fault]}


def test_a_fence_is_a_drift_of_form_and_another_number_a_wrong_answer():
    named = broken({(B, "ticket-3"): "fence and words", (B, "sum-4"): "wrong"})
    assert named["ticket-3"][0] is BreakKind.FORMAT_DRIFT
    assert named["sum-4"] == (BreakKind.WRONG_ANSWER, "numeric: 99")


@pytest.mark.parametrize("fault", ["overloaded", "rate limited"])
def test_what_may_pass_with_the_hour_breaks_nothing(fault):
    assert broken({(B, "ticket-3"): fault}) == {}


@pytest.mark.parametrize("fault", making.FAULTS)
def test_what_fails_at_a_too_breaks_nothing(fault):
    assert broken({(A, "sum-3"): fault, (B, "sum-3"): "refusal"}) == {}


@pytest.mark.parametrize("seed", range(20))
def test_two_that_are_alike_break_nothing_in_twenty_runs(seed):
    assert broken({}, repeats=3, noise=0.02, seed=seed) == {}


def records_of(checks, *exchanges, endpoint=B, **row):
    prompt = of_row({"id": "p", "prompt": "?", "checks": checks, **row}, 1, "mine")
    return {"p": [cells.record(Cell("p", endpoint, at), prompt, one, None) for at, one in enumerate(exchanges)]}


def called(arguments):
    return said("", Ask(), tool_calls=(call("f", arguments),))


TOOL = {"name": "f", "parameters": {"type": "dict", "properties": {"x": {"type": "integer"}}}}
TOOLS = {"kind": "tools", "functions": [TOOL], "answer": [{"f": {"x": [1]}}]}
OBJECT = {"kind": "schema", "schema": {"type": "object", "required": ["a"], "properties": {"a": {"enum": ["x"]}}}}
ZH = {"kind": "language", "language": "zh"}
ONE_CHECK = [
    # check, what A says, what B says → kind
    (TOOLS, called('{"x": 1}'), said("f(1)", Ask()), BreakKind.TOOL_CALL),
    (TOOLS, called('{"x": 1}'), called('{"x": "1"}'), BreakKind.TOOL_CALL),
    (OBJECT, said('{"a": "x"}', Ask()), said('{"A": "x"}', Ask()), BreakKind.KEY_DRIFT),
    (OBJECT, said('{"a": "x"}', Ask()), said('{"a": "y"}', Ask()), BreakKind.FORMAT_DRIFT),
    ({"kind": "json"}, said("{}", Ask()), said("Here: {}", Ask()), BreakKind.FORMAT_DRIFT),
    ({"kind": "regex", "pattern": r"^\d+$"}, said("12", Ask()), said("It is 12", Ask()), BreakKind.FORMAT_DRIFT),
    ({"kind": "contains", "texts": ["12"]}, said("12", Ask()), said("13", Ask()), BreakKind.WRONG_ANSWER),
    (ZH, said("这是中文的回答。", Ask()), said("This is the answer in English.", Ask()), BreakKind.WRONG_LANGUAGE),
]  # fmt: skip


@pytest.mark.parametrize(("check", "a", "b", "kind"), ONE_CHECK, ids=lambda one: str(one)[:24])
def test_each_kind_of_break_is_told_from_the_others(check, a, b, kind):
    [one] = breaks.find(records_of([check], a, endpoint=A), records_of([check], b))
    assert (one.kind, bool(one.reason), one.a_repeats, one.b_repeats) == (kind, True, 1, 1)


RIGHT, WRONG, LOST = said("12", Ask()), said("13", Ask()), failed("reset")
UNTOLD = said("I'm not able to tell you in which language", Ask())
CHECK = {"kind": "numeric", "answer": "12"}
REPEATS = [
    # A, B → broken, unsteady
    ([RIGHT, RIGHT], [WRONG, WRONG], True, False),
    ([RIGHT, RIGHT], [WRONG, RIGHT], False, True),
    ([RIGHT, WRONG], [WRONG, WRONG], False, False),
    ([RIGHT, LOST], [WRONG, WRONG], True, False),
    ([RIGHT, RIGHT], [WRONG, LOST], True, False),
    ([RIGHT, RIGHT], [LOST, LOST], False, False),
    ([RIGHT, RIGHT], [], False, False),
    ([LOST, LOST], [WRONG, WRONG], False, False),
    ([], [WRONG], False, False),
]


@pytest.mark.parametrize(("a", "b", "is_broken", "is_unsteady"), REPEATS)
def test_a_break_is_what_a_always_passes_and_b_never(a, b, is_broken, is_unsteady):
    of_a, of_b = records_of([CHECK], *a, endpoint=A), records_of([CHECK], *b)
    assert bool(breaks.find(of_a, of_b)) is is_broken
    assert bool(breaks.unsteady(of_a, of_b)) is is_unsteady


def test_what_nobody_can_tell_is_no_break():
    check = {"kind": "language", "language": "zh"}
    a, b = said("这是中文的回答。", Ask()), said("42", Ask())
    assert breaks.find(records_of([check], a, endpoint=A), records_of([check], b)) == []


DRIFTS = [
    # A's answers, B's answers → the drift
    (['{"a": 1}'], ['{"b": 1}'], "missing a; added b"),
    (['{"name": 1}'], ['{"names": 1}'], "renamed name → names"),
    (['{"a": 1}'], ['{"a": 1, "b": 2}'], None),
    (['{"a": 1, "b": 2}', '{"a": 1}'], ['{"a": 1}'], None),  # A itself does not always have b
    (['{"a": 1}', '{"a": "x"}'], ['{"a": []}'], None),  # nor always a number
    (['{"a": 1}'], ['{"a": 1}', "{}"], None),  # B has it once
    (['{"a": 1}'], ["Sorry?"], None),
    (["Sorry?"], ['{"a": 1}'], None),
    (["{}"], ['{"a": 1}'], None),
    (["[1]"], ["[2]"], None),
    ([], ['{"a": 1}'], None),
    (['{"a": 1}'], [], None),
]


@pytest.mark.parametrize(("a", "b", "drift"), DRIFTS)
def test_keys_that_a_always_has_and_b_never_are_told_without_any_check(a, b, drift):
    of_a = records_of([], *(said(one, Ask()) for one in a), endpoint=A)
    of_b = records_of([], *(said(one, Ask()) for one in b))
    found = breaks.drifts(of_a, of_b)
    assert [(prompt, str(one)) for prompt, one in found] == ([("p", drift)] if drift else [])


@pytest.mark.parametrize(
    ("a", "b_repeats", "expected"),
    [
        ([[1, 1, 1], [1, 1, 0], [0, 0, 1], [1, 1, 1]], 3, "0.0027"),  # 1 of 9 fails: twice (1/9)³
        ([[1, 1, 1], [1, 1, 0], [0, 0, 1], [1, 1, 1]], 1, "0.2222"),
        ([[1, 1], [1, 1]], 1, "0"),
        ([[1], [1]], 1, None),
        ([[0, 0]], 1, None),
    ],
)
def test_the_breaks_of_chance_are_told_from_as_own_noise(a, b_repeats, expected):
    def made(scores):
        return records_of([CHECK], *(RIGHT if one else WRONG for one in scores))["p"]

    of_a = {f"p{at}": made(scores) for at, scores in enumerate(a)}
    found = breaks.by_chance(of_a, {one: made([1] * b_repeats) for one in of_a})
    assert (None if found is None else str(round(found.expected, 4).normalize())) == expected
    assert found is None or found.expected <= found.high


def test_every_rule_has_a_kind_and_every_kind_a_rule():
    assert list(BreakKind) == breaks.ORDER
