"""Brings the database to the version this code wants."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from service.store.db import StoreError

MIGRATIONS = Path(__file__).parent / "migrations"


def _config(engine: Engine) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = engine
    return config


def wanted() -> str:
    """Return the newest version this code knows."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head() or ""


def found(engine: Engine) -> str | None:
    """Return the version of the database; None when it is empty.

    Raises:
        StoreError: the database cannot be opened.
    """
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except SQLAlchemyError as error:
        raise StoreError(f"database {_place(engine)}: wants to be opened, {_first_line(error)}") from error


def upgrade(engine: Engine) -> None:
    """Bring the database to `wanted()`.

    Raises:
        StoreError: it cannot be opened or written, or was made by a newer version.
    """
    version = found(engine)
    known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
    if version is not None and version not in known:
        raise StoreError(
            f"database {_place(engine)}: wants version {wanted()} or older, has {version}, made by a newer Pellucid"
        )
    try:
        command.upgrade(_config(engine), "head")
    except SQLAlchemyError as error:
        raise StoreError(f"database {_place(engine)}: wants to be migrated, {_first_line(error)}") from error


def downgrade(engine: Engine, to: str = "base") -> None:
    """Undo migrations down to version `to`; with `base` everything is gone."""
    command.downgrade(_config(engine), to)


def _place(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=True)


def _first_line(error: SQLAlchemyError) -> str:
    return str(getattr(error, "orig", None) or error).splitlines()[0]
