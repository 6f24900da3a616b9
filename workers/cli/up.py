"""pellucid up: everything in one process."""

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager

import click

from scorecards.catalog import Catalog
from service.config import Settings, from_env
from service.store import db
from service.store import jobs as store
from workers import embedded, planning, start
from workers.context import Context
from workers.local_models import LocalModels


@click.command()
@click.option("--local-models", is_flag=True, help="Serve two small real models on this machine and probe them.")
def COMMAND(local_models: bool) -> None:  # noqa: N802, FBT001 - the name that the folder gathers; click passes flags
    """Run API, worker, beat and database in one process; Ctrl-C ends it."""
    embedded.end_on_signals()
    # While it serves, waitress takes the interrupt for an orderly end; before and after, it arrives here.
    with contextlib.suppress(KeyboardInterrupt):
        _run(from_env(), local_models=local_models)
    embedded.ignore_signals()
    click.echo("stopped, everything is kept", err=True)
    embedded.leave()


def _run(settings: Settings, *, local_models: bool) -> None:
    start.data_folder(settings)
    listener = embedded.bind(settings)
    start.migrated(settings).dispose()
    files = start.bundled(settings)
    with _models(settings, wanted=local_models) as served, embedded.working(settings) as context:
        _greet(context, settings)
        start.follow_catalog(context, files, _catalog(served))
        _collect(context, served)
        embedded.serve(context, listener)


@contextmanager
def _models(settings: Settings, *, wanted: bool) -> Iterator[LocalModels | None]:
    if not wanted:
        yield None
        return
    click.echo("starting two local models …", err=True)
    with LocalModels.start(settings.data_dir) as served:
        yield served


def _catalog(served: LocalModels | None) -> Catalog:
    if served is None:
        return Catalog()
    return Catalog(
        developers={one.id: one for one in served.developers()},
        models={one.ref: one for one in served.models()},
        endpoints={one.ref: one for one in served.endpoints()},
    )


def _collect(context: Context, served: LocalModels | None) -> None:
    """Have the weights files of the local models read, once.

    Not the licences beside them: those are of the Python packages, and say nothing about the models.
    """
    if served is None:
        return
    now = context.clock()
    with db.write(context.engine) as session:
        for ref, weights in served.weights().items():
            store.ensure(session, planning.collect_job(ref, [str(weights)]), now)


def _greet(context: Context, settings: Settings) -> None:
    token = start.first_token(context)
    click.echo(f"Pellucid is at {settings.local_url}/ (API: /v1/scorecards, docs: /docs)")
    if token:
        kept = settings.data_dir / start.TOKEN_FILE
        click.echo(f"first admin token, shown once and kept in {kept}: {token}")
