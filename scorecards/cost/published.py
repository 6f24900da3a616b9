"""Prices and costs as documents: one form for the command line, the API and the card."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from scorecards.cost.engine import Cost, Tariff
from scorecards.cost.exchange import Rate
from scorecards.cost.fact import Conditions, PriceFact
from scorecards.cost.market import Price
from scorecards.cost.past import Step
from scorecards.cost.workloads import Workload

Json = dict[str, Any]
VIEW_DIGITS = 8
"""Significant digits of an amount that was converted; listed ones are exact."""


def decimal(value: Decimal | None) -> str | None:
    """Return an exact decimal as text without exponent and without zeros at its end; None stays None."""
    if value is None:
        return None
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def instant(at: datetime | None) -> str | None:
    """Return an aware UTC instant as RFC 3339 to the second; None stays None."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def usd(cost: Cost, amount: Decimal | None) -> str | None:
    """Return an amount of a cost in US dollars, rounded where it was converted; None = not known."""
    found = cost.in_usd(amount)
    if found and cost.rate:
        found = round(found, VIEW_DIGITS - 1 - found.adjusted())
    return decimal(found)


def cost(one: Cost) -> Json:
    """Return what usage costs, without the prices that it rests on."""
    return {
        "total": decimal(one.total),
        "currency": one.currency,
        "low": decimal(one.low),
        "high": decimal(one.high),
        "usd": usd(one, one.total),
        "usd_low": usd(one, one.low),
        "usd_high": usd(one, one.high),
        "rate": rate(one.rate),
        "state": one.state,
        "flags": list(one.flags),
    }


def bill(one: Cost) -> Json:
    """Return what usage costs with the prices that it rests on, and their sources."""
    lines = [{"meter": line.meter, "quantity": line.quantity} for line in one.lines]
    whole = {"endpoint": one.endpoint, "at": instant(one.at), **cost(one)}
    return {**whole, "lines": lines, "facts": [price(each) for each in one.prices]}


def workload(one: Workload, found: Cost) -> Json:
    """Return what a workload costs."""
    return {**about(one), **cost(found)}


def about(one: Workload) -> Json:
    """Return what a workload is."""
    named = {"workload": one.name, "title": one.title, "tasks": one.times, "tier": one.tier}
    return {**named, "mix": one.mix, "why": one.why}


def step(one: Step) -> Json:
    """Return what a unit cost for a time."""
    span = {"start": instant(one.start), "end": instant(one.end)}
    return {**span, "low": decimal(one.low), "high": decimal(one.high), "state": one.state}


def rate(one: Rate | None) -> Json | None:
    """Return the rate of a USD view; None = there is no conversion."""
    if one is None:
        return None
    return {"per_usd": decimal(one.per_usd), "date": one.date.isoformat(), "source": one.source}


def price(one: Price) -> Json:
    """Return a price that is in force, with what every source says of it."""
    listed = one.listed
    return {
        "meter": listed.meter,
        "unit": listed.unit,
        "amount": decimal(listed.amount),
        "currency": listed.currency,
        "conditions": conditions(listed.conditions),
        "state": listed.state.value,
        "spread_percent": decimal(listed.spread_percent),
        "sources": [source(fact) for fact in listed.facts],
    }


def of_card(tariff: Tariff | None, at: datetime) -> Json:
    """Return what a card says of an endpoint's prices: those in force and those announced; {} = there are no facts."""
    if tariff is None:
        return {}
    return {
        "prices": [_brief(one) for one in tariff.listed(at)],
        "announced": [announced(one) for one in tariff.announced(at)],
    }


def _brief(one: Price) -> Json:
    origins = [(fact.origin, fact.amount) for fact in one.listed.facts]
    sources = [{"importer": by.importer, "amount": decimal(amount), "url": by.url} for by, amount in origins]
    return {**price(one), "valid_from": instant(one.listed.facts[0].valid_from), "sources": sources}


def announced(one: PriceFact) -> Json:
    """Return a fact that takes effect later."""
    about = {"meter": one.meter, "unit": one.unit, "amount": decimal(one.amount), "currency": one.currency}
    known = {"valid_from": instant(one.valid_from), "importer": one.origin.importer, "url": one.origin.url}
    return {**about, "conditions": conditions(one.conditions), **known}


def source(fact: PriceFact) -> Json:
    """Return what one source says, and where."""
    return {
        "amount": decimal(fact.amount),
        "importer": fact.origin.importer,
        "data_version": fact.origin.data_version,
        "url": fact.origin.url,
        "sha256": fact.origin.sha256 or None,
        "snippet": fact.origin.snippet,
        "valid_from": instant(fact.valid_from),
        "valid_to": instant(fact.valid_to),
        "basis": fact.basis.value,
        "observed_at": instant(fact.observed_at),
    }


def conditions(terms: Conditions) -> Json:
    """Return when a price applies, without what is always so."""
    named: Json = {
        "input_above": terms.input_above,
        "input_upto": terms.input_upto,
        "tier": terms.tier if terms.tier != Conditions().tier else None,
        "region": terms.region or None,
        "window": terms.window or None,
    }
    return {key: value for key, value in named.items() if value is not None}


def in_words(terms: Conditions) -> str:
    """Return when a price applies, for people; "" = always.

    >>> in_words(Conditions(input_above=272_000, window="deepseek_peak"))
    'above 272,000 input tokens, deepseek peak'
    """
    said = (
        f"above {terms.input_above:,} input tokens" if terms.input_above is not None else "",
        f"up to {terms.input_upto:,} input tokens" if terms.input_upto is not None else "",
        terms.tier if terms.tier != Conditions().tier else "",
        terms.region,
        terms.window.replace("_", " "),
    )
    return ", ".join(filter(None, said))
