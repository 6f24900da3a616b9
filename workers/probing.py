"""The probe job: plan, ask, read, record. The asking is the only part with I/O."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv4Network, IPv6Network, ip_network

from scorecards.catalog import Endpoint, Model
from scorecards.cost.engine import Tariff
from scorecards.events import degradation
from scorecards.exchanges import Exchange
from scorecards.probes._probe import Probe, Target
from service.config import Settings
from service.store import budgets, catalog, db, events, evidence, health, jobs, prices
from service.store.evidence import Found
from service.store.jobs import Lease
from workers import planning, reading
from workers.addresses import policy
from workers.asking import Interrupted, Progress, Way, ask_probe, obstacle, silent
from workers.budget import Budget, Purse, RunPurse
from workers.context import Context
from workers.day_purse import DayPurse, MoneyPurse

LOOPBACK = ip_network("127.0.0.1/32")
RENEWALS = 4
"""How often a lease is renewed before it would end."""


@dataclass(frozen=True, slots=True)
class _Job:
    """What a probe job is about."""

    probe: Probe
    target: Target


def probe(context: Context, lease: Lease, progress: Progress = silent) -> None:
    """Run one probe of one endpoint and record what it found, together with the end of the lease.

    Raises:
        Interrupted: on Ctrl-C, after what came until then was recorded.
    """
    job, held = _prepared(context, lease)
    if job is None or held is not None:
        with db.write(context.engine) as session:
            # Gone: it left the catalogue, or its probe is no more. Held: the provider asked to be left alone a while.
            jobs.stop(session, lease) if job is None else jobs.finish(session, lease, context.clock(), held)
        return
    try:
        exchanges = ask(context, job, _renewing(context, lease, progress))
    except Interrupted as stopped:
        _record(context, lease, job, stopped.exchanges)
        raise
    _record(context, lease, job, exchanges)


def _prepared(context: Context, lease: Lease) -> tuple[_Job | None, datetime | None]:
    """Return the job, and until when its provider wants no request."""
    asked = planning.PROBES.get(lease.args["probe"])
    with db.read(context.engine) as session:
        endpoint = catalog.get(session, Endpoint, lease.args["endpoint"])
        if endpoint is None or asked is None:
            return None, None
        priced = prices.history(session, endpoint.ref)
        refs = [one.ref for one in catalog.endpoints_of(session, endpoint.model)]
        target = Target(
            endpoint,
            nonce=secrets.token_hex(4),
            model=catalog.get(session, Model, endpoint.model),
            sets=planning.sets(context.settings.sets_dir),
            tariff=Tariff(endpoint.ref, priced) if priced else None,
            local=catalog.origin(session, endpoint.ref) == "local",
            earlier=evidence.newest(session, refs),
        )
        held = budgets.held_until(session, endpoint.provider, context.clock())
    return _Job(asked, target), held


def ask(context: Context, job: _Job, progress: Progress = silent) -> Sequence[Exchange]:
    """Return what came of the plan of a probe; nothing where the endpoint cannot be asked."""
    endpoint = job.target.endpoint
    if obstacle(endpoint):
        return []
    reach = policy("model", networks(context.settings, local=job.target.local))
    way = Way(endpoint, reach, _budget(context, job), context.clock)
    return ask_probe(way, job.probe, job.target, concurrency=job.probe.concurrency, progress=progress)


def _budget(context: Context, job: _Job) -> Budget:
    settings, provider = context.settings, job.target.endpoint.provider
    run: Purse = RunPurse(settings.token_cap, "PELLUCID_TOKEN_CAP")
    tokens = DayPurse(context.engine, provider, settings.tokens_per_day)
    money = MoneyPurse(context.engine, provider, settings.usd_per_day)
    return Budget((run,) if job.target.local else (run, tokens, money), job.target.tariff)


def _renewing(context: Context, lease: Lease, progress: Progress) -> Progress:
    """Return `progress` which also keeps the lease: a long run must not be taken for a dead one."""
    renewed_s = time.monotonic()

    def shown(done: int, of: int) -> None:
        nonlocal renewed_s
        if time.monotonic() - renewed_s > context.settings.lease_s / RENEWALS:
            renewed_s = time.monotonic()
            with db.write(context.engine) as session:
                jobs.renew(session, lease, context.lease_until())
        progress(done, of)

    return shown


def _record(context: Context, lease: Lease, job: _Job, exchanges: Sequence[Exchange]) -> None:
    """Write down what came, and what it says; a plan of nothing says nothing."""
    endpoint, now = job.target.endpoint, context.clock()
    readings = reading.read(job.probe, job.target, exchanges, now)
    found = Found(endpoint.ref, job.probe.reader, exchanges=exchanges, readings=readings)
    wait = max((one.not_before for one in exchanges if one.not_before), default=None)
    with db.write(context.engine) as session:
        evidence.record(session, lease, found, now)
        # Before any job: whoever publishes takes the rows in this order too, and two never wait crosswise.
        if job.probe.name in degradation.ANSWERED:
            events.record(session, health.changes(session, endpoint, now), now)
        jobs.request(session, jobs.publish_job(endpoint.model), now)
        if wait:
            budgets.hold(session, endpoint.provider, now.date(), wait)
        jobs.finish(session, lease, now)


def networks(settings: Settings, *, local: bool) -> tuple[IPv4Network | IPv6Network, ...]:
    """Return the networks beyond the public internet where an endpoint may live; `local` = we started it ourselves."""
    return (*settings.allow_networks, *((LOOPBACK,) if local else ()))
