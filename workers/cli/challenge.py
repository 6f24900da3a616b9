"""pellucid challenge: answer back to a verdict, and see at once what comes of it."""

import click

from scorecards.dispute import Challenge, Filing, Kind, State
from service.store import challenges, db
from service.store import jobs as store
from service.store.errors import NotAccepted
from workers import challenging
from workers.cli import _opened, _shared
from workers.cli.score import publish_now
from workers.context import Context

FILED_BY = "command line"


@click.command()
@click.argument("model")
@click.argument("indicator")
@click.option("--url", required=True, help="Where the document is; https.")
@click.option("--quote", required=True, help="Words of that document, at most 300 characters.")
@click.option(
    "--kind",
    type=click.Choice([one.value for one in Kind]),
    default=Kind.MISSING.value,
    show_default=True,
    help="A point that is missing, or one that is wrong.",
)
@click.option("--note", default="", help="For readers; it is published.")
@click.option("--name", default="", help="Who says so, if that is to be published.")
@click.option("--json", "as_json", is_flag=True)
def COMMAND(model: str, indicator: str, as_json: bool, kind: str, **said: str) -> None:  # noqa: N802, FBT001 - gathered by name; click passes flags
    """Challenge the verdict on INDICATOR of MODEL with a public document, checked by the machine at once.

    It is upheld when the developer's own document says it in the words you quote. What you file is public for good.
    """
    filing = Filing(model, indicator, kind=Kind(kind), **said)
    with _opened.opened() as context:
        filed = _filed(context, filing)
        _check(context, filed)
        published = publish_now(context, model)
        with db.read(context.engine) as session:
            settled = challenges.get(session, filed.id)
    last = settled.steps[-1]
    if as_json:
        _shared.print_json({**settled.as_json(), "card": published.card_id})
    else:
        click.echo(f"challenge {settled.id}: {last.state}, {last.reason}")
    if last.state is State.UNCHECKED:
        raise _shared.Failed(f"wants a URL that can be read, {last.reason}; it will be tried again")


def _filed(context: Context, filing: Filing) -> Challenge:
    try:
        with db.write(context.engine) as session:
            return challenges.file(session, filing, FILED_BY, context.clock(), context.settings.allow_networks)
    except (NotAccepted, challenges.StillOpen) as error:
        raise _shared.Failed(str(error)) from error


def _check(context: Context, filed: Challenge) -> None:
    lease = _opened.taken(context, challenges.challenge_job(filed))
    try:
        challenging.challenge(context, lease)
    except BaseException as error:
        with db.write(context.engine) as session:
            store.fail(session, lease, context.clock(), f"{type(error).__name__}: {error}")
        raise
