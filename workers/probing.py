"""The probe job: plan, ask, read, record. The asking is the only part with I/O."""

import secrets
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from ipaddress import IPv4Network, IPv6Network, ip_network

from scorecards.catalog import Endpoint
from scorecards.evidence import Basis, Finding, Reading
from scorecards.exchanges import Ask, Exchange
from scorecards.probes._probe import Probe, Target
from service.config import Settings
from service.store import catalog, db, evidence, jobs
from service.store.evidence import Found
from service.store.jobs import Lease
from workers import dialects, planning
from workers.addresses import policy
from workers.ask import Channel, exchange
from workers.context import Context
from workers.http import Client

DIALECTS = dialects.load()
GIVE_UP_AFTER = 3
"""So many failures in a row end a run: an endpoint that is down answers no faster when asked twenty times."""

LOOPBACK = ip_network("127.0.0.1/32")

Progress = Callable[[int, int], None]
"""Called with how many asks are done, and how many there are."""


def silent(done: int, of: int) -> None:
    """Show nothing."""


def probe(context: Context, lease: Lease, progress: Progress = silent) -> None:
    """Run one probe of one endpoint and record what it found, together with the end of the lease."""
    one = planning.PROBES[lease.args["probe"]]
    with db.read(context.engine) as session:
        endpoint = catalog.get(session, Endpoint, lease.args["endpoint"])
        local = catalog.origin(session, lease.args["endpoint"]) == "local"
    if endpoint is None:
        # It left the catalogue: a file no longer names it, or the local models were not started this time.
        with db.write(context.engine) as session:
            jobs.stop(session, lease)
        return
    exchanges, readings = look(context, one, endpoint, progress, local=local)
    found = Found(endpoint.ref, one.reader, exchanges=exchanges, readings=readings)
    now = context.clock()
    with db.write(context.engine) as session:
        evidence.record(session, lease, found, now)
        jobs.request(session, jobs.publish_job(endpoint.model), now)
        jobs.finish(session, lease, now)


def look(
    context: Context, one: Probe, endpoint: Endpoint, progress: Progress, *, local: bool
) -> tuple[list[Exchange], list[Reading]]:
    """Ask an endpoint what a probe plans, and read the answers; a missing key is a reading that says so."""
    if reason := obstacle(endpoint):
        return [], _unmeasured(context, one, endpoint, reason)
    target = Target(endpoint, secrets.token_hex(4))
    asks = one.plan(target)
    tokens = sum(ask.max_output_tokens for ask in asks)
    if tokens > context.settings.token_cap:
        wanted = f"wants at most {context.settings.token_cap} output tokens (PELLUCID_TOKEN_CAP)"
        return [], _unmeasured(context, one, endpoint, f"{wanted}, {one.name} may take {tokens}")
    with Client(policy("model", networks(context.settings, local=local))) as client:
        exchanges = list(_ask(context, channel(client, endpoint), asks, progress))
    return exchanges, list(one.read(target, exchanges))


def obstacle(endpoint: Endpoint) -> str | None:
    """Return why an endpoint cannot be asked at all: no key, or no such dialect; None when it can."""
    return planning.missing_key(endpoint) or _no_dialect(endpoint)


def networks(settings: Settings, *, local: bool) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the networks beyond the public internet where an endpoint may live; `local` = we started it ourselves."""
    return (*settings.allow_networks, *((LOOPBACK,) if local else ()))


def channel(client: Client, endpoint: Endpoint) -> Channel:
    """Return the way to an endpoint that has no obstacle."""
    return Channel(client, DIALECTS[endpoint.dialect], _filled(endpoint), planning.key(endpoint))


def _ask(context: Context, way: Channel, asks: Sequence[Ask], progress: Progress) -> Iterator[Exchange]:
    failures = 0
    for done, ask in enumerate(asks, start=1):
        one = exchange(way, ask, context.clock())
        yield one
        progress(done, len(asks))
        failures = 0 if one.ok else failures + 1
        if failures == GIVE_UP_AFTER:
            return


def _no_dialect(endpoint: Endpoint) -> str | None:
    if endpoint.dialect in DIALECTS:
        return None
    return f"wants a dialect among {', '.join(sorted(DIALECTS))}, the endpoint speaks {endpoint.dialect}"


def _filled(endpoint: Endpoint) -> Endpoint:
    """Return the endpoint with the {VARIABLES} of its base URL filled in; an unset one stays and fails by name."""
    names = [name for _, name, _, _ in string.Formatter().parse(endpoint.base_url) if name]
    url = endpoint.base_url
    for name in names:
        url = url.replace("{" + name + "}", planning.variable(name) or "{" + name + "}")
    return replace(endpoint, base_url=url)


def _unmeasured(context: Context, one: Probe, endpoint: Endpoint, reason: str) -> list[Reading]:
    now = context.clock()
    return [
        Reading(quantity, endpoint.ref, Finding.UNMEASURED, Basis.EXECUTED, now, one.reader, note=reason)
        for quantity in one.quantities
    ]
