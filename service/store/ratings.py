"""Ratings by others as they were imported: every version stays, the newest of each subject and edition is shown."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from scorecards.ratings.aliases import Aliases
from scorecards.ratings.rating import Figure, Judgement, Rating
from service.store.tables import RatingRow

Key = tuple[str, str, str, str]
"""Source, edition, producer, subject."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A rating with its number here, the ref of the model it is about (None = none of ours), and when it came."""

    number: int
    model: str | None
    imported_at: datetime
    rating: Rating


@dataclass(frozen=True, slots=True)
class Kept:
    """What an import did; `mapped` counts those about models of ours."""

    added: int
    unchanged: int
    mapped: int


def keep(session: Session, ratings: Iterable[Rating], aliases: Aliases, now: datetime) -> Kept:
    """Add each rating that differs from the newest one of its subject and edition, in itself or in its model.

    Raises:
        IntegrityError: somebody else imported the same meanwhile.
    """
    given = [(one, aliases.model(one)) for one in ratings]
    newest = _newest(session, {one.source for one, _ in given})
    fresh = [_row(one, ref, newest.get(_key(one)), now) for one, ref in given if not _held(one, ref, newest)]
    session.add_all(fresh)
    session.flush()
    return Kept(len(fresh), len(given) - len(fresh), sum(ref is not None for _, ref in given))


def _newest(session: Session, sources: Collection[str]) -> dict[Key, RatingRow]:
    rows = session.scalars(_shown().where(RatingRow.source.in_(sources)))
    return {(row.source, row.edition, row.producer, row.subject): row for row in rows}


def _key(rating: Rating) -> Key:
    return rating.source, rating.edition, rating.producer, rating.subject


def _held(rating: Rating, ref: str | None, newest: dict[Key, RatingRow]) -> bool:
    row = newest.get(_key(rating))
    return row is not None and (row.model, _stored(row).rating) == (ref, rating)


def _row(rating: Rating, ref: str | None, before: RatingRow | None, now: datetime) -> RatingRow:
    version = before.version + 1 if before else 1
    body = asdict(rating)
    body |= {"figures": list(body["figures"]), "judgements": list(body["judgements"])}
    return RatingRow(**body, model=ref, version=version, imported_at=now)


def page(
    session: Session, source: str | None, model: str | None, after: int | None, limit: int | None = None
) -> list[Stored]:
    """Return the newest rating of each subject and edition in the order of their numbers, those behind `after`.

    With `source` or `model` only those of this source, or about this model.
    """
    rows = _shown().where(RatingRow.id > (after or 0)).limit(limit)
    rows = rows.where(RatingRow.source == source) if source is not None else rows
    rows = rows.where(RatingRow.model == model) if model is not None else rows
    return [_stored(row) for row in session.scalars(rows)]


def get(session: Session, number: int) -> Stored | None:
    """Return the rating of this number, an old version too; None when there is none."""
    row = session.get(RatingRow, number)
    return _stored(row) if row else None


def of_producer(session: Session, source: str, names: Collection[str]) -> list[Stored]:
    """Return every edition's newest rating of a producer, under any of its names."""
    rows = _shown().where(RatingRow.source == source, RatingRow.producer.in_(names))
    return [_stored(row) for row in session.scalars(rows)]


def producers(session: Session, source: str) -> list[str]:
    """Return the producers that a source rates, by name."""
    rows = select(RatingRow.producer).where(RatingRow.source == source).distinct().order_by(RatingRow.producer)
    return list(session.scalars(rows))


def _shown() -> Select[RatingRow]:
    keys = (RatingRow.source, RatingRow.edition, RatingRow.producer, RatingRow.subject)
    return (
        select(RatingRow).where(RatingRow.id.in_(select(func.max(RatingRow.id)).group_by(*keys))).order_by(RatingRow.id)
    )


def _stored(row: RatingRow) -> Stored:
    plain = {one.name: getattr(row, one.name) for one in fields(Rating)}
    plain["figures"] = tuple(Figure(**one) for one in row.figures)
    plain["judgements"] = tuple(Judgement(**one) for one in row.judgements)
    return Stored(row.id, row.model, row.imported_at, Rating(**plain))
