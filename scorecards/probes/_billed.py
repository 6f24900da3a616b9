"""Tokens as billed and what they cost at that instant: what the probes of cost share."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from scorecards.cost.usage import Usage, UsageError
from scorecards.exchanges import Exchange
from scorecards.probes._probe import Target

LOCAL = "served from this machine, which lists no price"
NO_PRICE = "no price of this endpoint is held"
NO_USAGE = "the answers report no usage that can be billed"
USD_DIGITS = 12
"""Decimal places of an amount in US dollars; a token costs from 1e-8 on."""


@dataclass(frozen=True, slots=True)
class Paid:
    """What usage cost: `usd` is None where that is not known; `note` = why, or the state of the prices used."""

    usd: Decimal | None
    note: str


def billed(exchange: Exchange) -> Usage | None:
    """Return the tokens that were billed; None where input or output is not reported, or the counts cannot be."""
    told = exchange.usage
    if told is None or told.input is None or told.output is None:
        return None
    try:
        return Usage(told.input, told.output, cached=told.cached or 0, reasoning=told.reasoning or 0)
    except UsageError:
        return None


def paid(target: Target, exchange: Exchange, usage: Usage) -> Paid:
    """Return what usage cost at the instant when the exchange ended, at the endpoint's standard tier."""
    if target.local or target.tariff is None:
        return Paid(None, LOCAL if target.local else NO_PRICE)
    ended_at = exchange.started_at + timedelta(microseconds=(exchange.end_ns or 0) // 1000)
    cost = target.tariff.cost(usage, ended_at)
    if cost.usd is None:
        return Paid(None, "; ".join(cost.flags) or f"several prices may apply, or no rate of {cost.currency} is held")
    return Paid(round(cost.usd, USD_DIGITS), f"prices: {cost.state.replace('_', ' ')}")


def notes(found: Iterable[Paid]) -> str:
    """Return what there is to say of several payments, each word once."""
    return "; ".join(dict.fromkeys(one.note for one in found))
