"""pellucid models: the catalogue."""

from pathlib import Path

import click

from scorecards import catalog_files
from scorecards.catalog import Endpoint, Model
from service.store import catalog, db
from service.store import jobs as store
from workers import planning
from workers.cli import _opened, _shared


@click.group()
def COMMAND() -> None:  # noqa: N802 - the name that the folder gathers
    """List the catalogue and add to it."""


@COMMAND.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_models(as_json: bool) -> None:  # noqa: FBT001 - click passes flags
    """List models with their endpoints."""
    with _opened.opened() as context, db.read(context.engine) as session:
        models, endpoints = catalog.page(session, Model), catalog.page(session, Endpoint)
    served = {one.ref: [end.ref for end in endpoints if end.model == one.ref] for one in models}
    if as_json:
        _shared.print_json([{**catalog.plain(one), "endpoints": served[one.ref]} for one in models])
    else:
        for one in models:
            click.echo(f"{one.ref}  {one.lifecycle}  {', '.join(served[one.ref]) or 'no endpoint'}")


@COMMAND.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--probe", is_flag=True, help="Probe its endpoints from now on, at each probe's cadence.")
def add(file: Path, probe: bool) -> None:  # noqa: FBT001 - click passes flags
    """Add a catalogue FILE (as in docs/extend.md): a developer, its models and endpoints."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _shared.Failed(f"{file}: wants a readable TOML file, {error}") from error
    part = catalog_files.parse(text, file.name)
    with _opened.opened() as context, db.write(context.engine) as session:
        now = context.clock()
        known = catalog.whole(session)
        catalog_files.merge({"the catalogue": known, file.name: part})
        catalog.add(session, part, "api")
        for ref in {*part.models, *(end.model for end in part.endpoints.values())}:
            store.request(session, store.publish_job(ref), now)
        for endpoint in part.endpoints.values() if probe else ():
            planning.plan_probes(session, endpoint, context.settings, now)
    click.echo(f"added {len(part.models)} models and {len(part.endpoints)} endpoints")
