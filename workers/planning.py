"""Which jobs should exist: probes of endpoints, collections of documents, and the card of each model."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from scorecards import probes
from scorecards.catalog import Endpoint
from scorecards.evidence import Probe
from service.config import Settings
from service.queue import JobKind
from service.store import jobs
from service.store.jobs import Wanted

PROBES = probes.load()


def probe_job(endpoint: Endpoint, probe: Probe, settings: Settings) -> Wanted:
    """Return the job of one probe of one endpoint; one host is never probed twice at the same time."""
    return Wanted(
        key=f"probe:{probe.name}:{endpoint.ref}",
        kind=JobKind.PROBE,
        args={"endpoint": endpoint.ref, "probe": probe.name},
        lane=f"host:{urlsplit(endpoint.base_url).hostname}",
        every_s=settings.probe_every_s or probe.every_s,
    )


def collect_job(model_ref: str, places: Sequence[str]) -> Wanted:
    """Return the job of reading these files or URLs about a model, once."""
    return Wanted(
        key=f"collect:{model_ref}:{'|'.join(places)}"[:400],
        kind=JobKind.COLLECT,
        args={"model": model_ref, "places": list(places)},
    )


def plan_probes(session: Session, endpoint: Endpoint, settings: Settings, now: datetime) -> None:
    """Have every probe of an endpoint run from now on, at its cadence."""
    for probe in PROBES.values():
        jobs.ensure(session, probe_job(endpoint, probe, settings), now)


def missing_key(endpoint: Endpoint) -> str | None:
    """Return why an endpoint cannot be asked: the variable that is not set; None when nothing is missing."""
    if endpoint.key_env is None or key(endpoint) is not None:
        return None
    return f"no key: wants {endpoint.key_env} in the workers' environment, it is not set"


def key(endpoint: Endpoint) -> str | None:
    """Return the endpoint's key; None when it needs none or its variable is not set."""
    return variable(endpoint.key_env) if endpoint.key_env else None


def variable(name: str) -> str | None:
    """Return an environment variable, or what stands in the file that NAME_FILE names; None without either.

    Raises:
        OSError: the file cannot be read.
    """
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name) or None
