"""Prices with their sources, what the standard workloads cost, and positions by that cost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate
from sqlalchemy.orm import Session

from scorecards.catalog import Endpoint, Model
from scorecards.cost import past, published, ranking, workloads
from scorecards.cost.engine import Tariff
from scorecards.cost.workloads import Workload
from service.api.errors import refuse
from service.api.price_schemas import EndpointPricesSchema, ModelPricesSchema, RankingsSchema
from service.api.representation import representation
from service.api.service import service
from service.store import catalog

BLUEPRINT = Blueprint("prices", __name__, url_prefix="/v1", description="What sources list, and what work costs")

METHOD = (
    "Cost in US dollars at this instant, cheapest first; equal costs share a place; best and worst are where one "
    "could stand if every price lay where sources and conditions allow. Cost alone says nothing of what is bought."
)


class InstantQuery(Schema):
    """When."""

    at = fields.AwareDateTime(
        default_timezone=UTC, metadata={"description": "When requests are completed; the present minute if left out"}
    )


class PricesQuery(InstantQuery):
    """Prices when, and in which currency."""

    currency = fields.String(
        validate=validate.Regexp("^[A-Z]{3}$", error="wants three capital letters, has {input}"),
        metadata={"description": "One that is listed; USD where it is listed if left out"},
    )


class ModelPricesQuery(InstantQuery):
    """Prices of which model."""

    model = fields.String(required=True, metadata={"description": "`developer/model`"})


class RankingsQuery(InstantQuery):
    """Positions by which workload."""

    workload = fields.String(metadata={"description": "Only this workload or blend"})


@dataclass(frozen=True, slots=True)
class _Priced:
    endpoint: Endpoint
    tariff: Tariff


@BLUEPRINT.get("/prices/<path:ref>")
@BLUEPRINT.arguments(PricesQuery, location="query")
@BLUEPRINT.response(200, EndpointPricesSchema)
def get_prices(query: Mapping[str, Any], ref: str) -> Response:
    """Return the prices of an endpoint at an instant with every source's number, what work costs, and their past."""
    at = _instant(query)
    with service().session() as session:
        endpoint = catalog.get(session, Endpoint, ref)
        model = catalog.get(session, Model, endpoint.model) if endpoint else None
        tariff = service().tariffs.of(session, ref)
    if endpoint is None and not tariff.edges:
        refuse(HTTPStatus.NOT_FOUND, f"wants an endpoint with prices or of the catalogue, has {ref!r}")
    currencies = list(tariff.markets(at))
    currency = query.get("currency")
    if currency and currencies and currency not in currencies:
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"currency: wants one of {', '.join(currencies)}, has {currency}")
    body = {
        "endpoint": ref,
        "at": published.instant(at),
        "lifecycle": _lifecycle(model),
        "currencies": currencies,
        **_offer(tariff, at, currency),
        "announced": [published.announced(one) for one in tariff.announced(at)],
        "history": _history(tariff, [currency] if currency else currencies),
    }
    return representation(body)


@BLUEPRINT.get("/prices")
@BLUEPRINT.arguments(ModelPricesQuery, location="query")
@BLUEPRINT.response(200, ModelPricesSchema)
def compare_prices(query: Mapping[str, Any]) -> Response:
    """Compare the prices of all endpoints of one model at an instant."""
    at, ref = _instant(query), query["model"]
    with service().session() as session:
        model = catalog.get(session, Model, ref)
        found = _priced(session, catalog.endpoints_of(session, ref)) if model else []
    if model is None:
        refuse(HTTPStatus.NOT_FOUND, f"wants a model of the catalogue, has {ref!r}; /v1/models lists them")
    endpoints = [{**_about(one.endpoint), **_offer(one.tariff, at, None)} for one in found]
    about = {"model": ref, "at": published.instant(at), "lifecycle": _lifecycle(model)}
    return representation({**about, "endpoints": endpoints})


@BLUEPRINT.get("/rankings")
@BLUEPRINT.arguments(RankingsQuery, location="query")
@BLUEPRINT.response(200, RankingsSchema)
def get_rankings(query: Mapping[str, Any]) -> Response:
    """Return the positions of all endpoints by what each standard workload costs at an instant."""
    at, name = _instant(query), query.get("workload")
    known = workloads.load().all
    if name is not None and name not in known:
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"workload: wants one of {', '.join(known)}, has {name!r}")
    with service().session() as session:
        found = _priced(session, catalog.page(session, Endpoint))
    wanted = [known[name]] if name else list(known.values())
    rankings = [_ranking(one, [each for each in found if each.tariff.edges], at) for one in wanted]
    return representation({"at": published.instant(at), "method": METHOD, "rankings": rankings})


def _instant(query: Mapping[str, Any]) -> datetime:
    given: datetime = query.get("at") or service().clock().replace(second=0, microsecond=0)
    return given.astimezone(UTC)


def _priced(session: Session, endpoints: Sequence[Endpoint]) -> list[_Priced]:
    tariffs = service().tariffs.all(session, [one.ref for one in endpoints])
    return [_Priced(one, tariffs[one.ref]) for one in endpoints]


def _lifecycle(model: Model | None) -> dict[str, Any] | None:
    if model is None:
        return None
    shutdown = model.shutdown.isoformat() if model.shutdown else None
    return {"model": model.ref, "released": model.released, "lifecycle": model.lifecycle, "shutdown": shutdown}


def _about(one: Endpoint) -> dict[str, Any]:
    where = {"provider": one.provider, "region": one.region, "first_party": one.first_party}
    return {"endpoint": one.ref, **where}


def _offer(tariff: Tariff, at: datetime, currency: str | None) -> dict[str, Any]:
    """Return prices in force, and what a thousand tasks and the blends cost."""
    listed = [one for one in tariff.listed(at) if currency in (None, one.listed.currency)]
    known = workloads.load()
    return {
        "state": tariff.state(at),
        "prices": [published.price(one) for one in listed],
        "workloads": [_work(tariff, one, at, currency) for one in known.tasks.values()],
        "blends": [_work(tariff, one, at, currency) for one in known.blends.values()],
    }


def _work(tariff: Tariff, work: Workload, at: datetime, currency: str | None) -> dict[str, Any]:
    return published.workload(work, workloads.price(tariff, work, at, currency=currency))


def _history(tariff: Tariff, currencies: Sequence[str]) -> list[dict[str, Any]]:
    lines = [(currency, meter, past.steps(tariff, meter, currency)) for currency in currencies for meter in past.METERS]
    return [
        {"meter": meter, "currency": currency, "steps": [published.step(one) for one in steps]}
        for currency, meter, steps in lines
        if steps
    ]


def _ranking(work: Workload, found: Sequence[_Priced], at: datetime) -> dict[str, Any]:
    costs = [workloads.price(one.tariff, work, at) for one in found]
    models = {one.endpoint.ref: one.endpoint.model for one in found}
    placed = ranking.positions(costs)
    ranked = {one.cost.endpoint for one in placed}
    return {
        **published.about(work),
        "positions": [
            {
                "position": one.place,
                "best": one.best,
                "worst": one.worst,
                "endpoint": one.cost.endpoint,
                "model": models[one.cost.endpoint],
                **published.cost(one.cost),
            }
            for one in placed
        ],
        "without_position": [
            {"endpoint": one.endpoint, "why": list(one.flags)} for one in costs if one.endpoint not in ranked
        ],
    }
