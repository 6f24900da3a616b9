"""A comparison over the chat server of the tests: its catalogue, its clock, and its jobs done one after the other."""

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_network

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from scorecards.catalog import Catalog, Cited, Developer, Endpoint, Model
from service import comparison_order
from service.comparison_order import Asked
from service.config import Settings
from service.store import catalog, comparisons, db, migrate
from workers import jobs
from workers.context import Context

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
CITED = Cited("test", date(2026, 11, 25))
A, B = "here:m0", "here:m1"
READER = "bench:m2"
"""Of another developer; reads what A and B answer."""


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

    def change(self, ref, origin="api", **fields):
        """Have an endpoint of the catalogue be another."""
        with db.write(self.context.engine) as session:
            catalog.save(session, replace(catalog.get(session, Endpoint, ref), **fields), origin)

    def rows(self, table):
        with db.read(self.context.engine) as session:
            return list(session.scalars(select(table)))


@contextmanager
def world_of(folder, chat_server):
    engine = db.connect(f"sqlite:///{folder / 'pellucid.db'}")
    migrate.upgrade(engine)
    makers = {one: Developer(one, one.title(), "CN", CITED) for one in ("maker", "other")}
    models = {f"{one}/m": Model(f"{one}/m", "M", one, CITED, open_weights=True) for one in makers}
    served = {
        ref: Endpoint(ref, model, *ref.split(":"), "openai_chat", chat_server.base_url, CITED)
        for ref, model in {A: "maker/m", B: "maker/m", READER: "other/m"}.items()
    }
    with db.write(engine) as session:
        catalog.add(session, Catalog(makers, models, served), "api")
    settings = Settings(folder, str(engine.url), allow_networks=(ip_network("127.0.0.0/8"),))
    made = World(Context(engine, settings, lambda *_: None, Ed25519PrivateKey.generate(), clock=lambda: made.now[0]))
    try:
        yield made
    finally:
        engine.dispose()


def echo(text):
    return [text.partition("word ")[2].strip(".")] if "word " in text else None


CAP = {"cap_tokens": 1_000_000}
