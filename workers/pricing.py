"""Brings prices into the database: the bundled ones at each start, a source's when it is asked for."""

from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from scorecards.catalog import Endpoint
from scorecards.cost import seed
from scorecards.cost.listing import PriceFile, PriceSourceError
from service.store import catalog, db, jobs, prices
from service.store.prices import Run
from workers import price_sources
from workers.addresses import policy
from workers.context import Context
from workers.http import Client
from workers.price_sources._source import PriceSource, Send, from_disk, policy_of, whole


def stock(context: Context) -> list[Run]:
    """Take in the prices that come with Pellucid; what is there already adds nothing."""
    now = context.clock()
    listings = seed.seed(now)
    with db.write(context.engine) as session:
        return [prices.keep(session, one, now) for one in listings]


def take(context: Context, name: str, file: PriceFile) -> Run:
    """Take in one file of a source.

    Raises:
        PriceSourceError: it is not what the source publishes.
    """
    now = context.clock()
    listing = seed.read(name, file, now)
    with db.write(context.engine) as session:
        run = prices.keep(session, listing, now)
        if run.added:
            _judge_anew(session, prices.changed(session, run.source), now)
        return run


def _judge_anew(session: Session, refs: Collection[str], now: datetime) -> None:
    """Ask for a card of every model that is served at one of these endpoints, those that lost a price included."""
    served = catalog.page(session, Endpoint)
    for model in sorted({one.model for one in served if one.ref in refs}):
        jobs.request(session, jobs.publish_job(model), now)


def read_file(name: str, path: Path, provider: str, as_of: datetime, currency: str = "") -> PriceFile:
    """Return a file of a source, of the day `as_of`.

    Raises:
        PriceSourceError: it cannot be read, or nobody says whose list it is, or what it is in.
    """
    found = from_disk(path, as_of)
    source = price_sources.load()[name]
    if source.named != bool(provider):
        wanted = "the provider whose list it is" if not provider else "no provider: it names them itself"
        raise PriceSourceError(f"{name}: wants {wanted}")
    if source.bare != bool(currency):
        wanted = "the currency its prices are in" if not currency else "no currency: it says that itself"
        raise PriceSourceError(f"{name}: wants {wanted}")
    return PriceFile(found.content, found.url, as_of, provider, currency)


def fetch(context: Context, name: str) -> Run:
    """Take in what a source publishes now.

    Raises:
        OutboundError: it could not be had.
        PriceSourceError: it is not what the source publishes, or can only come as a file.
    """
    source = price_sources.load()[name]
    if source.url is None:
        raise PriceSourceError(f"{name}: wants a FILE, it has no address of its own")
    with Client(policy_of(policy("disclosure", context.settings.allow_networks))) as client:
        return fetched(context, name, source, client.fetch)


def fetched(context: Context, name: str, source: PriceSource, send: Send) -> Run:
    """Take in what a source publishes, as `send` brings it; see `fetch`."""
    url, now = source.url or "", context.clock()
    with db.read(context.engine) as session:
        held = prices.etag(session, name, url)
    file = (source.fetch or whole)(send, url, held, now)
    if file is not None:
        return take(context, name, file)
    with db.write(context.engine) as session:
        # Data that say themselves of which day they are, are of that day still.
        return prices.unchanged(session, name, None if source.dated else now)
