"""pellucid prices list: which endpoints have prices, or every price of one with its state and sources."""

from datetime import datetime
from typing import Any

import click
from rich.table import Table

from scorecards.cost.fact import PriceFact
from scorecards.cost.reconcile import Reconciled, reconcile
from service.store import db, prices
from workers.cli import _opened, _shared


@click.command()
@click.argument("endpoint", required=False)
@click.option("--json", "as_json", is_flag=True)
def COMMAND(endpoint: str | None, as_json: bool) -> None:  # noqa: N802, FBT001 - named as the folder's commands; click passes flags
    """List endpoints that have prices, or the prices of ENDPOINT now, each with every source's number."""
    with _opened.opened() as context, db.read(context.engine) as session:
        if endpoint is None:
            refs = prices.endpoints(session)
            _shared.print_json(refs) if as_json else click.echo("\n".join(refs))
            return
        at = context.clock()
        found = reconcile(prices.facts(session, endpoint, at), at)
    if not found:
        raise _shared.Failed(f"{endpoint}: wants an endpoint with prices (pellucid prices list), has one without")
    if as_json:
        _shared.print_json({"endpoint": endpoint, "at": at.isoformat(), "prices": [plain(one) for one in found]})
    else:
        _shared.out.print(_table(found))


def plain(price: Reconciled) -> dict[str, Any]:
    """Return a price as JSON-able data, amounts as text."""
    where = price.conditions
    spread = price.spread_percent
    return {
        "meter": price.meter,
        "unit": price.unit,
        "currency": price.currency,
        "amount": str(price.amount),
        "state": price.state.value,
        "spread_percent": None if spread is None else str(spread),
        "sources": price.sources,
        "agree": price.agree,
        "conditions": {
            "input_above": where.input_above,
            "input_upto": where.input_upto,
            "tier": where.tier,
            "region": where.region,
            "window": where.window,
        },
        "facts": [_fact(one) for one in price.facts],
    }


def _fact(fact: PriceFact) -> dict[str, Any]:
    return {
        "source": fact.origin.importer,
        "amount": str(fact.amount),
        "valid_from": _instant(fact.valid_from),
        "valid_to": _instant(fact.valid_to),
        "basis": fact.basis.value,
        "observed_at": _instant(fact.observed_at),
        "data_version": fact.origin.data_version,
        "url": fact.origin.url,
        "snippet": fact.origin.snippet,
        "sha256": fact.origin.sha256,
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _table(found: list[Reconciled]) -> Table:
    table = Table("meter", "price", "per", "when", "state", "sources", box=None)
    for one in found:
        said = ", ".join(f"{fact.origin.importer} {fact.amount}" for fact in one.facts)
        table.add_row(one.meter, f"{one.amount} {one.currency}", one.unit, _when(one), one.state.value, said)
    return table


def _when(price: Reconciled) -> str:
    where = price.conditions
    band = f"input > {where.input_above}" if where.input_above else ""
    band = f"{band} <= {where.input_upto}".strip() if where.input_upto else band
    if where.input_upto and not where.input_above:
        band = f"input {band}"
    tier = "" if where.tier == "standard" else where.tier
    return ", ".join(part for part in (tier, band, where.window.replace("_", " "), where.region) if part)
