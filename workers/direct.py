"""Probes of an endpoint that is in no catalogue: nothing is stored, nothing is published."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

from scorecards.catalog import Cited, Endpoint
from scorecards.evalsets import EvalSet
from scorecards.evidence import Reading
from scorecards.exchanges import Exchange
from scorecards.probes._probe import Probe, Target
from workers import calibration, reading
from workers.addresses import Policy
from workers.asking import Interrupted, Progress, Way, ask_probe
from workers.budget import Budget, RunPurse
from workers.clock import utc_now
from workers.quiet import settle

PATHS = ("/chat/completions", "/responses", "/messages")
"""What people paste after the base URL."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to know of an endpoint.

    Attributes:
        samples, concurrency: None = as each probe finds right.
        token_cap: Most tokens, input and output, that all probes together may use.
    """

    endpoint: Endpoint
    probes: Sequence[Probe]
    reach: Policy
    token_cap: int
    sets: Mapping[str, EvalSet] = field(default_factory=dict)
    samples: int | None = None
    concurrency: int | None = None


@dataclass(slots=True)
class Found:
    """What came until the end, or until Ctrl-C."""

    readings: list[Reading] = field(default_factory=list)
    prober: list[Reading] = field(default_factory=list)
    """Our own error, measured right after."""
    exchanges: list[Exchange] = field(default_factory=list)
    interrupted: bool = False

    @property
    def answered(self) -> bool:
        """Whether the endpoint ever did its part."""
        return any(one.answered for one in self.exchanges)


def endpoint(url: str, model: str, dialect: str, key_env: str | None) -> Endpoint:
    """Return the endpoint at a URL, under a ref made of its host and the model's name."""
    base = url.rstrip("/").replace("{", "%7B").replace("}", "%7D")  # variables are filled in for catalogues only
    for path in PATHS:
        base = base.removesuffix(path)
    host = (urlsplit(base).hostname or "unknown").lower()
    cited = Cited("the command line", datetime.now(UTC).date())
    return Endpoint(f"{host}:{model}", f"unknown/{model}", host, model, dialect, base, cited, key_env=key_env)


def bounded(reach: Policy, timeout_s: float) -> Policy:
    """Return a policy under which no request takes longer than so many seconds."""
    phases = {name: min(getattr(reach, name), timeout_s) for name in ("connect_s", "first_byte_s", "idle_s")}
    return replace(reach, total_s=timeout_s, **phases)


def look(wish: Wish, shown: Callable[[str], Progress]) -> Found:
    """Run the probes one after the other; the next is not begun when the endpoint answered nothing to the first."""
    settle()
    found = Found()
    budget = Budget((RunPurse(wish.token_cap, "--token-cap"),))
    for one in wish.probes:
        way = Way(wish.endpoint, wish.reach, budget, utc_now)
        target = Target(
            wish.endpoint,
            nonce=secrets.token_hex(4),
            samples=wish.samples,
            concurrency=wish.concurrency,
            sets=wish.sets,
            earlier=tuple(found.readings),
        )
        exchanges = _asked(way, one, target, shown(one.name), found)
        found.exchanges += exchanges
        found.readings += reading.read(one, target, exchanges, utc_now())
        if found.interrupted or not found.answered:
            break
    if found.answered and not found.interrupted:
        found.prober = calibration.readings(utc_now())
    return found


def _asked(way: Way, one: Probe, target: Target, progress: Progress, found: Found) -> list[Exchange]:
    at_once = target.concurrency or one.concurrency
    try:
        return ask_probe(way, one, target, concurrency=at_once, progress=progress)
    except Interrupted as stopped:
        found.interrupted = True
        return list(stopped.exchanges)
