"""Subscriptions, deliveries and attempts as JSON: one shape for API and command line."""

from collections.abc import Sequence
from typing import Any

from scorecards.card import instant
from scorecards.events.delivery import Health
from service.store.delivery_log import Delivery
from service.store.subscriptions import Subscription
from service.store.tables import AttemptRow


def subscription(one: Subscription, warnings: Sequence[str]) -> dict[str, Any]:
    """Return a subscription as API and command line show it: names of its headers, nothing of its secret."""
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
        "warnings": list(warnings),
    }


def _health(health: Health) -> dict[str, Any]:
    return {
        "failures": health.failures,
        "failing_since": instant(health.failing_since),
        "not_before": instant(health.not_before),
    }


def delivery(one: Delivery) -> dict[str, Any]:
    """Return a delivery as API and command line show it."""
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
    """Return an attempt as API and command line show it."""
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
