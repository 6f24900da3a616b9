"""What one loses and gains by moving from one endpoint to another, from the two cards alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scorecards.rubric import Rubric
from scorecards.switching import conformance, features, pairwise_rows
from scorecards.switching.pairwise_rows import Json

UNKNOWN = "unknown"
NOT_PROBED = "no conformance probe has run yet"
WORKS = {"pass": 2, "partial": 1, "rejected": 0, "ignored": 0, "fail": 0}
"""Result of a conformance probe → how far a program can rely on it."""
FATES = {
    (2, 2): "kept",
    (2, 1): "weaker",
    (2, 0): "lost",
    (1, 2): "stronger",
    (1, 1): "kept",
    (1, 0): "lost",
    (0, 2): "gained",
    (0, 1): "gained",
    (0, 0): "at_neither",
}
"""How far it works here and there → what becomes of it by moving."""
GROUPS = ("lost", "weaker", "gained", "stronger", "kept", "at_neither", UNKNOWN)
DECEIVING = ("ignored", "rejected")
"""Results that a program meets as a parameter without effect, and as an error."""


@dataclass(frozen=True, slots=True)
class Side:
    """One endpoint as a card has it."""

    card_id: str
    card: Mapping[str, Any]
    endpoint: Mapping[str, Any]

    @property
    def as_of(self) -> datetime:
        """When the card was made."""
        return datetime.fromisoformat(self.card["as_of"])

    @property
    def portability(self) -> Mapping[str, Any] | None:
        """None = its conformance was never probed."""
        found: Mapping[str, Any] | None = self.endpoint.get("portability")
        return found


def side(card_id: str, card: Mapping[str, Any], ref: str) -> Side | None:
    """Return the endpoint `ref` of a card; None when the card does not have it."""
    found = next((one for one in card["endpoints"] if one["ref"] == ref), None)
    return Side(card_id, card, found) if found else None


def fate(here: str, there: str) -> str:
    """Return what becomes of a feature by its results at both endpoints.

    >>> fate("pass", "ignored"), fate("rejected", "partial"), fate("pass", "unknown")
    ('lost', 'gained', 'unknown')
    """
    if UNKNOWN in (here, there):
        return UNKNOWN
    return FATES[WORKS[here], WORKS[there]]


def report(here: Side, there: Side, asked: Sequence[str], rules: Rubric) -> Json:
    """Return all that moving from `here` to `there` changes.

    Args:
        asked: Words of `features.names` that the program uses; () = every conformance probe.
        rules: Names the quantities of performance and which end of their scale is the better one.
    """
    return {
        "from": _about(here),
        "to": _about(there),
        "same_dialect": here.endpoint["dialect"] == there.endpoint["dialect"],
        "asked": list(asked),
        "features": _features(here, there, features.probes(asked) or tuple(conformance.load())),
        "limits": pairwise_rows.limits(here.card, there.card, here.endpoint, there.endpoint),
        "prices": pairwise_rows.prices(here.endpoint, there.endpoint, here.as_of, there.as_of),
        "performance": pairwise_rows.performance(here.endpoint, there.endpoint, rules),
        "facts": pairwise_rows.facts(here.portability, there.portability),
        "terms": pairwise_rows.terms(here.card, there.card, here.endpoint, there.endpoint),
    }


def _about(one: Side) -> Json:
    model, endpoint = one.card["model"], one.endpoint
    return {
        "endpoint": endpoint["ref"],
        "card": one.card_id,
        "as_of": one.card["as_of"],
        "model": model["ref"],
        "name": model["name"],
        "developer": model["developer"]["name"],
        "jurisdiction": model["developer"]["jurisdiction"],
        "provider": endpoint["provider"],
        "region": endpoint["region"],
        "dialect": endpoint["dialect"],
        "first_party": endpoint["first_party"],
        "open_weights": model["open_weights"],
        "released": model["released"],
        "lifecycle": model["lifecycle"],
        "shutdown": model.get("shutdown"),
        "portability": _badge(one.portability),
    }


def _badge(found: Mapping[str, Any] | None) -> Json | None:
    return {name: found[name] for name in ("badge", "score", "low", "high", "coverage")} if found else None


def _features(here: Side, there: Side, names: Iterable[str]) -> Json:
    at = [{row["name"]: row for row in one.portability["matrix"]} if one.portability else {} for one in (here, there)]
    rows = [_feature(name, *(found.get(name) for found in at)) for name in names]
    groups: Json = {
        group: [row for row in rows if fate(row["from"]["result"], row["to"]["result"]) == group] for group in GROUPS
    }
    met = {result: [row["name"] for row in rows if row["to"]["result"] == result] for result in DECEIVING}
    return groups | {f"{result}_there": names for result, names in met.items()}


def _feature(name: str, here: Mapping[str, Any] | None, there: Mapping[str, Any] | None) -> Json:
    return {"name": name, "question": conformance.load()[name].question, "from": _result(here), "to": _result(there)}


def _result(row: Mapping[str, Any] | None) -> Json:
    if row is None:
        return {"result": UNKNOWN, "reason": NOT_PROBED, "n": 0, "taken_at": None, "evidence": []}
    return {name: row[name] for name in ("result", "reason", "n", "taken_at", "evidence")}
