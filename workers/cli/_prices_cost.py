"""pellucid prices cost: what usage costs at an endpoint."""

from pathlib import Path
from typing import Any

import click
from rich.table import Table

from scorecards.cost import published, workloads
from scorecards.cost.engine import Cost, Tariff
from scorecards.cost.market import STANDARD, Price
from scorecards.cost.usage import COUNTS, Usage, UsageError
from scorecards.cost.workloads import Workload, WorkloadError
from service.store import db, prices
from workers.cli import _opened, _shared

COUNT = click.IntRange(min=0)


@click.command()
@click.argument("endpoint")
@click.option("--input", "input", type=COUNT, help="Tokens of the whole input, cached ones included.")
@click.option("--output", type=COUNT, help="Tokens of the whole output, reasoning included.")
@click.option("--cached", type=COUNT, help="Input tokens read from the cache.")
@click.option("--cache-write", type=COUNT, help="Input tokens written into the cache.")
@click.option("--reasoning", type=COUNT, help="Output tokens of reasoning; matters where they are priced apart.")
@click.option("--image", type=COUNT, help="Images, or tokens of them, as the endpoint lists them.")
@click.option("--audio", type=COUNT, help="Minutes or tokens of audio, as the endpoint lists them.")
@click.option("--search", type=COUNT, help="Calls of the provider's search tool.")
@click.option("--requests", type=click.IntRange(min=1), help="Requests that share all this evenly.  [default: 1]")
@click.option("--workload", help="A standard workload instead of counts; see --mix for your own.")
@click.option(
    "--mix",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A file of your own workloads, as docs/extend.md has it.",
)
@click.option("--at", type=_shared.INSTANT, help="When the requests are completed; UTC unless it says.  [default: now]")
@click.option("--currency", help="One that is listed.  [default: USD where it is listed]")
@click.option("--tier", help="Service tier: batch, flex, …  [default: standard]")
@click.option("--region", default="", help="Where it is served.  [default: the region of ENDPOINT]")
@click.option("--json", "as_json", is_flag=True)
def COMMAND(endpoint: str, as_json: bool, **typed: Any) -> None:  # noqa: N802, FBT001, ANN401 - named as the folder's commands; click passes flags
    """Tell what usage costs at ENDPOINT: exactly, with the prices it rests on, their state and their sources."""
    work = _work(typed)
    with _opened.opened() as context:
        at = typed["at"] or context.clock()
        with db.read(context.engine) as session:
            tariff = Tariff(endpoint, prices.facts(session, endpoint, at))
    currency = typed["currency"].upper() if typed["currency"] else None
    cost = workloads.price(tariff, work, at, currency=currency, region=typed["region"])
    if as_json:
        about = {"workload": work.name or None, "tasks": work.times, "usage": work.mix, "tier": work.tier}
        _shared.print_json({**published.bill(cost), **about})
    else:
        _show(cost, work)


def _work(typed: dict[str, Any]) -> Workload:
    """Return what is to be priced, from counts or by name.

    Raises:
        click.UsageError: both or neither were given, or there is no such workload.
        _shared.Failed: the file of one's own workloads cannot be read.
    """
    counts = {name: typed[name] for name in COUNTS if typed[name] is not None}
    named = typed["workload"] is not None or typed["mix"] is not None
    if bool(counts) == named:
        raise click.UsageError(
            f"wants counts (--input, --output, …) or --workload, has {'both' if named else 'neither'}"
        )
    if named and typed["tier"]:
        raise click.UsageError("--tier goes with counts, a workload says its own")
    if named:
        return _named(typed["workload"], typed["mix"])
    try:
        return Workload("", "", Usage(**counts), "", times=1, tier=typed["tier"] or STANDARD)
    except UsageError as error:
        raise click.UsageError(str(error)) from error


def _named(name: str | None, mix: Path | None) -> Workload:
    known = (_read(mix) if mix else workloads.load()).all
    if name is None and len(known) == 1:
        return next(iter(known.values()))
    if name not in known:
        raise click.UsageError(f"--workload wants one of {', '.join(known)}, has {name or 'none'}")
    return known[name]


def _read(mix: Path) -> workloads.Workloads:
    try:
        return workloads.parse(mix.read_text(encoding="utf-8"), mix.name)
    except (OSError, UnicodeDecodeError, WorkloadError) as error:
        raise _shared.Failed(f"--mix {mix}: wants a file of workloads, {error}") from error


def _show(cost: Cost, work: Workload) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("meter", "used", "price", "per", "when", "state", "sources"):
        numeric = name in ("used", "price")
        table.add_column(name, justify="right" if numeric else "left", no_wrap=name != "sources", overflow="fold")
    for line in cost.lines:
        for price in line.choice.prices:
            table.add_row(line.meter, f"{line.quantity:,}", *_cells(price))
    if table.row_count:
        _shared.out.print(table, "")
    _shared.out.print(_sentence(cost, work), markup=False, highlight=False, soft_wrap=True)
    for flag in cost.flags if cost.lines else ():
        _shared.out.print(f"note: {flag}", markup=False, highlight=False, soft_wrap=True)


def _cells(price: Price) -> list[str]:
    listed = price.listed
    said = ", ".join(f"{one.origin.importer} {published.decimal(one.amount)}" for one in listed.facts)
    amount = f"{published.decimal(listed.amount)} {listed.currency}"
    return [amount, listed.unit, published.in_words(listed.conditions) or "always", listed.state.value, said]


def _sentence(cost: Cost, work: Workload) -> str:
    at = f"at {cost.at:%Y-%m-%d %H:%M} UTC"
    if not cost.lines and cost.total is None:
        return f"{cost.endpoint} {at}: unknown, {'; '.join(cost.flags)}"
    what = f"{work.times:,} × {work.name}" if work.name else "all of it"
    view = "" if cost.rate is None else f" ({_span(cost, dollars=True)} at {cost.rate.per_usd} on {cost.rate.date})"
    return f"{cost.endpoint} {at}: {what} costs {_span(cost)}{view}, {cost.state}"


def _span(cost: Cost, *, dollars: bool = False) -> str:
    """Return the total with its range where it has one."""

    def show(amount: object) -> str:
        return str(published.usd(cost, amount) if dollars else published.decimal(amount))  # type: ignore[arg-type]

    currency = "USD" if dollars else cost.currency
    if cost.low == cost.high:
        return f"{show(cost.total)} {currency}"
    between = f"{show(cost.low)} to {show(cost.high)} {currency}"
    return between if cost.total is None else f"{show(cost.total)} {currency} ({between})"
