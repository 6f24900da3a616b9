"""Idempotency-Key: a POST that is sent twice is done once."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, TypeVar

from flask import request
from sqlalchemy import delete
from sqlalchemy.orm import Session

from service.api.auth import token
from service.api.errors import refuse
from service.api.service import service
from service.queue import Task
from service.store.tables import IdempotencyRow

KEPT = timedelta(days=1)
MAX_KEY_CHARACTERS = 200
View = TypeVar("View", bound=Callable[..., Any])


def idempotent(view: View) -> View:
    """Give the recorded answer to a repeated key of this token; 422 when the request differs from the first.

    The view takes the session as its first argument and returns `(body, status)`; its answer is recorded in the
    transaction of its writes, encrypted because it may show a secret, and once that is committed workers are told to
    look what there is to do.
    """

    @wraps(view)
    def once(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - whatever the view takes and gives
        key = request.headers.get("Idempotency-Key", "")
        if len(key) > MAX_KEY_CHARACTERS:
            refuse(HTTPStatus.BAD_REQUEST, f"Idempotency-Key: wants at most {MAX_KEY_CHARACTERS} characters")
        with service().writing() as session:
            if key and (row := _earlier(session, key)):
                return json.loads(service().vault().decrypt(row.sealed)), row.status
            body, status = view(session, *args, **kwargs)
            if key:
                session.add(_row(key, body, status))
        service().enqueue(Task.SWEEP.value)
        return body, status

    return once  # type: ignore[return-value]


def _fingerprint() -> str:
    return hashlib.sha256(f"{request.method} {request.full_path}\n".encode() + request.get_data()).hexdigest()


def _earlier(session: Session, key: str) -> IdempotencyRow | None:
    session.execute(delete(IdempotencyRow).where(IdempotencyRow.created_at < service().clock() - KEPT))
    row = session.get(IdempotencyRow, (token().id, key))
    if row is not None and row.request_sha256 != _fingerprint():
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, "Idempotency-Key: was used for another request")
    return row


def _row(key: str, body: dict[str, Any], status: int) -> IdempotencyRow:
    return IdempotencyRow(
        token_id=token().id,
        key=key,
        request_sha256=_fingerprint(),
        status=status,
        sealed=service().vault().encrypt(json.dumps(body).encode()),
        created_at=service().clock(),
    )
