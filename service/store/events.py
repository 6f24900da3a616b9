"""Events, written down in the transaction in which they happened."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from scorecards.events import Event
from service.store.tables import EventRow


def record(session: Session, events: Sequence[Event], now: datetime) -> None:
    """Write events down; they are told when the caller's transaction is committed, and never when it is not."""
    session.add_all(EventRow(type=one.type, subject=one.subject, at=now, body=dict(one.body)) for one in events)
