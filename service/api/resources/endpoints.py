"""The endpoints of the catalogue, and what was measured at them lately."""

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from scorecards import card, history, measure, rubric
from scorecards.catalog import CatalogError, Endpoint, Model
from scorecards.catalog_rows import endpoint_row
from scorecards.history import Point
from service.api import paging
from service.api.auth import needs, token
from service.api.errors import refuse
from service.api.idempotency import idempotent
from service.api.representation import representation
from service.api.schemas import EndpointSchema, HistorySchema, paged
from service.api.service import service
from service.store import catalog, evidence, jobs
from service.store.tables import MAX_REF

BLUEPRINT = Blueprint("endpoints", __name__, url_prefix="/v1/endpoints", description="Models as served somewhere")


class HistoryQuery(Schema):
    """Which quantity, and how far back."""

    quantity = fields.String(required=True, metadata={"description": "As `/measurements` names it: `ttft_ms`, …"})
    days = fields.Integer(
        load_default=30,
        validate=validate.Range(1, 400, error="wants 1 to 400, has {input}"),
        metadata={"description": "Days up to now"},
    )


@BLUEPRINT.get("")
@BLUEPRINT.arguments(paging.PageQuery, location="query")
@BLUEPRINT.response(200, paged(EndpointSchema))
def list_endpoints(query: Mapping[str, Any]) -> Response:
    """List endpoints in the order of their refs."""
    with service().session() as session:
        rows = catalog.page(session, Endpoint, paging.key_of(query["after"]), query["limit"] + 1)
    return representation(paging.page(rows, query["limit"], lambda one: one.ref, catalog.plain))


@BLUEPRINT.get("/<path:ref>/measurements")
@BLUEPRINT.response(200)
def get_measurements(ref: str) -> Response:
    """Return what the window up to now says, newer than the card perhaps."""
    rules, now = rubric.load(), service().clock()
    with service().session() as session:
        _known(catalog.get(session, Endpoint, ref), ref)
        recent = evidence.since(session, ref, now - timedelta(hours=rules.window_hours))
    measured = measure.window(recent, rules, now)
    body = {
        "endpoint": ref,
        "window_hours": rules.window_hours,
        "readings": [card.measurement(one, rules) for one in measured.values()],
    }
    return representation(body)


@BLUEPRINT.get("/<path:ref>/history")
@BLUEPRINT.arguments(HistoryQuery, location="query")
@BLUEPRINT.response(200, HistorySchema)
def get_history(query: Mapping[str, Any], ref: str) -> Response:
    """Return one quantity over time: a point for each run, a run that could not measure it says why."""
    quantity, now = query["quantity"], service().clock()
    if not rubric.load().row(quantity):
        names = ", ".join(rubric.load().quantities)
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"quantity: wants one of {names}, has {quantity!r}")
    with service().session() as session:
        _known(catalog.get(session, Endpoint, ref), ref)
        recent = evidence.since(session, ref, now - timedelta(days=query["days"]), quantity)
    unit = next((one.unit for one in recent if one.quantity == quantity and one.unit), "")
    points = [_point(one) for one in history.points(recent, quantity)]
    return representation({"endpoint": ref, "quantity": quantity, "unit": unit, "points": points})


def _point(one: Point) -> dict[str, Any]:
    numbers = {"value": card.plain(one.value, 4), "p95": card.plain(one.p95, 4)}
    return {"taken_at": card.instant(one.taken_at), **numbers, "n": one.n, "note": one.note}


@BLUEPRINT.get("/<path:ref>")
@BLUEPRINT.response(200, EndpointSchema)
def get_endpoint(ref: str) -> Response:
    """Return one endpoint; its ref is percent-encoded in the path."""
    with service().session() as session:
        return representation(catalog.plain(_known(catalog.get(session, Endpoint, ref), ref)))


@BLUEPRINT.post("")
@BLUEPRINT.response(201, EndpointSchema)
@needs("catalog:write")
@idempotent
def add_endpoint(session: Session) -> tuple[dict[str, Any], int]:
    """Add an endpoint, with the keys of an `[[endpoint]]` block of a catalogue file; its model gets a new card.

    One that sends a key (`key_env`) needs the scope `admin`: it decides to whom that key is shown.
    """
    try:
        endpoint = endpoint_row(_stated(request.get_json()), "body")
    except CatalogError as error:
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
    if len(endpoint.ref) > MAX_REF:
        refuse(
            HTTPStatus.UNPROCESSABLE_ENTITY, f"body.ref: wants at most {MAX_REF} characters, has {len(endpoint.ref)}"
        )
    if (endpoint.key_env or "{" in endpoint.base_url) and not token().allows("admin"):
        wanted = "body: an endpoint that uses variables of the workers' environment wants a token with scope admin"
        refuse(HTTPStatus.FORBIDDEN, wanted)
    if catalog.get(session, Model, endpoint.model) is None:
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"body.model: wants a known model, has {endpoint.model!r}")
    if catalog.get(session, Endpoint, endpoint.ref) is not None:
        refuse(HTTPStatus.CONFLICT, f"{endpoint.ref} is in the catalogue already")
    catalog.save(session, endpoint, "api")
    jobs.request(session, jobs.publish_job(endpoint.model), service().clock())
    return catalog.plain(endpoint), HTTPStatus.CREATED


def _stated(body: Any) -> Any:  # noqa: ANN401 - the check of the row says what is wrong with it
    """Return the body with what must be stated and was not: nobody runs a developer's endpoint by default."""
    return {"first_party": False, **body} if isinstance(body, dict) else body


def _known(endpoint: Endpoint | None, ref: str) -> Endpoint:
    if endpoint is None:
        refuse(HTTPStatus.NOT_FOUND, f"wants an endpoint of the catalogue, has {ref!r}; /v1/endpoints lists them")
    return endpoint
