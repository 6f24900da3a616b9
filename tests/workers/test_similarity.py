"""An embedder in a comparison against a real server: what is embedded, what it costs, and what is not compared."""

import pytest

from scorecards.compare.cells import Cell
from service.store import comparisons, db
from service.store.errors import NotAccepted
from service.store.tables import CellRow
from tests.workers.compared import CAP, NOON, READER, echo, world_of

EMBEDDER = f"embedder {READER}"


def turned(text):
    """Return a vector that answers with a 4 turn away from."""
    return [0.0, 2.0] if "not w4" in text else [1.0, 0.0]


@pytest.fixture
def world(tmp_path, chat_server):
    with world_of(tmp_path, chat_server) as made:
        chat_server.answer, chat_server.vector = echo, turned
        chat_server.answers["m1"] = lambda text: ["not "] + (echo(text) or [])
        yield made


def compared(world, **more):
    done = world.work(world.create(embedder=READER, **{**CAP, **more}))
    return done, done.report["candidates"][0]["similarity"]


def test_first_answers_are_embedded_last_and_the_least_alike_are_named(world, chat_server):
    done, said = compared(world)
    assert (done.state, done.reason, chat_server.requests) == ("done", "", 18 + 12)
    assert world.states(done, EMBEDDER) == {"unchecked": 12}
    assert (said["endpoint"], said["n"], said["not_embedded"]) == (READER, 6, 0)
    assert (said["p5"], said["p50"]) == (None, "1")  # six are too few for a percentile as low as the 5th
    assert said["least_similar"][:2] == [
        {"prompt": "own/row-5", "cosine": "0"},
        {"prompt": "own/row-1", "cosine": "1"},
    ]
    assert "never correctness" in said["note"]


def test_vectors_are_billed_by_what_goes_in(world):
    done, _ = compared(world)
    rows = [one for one in world.rows(CellRow) if one.endpoint == EMBEDDER]
    assert {(one.record["input_tokens"], one.record["output_tokens"]) for one in rows} == {(1, 0), (2, 0)}
    assert done.tokens == sum(one.record["input_tokens"] + one.record["output_tokens"] for one in world.rows(CellRow))


def test_it_is_in_no_number_of_the_comparison_itself(world):
    alone, beside = world.work(world.create(**CAP)).report, compared(world)[0].report
    assert beside["candidates"][0]["quality"] == alone["candidates"][0]["quality"]
    assert (beside["rows"], "similarity" in alone["candidates"][0]) == (alone["rows"], False)


def test_a_judge_and_an_embedder_may_read_the_same_answers(world, chat_server):
    chat_server.answers["m2"] = lambda _: ["WINNER: TIE"]
    done, said = compared(world, judge=READER)
    assert (done.state, chat_server.requests) == ("done", 18 + 12 + 12)
    assert (said["n"], done.report["candidates"][0]["judge"]["tie"]) == (6, 6)


@pytest.mark.parametrize(
    "vector",
    [
        lambda text: [1.0] if "not w4" in text else [1.0, 0.0],  # of another model
        lambda text: [0.0, 0.0] if "not w4" in text else [1.0, 0.0],
        lambda text: ["a"] if "not w4" in text else [1.0, 0.0],
    ],
)
def test_what_has_no_vector_that_can_be_compared_is_counted_and_nothing_else(world, chat_server, vector):
    chat_server.vector = vector
    _, said = compared(world)
    assert (said["n"], said["not_embedded"], said["p50"]) == (5, 1, "1")


def test_an_answer_without_a_word_is_not_embedded(world, chat_server):
    chat_server.answers["m1"] = lambda text: [" "] if "w4" in text else echo(text)
    _, said = compared(world)
    assert (chat_server.requests, said["n"], said["not_embedded"]) == (18 + 10, 5, 0)


def test_what_was_sent_before_a_restart_is_not_sent_again(world, chat_server):
    one = world.create(embedder=READER, **CAP)
    with db.write(world.context.engine) as session:
        comparisons.begin(session, one.id, Cell("own/row-1", EMBEDDER, 0), NOON)
    said = world.work(one).report["candidates"][0]["similarity"]
    assert (chat_server.requests, said["n"], said["not_embedded"]) == (18 + 11, 5, 1)


def test_an_embedder_that_is_down_is_left_and_told(world, chat_server):
    chat_server.vector = None
    done, said = compared(world)
    assert (done.state, done.reason) == ("done", f"{EMBEDDER}: 3 not asked, it did not answer")
    assert (said["n"], said["not_embedded"], said["p50"], said["least_similar"]) == (0, 6, None, [])


@pytest.mark.parametrize(
    ("fields", "rows", "message"),
    [
        ({"base_url": "https://far.example/v1"}, True, "embedder: wants an endpoint that may be sent prompts"),
        ({"dialect": "anthropic_messages"}, True, "embedder: wants an endpoint of a dialect that embeds: gemini, "),
        ({"base_url": "https://far.example/v1"}, False, f"cap_tokens: .*no price is held of {READER}"),
    ],
)
def test_what_is_wrong_with_an_embedder_is_told(world, fields, rows, message):
    world.change(READER, **fields)
    asked = CAP if rows else {"rows": None, "sets": ("basics_en",), "per_set": 2}
    with pytest.raises(NotAccepted, match=message):
        world.create(embedder=READER, **asked)
