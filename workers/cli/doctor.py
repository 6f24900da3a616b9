"""pellucid doctor: is everything as it should be?"""

import socket
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import packages_distributions
from urllib.parse import urlsplit

import click

from scorecards import rubric
from scorecards.catalog import CatalogError
from service import secrets
from service.config import ConfigError, Settings, from_env
from service.store import db, jobs, migrate
from service.store.db import StoreError
from workers import local_weights, start
from workers.cli import _shared
from workers.clock import utc_now
from workers.local_models import LocalModelsError

OURS = ("scorecards", "service", "workers")


class Unwell(Exception):
    """A check found something else than it wanted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's outcome; `ok` None = it does not matter here."""

    check: str
    ok: bool | None
    detail: str


@click.command()
@click.option("--json", "as_json", is_flag=True)
def COMMAND(as_json: bool) -> None:  # noqa: N802, FBT001 - gathered by name; click passes flags
    """Check packages, folder, database, catalogue, broker, jobs and keys; exit 1 if something is wrong."""
    settings = from_env()
    with _shared.progress("looking") as shown:
        findings = list(_examined(settings, shown))
    if as_json:
        _shared.print_json([asdict(one) for one in findings])
    else:
        for one in findings:
            mark = {True: "✔", False: "✘", None: "–"}[one.ok]
            click.echo(f"{mark} {one.check}: {one.detail}")
    if wrong := [one.check for one in findings if one.ok is False]:
        raise _shared.Failed(f"wants every check to pass, these did not: {', '.join(wrong)}")


def _examined(settings: Settings, shown: Callable[[int, int], None]) -> Iterator[Finding]:
    for done, (name, check) in enumerate(CHECKS.items(), start=1):
        try:
            yield Finding(name, ok=True, detail=check(settings))
        except (CatalogError, ConfigError, StoreError, Unwell) as error:
            yield Finding(name, ok=False, detail=str(error))
        except LocalModelsError as error:
            yield Finding(name, ok=None, detail=str(error))
        shown(done, len(CHECKS))


def _packages(settings: Settings) -> str:
    """Check that nobody else's distribution has overwritten one of our three packages."""
    owners = packages_distributions()
    for name in OURS:
        # An editable install owns no files, so "nobody" is as good as "pellucid".
        if others := set(owners.get(name, [])) - {"pellucid"}:
            raise Unwell(f"package {name} wants to be pellucid's alone, {', '.join(others)} has one of this name too")
    return f"{', '.join(OURS)} are ours"


def _folder(settings: Settings) -> str:
    start.data_folder(settings)
    return f"{settings.data_dir} can be written"


def _database(settings: Settings) -> str:
    engine = db.connect(settings.database_url)
    try:
        found = migrate.found(engine)
    finally:
        engine.dispose()
    if found != migrate.wanted():
        raise Unwell(f"wants version {migrate.wanted()}, has {found}; run `pellucid migrate`")
    return f"version {found} ({engine.dialect.name})"


def _master_key(settings: Settings) -> str:
    secrets.master_key(settings)
    return "from the environment" if settings.master_key else "in the data folder"


def _catalogue(settings: Settings) -> str:
    found = start.bundled(settings)
    return f"{len(found.developers)} developers, {len(found.models)} models, {len(found.endpoints)} endpoints"


def _rubric(settings: Settings) -> str:
    found = rubric.load()
    return f"{found.id}, {len(found.indicators)} indicators"


def _broker(settings: Settings) -> str:
    if settings.embedded:
        return "in memory, inside `pellucid up`"
    parts = urlsplit(settings.broker_url)
    try:
        socket.create_connection((parts.hostname or "localhost", parts.port or 6379), timeout=3).close()
    except OSError as error:
        raise Unwell(f"wants an answer at {parts.hostname}:{parts.port or 6379}, {error}") from error
    return f"answers at {parts.hostname}:{parts.port or 6379}"


def _jobs(settings: Settings) -> str:
    engine = db.connect(settings.database_url)
    try:
        with db.read(engine) as session:
            backlog = jobs.backlog(session, utc_now())
    finally:
        engine.dispose()
    if backlog.dead:
        raise Unwell("; ".join(f"{key} gave up: {error}" for key, error in backlog.dead))
    return f"{backlog.due} due, the oldest for {backlog.oldest_s:.0f} s"


def _local_models(settings: Settings) -> str:
    local_weights.check_installed(local_weights.MODELS)
    return "installed"


CHECKS: dict[str, Callable[[Settings], str]] = {
    "packages": _packages,
    "data folder": _folder,
    "master key": _master_key,
    "catalogue": _catalogue,
    "rubric": _rubric,
    "database": _database,
    "broker": _broker,
    "jobs": _jobs,
    "local models": _local_models,
}
"""Name → what it says when all is well; it raises when it is not."""
