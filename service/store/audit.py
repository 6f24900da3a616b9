"""Who changed what, and when; only ever added to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store.tables import AuditRow

SYSTEM = "pellucid"
"""The actor of what nobody asked for."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One change. `detail` never holds a secret."""

    at: datetime
    actor: str
    action: str
    subject: str
    detail: Mapping[str, Any]


def note(session: Session, entry: Entry) -> None:
    """Write an entry down, in the transaction of the change."""
    session.add(
        AuditRow(at=entry.at, actor=entry.actor, action=entry.action, subject=entry.subject, detail=dict(entry.detail))
    )


def of(session: Session, subject: str, limit: int | None = None) -> list[Entry]:
    """Return what was changed about a subject, newest first."""
    rows = select(AuditRow).where(AuditRow.subject == subject).order_by(AuditRow.id.desc()).limit(limit)
    return [Entry(row.at, row.actor, row.action, row.subject, row.detail) for row in session.scalars(rows)]
