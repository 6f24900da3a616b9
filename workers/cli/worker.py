"""pellucid worker: does the work that the database says is due."""

import click

from service.config import ConfigError, Settings, from_env
from workers import jobs, start, tasks
from workers.app import enqueue_over, make_app
from workers.context import make_context, owner_is_alive


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
    app.Worker(pool="threads", concurrency=settings.threads, quiet=True, loglevel="WARNING").start()


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
