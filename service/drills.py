"""Swap drills over what is held: the order out of an app's needs, the document out of a run, the pack out of both."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from scorecards.catalog import Endpoint, Model
from scorecards.compare.order import Order
from scorecards.cost.engine import Tariff
from scorecards.switching import app, drill, estimate, pack
from scorecards.switching.app import App, AppError
from scorecards.switching.drill import Drill
from scorecards.switching.estimate import Prices
from scorecards.switching.pack import Material
from scorecards.switching.party import Party, matrix
from service import comparison_order
from service.comparison_order import Asked
from service.config import Settings
from service.store import cards, catalog, comparisons, prices
from service.store.comparisons import Comparison
from service.store.errors import NotAccepted

NOBODY_PASSES = "no candidate has what the program needs, so nothing was asked"
KEYS: Mapping[str, str] = {"cap_usd": "limits.max_usd", "cap_tokens": "limits.max_tokens"}
"""Field of a comparison's order → key of an app's file."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """A drill as somebody asks for it.

    Attributes:
        told: The keys of an app's file.
        name: Of the file, for messages.
        file: Prompts of one's own, and the file's name; None = only sets.
    """

    told: Mapping[str, Any]
    name: str
    file: tuple[bytes, str] | None = None


def create(session: Session, wish: Wish, by: str, settings: Settings, now: datetime) -> Comparison:
    """Take a drill in and have those asked that pass the gate; where none does it ends at once.

    Raises:
        NotAccepted: keys of the app are wrong, or its limits allow no drill.
    """
    made, order = _ordered(session, wish, settings, now)
    one = comparisons.create(session, order, by, now)
    if not made.passing:
        comparisons.end(session, one.id, "done", NOBODY_PASSES, now)
        session.expire_all()
    return comparisons.get(session, one.id)


def _ordered(session: Session, wish: Wish, settings: Settings, now: datetime) -> tuple[Drill, Order]:
    try:
        one = app.read(wish.told, wish.name)
    except AppError as error:
        raise NotAccepted(error.problems) from error
    if not one.candidates:
        raise NotAccepted({"candidates": "wants an endpoint to move to, has none"})
    made = Drill(one, {ref: _party(session, ref) for ref in one.endpoints}, now.date())
    asked = replace(one, candidates=tuple(made.passing)) if made.passing else one
    order = _order(session, wish, asked, settings, gated=not made.passing)
    taken = estimate.build(asked, order.plan.prompts, _prices(session, made, now)) if made.passing else None
    if taken and (wrong := estimate.refusal(taken, one.limits)):
        raise NotAccepted(wrong)
    made = replace(made, estimate=estimate.document(taken) if taken else None)
    return made, replace(order, app=_kept(made, wish))


def _order(session: Session, wish: Wish, asked: App, settings: Settings, *, gated: bool) -> Order:
    limits = asked.limits
    told = Asked(
        asked.endpoints,
        sets=asked.sets,
        per_set=asked.per_set,
        file=wish.file,
        name=asked.name,
        repeats_a=asked.repeats,
        repeats=asked.candidate_repeats,
        max_output_tokens=asked.max_output_tokens,
        cap_usd=limits.max_usd,
        # What is never sent needs no cap, and an order away from here wants one.
        cap_tokens=1 if gated else limits.max_tokens,
    )
    try:
        return comparison_order.order(session, told, settings)
    except NotAccepted as error:
        raise NotAccepted({KEYS.get(key, key): problem for key, problem in error.problems.items()}) from error


def _party(session: Session, ref: str) -> Party:
    """Return what catalogue and card say of an endpoint."""
    endpoint = catalog.get(session, Endpoint, ref)
    if endpoint is None:
        raise NotAccepted({"candidates": f"wants endpoints of the catalogue, has {ref[:80]!r}"})
    return Party(endpoint, catalog.get(session, Model, endpoint.model), matrix(_conformance(session, endpoint)))


def _conformance(session: Session, endpoint: Endpoint) -> Sequence[Json]:
    card = cards.latest(session, endpoint.model)
    rows = card.card["endpoints"] if card else []
    found = next((one for one in rows if one["ref"] == endpoint.ref), None)
    return found["portability"]["matrix"] if found and found.get("portability") else []


def _prices(session: Session, made: Drill, now: datetime) -> Prices:
    here = [ref for ref, one in made.parties.items() if comparison_order.stays_here(session, one.endpoint)]
    held = {ref: prices.history(session, ref) for ref in made.parties}
    return Prices({ref: Tariff(ref, facts) for ref, facts in held.items() if facts}, now, here)


def _kept(made: Drill, wish: Wish) -> Json:
    """Return what a drill knew when it began, so that its document says the same for ever."""
    return {
        "app": json.loads(json.dumps(wish.told, default=str)),
        "as_of": made.as_of.isoformat(),
        "estimate": made.estimate,
        "parties": {ref: _plain(one) for ref, one in made.parties.items()},
    }


def _plain(one: Party) -> Json:
    return {
        "endpoint": catalog.plain(one.endpoint),
        "model": catalog.plain(one.model) if one.model else None,
        "matrix": [
            {"name": name, "result": each.word, "reason": each.reason} for name, each in sorted(one.matrix.items())
        ],
    }


def _restored(body: Mapping[str, Any]) -> Party:
    model = catalog.restore(Model, body["model"]) if body["model"] else None
    return Party(catalog.restore(Endpoint, body["endpoint"]), model, matrix(body["matrix"]))


def of_comparison(one: Comparison) -> Drill:
    """Return the drill that a comparison was run for.

    Raises:
        LookupError: it was run for none.
    """
    kept = one.order.app
    if kept is None:
        raise LookupError(f"wants the id of a drill, has {one.id!r}")
    parties = {ref: _restored(body) for ref, body in kept["parties"].items()}
    made = Drill(app.read(kept["app"], one.id), parties, date.fromisoformat(kept["as_of"]), kept["estimate"])
    return replace(made, comparison=dict(one.report) if one.report and made.passing else None)


def document(one: Comparison) -> Json | None:
    """Return the document of a drill; None before it has ended. LookupError as `of_comparison`."""
    made = of_comparison(one)
    return drill.build(made) if one.report else None


def files(session: Session, one: Comparison, candidate: str | None = None) -> dict[str, str]:
    """Return the pack of a drill that has ended, {} before; for one candidate, None = the best.

    Raises:
        LookupError: it is no drill.
        PackError: it has no such candidate.
    """
    told = document(one)
    if told is None:
        return {}
    endpoints = {ref: party.endpoint for ref, party in of_comparison(one).parties.items()}
    material = Material(one.order.plan.prompts, endpoints, catalog.page(session, Endpoint))
    return pack.files(told, material, candidate)
