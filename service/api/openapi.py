"""The OpenAPI 3.1 document of this API, and the page that shows it."""

from typing import Any

from flask import Blueprint, Response, render_template
from flask_smorest import Api
from marshmallow import Schema, fields

from service.api import errors
from service.api.representation import representation

CONFIG = {
    "API_TITLE": "Pellucid",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "API_SPEC_OPTIONS": {
        "info": {
            "description": "Transparency, cost and switching scorecards for AI models, with their evidence. "
            "Decimals are strings; null means not measured, never zero. Every error is an RFC 9457 problem.",
            "license": {"name": "Cards are CC-BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
        },
        "servers": [{"url": "/"}],
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "Made by `pellucid keys create`."}
            }
        },
    },
}


class FieldProblem(Schema):
    """One wrong field."""

    pointer = fields.String(metadata={"description": "JSON pointer of the field"})
    detail = fields.String()


class Problem(Schema):
    """RFC 9457 problem details."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    detail = fields.String(metadata={"description": "What was wanted and what was found"})
    instance = fields.String()
    errors = fields.List(fields.Nested(FieldProblem))


class Documented(Api):  # type: ignore[misc] # flask-smorest ships no types
    """Flask-smorest's Api with our problem as the schema of errors."""

    ERROR_SCHEMA = Problem


def document(api: Api) -> dict[str, Any]:
    """Return the OpenAPI document; errors are described with the media type that they really have."""
    spec: dict[str, Any] = api.spec.to_dict()
    for response in spec.get("components", {}).get("responses", {}).values():
        if "application/json" in response.get("content", {}):
            response["content"] = {errors.MEDIA_TYPE: response["content"]["application/json"]}
    return spec


def blueprint(api: Api) -> Blueprint:
    """Return the routes of the document and of the page that shows it."""
    routes = Blueprint("openapi", __name__)

    @routes.get("/openapi.json")
    def openapi_json() -> Response:
        return representation(document(api))

    @routes.get("/docs")
    def docs() -> str:
        return render_template("docs.html", spec=document(api))

    return routes
