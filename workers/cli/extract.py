"""pellucid extract: what documents say about a model, without a database."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from scorecards import extraction
from scorecards.card import plain
from scorecards.catalog import Cited, Endpoint
from scorecards.evidence import Document, Identity
from scorecards.extraction import Answer
from service.config import from_env
from workers import probing, proposing, start
from workers.cli import _shared
from workers.clock import utc_now
from workers.fetching import folders
from workers.fetching.deriving import CannotRead, readable
from workers.fetching.folders import CannotCollect, LocalFile
from workers.proposing import Reader


@click.command()
@click.option("--developer", required=True, help="Who makes the model, as in the first half of a ref.")
@click.option("--model", required=True, help="Which model, as in the second half of a ref or as it calls itself.")
@click.option("--names", type=click.Choice(["ours", "gold"]), default="ours", help="Whose names of what is asked.")
@click.option("--reader", help="Have a language model read too: an endpoint of the catalogue files, or a URL.")
@click.option("--reader-model", help="What the model is called at that URL, which speaks OpenAI's chat protocol.")
@click.option("--json", "as_json", is_flag=True)
@click.argument("files", nargs=-1, required=True)
def COMMAND(  # noqa: N802, PLR0913, PLR0917 - gathered by name; click passes options
    developer: str,
    model: str,
    names: str,
    reader: str | None,
    reader_model: str | None,
    files: tuple[str, ...],
    as_json: bool,  # noqa: FBT001 - click passes flags
) -> None:
    """Read FILES, or all files of a folder, and show every finding about one model with its quote."""
    second = partial(proposing.propose, _reader(reader, reader_model)) if reader else extraction.nothing
    paths = [path for name in files for path in _files(Path(name))]
    documents = [_document(path) for path in paths]
    identity = Identity(f"{developer}/{model}", (model,), (developer,))
    answers = extraction.extract(identity, documents, second=second)
    rows = _rows(
        extraction.gold(answers) if names == "gold" else {one.quantity: one for one in answers}, paths, documents
    )
    if as_json:
        _shared.print_json(rows)
    else:
        _shared.out.print(_table(rows))


def _document(path: Path) -> Document:
    """Return a file as a document, or the text made of it.

    Raises:
        Failed: it cannot be had.
    """
    try:
        document = folders.read(LocalFile(path, f"file:{path.name}"), datetime.now(UTC), lambda _: False)
    except CannotCollect as error:
        raise _shared.Failed(f"{path}: {error}") from error
    try:
        return readable(document, None)
    except CannotRead:
        return document  # its readers say why they cannot


def _reader(reader: str, model: str | None) -> Reader:
    """Return the reader at an endpoint or a URL; one that is named by URL may live on this machine.

    Raises:
        Failed: no such endpoint, or a URL without the name of a model.
    """
    settings = from_env()
    if "://" not in reader:
        endpoint = start.bundled(settings).endpoints.get(reader)
        if endpoint is None:
            raise _shared.Failed(f"--reader: wants an endpoint of the catalogue files or a URL, has {reader!r}")
        return Reader(endpoint, settings.allow_networks, settings.reader_tokens, utc_now)
    if model is None:
        raise _shared.Failed("--reader: wants --reader-model beside a URL, has none")
    cited = Cited("the command line", utc_now().date())
    endpoint = Endpoint(f"reader:{model}", "", "reader", model, "openai_chat", reader.rstrip("/"), cited)
    return Reader(endpoint, probing.networks(settings, local=True), settings.reader_tokens, utc_now)


def _files(path: Path) -> Sequence[Path]:
    """Return the files of a folder in order, or the file itself."""
    if path.is_dir():
        found = sorted(one for one in path.rglob("*") if one.is_file() and not one.name.startswith("."))
        if not found:
            raise _shared.Failed(f"{path}: wants files in it, has none")
        return found
    return [path]


def _rows(answers: dict[str, Answer], paths: Sequence[Path], documents: Sequence[Document]) -> list[dict[str, Any]]:
    files = {document.sha256: str(path) for path, document in zip(paths, documents, strict=True)}
    return [
        {
            "indicator": name,
            "state": one.state.value,
            "value": plain(one.value),
            "unit": one.unit,
            "quote": one.quote.text if one.quote else None,
            "file": files.get(one.sha256) if one.quote else None,
            "start": one.quote.start if one.quote else None,
            "end": one.quote.end if one.quote else None,
            "reason": one.reason,
        }
        for name, one in answers.items()
    ]


def _table(rows: Sequence[dict[str, Any]]) -> Table:
    table = Table("indicator", "state", "value", "quote", box=None)
    for row in rows:
        value = f"{row['value']} {row['unit']}".strip() if row["value"] is not None else ""
        table.add_row(row["indicator"], row["state"], value[:40], " ".join((row["quote"] or "").split())[:80])
    return table
