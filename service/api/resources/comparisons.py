"""Comparisons of what several endpoints answer to the same prompts."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from scorecards.compare import promptfoo
from service import comparison_order, comparison_shown
from service.api import paging
from service.api.auth import needs, token
from service.api.comparison_schemas import (
    ComparisonQuery,
    ComparisonSchema,
    ListedComparisonSchema,
    NewComparisonSchema,
    OutputsSchema,
)
from service.api.idempotency import idempotent
from service.api.refusing import refusing
from service.api.representation import representation
from service.api.schemas import paged
from service.api.service import service
from service.comparison_order import Asked
from service.store import comparisons

LISTED = "/v1/comparisons"
BLUEPRINT = Blueprint("comparisons", __name__, url_prefix=LISTED, description="Outputs side by side")
RUN = "comparisons:run"


@BLUEPRINT.post("")
@BLUEPRINT.response(201, ComparisonSchema)
@needs(RUN)
@BLUEPRINT.arguments(NewComparisonSchema)
@idempotent
def create_comparison(session: Session, asked: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """Ask endpoints the same prompts and compare what they answer; the first endpoint is A, the one in use."""
    rows, told = asked.get("prompts"), {name: value for name, value in asked.items() if name != "prompts"}
    with refusing(LISTED):
        wish = Asked(**told, file=comparison_order.rows_file(rows) if rows else None)
        order = comparison_order.order(session, wish, service().settings)
    made = comparisons.create(session, order, token().id, service().clock())
    return comparison_shown.comparison(made, {}), HTTPStatus.CREATED


@BLUEPRINT.get("")
@BLUEPRINT.response(200, paged(ListedComparisonSchema))
@needs(RUN)
@BLUEPRINT.arguments(ComparisonQuery, location="query")
def list_comparisons(query: Mapping[str, Any]) -> Response:
    """List comparisons, newest first."""
    with service().session() as session:
        rows = comparisons.page(session, query["kind"], paging.key_of(query["after"]), query["limit"] + 1)
    return representation(paging.page(rows, query["limit"], lambda one: one.id, comparison_shown.listed))


@BLUEPRINT.get("/<comparison>")
@BLUEPRINT.response(200, ComparisonSchema)
@needs(RUN)
def get_comparison(comparison: str) -> Response:
    """Return one comparison: how far it came, and its report once it has ended."""
    with service().session() as session, refusing(LISTED):
        one = comparisons.get(session, comparison)
        return representation(comparison_shown.comparison(one, comparisons.progress(session, comparison)))


@BLUEPRINT.get("/<comparison>/outputs/<path:prompt>")
@BLUEPRINT.response(200, OutputsSchema)
@needs(RUN)
def get_outputs(comparison: str, prompt: str) -> Response:
    """Return what every endpoint answered to one prompt, as far as it was asked."""
    with service().session() as session, refusing(LISTED):
        one = comparisons.get(session, comparison)
        return representation(comparison_shown.outputs(one, prompt, comparisons.records(session, comparison, prompt)))


@BLUEPRINT.get("/<comparison>/promptfoo.yaml")
@BLUEPRINT.response(200, content_type="application/yaml")
@needs(RUN)
def get_promptfoo(comparison: str) -> Response:
    """Return prompts and checks as a promptfoo configuration, so that nobody is locked in here."""
    with service().session() as session, refusing(LISTED):
        one = comparisons.get(session, comparison)
    return representation(promptfoo.export(one.order.plan.prompts, one.order.plan.endpoints), "application/yaml")


@BLUEPRINT.post("/<comparison>/cancel")
@BLUEPRINT.response(200, ComparisonSchema)
@needs(RUN)
@idempotent
def cancel_comparison(session: Session, comparison: str) -> tuple[dict[str, Any], int]:
    """Ask nothing more; what came so far stays, and is reported."""
    with refusing(LISTED):
        comparisons.get(session, comparison)
        comparisons.end(session, comparison, "cancelled", f"cancelled by {token().id}", service().clock())
        session.expire_all()
        one = comparisons.get(session, comparison)
    return comparison_shown.comparison(one, comparisons.progress(session, comparison)), HTTPStatus.OK


@BLUEPRINT.delete("/<comparison>")
@BLUEPRINT.response(204)
@needs(RUN)
def delete_comparison(comparison: str) -> tuple[str, int]:
    """Delete a comparison with all outputs."""
    with service().writing() as session, refusing(LISTED):
        comparisons.delete(session, comparison)
    return "", HTTPStatus.NO_CONTENT
