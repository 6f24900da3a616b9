"""The jobs of a comparison against a real server: what is asked, never asked twice, and what it costs at most."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from ipaddress import ip_network

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from scorecards.catalog import Catalog, Cited, Developer, Endpoint, Model
from service import comparison_order
from service.comparison_order import Asked
from service.config import Settings
from service.store import catalog, comparisons, db, migrate
from service.store.errors import NotAccepted
from service.store.tables import CellRow, EventRow
from workers import jobs
from workers.context import Context

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
CITED = Cited("test", date(2026, 11, 25))
A, B = "here:m0", "here:m1"


def prompts(count):
    return [
        {"prompt": f"Say the word w{one}.", "checks": [{"kind": "contains", "texts": [f"w{one}"]}]}
        for one in range(count)
    ]


ROWS = prompts(6)


@dataclass
class World:
    context: Context
    now: list[datetime] = field(default_factory=lambda: [NOON])

    def create(self, rows=ROWS, **more):
        asked = Asked((A, B), file=comparison_order.rows_file(rows) if rows else None, seed="s", **more)
        with db.write(self.context.engine) as session:
            order = comparison_order.order(session, asked, self.context.settings)
            return comparisons.create(session, order, "me", self.now[0])

    def get(self, one):
        with db.read(self.context.engine) as session:
            return comparisons.get(session, one.id)

    def work(self, one, rounds=60):
        """Do every job that is due, moving the clock to the next one when none is."""
        for _ in range(rounds):
            with db.read(self.context.engine) as session:
                due = comparisons.jobs_of(session, one)
            if not due:
                break
            ran = [jobs.run(self.context, job) for job in due]
            if not any(ran):
                self.now[0] += timedelta(seconds=30)
        return self.get(one)

    def states(self, one, ref):
        with db.read(self.context.engine) as session:
            return comparisons.progress(session, one.id).get(ref, {})

    def rows(self, table):
        with db.read(self.context.engine) as session:
            return list(session.scalars(select(table)))


@pytest.fixture
def world(tmp_path, chat_server):
    engine = db.connect(f"sqlite:///{tmp_path / 'pellucid.db'}")
    migrate.upgrade(engine)
    maker, model = Developer("maker", "Maker", "CN", CITED), Model("maker/m", "M", "maker", CITED, open_weights=True)
    served = {
        ref: Endpoint(ref, model.ref, "here", ref.partition(":")[2], "openai_chat", chat_server.base_url, CITED)
        for ref in (A, B)
    }
    with db.write(engine) as session:
        catalog.add(session, Catalog({"maker": maker}, {model.ref: model}, served), "api")
    settings = Settings(tmp_path, str(engine.url), allow_networks=(ip_network("127.0.0.0/8"),))
    made = World(Context(engine, settings, lambda *_: None, Ed25519PrivateKey.generate(), clock=lambda: made.now[0]))
    yield made
    engine.dispose()


def echo(text):
    return [text.partition("word ")[2].strip(".")] if "word " in text else None


CAP = {"cap_tokens": 1_000_000}


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
