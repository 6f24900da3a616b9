"""pellucid beat: asks for a sweep every few seconds."""

import signal
import sys
from types import FrameType

import celery.beat
import click

from service.config import from_env
from workers.app import make_app
from workers.cli.worker import need_broker


@click.command()
def COMMAND() -> None:  # noqa: N802 - the name that the folder gathers
    """Run the scheduler; a second one does no harm."""
    settings = from_env()
    need_broker(settings, "beat")
    # Celery's scheduler sets no handler, and as the first process of a container it would never hear SIGTERM.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _end)
    # The table has one row and the truth is in SQL: nothing to keep between starts.
    celery.beat.Service(make_app(settings), scheduler_cls=celery.beat.Scheduler).start()


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(0)
