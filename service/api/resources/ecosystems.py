"""How far apart jurisdictions are, pillar by pillar and over time."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from scorecards import ecosystem_document, ecosystems
from scorecards.ecosystems import EcosystemError
from scorecards.events.filters import PILLARS
from service.api.ecosystem_schemas import EcosystemsSchema
from service.api.errors import refuse
from service.api.representation import representation
from service.api.service import service

BLUEPRINT = Blueprint("ecosystems", __name__, url_prefix="/v1", description="Jurisdictions side by side")


class EcosystemsQuery(Schema):
    """Which pillar, and from when to when."""

    pillar = fields.String(
        validate=validate.OneOf(PILLARS, error="wants one of {choices}, has {input}"),
        metadata={"description": "Only this one; all four if left out"},
    )
    since = fields.Date(metadata={"description": "First day; twelve weeks before `until` if left out"})
    until = fields.Date(metadata={"description": "Last day; today (UTC) if left out"})


@BLUEPRINT.get("/ecosystems")
@BLUEPRINT.arguments(EcosystemsQuery, location="query")
@BLUEPRINT.response(200, EcosystemsSchema)
def get_ecosystems(query: Mapping[str, Any]) -> Response:
    """Return per jurisdiction and pillar the best, the median and the gaps, with the cards that each rests on.

    One point a day in spans of up to 31 days, else one a week; never a rank over all pillars.
    """
    try:
        since, until = ecosystems.span(query.get("since"), query.get("until"), service().clock().date())
    except EcosystemError as error:
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
    pillar = query.get("pillar", "")
    with service().session() as session:
        course = service().standings.course(session, since, until, (pillar,) if pillar else PILLARS)
    standings = (one for each in course.standings for one in each)
    return representation(ecosystem_document.document(since, until, course.pillars, standings, pillar))
