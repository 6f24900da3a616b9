"""The loop around every job: find what is due, take its lease, do it, give the lease back."""

from collections.abc import Callable, Mapping
from contextlib import nullcontext

import structlog

from service.queue import JobKind, Task
from service.store import db, deliveries
from service.store import jobs as store
from service.store.jobs import Lease, LeaseLost
from workers.calibrating import calibrate
from workers.challenging import challenge
from workers.cleaning import clean
from workers.collecting import collect
from workers.context import Context
from workers.probing import probe
from workers.publishing import publish
from workers.quiet import QUIET

log = structlog.get_logger()

HANDLERS: Mapping[JobKind, Callable[[Context, Lease], object]] = {
    JobKind.PROBE: probe,
    JobKind.CALIBRATE: calibrate,
    JobKind.COLLECT: collect,
    JobKind.PUBLISH: publish,
    JobKind.CHALLENGE: challenge,
    JobKind.CLEAN: clean,
}
"""Each does the work and ends the lease in the transaction that records what was found."""

COMPUTES = frozenset({JobKind.PUBLISH, JobKind.CLEAN})
"""These never wait for anybody else, and would delay whoever reads a socket in this process meanwhile."""


def sweep(context: Context) -> None:
    """Nudge workers about everything that is due; safe to run at any time, by anybody, twice at once."""
    with db.read(context.engine) as session:
        ids = store.due(session, context.clock())
    for job_id in ids:
        context.enqueue(Task.RUN, job_id)
    context.post.set()


def run(context: Context, job_id: int) -> bool:
    """Do one occurrence of a job if it is due and free; tell whether it was done.

    Raises:
        Exception: whatever the job raised, after it was noted on its row for a later try.
    """
    with db.write(context.engine) as session:
        lease = store.claim(session, job_id, context.owner, context.clock(), context.settings.lease_s)
    if lease is None:
        return False
    kind = JobKind(lease.kind)
    try:
        with QUIET.computing() if kind in COMPUTES else nullcontext():
            HANDLERS[kind](context, lease)
    except LeaseLost as error:
        log.warning("lease_lost", job=lease.key, detail=str(error))
        return False
    except Exception as error:
        _note(context, lease, f"{type(error).__name__}: {error}")
        raise
    # What it told is sent at once; whoever waited in this job's lane, or for what it found, can go on.
    context.post.set()
    context.enqueue(Task.SWEEP)
    return True


def _note(context: Context, lease: Lease, error: str) -> None:
    log.error("job_failed", job=lease.key, attempt=lease.attempts, error=error)
    try:
        with db.write(context.engine) as session:
            store.fail(session, lease, context.clock(), error)
    except LeaseLost as lost:
        log.warning("lease_lost", job=lease.key, detail=str(lost))


def recover(context: Context, is_alive: Callable[[str], bool]) -> int:
    """Free the leases of processes of this machine that are gone; return how many."""
    with db.write(context.engine) as session:
        return store.release_dead(session, is_alive) + deliveries.release_dead(session, is_alive)
