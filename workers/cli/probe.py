"""pellucid probe: look at an endpoint now."""

import click

from scorecards.catalog import Endpoint, Model
from scorecards.encoding import to_json
from scorecards.evidence import Reading, family
from service.store import catalog, db, evidence
from service.store import jobs as store
from workers import planning, probing
from workers.cli import _shared
from workers.cli.score import publish_now
from workers.context import Context


@click.command()
@click.argument("target")
@click.option("--probe", "names", multiple=True, type=click.Choice(list(planning.PROBES)), help="Only this probe.")
@click.option("--json", "as_json", is_flag=True)
def COMMAND(target: str, names: tuple[str, ...], as_json: bool) -> None:  # noqa: N802, FBT001 - gathered by name; click passes flags
    """Probe TARGET, an endpoint ref or a model ref (all its endpoints), and publish the model's card if it changed."""
    with _shared.opened() as context:
        endpoints = _endpoints(context, target)
        for endpoint in endpoints:
            for name in names or planning.PROBES:
                _probe(context, endpoint, name)
        for ref in sorted({one.model for one in endpoints}):
            publish_now(context, ref)
        readings = _readings(context, endpoints, names)
    if as_json:
        _shared.print_json([to_json(one) for one in readings])
    else:
        _print(readings)


def _endpoints(context: Context, target: str) -> list[Endpoint]:
    with db.read(context.engine) as session:
        one = catalog.get(session, Endpoint, target)
        found = [one] if one else catalog.endpoints_of(session, target)
        known = catalog.get(session, Model, target)
    if not found:
        wanted = "a model with an endpoint" if known else "an endpoint or model of the catalogue"
        raise _shared.Failed(f"wants {wanted} (see `pellucid models list`), has {target!r}")
    return found


def _probe(context: Context, endpoint: Endpoint, name: str) -> None:
    lease = _shared.taken(context, planning.probe_job(endpoint, planning.PROBES[name], context.settings))
    with _shared.progress(f"{name} {endpoint.ref}") as shown:
        try:
            probing.probe(context, lease, shown)
        except BaseException as error:
            with db.write(context.engine) as session:
                store.fail(session, lease, context.clock(), f"{type(error).__name__}: {error}")
            raise


def _readings(context: Context, endpoints: list[Endpoint], names: tuple[str, ...]) -> list[Reading]:
    """Return the newest reading of each quantity of these probes."""
    wanted = {quantity for name in names or planning.PROBES for quantity in planning.PROBES[name].quantities}
    with db.read(context.engine) as session:
        rows = evidence.readings(session, [one.ref for one in endpoints])
    return list({(one.subject, one.quantity): one for one in rows if family(one.quantity) in wanted}.values())


def _print(readings: list[Reading]) -> None:
    for one in readings:
        value = "unchecked" if one.value is None else f"{one.value} {one.unit}".strip()
        said = f" ({one.note})" if one.note else ""
        click.echo(f"{one.subject}  {one.quantity}: {value}, n={one.n}{said}")
