"""The HTTP API: `create_app` puts the blueprints of `resources/` and the pages together."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request
from flask_smorest import Api
from sqlalchemy import Engine

from scorecards.gather import gather
from service import pages
from service.api import errors, openapi, resources
from service.api.service import Service
from service.config import Settings
from service.queue import Enqueue

MAX_BODY_BYTES = 1024 * 1024

API_CSP = "default-src 'none'; frame-ancestors 'none'"
PAGES_CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def create_app(engine: Engine, enqueue: Enqueue, settings: Settings) -> Flask:
    """Return the WSGI app over this database.

    Args:
        engine: Of a database at the newest migration.
        enqueue: Nudges workers; a list's `append`-like callable in tests.
        settings: What the operator decided.
    """
    app = Flask(__name__, static_folder=None)
    # A doubled slash is a mistake of the client: 404, not a redirect to whatever Host it names.
    app.url_map.merge_slashes = False
    app.config.update(openapi.CONFIG, MAX_CONTENT_LENGTH=MAX_BODY_BYTES)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.extensions["pellucid"] = Service(engine, enqueue, settings, lambda: datetime.now(UTC))
    api = openapi.Documented(app)
    _register(app, api)
    errors.register(app)
    app.before_request(_without_nul)
    app.after_request(_headers)
    return app


def _register(app: Flask, api: Api) -> None:
    blueprints: dict[str, Any] = gather(resources, "BLUEPRINT")
    for blueprint in blueprints.values():
        api.register_blueprint(blueprint)
    app.register_blueprint(openapi.blueprint(api))
    app.register_blueprint(pages.BLUEPRINT)


def _without_nul() -> None:
    # Nothing here is named with one, and PostgreSQL cannot even be asked for it.
    if "\0" in request.path or any("\0" in value for value in request.args.values()):
        errors.refuse(HTTPStatus.BAD_REQUEST, "wants an address without NUL characters")


def _headers(response: Response) -> Response:
    html = response.mimetype == "text/html"
    response.headers.setdefault("Content-Security-Policy", PAGES_CSP if html else API_CSP)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Frame-Options"] = "DENY"
    return response
