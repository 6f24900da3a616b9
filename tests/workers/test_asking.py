"""Sending a plan: order, stops, budgets, Ctrl-C, against a real server on loopback."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from scorecards import probes
from scorecards.catalog import Cited, Endpoint
from scorecards.cost.engine import Tariff
from scorecards.cost.usage import Usage as Used
from scorecards.exchanges import Ask, Delta, DeltaKind, Exchange, Outcome, Usage
from scorecards.target import Target
from tests.scorecards.cost.prices import fact
from workers import budget
from workers.addresses import policy
from workers.asking import Interrupted, Way, ask_all, ask_probe, silent
from workers.budget import Amount, Budget, RunPurse

PROBES = probes.load()
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
PLAN = [Ask(text=f"Say {number}.", max_output_tokens=8) for number in range(6)]

MOST = budget.most(PLAN[0])
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


def test_a_refusal_that_is_what_the_probe_wants_to_know_is_no_failure_and_a_dead_endpoint_is(way, chat_server):
    trials = [replace(one, trial=True) for one in PLAN]
    assert len(ask_all(way(model="gone"), trials)) == len(PLAN)
    dead = way()
    dead = replace(dead, endpoint=replace(dead.endpoint, base_url="http://127.0.0.1:1/v1"))
    assert [one.outcome for one in ask_all(dead, trials)] == [Outcome.RESET] * 3


def after(plan, then):
    return replace(PROBES["uptime"], plan=lambda _: plan, then=then)


def test_a_probe_may_ask_more_after_what_came(way):
    progress, seen = [], []
    probe = after(PLAN[:2], lambda _, came: seen.extend(came) or PLAN[2:5])
    one = way()
    found = ask_probe(one, probe, Target(one.endpoint, "n"), concurrency=1, progress=lambda *at: progress.append(at))
    assert [each.ask for each in found] == PLAN[:5]
    assert [each.ask for each in seen] == PLAN[:2]
    assert progress == [(1, 2), (2, 2), (3, 5), (4, 5), (5, 5)]


def test_nothing_more_is_asked_where_the_probe_wants_nothing_more(way, chat_server):
    one = way()
    ask_probe(one, after(PLAN[:2], lambda *_: ()), Target(one.endpoint, "n"), concurrency=1, progress=silent)
    assert chat_server.requests == 2


def test_what_came_before_ctrl_c_in_the_second_round_is_kept_with_the_first(way):
    def stop(done, _of):
        if done == 3:
            raise KeyboardInterrupt

    one = way()
    with pytest.raises(Interrupted) as stopped:
        ask_probe(one, after(PLAN[:2], lambda *_: PLAN[2:]), Target(one.endpoint, "n"), concurrency=1, progress=stop)
    assert [each.ask for each in stopped.value.exchanges] == PLAN[:3]


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
    cost = MOST.input + MOST.output
    found = ask_all(way(RunPurse(cost + cost // 2, "--max-tokens")), [PLAN[0]] * 6)
    assert found[-1].outcome is Outcome.OVER_BUDGET
    assert "--max-tokens" in found[-1].detail
    assert chat_server.requests == len(found) - 1 >= 1


def test_what_a_request_did_not_use_can_be_used_by_the_next(way, chat_server):
    chat_server.answer = lambda _prompt: ["a"]
    purse = RunPurse(MOST.input + MOST.output + 20, "the run")
    found = ask_all(way(purse), PLAN[:4])
    assert [one.outcome for one in found] == [Outcome.OK] * 4
    assert purse.used == sum(one.usage.input + one.usage.output for one in found)


def test_a_purse_that_refuses_leaves_the_others_full():
    rich, poor = RunPurse(1000, "rich"), RunPurse(1, "poor")
    assert "poor" in Budget((rich, poor)).take(PLAN[0], NOON)
    assert rich.used == 0


REFUSED = [
    "over_budget",
    "unsupported",
    "bad_url",
    "refused_address",
    "dns",
    "tls",
    "timeout_connect",
    "redirect_refused",
    "auth",
    "forbidden",
    "not_found",
    "bad_request",
    "too_large",
    "rate_limited",
]
SENT = [
    "ok",
    "refusal",
    "content_filter",
    "truncated",
    "incomplete",
    "bad_framing",
    "bad_json",
    "wrong_type",
    "too_big",
    "server_error",
    "overloaded",
    "timeout_first_byte",
    "idle",
    "deadline",
]


@pytest.mark.parametrize(
    ("outcome", "told", "used"),
    [
        ("ok", {"usage": Usage(input=5, output=3)}, Used(5, 3)),
        ("deadline", {"usage": Usage(input=5, output=3)}, Used(5, 3)),
        ("ok", {"usage": Usage(input=5)}, MOST),
        ("ok", {"usage": Usage(input=5, output=3, cached=6)}, MOST),
        *[(outcome, {}, None) for outcome in REFUSED],
        *[(outcome, {}, MOST) for outcome in SENT],
        ("reset", {}, None),
        ("reset", {"status": 200}, MOST),
        ("reset", {"status": 200, "deltas": (WORD,)}, MOST),
    ],
)
def test_an_exchange_costs_what_was_reported_else_the_most_unless_nobody_can_bill_it(outcome, told, used):
    assert budget.cost(Exchange(PLAN[0], "a:b", NOON, Outcome(outcome), **told)) == used


def test_every_outcome_is_known_to_cost_or_not():
    assert {*REFUSED, *SENT, "reset"} == set(Outcome)


def priced(*facts):
    return Tariff("stub:m0", [fact("stub:m0", *one[:3], **dict(one[3:])) for one in facts])


INPUT, OUTPUT = ("input", "1", "USD"), ("output", "10", "USD")


@pytest.mark.parametrize(
    ("facts", "used", "micro_usd"),
    [
        ([INPUT, OUTPUT], Used(100, 10), 200),
        ([INPUT, ("output", "0.04", "USD")], Used(0, 10), 1),
        ([INPUT, OUTPUT, ("cache_read", "0.1", "USD")], Used(100, 10, cached=100), 110),
        ([INPUT, OUTPUT, ("reasoning", "30", "USD")], Used(100, 10), 400),
        ([INPUT, OUTPUT, ("reasoning", "30", "USD")], Used(100, 10, reasoning=5), 300),
        ([INPUT, OUTPUT, ("output", "20", "USD", ("source", "other"))], Used(100, 10), 300),
        ([INPUT, OUTPUT, ("output", "20", "USD", ("window", "undescribed"))], Used(100, 10), 300),
        ([INPUT], Used(100, 10), 0),
        ([("input", "1", "XXX"), ("output", "10", "XXX")], Used(100, 10), 0),
        ([], Used(100, 10), 0),
    ],
)
def test_money_is_that_of_the_dearest_price_that_may_apply_rounded_up(facts, used, micro_usd):
    assert budget.micro_usd(priced(*facts), used, NOON) == micro_usd


class Kept:
    """A purse that takes everything and writes it down."""

    def __init__(self):
        self.moves = []

    def take(self, amount, at):
        self.moves.append((amount, at))
        return ""

    def give_back(self, amount, at):
        self.moves.append((amount, at))


@pytest.mark.parametrize(
    ("tariff", "micro_usd"), [(None, (0, 0)), (priced(INPUT, OUTPUT), (MOST.input + 10 * MOST.output, 5 + 10 * 3))]
)
def test_what_is_given_back_is_the_rest_at_the_instant_of_the_taking(tariff, micro_usd):
    kept = Kept()
    of = Budget((kept,), tariff)
    assert of.take(PLAN[0], NOON) == ""
    of.settle(Exchange(PLAN[0], "stub:m0", NOON, Outcome.OK, usage=Usage(input=5, output=3)))
    tokens = MOST.input + MOST.output
    assert kept.moves == [
        (Amount(tokens, micro_usd[0]), NOON),
        (Amount(tokens - 8, micro_usd[0] - micro_usd[1]), NOON),
    ]


def test_an_exchange_starts_at_the_instant_at_which_its_cost_was_set_aside(way):
    kept, ticks = Kept(), iter([NOON, NOON.replace(hour=13), NOON.replace(hour=14)])
    (one,) = ask_all(replace(way(kept), clock=lambda: next(ticks)), PLAN[:1])
    assert [at for _, at in kept.moves] == [NOON, NOON]
    assert one.started_at == NOON
