"""Raw evidence and readings: written once, in the transaction that ends the job which found them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session

from scorecards.encoding import digest, reading_from_json, to_json
from scorecards.evidence import Document, Reading
from scorecards.exchanges import Exchange
from service.store import documents
from service.store.documents import Fetch
from service.store.jobs import Lease
from service.store.tables import ExchangeRow, FetchRow, ReadingRow, RunRow

LAST = 300
"""How many readings of one quantity are looked through for the newest: at one every quarter of an hour, 75 hours."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one occurrence of a probe or collection found."""

    subject: str
    reader: str
    exchanges: Sequence[Exchange] = ()
    documents: Sequence[Document] = ()
    fetches: Sequence[Fetch] = ()
    readings: Sequence[Reading] = field(default=())


def record(session: Session, lease: Lease, found: Found, now: datetime) -> None:
    """Append what was found, once: the pair of job and occurrence is unique.

    Raises:
        IntegrityError: this occurrence is recorded already.
    """
    run = RunRow(
        job_id=lease.job_id, occurrence=lease.occurrence, subject=found.subject, reader=found.reader, finished_at=now
    )
    session.add(run)
    session.flush()
    session.add_all(_exchange(run.id, one) for one in found.exchanges)
    for document in found.documents:
        documents.keep(session, document)
    session.add_all(FetchRow(run_id=run.id, **documents.columns(one)) for one in found.fetches)
    session.add_all(_reading(run.id, one) for one in found.readings)


def _exchange(run_id: int, one: Exchange) -> ExchangeRow:
    return ExchangeRow(
        id=digest(one),
        run_id=run_id,
        endpoint=one.endpoint,
        outcome=one.outcome,
        started_at=one.started_at,
        body=to_json(one),
    )


def _reading(run_id: int, one: Reading) -> ReadingRow:
    return ReadingRow(
        run_id=run_id, subject=one.subject, quantity=one.quantity, taken_at=one.taken_at, body=to_json(one)
    )


def readings(session: Session, subjects: Iterable[str]) -> list[Reading]:
    """Return every reading of these models and endpoints, oldest first."""
    rows = select(ReadingRow.body).where(ReadingRow.subject.in_(list(subjects)))
    return [reading_from_json(body) for body in session.scalars(rows.order_by(ReadingRow.taken_at, ReadingRow.id))]


def since(session: Session, subject: str, at: datetime, quantity: str | None = None) -> list[Reading]:
    """Return the readings of a model or endpoint that were taken after `at`, oldest first; None = every quantity."""
    rows = select(ReadingRow.body).where(ReadingRow.subject == subject, ReadingRow.taken_at > at)
    if quantity is not None:
        rows = rows.where(ReadingRow.quantity == quantity)
    return [reading_from_json(body) for body in session.scalars(rows.order_by(ReadingRow.taken_at, ReadingRow.id))]


def newest(session: Session, subjects: Iterable[str]) -> list[Reading]:
    """Return the newest reading with a value of each quantity of each of these, oldest first."""
    rows = select(ReadingRow.body).where(ReadingRow.id.in_(_latest_known(subjects))).order_by(ReadingRow.id)
    return [reading_from_json(body) for body in session.scalars(rows)]


def last(session: Session, subject: str, quantity: str, at: datetime, limit: int = LAST) -> list[Reading]:
    """Return the newest readings with a value of one quantity, taken after `at`, at most `limit`, newest first.

    Looks no further back than LAST readings, so that it takes no longer the more there are.
    """
    series = select(ReadingRow.id).where(ReadingRow.subject == subject, ReadingRow.quantity == quantity)
    newest = series.order_by(ReadingRow.id.desc()).limit(LAST)
    rows = select(ReadingRow.body).where(ReadingRow.id.in_(newest), ReadingRow.taken_at > at, HAS_VALUE)
    return [reading_from_json(body) for body in session.scalars(rows.order_by(ReadingRow.id.desc()).limit(limit))]


def current(session: Session, subjects: Sequence[str], since: datetime) -> list[Reading]:
    """Return what still counts of these endpoints, oldest first.

    That is everything taken after `since`, and the newest reading of each quantity, with a value and without.
    """
    counts = or_(
        ReadingRow.taken_at > since,
        ReadingRow.id.in_(_latest(subjects)),
        ReadingRow.id.in_(_latest_known(subjects)),
    )
    rows = select(ReadingRow.body).where(ReadingRow.subject.in_(subjects), counts)
    return [reading_from_json(body) for body in session.scalars(rows.order_by(ReadingRow.taken_at, ReadingRow.id))]


IS_TRIAL = ExchangeRow.body["ask", "trial"].as_boolean()
HAS_VALUE = ReadingRow.body["value"].as_string().is_not(None)


def _latest(subjects: Iterable[str]) -> Select[int]:
    found = select(func.max(ReadingRow.id)).where(ReadingRow.subject.in_(list(subjects)))
    return found.group_by(ReadingRow.subject, ReadingRow.quantity)


def _latest_known(subjects: Iterable[str]) -> Select[int | None]:
    """Select of each quantity the newest reading with a value; NULL = it never had one.

    From the newest backwards and no further than the first value: a body is parsed to be asked for its value.
    """
    series = select(ReadingRow.subject, ReadingRow.quantity).where(ReadingRow.subject.in_(list(subjects)))
    each = series.distinct().subquery()
    same = (ReadingRow.subject == each.c.subject, ReadingRow.quantity == each.c.quantity)
    newest_first = select(ReadingRow.id).where(*same, HAS_VALUE).order_by(ReadingRow.id.desc())
    return select(newest_first.limit(1).correlate(each).scalar_subquery()).select_from(each)


def outcomes(session: Session, endpoint: str, since: datetime) -> dict[str, int]:
    """Return how many exchanges of this endpoint ended how, since `since`.

    What a probe asked to see whether it is refused tells nothing of how the endpoint serves, and is left out.
    """
    counts = (
        select(ExchangeRow.outcome, func.count())
        .where(ExchangeRow.endpoint == endpoint, ExchangeRow.started_at > since, IS_TRIAL.is_not(True))
        .group_by(ExchangeRow.outcome)
    )
    return {outcome: count for outcome, count in session.execute(counts)}  # noqa: C416 - a Row is no pair to mypy


def forget_exchanges(session: Session, before: datetime) -> None:
    """Delete raw exchanges older than the retention time; their readings stay."""
    session.execute(delete(ExchangeRow).where(ExchangeRow.started_at < before))
