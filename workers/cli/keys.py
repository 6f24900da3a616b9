"""pellucid keys: tokens of the API."""

from typing import Any

import click

from service.store import db, tokens
from workers.cli import _opened, _shared


@click.group()
def COMMAND() -> None:  # noqa: N802 - the name that the folder gathers
    """Make, list and revoke API tokens."""


@COMMAND.command()
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    required=True,
    type=click.Choice(list(tokens.SCOPES)),
    help="What the token may do; may be given several times.",
)
@click.option("--days", default=tokens.DEFAULT_DAYS, show_default=True, type=click.IntRange(1, 3650), help="Lifetime.")
@click.option("--note", default="", help="Whose it is.")
@click.option("--json", "as_json", is_flag=True)
def create(scopes: tuple[str, ...], days: int, note: str, as_json: bool) -> None:  # noqa: FBT001 - click passes flags
    """Make a token; it is shown once."""
    with _opened.opened() as context, db.write(context.engine) as session:
        text = tokens.create(session, scopes, note, context.clock(), days)
    if as_json:
        _shared.print_json({"token": text, "scopes": list(scopes), "days": days})
    else:
        click.echo(text)


@COMMAND.command("list")
@click.option("--json", "as_json", is_flag=True)
def list_tokens(as_json: bool) -> None:  # noqa: FBT001 - click passes flags
    """List tokens; their secrets are nowhere kept."""
    with _opened.opened() as context, db.read(context.engine) as session:
        rows = tokens.list_all(session)
    shown: list[dict[str, Any]] = [
        {
            "id": one.id,
            "scopes": list(one.scopes),
            "note": one.note,
            "expires_at": one.expires_at.isoformat(),
            "revoked": one.revoked_at is not None,
        }
        for one in rows
    ]
    if as_json:
        _shared.print_json(shown)
    else:
        for one in shown:
            end = "revoked" if one["revoked"] else f"until {one['expires_at']}"
            click.echo(f"{one['id']}  {','.join(one['scopes'])}  {end}  {one['note']}")


@COMMAND.command()
@click.argument("token_id")
def revoke(token_id: str) -> None:
    """Make a token worthless from now on."""
    with _opened.opened() as context, db.write(context.engine) as session:
        if not tokens.revoke(session, token_id, context.clock()):
            raise _shared.Failed(f"wants the id of a token (see `pellucid keys list`), has {token_id!r}")
    click.echo(f"revoked {token_id}")
