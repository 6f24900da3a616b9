"""The queue of deliveries: whose turn it is, what waits, what came of it. SQL is the truth about every one of them.

A subscription has one sender at a time, who holds its lease. So its deliveries go out in order, one dead receiver keeps
nobody else waiting, and whoever lost the lease can record nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from scorecards.events import TEST, Event, Told
from scorecards.events import delivery as rules
from scorecards.events.delivery import Attempt, Health, Turn
from service.store import audit, events
from service.store.audit import Entry
from service.store.events import PING
from service.store.jobs import LeaseLost
from service.store.tables import AttemptRow, DeliveryRow, EventRow, SubscriptionRow

ABLE = ("active", "pending")
"""States in which something is sent."""
WHY_DISABLED = "its receiver only failed for {hours} hours, {failures} times in a row"
WHY_GONE = "its receiver answered 410 Gone"
WHY_SILENT = "its receiver accepted no ping for as long as pings are sent"


@dataclass(frozen=True, slots=True)
class Due:
    """A subscription that something can be sent to now; `doubtful` when the last attempt there failed."""

    subscription: str
    doubtful: bool


@dataclass(frozen=True, slots=True)
class Turnover:
    """The right to send to one subscription, valid while nobody has a newer fence.

    Attributes:
        sealed: Secrets and own headers, encrypted.
        rate_per_minute: None = as fast as it answers.
    """

    subscription: str
    fence: int
    url: str
    target: str
    thin: bool
    sealed: bytes
    rate_per_minute: int | None
    health: Health


@dataclass(frozen=True, slots=True)
class Waiting:
    """One delivery to make."""

    id: int
    tries: int
    attempts: int
    told: Told


def _is_waiting(now: datetime) -> ColumnElement[bool]:
    of_it = and_(DeliveryRow.subscription_id == SubscriptionRow.id, DeliveryRow.state == "waiting")
    ready = or_(SubscriptionRow.state == "active", DeliveryRow.rank == PING)
    return exists().where(of_it, DeliveryRow.next_at <= now, ready)


def _is_able(now: datetime) -> Sequence[ColumnElement[bool]]:
    return (
        SubscriptionRow.state.in_(ABLE),
        or_(SubscriptionRow.lease_until.is_(None), SubscriptionRow.lease_until <= now),
        or_(SubscriptionRow.not_before.is_(None), SubscriptionRow.not_before <= now),
        _is_waiting(now),
    )


def due(session: Session, now: datetime) -> list[Due]:
    """Return every subscription that something can be sent to now and that nobody sends to."""
    rows = select(SubscriptionRow.id, SubscriptionRow.failures).where(*_is_able(now)).order_by(SubscriptionRow.id)
    return [Due(key, failures > 0) for key, failures in session.execute(rows)]


def claim(session: Session, subscription: str, owner: str, now: datetime, lease_s: int) -> Turnover | None:
    """Take the turn of a subscription; None when there is nothing to send, or somebody else sends."""
    taken = (
        update(SubscriptionRow)
        .where(SubscriptionRow.id == subscription, *_is_able(now))
        .values(lease_until=now + timedelta(seconds=lease_s), owner=owner, fence=SubscriptionRow.fence + 1)
        .returning(SubscriptionRow)
        .execution_options(synchronize_session=False)
    )
    row = session.scalar(taken)
    if row is None:
        return None
    health = Health(row.failures, row.failing_since, row.told, row.not_before)
    return Turnover(row.id, row.fence, row.url, row.target, row.thin, row.sealed, row.rate_per_minute, health)


def batch(session: Session, turn: Turnover, now: datetime, limit: int) -> list[Waiting]:
    """Return what waits for this subscription and may be sent now: pings, then news, then what is sent again."""
    state = select(SubscriptionRow.state).where(SubscriptionRow.id == turn.subscription).scalar_subquery()
    pinged = and_(DeliveryRow.rank == PING, state == "pending")
    rows = (
        select(DeliveryRow, EventRow)
        .join(EventRow, EventRow.id == DeliveryRow.event_id)
        .where(
            DeliveryRow.subscription_id == turn.subscription,
            DeliveryRow.state == "waiting",
            DeliveryRow.next_at <= now,
            or_(pinged, state == "active"),
        )
        .order_by(DeliveryRow.rank, DeliveryRow.next_at, DeliveryRow.event_id)
        .limit(limit)
    )
    return [Waiting(one.id, one.tries, one.attempts, events.read(told)) for one, told in session.execute(rows)]


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of one delivery; `next_at` None after a failure = it is given up."""

    waiting: Waiting
    attempt: Attempt
    next_at: datetime | None


def settle(session: Session, turn: Turnover, done: Sequence[Settled], until: datetime, now: datetime) -> Health:
    """Record attempts and what they mean for the subscription, keep the turn until `until`, return its health now.

    Raises:
        LeaseLost: somebody else sends to it by now; the transaction must be rolled back.
    """
    health, turns = turn.health, []
    for one in done:
        health, turned = rules.after(health, one.attempt)
        turns.append((turned, health, one.attempt))
    succeeded = max((one.attempt.at for one in done if not one.attempt.error), default=None)
    _hold(session, turn, health, until, succeeded)
    _record(session, done)
    if succeeded:
        _activate(session, turn, now)
    for turned, then, attempt in turns:
        if turned is Turn.DISABLED:
            _disable(session, turn, then, _why(then, attempt), now)
        elif turned:
            _tell(session, turn, turned, then, attempt.error or "delivered", now)
    if any(one.next_at is None and one.attempt.error and one.waiting.told.event.type == TEST for one in done):
        # One that never got beyond its ping; or events would wait for it without end.
        _disable(session, turn, health, WHY_SILENT, now, of=("pending",))
    return health


def release(session: Session, turn: Turnover, not_before: datetime | None = None) -> None:
    """Give the turn back; nothing is sent before `not_before` where that is given. Raises LeaseLost like `settle`."""
    values = {"not_before": not_before} if not_before else {}
    _mine(session, turn, lease_until=None, owner=None, **values)


def _hold(session: Session, turn: Turnover, health: Health, until: datetime, succeeded: datetime | None) -> None:
    values = {"succeeded_at": succeeded} if succeeded else {}
    _mine(
        session,
        turn,
        lease_until=until,
        failures=health.failures,
        failing_since=health.failing_since,
        told=health.told,
        not_before=health.not_before,
        **values,
    )


def _mine(session: Session, turn: Turnover, **values: object) -> None:
    mine = and_(SubscriptionRow.id == turn.subscription, SubscriptionRow.fence == turn.fence)
    kept = update(SubscriptionRow).where(mine).values(**values).returning(SubscriptionRow.id)
    if session.scalar(kept.execution_options(synchronize_session=False)) is None:
        raise LeaseLost(f"{turn.subscription}: wants fence {turn.fence}, another sender has a newer one")


def _record(session: Session, done: Sequence[Settled]) -> None:
    session.execute(insert(AttemptRow), [_attempt(one) for one in done])
    counted = {"tries": DeliveryRow.tries + 1, "attempts": DeliveryRow.attempts + 1}
    delivered = [one for one in done if not one.attempt.error]
    if delivered:
        ids = [one.waiting.id for one in delivered]
        ended = {"state": "delivered", "next_at": None, "settled_at": delivered[-1].attempt.at}
        session.execute(update(DeliveryRow).where(DeliveryRow.id.in_(ids)).values(**counted, **ended))
    for one in done:
        if one.attempt.error:
            given_up = {} if one.next_at else {"state": "failed", "settled_at": one.attempt.at}
            mine = update(DeliveryRow).where(DeliveryRow.id == one.waiting.id)
            session.execute(mine.values(**counted, next_at=one.next_at, **given_up))


def _attempt(one: Settled) -> dict[str, object]:
    attempt = one.attempt
    return {
        "delivery_id": one.waiting.id,
        "number": one.waiting.attempts + 1,
        "at": attempt.at,
        "status": attempt.status,
        "latency_ms": attempt.latency_ms,
        "error": attempt.error,
        "detail": attempt.detail,
        "answer": attempt.answer,
        "next_at": one.next_at,
    }


def _why(health: Health, attempt: Attempt) -> str:
    hours = int(rules.DISABLE_AFTER.total_seconds() // 3600)
    return WHY_GONE if attempt.status == rules.GONE else WHY_DISABLED.format(hours=hours, failures=health.failures)


def _disable(
    session: Session, turn: Turnover, health: Health, reason: str, now: datetime, of: Sequence[str] = ABLE
) -> None:
    """Disable a subscription in one of these states and tell of it; one that somebody stopped meanwhile stays so."""
    mine = and_(SubscriptionRow.id == turn.subscription, SubscriptionRow.state.in_(of))
    if _stopped(session, mine, "disabled", reason, now):
        audit.note(session, Entry(now, audit.SYSTEM, "disabled", turn.subscription, {"reason": reason}))
        _tell(session, turn, Turn.DISABLED, health, reason, now)


def _tell(session: Session, turn: Turnover, told: Turn, health: Health, reason: str, now: datetime) -> None:
    body = {
        "subscription": turn.subscription,
        "state": told.value.partition(".")[2],
        "reason": reason,
        "failures": health.failures,
        "failing_since": health.failing_since.isoformat() if health.failing_since else None,
    }
    events.record(session, [Event(told.value, turn.subscription, body)], now)


def _activate(session: Session, turn: Turnover, now: datetime) -> None:
    """Have a subscription that was only pinged so far get events: its receiver has answered."""
    pending = and_(SubscriptionRow.id == turn.subscription, SubscriptionRow.state == "pending")
    answered = update(SubscriptionRow).where(pending).values(state="active", reason="", state_at=now)
    session.execute(answered.execution_options(synchronize_session=False))


def seize(session: Session, turn: Turnover, reason: str, now: datetime) -> None:
    """Give the turn back and disable its subscription: nothing can be sent there. Raises LeaseLost like `settle`."""
    release(session, turn)
    _disable(session, turn, turn.health, reason, now)


def drop(session: Session, subscription: str, now: datetime) -> None:
    """Give up whatever waits for a subscription."""
    waits = and_(DeliveryRow.subscription_id == subscription, DeliveryRow.state == "waiting")
    session.execute(update(DeliveryRow).where(waits).values(state="failed", next_at=None, settled_at=now))


def pause(session: Session, subscription: str, reason: str, now: datetime) -> None:
    """Have nothing sent to a subscription any more; what waits for it keeps waiting."""
    _stopped(session, SubscriptionRow.id == subscription, "paused", reason, now)


def _stopped(session: Session, which: ColumnElement[bool], state: str, reason: str, now: datetime) -> bool:
    """Stop a subscription if it is one of these; tell whether it was."""
    values = {"state": state, "reason": reason, "state_at": now, "stopped_at_event": events.last_position(session)}
    stop = update(SubscriptionRow).where(which).values(**values).returning(SubscriptionRow.id)
    return session.scalar(stop.execution_options(synchronize_session=False)) is not None


def release_dead(session: Session, is_alive: Callable[[str], bool]) -> int:
    """Free the turns of owners that are gone, so that a restart need not wait for them to expire; return how many."""
    owners = session.scalars(select(SubscriptionRow.owner).where(SubscriptionRow.owner.is_not(None)).distinct())
    gone = [owner for owner in owners if owner is not None and not is_alive(owner)]
    mine = update(SubscriptionRow).where(SubscriptionRow.owner.in_(gone))
    freed = mine.values(lease_until=None, owner=None, fence=SubscriptionRow.fence + 1).returning(SubscriptionRow.id)
    return len(session.scalars(freed).all())
