"""Published scorecards, as they were published."""

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError, fields
from sqlalchemy.orm import Session

from scorecards import diff, rubric, views
from scorecards.exports import badge_json, badge_svg
from scorecards.exports._export import Export
from scorecards.views import ViewError
from service import secrets
from service.api import paging
from service.api.errors import refuse
from service.api.representation import representation
from service.api.schemas import ScorecardSchema, SummarySchema, ViewSchema, paged
from service.api.service import service
from service.store import cards
from service.store.cards import Published

BLUEPRINT = Blueprint("scorecards", __name__, url_prefix="/v1/scorecards", description="Published scorecards")


SummaryPage = paged(SummarySchema)


def _has_utc(at: datetime) -> None:
    """Refuse an instant that lies outside the calendar once it is UTC."""
    try:
        at.astimezone(UTC)
    except OverflowError:
        raise ValidationError("wants an instant between the years 1 and 9999 in UTC") from None


def _is_view(name: str) -> None:
    try:
        views.named(name)
    except ViewError as error:
        raise ValidationError(str(error)) from error


class CardQuery(Schema):
    """Which of a model's cards, and by which rubric; the newest and whole by default."""

    at = fields.AwareDateTime(validate=_has_utc, metadata={"description": "The card in force at this instant"})
    id = fields.String(metadata={"description": "The card of this id"})
    view = fields.String(
        validate=_is_view,
        metadata={"description": "What the card says by another rubric", "enum": list(views.load())},
    )


class DiffQuery(Schema):
    """Two cards of one model, by sequence number."""

    after = fields.Integer(required=True, data_key="from", metadata={"description": "Sequence of the older card"})
    to = fields.Integer(required=True, metadata={"description": "Sequence of the newer card"})


@BLUEPRINT.get("")
@BLUEPRINT.arguments(paging.PageQuery, location="query")
@BLUEPRINT.response(200, SummaryPage)
def list_cards(query: Mapping[str, Any]) -> Response:
    """List the newest card of every model, in the order of model refs; never a ranking."""
    with service().session() as session:
        rows = cards.index(session, paging.key_of(query["after"]), query["limit"] + 1)
    return representation(paging.page(rows, query["limit"], lambda one: str(one.card["model"]["ref"]), _summary))


@BLUEPRINT.get("/<developer>/<model>")
@BLUEPRINT.arguments(CardQuery, location="query")
@BLUEPRINT.response(200, ScorecardSchema)
@BLUEPRINT.doc(responses={200: {"content": {"application/json": {"schema": {"oneOf": [ScorecardSchema, ViewSchema]}}}}})
def get_card(query: Mapping[str, Any], developer: str, model: str) -> Response:
    """Return a model's card: the newest, the one in force at an instant, or the one of an id.

    With `view`, what that card says by another rubric; no signature covers it, the card's does.
    """
    ref = f"{developer}/{model}"
    with service().session() as session:
        found = _chosen(session, ref, query)
    body = _viewed(found, query["view"]) if "view" in query else _whole(found)
    return representation(body, headers={"Pellucid-Card": found.card_id})


@BLUEPRINT.get("/<developer>/<model>/history")
@BLUEPRINT.arguments(paging.PageQuery, location="query")
@BLUEPRINT.response(200, SummaryPage)
def get_history(query: Mapping[str, Any], developer: str, model: str) -> Response:
    """List a model's cards, newest first, with the changes each brought."""
    ref, before = f"{developer}/{model}", paging.sequence_of(query["after"])
    with service().session() as session:
        _known(cards.latest(session, ref), ref)
        rows = cards.history(session, ref, before, query["limit"] + 1)
    return representation(paging.page(rows, query["limit"], lambda one: str(one.card["sequence"]), _step))


@BLUEPRINT.get("/<developer>/<model>/diff")
@BLUEPRINT.arguments(DiffQuery, location="query")
@BLUEPRINT.response(200)
def get_diff(query: Mapping[str, Any], developer: str, model: str) -> Response:
    """Return what changed between two cards of a model, each change with its kind."""
    ref = f"{developer}/{model}"
    with service().session() as session:
        by_sequence = {one.card["sequence"]: one.card for one in cards.history(session, ref)}
    older, newer = by_sequence.get(query["after"]), by_sequence.get(query["to"])
    if older is None or newer is None:
        wanted = f"wants sequences among 1 to {len(by_sequence)} of {ref}"
        refuse(HTTPStatus.NOT_FOUND, f"{wanted}, has from={query['after']} to={query['to']}")
    found = diff.changes(older, newer, rubric.load(newer["rubric"]["id"]))
    return representation({"model": ref, "changes": [one.as_json() for one in found]})


@BLUEPRINT.get("/<developer>/<model>/badge.svg")
@BLUEPRINT.response(200, content_type="image/svg+xml")
def get_badge(developer: str, model: str) -> Response:
    """Return the badge: the transparency score with its range."""
    return _exported(badge_svg.EXPORT, f"{developer}/{model}")


@BLUEPRINT.get("/<developer>/<model>/badge.json")
@BLUEPRINT.response(200)
def get_badge_json(developer: str, model: str) -> Response:
    """Return the badge for shields.io's endpoint badges."""
    return _exported(badge_json.EXPORT, f"{developer}/{model}")


def _exported(export: Export, ref: str) -> Response:
    with service().session() as session:
        found = _known(cards.latest(session, ref), ref)
    return representation(export.render(found.card), export.media_type, {"Pellucid-Card": found.card_id})


def _chosen(session: Session, ref: str, query: Mapping[str, Any]) -> Published:
    if "id" in query:
        one = cards.by_id(session, query["id"])
        return _known(one if one and one.card["model"]["ref"] == ref else None, f"{ref} of id {query['id']}")
    if "at" in query:
        return _known(cards.at(session, ref, query["at"]), f"{ref} at {query['at'].isoformat()}")
    return _known(cards.latest(session, ref), ref)


def _known(found: Published | None, wanted: str) -> Published:
    if found is None:
        refuse(HTTPStatus.NOT_FOUND, f"wants a published card, has none for {wanted}; /v1/scorecards lists them")
    return found


def _whole(published: Published) -> dict[str, Any]:
    """Return the card with its id and signature; without these two its canonical bytes are what was signed."""
    key = secrets.signing_key(secrets.master_key(service().settings)).public_key()
    signature = {"algorithm": "ed25519", "value": published.signature, "public_key": secrets.public_text(key)}
    return {"id": published.card_id, **published.card, "signature": signature}


def _viewed(published: Published, name: str) -> dict[str, Any]:
    """Return a view of the card, with the id of the card that it is a projection of."""
    card = published.card
    told = {"card": published.card_id, "model": card["model"]["ref"], "as_of": card["as_of"]}
    return {**told, **views.render(views.named(name), card)}


def _summary(published: Published) -> dict[str, Any]:
    card = published.card
    return {"id": published.card_id, **{key: card[key] for key in ("model", "as_of", "sequence", "pillars")}}


def _step(published: Published) -> dict[str, Any]:
    return {**_summary(published), "previous": published.card["previous"], "changes": published.card["changes"]}
