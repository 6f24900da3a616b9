"""Developers, models and endpoints as the database holds them."""

from dataclasses import asdict
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from scorecards.catalog import Catalog, Cited, Developer, DocumentSource, Endpoint, Model
from service.store.tables import CatalogRow

Noun = TypeVar("Noun", Developer, Model, Endpoint)

KINDS: dict[type[Any], str] = {Developer: "developer", Model: "model", Endpoint: "endpoint"}


def follow(session: Session, catalog: Catalog, origin: str) -> None:
    """Make the rows of this origin equal to `catalog`; rows that people added through the API are left alone."""
    kept = {(KINDS[type(one)], _ref(one)) for one in _rows(catalog)}
    for kind, ref in session.execute(select(CatalogRow.kind, CatalogRow.ref).where(CatalogRow.origin == origin)):
        if (kind, ref) not in kept:
            session.execute(delete(CatalogRow).where(CatalogRow.kind == kind, CatalogRow.ref == ref))
    add(session, catalog, origin)


def add(session: Session, catalog: Catalog, origin: str) -> None:
    """Insert or replace every row of `catalog`."""
    for one in _rows(catalog):
        save(session, one, origin)


def _rows(catalog: Catalog) -> list[Developer | Model | Endpoint]:
    return [*catalog.developers.values(), *catalog.models.values(), *catalog.endpoints.values()]


def save(session: Session, one: Developer | Model | Endpoint, origin: str) -> None:
    """Insert or replace one row."""
    session.merge(CatalogRow(kind=KINDS[type(one)], ref=_ref(one), origin=origin, body=plain(one)))


def get(session: Session, kind: type[Noun], ref: str) -> Noun | None:
    """Return one developer, model or endpoint; None when there is none of this ref."""
    row = session.get(CatalogRow, (KINDS[kind], ref))
    return _restore(kind, row.body) if row else None


def origin(session: Session, endpoint_ref: str) -> str | None:
    """Return who added an endpoint; None when there is none."""
    row = session.get(CatalogRow, ("endpoint", endpoint_ref))
    return row.origin if row else None


def page(session: Session, kind: type[Noun], after: str = "", limit: int | None = None) -> list[Noun]:
    """Return rows in the order of their refs, those behind `after`."""
    rows = select(CatalogRow.body).where(CatalogRow.kind == KINDS[kind], CatalogRow.ref > after)
    return [_restore(kind, body) for body in session.scalars(rows.order_by(CatalogRow.ref).limit(limit))]


def refs(session: Session, kind: type[Noun]) -> frozenset[str]:
    """Return the ref of everything of one kind."""
    return frozenset(session.scalars(select(CatalogRow.ref).where(CatalogRow.kind == KINDS[kind])))


def whole(session: Session) -> Catalog:
    """Return everything in the catalogue."""
    return Catalog(
        developers={one.id: one for one in page(session, Developer)},
        models={one.ref: one for one in page(session, Model)},
        endpoints={one.ref: one for one in page(session, Endpoint)},
    )


def endpoints_of(session: Session, model_ref: str) -> list[Endpoint]:
    """Return the endpoints that serve a model, in the order of their refs."""
    return [one for one in page(session, Endpoint) if one.model == model_ref]


def _ref(one: Developer | Model | Endpoint) -> str:
    return one.id if isinstance(one, Developer) else one.ref


def plain(one: Developer | Model | Endpoint) -> dict[str, Any]:
    """Return a row as JSON-able data, days as `2026-11-23`: what the database keeps and what the API shows."""
    return {key: _plain(value) for key, value in asdict(one).items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON in, JSON out
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


def _restore(kind: type[Noun], body: dict[str, Any]) -> Noun:
    fields: dict[str, Any] = {key: tuple(one) if isinstance(one, list) else one for key, one in body.items()}
    fields["cited"] = _cited(fields["cited"])
    if "documents" in fields:
        fields["documents"] = tuple(_document(one) for one in fields["documents"])
    if fields.get("shutdown"):
        fields["shutdown"] = date.fromisoformat(fields["shutdown"])
    return kind(**fields)


def _cited(body: dict[str, str]) -> Cited:
    return Cited(body["source"], date.fromisoformat(body["checked"]), body["note"])


def _document(body: dict[str, Any]) -> DocumentSource:
    return DocumentSource(body["kind"], body["url"], _cited(body["cited"]))
