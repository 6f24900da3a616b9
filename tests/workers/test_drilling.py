"""A swap drill from the order to the pack, against a real server with planted faults."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from scorecards import card as cards_of
from scorecards.cost.fact import Basis, Origin, PriceFact
from scorecards.cost.listing import Listing
from scorecards.switching.conformance import load
from service import drills
from service.drills import Wish
from service.store import cards, db, prices
from service.store.cards import Published
from service.store.errors import NotAccepted
from service.store.tables import CellRow, EventRow
from tests.workers.test_comparing import NOON, A, B, world

__all__ = ["world"]

TICKET = '{"summary": "Water drips", "urgency": "high"}'
KEYS = {"kind": "keys", "keys": {"summary": "string", "urgency": "string"}}
ROWS = [{"id": str(at), "prompt": f"Classify ticket {at}.", "lang": "en", "checks": [KEYS]} for at in range(24)]
FAULTS = {
    "Classify ticket 3.": TICKET.replace("urgency", "urgency_level"),
    "Classify ticket 4.": "I'm sorry, I can't help with that.",
    "Classify ticket 5.": " ".join(["and"] * 90),
}
APP = {
    "name": "support desk",
    "baseline": A,
    "candidates": [B],
    "features": ["json_schema", "tools"],
    "optional_features": ["seed"],
    "prompts": "own.jsonl",
    "repeats": 3,
    "max_output_tokens": 40,
    "limits": {"max_tokens": 1_000_000, "max_usd": "5"},
}


def said(text):
    return [f"{word} " for word in text.split()]


def publish(world, grades):
    """Publish a card that says what conformance found at both endpoints; all passes, but the given ones at B."""
    rows = {
        ref: [{"name": name, "result": given.get(name, "pass"), "reason": "seen"} for name in load()]
        for ref, given in ((A, {}), (B, grades))
    }
    card = {
        "model": {"ref": "maker/m"},
        "sequence": 1,
        "endpoints": [{"ref": ref, "portability": {"matrix": matrix}} for ref, matrix in rows.items()],
    }
    body = cards_of.canonical(card)
    with db.write(world.context.engine) as session:
        cards.publish(session, Published(cards_of.card_id(card), NOON, body, ""), {}, [])


def price(world, amounts):
    facts = [
        PriceFact(
            endpoint=ref, meter=meter, unit="1M tokens", amount=Decimal(amount), currency="USD", valid_from=None,
            basis=Basis.DOCUMENTED, observed_at=NOON, origin=Origin("https://x.example", "hand", "1", snippet=meter),
        )
        for ref, amount in amounts.items() for meter in ("input", "output")
    ]  # fmt: skip
    with db.write(world.context.engine) as session:
        run = prices.keep(session, Listing("hand", "1", "https://x.example", "1", NOON, facts), NOON)
    assert run.refused == ""


def create(world, rows=ROWS, **changes):
    file = "\n".join(json.dumps(one) for one in rows).encode()
    with db.write(world.context.engine) as session:
        wish = Wish(APP | changes, "app.toml", (file, "own.jsonl"))
        return drills.create(session, wish, "me", world.context.settings, NOON)


def packed(world, one):
    with db.read(world.context.engine) as session:
        return drills.files(session, one)


def test_planted_faults_are_all_named_and_nothing_beside_from_order_to_pack(world, chat_server):
    chat_server.answers = {"m0": lambda _: said(TICKET), "m1": lambda text: said(FAULTS.get(text, TICKET))}
    publish(world, {"seed": "ignored"})
    price(world, {A: "1000", B: "2000"})
    made = create(world)
    assert (made.kind, made.state) == ("drill", "waiting")
    assert drills.document(made) is None
    assert packed(world, made) == {}
    done = world.work(made)
    [one] = drills.document(done)["candidates"]
    kinds = {each["kind"]: each["prompts"] for each in one["findings"]}
    assert kinds == {
        "parameter_ignored": [],
        "refusal": ["own/4"],
        "truncation": ["own/5"],
        "key_drift": ["own/3"],
        "price": [],
    }
    assert one["recommendation"]["advice"] == "stay"
    told = world.rows(EventRow)[-1]
    assert (told.type, told.subject) == ("comparison.finished", f"drill/{done.id}")
    files = packed(world, done)
    assert [json.loads(line)["prompt"] for line in files["failing_prompts.jsonl"].splitlines()] == [
        "own/3", "own/4", "own/5",
    ]  # fmt: skip
    assert json.loads(files["report.json"]) == drills.document(done)


def test_two_that_are_alike_have_nothing_named(world, chat_server):
    chat_server.answers = dict.fromkeys(("m0", "m1"), lambda _: said(TICKET))
    publish(world, {})
    done = world.work(create(world))
    [one] = drills.document(done)["candidates"]
    assert one["findings"] == []
    assert one["verdict"] in {"equivalent", "undecided"}


def test_a_needed_feature_that_b_lacks_ends_it_without_a_request(world, chat_server):
    publish(world, {"json_schema": "ignored"})
    made = create(world, limits={})
    assert (made.state, made.reason) == ("done", drills.NOBODY_PASSES)
    done = world.work(made)
    assert (chat_server.requests, world.rows(CellRow)) == (0, [])
    told = drills.document(done)
    assert (told["comparison"], told["estimate"]) == (None, None)
    assert told["candidates"][0]["recommendation"]["reason"] == "B lacks what the program needs: json_schema"
    assert packed(world, done)["failing_prompts.jsonl"] == ""
    assert world.rows(EventRow)[-1].subject == f"drill/{done.id}"


def test_a_drill_says_the_same_whatever_is_published_later(world, chat_server):
    chat_server.answers = dict.fromkeys(("m0", "m1"), lambda _: said(TICKET))
    done = world.work(create(world))
    before = drills.document(done)
    world.now[0] += timedelta(days=200)
    publish(world, {"json_schema": "fail"})
    assert drills.document(world.get(done)) == before


def test_of_each_set_so_many_questions_are_asked_as_the_app_says(world):
    assert len(create(world, sets=["basics_en"], per_set=5).order.plan.prompts) == len(ROWS) + 5


WRONG = [
    ({"repeats": 0}, "repeats", "wants a whole number from 1 to 10, has 0"),
    ({"candidates": []}, "candidates", "wants an endpoint to move to, has none"),
    ({"candidates": ["no:where"]}, "candidates", "wants endpoints of the catalogue, has 'no:where'"),
    ({"sets": ["nothing"]}, "sets", "has 'nothing'"),
    ({"limits": {"max_tokens": 10}}, "limits.max_tokens", "wants at least "),
    ({"limits": {"max_usd": "0.000001", "max_tokens": 10**6}}, "limits.max_usd", "wants at least "),
]


@pytest.mark.parametrize(("changes", "key", "message"), WRONG)
def test_what_is_wrong_is_told_by_key(world, changes, key, message):
    price(world, {A: "1000", B: "2000"})
    with pytest.raises(NotAccepted) as error:
        create(world, **changes)
    assert message in error.value.problems[key]
