"""A judge in a comparison against a real server: both orders, caps, restarts, privacy, and no part in any verdict."""

import re
from dataclasses import replace

import pytest
from sqlalchemy import delete

from scorecards.compare.cells import Cell
from service import comparison_shown
from service.store import comparisons, db
from service.store.errors import NotAccepted
from service.store.tables import CatalogRow, CellRow, ComparisonRow, JobRow
from tests.workers.compared import CAP, NOON, READER, A, B, echo, world_of
from workers import comparing

JUDGE = f"judge {READER}"
SHOWN = re.compile(r"<<ANSWER [12] \w+>>\n(.*?)\n<<END", re.DOTALL)


@pytest.fixture
def world(tmp_path, chat_server):
    with world_of(tmp_path, chat_server) as made:
        chat_server.answer = echo
        chat_server.answers["m1"] = lambda text: [*(echo(text) or []), " and so on"]
        yield made


def judging(prefer):
    """Return a judge; `prefer` names the winner of two answers."""
    return lambda text: ["Let me see. ", f"WINNER: {prefer(*SHOWN.findall(text))}"]


def longer(one, other):
    return 1 if len(one) > len(other) else 2


def first(_one, _other):
    return 1


def judged(world, **more):
    return world.work(world.create(judge=READER, **{**CAP, **more}))


@pytest.mark.parametrize(
    ("prefer", "counts"),
    [
        (longer, {"a": 0, "b": 6}),
        (lambda one, other: longer(other, one), {"a": 6, "b": 0}),
        (first, {"flipped": 6}),
        (lambda *_: "TIE", {"tie": 6}),
        (lambda *_: "both", {"unread": 6}),
    ],
)
def test_a_preference_counts_only_where_it_holds_in_both_orders(world, chat_server, prefer, counts):
    chat_server.answers["m2"] = judging(prefer)
    done = judged(world)
    assert (done.state, done.reason) == ("done", "")
    assert chat_server.requests == 6 * 2 + 6 + 6 * 2
    said = done.report["candidates"][0]["judge"]
    nothing = dict.fromkeys(("a", "b", "tie", "flipped", "unread"), 0)
    assert {name: said[name] for name in nothing} == nothing | counts
    assert (said["endpoint"], said["n"], said["not_asked"], said["self_preference"]) == (READER, 6, 0, [])


def test_its_numbers_have_their_n_and_interval_and_are_null_where_nothing_was_said(world, chat_server):
    chat_server.answers["m2"] = judging(lambda one, other: 1 if "w0" in one else longer(one, other))
    said = judged(world).report["candidates"][0]["judge"]
    assert said["b_preferred"] == {"value": "1", "low": "0.5655", "high": "1", "n": 5, "units": 5}
    assert (said["flip_rate"]["value"], said["flip_rate"]["n"]) == ("0.1667", 6)
    chat_server.answers["m2"] = judging(lambda *_: "nobody")
    said = judged(world).report["candidates"][0]["judge"]
    assert (said["b_preferred"], said["flip_rate"]) == (None, None)


def test_it_is_in_no_number_of_the_comparison_itself(world, chat_server):
    chat_server.answers["m2"] = judging(longer)
    alone, with_judge = world.work(world.create(**CAP)).report, judged(world).report
    assert "judge" not in alone["candidates"][0]
    for name in ("quality", "slices", "breaks", "text", "not_compared"):
        assert with_judge["candidates"][0][name] == alone["candidates"][0][name]
    assert [one["ref"] for one in with_judge["endpoints"]] == [A, B]
    assert with_judge["rows"] == alone["rows"]


def test_it_is_asked_last_in_the_lane_of_its_host_and_counted_under_its_name(world, chat_server):
    asked = []
    chat_server.answers["m2"] = lambda text: asked.append(chat_server.requests) or ["WINNER: TIE"]
    one = world.create(judge=READER, **CAP)
    assert {each.key for each in world.rows(JobRow)} == {f"compare:{one.id}:{ref}" for ref in (A, B)}
    done = world.work(one)
    assert asked == list(range(19, 31))
    assert {each.lane for each in world.rows(JobRow) if each.kind == "compare"} == {"host:127.0.0.1"}
    assert world.states(done, JUDGE) == {"unchecked": 12}
    with db.read(world.context.engine) as session:
        shown = comparison_shown.comparison(done, comparisons.progress(session, done.id))
    assert shown["progress"][2] == {"endpoint": JUDGE, "cells": 12, "sent": 12, "states": {"unchecked": 12}}
    assert shown["judge"] == READER
    assert world.rows(ComparisonRow)[0].cells == 30


def test_what_one_of_both_did_not_answer_is_not_judged(world, chat_server):
    world.change(B, base_url="http://127.0.0.1:9/v1")
    done = judged(world)
    assert (done.state, world.states(done, JUDGE)) == ("done", {})
    said = done.report["candidates"][0]["judge"]
    assert (said["n"], said["not_asked"], said["b_preferred"]) == (0, 0, None)


def test_its_requests_are_inside_the_cap_and_pairs_that_were_not_asked_are_counted(world, chat_server):
    chat_server.answers["m2"] = judging(longer)
    done = judged(world, cap_tokens=1900)
    assert done.state == "out_of_money"
    assert done.reason.startswith(f"{JUDGE}: wants at most 1900 tokens for all of it")
    assert done.tokens <= 1900
    said = done.report["candidates"][0]["judge"]
    assert said["n"] + said["not_asked"] == 6
    assert said["b"] == said["n"] > 0 < said["not_asked"]
    assert done.report["candidates"][0]["quality"]["n"] == 6


@pytest.mark.parametrize(("origin", "requests", "unread"), [("api", 29, 1), ("local", 30, 0)])
def test_what_was_sent_before_a_restart_is_asked_again_only_where_nobody_bills_it(
    world, chat_server, origin, requests, unread
):
    chat_server.answers["m2"] = judging(longer)
    world.change(READER, origin)
    one = world.create(judge=READER, **CAP)
    with db.write(world.context.engine) as session:
        comparisons.begin(session, one.id, Cell("own/row-1", JUDGE, 1), NOON)
    said = world.work(one).report["candidates"][0]["judge"]
    assert chat_server.requests == requests
    assert (said["n"], said["b"], said["unread"]) == (6, 6 - unread, unread)


def test_what_one_slice_asked_the_next_does_not_ask_again(world, chat_server, monkeypatch):
    monkeypatch.setattr(comparing, "SLICE_S", 0.0)
    chat_server.answers["m2"] = judging(longer)
    done = world.work(world.create(judge=READER, **CAP), rounds=200)
    assert (done.state, chat_server.requests) == ("done", 30)
    assert [one.tries for one in world.rows(CellRow)] == [1] * 30


def test_a_cancelled_one_asks_no_judge_any_more(world, chat_server):
    def answer(text):
        if chat_server.requests == 21:
            with db.write(world.context.engine) as session:
                comparisons.end(session, one.id, "cancelled", "by hand", NOON)
        return judging(longer)(text)

    chat_server.answers["m2"] = answer
    one = world.create(judge=READER, **CAP)
    done = world.work(one)
    assert (done.state, chat_server.requests) == ("cancelled", 21)
    said = done.report["candidates"][0]["judge"]
    assert (said["n"], said["b"], said["not_asked"]) == (1, 1, 5)


def test_a_judge_that_is_down_is_left_and_told(world):
    world.change(READER, base_url="http://127.0.0.1:9/v1")
    done = judged(world)
    assert (done.state, done.reason) == ("done", f"{JUDGE}: 3 not asked, it did not answer")
    said = done.report["candidates"][0]["judge"]
    assert (said["n"], said["unread"], said["not_asked"], said["flip_rate"]) == (4, 4, 2, None)


def test_a_judge_that_left_the_catalogue_leaves_the_rest_as_it_is(world):
    one = world.create(judge=READER, **CAP)
    with db.write(world.context.engine) as session:
        session.execute(delete(CatalogRow).where(CatalogRow.ref == READER))
    done = world.work(one)
    assert (done.state, done.reason) == ("done", f"{JUDGE}: 12 not asked, it did not answer")
    assert done.report["candidates"][0]["quality"]["n"] == 6


def test_a_judge_of_the_family_is_warned_of_and_may_answer_as_well(world, chat_server):
    chat_server.answers["m1"] = lambda text: judging(longer)(text) if text.startswith("<<") else echo(text)
    done = world.work(world.create(judge=B, **CAP))
    assert done.report["candidates"][0]["judge"]["self_preference"] == [
        f"the judge and {ref} are both of maker: judges prefer their own family's outputs" for ref in (A, B)
    ]
    assert (world.states(done, B), world.states(done, f"judge {B}")) == ({"passed": 6}, {"unchecked": 12})
    with db.read(world.context.engine) as session:
        shown = comparison_shown.outputs(done, "own/row-1", comparisons.records(session, done.id, "own/row-1"))
    assert [len(shown["endpoints"][ref]) for ref in (A, B)] == [2, 1]
    assert [(one["shown"], one["text"]) for one in shown["judge"]] == [
        ([A, B], "Let me see. WINNER: 2"),
        ([B, A], "Let me see. WINNER: 2"),
    ]


FAR = {"base_url": "https://far.example/v1"}


def test_prompts_of_ones_own_and_answers_to_them_go_to_a_judge_elsewhere_only_where_the_operator_says_so(world):
    world.change(READER, **FAR)
    with pytest.raises(NotAccepted, match=r"^judge: wants an endpoint that may be sent prompts of one's.*bench:m2"):
        world.create(judge=READER, **CAP)
    assert world.create(None, sets=("basics_en",), per_set=2, judge=READER, **CAP).state == "waiting"
    settings = replace(world.context.settings, prompts_to=(READER,))
    world.context = replace(world.context, settings=settings)
    assert world.create(judge=READER, **CAP).state == "waiting"


def test_what_is_wrong_with_a_judge_is_told_of_its_field(world):
    world.change(READER, **FAR)
    for asked, field, message in (
        ({"judge": "no:where"}, "judge", "wants endpoints of the catalogue, has 'no:where'"),
        ({"judge": "x:" + "y" * 300}, "judge", "wants 0 to 280, has 302"),
        ({"judge": READER, "cap_tokens": None}, "cap_tokens", f"no price is held of {READER}, so"),
    ):
        with pytest.raises(NotAccepted) as caught:
            world.create(None, sets=("basics_en",), per_set=2, **{**CAP, **asked})
        assert message in caught.value.problems[field]
