"""pellucid worker: does the work that the database says is due."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click
from celery.signals import worker_shutting_down

from service.config import ConfigError, Settings, from_env
from workers import jobs, start, tasks
from workers.app import enqueue_over, make_app
from workers.context import Context, make_context, owner_is_alive
from workers.post_office import PostOffice
from workers.quiet import settle

END_S = 5
"""How long work under way may still take at the end; containers are killed after ten seconds."""


@click.command()
def COMMAND() -> None:  # noqa: N802 - the name that the folder gathers
    """Run a worker; start as many as you like."""
    settings = from_env()
    need_broker(settings, "worker")
    start.data_folder(settings)
    app = make_app(settings)
    context = make_context(settings, enqueue_over(app))
    tasks.register(app, context)
    jobs.recover(context, owner_is_alive)
    start.follow_catalog(context, start.bundled(settings))
    worker = app.Worker(pool="threads", concurrency=settings.threads, quiet=True, loglevel="WARNING")
    settle()
    with ending_in_time(context), PostOffice(context).open():
        worker.start()


@contextmanager
def ending_in_time(context: Context) -> Iterator[None]:
    """Have SIGTERM end this process in `END_S`, whatever its jobs wait for; what they had begun is due at once."""

    def begin_end(**_: object) -> None:
        timer = threading.Timer(END_S, _abandon, [context])
        timer.daemon = True
        timer.start()

    worker_shutting_down.connect(begin_end)
    try:
        yield
    finally:
        worker_shutting_down.disconnect(begin_end)


def _abandon(context: Context) -> None:
    """Give the leases of this process back and end it; threads that wait for a far end cannot be ended otherwise."""
    try:
        jobs.recover(context, lambda owner: owner != context.owner)
    finally:
        os._exit(0)


def need_broker(settings: Settings, command: str) -> None:
    """Refuse to start a process that nobody could reach.

    Raises:
        ConfigError: the broker lives in the memory of another process.
    """
    if settings.embedded:
        raise ConfigError(
            f"PELLUCID_BROKER_URL: {command} wants redis://…, has {settings.broker_url}; "
            "`pellucid up` runs everything in one process without a broker"
        )
