"""Challenges: taken in once, moved from state to state, never changed or deleted."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from scorecards import rubric
from scorecards.dispute import NEXT, OPEN, Challenge, Filing, Kind, State, Step
from scorecards.events import Event
from scorecards.filing import problems
from scorecards.web_address import Networks
from service.queue import JobKind
from service.store import events, jobs
from service.store.errors import NotAccepted
from service.store.jobs import Wanted
from service.store.tables import CatalogRow, ChallengeRow, ChallengeStateRow

RETRY_S = 6 * 3600
"""How long after a URL could not be read it is tried again."""


class StillOpen(ValueError):
    """The same was filed before and is not settled yet."""


def challenge_job(challenge: Challenge) -> Wanted:
    """Return the job of checking a challenge; like a probe it does not disturb another look at the same host."""
    host = urlsplit(challenge.filing.url).hostname
    return Wanted(
        key=f"challenge:{challenge.id}",
        kind=JobKind.CHALLENGE,
        args={"challenge": challenge.id},
        lane=f"host:{host}",
        every_s=RETRY_S,
    )


def file(session: Session, filing: Filing, filed_by: str, now: datetime, opened: Networks = ()) -> Challenge:
    """Take a challenge in and have it checked; the model's card tells of it.

    Args:
        filed_by: Id of the token, or where else it comes from; never published.
        opened: Networks beyond the public internet that the operator opened.

    Raises:
        NotAccepted: fields are wrong.
        StillOpen: the same challenge has come in before and is not settled.
    """
    unknown = {} if _lock(session, filing) else {"model": f"wants a model of the catalogue, has {filing.model!r}"}
    if wrong := unknown | problems(filing, [one.id for one in rubric.load().indicators], opened):
        raise NotAccepted(wrong)
    if same := _same(session, filing):
        raise StillOpen(f"challenge {same.id} says the same and is {same.state}")
    row = ChallengeRow(**{**asdict(filing), "kind": filing.kind.value, "filed_by": filed_by})
    session.add(row)
    session.flush()
    _append(session, row, 1, Step(State.RECEIVED, now))
    filed = get(session, row.id)
    jobs.request(session, challenge_job(filed), now)
    jobs.request(session, jobs.publish_job(filing.model), now)
    return filed


def move(session: Session, challenge: Challenge, state: State, reason: str, now: datetime) -> bool:
    """Bring a challenge to a state and tell of it; False, and nothing done, when that would say nothing new.

    Raises:
        ValueError: this state cannot follow.
        IntegrityError: somebody else moved it meanwhile.
    """
    last = challenge.steps[-1]
    if (last.state, last.reason) == (state, reason):
        return False
    if state not in NEXT[last.state]:
        raise ValueError(
            f"challenge {challenge.id}: wants {' or '.join(NEXT[last.state])} after {last.state}, has {state}"
        )
    row = session.get_one(ChallengeRow, challenge.id)
    _append(session, row, len(challenge.steps) + 1, Step(state, now, reason))
    return True


def _append(session: Session, row: ChallengeRow, sequence: int, step: Step) -> None:
    """Insert a state and the event that tells of it."""
    said = {"state": step.state.value, "reason": step.reason}
    session.add(ChallengeStateRow(challenge_id=row.id, sequence=sequence, at=step.at, **said))
    body = {"challenge": row.id, "model": row.model, "indicator": row.indicator, "kind": row.kind, **said}
    events.record(session, [Event("challenge.updated", f"{row.model}#{row.indicator}", body)], step.at)
    session.flush()


def get(session: Session, challenge_id: int) -> Challenge:
    """Return a challenge.

    Raises:
        LookupError: there is none of this id.
    """
    found = _read(session, select(ChallengeRow).where(ChallengeRow.id == challenge_id))
    if not found:
        raise LookupError(f"wants a challenge, has none of id {challenge_id}")
    return found[0]


def of_model(session: Session, model_ref: str) -> list[Challenge]:
    """Return every challenge to a model's card, oldest first."""
    rows = select(ChallengeRow).where(ChallengeRow.model == model_ref)
    return _read(session, rows.order_by(ChallengeRow.id))


def page(
    session: Session, model_ref: str = "", state: str = "", before: int | None = None, limit: int | None = None
) -> list[Challenge]:
    """Return challenges, newest first: of a model, in a state, with an id below `before`, where these are given."""
    rows = select(ChallengeRow).order_by(ChallengeRow.id.desc()).limit(limit)
    if model_ref:
        rows = rows.where(ChallengeRow.model == model_ref)
    if state:
        rows = _in(rows, [state])
    if before is not None:
        rows = rows.where(ChallengeRow.id < before)
    return _read(session, rows)


def _lock(session: Session, filing: Filing) -> bool:
    """Let nobody else file against this model until the end of the transaction; False when there is no such model.

    Of two that file the same at once, the second then sees the first.
    """
    # A database cannot even be asked for text with a NUL or half a surrogate pair.
    if not filing.model.isprintable():
        return False
    return session.get(CatalogRow, ("model", filing.model), with_for_update=True) is not None


def _same(session: Session, filing: Filing) -> Challenge | None:
    said = ("model", "indicator", "kind", "url", "quote")
    rows = select(ChallengeRow).where(*(getattr(ChallengeRow, field) == getattr(filing, field) for field in said))
    return next(iter(_read(session, _in(rows, OPEN))), None)


def _in(rows: Select[ChallengeRow], states: Sequence[str]) -> Select[ChallengeRow]:
    """Return the challenges among `rows` whose newest state is one of these."""
    newest = (
        select(func.max(ChallengeStateRow.sequence))
        .where(ChallengeStateRow.challenge_id == ChallengeRow.id)
        .correlate(ChallengeRow)
        .scalar_subquery()
    )
    joined = (ChallengeStateRow.challenge_id == ChallengeRow.id) & (ChallengeStateRow.sequence == newest)
    return rows.join(ChallengeStateRow, joined).where(ChallengeStateRow.state.in_(list(states)))


def _read(session: Session, query: Select[ChallengeRow]) -> list[Challenge]:
    rows = session.scalars(query).all()
    steps: dict[int, list[Step]] = {row.id: [] for row in rows}
    states = select(ChallengeStateRow).where(ChallengeStateRow.challenge_id.in_(steps))
    for one in session.scalars(states.order_by(ChallengeStateRow.sequence)):
        steps[one.challenge_id].append(Step(State(one.state), one.at, one.reason))
    return [Challenge(row.id, _filing(row), tuple(steps[row.id])) for row in rows]


def _filing(row: ChallengeRow) -> Filing:
    return Filing(row.model, row.indicator, row.url, row.quote, Kind(row.kind), row.note, row.name)
