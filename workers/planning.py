"""Which jobs should exist: probes of endpoints, collections of documents, and the card of each model."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from scorecards import evalset_files, probes
from scorecards.catalog import Endpoint
from scorecards.evalsets import EvalSet
from scorecards.probes._probe import Probe
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


def collect_job(model_ref: str, places: Sequence[str] = (), mirror_of: str | None = None) -> Wanted:
    """Return the job of looking once at these files and URLs, or without any at those that the catalogue knows.

    All jobs that may ask the network share one lane: no host ever gets two requests at the same time.
    """
    asks_network = not places or any("://" in one for one in places)
    return Wanted(
        key="|".join((f"collect:{model_ref}", *places, *([mirror_of] if mirror_of else ())))[:400],
        kind=JobKind.COLLECT,
        args={"model": model_ref, "places": list(places), "mirror_of": mirror_of},
        lane="collect" if asks_network else None,
    )


def plan_collection(session: Session, model_ref: str, settings: Settings, now: datetime) -> None:
    """Have the catalogue's places of a model looked at from now on, if the operator wants rounds at all."""
    if settings.collect_every_s is not None:
        rounds = replace(collect_job(model_ref), key=f"rounds:{model_ref}", every_s=settings.collect_every_s)
        jobs.ensure(session, rounds, now)


def plan_probes(session: Session, endpoint: Endpoint, settings: Settings, now: datetime) -> None:
    """Have every probe of an endpoint run from now on, at its cadence; the most frequent, and cheapest, come first."""
    for probe in sorted(PROBES.values(), key=lambda one: one.every_s):
        jobs.ensure(session, probe_job(endpoint, probe, settings), now)


@lru_cache(maxsize=4)
def sets(folder: Path | None) -> Mapping[str, EvalSet]:
    """Return every evaluation set by name: the bundled ones, and those of the operator's folder if there is one.

    Raises:
        EvalSetError: the folder or a file of it cannot be read.
    """
    return evalset_files.all_sets(folder)
