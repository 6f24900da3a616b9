"""Dated exchange rates: what a price in another currency is in US dollars, and by whose rate of which day."""

import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).parents[1] / "data" / "exchange_rates.toml"


@dataclass(frozen=True, slots=True)
class Rate:
    """What one US dollar cost on a day: `per_usd` units of `currency`."""

    currency: str
    per_usd: Decimal
    date: date
    source: str

    def usd(self, amount: Decimal) -> Decimal:
        """Return an amount of the currency in US dollars, to 28 digits."""
        return amount / self.per_usd


Rates = Mapping[str, tuple[Rate, ...]]
"""By currency, oldest first."""


def parse(text: str) -> Rates:
    """Return the rates that a TOML text holds.

    Raises:
        ValueError: it is no TOML, or a rate is not above zero.
    """
    rows = [
        Rate(row["currency"], Decimal(row["per_usd"]), row["date"], row["source"])
        for row in tomllib.loads(text)["rate"]
    ]
    if wrong := [one for one in rows if not one.per_usd > 0]:
        raise ValueError(f"per_usd wants a number above 0, has {wrong[0].per_usd} for {wrong[0].currency}")
    rows.sort(key=lambda one: (one.currency, one.date))
    return {name: tuple(one for one in rows if one.currency == name) for name in {one.currency for one in rows}}


@lru_cache
def load() -> Rates:
    """Return the bundled rates."""
    return parse(FILE.read_text(encoding="utf-8"))


def rate(currency: str, at: datetime, rates: Rates | None = None) -> Rate | None:
    """Return the newest rate on or before an aware instant; None = there is none so old, or none of the currency."""
    known = (load() if rates is None else rates).get(currency, ())
    found = bisect_right(known, at.astimezone(UTC).date(), key=lambda one: one.date)
    return known[found - 1] if found else None
