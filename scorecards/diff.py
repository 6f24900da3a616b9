"""What changed between two cards of one model, why, and whether it is worth a new card."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from scorecards.card import Json, content_digest
from scorecards.cost import changes as prices
from scorecards.dispute import State
from scorecards.rubric import Rubric

DRIFT_EVERY = timedelta(days=1)
"""A measured quantity that wanders publishes at most one card a day."""

FACTS = ("lifecycle", "shutdown", "open_weights")
"""Facts of the model whose change is worth a new card."""

UNKNOWN = "unknown"
UPHELD = State.UPHELD.value


class Kind(StrEnum):
    """Why a card changed."""

    VENDOR_CHANGE = "vendor_change"
    EVIDENCE_REFRESH = "evidence_refresh"
    METHOD_CHANGE = "method_change"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: `path` is `verdicts.A3.state` or `endpoints.REF.ttft_ms`; None = there was or is nothing."""

    kind: Kind
    path: str
    before: str | None
    after: str | None
    drift: bool = False

    def as_json(self) -> Json:
        """Return the change as the card publishes it."""
        fields = asdict(self)
        del fields["drift"]
        return {**fields, "kind": self.kind.value}


def changes(before: Json, after: Json, rubric: Rubric) -> list[Change]:
    """Return every difference that is worth telling, verdicts first; [] when only details or noise differ."""
    return [
        *_verdicts(before, after),
        *_disputes(before, after),
        *_model(before, after),
        *_prices(before, after),
        *_portability(before, after),
        *_measurements(before, after, rubric),
    ]


def worth_publishing(before: Json | None, after: Json, found: list[Change]) -> bool:
    """Tell whether `after` must become a card: something changed, or what `before` promised has expired."""
    if before is None:
        return True
    if content_digest(before) == content_digest(after):
        return False
    if any(not change.drift for change in found) or expired(before, after["as_of"]):
        return True
    return bool(found) and _age(before, after) >= DRIFT_EVERY


def expired(card: Json, as_of: str) -> bool:
    """Tell whether evidence that the card still calls fresh has passed its time to live."""
    return any(not one["stale"] and one["expires_at"] and one["expires_at"] <= as_of for one in card["verdicts"])


def next_expiry(card: Json) -> str | None:
    """Return when the first evidence that the card calls fresh expires; None when nothing does."""
    return min((one["expires_at"] for one in card["verdicts"] if one["expires_at"] and not one["stale"]), default=None)


def _age(before: Json, after: Json) -> timedelta:
    return datetime.fromisoformat(after["as_of"]) - datetime.fromisoformat(before["as_of"])


def _verdicts(before: Json, after: Json) -> list[Change]:
    same_method = before["rubric"]["sha256"] == after["rubric"]["sha256"]
    old = {one["indicator"]: one for one in before["verdicts"]}
    new = {one["indicator"]: one for one in after["verdicts"]}
    corrected = {now["indicator"] for _, now in _moved(before, after) if now["state"] == UPHELD}
    found = []
    for indicator in sorted(old.keys() | new.keys()):
        was, now = old.get(indicator, {}), new.get(indicator, {})
        kind = _kind(was, now) if same_method else Kind.METHOD_CHANGE
        if indicator in corrected:
            kind = Kind.CORRECTION
        for field in ("state", "value", "stale"):
            if was.get(field) != now.get(field):
                path = f"verdicts.{indicator}.{field}"
                found.append(Change(kind, path, _text(was.get(field)), _text(now.get(field))))
    return found


def _kind(was: Mapping[str, Any], now: Mapping[str, Any]) -> Kind:
    """Return evidence_refresh when only our looking changed, vendor_change when what we saw did."""
    looked_anew = "unchecked" in (was.get("state"), now.get("state")) or was.get("stale") != now.get("stale")
    return Kind.EVIDENCE_REFRESH if looked_anew else Kind.VENDOR_CHANGE


def _disputes(before: Json, after: Json) -> list[Change]:
    return [
        Change(
            Kind.CORRECTION if now["state"] == UPHELD else Kind.EVIDENCE_REFRESH,
            f"disputes.{now['id']}.state",
            was.get("state"),
            now["state"],
        )
        for was, now in _moved(before, after)
    ]


def _moved(before: Json, after: Json) -> list[tuple[Json, Json]]:
    """Return each dispute whose state is another than on the card before, as it was ({} = it is new) and as it is."""
    old = {one["id"]: one for one in before.get("disputes", [])}
    new = after.get("disputes", [])
    return [(was, one) for one in new if (was := old.get(one["id"], {})).get("state") != one["state"]]


def _model(before: Json, after: Json) -> list[Change]:
    """Return what changed in the model's own facts: its lifecycle and its end above all."""
    was, now = before["model"], after["model"]
    return [
        Change(Kind.VENDOR_CHANGE, f"model.{fact}", _text(was.get(fact)), _text(now.get(fact)))
        for fact in FACTS
        if was.get(fact) != now.get(fact)
    ]


def _prices(before: Json, after: Json) -> list[Change]:
    """Return what changed in prices; those that are there for the first time are one change of their endpoint."""
    refresh = Kind.EVIDENCE_REFRESH
    return [
        *(
            Change(refresh, f"endpoints.{ref}.prices", None, str(count))
            for ref, count in prices.first_seen(before, after)
        ),
        *(
            Change(
                Kind.VENDOR_CHANGE if one.by_vendor else refresh,
                f"endpoints.{one.endpoint}.{one.label}",
                one.before,
                one.after,
            )
            for one in prices.changes(before, after)
        ),
        *(
            Change(refresh, f"endpoints.{ref}.{label} state", was, now)
            for ref, label, was, now in prices.states(before, after)
        ),
    ]


def _portability(before: Json, after: Json) -> list[Change]:
    """Return what changed in badges and grades; one that appears or goes is about our looking."""
    old, new = _grades(before), _grades(after)
    found = []
    for place in sorted(old.keys() | new.keys()):
        was, now = old.get(place), new.get(place)
        if was != now:
            kind = Kind.EVIDENCE_REFRESH if None in (was, now) else Kind.VENDOR_CHANGE
            found.append(Change(kind, place, was, now))
    return found


def _grades(card: Json) -> dict[str, str]:
    """Return path → badge or grade, of what is known."""
    found = {}
    for end in card["endpoints"]:
        portability = end.get("portability") or {"badge": None, "matrix": []}
        if portability["badge"]:
            found[f"endpoints.{end['ref']}.portability"] = portability["badge"]
        grades = {one["name"]: one["result"] for one in portability["matrix"] if one["result"] != UNKNOWN}
        found |= {f"endpoints.{end['ref']}.conformance:{name}": grade for name, grade in grades.items()}
    return found


def _measurements(before: Json, after: Json, rubric: Rubric) -> list[Change]:
    old, new = _figures(before), _figures(after)
    found = []
    for ref, quantity in sorted(old.keys() | new.keys()):
        was, now = old.get((ref, quantity)), new.get((ref, quantity))
        if _material(was, now, Decimal(str(rubric.row(quantity).get("materiality", 0)))):
            kind = Kind.EVIDENCE_REFRESH if was is None or now is None else Kind.VENDOR_CHANGE
            drift = was is not None and now is not None
            found.append(Change(kind, f"endpoints.{ref}.{quantity}", _text(was), _text(now), drift))
    return found


def _figures(card: Json) -> dict[tuple[str, str], Any]:
    return {(end["ref"], one["quantity"]): one["value"] for end in card["endpoints"] for one in end["readings"]}


def _material(was: object, now: object, threshold: Decimal) -> bool:
    if was == now:
        return False
    if not (isinstance(was, str) and isinstance(now, str)):
        return True
    before, after = Decimal(was), Decimal(now)
    return abs(after - before) > threshold * max(abs(before), abs(after))


def _text(value: object) -> str | None:
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
