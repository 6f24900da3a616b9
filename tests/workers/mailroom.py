"""A database with subscriptions, a clock that stands still, and turns that are made by hand."""

import shutil
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, update

from scorecards.events import Event
from scorecards.events.filters import Filters
from scorecards.events.subscribing import Wish
from service import secrets
from service.config import Settings
from service.store import db, events, migrate, subscriptions
from service.store.events import PING
from service.store.subscriptions import Desk
from service.store.tables import AttemptRow, DeliveryRow, EventRow, SubscriptionRow
from service.targets import load
from workers import deliver
from workers.context import Context

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LOOPBACK = (ip_network("127.0.0.0/8"),)
TYPES = ("scorecard.published",)


def template(folder):
    """Make a migrated database to copy."""
    path = folder / "template.db"
    engine = db.connect(f"sqlite:///{path}")
    migrate.upgrade(engine)
    engine.dispose()
    return path


class Mailroom:
    """Everything that delivers, but nothing that starts by itself."""

    def __init__(self, folder, made, url=None, networks=LOOPBACK):
        if url is None:
            shutil.copy(made, folder / "mail.db")
        self.now, self.waited_s = NOON, []
        self.settings = Settings(
            folder, url or f"sqlite:///{folder / 'mail.db'}", webhook_networks=networks, public_url="https://p.example"
        )
        self.vault = secrets.vault(secrets.master_key(self.settings))
        self.engine = db.connect(self.settings.database_url)
        key = Ed25519PrivateKey.generate()
        self.context = Context(self.engine, self.settings, lambda *_: None, key, lambda: self.now, self.wait)

    def wait(self, seconds):
        self.waited_s.append(seconds)
        self.after(seconds)

    def after(self, seconds):
        self.now += timedelta(seconds=seconds)

    @property
    def desk(self):
        return Desk(self.vault, "a test", self.now, tuple(load()), self.settings.webhook_networks)

    def do(self, change, *arguments, **more):
        """Make one of the changes of service.store.subscriptions."""
        with db.write(self.engine) as session:
            return change(session, *arguments, **more)

    def subscribe(self, url, types=TYPES, **wish):
        """Return (id, secret) of a subscription that is active at once, its ping forgotten."""
        with db.write(self.engine) as session:
            made, secret = subscriptions.create(session, Wish(url, Filters(types), **wish), self.desk)
            mine = SubscriptionRow.id == made.id
            session.execute(
                update(SubscriptionRow).where(mine).values(state="active", reason="", succeeded_at=self.now)
            )
            pings = update(DeliveryRow).where(DeliveryRow.rank == PING, DeliveryRow.subscription_id == made.id)
            session.execute(pings.values(state="delivered", next_at=None, settled_at=self.now))
        return made.id, secret

    def point_at(self, key, url):
        """Have a subscription be at a URL that nobody would be let subscribe."""
        with db.write(self.engine) as session:
            session.execute(update(SubscriptionRow).where(SubscriptionRow.id == key).values(url=url))

    def tell(self, *happened):
        with db.write(self.engine) as session:
            return events.record(session, happened, self.now)

    def publish(self, count=1):
        """Have so many cards published, and return their events."""
        return self.tell(*(Event("scorecard.published", "a/b", {"model": "a/b", "number": n}) for n in range(count)))

    def turn(self, key):
        return deliver.turn(self.context, key)

    def get(self, key):
        with db.read(self.engine) as session:
            return subscriptions.get(session, key, self.vault)

    def delivery(self, key, told):
        with db.read(self.engine) as session:
            rows = select(DeliveryRow).join(EventRow, EventRow.id == DeliveryRow.event_id)
            return session.scalars(rows.where(DeliveryRow.subscription_id == key, EventRow.uid == told.id)).one()

    def attempts(self, key):
        """Return every attempt at a subscription but its first ping's, oldest first."""
        with db.read(self.engine) as session:
            mine = select(AttemptRow).join(DeliveryRow).where(DeliveryRow.subscription_id == key)
            return list(session.scalars(mine.order_by(AttemptRow.at, DeliveryRow.event_id, AttemptRow.number)))

    def told(self, *types):
        with db.read(self.engine) as session:
            return [one.event for one in events.page(session, 0, types)]
