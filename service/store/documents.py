"""Documents in all their versions, and the log of every look at every place."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scorecards.evidence import Document
from service.store.tables import MAX_HOST, MAX_URL, DocumentRow, FetchRow

MAX_DETAIL = 1_000
READ, UNCHANGED = "read", "unchanged"
"""The outcomes of a look that found a document; every other one names why there is none."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """One look at one place.

    Attributes:
        url: As asked for.
        outcome: READ, UNCHANGED, or why there is no document (`missing`, `rate_limited`, `timeout_connect`, …).
        detail: What was wanted and what was found, one line; "" when a document was found.
        status: HTTP status; None when there was none.
        sha256, document_url: The document found, where it was after redirects; None without one.
        etag, last_modified: As sent, for the next look; None when not sent.
        not_before: When the host may be asked again, as it said; None when it said nothing.
    """

    url: str
    at: datetime
    outcome: str
    detail: str = ""
    status: int | None = None
    sha256: str | None = None
    document_url: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    not_before: datetime | None = None

    @property
    def found(self) -> bool:
        """Whether there is a document."""
        return self.outcome in (READ, UNCHANGED)


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a document, and when it was the one that stood there."""

    sha256: str
    first_seen: datetime
    last_seen: datetime


FIELDS = tuple(field.name for field in fields(Fetch))
DOCUMENT_FIELDS = tuple(field.name for field in fields(Document))


def host_of(url: str) -> str:
    """Return host and port of an address, which is whom manners are owed to."""
    return urlsplit(url).netloc.lower()


def columns(fetch: Fetch) -> dict[str, Any]:
    """Return the row of a look."""
    url = _storable(fetch.url, MAX_URL)
    own = {"url": url, "host": host_of(url)[:MAX_HOST], "detail": _storable(fetch.detail, MAX_DETAIL)}
    return {name: getattr(fetch, name) for name in FIELDS} | own


def _storable(text: str, length: int) -> str:
    """Return a text as PostgreSQL takes it, whatever a far end or an argument put into it."""
    return text.encode(errors="replace").decode().replace("\x00", " ")[:length]


def keep(session: Session, document: Document) -> None:
    """Store a document's bytes unless this version from this place is held already."""
    if session.get(DocumentRow, (document.sha256, document.url)) is None:
        session.add(DocumentRow(**{name: getattr(document, name) for name in DOCUMENT_FIELDS}))
        session.flush()


def newest(session: Session, url: str, outcomes: Iterable[str] | None = None) -> Fetch | None:
    """Return the newest look at a place, of those that ended so; None when there was none."""
    rows = select(FetchRow).where(FetchRow.url == url).order_by(FetchRow.at.desc(), FetchRow.id.desc()).limit(1)
    if outcomes is not None:
        rows = rows.where(FetchRow.outcome.in_(list(outcomes)))
    row = session.scalar(rows)
    return _fetch(row) if row else None


def held(session: Session, url: str) -> tuple[Fetch, Document] | None:
    """Return the newest look at a place that found a document, with the document; None when none ever did."""
    fetch = newest(session, url, (READ, UNCHANGED))
    row = session.get(DocumentRow, (fetch.sha256, fetch.document_url)) if fetch else None
    return (fetch, _document(row)) if fetch and row else None


def of_host(session: Session, host: str) -> Fetch | None:
    """Return the newest request to a host; None when it was not asked yet."""
    asked = FetchRow.outcome.not_like("robots_%")  # those were refused without a request
    rows = (
        select(FetchRow).where(FetchRow.host == host, asked).order_by(FetchRow.at.desc(), FetchRow.id.desc()).limit(1)
    )
    row = session.scalar(rows)
    return _fetch(row) if row else None


def versions(session: Session, document_url: str) -> list[Version]:
    """Return every version seen at an address, in the order in which they were first seen."""
    first, last = func.min(FetchRow.at), func.max(FetchRow.at)
    seen = select(FetchRow.sha256, first, last).where(
        FetchRow.document_url == document_url, FetchRow.sha256.is_not(None)
    )
    rows = session.execute(seen.group_by(FetchRow.sha256).order_by(first))
    return [Version(str(sha256), begun, ended) for sha256, begun, ended in rows]


def _fetch(row: FetchRow) -> Fetch:
    return Fetch(**{name: getattr(row, name) for name in FIELDS})


def _document(row: DocumentRow) -> Document:
    return Document(**{name: getattr(row, name) for name in DOCUMENT_FIELDS})
