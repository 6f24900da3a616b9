"""Killed at any moment, the sender loses no event, and what it sends twice is the same both times."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from datetime import UTC, datetime
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, make_url, select, update

from scorecards.events import Event
from scorecards.events.filters import Filters
from scorecards.events.subscribing import Wish
from service import secrets
from service.config import Settings
from service.store import db, events, migrate, subscriptions
from service.store.subscriptions import Desk
from service.store.tables import AttemptRow, DeliveryRow, EventRow, SubscriptionRow

SUBSCRIPTIONS, BACKLOG, AT_ONCE = 2, 120, 12
"""How many receivers there are, how many events wait for each, and how many are written at once."""
LONGEST_S = 0.22
DRAIN_S = 40
OPENED = (ip_network("127.0.0.0/8"),)
ROOT = Path(__file__).parents[2]


class Nursery:
    """The process that starts senders, and what its receiver has got so far."""

    def __init__(self, folder, url):
        self.log, path = folder / "received.log", os.pathsep.join([str(ROOT), *sys.path])
        command = [sys.executable, str(Path(__file__).with_name("nursery.py")), str(folder), url]
        self.process = subprocess.Popen(
            command,
            env=os.environ | {"PYTHONPATH": path},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.port = int(self.process.stdout.readline())

    def start(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def kill(self, sender):
        os.kill(sender, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            while True:  # until it is gone, or it would be taken for a living one
                os.kill(sender, 0)
                time.sleep(0.001)

    def received(self):
        """Return (path, id, hash, body) of each message, in the order in which they came."""
        return [line.split(" ") for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def close(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(5)
        self.process.stdin.close()
        self.process.stdout.close()


def subscribed(engine, settings, port):
    """Add subscriptions that are active at once."""
    desk = Desk(secrets.vault(secrets.master_key(settings)), "a test", datetime.now(UTC), ("standard",), OPENED)
    with db.write(engine) as session:
        for number in range(SUBSCRIPTIONS):
            wish = Wish(f"http://127.0.0.1:{port}/{number}", Filters(("scorecard.published",)))
            subscriptions.create(session, wish, desk)
        session.execute(update(SubscriptionRow).values(state="active"))
        session.execute(update(DeliveryRow).values(state="delivered", next_at=None))


def waiting(engine):
    with db.read(engine) as session:
        return session.scalar(select(func.count()).where(DeliveryRow.state == "waiting"))


def keep_publishing(engine, over):
    """Have events wait always, until `over` is set."""
    published = Event("scorecard.published", "a/b", {"model": "a/b", "kinds": ["vendor_change"], "note": "x" * 500})
    while not over.wait(0.005):
        if waiting(engine) < BACKLOG * SUBSCRIPTIONS:
            with db.write(engine) as session:
                events.record(session, [published] * AT_ONCE, datetime.now(UTC))


ENOUGH = 100


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, tmp_path):
    """Return (kills, database URL)."""
    if request.param == "sqlite":
        return 200, f"sqlite:///{tmp_path / 'pellucid.db'}"
    server = request.getfixturevalue("postgres_server")
    made = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    engine = create_engine(made, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE killed TEMPLATE template0")
    engine.dispose()
    return 20, made.set(database="killed").render_as_string(hide_password=False)


def test_whoever_kills_the_sender_at_any_moment_loses_nothing(place, tmp_path, wait_for):
    kills, url = place
    began, moments, over = time.monotonic(), random.Random(200), threading.Event()
    engine, settings = db.connect(url), Settings(tmp_path, url)
    migrate.upgrade(engine)
    secrets.master_key(settings)
    with contextlib.closing(Nursery(tmp_path, url)) as nursery:
        subscribed(engine, settings, nursery.port)
        load = threading.Thread(target=keep_publishing, args=(engine, over))
        load.start()
        try:
            for _ in range(kills):
                sender = nursery.start()
                time.sleep(moments.uniform(0, LONGEST_S))  # the moment itself is the thing under test
                nursery.kill(sender)
        finally:
            over.set()
            load.join()
        at_kills = len(nursery.received())
        nursery.start()
        deadline = time.monotonic() + DRAIN_S
        while (left := waiting(engine)) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert left == 0
        got = nursery.received()
    count, repeats = check(engine, got)
    engine.dispose()
    if kills >= ENOUGH:  # a few kills may all come too early on a slow machine
        assert at_kills > kills, "wants senders that were killed while they sent"
        assert repeats, "wants some to be killed between sending and recording"
    took_s = time.monotonic() - began
    print(f"{kills} kills, {count} events to {SUBSCRIPTIONS} receivers, {repeats} repeats, {took_s:.1f} s")  # noqa: T201 - the figures, for -s


def check(engine, got):
    """Compare what was received with what happened; return how many events there were, and how many repeats."""
    with db.read(engine) as session:
        happened = list(session.scalars(select(EventRow).where(EventRow.stream == "a/b").order_by(EventRow.id)))
        states = set(session.scalars(select(DeliveryRow.state)))
        rows = session.execute(select(DeliveryRow.id, DeliveryRow.attempts).where(DeliveryRow.attempts > 0)).all()
        tried = Counter(session.scalars(select(AttemptRow.delivery_id)))
    assert states == {"delivered"}
    assert dict(map(tuple, rows)) == tried
    ids = [one.uid for one in happened]
    for number in range(SUBSCRIPTIONS):
        mine = [one for one in got if one[0] == f"/{number}"]
        assert {one[1] for one in mine} == set(ids), "wants every event, and no other"
        assert len({(one[1], one[2]) for one in mine}) == len(ids), "wants a repeat to have the same body"
        told = {one[1]: json.loads(bytes.fromhex(one[3])) for one in mine}
        in_order = sorted(told, key=lambda uid: told[uid]["data"]["sequence"])
        assert in_order == ids
        assert [told[uid]["data"]["sequence"] for uid in ids] == list(range(1, len(ids) + 1))
        assert all(told[uid]["id"] == uid for uid in ids)
    return len(ids), len(got) - SUBSCRIPTIONS * len(ids)
