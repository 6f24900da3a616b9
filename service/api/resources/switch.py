"""What one loses and gains by moving from one endpoint to another."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from scorecards import rubric
from scorecards.catalog import Endpoint
from scorecards.switching import features, pairwise
from scorecards.switching.pairwise import Side
from service.api.errors import refuse
from service.api.representation import representation
from service.api.service import service
from service.api.switch_schemas import SwitchSchema
from service.store import cards, catalog

BLUEPRINT = Blueprint("switch", __name__, url_prefix="/v1", description="Moving between endpoints")


class SwitchQuery(Schema):
    """From where to where, and what the program uses."""

    here = fields.String(required=True, data_key="from", metadata={"description": "Ref of the endpoint in use"})
    there = fields.String(required=True, data_key="to", metadata={"description": "Ref of the endpoint to move to"})
    features = fields.String(
        load_default="",
        metadata={"description": f"Separated by commas; all if left out: {', '.join(features.names())}"},
    )


@BLUEPRINT.get("/switch")
@BLUEPRINT.arguments(SwitchQuery, location="query")
@BLUEPRINT.response(200, SwitchSchema)
def get_switch(query: Mapping[str, Any]) -> Response:
    """Return what moving from one endpoint to another loses and gains, by their newest cards alone."""
    here, there = query["here"], query["there"]
    if here == there:
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"to: wants another endpoint than from, has {there!r} in both")
    asked = _features(query["features"])
    with service().session() as session:
        first, second = _side(session, "from", here), _side(session, "to", there)
    return representation(pairwise.report(first, second, asked, rubric.load()))


def _features(text: str) -> list[str]:
    asked = list(dict.fromkeys(one.strip() for one in text.split(",") if one.strip()))
    known = features.names()
    if unknown := [one for one in asked if one not in known]:
        wanted = f"features: wants some of {', '.join(known)}"
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"{wanted}, has {', '.join(unknown)}")
    return asked


def _side(session: Session, name: str, ref: str) -> Side:
    endpoint = catalog.get(session, Endpoint, ref)
    if endpoint is None:
        wanted = f"{name}: wants an endpoint of the catalogue, has {ref!r}; /v1/endpoints lists them"
        refuse(HTTPStatus.NOT_FOUND, wanted)
    published = cards.latest(session, endpoint.model)
    found = pairwise.side(published.card_id, published.card, ref) if published else None
    if found is None:
        refuse(
            HTTPStatus.NOT_FOUND, f"{name}: wants an endpoint that a published card tells of, {ref!r} is on none yet"
        )
    return found
