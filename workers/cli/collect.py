"""pellucid collect: look at documents about a model now."""

from collections.abc import Sequence

import click

from service.store import db
from service.store import jobs as store
from workers import collecting, planning
from workers.cli import _opened, _shared
from workers.cli.score import known_model, publish_now
from workers.collecting import Seen
from workers.context import Context


@click.command()
@click.argument("model")
@click.option(
    "--from",
    "places",
    multiple=True,
    help="A file, folder or https URL, several times if need be. Without it: the places that the catalogue knows.",
)
@click.option(
    "--mirror-of",
    metavar="URL",
    help="The files are a copy of what stands at this address; what the developer publishes there counts as its word.",
)
@click.option("--json", "as_json", is_flag=True)
def COMMAND(model: str, places: tuple[str, ...], mirror_of: str | None, as_json: bool) -> None:  # noqa: N802, FBT001 - gathered by name; click passes flags
    """Read documents about MODEL and publish its card if it changed.

    What stands in a file that you hand in is `claimed` until it is found where the developer publishes, unless you say
    with --mirror-of what it is a copy of; a weights file speaks for itself.
    """
    if mirror_of is not None and not (places and mirror_of.startswith("https://")):
        raise click.UsageError("--mirror-of wants an https URL, and files or folders with --from")
    with _opened.opened() as context:
        known_model(context, model)
        seen = _collected(context, model, places, mirror_of)
        publish_now(context, model)
    if as_json:
        _shared.print_json(_as_json(seen))
    else:
        _print(seen)
    if not any(one.fetch.found and not one.trouble for one in seen):
        why = next((one.trouble or one.fetch.detail for one in seen), "the catalogue knows no place")
        raise _shared.Failed(f"wants a document that can be read, {why}")


def _collected(context: Context, model: str, places: Sequence[str], mirror_of: str | None) -> list[Seen]:
    lease = _opened.taken(context, planning.collect_job(model, places, mirror_of))
    with _shared.progress(f"collect {model}") as shown:
        try:
            return collecting.collect(context, lease, shown)
        except BaseException as error:
            with db.write(context.engine) as session:
                store.fail(session, lease, context.clock(), f"{type(error).__name__}: {error}")
            raise


def _as_json(seen: Sequence[Seen]) -> dict[str, object]:
    return {
        "documents": [
            {
                "url": one.fetch.url,
                "outcome": "unchecked" if one.trouble else one.fetch.outcome,
                "sha256": one.fetch.sha256,
                "reason": one.trouble or one.fetch.detail,
                "readings": sum(reading.value is not None for reading in one.readings),
            }
            for one in seen
        ],
        "readings": [
            {"quantity": one.quantity, "finding": one.finding.value, "value": str(one.value), "note": one.note}
            for each in seen
            for one in each.readings
        ],
    }


def _print(seen: Sequence[Seen]) -> None:
    """Show what came of each place, then what was found in them."""
    for one in seen:
        trouble = one.trouble or one.fetch.detail
        known = [reading.quantity for reading in one.readings if reading.value is not None]
        said = f"unchecked: {trouble}" if trouble else f"{one.fetch.outcome}, {len(known)} facts"
        click.echo(f"{one.fetch.url}: {said}")
    for reading in (reading for one in seen for reading in one.readings if reading.value is not None):
        click.echo(f"  {reading.quantity}: {reading.finding} {reading.value} {reading.unit} {reading.note}".rstrip())
