"""The prices of a card turned back into a tariff: what work costs by the card alone, at any hour of the week."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from scorecards.cost import windows
from scorecards.cost.engine import VIEW, Tariff
from scorecards.cost.fact import Basis, Conditions, Origin, PriceFact
from scorecards.cost.market import Market
from scorecards.cost.reconcile import Reconciled, State


class CardTariff(Tariff):
    """The prices that one card lists for an endpoint: those in force when it was made, each with its state."""

    def __init__(self, endpoint: str, prices: Iterable[Mapping[str, Any]], as_of: datetime) -> None:
        listed = [_listed(endpoint, one, as_of) for one in prices]
        super().__init__(endpoint, [fact for one in listed for fact in one.facts])
        self._listed = _by_currency(listed)

    def markets(self, at: datetime, *, any_hour: bool = True) -> Mapping[str, Market]:  # noqa: ARG002 - a card has one
        """Return what the card lists by currency, the prices of every hour side by side."""
        return self._listed


def _by_currency(listed: Iterable[Reconciled]) -> dict[str, Market]:
    found = defaultdict(list)
    for one in listed:
        found[one.currency].append(one)
    order = sorted(found, key=lambda one: (one != VIEW, -len(found[one]), one))
    return {currency: Market(found[currency], windows.load()) for currency in order}


def _listed(endpoint: str, price: Mapping[str, Any], as_of: datetime) -> Reconciled:
    facts = tuple(_fact(endpoint, price, one, as_of) for one in price["sources"])
    amount = Decimal(price["amount"])
    return Reconciled(
        endpoint,
        price["meter"],
        price["unit"],
        price["currency"],
        Conditions(**price["conditions"]),
        amount,
        State(price["state"]),
        facts,
        len(facts),
        sum(one.amount == amount for one in facts),
    )


def _fact(endpoint: str, price: Mapping[str, Any], source: Mapping[str, Any], as_of: datetime) -> PriceFact:
    """Return what one source said; of when it was read a card tells nothing but that it was before."""
    return PriceFact(
        endpoint,
        price["meter"],
        price["unit"],
        Decimal(source["amount"]),
        price["currency"],
        None,
        Basis.IMPORTED,
        as_of,
        Origin(source["url"], source["importer"], ""),
        conditions=Conditions(**price["conditions"]),
    )
