"""A real endpoint goes away and comes back, and what is told of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import workers.jobs
from scorecards.catalog import Catalog, Cited, Developer, Endpoint, Model
from scorecards.events.degradation import DEGRADED, RECOVERED
from service.config import Settings
from service.store import catalog, db, events, jobs, migrate
from workers import planning
from workers.context import Context

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CITED = Cited("test", NOON.date())
MODEL = Model("maker/m0", "M0", "maker", CITED)
ENDPOINT = Endpoint("host:m0", MODEL.ref, "host", "m0", "openai_chat", "http://127.0.0.1:9/v1", CITED)
"""Nobody listens on the port of `discard`."""


class World:
    """A database, a clock, and an endpoint that can be moved."""

    def __init__(self, folder):
        self.now = NOON
        self.engine = db.connect(f"sqlite:///{folder / 'pellucid.db'}")
        migrate.upgrade(self.engine)
        settings = Settings(data_dir=folder, database_url=str(self.engine.url), token_cap=100_000)
        key = Ed25519PrivateKey.generate()
        self.context = Context(self.engine, settings, lambda *_: None, key, clock=lambda: self.now)

    def at(self, base_url):
        maker = Developer("maker", "Maker", "CN", CITED)
        moved = replace(ENDPOINT, base_url=base_url)
        with db.write(self.engine) as session:
            catalog.add(session, Catalog({"maker": maker}, {MODEL.ref: MODEL}, {moved.ref: moved}), "local")
        return moved

    def run(self, base_url, probe="uptime", times=1):
        wanted = planning.probe_job(self.at(base_url), planning.PROBES[probe], self.context.settings)
        for _ in range(times):
            self.now += timedelta(minutes=15)
            with db.write(self.engine) as session:
                jobs.request(session, wanted, self.now)
                job = jobs.id_of(session, wanted.key)
            assert workers.jobs.run(self.context, job)

    def told(self):
        with db.read(self.engine) as session:
            return [(one.event.type, one.event.body["runs"]["failed"], one.sequence) for one in events.page(session)]


@pytest.fixture
def world(tmp_path):
    made = World(tmp_path)
    yield made
    made.engine.dispose()


def test_an_endpoint_that_goes_away_and_comes_back_is_told_of_twice(world, chat_server):
    world.run(chat_server.base_url, times=3)
    world.run(ENDPOINT.base_url, times=2)
    assert world.told() == []
    world.run(ENDPOINT.base_url, times=2)
    assert world.told() == [(DEGRADED, 3, 1)]
    world.run(chat_server.base_url, "latency")
    world.run(chat_server.base_url, times=3)
    assert world.told() == [(DEGRADED, 3, 1)]
    world.run(chat_server.base_url)
    assert world.told() == [(DEGRADED, 3, 1), (RECOVERED, 0, 2)]


def test_a_wrong_key_is_no_failure_of_the_endpoint(world, chat_server):
    chat_server.key = "another"
    world.run(chat_server.base_url, times=6)
    assert world.told() == []
