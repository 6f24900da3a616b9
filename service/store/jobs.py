"""Job rows: who may do what, when. The truth about work; the broker only nudges."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, func, or_, select, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.queue import JobKind
from service.store import db
from service.store.tables import JobRow

MAX_ATTEMPTS = 25
"""After so many starts without an end a job is dead: it kills its workers, or can never succeed."""

ASKED_FOR = (JobKind.COMPARE, JobKind.CHALLENGE)

FIRST_RETRY_S, LAST_RETRY_S = 10, 3600


class LeaseLost(Exception):
    """Another worker has taken the job over; what this one found must not be recorded."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A job as somebody asks for it.

    Attributes:
        key: Unique name; asking twice for the same key is one job.
        lane: Jobs of one lane never run at the same time; None = only this job with itself.
        every_s: Cadence; None = once for each request.
    """

    key: str
    kind: str
    args: Mapping[str, Any]
    lane: str | None = None
    every_s: int | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do one occurrence of a job, valid while nobody has a newer fence."""

    job_id: int
    key: str
    kind: str
    args: Mapping[str, Any]
    every_s: int | None
    fence: int
    wanted: int
    occurrence: int
    attempts: int


def publish_job(model_ref: str) -> Wanted:
    """Return the job of judging a model anew and publishing its card if it changed."""
    return Wanted(key=f"publish:{model_ref}", kind=JobKind.PUBLISH, args={"model": model_ref})


def ensure(session: Session, job: Wanted, first_at: datetime) -> None:
    """Have this job exist; its schedule stays as it is, arguments, lane and cadence follow the request.

    A recurring job that was stopped begins again.
    """
    follow: dict[str, Any] = {"args": dict(job.args), "lane": job.lane or job.key, "every_s": job.every_s}
    if job.every_s is not None:
        follow["next_at"] = func.coalesce(JobRow.next_at, first_at)
    _upsert(session, job, first_at, follow)


def request(session: Session, job: Wanted, now: datetime) -> None:
    """Have this job run once more from `now` on, also when it is running just now."""
    sooner = case((or_(JobRow.next_at.is_(None), JobRow.next_at > now), now), else_=JobRow.next_at)
    _upsert(session, job, now, {"wanted": JobRow.wanted + 1, "next_at": sooner, "args": dict(job.args), "dead": False})


def _upsert(session: Session, job: Wanted, next_at: datetime, on_conflict: Mapping[str, Any]) -> None:
    row = {
        "key": job.key,
        "kind": job.kind,
        "args": dict(job.args),
        "lane": job.lane or job.key,
        "every_s": job.every_s,
        "next_at": next_at,
        "wanted": 1,
        "fence": 0,
        "attempts": 0,
        "runs": 0,
        "last_error": "",
        "dead": False,
    }
    session.execute(
        db.insert_into(session, JobRow)
        .values(row)
        .on_conflict_do_update(index_elements=["key"], set_=dict(on_conflict))
    )


def id_of(session: Session, key: str) -> int:
    """Return the id of the job of this key, which must exist."""
    return session.scalars(select(JobRow.id).where(JobRow.key == key)).one()


def _is_due(now: datetime) -> Any:  # noqa: ANN401 - a SQL expression
    free = or_(JobRow.lease_until.is_(None), JobRow.lease_until <= now)
    return and_(JobRow.next_at <= now, JobRow.dead.is_(False), free)


def due(session: Session, now: datetime, limit: int = 200) -> list[int]:
    """Return the ids of jobs that can run now, longest due first; of each lane the first only, the others wait.

    In a lane what somebody waits for comes before what runs by itself.
    """
    waited_for = case((JobRow.kind.in_(ASKED_FOR), 0), else_=1)
    busy = select(JobRow.lane).where(JobRow.lease_until > now)
    place = (
        func.row_number()
        .over(partition_by=JobRow.lane, order_by=(waited_for, JobRow.next_at, JobRow.id))
        .label("place")
    )
    able = select(JobRow.id, JobRow.next_at, place).where(_is_due(now), JobRow.lane.not_in(busy)).subquery()
    first = select(able.c.id).where(able.c.place == 1)
    return list(session.scalars(first.order_by(able.c.next_at, able.c.id).limit(limit)))


def claim(session: Session, job_id: int, owner: str, now: datetime, lease_s: int) -> Lease | None:
    """Take the lease of a due job; None when it is not due, taken, or its lane is busy."""
    row = session.get(JobRow, job_id)
    if row is None:
        return None
    # An expired lease would hold its lane for ever; its owner is fenced off by the next claim of that job.
    expired = and_(JobRow.lane == row.lane, JobRow.lease_until <= now)
    session.execute(update(JobRow).where(expired).values(lease_until=None, owner=None, fence=JobRow.fence + 1))
    session.expire(row)
    taken = (
        update(JobRow)
        .where(JobRow.id == job_id, _is_due(now))
        .values(
            lease_until=now + timedelta(seconds=lease_s),
            owner=owner,
            fence=JobRow.fence + 1,
            attempts=JobRow.attempts + 1,
        )
        .returning(JobRow)
    )
    try:
        with session.begin_nested():
            row = session.scalar(taken)
    except IntegrityError:  # the lane's unique index: another job of this lane is running
        return None
    return _lease(row) if row is not None else None


def _lease(row: JobRow) -> Lease:
    return Lease(row.id, row.key, row.kind, row.args, row.every_s, row.fence, row.wanted, row.runs + 1, row.attempts)


def finish(session: Session, lease: Lease, now: datetime, next_at: datetime | None = None) -> None:
    """Mark the occurrence as done, in the transaction that records what it found.

    Args:
        next_at: When to run again; None = after the job's cadence, or not at all.

    Raises:
        LeaseLost: somebody else has taken the job over; the transaction must be rolled back.
    """
    if next_at is None and lease.every_s is not None:
        next_at = now + timedelta(seconds=lease.every_s)
    asked_again = case((JobRow.wanted > lease.wanted, now), else_=next_at)
    _end(session, lease, next_at=asked_again, runs=JobRow.runs + 1, attempts=0, last_error="")


def renew(session: Session, lease: Lease, until: datetime) -> None:
    """Keep a lease whose work goes on. Raises LeaseLost like `finish`."""
    mine = and_(JobRow.id == lease.job_id, JobRow.fence == lease.fence)
    if session.scalar(update(JobRow).where(mine).values(lease_until=until).returning(JobRow.id)) is None:
        raise LeaseLost(f"{lease.key}: wants fence {lease.fence}, another worker has a newer one")


def stop(session: Session, lease: Lease) -> None:
    """Do the job no more: what it was about is gone. Raises LeaseLost like `finish`."""
    _end(session, lease, next_at=None, attempts=0, last_error="")


def fail(session: Session, lease: Lease, now: datetime, error: str) -> None:
    """Give the lease back after an error; the job is tried again later, each time after a longer wait."""
    wait_s = min(FIRST_RETRY_S * 2 ** (lease.attempts - 1), LAST_RETRY_S)
    dead = lease.attempts >= MAX_ATTEMPTS
    _end(session, lease, next_at=now + timedelta(seconds=wait_s), last_error=error, dead=dead)


def _end(session: Session, lease: Lease, **values: Any) -> None:  # noqa: ANN401 - column values
    mine = and_(JobRow.id == lease.job_id, JobRow.fence == lease.fence)
    ended = update(JobRow).where(mine).values(lease_until=None, owner=None, **values).returning(JobRow.id)
    if session.scalar(ended) is None:
        raise LeaseLost(f"{lease.key}: wants fence {lease.fence}, another worker has a newer one")


def release_dead(session: Session, is_alive: Callable[[str], bool]) -> int:
    """Free the leases of owners that are gone, so that a restart need not wait for them to expire; return how many."""
    owners = set(session.scalars(select(JobRow.owner).where(JobRow.owner.is_not(None))))
    gone = [owner for owner in owners if owner is not None and not is_alive(owner)]
    freed = update(JobRow).where(JobRow.owner.in_(gone)).values(lease_until=None, owner=None, fence=JobRow.fence + 1)
    return len(session.scalars(freed.returning(JobRow.id)).all())


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: due jobs, how long the oldest has waited in seconds, and the dead ones' keys and errors."""

    due: int
    oldest_s: float
    dead: tuple[tuple[str, str], ...]


def backlog(session: Session, now: datetime) -> Backlog:
    """Return how much due work waits."""
    count, oldest = session.execute(select(func.count(), func.min(JobRow.next_at)).where(_is_due(now))).one()
    rows = session.execute(select(JobRow.key, JobRow.last_error).where(JobRow.dead == true()).order_by(JobRow.key))
    waited = (now - oldest).total_seconds() if oldest else 0.0
    return Backlog(count, waited, tuple((key, error) for key, error in rows))
