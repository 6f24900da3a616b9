"""pellucid collect: read documents about a model now."""

import click

from service.store import db
from service.store import jobs as store
from workers import collecting, planning
from workers.cli import _shared
from workers.cli.score import known_model, publish_now


@click.command()
@click.argument("model")
@click.option(
    "--from", "places", multiple=True, required=True, help="A file or an https URL; may be given several times."
)
@click.option("--json", "as_json", is_flag=True)
def COMMAND(model: str, places: tuple[str, ...], as_json: bool) -> None:  # noqa: N802, FBT001 - gathered by name; click passes flags
    """Read files and URLs about MODEL and publish its card if it changed.

    What stands in a file that you hand in is `claimed` until it is found where the developer publishes;
    a weights file speaks for itself.
    """
    with _shared.opened() as context:
        known_model(context, model)
        lease = _shared.taken(context, planning.collect_job(model, places))
        try:
            found = collecting.collect(context, lease)
        except BaseException as error:
            with db.write(context.engine) as session:
                store.fail(session, lease, context.clock(), f"{type(error).__name__}: {error}")
            raise
        publish_now(context, model)
    shown = [
        {"quantity": one.quantity, "finding": one.finding.value, "value": str(one.value), "note": one.note}
        for one in found.readings
    ]
    if as_json:
        _shared.print_json({"documents": [one.sha256 for one in found.documents], "readings": shown})
    else:
        for one in shown:
            click.echo(f"{one['quantity']}: {one['finding']} {one['value']} {one['note']}".rstrip())
    if found.documents and not shown:
        click.echo(f"read {len(found.documents)} documents, none says anything that a collector knows to read")
    if not found.documents:
        raise _shared.Failed(f"wants a document that can be read, {shown[0]['note'] if shown else 'has none'}")
