"""Answering back: challenges to verdicts, open to all to read."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from scorecards.dispute import Challenge, Filing, Kind, State
from scorecards.evidence import MAX_QUOTE
from scorecards.filing import MAX_NAME, MAX_NOTE
from service.api import paging
from service.api.auth import needs, token
from service.api.errors import PLAIN, refuse
from service.api.idempotency import idempotent
from service.api.representation import representation
from service.api.schemas import ChallengeSchema, paged
from service.api.service import service
from service.store import challenges
from service.store.errors import NotAccepted

BLUEPRINT = Blueprint("challenges", __name__, url_prefix="/v1/challenges", description="Challenges to verdicts")

_KINDS = [one.value for one in Kind]
_STATES = [one.value for one in State]


def _among(values: list[str]) -> validate.OneOf:
    return validate.OneOf(values, error=f"wants one of {', '.join(values)}, has {{input}}")


class FilingSchema(Schema):
    """A challenge as it is filed. All of it is published, for good."""

    model = fields.String(required=True)
    indicator = fields.String(required=True, metadata={"description": "Id of the rubric in force"})
    url = fields.String(required=True, metadata={"description": "https, on the public internet", "format": "uri"})
    quote = fields.String(required=True, metadata={"description": "Words of the document", "maxLength": MAX_QUOTE})
    kind = fields.String(load_default=Kind.MISSING.value, validate=_among(_KINDS))
    note = fields.String(load_default="", metadata={"description": "For readers", "maxLength": MAX_NOTE})
    name = fields.String(
        load_default="",
        metadata={"description": "Who says so, only if that is to be published", "maxLength": MAX_NAME},
    )


class ChallengeQuery(paging.PageQuery):
    """Which challenges."""

    model = fields.String(load_default="", metadata={"description": "Only those to this model's card"})
    state = fields.String(
        load_default="", validate=_among(["", *_STATES]), metadata={"description": "Only those in it"}
    )


@BLUEPRINT.post("")
@BLUEPRINT.response(201, ChallengeSchema)
@needs("challenges:write")
@BLUEPRINT.arguments(FilingSchema)
@idempotent
def file_challenge(session: Session, filed: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """Challenge a verdict with a public document; the machine reads it, decides, and publishes what changed."""
    filing = Filing(**{**filed, "kind": Kind(filed["kind"])})
    opened = service().settings.allow_networks
    try:
        challenge = challenges.file(session, filing, token().id, service().clock(), opened)
    except NotAccepted as error:
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, PLAIN[HTTPStatus.UNPROCESSABLE_ENTITY], fields=error.problems)
    except challenges.StillOpen as error:
        refuse(HTTPStatus.CONFLICT, f"{error}; wants another, or to wait until it is settled")
    return challenge.as_json(), HTTPStatus.CREATED


@BLUEPRINT.get("")
@BLUEPRINT.arguments(ChallengeQuery, location="query")
@BLUEPRINT.response(200, paged(ChallengeSchema))
def list_challenges(query: Mapping[str, Any]) -> Response:
    """List challenges, newest first."""
    before = paging.sequence_of(query["after"])
    with service().session() as session:
        rows = challenges.page(session, query["model"], query["state"], before, query["limit"] + 1)
    return representation(paging.page(rows, query["limit"], lambda one: str(one.id), Challenge.as_json))


@BLUEPRINT.get("/<int(max=999999999):challenge>")
@BLUEPRINT.response(200, ChallengeSchema)
def get_challenge(challenge: int) -> Response:
    """Return one challenge with every state it went through."""
    try:
        with service().session() as session:
            return representation(challenges.get(session, challenge).as_json())
    except LookupError as error:
        refuse(HTTPStatus.NOT_FOUND, f"{error}; /v1/challenges lists them")
