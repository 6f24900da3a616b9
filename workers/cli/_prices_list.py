"""pellucid prices list: which endpoints have prices, or every price of one with its state and sources."""

import click


@click.command()
@click.argument("endpoint", required=False)
@click.option("--json", "as_json", is_flag=True)
def COMMAND(endpoint: str | None, as_json: bool) -> None:  # noqa: N802, FBT001 - named as the folder's commands; click passes flags
    """List endpoints that have prices, or the prices of ENDPOINT."""
    raise click.UsageError("is not written yet")
