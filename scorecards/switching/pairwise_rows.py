"""Two endpoints row by row: limits, prices, performance, facts of portability and terms, each as the cards say."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from scorecards.cost import published, workloads
from scorecards.cost.card_prices import CardTariff
from scorecards.cost.engine import Cost
from scorecards.rubric import Rubric, Scale

Json = dict[str, Any]
Card = Mapping[str, Any]
Entry = Mapping[str, Any]

LIMITS = {"context_tokens": "Context", "max_output_tokens": "Longest answer"}
MODEL_TERMS = ("weights_licence", "licence_restrictions")
"""Facts of the model, wherever it is served."""
DEVELOPER_TERMS = ("terms_of_use", "api_retention", "api_training_use", "user_data_training", "export_terms")
"""Facts of the developer's own service."""
ANOTHERS = "another provider runs this endpoint, and the card holds the developer's terms only"
NOT_READ = "the card holds no answer"
UNKNOWN = "unknown"
USD_PLACES = 6


def limits(here: Card, there: Card, at_here: Entry, at_there: Entry) -> list[Json]:
    """Return each limit as documents state it, with what was taken beside it: that is a least, never the limit."""
    return [_limit(name, title, (here, at_here), (there, at_there)) for name, title in LIMITS.items()]


def _limit(name: str, title: str, here: tuple[Card, Entry], there: tuple[Card, Entry]) -> Json:
    sides = [_stated(card, name) | {"taken": _taken(entry, name)} for card, entry in (here, there)]
    first, second = (_number(one["value"]) for one in sides)
    return {
        "name": name,
        "title": title,
        "unit": "tokens",
        "from": sides[0],
        "to": sides[1],
        "change": _change(first, second, "more", "less"),
    }


def _stated(card: Card, name: str) -> Json:
    found = next((one for one in card.get("facts", ()) if one["fact"] == name), None)
    if found is None:
        return _unread(NOT_READ)
    told = {key: found[key] for key in ("value", "state", "reason")}
    first = next(iter(found["evidence"]), None)
    quote = first["quote"]["text"] if first and first["quote"] else None
    return told | {"source": first["url"] if first else None, "quote": quote}


def _unread(reason: str) -> Json:
    return {"value": None, "state": "unchecked", "reason": reason, "source": None, "quote": None}


def _taken(entry: Entry, name: str) -> Json | None:
    found = next((one for one in entry["readings"] if one["quantity"] == name), None)
    return {key: found[key] for key in ("value", "n", "taken_at", "note")} if found else None


def _number(value: object) -> Decimal | None:
    return Decimal(value) if isinstance(value, str) and value.isdigit() else None


def _change(here: Decimal | None, there: Decimal | None, up: str, down: str) -> str:
    if here is None or there is None:
        return UNKNOWN
    return "same" if here == there else up if there > here else down


def prices(here: Entry, there: Entry, at_here: datetime, at_there: datetime) -> list[Json]:
    """Return what each standard workload costs by either card, over all hours of the week."""
    sides = ((here, at_here), (there, at_there))
    tariffs = [(CardTariff(one["ref"], one.get("prices", ()), at), at) for one, at in sides]
    found = []
    for work in workloads.load().tasks.values():
        costs = [workloads.price(tariff, work, at, any_hour=True) for tariff, at in tariffs]
        about = published.about(work)
        sides_of = dict(zip(("from", "to"), map(published.cost, costs), strict=True))
        found.append({**about, **sides_of, "difference_usd": _difference(*costs)})
    return found


def _difference(here: Cost, there: Cost) -> Json | None:
    """Return there minus here in US dollars; None where a cost is not known. Its range is as wide as both together."""
    lows, highs = ([one.in_usd(getattr(one, end)) for one in (here, there)] for end in ("low", "high"))
    if lows[0] is None or lows[1] is None or highs[0] is None or highs[1] is None:
        return None
    total = None if here.usd is None or there.usd is None else there.usd - here.usd
    return {"total": _usd(total), "low": _usd(lows[1] - highs[0]), "high": _usd(highs[1] - lows[0])}


def _usd(value: Decimal | None) -> str | None:
    return None if value is None else published.decimal(round(value, USD_PLACES))


def performance(here: Entry, there: Entry, rules: Rubric) -> list[Json]:
    """Return every quantity of the performance pillar that either card has, with its n and interval."""
    at = [{one["quantity"]: one for one in entry["readings"]} for entry in (here, there)]
    return [
        _measured(scale, *(found.get(scale.quantity) for found in at))
        for scale in rules.performance
        if any(scale.quantity in found for found in at)
    ]


def _measured(scale: Scale, here: Entry | None, there: Entry | None) -> Json:
    return {
        "quantity": scale.quantity,
        "title": scale.title,
        "unit": scale.unit,
        "from": _reading(here),
        "to": _reading(there),
        "change": _apart(here, there, rising=scale.best > scale.worst),
    }


def _reading(one: Entry | None) -> Json | None:
    return {key: one.get(key) for key in ("value", "low", "high", "n", "taken_at", "note")} if one else None


def _apart(here: Entry | None, there: Entry | None, *, rising: bool) -> str:
    """Return better or worse where the intervals do not touch, undecided where they do, unknown without one."""
    ends = [one.get(end) if one else None for one in (here, there) for end in ("low", "high")]
    if None in ends:
        return UNKNOWN
    low, high, low_there, high_there = (Decimal(str(one)) for one in ends)
    if low <= high_there and low_there <= high:
        return "undecided"
    return "better" if (low_there > high) is rising else "worse"


def facts(here: Mapping[str, Any] | None, there: Mapping[str, Any] | None) -> list[Json]:
    """Return the facts of portability: weights and licence, hosts, lifecycle, exit, behaviour; [] without either."""
    at = [{one["name"]: one for one in found["facts"]} if found else {} for found in (here, there)]
    return [_fact(name, *(found.get(name) for found in at)) for name in dict.fromkeys([*at[0], *at[1]])]


def _fact(name: str, here: Entry | None, there: Entry | None) -> Json:
    row = here or there or {}
    first, second = (None if one is None or one["points"] is None else Decimal(one["points"]) for one in (here, there))
    return {
        "name": name,
        "title": row["title"],
        "dimension": row["dimension"],
        "weight": row["weight"],
        "from": _known(here),
        "to": _known(there),
        "change": _change(first, second, "better", "worse"),
    }


def _known(one: Entry | None) -> Json:
    if one is None:
        return {"points": None, "reason": NOT_READ, "source": None}
    return {key: one[key] for key in ("points", "reason", "source")}


def terms(here: Card, there: Card, at_here: Entry, at_there: Entry) -> list[Json]:
    """Return licence and terms in the documents' own words; the developer's terms bind only its own endpoint."""
    named = [(name, False) for name in MODEL_TERMS] + [(name, True) for name in DEVELOPER_TERMS]
    found = []
    for name, of_service in named:
        sides = [
            _term(card, entry, name, of_service=of_service) for card, entry in ((here, at_here), (there, at_there))
        ]
        values = [one["value"] for one in sides]
        same = None if None in values else values[0] == values[1]
        found.append({"name": name, "title": _title(name, here, there), "from": sides[0], "to": sides[1], "same": same})
    return found


def _term(card: Card, entry: Entry, name: str, *, of_service: bool) -> Json:
    if of_service and not entry["first_party"]:
        return _unread(ANOTHERS)
    return _stated(card, name)


def _title(name: str, *cards: Card) -> str:
    titles = (one["title"] for card in cards for one in card.get("facts", ()) if one["fact"] == name)
    return next(titles, name.replace("_", " "))
