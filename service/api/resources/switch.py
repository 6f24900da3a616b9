"""What one loses and gains by moving from one endpoint to another."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from scorecards.switching import features
from service import switching
from service.api.errors import refuse
from service.api.representation import representation
from service.api.service import service
from service.api.switch_schemas import SwitchSchema
from service.switching import NoSideError, SwitchError

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
    try:
        with service().session() as session:
            return representation(switching.report(session, query["here"], query["there"], query["features"]))
    except NoSideError as error:
        refuse(HTTPStatus.NOT_FOUND, str(error))
    except SwitchError as error:
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
