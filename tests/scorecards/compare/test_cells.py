"""What becomes of a cell: an answer, an answer of another kind, or no answer; never one taken for the other."""

from decimal import Decimal

import pytest

from scorecards.compare import cells
from scorecards.compare.cells import Cell, State
from scorecards.compare.prompt_rows import of_row
from scorecards.encoding import to_json
from scorecards.exchanges import ANSWERED, Ask, Outcome, ToolCall
from tests.scorecards.probes.making import failed, said

CELL = Cell("p", "host:m-1", 0)
KEYS = {"kind": "keys", "keys": ["a"]}
ZH = {"kind": "language", "language": "zh"}
SORRY = "I'm sorry, I can't help with that."

STATES = [
    # checks, text, finish reason → state, score
    ([KEYS], '{"a": 1}', "stop", State.PASSED, 1),
    ([KEYS], '{"b": 1}', "stop", State.FAILED, 0),
    ([KEYS], SORRY, "stop", State.REFUSED, 0),
    ([KEYS], '{"a": ', "length", State.TRUNCATED, 0),
    ([KEYS], '{"a": 1}', "length", State.PASSED, 1),  # the cap came when all was said
    ([KEYS], "", "stop", State.EMPTY, 0),
    ([KEYS], "", "length", State.TRUNCATED, 0),  # it thought for all of its room
    ([KEYS], "<think>a</think>", "stop", State.EMPTY, 0),
    ([ZH], "This is the answer that you have asked for.", "stop", State.WRONG_LANGUAGE, 0),
    ([ZH], "42", "stop", State.UNSCORED, None),
    ([ZH, {"kind": "contains", "texts": ["43"]}], "42", "stop", State.FAILED, 0),
    ([{"kind": "contains", "texts": ["can't help"]}], SORRY, "stop", State.PASSED, 1),  # what was wanted
    ([], "Whatever.", "stop", State.UNCHECKED, None),
    ([], SORRY, "stop", State.REFUSED, None),
    ([], "", "stop", State.EMPTY, None),
    ([], "Half a sen", "length", State.TRUNCATED, None),
]


def prompt(checks):
    return of_row({"id": "p", "prompt": "?", "checks": checks}, 1, "mine")


@pytest.mark.parametrize(("checks", "text", "finish", "state", "score"), STATES, ids=str)
def test_an_answer_is_of_one_state(checks, text, finish, state, score):
    exchange = said(text, Ask(), finish_reason=finish)
    found = cells.record(CELL, prompt(checks), exchange, Decimal("0.01"))
    assert (found.state, found.score) == (state, score)
    assert found.answered
    assert found.cost_usd == Decimal("0.01")


@pytest.mark.parametrize("outcome", sorted(set(Outcome) - ANSWERED))
def test_a_failed_request_is_never_a_wrong_answer(outcome):
    found = cells.record(CELL, prompt([KEYS]), failed(outcome), None)
    assert (found.state, found.score, found.scores) == (State.UNANSWERED, None, {})
    assert found.detail == "gone"


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("refusal", State.REFUSED), ("content_filter", State.REFUSED), ("truncated", State.TRUNCATED)],
)
def test_what_the_endpoint_itself_says_counts(outcome, state):
    found = cells.record(CELL, prompt([KEYS]), failed(outcome), None)
    assert (found.state, found.score) == (state, 0)


def test_a_call_is_an_answer_without_words():
    found = cells.record(CELL, prompt([]), said("", Ask(), tool_calls=(ToolCall("f", "{}"),)), None)
    assert found.state is State.UNCHECKED


def test_times_are_those_of_the_exchange():
    found = cells.record(CELL, prompt([]), said("a b c", Ask()), None)
    assert (found.ttft_ms, found.e2e_ms, found.output_tokens) == (100, 102, 3)


@pytest.mark.parametrize("exchange", [said('{"b": 1}', Ask(), tool_calls=(ToolCall("f", "{}"),)), failed()])
def test_a_record_is_kept_as_json(exchange):
    found = cells.record(CELL, prompt([KEYS]), exchange, Decimal("0.00012"))
    assert cells.record_from_json(to_json(found)) == found
