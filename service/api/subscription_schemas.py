"""Shapes of subscriptions and deliveries over HTTP. They describe; `scorecards.subscribing` decides."""

from typing import Any

from marshmallow import Schema, fields, validate

from scorecards.card import instant
from scorecards.delivery import Health
from scorecards.events import EVENT_TYPES
from scorecards.filters import KINDS, PILLARS
from scorecards.subscribing import MAX_GRACE_HOURS, MAX_PER_MINUTE
from service.store.delivery_log import STATES, Delivery
from service.store.subscriptions import Subscription
from service.store.tables import AttemptRow


def _texts(description: str, values: tuple[str, ...] = ()) -> fields.Field[Any]:
    return fields.List(
        fields.String(metadata={"enum": list(values)} if values else {}), metadata={"description": description}
    )


class WishSchema(Schema):
    """A subscription as it is asked for; what is left out is as it is by default, in a change as it was."""

    url = fields.String(metadata={"description": "https, on the public internet", "format": "uri"})
    types = _texts("Types of events, at least one", tuple(EVENT_TYPES))
    description = fields.String(metadata={"description": "For people"})
    target = fields.String(metadata={"description": "`standard`, or a chat system: `slack`, `feishu`"})
    payload = fields.String(
        validate=validate.OneOf(["full", "thin"], error="wants full or thin, has {input}"),
        metadata={"description": "`thin` says that something changed, and where to look"},
    )
    developers = _texts("Only events of these developers")
    models = _texts("Only events of these models")
    pillars = _texts("Only events about these pillars", PILLARS)
    kinds = _texts("Only changes of these kinds", KINDS)
    min_points = fields.Decimal(
        allow_none=True, as_string=True, metadata={"description": "Least move of a pillar's score, 0 to 100"}
    )
    min_price_percent = fields.Decimal(
        allow_none=True, as_string=True, metadata={"description": "Least move of a price in percent of what it was"}
    )
    rate_per_minute = fields.Integer(
        allow_none=True, strict=True, metadata={"description": f"1 to {MAX_PER_MINUTE}; null = as fast as it answers"}
    )
    headers = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        metadata={"description": "Sent along; encrypted, never shown"},
    )


class NewSchema(WishSchema):
    """A new subscription."""

    secret = fields.String(
        metadata={"description": "`whsec_` and 24 to 64 bytes of base64; made here when it is left out"}
    )


class RotateSchema(Schema):
    """How a secret is changed for another."""

    grace_hours = fields.Integer(
        load_default=24,
        strict=True,
        metadata={"description": f"How long the old one signs as well, 0 to {MAX_GRACE_HOURS}"},
    )
    secret = fields.String(load_default=None, metadata={"description": "As when it is new"})


class HealthSchema(Schema):
    """How the receiver does."""

    failures = fields.Integer(metadata={"description": "In a row"})
    failing_since = fields.String(allow_none=True)
    not_before = fields.String(allow_none=True, metadata={"description": "Nothing is sent before"})
    succeeded_at = fields.String(allow_none=True)


class SubscriptionSchema(Schema):
    """A subscription as it stands."""

    id = fields.String()
    url = fields.String()
    description = fields.String()
    target = fields.String()
    payload = fields.String()
    types = fields.List(fields.String())
    developers = fields.List(fields.String())
    models = fields.List(fields.String())
    pillars = fields.List(fields.String())
    kinds = fields.List(fields.String())
    min_points = fields.String(allow_none=True)
    min_price_percent = fields.String(allow_none=True)
    rate_per_minute = fields.Integer(allow_none=True)
    headers = fields.List(fields.String(), metadata={"description": "Names only"})
    state = fields.String(metadata={"description": "pending | active | paused | disabled"})
    reason = fields.String(metadata={"description": "Why it is in this state"})
    since = fields.String()
    stopped_after = fields.String(
        allow_none=True, metadata={"description": "Last event before it was stopped; replay from here"}
    )
    created_at = fields.String()
    health = fields.Nested(HealthSchema)
    public_key = fields.String(metadata={"description": "`whpk_`: what v1a signatures are checked with"})
    old_secret_until = fields.String(allow_none=True)
    secret = fields.String(metadata={"description": "Only where it is new: shown this once"})
    warnings = fields.List(fields.String(), metadata={"description": "What about its filters never matches"})


class DeliverySchema(Schema):
    """One event for one subscription."""

    event = fields.String(metadata={"description": "Its id; `webhook-id`"})
    type = fields.String()
    subject = fields.String()
    sequence = fields.Integer()
    state = fields.String(metadata={"description": " | ".join(STATES)})
    attempts = fields.Integer()
    next_at = fields.String(allow_none=True)
    created_at = fields.String()
    settled_at = fields.String(allow_none=True)
    last_status = fields.Integer(allow_none=True)
    last_error = fields.String(allow_none=True, metadata={"description": "null = no attempt yet, or delivered"})


class AttemptSchema(Schema):
    """One attempt to deliver."""

    number = fields.Integer()
    at = fields.String()
    status = fields.Integer(allow_none=True, metadata={"description": "null = no status line came"})
    latency_ms = fields.Integer()
    error = fields.String(metadata={"description": '"" = delivered'})
    detail = fields.String()
    answer = fields.String(metadata={"description": "Its beginning, at most 1 kB"})
    next_at = fields.String(allow_none=True)


class OneDeliverySchema(DeliverySchema):
    """A delivery with every attempt at it, oldest first."""

    tries = fields.List(fields.Nested(AttemptSchema))


class CountSchema(Schema):
    """How many deliveries wait again."""

    deliveries = fields.Integer()


class AuditSchema(Schema):
    """Who changed what."""

    at = fields.String()
    actor = fields.String()
    action = fields.String()
    detail = fields.Dict()


def subscription(one: Subscription, warnings: list[str]) -> dict[str, Any]:
    """Return a subscription as the API shows it: names of its headers, nothing of its secret."""
    wish = one.wish
    return {
        "id": one.id,
        "url": wish.url,
        "description": wish.description,
        "target": wish.target,
        "payload": "thin" if wish.thin else "full",
        **wish.filters.as_json(),
        "rate_per_minute": wish.rate_per_minute,
        "headers": sorted(wish.headers),
        "state": one.state,
        "reason": one.reason,
        "since": instant(one.state_at),
        "stopped_after": one.stopped_after,
        "created_at": instant(one.created_at),
        "health": {**_health(one.health), "succeeded_at": instant(one.succeeded_at)},
        "public_key": one.public_key,
        "old_secret_until": instant(one.changing_until),
        "warnings": warnings,
    }


def _health(health: Health) -> dict[str, Any]:
    return {
        "failures": health.failures,
        "failing_since": instant(health.failing_since),
        "not_before": instant(health.not_before),
    }


def delivery(one: Delivery) -> dict[str, Any]:
    """Return a delivery as the API shows it."""
    status, error = one.last or (None, "")
    return {
        "event": one.told.id,
        "type": one.told.event.type,
        "subject": one.told.event.subject,
        "sequence": one.told.sequence,
        "state": one.state,
        "attempts": one.attempts,
        "next_at": instant(one.next_at),
        "created_at": instant(one.created_at),
        "settled_at": instant(one.settled_at),
        "last_status": status,
        "last_error": error or None,
    }


def attempt(row: AttemptRow) -> dict[str, Any]:
    """Return an attempt as the API shows it."""
    return {
        "number": row.number,
        "at": instant(row.at),
        "status": row.status,
        "latency_ms": row.latency_ms,
        "error": row.error,
        "detail": row.detail,
        "answer": row.answer,
        "next_at": instant(row.next_at),
    }
