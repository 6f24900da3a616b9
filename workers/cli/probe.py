"""pellucid probe: look at an endpoint now, one of the catalogue or any other; only that way is imported."""

import importlib
from typing import Any

import click

from scorecards import probes
from scorecards.catalog import DIALECTS
from workers.cli._probe_options import Options

PROBES = probes.load()


@click.command()
@click.argument("target", required=False)
@click.option("--url", help="Base URL of an endpoint that is in no catalogue, up to and with its /v1.")
@click.option("--model", help="The model's id there.")
@click.option("--dialect", type=click.Choice(DIALECTS), help="Wire protocol there.  [default: openai_chat]")
@click.option("--probe", "names", multiple=True, type=click.Choice(list(PROBES)), help="Only this probe.")
@click.option("--samples", type=click.IntRange(1, 10_000), help="Samples of each probe.")
@click.option("--concurrency", type=click.IntRange(1, 1000), help="Requests under way at once.")
@click.option("--key-env", help="Environment variable that holds the key.")
@click.option("--allow-loopback", is_flag=True, default=None, help="The endpoint may be on this machine, without TLS.")
@click.option(
    "--token-cap", type=click.IntRange(1), help="Most tokens, input and output.  [default: PELLUCID_TOKEN_CAP]"
)
@click.option("--timeout", "timeout_s", type=click.FloatRange(0.1), help="Seconds for each request.  [default: 60]")
@click.option("--json", "as_json", is_flag=True)
def COMMAND(**typed: Any) -> None:  # noqa: N802, ANN401 - gathered by name; click passes every option
    """Probe TARGET, an endpoint ref or a model ref (all its endpoints), and publish the model's card if it changed.

    With --url and --model instead, look at any endpoint: nothing is stored or published.
    """
    options = Options(**typed)
    options.check()
    way = "_probe_catalog" if options.url is None else "_probe_url"
    importlib.import_module(f"workers.cli.{way}").run(options)
