"""Answers that are documents: exact bytes, an ETag over them, 304 when the client has them already."""

import hashlib
from collections.abc import Mapping
from typing import Any

from flask import Response, json, request


def representation(
    data: Any,  # noqa: ANN401 - JSON, or the text itself
    media_type: str = "application/json",
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return `data` (text as it is, anything else as JSON) with the ETag of its bytes, or 304."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    response = Response(text.encode(), mimetype=media_type, headers=dict(headers or {}))
    response.set_etag(hashlib.sha256(text.encode()).hexdigest())
    response.headers["Cache-Control"] = "no-cache"
    response.make_conditional(request)
    return response
