"""What the commands share: settings, an open context, errors in one line, a progress bar on a terminal."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from scorecards.catalog import Model
from service.config import from_env
from service.store import catalog, db, prices
from service.store import jobs as store
from service.store.jobs import Lease, Wanted
from workers import jobs, pricing, start
from workers.context import Context, make_context, owner_is_alive

err = Console(stderr=True)
out = Console()

WAIT_S = 0.2


class Failed(Exception):
    """The command could not do what was asked; the message says what was wanted and what was found."""


@contextmanager
def opened() -> Iterator[Context]:
    """Open the database of the environment, migrated and stocked, for work in this process."""
    settings = from_env()
    start.data_folder(settings)
    start.migrated(settings).dispose()
    context = make_context(settings, lambda *_: None)
    try:
        # A command that was killed has left its leases behind.
        jobs.recover(context, owner_is_alive)
        _stock(context)
        yield context
    finally:
        context.engine.dispose()


def _stock(context: Context) -> None:
    """Load catalogue and prices into a database that has none yet; later starts of the service keep them up to date."""
    with db.read(context.engine) as session:
        known = catalog.page(session, Model, limit=1)
        priced = prices.endpoints(session)
    if not known:
        start.follow_catalog(context, start.bundled(context.settings))
    elif not priced:
        pricing.stock(context)


def print_json(value: Any) -> None:  # noqa: ANN401 - JSON is what it is
    """Print JSON for machines, indented for people."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def taken(context: Context, wanted: Wanted) -> Lease:
    """Ask for a job and take its lease at once; wait while another worker holds its lane.

    Raises:
        Failed: the lane is still held when the longest lease must have ended.
    """
    deadline = time.monotonic() + context.settings.lease_s + WAIT_S
    told = False
    while time.monotonic() < deadline:
        with db.write(context.engine) as session:
            now = context.clock()
            store.request(session, wanted, now)
            lease = store.claim(session, store.id_of(session, wanted.key), context.owner, now, context.settings.lease_s)
        if lease is not None:
            return lease
        if not told:
            err.print(f"waiting: another worker holds {wanted.lane or wanted.key}", style="dim")
            told = True
        time.sleep(WAIT_S)
    raise Failed(
        f"{wanted.key}: wants its lane free within {context.settings.lease_s} s, another worker still holds it"
    )


@contextmanager
def progresses(title: str) -> Iterator[Callable[[str], Callable[[int, int], None]]]:
    """Show bars on a terminal's stderr, one for each thing that is begun by its name; nothing elsewhere."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True, disable=not sys.stderr.isatty()) as bar:

        def begin(name: str) -> Callable[[int, int], None]:
            task = bar.add_task(f"{name} {title}".strip(), total=None)
            return lambda done, of: bar.update(task, completed=done, total=of)

        yield begin


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal's stderr; nothing elsewhere."""
    with progresses("") as begin:
        yield begin(title)


def fail(message: str) -> NoReturn:
    """End with one line on stderr and exit code 1."""
    one_line = "; ".join(message.splitlines())
    err.print(f"pellucid: {one_line}", style="red", markup=False, highlight=False, soft_wrap=True)
    sys.exit(1)
