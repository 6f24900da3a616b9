"""Which prices changed between two cards of a model, from when, and whether the vendor did it or we only see more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PriceChange:
    """One price that is another than on the card before, or that was announced since.

    Attributes:
        terms: Meter, unit, currency and conditions.
        before, after: Amounts; None = there was or is none.
        effective: Since when, or from when on; None = no source says.
        announced: Whether it is yet to come.
        by_vendor: No source still states the amount of before; otherwise our sources changed, not the price.
    """

    endpoint: str
    terms: Json
    before: str | None
    after: str | None
    effective: str | None
    announced: bool
    by_vendor: bool

    @property
    def label(self) -> str:
        """What it is a price of, in words without a full stop."""
        return ("announced " if self.announced else "") + label(self.terms)

    def as_json(self) -> Json:
        """Return the change as events tell it."""
        kind = "vendor_change" if self.by_vendor else "evidence_refresh"
        phase = "announced" if self.announced else "in_force"
        amounts = {"before": self.before, "after": self.after}
        return {
            "endpoint": self.endpoint,
            **self.terms,
            **amounts,
            "effective": self.effective,
            "phase": phase,
            "kinds": [kind],
        }


Key = tuple[str, ...]


def label(price: Mapping[str, Any]) -> str:
    """Return what a published price is of, in words without a full stop.

    >>> label({"meter": "cache_read", "currency": "USD", "unit": "1M tokens", "conditions": {"tier": "batch"}})
    'cache read price in USD per 1M tokens, tier batch'
    """
    said = [f"{price['meter'].replace('_', ' ')} price in {price['currency']} per {price['unit']}"]
    return ", ".join([*said, *(f"{key.replace('_', ' ')} {value}" for key, value in price["conditions"].items())])


def changes(before: Json, after: Json) -> list[PriceChange]:
    """Return what changed at endpoints whose prices both cards know."""
    old = {one["ref"]: one for one in before["endpoints"] if one.get("prices")}
    return [
        change
        for now in after["endpoints"]
        if "prices" in now and now["ref"] in old
        for change in (*_in_force(old[now["ref"]], now), *_announced(old[now["ref"]], now))
    ]


def first_seen(before: Json, after: Json) -> list[tuple[str, int]]:
    """Return each endpoint that has prices for the first time, with how many."""
    old = {one["ref"] for one in before["endpoints"] if one.get("prices")}
    return [
        (one["ref"], len(one["prices"])) for one in after["endpoints"] if one.get("prices") and one["ref"] not in old
    ]


def states(before: Json, after: Json) -> Iterator[tuple[str, str, str, str]]:
    """Yield each price of the same amount whose state is another: endpoint, label, state before and after."""
    old = {(one["ref"], _key(price)): price for one in before["endpoints"] for price in one.get("prices", ())}
    for end in after["endpoints"]:
        for price in end.get("prices", ()):
            was = old.get((end["ref"], _key(price)))
            if was and was["amount"] == price["amount"] and was["state"] != price["state"]:
                yield end["ref"], label(price), was["state"], price["state"]


def _in_force(was: Json, now: Json) -> Iterator[PriceChange]:
    old, new = ({_key(one): one for one in end["prices"]} for end in (was, now))
    for key in sorted(old.keys() | new.keys()):
        one, other = old.get(key), new.get(key)
        amounts = (one and one["amount"], other and other["amount"])
        if amounts[0] != amounts[1]:
            about = other or one or {}
            still = {source["amount"] for source in (other or {}).get("sources", ())}
            yield PriceChange(
                now["ref"],
                _terms(about),
                *amounts,
                effective=(other or {}).get("valid_from"),
                announced=False,
                by_vendor=amounts[0] is not None and amounts[0] not in still,
            )


def _announced(was: Json, now: Json) -> Iterator[PriceChange]:
    known = {(_key(one), one["amount"], one["valid_from"]) for one in was.get("announced", ())}
    in_force = {_key(one): one["amount"] for one in now["prices"]}
    for one in now.get("announced", ()):
        if (_key(one), one["amount"], one["valid_from"]) not in known:
            yield PriceChange(
                now["ref"],
                _terms(one),
                in_force.get(_key(one)),
                one["amount"],
                effective=one["valid_from"],
                announced=True,
                by_vendor=True,
            )


def _terms(price: Mapping[str, Any]) -> Json:
    return {name: price[name] for name in ("meter", "unit", "currency", "conditions")}


def _key(price: Mapping[str, Any]) -> Key:
    conditions = (f"{key}={value}" for key, value in sorted(price["conditions"].items()))
    return price["currency"], price["meter"], price["unit"], *conditions
