"""Prices as sources list them: rows are only added; a price ends where the next row of its key begins."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache

from sqlalchemy import Select, bindparam, exists, func, insert, select, text
from sqlalchemy.orm import Session, aliased

from scorecards.cost.checking import ABSURD
from scorecards.cost.fact import Basis, Conditions, Origin, PriceFact
from scorecards.cost.listing import Listing, Quarantined
from scorecards.cost.timeline import BEGINNING, Step, collapsed, holding, spliced
from service.store.tables import PriceFactRow, PriceKeyRow, PriceQuarantineRow, PriceRunRow, UtcDateTime

SHRUNK = 2
"""A source with less than one part in so many of what it listed before has lost something itself."""

Key = tuple[str, str, str, str, str, int, int, str, str, str]
KEY = ("importer", "endpoint", "meter", "unit", "currency", "input_above", "input_upto", "tier", "region", "window")
"""The columns of a key; bounds of input tokens are 0 where there are none."""


@dataclass(frozen=True, slots=True)
class Amount:
    """A price with where it was read."""

    amount: Decimal
    basis: str
    observed_at: datetime
    url: str
    data_version: str
    sha256: str
    snippet: str


@dataclass(frozen=True, slots=True)
class Run:
    """What an import did.

    Attributes:
        added: Rows: new prices, changed ones and ends of prices.
        unchanged: Prices that are as they were.
        refused: Why nothing was taken; "" = it was.
    """

    source: str
    version: str
    sha256: str
    looked_at: datetime
    added: int
    unchanged: int
    quarantined: int
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What an import adds to each key: sorted steps; `known` has the ids of keys that are there already."""

    steps: dict[Key, list[Step[Amount]]] = field(default_factory=dict)
    known: dict[Key, int] = field(default_factory=dict)
    unchanged: int = 0
    quarantined: tuple[Quarantined, ...] = ()


def keep(session: Session, listing: Listing, now: datetime) -> Run:
    """Take in what a source lists; what it says already stands adds nothing, whatever the order of imports.

    A source that tells the past is taken only when it is no older than what is held of it. One that only tells its day
    says something from that day to its next look. Imports wait for each other.
    """
    if session.get_bind().dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        session.execute(text("LOCK TABLE price_runs IN SHARE ROW EXCLUSIVE MODE"))
    refused = _refusal(session, listing)
    if refused:
        return _record(
            session, listing, Change(), [Quarantined("", "", str(len(listing.facts)), refused)], refused, now
        )
    change = _change(session, listing)
    if not change.steps and _taken(session, listing):
        return Run(listing.source, listing.version, listing.sha256, listing.looked_at, 0, change.unchanged, 0)
    return _record(session, listing, change, [*listing.quarantined, *change.quarantined], "", now)


def _runs(source: str) -> Select[PriceRunRow]:
    return select(PriceRunRow).where(PriceRunRow.source == source, PriceRunRow.refused == "")


def _taken(session: Session, listing: Listing) -> bool:
    same = (PriceRunRow.sha256 == listing.sha256, PriceRunRow.looked_at == listing.looked_at)
    return session.scalars(_runs(listing.source).where(*same).limit(1)).first() is not None


def _refusal(session: Session, listing: Listing) -> str:
    runs = _runs(listing.source).order_by(PriceRunRow.looked_at.desc(), PriceRunRow.id.desc()).limit(1)
    newest = session.scalars(runs).first()
    if newest is None:
        return "" if listing.facts else "wants prices, has none that can be believed"
    if newest.looked_at > listing.looked_at and not all(_of_the_day(one, listing) for one in listing.facts):
        return f"wants data no older than the {newest.looked_at:%Y-%m-%dT%H:%MZ} that is held"
    before = session.scalars(runs.where(PriceRunRow.looked_at <= listing.looked_at)).first()
    if before is not None and len({_key(one) for one in listing.facts}) * SHRUNK < before.listed:
        return f"wants at least half of the {before.listed} prices it listed before"
    return ""


def _of_the_day(fact: PriceFact, listing: Listing) -> bool:
    return fact.basis is Basis.FIRST_OBSERVED and fact.valid_from == listing.looked_at


def _change(session: Session, listing: Listing) -> Change:
    known, held = _held(session, listing.source)
    told: dict[Key, list[PriceFact]] = defaultdict(list)
    for one in listing.facts:
        told[_key(one)].append(one)
    later = _runs(listing.source).where(PriceRunRow.looked_at > listing.looked_at).order_by(PriceRunRow.looked_at)
    next_run = session.scalars(later.limit(1)).first()
    until = next_run.looked_at if next_run else None
    doubted = {(one.subject, one.meter) for one in listing.quarantined}
    same = _same_on_its_day if listing.dated_each else _same
    added: dict[Key, list[Step[Amount]]] = {}
    quarantined: list[Quarantined] = []
    for key in [*told, *(key for key in held if key not in told and not _is_doubted(key, doubted))]:
        facts, before = told.get(key, []), held.get(key, [])
        past = bool(facts) and not all(_of_the_day(one, listing) for one in facts)
        wrong = _jump(before, facts)
        if wrong is not None:
            quarantined.append(wrong)
            continue
        start, end = (BEGINNING, None) if past else (listing.looked_at, until)
        steps = spliced(before, _steps(facts), start, end, same)
        if steps:
            added[key] = steps
    return Change(added, known, len(told) - sum(key in told for key in added), tuple(quarantined))


def _is_doubted(key: Key, doubted: set[tuple[str, str]]) -> bool:
    """Tell whether the source may well still list this, in a form that nobody believes."""
    _, endpoint, meter, *_ = key
    return (endpoint, meter) in doubted or (endpoint, "") in doubted


def _jump(held: Sequence[Step[Amount]], facts: Iterable[PriceFact]) -> Quarantined | None:
    """Return a price that is worlds apart from the one that is held; None = there is none."""
    for one in facts:
        before = holding(held, one.valid_from or BEGINNING)
        if before is None or not before.amount or not one.amount:
            continue
        low, high = sorted((before.amount, one.amount))
        if high > ABSURD * low:
            reason = f"wants a price within {ABSURD} times of the {before.amount} before"
            return Quarantined(one.endpoint, one.meter, f"{one.amount} {one.currency} per {one.unit}", reason)
    return None


def _held(session: Session, source: str) -> tuple[dict[Key, int], dict[Key, list[Step[Amount]]]]:
    keys = {row.id: _key_of(row) for row in session.scalars(select(PriceKeyRow).where(PriceKeyRow.source == source))}
    rows = select(PriceFactRow).join(PriceKeyRow, PriceKeyRow.id == PriceFactRow.key_id)
    rows = rows.where(PriceKeyRow.source == source).order_by(PriceFactRow.valid_from, PriceFactRow.id)
    steps: dict[Key, list[Step[Amount]]] = defaultdict(list)
    for row in session.scalars(rows):
        steps[keys[row.key_id]].append(Step(row.valid_from, _amount(row)))
    return {key: number for number, key in keys.items()}, steps


def _steps(facts: Iterable[PriceFact]) -> list[Step[Amount]]:
    steps: list[Step[Amount]] = []
    for one in sorted(facts, key=lambda one: one.valid_from or BEGINNING):
        start = one.valid_from or BEGINNING
        if steps and steps[-1].start == start:
            steps.pop()  # where one ends the next one begins
        steps.append(Step(start, _amount_of(one)))
        if one.valid_to is not None:
            steps.append(Step(one.valid_to, None))
    return steps


def _same(one: Amount | None, other: Amount | None) -> bool:
    return (one and one.amount) == (other and other.amount)


def _same_on_its_day(one: Amount | None, other: Amount | None) -> bool:
    return _same(one, other) and (one is None or other is None or one.observed_at == other.observed_at)


def _record(
    session: Session, listing: Listing, change: Change, quarantined: list[Quarantined], refused: str, now: datetime
) -> Run:
    steps, known = change.steps, dict(change.known)
    done = Run(
        listing.source,
        listing.version,
        listing.sha256,
        listing.looked_at,
        added=sum(len(one) for one in steps.values()),
        unchanged=change.unchanged,
        quarantined=len(quarantined),
        refused=refused,
    )
    listed = len({_key(one) for one in listing.facts})
    run = PriceRunRow(
        **asdict(done), url=listing.url, dated_each=listing.dated_each, ran_at=now, listed=listed, etag=listing.etag
    )
    session.add(run)
    session.flush()
    _add_keys(session, listing.source, steps.keys(), known)
    rows = [_row(known[key], run.id, step, listing) for key, ones in steps.items() for step in ones]
    if rows:
        session.execute(insert(PriceFactRow), rows)
    if quarantined:
        session.execute(insert(PriceQuarantineRow), [{"run_id": run.id, **asdict(one)} for one in quarantined])
    return done


def _add_keys(session: Session, source: str, keys: Iterable[Key], known: dict[Key, int]) -> None:
    fresh = [dict(zip(KEY, key, strict=True)) for key in keys if key not in known]
    if fresh:
        session.execute(insert(PriceKeyRow), [{"source": source, **one} for one in fresh])
        rows = session.scalars(select(PriceKeyRow).where(PriceKeyRow.source == source))
        known.update((_key_of(row), row.id) for row in rows)


def _row(key_id: int, run_id: int, step: Step[Amount], listing: Listing) -> dict[str, object]:
    value = step.value or Amount(
        Decimal(0), Basis.FIRST_OBSERVED, listing.looked_at, listing.url, listing.version, listing.sha256, ""
    )
    return {
        "key_id": key_id,
        "run_id": run_id,
        "valid_from": step.start,
        "amount": str(value.amount) if step.value else None,
        "basis": value.basis,
        "observed_at": value.observed_at,
        "url": value.url,
        "data_version": value.data_version,
        "sha256": value.sha256,
        "snippet": value.snippet,
    }


def _key(fact: PriceFact) -> Key:
    where = fact.conditions
    bounds = (where.input_above or 0, where.input_upto or 0)
    what = (fact.origin.importer, fact.endpoint, fact.meter, fact.unit, fact.currency)
    return (*what, *bounds, where.tier, where.region, where.window)


def _key_of(row: PriceKeyRow) -> Key:
    what = (row.importer, row.endpoint, row.meter, row.unit, row.currency)
    return (*what, row.input_above, row.input_upto, row.tier, row.region, row.window)


def _amount(row: PriceFactRow) -> Amount | None:
    if row.amount is None:
        return None
    where = (row.url, row.data_version, row.sha256, row.snippet)
    return Amount(Decimal(row.amount), row.basis, row.observed_at, *where)


def _amount_of(fact: PriceFact) -> Amount:
    origin = fact.origin
    where = (origin.url, origin.data_version, origin.sha256, origin.snippet)
    return Amount(fact.amount, fact.basis, fact.observed_at, *where)


@cache
def _holding() -> Select[PriceKeyRow, PriceFactRow, datetime]:
    """Return the query for the rows in force at `at`, each with the instant of the next other price; built once."""
    at = bindparam("at", type_=UtcDateTime)
    current, later, newer = PriceFactRow, aliased(PriceFactRow), aliased(PriceFactRow)
    newest = (
        select(later.id)
        .where(later.key_id == PriceKeyRow.id, later.valid_from <= at)
        .order_by(later.valid_from.desc(), later.id.desc())
        .limit(1)
        .correlate(PriceKeyRow)
        .scalar_subquery()
    )
    overruled = exists().where(newer.key_id == later.key_id, newer.valid_from == later.valid_from, newer.id > later.id)
    ends = (
        select(later.valid_from)
        .where(later.key_id == PriceKeyRow.id, later.valid_from > at, later.amount.is_distinct_from(current.amount))
        .where(~overruled)
        .order_by(later.valid_from)
        .limit(1)
        .correlate(PriceKeyRow, current)
        .scalar_subquery()
    )
    rows = select(PriceKeyRow, current, ends).join(current, current.id == newest)
    return rows.where(PriceKeyRow.endpoint == bindparam("endpoint"), current.amount.is_not(None))


def facts(session: Session, endpoint: str, at: datetime) -> list[PriceFact]:
    """Return what each source says an endpoint's prices are at an instant, sorted by meter, conditions and source.

    `observed_at` of a fact is when its source was last looked at while it held.
    """
    rows = session.execute(_holding(), {"endpoint": endpoint, "at": at})
    looks = _Looks(session)
    return sorted((_fact(key, row, end, looks) for key, row, end in rows), key=_order)


def history(session: Session, endpoint: str) -> list[PriceFact]:
    """Return every price an endpoint had, by meter, conditions, source and time; equal neighbours in time are one."""
    rows = select(PriceKeyRow, PriceFactRow).join(PriceFactRow, PriceFactRow.key_id == PriceKeyRow.id)
    rows = rows.where(PriceKeyRow.endpoint == endpoint).order_by(PriceFactRow.valid_from, PriceFactRow.id)
    steps: dict[int, list[Step[PriceFactRow]]] = defaultdict(list)
    keys: dict[int, PriceKeyRow] = {}
    for key, row in session.execute(rows):
        keys[key.id] = key
        steps[key.id].append(Step(row.valid_from, row if row.amount is not None else None))
    looks = _Looks(session)
    found: list[PriceFact] = []
    for number, ones in steps.items():
        changes = collapsed(ones, lambda one, other: (one and one.amount) == (other and other.amount))
        ends = [*(one.start for one in changes[1:]), None]
        found += [
            _fact(keys[number], one.value, end, looks) for one, end in zip(changes, ends, strict=True) if one.value
        ]
    return sorted(found, key=_order)


class _Looks:
    """When sources were looked at, asked once for each."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._known: dict[tuple[str, datetime | None], datetime | None] = {}

    def last(self, source: str, before: datetime | None) -> datetime | None:
        """Return the last look at a source, before an instant or ever; None = its facts have days of their own."""
        if (source, before) not in self._known:
            latest = select(func.max(PriceRunRow.looked_at)).where(
                PriceRunRow.source == source, PriceRunRow.refused == "", ~PriceRunRow.dated_each
            )
            latest = latest.where(PriceRunRow.looked_at < before) if before else latest
            self._known[source, before] = self._session.scalar(latest)
        return self._known[source, before]


def _fact(key: PriceKeyRow, row: PriceFactRow, end: datetime | None, looks: _Looks) -> PriceFact:
    looked_at = looks.last(key.source, end)
    return PriceFact(
        endpoint=key.endpoint,
        meter=key.meter,
        unit=key.unit,
        amount=Decimal(row.amount or 0),
        currency=key.currency,
        valid_from=None if row.valid_from == BEGINNING else row.valid_from,
        basis=Basis(row.basis),
        observed_at=max(row.observed_at, looked_at or row.observed_at),
        origin=Origin(row.url, key.importer, row.data_version, row.sha256, row.snippet),
        valid_to=end,
        conditions=Conditions(key.input_above or None, key.input_upto or None, key.tier, key.region, key.window),
    )


def _order(fact: PriceFact) -> tuple[object, ...]:
    where = fact.conditions
    bounds = (where.input_above or 0, where.input_upto or 0)
    start = fact.valid_from or BEGINNING
    return (
        fact.currency,
        fact.meter,
        fact.unit,
        where.tier,
        where.region,
        where.window,
        bounds,
        fact.origin.importer,
        start,
    )


def etag(session: Session, source: str, url: str) -> str:
    """Return the ETag of the newest file that was taken of a source from this address; "" = none."""
    newest = _runs(source).where(PriceRunRow.url == url).order_by(PriceRunRow.id.desc()).limit(1)
    row = session.scalars(newest).first()
    return row.etag if row else ""


def unchanged(session: Session, source: str, looked_at: datetime | None) -> Run:
    """Return that a source is what it was, and keep that it was looked at.

    Args:
        looked_at: None = it says itself of which day it is, and that is the same day.

    Raises:
        LookupError: nothing was ever taken of it.
    """
    row = session.scalars(_runs(source).order_by(PriceRunRow.looked_at.desc(), PriceRunRow.id.desc()).limit(1)).first()
    if row is None:
        raise LookupError(f"{source}: wants an import before, has none")
    if looked_at is None:
        return Run(source, row.version, row.sha256, row.looked_at, 0, row.listed, 0)
    done = Run(source, f"{looked_at:%Y-%m-%d}", row.sha256, looked_at, 0, row.listed, 0)
    same = {"url": row.url, "dated_each": row.dated_each, "listed": row.listed, "etag": row.etag}
    session.add(PriceRunRow(**asdict(done), **same, ran_at=looked_at))
    return done


def endpoints(session: Session) -> list[str]:
    """Return the refs of all endpoints that have, or had, a price, in their order."""
    return list(session.scalars(select(PriceKeyRow.endpoint).distinct().order_by(PriceKeyRow.endpoint)))


def changed(session: Session, source: str) -> set[str]:
    """Return the refs of the endpoints of which the latest import of a source changed, added or ended a price."""
    latest = select(func.max(PriceRunRow.id)).where(PriceRunRow.source == source).scalar_subquery()
    rows = select(PriceKeyRow.endpoint).join(PriceFactRow, PriceFactRow.key_id == PriceKeyRow.id)
    return set(session.scalars(rows.where(PriceFactRow.run_id == latest).distinct()))


def quarantined(session: Session, source: str) -> list[Quarantined]:
    """Return what the latest import of a source did not believe."""
    latest = select(func.max(PriceRunRow.id)).where(PriceRunRow.source == source).scalar_subquery()
    rows = select(PriceQuarantineRow).where(PriceQuarantineRow.run_id == latest).order_by(PriceQuarantineRow.id)
    return [Quarantined(one.subject, one.meter, one.found, one.reason) for one in session.scalars(rows)]


def runs(session: Session) -> list[Run]:
    """Return every import that was recorded, newest first."""
    rows = session.scalars(select(PriceRunRow).order_by(PriceRunRow.id.desc()))
    names = ("source", "version", "sha256", "looked_at", "added", "unchanged", "quarantined", "refused")
    return [Run(**{name: getattr(one, name) for name in names}) for one in rows]
