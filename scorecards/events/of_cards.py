"""The events that a new card means: itself, and each verdict, price and end date that is another than before."""

from collections.abc import Iterable, Iterator

from scorecards.card import Json
from scorecards.cost import changes as prices
from scorecards.events import Event

PILLAR = ("score", "low", "high", "coverage")
"""What an event tells of a pillar."""

LIFECYCLE = ("lifecycle", "shutdown")
"""The facts of a model that say how long it will be served."""


def events(before: Json | None, card: Json, card_id: str) -> list[Event]:
    """Return the events of a card that is published after `before`; None = it is the first of its model.

    Every body has `model`, `card` and `kinds`, sorted; and `before` and `after` where one value changed.
    """
    told = {"model": card["model"]["ref"], "card": {"id": card_id, "sequence": card["sequence"]}}
    return [
        Event(kind, subject, {**told, **body})
        for each in (_published, _verdicts, _prices, _lifecycle)
        for kind, subject, body in each(before, card)
    ]


Told = Iterator[tuple[str, str, Json]]


def _published(before: Json | None, card: Json) -> Told:
    was, now = _pillars(before) if before else {}, _pillars(card)
    pillars = {name: {"before": was.get(name), "after": figures} for name, figures in now.items()}
    body = {"kinds": _kinds(card["changes"]), "changes": card["changes"], "pillars": pillars}
    yield "scorecard.published", card["model"]["ref"], body


def _pillars(card: Json) -> dict[str, Json]:
    return {name: {field: one[field] for field in PILLAR} for name, one in card["pillars"].items()}


def _verdicts(_before: Json | None, card: Json) -> Told:
    for change in card["changes"]:
        part, _, rest = change["path"].partition(".")
        indicator, _, field = rest.partition(".")
        kind = _verdict_event(field, change["after"]) if part == "verdicts" else None
        if kind:
            values = {"before": change["before"], "after": change["after"]}
            body = {"indicator": indicator, "kinds": [change["kind"]], **values}
            yield kind, f"{card['model']['ref']}#{indicator}", body


def _verdict_event(field: str, after: str | None) -> str | None:
    return {"state": "verdict.changed", "stale": "evidence.stale" if after == "true" else None}.get(field)


def _prices(before: Json | None, card: Json) -> Told:
    for one in prices.changes(before, card) if before else []:
        yield "price.changed", f"{one.endpoint}#{one.terms['meter']}", one.as_json()


def _lifecycle(before: Json | None, card: Json) -> Told:
    """Yield what was announced, or taken back, of how long the model is served, once for each of its endpoints.

    The dates are the model's: no source that is read states one of a single endpoint as a date. A first card
    announces nothing but the day on which the model ends.
    """
    was, now = ({fact: one["model"].get(fact) if one else None for fact in LIFECYCLE} for one in (before, card))
    if now == was if before else now["shutdown"] is None:
        return
    kinds = _kinds(one for one in card["changes"] if one["path"] in [f"model.{fact}" for fact in LIFECYCLE])
    for end in card["endpoints"]:
        yield "lifecycle.announced", end["ref"], {"endpoint": end["ref"], "kinds": kinds, "before": was, "after": now}


def _kinds(changes: Iterable[Json]) -> list[str]:
    return sorted({one["kind"] for one in changes})
