"""The calibrate job: the prober measures its own error, when a process starts and daily."""

from socket import gethostname

from scorecards import prober
from service.queue import JobKind
from service.store import db, evidence, jobs
from service.store.evidence import Found
from service.store.jobs import Lease, Wanted
from workers import calibration
from workers.context import Context


def job() -> Wanted:
    """Return the job of this machine, whichever of its workers takes it; it shares the lane of no probe."""
    return Wanted(key=f"calibrate:{gethostname()}", kind=JobKind.CALIBRATE, args={}, every_s=24 * 3600)


def calibrate(context: Context, lease: Lease) -> None:
    """Measure and record; whoever publishes next names it."""
    now = context.clock()
    found = Found(prober.SUBJECT, calibration.READER, readings=calibration.readings(now))
    with db.write(context.engine) as session:
        evidence.record(session, lease, found, now)
        jobs.finish(session, lease, context.clock())
