"""The models of the catalogue."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, request
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from scorecards.catalog import CatalogError, Developer, Model
from scorecards.catalog_rows import model_row
from service.api import paging
from service.api.auth import needs
from service.api.errors import refuse
from service.api.idempotency import idempotent
from service.api.representation import representation
from service.api.schemas import ModelSchema, paged
from service.api.service import service
from service.store import catalog, jobs
from service.store.tables import MAX_REF

BLUEPRINT = Blueprint("models", __name__, url_prefix="/v1/models", description="Models of the catalogue")


@BLUEPRINT.get("")
@BLUEPRINT.arguments(paging.PageQuery, location="query")
@BLUEPRINT.response(200, paged(ModelSchema))
def list_models(query: Mapping[str, Any]) -> Response:
    """List models in the order of their refs."""
    with service().session() as session:
        rows = catalog.page(session, Model, paging.key_of(query["after"]), query["limit"] + 1)
    return representation(paging.page(rows, query["limit"], lambda one: one.ref, catalog.plain))


@BLUEPRINT.get("/<developer>/<model>")
@BLUEPRINT.response(200, ModelSchema)
def get_model(developer: str, model: str) -> Response:
    """Return one model."""
    ref = f"{developer}/{model}"
    with service().session() as session:
        found = catalog.get(session, Model, ref)
    if found is None:
        refuse(HTTPStatus.NOT_FOUND, f"wants a model of the catalogue, has {ref!r}; /v1/models lists them")
    return representation(catalog.plain(found))


@BLUEPRINT.post("")
@BLUEPRINT.response(201, ModelSchema)
@needs("catalog:write")
@idempotent
def add_model(session: Session) -> tuple[dict[str, Any], int]:
    """Add a model, with the keys of a `[[model]]` block of a catalogue file; its card is made at once."""
    try:
        model = model_row(request.get_json(), "body")
    except CatalogError as error:
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
    if len(model.ref) > MAX_REF:
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"body.ref: wants at most {MAX_REF} characters, has {len(model.ref)}")
    if catalog.get(session, Developer, model.developer) is None:
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"body.ref: wants a known developer, has {model.developer!r}")
    if catalog.get(session, Model, model.ref) is not None:
        refuse(HTTPStatus.CONFLICT, f"{model.ref} is in the catalogue already; a new version is a new model")
    catalog.save(session, model, "api")
    jobs.request(session, jobs.publish_job(model.ref), service().clock())
    return catalog.plain(model), HTTPStatus.CREATED
