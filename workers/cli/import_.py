"""pellucid import: take in what others say of models, or recompute what they published."""

from dataclasses import asdict
from pathlib import Path

import click
from sqlalchemy.exc import IntegrityError

from scorecards.ratings import aliases
from scorecards.ratings.rating import Rating
from service.store import db, ratings
from service.store.ratings import Kept
from workers import importers
from workers.cli import _opened, _shared

IMPORTERS = importers.load()


@click.command()
@click.argument("source", type=click.Choice(list(IMPORTERS)))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Only recompute what was published, and compare; nothing is stored.")
@click.option("--json", "as_json", is_flag=True)
def COMMAND(source: str, folder: Path, check: bool, as_json: bool) -> None:  # noqa: N802, FBT001 - gathered by name; click passes flags
    """Import the ratings of SOURCE from FOLDER; the same input again adds nothing."""
    if check:
        _check(source, folder, as_json=as_json)
        return
    kept = _keep(list(IMPORTERS[source].ratings(folder)))
    if as_json:
        _shared.print_json({"source": source, **asdict(kept)})
    else:
        click.echo(f"{source}: {kept.added} added, {kept.unchanged} unchanged, {kept.mapped} about models of ours")


def _keep(found: list[Rating]) -> Kept:
    try:
        with _opened.opened() as context, db.write(context.engine) as session:
            return ratings.keep(session, found, aliases.bundled(), context.clock())
    except IntegrityError as error:
        raise _shared.Failed("wants to be the only import of its source, another one ran meanwhile; repeat") from error


def _check(source: str, folder: Path, *, as_json: bool) -> None:
    found = IMPORTERS[source].check(folder)
    if as_json:
        _shared.print_json({"source": source, **asdict(found)})
    else:
        click.echo("\n".join((*found.notes, *found.mismatches, found.summary)))
    if found.mismatches:
        raise _shared.Failed(f"{source}: wants no mismatch, has {len(found.mismatches)}")
