"""Webhooks: who is told of what, what was delivered, and having it sent again."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from scorecards.events import EVENT_TYPES
from service import subscription_wish, targets
from service.api import paging
from service.api.auth import needs, token
from service.api.errors import PLAIN, refuse
from service.api.idempotency import idempotent
from service.api.representation import representation
from service.api.schemas import paged
from service.api.service import service
from service.api.subscription_schemas import (
    AuditSchema,
    CountSchema,
    DeliverySchema,
    NewSchema,
    OneDeliverySchema,
    RotateSchema,
    SubscriptionSchema,
    WishSchema,
    attempt,
    delivery,
    subscription,
)
from service.store import audit, delivery_log, events, subscriptions
from service.store.delivery_log import STATES
from service.store.errors import NotAccepted
from service.store.subscriptions import Desk, Stopped, Subscription, TooMany

BLUEPRINT = Blueprint("subscriptions", __name__, url_prefix="/v1/subscriptions", description="Webhooks")
TARGETS = targets.load()
READ, WRITE = "subscriptions:read", "subscriptions:write"
AUDIT_SHOWN = 100


class DeliveryQuery(paging.PageQuery):
    """Which deliveries."""

    state = fields.String(
        load_default="",
        validate=validate.OneOf(["", *STATES], error=f"wants one of {', '.join(STATES)}, has {{input}}"),
        metadata={"description": "Only those in it"},
    )


class RecoverSchema(Schema):
    """Which of the deliveries that were given up to make again: those given up between two instants."""

    since = fields.AwareDateTime(required=True)
    until = fields.AwareDateTime(load_default=None, metadata={"description": "null = now"})


class ReplaySchema(Schema):
    """From where to send everything again that the subscription wants, whether it was delivered or not."""

    after = fields.String(load_default=None, metadata={"description": "Id of the last event that is not wanted again"})
    since = fields.AwareDateTime(load_default=None, metadata={"description": "Instead of `after`"})


@BLUEPRINT.get("")
@BLUEPRINT.response(200, paged(SubscriptionSchema))
@needs(READ)
@BLUEPRINT.arguments(paging.PageQuery, location="query")
def list_subscriptions(query: Mapping[str, Any]) -> Response:
    """List subscriptions in the order of their ids."""
    with service().session() as session:
        rows = subscriptions.page(session, service().vault(), paging.key_of(query["after"]), query["limit"] + 1)
        return representation(paging.page(rows, query["limit"], lambda one: one.id, lambda one: _shown(session, one)))


@BLUEPRINT.post("")
@BLUEPRINT.response(201, SubscriptionSchema)
@needs(WRITE)
@BLUEPRINT.arguments(NewSchema)
@idempotent
def create_subscription(session: Session, asked: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """Subscribe a receiver. It is pinged, and gets events once it has answered; its secret is shown this once."""
    with _refusing():
        made, secret = subscriptions.create(session, subscription_wish.new(asked), _desk())
    return {**_shown(session, made), "secret": secret}, HTTPStatus.CREATED


@BLUEPRINT.get("/<key>")
@BLUEPRINT.response(200, SubscriptionSchema)
@needs(READ)
def get_subscription(key: str) -> Response:
    """Return one subscription."""
    with service().session() as session, _refusing():
        return representation(_shown(session, subscriptions.get(session, key, service().vault())))


@BLUEPRINT.patch("/<key>")
@BLUEPRINT.response(200, SubscriptionSchema)
@needs(WRITE)
@BLUEPRINT.arguments(WishSchema)
@idempotent
def change_subscription(session: Session, asked: Mapping[str, Any], key: str) -> tuple[dict[str, Any], int]:
    """Change what is named; another URL is pinged before it gets events."""
    with _refusing():
        wish = subscription_wish.changed(subscriptions.current(session, key, _desk()), asked)
        return _shown(session, subscriptions.change(session, key, wish, _desk())), HTTPStatus.OK


@BLUEPRINT.delete("/<key>")
@BLUEPRINT.response(204)
@needs(WRITE)
def delete_subscription(key: str) -> tuple[str, int]:
    """Delete a subscription and its secrets; nothing is ever sent there again."""
    with service().writing() as session, _refusing():
        subscriptions.delete(session, key, _desk())
    return "", HTTPStatus.NO_CONTENT


@BLUEPRINT.post("/<key>/enable")
@BLUEPRINT.response(200, SubscriptionSchema)
@needs(WRITE)
@idempotent
def enable_subscription(session: Session, key: str) -> tuple[dict[str, Any], int]:
    """Enable a subscription: it is pinged, and gets events once it has answered. What it missed can be replayed."""
    with _refusing():
        return _shown(session, subscriptions.enable(session, key, _desk())), HTTPStatus.OK


@BLUEPRINT.post("/<key>/disable")
@BLUEPRINT.response(200, SubscriptionSchema)
@needs(WRITE)
@idempotent
def disable_subscription(session: Session, key: str) -> tuple[dict[str, Any], int]:
    """Send it nothing until it is enabled again; what waits for it keeps waiting."""
    with _refusing():
        return _shown(session, subscriptions.disable(session, key, _desk())), HTTPStatus.OK


@BLUEPRINT.post("/<key>/rotate")
@BLUEPRINT.response(200, SubscriptionSchema)
@needs(WRITE)
@BLUEPRINT.arguments(RotateSchema)
@idempotent
def rotate_secret(session: Session, asked: Mapping[str, Any], key: str) -> tuple[dict[str, Any], int]:
    """Sign with another secret and key; the old ones sign as well for a while. The new secret is shown this once."""
    with _refusing():
        grace = timedelta(hours=asked["grace_hours"])
        made, secret = subscriptions.rotate(session, key, _desk(), grace, asked["secret"])
    return {**_shown(session, made), "secret": secret}, HTTPStatus.OK


@BLUEPRINT.post("/<key>/ping")
@BLUEPRINT.response(202, DeliverySchema)
@needs(WRITE)
@idempotent
def ping_subscription(session: Session, key: str) -> tuple[dict[str, Any], int]:
    """Send a `subscription.test`; the delivery of this event tells what came of it."""
    with _refusing():
        told = subscriptions.ping(session, key, _desk())
        return delivery(delivery_log.attempts(session, key, told.id)[0]), HTTPStatus.ACCEPTED


@BLUEPRINT.get("/<key>/deliveries")
@BLUEPRINT.response(200, paged(DeliverySchema))
@needs(READ)
@BLUEPRINT.arguments(DeliveryQuery, location="query")
def list_deliveries(query: Mapping[str, Any], key: str) -> Response:
    """List what was sent, newest event first."""
    before = paging.sequence_of(query["after"])
    with service().session() as session, _refusing():
        subscriptions.get(session, key, service().vault())
        rows = delivery_log.page(session, key, query["state"], before, query["limit"] + 1)
    return representation(paging.page(rows, query["limit"], lambda one: str(one.told.position), delivery))


@BLUEPRINT.get("/<key>/deliveries/<event>")
@BLUEPRINT.response(200, OneDeliverySchema)
@needs(READ)
def get_delivery(key: str, event: str) -> Response:
    """Return one delivery with every attempt."""
    with service().session() as session, _refusing():
        one, tries = delivery_log.attempts(session, key, event)
        return representation({**delivery(one), "tries": [attempt(each) for each in tries]})


@BLUEPRINT.post("/<key>/deliveries/<event>/resend")
@BLUEPRINT.response(202, DeliverySchema)
@needs(WRITE)
@idempotent
def resend(session: Session, key: str, event: str) -> tuple[dict[str, Any], int]:
    """Send one event once more, under the same id."""
    with _refusing():
        delivery_log.resend(session, key, event, service().clock())
        return delivery(delivery_log.attempts(session, key, event)[0]), HTTPStatus.ACCEPTED


@BLUEPRINT.post("/<key>/recover")
@BLUEPRINT.response(202, CountSchema)
@needs(WRITE)
@BLUEPRINT.arguments(RecoverSchema)
@idempotent
def recover(session: Session, asked: Mapping[str, Any], key: str) -> tuple[dict[str, Any], int]:
    """Send once more what was given up."""
    now = service().clock()
    with _refusing():
        subscriptions.get(session, key, service().vault())
        count = delivery_log.recover(session, key, asked["since"], asked["until"] or now, now)
    return {"deliveries": count}, HTTPStatus.ACCEPTED


@BLUEPRINT.post("/<key>/replay")
@BLUEPRINT.response(202, CountSchema)
@needs(WRITE)
@BLUEPRINT.arguments(ReplaySchema)
@idempotent
def replay(session: Session, asked: Mapping[str, Any], key: str) -> tuple[dict[str, Any], int]:
    """Send everything again that happened behind an event or an instant and that the subscription wants."""
    if (asked["after"] is None) == (asked["since"] is None):
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, "wants either `after` or `since`")
    with _refusing():
        wanted = subscriptions.get(session, key, service().vault()).wish.filters
        after = _position(session, asked["after"], asked["since"])
        found = [one for one in events.page(session, after, EVENT_TYPES) if wanted.match(one.event)]
        return {"deliveries": delivery_log.replay(session, key, found, service().clock())}, HTTPStatus.ACCEPTED


@BLUEPRINT.get("/<key>/audit")
@BLUEPRINT.response(200, AuditSchema(many=True))
@needs(READ)
def list_audit(key: str) -> Response:
    """Return who changed what about a subscription, newest first."""
    with service().session() as session:
        found = audit.of(session, key, AUDIT_SHOWN)
    return representation(
        [
            {"at": one.at.isoformat(), "actor": one.actor, "action": one.action, "detail": dict(one.detail)}
            for one in found
        ]
    )


def _position(session: Session, after: str | None, since: datetime | None) -> int:
    if since is not None:
        return events.position_at(session, since)
    try:
        return events.get(session, after or "").position
    except LookupError as error:
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, PLAIN[HTTPStatus.UNPROCESSABLE_ENTITY], fields={"after": str(error)})


def _desk() -> Desk:
    now, opened = service().clock(), service().settings.webhook_networks
    return Desk(service().vault(), token().id, now, TARGETS, opened)


def _shown(session: Session, one: Subscription) -> dict[str, Any]:
    return subscription(one, subscriptions.warnings(session, one.wish.filters))


@contextmanager
def _refusing() -> Iterator[None]:
    """Answer what the store refuses with the problem that it is."""
    try:
        yield
    except NotAccepted as error:
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, PLAIN[HTTPStatus.UNPROCESSABLE_ENTITY], fields=error.problems)
    except LookupError as error:
        refuse(HTTPStatus.NOT_FOUND, f"{error}; /v1/subscriptions lists them")
    except (Stopped, TooMany) as error:
        refuse(HTTPStatus.CONFLICT, str(error))
