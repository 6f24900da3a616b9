"""pellucid migrate: brings the database to the version this code wants."""

import click

from service.config import from_env
from service.store import db, migrate
from workers import start
from workers.context import make_context


@click.command()
def COMMAND() -> None:  # noqa: N802 - the name that the folder gathers
    """Migrate the database, make the first admin token, load the catalogue."""
    settings = from_env()
    start.data_folder(settings)
    engine = db.connect(settings.database_url)
    before = migrate.found(engine)
    migrate.upgrade(engine)
    context = make_context(settings, lambda *_: None)
    start.follow_catalog(context, start.bundled(settings))
    token = start.first_token(context)
    click.echo(f"database: version {before or 'none'} → {migrate.wanted()}")
    if token:
        click.echo(f"first admin token, shown once and kept in {settings.data_dir / start.TOKEN_FILE}: {token}")
