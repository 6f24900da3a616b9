"""pellucid prices: what sources say prices are, and what usage costs."""

import click

from workers.cli import _prices_cost, _prices_import, _prices_list


@click.group()
def COMMAND() -> None:  # noqa: N802 - gathered by name
    """Import prices, list them, and tell what usage costs."""


COMMAND.add_command(_prices_import.COMMAND, "import")
COMMAND.add_command(_prices_list.COMMAND, "list")
COMMAND.add_command(_prices_cost.COMMAND, "cost")
