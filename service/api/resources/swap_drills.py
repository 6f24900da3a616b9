"""Swap drills: what becomes of a program that moves to another endpoint."""

from collections.abc import Mapping
from http import HTTPStatus
from pathlib import PurePath
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from scorecards.switching.pack import PackError
from service import comparison_order, comparison_shown, drills
from service.api import paging
from service.api.auth import needs, token
from service.api.drill_schemas import DrillQuery, DrillSchema, ListedDrillSchema, NewDrillSchema, PackQuery
from service.api.idempotency import idempotent
from service.api.refusing import refusing
from service.api.representation import representation
from service.api.schemas import paged
from service.api.service import service
from service.drills import Wish
from service.store import comparisons

LISTED = "/v1/swap-drills"
BLUEPRINT = Blueprint("swap-drills", __name__, url_prefix=LISTED, description="Moving a program")
RUN = "comparisons:run"
KIND = "drill"
MEDIA_TYPES = {".json": "application/json", ".md": "text/markdown", ".yaml": "application/yaml"}


@BLUEPRINT.post("")
@BLUEPRINT.response(201, DrillSchema)
@needs(RUN)
@BLUEPRINT.arguments(NewDrillSchema)
@idempotent
def create_drill(session: Session, asked: Mapping[str, Any]) -> tuple[dict[str, Any], int]:
    """Find out what becomes of a program that moves; `/v1/comparisons/{id}/cancel` stops it."""
    told, rows = dict(asked["app"]), asked.get("prompts")
    file = comparison_order.rows_file(rows) if rows else None
    if file:
        told["prompts"] = file[1]
    with refusing(LISTED):
        one = drills.create(session, Wish(told, "app", file), token().id, service().settings, service().clock())
    return _shown(session, one.id), HTTPStatus.CREATED


@BLUEPRINT.get("")
@BLUEPRINT.response(200, paged(ListedDrillSchema))
@needs(RUN)
@BLUEPRINT.arguments(DrillQuery, location="query")
def list_drills(query: Mapping[str, Any]) -> Response:
    """List drills, newest first."""
    with service().session() as session:
        rows = comparisons.page(session, KIND, paging.key_of(query["after"]), query["limit"] + 1)
    return representation(paging.page(rows, query["limit"], lambda one: one.id, comparison_shown.listed))


@BLUEPRINT.get("/<drill>")
@BLUEPRINT.response(200, DrillSchema)
@needs(RUN)
def get_drill(drill: str) -> Response:
    """Return one drill: how far it came, and its document once it has ended."""
    with service().session() as session, refusing(LISTED):
        return representation(_shown(session, drill))


@BLUEPRINT.get("/<drill>/pack/<name>")
@BLUEPRINT.response(200, content_type="application/octet-stream")
@needs(RUN)
@BLUEPRINT.arguments(PackQuery, location="query")
def get_pack_file(query: Mapping[str, Any], drill: str, name: str) -> Response:
    """Return a file of a drill's pack."""
    with service().session() as session, refusing(LISTED):
        text = _file(session, drill, name, query["candidate"])
    media_type = MEDIA_TYPES.get(PurePath(name).suffix, "text/plain")
    return representation(text, media_type, {"Content-Disposition": f'attachment; filename="{PurePath(name).name}"'})


def _file(session: Session, key: str, name: str, candidate: str | None) -> str:
    try:
        files = drills.files(session, comparisons.get(session, key), candidate)
    except PackError as error:
        raise LookupError(str(error)) from error
    if name not in files:
        raise LookupError(f"wants one of {', '.join(files) or 'none before the drill has ended'}, has {name[:80]!r}")
    return files[name]


def _shown(session: Session, key: str) -> dict[str, Any]:
    one = comparisons.get(session, key)
    shown = comparison_shown.comparison(one, comparisons.progress(session, key))
    return {**shown, "drill": drills.document(one), "pack": list(drills.files(session, one))}
