"""Opens the database: SQLite (WAL) and PostgreSQL by the same code."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

from scorecards.errors import Expected

BUSY_TIMEOUT_MS = 15_000
INSERTS = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class StoreError(Expected, RuntimeError):
    """The database cannot be used; the message says what was wanted and what was found."""


def connect(url: str) -> Engine:
    """Return an engine; nothing is opened until it is used."""
    engine = create_engine(url, pool_pre_ping=not url.startswith("sqlite"))
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connected)
        event.listen(engine, "begin", _sqlite_begin)
    return engine


@contextmanager
def read(engine: Engine) -> Iterator[Session]:
    """Open a session that only reads."""
    with Session(engine) as session:
        yield session


@contextmanager
def write(engine: Engine) -> Iterator[Session]:
    """Open a session in one transaction: committed at the end, rolled back on an error."""
    with Session(engine.execution_options(writes=True), expire_on_commit=False) as session, session.begin():
        yield session


def insert_into(session: Session, table: type[DeclarativeBase]) -> postgresql.Insert:
    """Return an INSERT that may say what to do on a conflict, as both databases do in the same words."""
    made: Any = INSERTS[session.get_bind().dialect.name](table)
    return made  # type: ignore[no-any-return] # one interface, two classes


def _sqlite_connected(connection: Any, _record: object) -> None:  # noqa: ANN401 - sqlite3.Connection behind an adapter
    # The driver would open transactions by itself, and too late; `_sqlite_begin` does it instead.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={BUSY_TIMEOUT_MS}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    # A transaction that reads first and writes later cannot be upgraded under WAL when another wrote in between
    # (SQLITE_BUSY at once, whatever the timeout); so writers take the lock at the start.
    immediate = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
