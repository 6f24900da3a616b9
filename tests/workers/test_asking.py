"""Sending a plan: order, stops, budgets, Ctrl-C, against a real server on loopback."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from scorecards.catalog import Cited, Endpoint
from scorecards.exchanges import Ask, Delta, DeltaKind, Exchange, Outcome, Usage
from workers import budget
from workers.addresses import policy
from workers.asking import Interrupted, Way, ask_all
from workers.budget import Budget, RunPurse

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
PLAN = [Ask(text=f"Say {number}.", max_output_tokens=8) for number in range(6)]

WORD = Delta(1, DeltaKind.CONTENT, "x")


@pytest.fixture
def way(chat_server):
    """Return a function that makes a way to a model of the stub, with these purses."""

    def make(*purses, model="m0"):
        endpoint = Endpoint(
            f"stub:{model}", "stub/m", "stub", model, "openai_chat", chat_server.base_url, Cited("t", date(2026, 11, 1))
        )
        return Way(endpoint, policy("model", ["127.0.0.0/8"]), Budget(purses), lambda: NOON)

    return make


@pytest.mark.parametrize("concurrency", [1, 4])
def test_exchanges_come_in_the_order_of_the_plan_however_many_at_once(way, chat_server, concurrency):
    chat_server.answer = lambda prompt: [prompt]
    found = ask_all(way(), PLAN, concurrency=concurrency)
    assert [one.ask for one in found] == PLAN
    assert [one.text for one in found] == [ask.text for ask in PLAN]


def test_a_key_that_the_endpoint_quotes_is_in_no_exchange(way, chat_server, monkeypatch):
    chat_server.key = "sk-0123456789"
    chat_server.answer = lambda _prompt: ["yours is ", chat_server.key]
    monkeypatch.setenv("STUB_KEY", chat_server.key)
    one = way()
    (found,) = ask_all(replace(one, endpoint=replace(one.endpoint, key_env="STUB_KEY")), PLAN[:1])
    assert (found.outcome, found.detail, found.text) == ("ok", "", "yours is [key]")


def test_three_failures_in_a_row_end_a_run(way, chat_server):
    found = ask_all(way(model="gone"), PLAN)
    assert [one.outcome for one in found] == [Outcome.NOT_FOUND] * 3
    assert chat_server.requests == 3


def test_progress_is_told_after_each_exchange(way):
    told = []
    ask_all(way(), PLAN[:3], progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize("concurrency", [1, 3])
def test_what_came_before_an_interrupt_is_kept(way, concurrency):
    def interrupt(done, _of):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted) as stopped:
        ask_all(way(), PLAN, concurrency=concurrency, progress=interrupt)
    assert len(stopped.value.exchanges) >= 2
    assert all(one.ok for one in stopped.value.exchanges)


def test_a_request_that_may_pass_the_cap_is_not_sent_and_says_so(way, chat_server):
    cost = budget.most(PLAN[0])
    found = ask_all(way(RunPurse(cost + cost // 2, "--max-tokens")), [PLAN[0]] * 6)
    assert found[-1].outcome is Outcome.OVER_BUDGET
    assert "--max-tokens" in found[-1].detail
    assert chat_server.requests == len(found) - 1 >= 1


def test_what_a_request_did_not_use_can_be_used_by_the_next(way, chat_server):
    chat_server.answer = lambda _prompt: ["a"]
    purse = RunPurse(budget.most(PLAN[0]) + 20, "the run")
    found = ask_all(way(purse), PLAN[:4])
    assert [one.outcome for one in found] == [Outcome.OK] * 4
    assert purse.used == sum(one.usage.input + one.usage.output for one in found)


def test_a_purse_that_refuses_leaves_the_others_full():
    rich, poor = RunPurse(1000, "rich"), RunPurse(1, "poor")
    assert "poor" in Budget((rich, poor)).take(PLAN[0])
    assert rich.used == 0


@pytest.mark.parametrize(
    ("exchange", "tokens"),
    [
        (Exchange(PLAN[0], "a:b", NOON, Outcome.OK, usage=Usage(input=5, output=3)), 8),
        (Exchange(PLAN[0], "a:b", NOON, Outcome.AUTH), 0),
        (Exchange(PLAN[0], "a:b", NOON, Outcome.RESET, deltas=(WORD,)), budget.most(PLAN[0])),
    ],
)  # fmt: skip
def test_an_exchange_costs_what_was_reported_else_the_most_if_anything_came(exchange, tokens):
    assert budget.cost(exchange) == tokens
