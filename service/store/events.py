"""What happened: written once, in the transaction in which it happened, with a delivery for whoever wants to know."""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, insert, or_, select
from sqlalchemy.orm import Session

from scorecards.events import EVENT_TYPES, TEST, Event, Told
from scorecards.events.filters import Filters
from service.store import db
from service.store.tables import CounterRow, DeliveryRow, EventRow, SubscriptionRow

ALL = ""
"""The stream that counts every event. Its row is taken first, so that two who write events never wait crosswise."""
PING, NEWS, AGAIN = 0, 1, 2
"""Ranks of deliveries: what is sent first."""
PUBLIC = tuple(name for name, one in EVENT_TYPES.items() if one.public)


def record(session: Session, happened: Sequence[Event], now: datetime) -> list[Told]:
    """Write events down, in their order, and a waiting delivery for each active subscription that wants one."""
    if not happened:
        return []
    told = _told(session, happened, now)
    session.add_all(
        EventRow(
            id=one.position,
            uid=one.id,
            type=one.event.type,
            subject=one.event.subject,
            stream=one.event.stream,
            sequence=one.sequence,
            at=one.at,
            body=dict(one.event.body),
        )
        for one in told
    )
    session.flush()
    _fan_out(session, told, now)
    return told


def _told(session: Session, happened: Sequence[Event], now: datetime) -> list[Told]:
    position = _count(session, ALL, len(happened))
    counts = Counter(one.stream for one in happened)
    last = {stream: _count(session, stream, counts[stream]) - counts[stream] for stream in sorted(counts)}
    found = []
    for number, event in enumerate(happened, position - len(happened) + 1):
        last[event.stream] += 1
        found.append(Told(number, f"evt_{uuid.uuid4().hex}", last[event.stream], now, event))
    return found


def _count(session: Session, stream: str, by: int) -> int:
    """Return the last of the next `by` numbers of a stream; nobody else counts there until the transaction ends."""
    new = db.insert_into(session, CounterRow).values(stream=stream, last=by)
    more = new.on_conflict_do_update(index_elements=["stream"], set_={"last": CounterRow.last + by})
    return int(session.scalars(more.returning(CounterRow.last)).one())


def _fan_out(session: Session, told: Sequence[Told], now: datetime) -> None:
    # One that was sent to before and is asked for anew, at another URL perhaps, misses nothing until it has answered.
    back = and_(SubscriptionRow.state == "pending", SubscriptionRow.succeeded_at.is_not(None))
    active = select(SubscriptionRow.id, SubscriptionRow.filters).where(or_(SubscriptionRow.state == "active", back))
    wishes = [(subscription, Filters.of(stored)) for subscription, stored in session.execute(active)]
    rows = [
        _waiting(subscription, one.position, NEWS, now)
        for subscription, wish in wishes
        for one in told
        if is_for(one.event, subscription, wish)
    ]
    if rows:
        session.execute(insert(DeliveryRow), rows)


def is_for(event: Event, subscription: str, wish: Filters) -> bool:
    """Tell whether a subscription with this wish is told of an event.

    Of its own failures a receiver cannot be told; a ping is for nobody else, and gets a delivery of its own.
    """
    return event.type != TEST and event.body.get("subscription") != subscription and wish.match(event)


def deliver(session: Session, subscription: str, positions: Iterable[int], rank: int, now: datetime) -> None:
    """Have events delivered from now on, by a new schedule where they were delivered or given up before."""
    again = ("state", "tries", "next_at", "settled_at")
    new = db.insert_into(session, DeliveryRow)
    # A ping stays one when it is sent again: nothing else reaches a receiver that has not answered yet.
    kept = case((DeliveryRow.rank == PING, PING), else_=new.excluded.rank)
    armed = new.on_conflict_do_update(
        index_elements=["subscription_id", "event_id"],
        set_={"rank": kept, **{name: new.excluded[name] for name in again}},
    )
    if rows := [_waiting(subscription, one, rank, now) for one in positions]:
        session.execute(armed, rows)


def _waiting(subscription: str, position: int, rank: int, now: datetime) -> dict[str, Any]:
    return {
        "subscription_id": subscription,
        "event_id": position,
        "state": "waiting",
        "rank": rank,
        "tries": 0,
        "attempts": 0,
        "next_at": now,
        "created_at": now,
        "settled_at": None,
    }


def get(session: Session, uid: str) -> Told:
    """Return the event of an id.

    Raises:
        LookupError: there is none.
    """
    row = session.scalar(select(EventRow).where(EventRow.uid == uid))
    if row is None:
        raise LookupError(f"wants the id of an event, has {uid[:80]!r}")
    return read(row)


def page(
    session: Session, after: int = 0, types: Iterable[str] = PUBLIC, model: str = "", limit: int | None = None
) -> list[Told]:
    """Return events of these types behind a position, in the order in which they happened."""
    rows = select(EventRow).where(EventRow.id > after, EventRow.type.in_(list(types)))
    if model:
        rows = rows.where(EventRow.stream == model)
    return _read(session, rows.order_by(EventRow.id).limit(limit))


def last_position(session: Session) -> int:
    """Return the position of the newest event; 0 when nothing ever happened."""
    return session.scalar(select(func.max(EventRow.id))) or 0


def position_at(session: Session, when: datetime) -> int:
    """Return the position of the last event before an instant; 0 when there is none."""
    return session.scalar(select(func.max(EventRow.id)).where(EventRow.at < when)) or 0


def read(row: EventRow) -> Told:
    """Return the event of a row."""
    return Told(row.id, row.uid, row.sequence, row.at, Event(row.type, row.subject, row.body))


def _read(session: Session, rows: Select[EventRow]) -> list[Told]:
    return [read(row) for row in session.scalars(rows)]
