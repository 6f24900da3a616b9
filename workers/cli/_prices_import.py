"""pellucid prices import: take in what one source says prices are."""

from pathlib import Path

import click


@click.command()
@click.argument("source")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True)
def COMMAND(source: str, file: Path | None, as_json: bool) -> None:  # noqa: N802, FBT001 - named as the folder's commands; click passes flags
    """Import the prices of SOURCE from FILE, or from where it publishes them; the same input again adds nothing."""
    raise click.UsageError(f"{source}: is not written yet")
