"""Triggers by which a table refuses every change of what is written in it; for migrations."""

from collections.abc import Iterator

from alembic import op


def protect(*tables: str) -> None:
    """Let nobody change or delete a row of these tables any more."""
    for table in tables:
        for statement in PROTECT[op.get_bind().dialect.name](table):
            op.execute(statement)


def unprotect(table: str) -> None:
    """Take the triggers of a table away, for a migration that changes it and then protects it again."""
    for statement in UNPROTECT[op.get_bind().dialect.name](table):
        op.execute(statement)


def _sqlite(table: str) -> Iterator[str]:
    for change in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER {table}_no_{change.lower()} BEFORE {change} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _postgresql(table: str) -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    yield (
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _without_sqlite(table: str) -> Iterator[str]:
    for change in ("update", "delete"):
        yield f"DROP TRIGGER {table}_no_{change}"


def _without_postgresql(table: str) -> Iterator[str]:
    yield f"DROP TRIGGER {table}_append_only ON {table}"


PROTECT = {"sqlite": _sqlite, "postgresql": _postgresql}
UNPROTECT = {"sqlite": _without_sqlite, "postgresql": _without_postgresql}
