"""The clean job: forget what need not be kept."""

from datetime import timedelta

from service.store import db, delivery_log, evidence, jobs
from service.store.jobs import Lease, Wanted
from workers.context import Context

EXCHANGES_KEPT = timedelta(days=30)
"""Raw exchanges hold what models said; after this time only the readings remain."""

DELIVERIES_KEPT = timedelta(days=90)
"""After this time nobody asks any more what a receiver answered; the events stay."""

JOB = Wanted(key="clean", kind="clean", args={}, every_s=24 * 3600)


def clean(context: Context, lease: Lease) -> None:
    """Delete raw exchanges and settled deliveries that are older than their retention time."""
    now = context.clock()
    with db.write(context.engine) as session:
        evidence.forget_exchanges(session, now - EXCHANGES_KEPT)
        delivery_log.forget(session, now - DELIVERIES_KEPT)
        jobs.finish(session, lease, now)
