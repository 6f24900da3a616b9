"""What was delivered to a subscription and what was not; and having it sent once more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, delete, func, select
from sqlalchemy.orm import Session

from scorecards.events import EVENT_TYPES, Told
from scorecards.events.filters import Filters
from service.store import events
from service.store.events import AGAIN
from service.store.tables import AttemptRow, DeliveryRow, EventRow, SubscriptionRow

STATES = ("waiting", "delivered", "failed")


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event for one subscription, as it stands.

    Attributes:
        state: waiting | delivered | failed.
        next_at: None = it does not wait.
        last: Status and error of the newest attempt; None = there was none yet.
    """

    told: Told
    state: str
    attempts: int
    next_at: datetime | None
    created_at: datetime
    settled_at: datetime | None
    last: tuple[int | None, str] | None


def page(
    session: Session, subscription: str, state: str = "", before: int | None = None, limit: int | None = None
) -> list[Delivery]:
    """Return a subscription's deliveries, newest event first: in a state, behind a position, where these are given."""
    rows = (
        select(DeliveryRow, EventRow)
        .join(EventRow, EventRow.id == DeliveryRow.event_id)
        .where(DeliveryRow.subscription_id == subscription)
        .order_by(DeliveryRow.event_id.desc())
        .limit(limit)
    )
    if state:
        rows = rows.where(DeliveryRow.state == state)
    if before is not None:
        rows = rows.where(DeliveryRow.event_id < before)
    found = session.execute(rows).all()
    last = _last(session, [one.id for one, _ in found])
    return [_delivery(one, told, last.get(one.id)) for one, told in found]


def attempts(session: Session, subscription: str, uid: str) -> tuple[Delivery, list[AttemptRow]]:
    """Return the delivery of an event and every attempt at it, oldest first.

    Raises:
        LookupError: this event was not for this subscription.
    """
    row = _of_event(session, subscription, uid)
    tried = list(
        session.scalars(select(AttemptRow).where(AttemptRow.delivery_id == row.id).order_by(AttemptRow.number))
    )
    last = (tried[-1].status, tried[-1].error) if tried else None
    return _delivery(row, session.get_one(EventRow, row.event_id), last), tried


def resend(session: Session, subscription: str, uid: str, now: datetime) -> None:
    """Have one event delivered once more, whatever became of it before. Raises LookupError as `attempts` does."""
    events.deliver(session, subscription, [_of_event(session, subscription, uid).event_id], AGAIN, now)


def recover(session: Session, subscription: str, since: datetime, until: datetime, now: datetime) -> int:
    """Have what failed for good between two instants delivered once more; return how many."""
    failed = select(DeliveryRow.event_id).where(
        DeliveryRow.subscription_id == subscription,
        DeliveryRow.state == "failed",
        DeliveryRow.settled_at >= since,
        DeliveryRow.settled_at < until,
    )
    positions = list(session.scalars(failed))
    events.deliver(session, subscription, positions, AGAIN, now)
    return len(positions)


def replay(session: Session, subscription: str, wanted: Filters, after: int, now: datetime) -> int:
    """Have every event behind a position that is wanted delivered again, or for the first time; return how many."""
    behind = events.page(session, after, EVENT_TYPES)
    found = [one.position for one in behind if events.is_for(one.event, subscription, wanted)]
    events.deliver(session, subscription, found, AGAIN, now)
    return len(found)


def forget(session: Session, before: datetime) -> None:
    """Delete what was settled before an instant, with its attempts; the events stay."""
    session.execute(delete(DeliveryRow).where(DeliveryRow.settled_at < before))


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: deliveries that are due, and for how long the oldest of them, in seconds."""

    due: int
    oldest_s: float


def backlog(session: Session, now: datetime) -> Backlog:
    """Return how much waits for receivers that may be sent to."""
    able = select(SubscriptionRow.id).where(SubscriptionRow.state == "active")
    waits = and_(DeliveryRow.state == "waiting", DeliveryRow.next_at <= now, DeliveryRow.subscription_id.in_(able))
    count, oldest = session.execute(select(func.count(), func.min(DeliveryRow.next_at)).where(waits)).one()
    return Backlog(count, (now - oldest).total_seconds() if oldest else 0.0)


def _of_event(session: Session, subscription: str, uid: str) -> DeliveryRow:
    rows = select(DeliveryRow).join(EventRow, EventRow.id == DeliveryRow.event_id)
    row = session.scalar(rows.where(DeliveryRow.subscription_id == subscription, EventRow.uid == uid))
    if row is None:
        raise LookupError(f"wants the id of an event that {subscription} was told of, has {uid[:80]!r}")
    return row


def _last(session: Session, ids: Sequence[int]) -> dict[int, tuple[int | None, str]]:
    numbers = select(AttemptRow.delivery_id, func.max(AttemptRow.number).label("number"))
    newest = numbers.where(AttemptRow.delivery_id.in_(ids)).group_by(AttemptRow.delivery_id).subquery()
    same = and_(AttemptRow.delivery_id == newest.c.delivery_id, AttemptRow.number == newest.c.number)
    return {row.delivery_id: (row.status, row.error) for row in session.scalars(select(AttemptRow).join(newest, same))}


def _delivery(row: DeliveryRow, told: EventRow, last: tuple[int | None, str] | None) -> Delivery:
    return Delivery(events.read(told), row.state, row.attempts, row.next_at, row.created_at, row.settled_at, last)
