"""What the commands share: errors in one line, JSON, a progress bar on a terminal; nothing heavy is imported here."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from scorecards.errors import Expected

PIPE_WIDTH = 160
"""Columns where no terminal has a say: a pipe must not cut what it carries."""
err = Console(stderr=True, emoji=False)
out = Console(emoji=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)


class Instant(click.ParamType[datetime]):
    """An ISO 8601 instant; without a zone it is UTC."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:  # noqa: ANN401
        """Return an aware UTC instant."""
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"wants an instant such as 2026-11-23T02:00Z, has {value!r}", param, ctx)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


class DecimalNumber(click.ParamType[Decimal]):
    """A number with a point, exactly as it is written."""

    name = "number"

    def convert(self, value: str | Decimal, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
        """Return the number; wrong use where it is none."""
        try:
            return Decimal(value)
        except InvalidOperation:
            self.fail(f"wants a number such as 2.5, has {value!r}", param, ctx)


INSTANT, DECIMAL = Instant(), DecimalNumber()


class Failed(Expected):
    """The command could not do what was asked; the message says what was wanted and what was found."""


def print_json(value: Any) -> None:  # noqa: ANN401 - JSON is what it is
    """Print JSON for machines, indented for people."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


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
