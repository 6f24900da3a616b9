"""Subscriptions: asked for, pinged, active, stopped; every change has its line in the audit."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cryptography.fernet import Fernet
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scorecards.catalog import Developer, Model
from scorecards.events import TEST, Event, Told, filters, subscribing
from scorecards.events.delivery import Health
from scorecards.events.filters import Filters
from scorecards.events.subscribing import MAX_GRACE_HOURS, Wish
from scorecards.web_address import Networks
from service import sealed as seals
from service import signatures
from service.sealed import Held, Sealed
from service.store import audit, catalog, deliveries, events
from service.store.audit import Entry
from service.store.errors import Conflict, NotAccepted
from service.store.events import PING
from service.store.tables import EventRow, SubscriptionRow

STATES = ("pending", "active", "paused", "disabled")
"""A pending one was pinged and has not answered yet; a paused one was stopped by somebody, a disabled one by us."""
DELETED = "deleted"
MAX_SUBSCRIPTIONS = 200


class Stopped(Conflict):
    """Nothing is sent to it until somebody enables it."""


class TooMany(Conflict):
    """There are as many subscriptions as one instance keeps."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as it stands; its secrets stay sealed.

    Attributes:
        wish: What it asks for, without secret and header values.
        reason: Why it is in this state; "" = nothing went wrong.
        stopped_after: Id of the last event before it was stopped, to replay from; None = it never was.
        public_key: What v1a signatures are checked with.
        changing_until: Until when the secret of before signs as well; None = there is one only.
    """

    id: str
    wish: Wish
    state: str
    reason: str
    state_at: datetime
    stopped_after: str | None
    created_at: datetime
    created_by: str
    health: Health
    succeeded_at: datetime | None
    public_key: str
    changing_until: datetime | None


@dataclass(frozen=True, slots=True)
class Desk:
    """Who changes a subscription when, and what its secrets are sealed with.

    Attributes:
        actor: Id of a token, or where else the wish comes from.
        targets: Kinds of receivers that there are.
        opened: Networks beyond the public internet that the operator opened to receivers.
    """

    vault: Fernet
    actor: str
    now: datetime
    targets: Collection[str]
    opened: Networks = ()


def create(session: Session, wish: Wish, desk: Desk) -> tuple[Subscription, str]:
    """Take a subscription in and have it pinged; return it with its secret, which is shown this once.

    Raises:
        NotAccepted: fields are wrong.
        TooMany: there are as many as one instance keeps.
    """
    _accept(wish, desk)
    count = select(func.count()).select_from(SubscriptionRow).where(SubscriptionRow.state != DELETED)
    if (session.scalar(count) or 0) >= MAX_SUBSCRIPTIONS:
        raise TooMany(f"wants at most {MAX_SUBSCRIPTIONS} subscriptions, has as many; delete one that is not needed")
    keys = seals.fresh(wish.secret)
    row = SubscriptionRow(
        id=f"sub_{secrets.token_hex(12)}",
        **_columns(wish),
        sealed=seals.seal(Sealed((Held(keys),), dict(wish.headers)), desk.vault),
        state="pending",
        reason="it was pinged and has not accepted the ping yet",
        state_at=desk.now,
        created_at=desk.now,
        created_by=desk.actor,
    )
    session.add(row)
    session.flush()
    _note(session, desk, "created", row.id, {"url": wish.url, "types": list(wish.filters.types)})
    ping(session, row.id, desk)
    return get(session, row.id, desk.vault), keys.secret


def change(session: Session, key: str, wish: Wish, desk: Desk) -> Subscription:
    """Have a subscription be as wished; a new URL is pinged before it gets events. `wish.secret` must be None.

    Raises:
        LookupError: there is none of this id.
        NotAccepted: fields are wrong.
    """
    row = _row(session, key)
    _accept(wish, desk)
    moved = row.url != wish.url
    held = replace(seals.unseal(row.sealed, desk.vault), headers=dict(wish.headers))
    changed = [name for name, value in _columns(wish).items() if getattr(row, name) != value]
    for name, value in _columns(wish).items():
        setattr(row, name, value)
    row.sealed = seals.seal(held, desk.vault)
    _take_turn_back(row)
    session.flush()
    _note(session, desk, "changed", key, {"fields": changed})
    if moved and row.state in ("active", "pending"):
        enable(session, key, desk)
    return get(session, key, desk.vault)


def enable(session: Session, key: str, desk: Desk) -> Subscription:
    """Have a subscription get events again, once its receiver has answered a ping; LookupError as in `change`."""
    row = _row(session, key)
    row.state, row.state_at, row.reason = "pending", desk.now, "it was pinged and has not accepted the ping yet"
    row.failures, row.failing_since, row.not_before = 0, None, None
    _take_turn_back(row)
    session.flush()
    _note(session, desk, "enabled", key, {})
    ping(session, key, desk)
    return get(session, key, desk.vault)


def disable(session: Session, key: str, desk: Desk, reason: str = "") -> Subscription:
    """Have nothing sent to a subscription until it is enabled again; LookupError as in `change`."""
    _row(session, key)
    deliveries.pause(session, key, reason or "somebody stopped it", desk.now)
    _note(session, desk, "disabled", key, {"reason": reason})
    session.expire_all()
    return get(session, key, desk.vault)


def delete(session: Session, key: str, desk: Desk) -> None:
    """Forget a subscription's secrets and send nothing there ever again; its deliveries stay on record."""
    row = _row(session, key)
    row.state, row.state_at, row.reason = DELETED, desk.now, "somebody deleted it"
    row.sealed = b""
    deliveries.drop(session, key, desk.now)
    session.flush()
    _note(session, desk, "deleted", key, {"url": row.url})


def rotate(
    session: Session, key: str, desk: Desk, grace: timedelta, secret: str | None = None
) -> tuple[Subscription, str]:
    """Have other keys sign from now on, those of before besides for `grace`; return the new secret, shown this once.

    Raises:
        LookupError: there is none of this id.
        NotAccepted: the grace is longer than a week, or the secret has not the form of one.
    """
    row = _row(session, key)
    hours = grace.total_seconds() / 3600
    wrong = {} if 0 <= hours <= MAX_GRACE_HOURS else {"grace_hours": f"wants 0 to {MAX_GRACE_HOURS}, has {hours:g}"}
    if wrong := wrong | _secret(secret, row.target):
        raise NotAccepted(wrong)
    keys = seals.fresh(secret)
    row.sealed = seals.seal(seals.unseal(row.sealed, desk.vault).rotated(keys, desk.now + grace), desk.vault)
    _take_turn_back(row)
    session.flush()
    _note(session, desk, "rotated", key, {"grace_hours": hours})
    return get(session, key, desk.vault), keys.secret


def ping(session: Session, key: str, desk: Desk) -> Told:
    """Have a test event sent to a subscription.

    Raises:
        LookupError: there is none of this id.
        Stopped: it was paused or disabled.
    """
    row = _row(session, key)
    if row.state not in ("pending", "active"):
        raise Stopped(f"{key} is {row.state}: wants to be enabled, which pings it")
    body = {"subscription": key, "state": "test", "reason": f"asked for by {desk.actor}"}
    told = events.record(session, [Event(TEST, key, body)], desk.now)[0]
    events.deliver(session, key, [told.position], PING, desk.now)
    return told


def current(session: Session, key: str, desk: Desk) -> Wish:
    """Return what a subscription asks for, its headers included, to be changed; LookupError as in `change`."""
    row = _row(session, key)
    return replace(_wish(row), headers=seals.unseal(row.sealed, desk.vault).headers)


def get(session: Session, key: str, vault: Fernet) -> Subscription:
    """Return a subscription; LookupError when there is none of this id."""
    return _subscription(session, _row(session, key), vault)


def page(session: Session, vault: Fernet, after: str = "", limit: int | None = None) -> list[Subscription]:
    """Return subscriptions in the order of their ids, those behind `after`."""
    rows = select(SubscriptionRow).where(SubscriptionRow.state != DELETED, SubscriptionRow.id > after)
    return [
        _subscription(session, row, vault) for row in session.scalars(rows.order_by(SubscriptionRow.id).limit(limit))
    ]


def warnings(session: Session, wanted: Filters) -> list[str]:
    """Return what about these filters can never match in this catalogue."""
    return filters.warnings(wanted, catalog.refs(session, Developer), catalog.refs(session, Model))


def _accept(wish: Wish, desk: Desk) -> None:
    wrong = subscribing.problems(wish, desk.targets, desk.opened) | _secret(wish.secret, wish.target)
    if wrong:
        raise NotAccepted(wrong)


def _secret(secret: str | None, target: str) -> dict[str, str]:
    """Return what is wrong with a secret; chat systems make theirs as they like."""
    complaint = signatures.check_secret(secret) if secret is not None and target == "standard" else None
    return {"secret": complaint} if complaint else {}


def _columns(wish: Wish) -> dict[str, object]:
    return {
        "url": wish.url,
        "description": wish.description,
        "target": wish.target,
        "thin": wish.thin,
        "filters": wish.filters.as_json(),
        "rate_per_minute": wish.rate_per_minute,
    }


def _take_turn_back(row: SubscriptionRow) -> None:
    """Have whoever sends to it just now record nothing more: he knows its URL, headers and keys of before."""
    row.fence, row.lease_until, row.owner = row.fence + 1, None, None


def _row(session: Session, key: str) -> SubscriptionRow:
    # The lock that changes of it need and no more: a full one would wait for whoever writes a delivery for it, who
    # holds the counter of events that we may take next.
    row = session.get(SubscriptionRow, key, with_for_update={"key_share": True}) if key.isprintable() else None
    if row is None or row.state == DELETED:
        raise LookupError(f"wants the id of a subscription, has {key[:80]!r}")
    return row


def _note(session: Session, desk: Desk, action: str, key: str, detail: Mapping[str, object]) -> None:
    audit.note(session, Entry(desk.now, desk.actor, action, key, detail))


def _wish(row: SubscriptionRow) -> Wish:
    return Wish(row.url, Filters.of(row.filters), row.description, row.target, row.thin, row.rate_per_minute)


def _subscription(session: Session, row: SubscriptionRow, vault: Fernet) -> Subscription:
    held = seals.unseal(row.sealed, vault)
    last = select(EventRow.uid).where(EventRow.id == row.stopped_at_event)
    return Subscription(
        id=row.id,
        wish=replace(_wish(row), headers=dict.fromkeys(held.headers, "")),
        state=row.state,
        reason=row.reason,
        state_at=row.state_at,
        stopped_after=session.scalar(last) if row.stopped_at_event else None,
        created_at=row.created_at,
        created_by=row.created_by,
        health=Health(row.failures, row.failing_since, row.told, row.not_before),
        succeeded_at=row.succeeded_at,
        public_key=signatures.public_key(held.held[0].keys.key),
        changing_until=held.changing_until,
    )
