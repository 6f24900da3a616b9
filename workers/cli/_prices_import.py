"""pellucid prices import: take in what one source says prices are."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from scorecards.cost.checking import CURRENCIES
from scorecards.cost.listing import Quarantined
from service.store import db, prices
from service.store.prices import Run
from workers import price_sources, pricing
from workers.cli import _opened, _shared

DAY = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"])


@click.command()
@click.argument("source", type=click.Choice(list(price_sources.load())))
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--provider", default="", help="Whose list FILE is; for models_list and hand.")
@click.option(
    "--currency",
    type=click.Choice(sorted(CURRENCIES), case_sensitive=False),
    help="What FILE is in; for models_list, which does not say.",
)
@click.option("--as-of", type=DAY, help="When FILE was published (UTC), where it does not say so itself; else now.")
@click.option("--json", "as_json", is_flag=True)
def COMMAND(  # noqa: N802 - named as the folder's commands; click passes each option
    source: str,
    file: Path | None,
    provider: str,
    currency: str | None,
    as_of: datetime | None,
    as_json: bool,  # noqa: FBT001 - click passes flags
) -> None:
    """Import the prices of SOURCE from FILE, or from where it publishes them; the same input again adds nothing.

    What cannot be true is quarantined and told; what was held before stays.
    """
    with _opened.opened() as context:
        if file is None:
            run = pricing.fetch(context, source)
        else:
            at = as_of.replace(tzinfo=UTC) if as_of else context.clock()
            run = pricing.take(context, source, pricing.read_file(source, file, provider, at, currency or ""))
        with db.read(context.engine) as session:
            doubts = prices.quarantined(session, run.source) if run.quarantined else []
    if as_json:
        plain = {**asdict(run), "looked_at": run.looked_at.isoformat()}
        _shared.print_json({**plain, "quarantine": [asdict(one) for one in doubts]})
    else:
        _tell(run, doubts)
    if run.refused:
        raise _shared.Failed(f"{run.source}: {run.refused}; what was held before stays")


def _tell(run: Run, doubts: list[Quarantined]) -> None:
    for one in doubts:
        _shared.err.print(
            f"quarantined {one.subject} {one.meter} ({one.found}): {one.reason}", markup=False, highlight=False
        )
    click.echo(
        f"{run.source} {run.version}: {run.added} added, {run.unchanged} unchanged, {run.quarantined} quarantined"
    )
