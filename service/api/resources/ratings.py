"""Ratings by others, beside ours and never mixed with them."""

from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from scorecards.catalog import Model
from scorecards.ratings import aliases, fmti, trend
from scorecards.ratings.trend import Step
from service.api import paging
from service.api.errors import refuse
from service.api.representation import representation
from service.api.schemas import ModelRatingsSchema, RatingSchema, TrendSchema, WholeRatingSchema, paged
from service.api.service import service
from service.store import cards, catalog, ratings
from service.store.cards import Published
from service.store.ratings import Stored

BLUEPRINT = Blueprint("ratings", __name__, url_prefix="/v1", description="Ratings by others, with attribution")

MAX_NUMBER = 2**63 - 1
"""Of a rating; PostgreSQL cannot even be asked for a larger one."""


class RatingsQuery(paging.PageQuery):
    """Which ratings."""

    source = fields.String(metadata={"description": "Only of this source: `fmti`, `mof`, `osai`"})
    model = fields.String(metadata={"description": "Only about the model of this ref"})


class TrendQuery(Schema):
    """Whose trend."""

    company = fields.String(required=True, metadata={"description": "As the index names it"})


@BLUEPRINT.get("/ratings")
@BLUEPRINT.arguments(RatingsQuery, location="query")
@BLUEPRINT.response(200, paged(RatingSchema))
def list_ratings(query: Mapping[str, Any]) -> Response:
    """List the newest rating of each subject in each edition, in the order in which they were imported."""
    after = paging.sequence_of(query["after"])
    with service().session() as session:
        rows = ratings.page(session, query.get("source"), query.get("model"), after, query["limit"] + 1)
    return representation(paging.page(rows, query["limit"], lambda one: str(one.number), _brief))


@BLUEPRINT.get("/ratings/<int:number>")
@BLUEPRINT.response(200, WholeRatingSchema)
def get_rating(number: int) -> Response:
    """Return one rating with everything its source says, an earlier version too."""
    with service().session() as session:
        found = ratings.get(session, number) if number <= MAX_NUMBER else None
    if found is None:
        refuse(HTTPStatus.NOT_FOUND, f"wants the number of a rating, has {number}; /v1/ratings lists them")
    return representation({**_brief(found), "judgements": [asdict(one) for one in found.rating.judgements]})


@BLUEPRINT.get("/ratings/fmti/trend")
@BLUEPRINT.arguments(TrendQuery, location="query")
@BLUEPRINT.response(200, TrendSchema)
def get_trend(query: Mapping[str, Any]) -> Response:
    """Return a company's total in each edition of the Foundation Model Transparency Index.

    Totals may be compared only where an edition asks what the one before asks; 2025 does not.
    """
    company = query["company"]
    with service().session() as session:
        found = ratings.of_producer(session, "fmti", aliases.bundled().names("fmti", company))
        known = [] if found else ratings.producers(session, "fmti")
    if not found:
        refuse(HTTPStatus.NOT_FOUND, f"wants a company of the index ({', '.join(known) or 'none'}), has {company!r}")
    steps = [_step(one) for one in trend.steps(one.rating for one in found)]
    about = {"attribution": fmti.ATTRIBUTION, "licence": fmti.LICENCE, "link": fmti.LINK}
    return representation({"company": company, "editions": steps, **about})


@BLUEPRINT.get("/models/<developer>/<model>/ratings")
@BLUEPRINT.response(200, ModelRatingsSchema)
def get_model_ratings(developer: str, model: str) -> Response:
    """Return what others say of a model, beside the transparency of our newest card of it."""
    ref = f"{developer}/{model}"
    with service().session() as session:
        known = catalog.get(session, Model, ref)
        card, rows = cards.latest(session, ref), ratings.page(session, None, ref, None)
    if known is None:
        refuse(HTTPStatus.NOT_FOUND, f"wants a model of the catalogue, has {ref!r}; /v1/models lists them")
    return representation({"model": ref, "ours": _ours(card), "external": [_brief(one) for one in rows]})


def _ours(published: Published | None) -> dict[str, Any] | None:
    if published is None:
        return None
    return {"id": published.card_id, "transparency": published.card["pillars"]["transparency"]}


def _brief(stored: Stored) -> dict[str, Any]:
    body = asdict(stored.rating)
    del body["judgements"]
    return {
        "number": stored.number,
        "model": stored.model,
        **body,
        "imported_at": stored.imported_at.isoformat(),
    }


def _step(step: Step) -> dict[str, Any]:
    return {
        "edition": step.edition,
        "subject": step.subject,
        "total": step.total.value,
        "unit": step.total.unit,
        "comparable_with_previous": step.comparable,
    }
