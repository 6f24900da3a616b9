"""What the commands share that work on the database: an open context, and the lease of a job."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from scorecards.catalog import Model
from service.config import from_env
from service.store import catalog, db, prices
from service.store import jobs as store
from service.store.jobs import Lease, Wanted
from workers import jobs, pricing, start
from workers.cli import _shared
from workers.context import Context, make_context, owner_is_alive

WAIT_S = 0.2


@contextmanager
def opened() -> Iterator[Context]:
    """Open the database of the environment, migrated and stocked, for work in this process."""
    settings = from_env()
    start.data_folder(settings)
    start.migrated(settings).dispose()
    context = make_context(settings, lambda *_: None)
    try:
        # A command that was killed has left its leases behind.
        jobs.recover(context, owner_is_alive)
        _stock(context)
        yield context
    finally:
        context.engine.dispose()


def _stock(context: Context) -> None:
    """Load catalogue and prices into a database that has none yet; later starts of the service keep them up to date."""
    with db.read(context.engine) as session:
        known = catalog.page(session, Model, limit=1)
        priced = prices.endpoints(session)
    if not known:
        start.follow_catalog(context, start.bundled(context.settings))
    elif not priced:
        pricing.stock(context)


def taken(context: Context, wanted: Wanted) -> Lease:
    """Ask for a job and take its lease at once; wait while another worker holds its lane.

    Raises:
        _shared.Failed: the lane is still held when the longest lease must have ended.
    """
    deadline = time.monotonic() + context.settings.lease_s + WAIT_S
    told = False
    while time.monotonic() < deadline:
        with db.write(context.engine) as session:
            now = context.clock()
            store.request(session, wanted, now)
            lease = store.claim(session, store.id_of(session, wanted.key), context.owner, now, context.settings.lease_s)
        if lease is not None:
            return lease
        if not told:
            _shared.err.print(f"waiting: another worker holds {wanted.lane or wanted.key}", style="dim")
            told = True
        time.sleep(WAIT_S)
    raise _shared.Failed(
        f"{wanted.key}: wants its lane free within {context.settings.lease_s} s, another worker still holds it"
    )
