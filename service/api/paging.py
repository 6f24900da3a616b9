"""Keyset cursors: a page is what comes behind a key, so rows that come or go never shift the next page."""

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, NoReturn, TypeVar

from marshmallow import Schema, fields, validate

from service.api.errors import refuse

MAX_PAGE = 100
Row = TypeVar("Row")


class PageQuery(Schema):
    """Query parameters of every list."""

    limit = fields.Integer(
        load_default=50,
        validate=validate.Range(1, MAX_PAGE, error="wants 1 to 100, has {input}"),
        metadata={"description": "Items on a page"},
    )
    after = fields.String(load_default="", metadata={"description": "`next` of the page before"})


def key_of(cursor: str) -> str:
    """Return the key that a cursor stands for; "" for none. Aborts with 422 on anything we did not make."""
    try:
        key = base64.b64decode(cursor.encode(), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeError):
        _not_ours()
    # PostgreSQL cannot even be asked for text with a NUL.
    return key if "\0" not in key else _not_ours()


def sequence_of(cursor: str) -> int | None:
    """Return the sequence number that a cursor stands for; None for none. Aborts with 422 as `key_of` does."""
    key = key_of(cursor)
    if not key:
        return None
    return int(key) if re.fullmatch(r"[0-9]{1,9}", key) else _not_ours()


def _not_ours() -> NoReturn:
    refuse(HTTPStatus.UNPROCESSABLE_ENTITY, "after: wants a `next` from an earlier page, has something else")


def page(rows: Sequence[Row], limit: int, key: Callable[[Row], str], show: Callable[[Row], Any]) -> dict[str, Any]:
    """Return a page of `limit` of these rows; the query fetched one more, to see whether there is a next page."""
    more = len(rows) > limit
    shown = rows[:limit]
    cursor = base64.urlsafe_b64encode(key(shown[-1]).encode()).decode() if more else None
    return {"items": [show(row) for row in shown], "next": cursor}
