"""The jobs of a comparison against a real server: what is asked, never asked twice, and what it costs at most."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from scorecards.catalog import Endpoint
from scorecards.cost.fact import Basis, Origin, PriceFact
from scorecards.cost.listing import Listing
from service import comparison_order
from service.comparison_order import Asked
from service.config import Settings
from service.store import catalog, comparisons, db, prices
from service.store.errors import NotAccepted
from service.store.tables import CellRow, EventRow
from tests.workers.compared import CAP, NOON, ROWS, A, B, echo, prompts, world_of
from workers.context import Context


@pytest.fixture
def world(tmp_path, chat_server):
    with world_of(tmp_path, chat_server) as made:
        yield made


def test_two_endpoints_are_asked_the_same_and_the_report_says_what_came(world, chat_server):
    chat_server.answer = echo
    done = world.work(world.create(**CAP))
    assert (done.state, done.reason) == ("done", "")
    assert chat_server.requests == 6 * 2 + 6
    rates = {one["ref"]: one["pass_rate"]["value"] for one in done.report["endpoints"]}
    assert rates == {A: "1", B: "1"}
    assert done.report["candidates"][0]["breaks"] == []
    told = world.rows(EventRow)[-1]
    assert (told.type, told.subject, told.body["state"]) == ("comparison.finished", f"comparison/{done.id}", "done")


def test_what_was_sent_before_a_restart_is_never_asked_again_where_it_may_have_been_billed(world, chat_server):
    chat_server.answer = echo
    one = world.create(**CAP)
    cell = next(each for each in one.order.plan.cells() if each.endpoint == B)
    with db.write(world.context.engine) as session:
        comparisons.begin(session, one.id, cell, NOON)
    done = world.work(one)
    assert chat_server.requests == 17
    assert world.states(done, B) == {"passed": 5, "unanswered": 1}
    row = next(each for each in world.rows(CellRow) if each.state == "unanswered")
    assert "not asked again" in row.record["detail"]


def test_what_runs_here_is_asked_again(world, chat_server):
    chat_server.answer = echo
    with db.write(world.context.engine) as session:
        catalog.save(session, catalog.get(session, Endpoint, B), "local")
    one = world.create(**CAP)
    cell = next(each for each in one.order.plan.cells() if each.endpoint == B)
    with db.write(world.context.engine) as session:
        comparisons.begin(session, one.id, cell, NOON)
    assert world.states(world.work(one), B) == {"passed": 6}


def test_the_cap_of_tokens_is_never_passed_and_ends_it(world, chat_server):
    chat_server.answer = echo
    done = world.work(world.create(cap_tokens=150, max_output_tokens=100))
    assert done.state == "out_of_money"
    assert "wants at most 150 tokens for all of it" in done.reason
    assert done.tokens <= 150
    assert done.report is not None
    assert 0 < chat_server.requests < 18


def test_a_cancelled_one_keeps_what_came(world, chat_server):
    asked = []

    def answer(text):
        asked.append(text)
        if len(asked) == 5:
            with db.write(world.context.engine) as session:
                comparisons.end(session, one.id, "cancelled", "by hand", NOON)
        return echo(text)

    chat_server.answer = answer
    one = world.create(**CAP)
    done = world.work(one)
    assert (done.state, chat_server.requests) == ("cancelled", 5)
    assert done.report["endpoints"][0]["not_asked"] + done.report["endpoints"][1]["not_asked"] == 13


def test_an_endpoint_that_is_down_is_left_after_three_pauses_and_the_other_goes_on(world, chat_server):
    chat_server.answer = echo
    with db.write(world.context.engine) as session:
        gone = catalog.get(session, Endpoint, B)
        closed = replace(gone, base_url="http://127.0.0.1:9/v1")
        catalog.save(session, closed, "api")
    done = world.work(world.create(prompts(20), **CAP))
    assert done.state == "done"
    assert f"{B}: 11 not asked, it did not answer" in done.reason
    assert world.states(done, B) == {"unanswered": 9}
    assert world.states(done, A) == {"passed": 40}
    assert done.report["candidates"][0]["breaks_by_kind"] == {}


def test_prompts_of_ones_own_stay_here_unless_the_operator_says_otherwise(world):
    with db.write(world.context.engine) as session:
        away = catalog.get(session, Endpoint, B)
        far = replace(away, base_url="https://far.example/v1")
        catalog.save(session, far, "api")
    with pytest.raises(NotAccepted, match="may be sent prompts of one's own"):
        world.create(**CAP)
    world.context = Context(
        world.context.engine,
        Settings(world.context.settings.data_dir, world.context.settings.database_url, prompts_to=(B,)),
        lambda *_: None,
        world.context.signing_key,
    )
    assert world.create(**CAP).state == "waiting"


@pytest.mark.parametrize(
    ("asked", "field", "message"),
    [
        ({"endpoints": (A,)}, "endpoints", "wants 2 to 8, has 1"),
        ({"endpoints": (A, A)}, "endpoints", "that differ"),
        ({"endpoints": (A, "no:where")}, "endpoints", "has 'no:where'"),
        ({"sets": ("nothing",)}, "sets", "has 'nothing'"),
        ({"file": None}, "prompts", "wants a prompt to ask"),
        ({"file": (b"\xff", "own.jsonl")}, "prompts", "wants UTF-8"),
        ({"file": (b"{}", "own.txt")}, "prompts", "wants a file that ends in"),
        ({"cap_tokens": 0}, "cap_tokens", "wants 1 to"),
        ({"repeats_a": 11}, "repeats_a", "wants 1 to 10, has 11"),
        ({"margin": Decimal(1)}, "margin", "wants 0.001 to 0.5"),
        ({"cap_tokens": None, "far": True}, "cap_tokens", "no price is held of"),
    ],
)
def test_what_is_wrong_is_told_of_each_field(world, asked, field, message):
    asked = dict(asked)
    if asked.pop("far", False):
        with db.write(world.context.engine) as session:
            away = catalog.get(session, Endpoint, B)
            far = replace(away, base_url="https://far.example/v1")
            catalog.save(session, far, "api")
        asked["sets"], asked["file"] = ("basics_en",), None
    whole = {"endpoints": (A, B), "file": comparison_order.rows_file(ROWS), **CAP, **asked}
    with db.write(world.context.engine) as session, pytest.raises(NotAccepted) as caught:
        comparison_order.order(session, Asked(**whole), world.context.settings)
    assert message in caught.value.problems[field]


def test_rows_that_are_no_prompts_are_left_out_and_told(world, chat_server):
    chat_server.answer = echo
    mixed = [*ROWS, {"prompt": ""}, {"prompt": ROWS[0]["prompt"]}, {"prompt": "x", "checks": [{"kind": "magic"}]}]
    done = world.work(world.create(mixed, **CAP))
    assert [one["row"] for one in done.report["prompts"]["left_out"]] == [7, 8, 9]
    assert done.report["prompts"]["n"] == 6


def refusing(chat_server, model, status, error, times=None):
    """Have a model refuse each prompt so often, None = always; return how often each was asked of it."""
    asked = Counter()

    def refuse(body):
        text = body["messages"][-1]["content"]
        if body["model"] != model:
            return None
        asked[text] += 1
        return (status, {"error": error}) if times is None or asked[text] <= times else None

    chat_server.answer, chat_server.refuse = echo, refuse
    return asked


TOO_SOON = {"message": "slow down", "type": "rate_limit_error"}
TOO_LONG = {"message": "too long", "type": "invalid_request_error", "code": "context_length_exceeded"}


def test_prompts_that_came_too_soon_are_asked_again(world, chat_server):
    asked = refusing(chat_server, "m1", 429, TOO_SOON, times=2)
    done = world.work(world.create(**CAP))
    assert (done.state, world.states(done, B)) == ("done", {"passed": 6})
    assert set(asked.values()) == {3}


def test_a_storm_of_429_is_never_a_bad_answer(world, chat_server):
    asked = refusing(chat_server, "m1", 429, TOO_SOON)
    done = world.work(world.create(**CAP))
    assert (world.states(done, A), world.states(done, B)) == ({"passed": 12}, {"unanswered": 6})
    assert set(asked.values()) == {3}
    assert done.report["endpoints"][1]["unanswered"] == {"rate_limited": 6}
    assert (done.report["candidates"][0]["quality"]["n"], done.report["candidates"][0]["breaks"]) == (0, [])


def test_prompts_over_the_context_are_told_each_and_the_rest_goes_on(world, chat_server):
    asked = refusing(chat_server, "m1", 400, TOO_LONG)
    done = world.work(world.create(prompts(20), **CAP))
    assert (len(asked), world.states(done, B)) == (20, {"unanswered": 20})
    assert done.report["endpoints"][1]["unanswered"] == {"too_large": 20}
    assert done.report["candidates"][0]["breaks_by_kind"] == {"rejected": 20}


def test_the_cap_of_money_is_never_passed_and_ends_it(world, chat_server):
    chat_server.answer = echo
    now = world.now[0]
    facts = [
        PriceFact(B, meter, "1M tokens", Decimal(10), "USD", now - timedelta(days=1), Basis.DOCUMENTED, now,
                  Origin("https://prices.example", "prices", "1"), None)
        for meter in ("input", "output")
    ]  # fmt: skip
    with db.write(world.context.engine) as session:
        assert (
            prices.keep(session, Listing("prices", "1", "https://prices.example", "1", now, facts), now).refused == ""
        )
    cap = Decimal("0.0013")
    done = world.work(world.create(cap_usd=cap, max_output_tokens=100, **CAP))
    assert (done.state, "wants at most" in done.reason) == ("out_of_money", True)
    assert 0 < Decimal(done.micro_usd) <= cap * 1_000_000
