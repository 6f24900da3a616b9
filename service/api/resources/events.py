"""The feed of what happened: the same events that subscriptions are told of, for whoever would rather ask."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import fields, validate

from scorecards import events as documents
from scorecards.events import EVENT_TYPES, Told
from service.api import paging
from service.api.auth import may
from service.api.errors import refuse
from service.api.representation import representation
from service.api.schemas import EventSchema, EventTypeSchema, FeedSchema
from service.api.service import service
from service.store import events

BLUEPRINT = Blueprint("events", __name__, url_prefix="/v1", description="What happened, in its order")
PRIVATE = "subscriptions:read"
"""Scope of whoever sees the events that are not public as well."""


class FeedQuery(paging.PageQuery):
    """Which events."""

    after = fields.String(
        load_default="", metadata={"description": "Id of an event, or `next` of the page before: only later ones"}
    )
    type = fields.String(
        load_default="",
        validate=validate.OneOf(["", *EVENT_TYPES], error=f"wants one of {', '.join(EVENT_TYPES)}, has {{input}}"),
        metadata={"description": "Only events of this type"},
    )
    model = fields.String(load_default="", metadata={"description": "Only those that concern this model"})


@BLUEPRINT.get("/events")
@BLUEPRINT.arguments(FeedQuery, location="query")
@BLUEPRINT.response(200, FeedSchema)
def list_events(query: Mapping[str, Any]) -> Response:
    """Return events in the order in which they happened; keep `next` and come back with it, nothing is skipped."""
    seen = tuple(EVENT_TYPES) if may(PRIVATE) else events.PUBLIC
    types = [one for one in seen if query["type"] in ("", one)]
    limit = query["limit"]
    with service().session() as session:
        try:
            after = events.get(session, query["after"]).position if query["after"] else 0
        except LookupError as error:
            refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"after: {error}", fields={"after": str(error)})
        found = events.page(session, after, types, query["model"], limit + 1)
    shown = found[:limit]
    return representation(
        {
            "items": [_document(one) for one in shown],
            "next": shown[-1].id if shown else query["after"] or None,
            "more": len(found) > limit,
        }
    )


@BLUEPRINT.get("/events/<event_id>")
@BLUEPRINT.response(200, EventSchema)
def get_event(event_id: str) -> Response:
    """Return one event, whole."""
    with service().session() as session:
        try:
            told = events.get(session, event_id)
        except LookupError as error:
            refuse(HTTPStatus.NOT_FOUND, f"{error}; /v1/events lists them")
    if not EVENT_TYPES[told.event.type].public and not may(PRIVATE):
        refuse(HTTPStatus.NOT_FOUND, f"wants the id of a public event, or a token with scope {PRIVATE}")
    return representation(_document(told))


@BLUEPRINT.get("/event-types")
@BLUEPRINT.response(200, EventTypeSchema(many=True))
def list_event_types() -> Response:
    """Return every type of event: what it happens to, and when."""
    return representation(
        [
            {"type": one.name, "subject": one.subject, "trigger": one.trigger, "public": one.public}
            for one in EVENT_TYPES.values()
        ]
    )


def _document(told: Told) -> dict[str, Any]:
    return documents.document(told, f"{service().settings.public_url}/v1/events/{told.id}")
