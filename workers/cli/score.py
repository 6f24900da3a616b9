"""pellucid score: judge a model anew and publish its card if it changed."""

import click

from scorecards.catalog import Model
from service.store import cards, catalog, db
from service.store import jobs as store
from service.store.cards import Published
from workers import publishing
from workers.cli import _opened, _shared
from workers.context import Context


@click.command()
@click.argument("model")
@click.option("--json", "as_json", is_flag=True)
def COMMAND(model: str, as_json: bool) -> None:  # noqa: N802, FBT001 - gathered by name; click passes flags
    """Judge MODEL from the evidence held now; print the id of the card in force."""
    with _opened.opened() as context:
        known_model(context, model)
        published = publish_now(context, model)
    if as_json:
        _shared.print_json({"id": published.card_id, "sequence": published.card["sequence"]})
    else:
        click.echo(f"{published.card_id} (number {published.card['sequence']})")


def known_model(context: Context, ref: str) -> Model:
    """Return the model of this ref.

    Raises:
        Failed: the catalogue has none.
    """
    with db.read(context.engine) as session:
        model = catalog.get(session, Model, ref)
    if model is None:
        raise _shared.Failed(f"wants a model of the catalogue (see `pellucid models list`), has {ref!r}")
    return model


def publish_now(context: Context, model_ref: str) -> Published:
    """Run the model's publish job in this process and return the card in force."""
    publishing.publish(context, _opened.taken(context, store.publish_job(model_ref)))
    with db.read(context.engine) as session:
        published = cards.latest(session, model_ref)
    if published is None:
        raise _shared.Failed(f"{model_ref}: wants a card after publishing, has none")
    return published
