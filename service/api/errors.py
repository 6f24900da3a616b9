"""Every error as an RFC 9457 problem: one handler, whatever went wrong."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NoReturn

import structlog
from flask import Flask, Response, json, request
from flask_smorest import abort
from werkzeug.exceptions import HTTPException

log = structlog.get_logger()
MEDIA_TYPE = "application/problem+json"


def register(app: Flask) -> None:
    """Answer every exception of this app with a problem."""
    app.register_error_handler(HTTPException, from_http)
    app.register_error_handler(RecursionError, from_depth)
    app.register_error_handler(Exception, from_bug)


def from_http(error: HTTPException) -> Response:
    """Return the problem of an HTTP error, with the headers it brings (`Allow`, `WWW-Authenticate`, `Retry-After`)."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    data: dict[str, Any] = getattr(error, "data", None) or {}
    detail = data.get("message") or _detail(error)
    response = problem(status, detail, errors=_pointers(data.get("messages") or data.get("errors") or {}))
    for name, value in [*error.get_headers(), *(data.get("headers") or {}).items()]:
        if name.lower() not in ("content-type", "content-length"):
            response.headers[name] = value
    return response


def from_depth(error: RecursionError) -> Response:
    """Refuse JSON that is nested deeper than Python can read it."""
    return problem(HTTPStatus.BAD_REQUEST, "body: wants JSON that is not nested a thousand levels deep")


def from_bug(error: Exception) -> Response:
    """Log a programmer's mistake in full, and tell the client no more than that it happened."""
    log.error("request_failed", path=request.path, exc_info=error)
    return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "Something broke here; the log of this instance says what.")


def problem(status: int, detail: str, errors: list[dict[str, str]] | None = None) -> Response:
    """Return a problem document.

    Args:
        status: HTTP status.
        detail: What was wanted and what was found.
        errors: `{"pointer": "#/field", "detail": …}` for each wrong field.
    """
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status)}
    body |= {"detail": detail, "instance": request.path}
    if errors:
        body["errors"] = errors
    return Response(json.dumps(body), status=status, mimetype=MEDIA_TYPE)


def refuse(
    status: int, message: str, headers: Mapping[str, str] | None = None, fields: Mapping[str, str] | None = None
) -> NoReturn:
    """End the request with a problem that says what was wanted and what was found, of each of `fields` of the body."""
    abort(status, message=message, headers=dict(headers or {}), errors={"json": fields} if fields else {})
    raise AssertionError("abort returned")


PLAIN = {
    HTTPStatus.BAD_REQUEST: "The request wants a body of JSON in UTF-8 and a path without control characters.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The request wants a body of at most 1 MiB.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The request wants Content-Type: application/json.",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Some parameters are wrong; `errors` says which, and what they want.",
}
"""In our words, where Werkzeug's say neither what was wanted nor what was found."""


def _detail(error: HTTPException) -> str:
    if error.code == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(sorted(getattr(error, "valid_methods", None) or []))
        return f"{request.path} wants one of {allowed}, has {request.method}."
    if error.code == HTTPStatus.NOT_FOUND and error.description == type(error).description:
        return f"There is nothing at {request.path}; /openapi.json lists what there is."
    return PLAIN.get(HTTPStatus(error.code or 500)) or error.description or ""


def _pointers(messages: Any, at: str = "#") -> list[dict[str, str]]:  # noqa: ANN401 - marshmallow's nested messages
    """Flatten marshmallow's messages to one pointer per wrong field; the place (json, query) is the first part."""
    if isinstance(messages, dict):
        return [one for key, value in messages.items() for one in _pointers(value, f"{at}/{key}")]
    if isinstance(messages, list):
        return [{"pointer": at, "detail": str(message)} for message in messages]
    return [{"pointer": at, "detail": str(messages)}]
