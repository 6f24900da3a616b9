"""Health: how long it takes after a run to see whether its endpoint has become worse, with 30 days of readings."""

import statistics
import tempfile
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from sqlalchemy import Engine, insert

from scorecards import probes
from scorecards.catalog import Cited, Endpoint
from scorecards.encoding import to_json
from scorecards.evidence import Basis, Finding, Reading
from service.store import db, health, migrate
from service.store.tables import EventRow, ReadingRow, RunRow

ENDPOINTS, DAYS, ROUNDS, EVENTS = 10, 30, 200, 1_000
NOW = datetime(2026, 11, 25, tzinfo=UTC)
SAMPLES = tuple(Decimal(100 + at) / 7 for at in range(20))


def endpoint(number: int) -> Endpoint:
    ref = f"host:m{number}"
    return Endpoint(ref, "maker/m", "host", "m", "openai_chat", "https://host.example/v1", Cited("made", NOW.date()))


def filled(folder: Path) -> Engine:
    """Return a database in which every probe of every endpoint ran for 30 days at its own cadence."""
    engine = db.connect(f"sqlite:///{folder / 'health.db'}")
    migrate.upgrade(engine)
    rows = sorted(
        (at, one.ref, quantity, probe.reader)
        for one in map(endpoint, range(ENDPOINTS))
        for probe in probes.load().values()
        for at in range(-DAYS * 86_400, 0, probe.every_s)
        for quantity in probe.quantities
    )
    told = {"type": "scorecard.published", "subject": "maker/m", "stream": "maker/m", "at": NOW, "body": {}}
    with db.write(engine) as session:
        run = RunRow(job_id=1, occurrence=1, subject="", reader="", finished_at=NOW)
        session.add(run)
        session.flush()
        session.execute(insert(ReadingRow), [_row(run.id, *one) for one in rows])
        session.execute(
            insert(EventRow), [{**told, "id": at, "uid": str(at), "sequence": at} for at in range(1, EVENTS + 1)]
        )
    print(f"{len(rows)} readings of {ENDPOINTS} endpoints in {DAYS} days, {EVENTS} events of their model")
    return engine


def _row(run: int, at_s: int, ref: str, quantity: str, reader: str) -> dict[str, object]:
    at = NOW + timedelta(seconds=at_s)
    value = Decimal(1) if quantity.endswith("_share") else SAMPLES[10]
    one = Reading(quantity, ref, Finding.KNOWN, Basis.EXECUTED, at, reader, value=value, n=20, samples=SAMPLES)
    return {"run_id": run, "subject": ref, "quantity": quantity, "taken_at": at, "body": to_json(one)}


def main() -> None:
    """Print the median and the slowest of some rounds."""
    with tempfile.TemporaryDirectory() as folder:
        engine = filled(Path(folder))
        took_ms = []
        for number in range(ROUNDS):
            with db.read(engine) as session:
                started = time.perf_counter()
                health.changes(session, endpoint(number % ENDPOINTS), NOW)
                took_ms.append((time.perf_counter() - started) * 1000)
        engine.dispose()
    print(f"after a run: median {statistics.median(took_ms):.1f} ms, slowest {max(took_ms):.1f} ms")


if __name__ == "__main__":
    main()
