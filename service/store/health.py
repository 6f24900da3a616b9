"""What is to be told of an endpoint after a run: whether it has become worse, or is well again."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scorecards.catalog import Endpoint
from scorecards.events import Event, degradation
from service.store import evidence
from service.store.tables import EventRow


def changes(session: Session, endpoint: Endpoint, now: datetime) -> list[Event]:
    """Return the event that the newest runs of an endpoint mean, if one; call it in the transaction of the run.

    What was told last is the state, so nothing else has to be kept. Two runs of one endpoint are never recorded at
    once: they share the lane of its host, and who lost its lease is rolled back.
    """
    window = now - degradation.WINDOW
    readings = [
        *(
            one
            for quantity in degradation.ANSWERED.values()
            for one in evidence.last(session, endpoint.ref, quantity, window, degradation.RUNS)
        ),
        *evidence.last(session, endpoint.ref, degradation.SPEED, window - degradation.WINDOW),
    ]
    found = degradation.event(endpoint, degradation.health(readings, now), degraded=_is_degraded(session, endpoint))
    return [found] if found else []


def _is_degraded(session: Session, endpoint: Endpoint) -> bool:
    told = select(EventRow.type).where(
        EventRow.stream == endpoint.model,
        EventRow.subject == endpoint.ref,
        EventRow.type.in_((degradation.DEGRADED, degradation.RECOVERED)),
    )
    return session.scalar(told.order_by(EventRow.sequence.desc()).limit(1)) == degradation.DEGRADED
