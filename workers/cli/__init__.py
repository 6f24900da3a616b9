"""The command line: one file here is one COMMAND."""

import sys

import click

from scorecards.catalog import CatalogError
from scorecards.cost.listing import PriceSourceError
from scorecards.evalsets import EvalSetError
from scorecards.gather import gather
from scorecards.ratings.rating import RatingError
from scorecards.rubric import RubricError
from service.config import ConfigError
from service.store.db import StoreError
from service.store.tokens import TokenError
from workers import logs
from workers.addresses import OutboundError
from workers.cli import _shared
from workers.fetching.folders import CannotCollect
from workers.local_models import LocalModelsError

EXPECTED = (
    CannotCollect,
    CatalogError,
    ConfigError,
    EvalSetError,
    LocalModelsError,
    OutboundError,
    PriceSourceError,
    RatingError,
    RubricError,
    StoreError,
    TokenError,
    _shared.Failed,
)
"""Errors whose message is the whole story; anything else is a bug and keeps its traceback."""


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pellucid")
def cli() -> None:
    """Publish transparency, cost and switching scorecards for AI models."""


for _name, _command in gather(sys.modules[__name__], "COMMAND").items():
    cli.add_command(_command, _name.rstrip("_"))  # a keyword cannot name a module, `import_` can


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
    except EXPECTED as error:
        _shared.fail(str(error))
