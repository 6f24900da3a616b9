"""The command line: one file here is one COMMAND, imported when it is asked for."""

import sys

import click

from scorecards.errors import Expected
from scorecards.gather import declared, public
from workers import logs
from workers.cli import _shared

FILES = {name.rstrip("_"): name for name in public(sys.modules[__name__])}
"""Command → its module: a keyword cannot name a module, `import_` can."""


class _Lazy(click.Group):
    """A group that imports no command but the one that runs; its help imports all of them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's interface
        return list(FILES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        if cmd_name not in FILES:
            return None
        command: click.Command = declared(sys.modules[__name__], FILES[cmd_name], "COMMAND")
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pellucid")
def cli() -> None:
    """Publish transparency, cost and switching scorecards for AI models."""


def main() -> None:
    """Run the command line; exit code 0 done, 1 failed, 2 wrong use."""
    logs.configure()
    try:
        sys.exit(cli.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except Expected as error:
        _shared.fail(str(error))
