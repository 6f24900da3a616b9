"""pellucid probe TARGET: look at endpoints of the catalogue, record it, publish the cards that changed."""

from scorecards.catalog import Endpoint, Model
from scorecards.encoding import to_json
from scorecards.evidence import Reading, family
from service.store import catalog, db, evidence
from service.store import jobs as store
from workers import planning, probing
from workers.asking import Interrupted
from workers.cli import _figures, _opened, _shared
from workers.cli._probe_options import Options
from workers.cli.score import publish_now
from workers.context import Context
from workers.direct import Found


def run(options: Options) -> None:
    """Probe endpoints of the catalogue, publish their models' cards, show the newest readings.

    Raises:
        _shared.Failed: the target is not known, or somebody pressed Ctrl-C.
    """
    with _opened.opened() as context:
        endpoints = _endpoints(context, str(options.target))
        stopped = _probe_all(context, endpoints, options.names or tuple(planning.PROBES))
        for ref in sorted({one.model for one in endpoints}):
            publish_now(context, ref)
        readings = _readings(context, endpoints, options.names)
    if options.as_json:
        _shared.print_json([to_json(one) for one in readings])
    else:
        _figures.show(Found(readings=readings))
    if stopped:
        raise _shared.Failed("interrupted; what came before is recorded")


def _probe_all(context: Context, endpoints: list[Endpoint], names: tuple[str, ...]) -> bool:
    """Run the probes; return whether somebody pressed Ctrl-C."""
    try:
        for endpoint in endpoints:
            for name in names:
                _probe(context, endpoint, name)
    except Interrupted:
        return True
    return False


def _endpoints(context: Context, target: str) -> list[Endpoint]:
    with db.read(context.engine) as session:
        one = catalog.get(session, Endpoint, target)
        found = [one] if one else catalog.endpoints_of(session, target)
        known = catalog.get(session, Model, target)
    if not found:
        wanted = "a model with an endpoint" if known else "an endpoint or model of the catalogue"
        raise _shared.Failed(f"wants {wanted} (see `pellucid models list`, or use --url), has {target!r}")
    return found


def _probe(context: Context, endpoint: Endpoint, name: str) -> None:
    lease = _opened.taken(context, planning.probe_job(endpoint, planning.PROBES[name], context.settings))
    with _shared.progress(f"{name} {endpoint.ref}") as shown:
        try:
            probing.probe(context, lease, shown)
        except Interrupted:
            raise
        except BaseException as error:
            with db.write(context.engine) as session:
                store.fail(session, lease, context.clock(), f"{type(error).__name__}: {error}")
            raise


def _readings(context: Context, endpoints: list[Endpoint], names: tuple[str, ...]) -> list[Reading]:
    """Return the newest reading of each quantity of these probes."""
    wanted = {quantity for name in names or planning.PROBES for quantity in planning.PROBES[name].quantities}
    with db.read(context.engine) as session:
        rows = evidence.current(session, [one.ref for one in endpoints], context.clock())
    return list({(one.subject, one.quantity): one for one in rows if family(one.quantity) in wanted}.values())
