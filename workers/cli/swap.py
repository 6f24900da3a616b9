"""pellucid swap: what becomes of a program that moves from one endpoint to another, and all it takes to move it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from scorecards.switching import app
from service import drills
from service.drills import Wish
from service.store import db
from service.store.comparisons import Comparison
from service.store.errors import NotAccepted
from workers.cli import _shared
from workers.cli._opened import opened
from workers.cli.compare import BY, run
from workers.context import Context


@click.command()
@click.argument("endpoints", nargs=-1)
@click.option(
    "--app",
    "app_file",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="What the program needs, in TOML.",
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Folder for the pack.")
@click.option("--candidate", help="For which candidate the pack is; else the one best advised.")
@click.option("--json", "as_json", is_flag=True)
def COMMAND(  # noqa: N802 - the name that the folder gathers
    endpoints: tuple[str, ...],
    app_file: Path,
    out: Path | None,
    candidate: str | None,
    as_json: bool,  # noqa: FBT001 - click passes flags
) -> None:
    """Find out what becomes of a program that moves from A to B: `pellucid swap [A B…] --app app.toml --out DIR`.

    A is the endpoint in use. Endpoints that are named here take the place of the file's.
    """
    wish = _wish(endpoints, app_file)
    with opened() as context:
        one = run(context, _created(context, wish))
        with db.read(context.engine) as session:
            files = drills.files(session, one, candidate)
    document = drills.document(one) or {}
    if out is not None:
        write(out, files)
    if as_json:
        _shared.print_json(document)
    else:
        _show(document, out, files)
    if one.state != "done":
        raise _shared.Failed(f"{one.id}: {one.state}, {one.reason}; what came before is kept")


def _wish(endpoints: tuple[str, ...], file: Path) -> Wish:
    told = app.told(_text(file), file.name)
    if endpoints:
        told |= {"baseline": endpoints[0], "candidates": list(endpoints[1:])}
    named = app.read(told, file.name).prompts
    return Wish(told, file.name, _prompts(file.parent / named, file.name) if named else None)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise _shared.Failed(f"{file.name}: wants UTF-8, {error}") from error


def _prompts(path: Path, name: str) -> tuple[bytes, str]:
    if not path.is_file():
        raise _shared.Failed(f"{name}: prompts: wants a file beside it, has no {path.name}")
    return path.read_bytes(), path.name


def _created(context: Context, wish: Wish) -> Comparison:
    try:
        with db.write(context.engine) as session:
            return drills.create(session, wish, BY, context.settings, context.clock())
    except NotAccepted as error:
        raise _shared.Failed("\n".join(f"{wish.name}: {key}: {one}" for key, one in error.problems.items())) from error


def write(out: Path, files: Mapping[str, str]) -> None:
    """Write the files of a pack into a folder."""
    out.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8")


def _show(document: Mapping[str, Any], out: Path | None, files: Mapping[str, str]) -> None:
    table = Table("move to", "advice", "why", "findings", title=escape(f"Away from {document['baseline']['ref']}"))
    for one in document["candidates"]:
        told = one["recommendation"]
        found = ", ".join(" ".join(filter(None, (each["kind"], each["what"]))) for each in one["findings"])
        table.add_row(*map(escape, (one["ref"], told["advice"], told["reason"], found or "none")))
    _shared.out.print(table)
    if out is not None:
        click.echo(f"written to {out}: {', '.join(files)}")
