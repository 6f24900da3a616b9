"""Comparisons and swap drills: what was asked for, each request that was sent, and how far it came."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import ColumnElement, func, or_, select, tuple_, update
from sqlalchemy.orm import Session

from scorecards.catalog import Endpoint, Model
from scorecards.compare import duties
from scorecards.compare.breaks import REJECTIONS
from scorecards.compare.cells import Cell, Record, State, record_from_json
from scorecards.compare.duties import Duty, Part, Role
from scorecards.compare.order import Order, order_from_json
from scorecards.encoding import to_json
from scorecards.events import Event
from service.queue import JobKind
from service.store import catalog, db, events, jobs
from service.store.jobs import Wanted
from service.store.tables import CellRow, ComparisonRow, JobRow

OPEN = ("waiting", "running")
STATES = (*OPEN, "done", "cancelled", "out_of_money", "failed")
KINDS = ("comparison", "drill")
LIMITED = "limited"
UNKNOWN = ("", LIMITED)
"""States of cells of which there is no record yet."""
PREFIXES: Mapping[str, str] = {"comparison": "cmp", "drill": "drl"}


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison as it stands.

    Attributes:
        state: waiting | running | done | cancelled | out_of_money | failed.
        reason: Why it ended as it did; "" = nothing to add.
        micro_usd: Millionths of a dollar that it has used, by the prices that are held.
        report: None = it is not written yet.
    """

    id: str
    kind: str
    order: Order
    state: str
    reason: str
    tokens: int
    micro_usd: int
    created_at: datetime
    created_by: str
    ended_at: datetime | None
    report: Mapping[str, Any] | None

    @property
    def is_open(self) -> bool:
        """Whether requests may still be sent."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Listed:
    """A comparison in a list, without prompts and report. `cells` = requests that it takes."""

    id: str
    kind: str
    name: str
    endpoints: list[str]
    cells: int
    state: str
    reason: str
    created_at: datetime
    ended_at: datetime | None


def ask_job(key: str, part: Part, endpoint: Endpoint) -> Wanted:
    """Return the job of asking one endpoint its share; like a probe it is never beside another on the same host."""
    return Wanted(
        key=f"compare:{key}:{part.name}",
        kind=JobKind.COMPARE,
        args={"comparison": key, "endpoint": part.name},
        lane=f"host:{urlsplit(endpoint.base_url).hostname}",
    )


def conclude_job(key: str) -> Wanted:
    """Return the job of writing what a comparison that ended says."""
    return Wanted(key=f"conclude:{key}", kind=JobKind.CONCLUDE, args={"comparison": key})


def create(session: Session, order: Order, by: str, now: datetime) -> Comparison:
    """Take an order in, whose endpoints are in the catalogue, and have its endpoints asked."""
    kind = "comparison" if order.app is None else "drill"
    key = f"{PREFIXES[kind]}_{secrets.token_hex(10)}"
    row = ComparisonRow(
        id=key,
        kind=kind,
        name=order.name,
        body=to_json(order),
        endpoints=list(order.plan.endpoints),
        cells=sum(part.cells for part in duties.parts(order)),
        state="waiting",
        created_at=now,
        created_by=by,
    )
    session.add(row)
    session.flush()
    made = get(session, key)
    request(session, made, now, readers=False)
    return made


def request(session: Session, one: Comparison, now: datetime, *, readers: bool) -> bool:
    """Have every endpoint asked that answers, or else all that read the answers; False when there is none."""
    wanted = [part for part in duties.parts(one.order) if (part.role is not Role.ANSWER) is readers]
    found = [(part, endpoint) for part in wanted if (endpoint := catalog.get(session, Endpoint, part.ref))]
    for part, endpoint in found:
        jobs.request(session, ask_job(one.id, part, endpoint), now)
    return bool(found)


def get(session: Session, key: str) -> Comparison:
    """Return a comparison.

    Raises:
        LookupError: there is none of this id.
    """
    row = session.get(ComparisonRow, key) if key.isprintable() else None
    if row is None:
        raise LookupError(f"wants the id of a comparison or drill, has {key[:80]!r}")
    return _comparison(row)


def page(session: Session, kind: str = "", after: str = "", limit: int | None = None) -> list[Listed]:
    """Return comparisons, newest first: of a kind, older than the one with the id `after`, where these are given."""
    columns = (getattr(ComparisonRow, one.name) for one in fields(Listed))
    rows = select(*columns).order_by(ComparisonRow.created_at.desc(), ComparisonRow.id.desc()).limit(limit)
    if kind:
        rows = rows.where(ComparisonRow.kind == kind)
    if after:
        place = tuple_(ComparisonRow.created_at, ComparisonRow.id)
        last = select(ComparisonRow.created_at, ComparisonRow.id).where(ComparisonRow.id == after).scalar_subquery()
        rows = rows.where(place < last)
    return [Listed(*row) for row in session.execute(rows)]


def lock(session: Session, key: str) -> None:
    """Let nobody else end or change a comparison until the end of the transaction."""
    session.get(ComparisonRow, key, with_for_update={"key_share": True})


def begin(session: Session, key: str, cell: Cell, now: datetime) -> bool:
    """Write down that a request is about to be sent; False when nothing may be sent any more."""
    going = update(ComparisonRow).where(ComparisonRow.id == key, ComparisonRow.state.in_(OPEN))
    if session.scalar(going.values(state="running").returning(ComparisonRow.id)) is None:
        return False
    row = {"comparison_id": key, "endpoint": cell.endpoint, "prompt": cell.prompt, "repeat": cell.repeat}
    asked = db.insert_into(session, CellRow).values(**row, asked_at=now, state="", tries=1, record=None)
    again = {"asked_at": now, "state": "", "tries": CellRow.tries + 1}
    session.execute(asked.on_conflict_do_update(index_elements=list(row), set_=again))
    return True


def settle(session: Session, key: str, record: Record) -> None:
    """Write down what became of a request."""
    found = update(CellRow).where(*_is(key, record.cell))
    session.execute(found.values(state=record.state.value, record=to_json(record)))


def limited(session: Session, key: str, cell: Cell, tries: int) -> bool:
    """Have a request asked again that came too soon; False, and nothing done, when it was sent `tries` times."""
    again = update(CellRow).where(*_is(key, cell), CellRow.tries < tries).values(state=LIMITED)
    return session.scalar(again.returning(CellRow.prompt)) is not None


def cells(session: Session, key: str, endpoint: str) -> dict[Cell, str]:
    """Return the state of each cell of a part that was ever asked, by its name; "" = nobody knows what came."""
    rows = select(CellRow.prompt, CellRow.repeat, CellRow.state)
    mine = rows.where(CellRow.comparison_id == key, CellRow.endpoint == endpoint)
    return {Cell(prompt, endpoint, repeat): state for prompt, repeat, state in session.execute(mine)}


def failures(session: Session, key: str, endpoint: str) -> int:
    """Return how many of an endpoint's newest requests in a row told that it may be down.

    One that it would not take, being too long for instance, tells of the prompt.
    """
    mine = (CellRow.comparison_id == key, CellRow.endpoint == endpoint, CellRow.state.not_in(UNKNOWN))
    up = or_(CellRow.state != State.UNANSWERED, CellRow.record["outcome"].as_string().in_(REJECTIONS))
    since = session.scalar(select(func.max(CellRow.asked_at)).where(*mine, up))
    later = mine if since is None else (*mine, CellRow.asked_at > since)
    return session.scalar(select(func.count()).select_from(CellRow).where(*later)) or 0


def asking(session: Session, one: Comparison) -> bool:
    """Tell whether any endpoint of a comparison is still to be asked."""
    busy = select(JobRow.id).where(JobRow.key.in_(_ask_keys(one)), JobRow.next_at.is_not(None), JobRow.dead.is_(False))
    return session.scalar(busy.limit(1)) is not None


def jobs_of(session: Session, one: Comparison) -> list[int]:
    """Return the ids of the jobs that are to be done for a comparison, longest due first."""
    keys = [*_ask_keys(one), conclude_job(one.id).key]
    waiting = select(JobRow.id).where(JobRow.key.in_(keys), JobRow.next_at.is_not(None))
    return list(session.scalars(waiting.order_by(JobRow.next_at, JobRow.id)))


def _ask_keys(one: Comparison) -> list[str]:
    return [f"compare:{one.id}:{part.name}" for part in duties.parts(one.order)]


def not_asked(session: Session, one: Comparison) -> dict[str, int]:
    """Return per part, by its name, how many of its requests were never sent."""
    counts = select(CellRow.endpoint, func.count()).where(CellRow.comparison_id == one.id).group_by(CellRow.endpoint)
    sent = {endpoint: count for endpoint, count in session.execute(counts)}  # noqa: C416 - a Row is no pair to mypy
    found = {part: duty(session, one, part) for part in duties.parts(one.order)}
    return {part.name: sum(1 for _ in mine.cells()) - sent.get(part.name, 0) for part, mine in found.items()}


def duty(session: Session, one: Comparison, part: Part) -> Duty:
    """Return what a part consists of, after what came so far."""
    return duties.duty(one.order, part, () if part.role is Role.ANSWER else _answers(session, one))


def _answers(session: Session, one: Comparison) -> list[Record]:
    return _records(session, CellRow.comparison_id == one.id, CellRow.endpoint.in_(one.order.plan.endpoints))


def developers(session: Session, one: Comparison) -> dict[str, str]:
    """Return who made the model of each endpoint of a comparison, its judge's too, as far as the catalogue knows."""
    served = {part.ref: catalog.get(session, Endpoint, part.ref) for part in duties.parts(one.order)}
    models = {ref: catalog.get(session, Model, endpoint.model) for ref, endpoint in served.items() if endpoint}
    return {ref: model.developer for ref, model in models.items() if model}


def records(session: Session, key: str, prompt: str | None = None) -> list[Record]:
    """Return what became of every request so far, or of those of one prompt."""
    of_prompt = () if prompt is None else (CellRow.prompt == prompt,)
    return _records(session, CellRow.comparison_id == key, *of_prompt)


def _records(session: Session, *of: ColumnElement[bool]) -> list[Record]:
    rows = select(CellRow.record).where(*of, CellRow.state.not_in(UNKNOWN)).order_by(CellRow.asked_at)
    return [record_from_json(body) for body in session.scalars(rows) if body is not None]


def _is(key: str, cell: Cell) -> tuple[ColumnElement[bool], ...]:
    return (
        CellRow.comparison_id == key,
        CellRow.endpoint == cell.endpoint,
        CellRow.prompt == cell.prompt,
        CellRow.repeat == cell.repeat,
    )


def progress(session: Session, key: str) -> dict[str, dict[str, int]]:
    """Return per part, by its name, how many of its requests ended in which state so far."""
    rows = select(CellRow.endpoint, CellRow.state, func.count()).where(CellRow.comparison_id == key)
    found: dict[str, dict[str, int]] = {}
    for endpoint, state, count in session.execute(rows.group_by(CellRow.endpoint, CellRow.state)):
        found.setdefault(endpoint, {})[state or "under_way"] = count
    return found


def reserve(session: Session, key: str, tokens: int, micro_usd: int, caps: tuple[int | None, int | None]) -> bool:
    """Set tokens and millionths of a dollar aside; False, and nothing set aside, when a cap would be passed."""
    more, most = (tokens, micro_usd), (ComparisonRow.tokens, ComparisonRow.micro_usd)
    within = [column + by <= cap for column, by, cap in zip(most, more, caps, strict=True) if cap is not None]
    mine = update(ComparisonRow).where(ComparisonRow.id == key, *within)
    taken = mine.values(tokens=ComparisonRow.tokens + tokens, micro_usd=ComparisonRow.micro_usd + micro_usd)
    return session.scalar(taken.returning(ComparisonRow.id)) is not None


def give_back(session: Session, key: str, tokens: int, micro_usd: int) -> None:
    """Return what was set aside and not used."""
    less = {"tokens": ComparisonRow.tokens - tokens, "micro_usd": ComparisonRow.micro_usd - micro_usd}
    session.execute(update(ComparisonRow).where(ComparisonRow.id == key).values(**less))


def end(session: Session, key: str, state: str, reason: str, now: datetime) -> bool:
    """Let a comparison end, whatever it has; False, and nothing done, when it ended before."""
    going = update(ComparisonRow).where(ComparisonRow.id == key, ComparisonRow.state.in_(OPEN))
    ended = going.values(state=state, reason=reason, ended_at=now).returning(ComparisonRow.id)
    if session.scalar(ended) is None:
        return False
    jobs.request(session, conclude_job(key), now)
    return True


def conclude(session: Session, one: Comparison, report: Mapping[str, Any], now: datetime) -> None:
    """Keep what a comparison says, and tell that it is finished."""
    body = {
        "comparison": one.id,
        "kind": one.kind,
        "state": one.state,
        "reason": one.reason,
        "endpoints": list(one.order.plan.endpoints),
    }
    events.record(session, [Event("comparison.finished", f"{one.kind}/{one.id}", body)], now)
    session.execute(update(ComparisonRow).where(ComparisonRow.id == one.id).values(report=dict(report)))


def delete(session: Session, key: str) -> None:
    """Delete a comparison with all its outputs; LookupError as `get`."""
    get(session, key)
    session.delete(session.get_one(ComparisonRow, key))


def _comparison(row: ComparisonRow) -> Comparison:
    return Comparison(
        row.id,
        row.kind,
        order_from_json(row.body),
        row.state,
        row.reason,
        row.tokens,
        row.micro_usd,
        row.created_at,
        row.created_by,
        row.ended_at,
        row.report,
    )
