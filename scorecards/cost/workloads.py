"""Standard workloads: what a thousand tasks cost at an endpoint."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from scorecards.cost.engine import Cost, Tariff
from scorecards.cost.market import STANDARD
from scorecards.cost.usage import COUNTS, Usage, UsageError

FILE = Path(__file__).parents[1] / "data" / "workloads.toml"
TASKS = 1_000
"""Tasks whose cost is published; of a blend it is one million tokens."""

_WORDS = {"title", "why", "tier"}


class WorkloadError(ValueError):
    """A file of workloads says something it must not; the message names file, workload and what was wanted."""


@dataclass(frozen=True, slots=True)
class Workload:
    """What one task uses.

    Attributes:
        times: How many of it are priced: a thousand tasks, or one blend.
        tier: Service tier that it asks for; where none is listed it goes through the standard one.
        why: Where the mix comes from.
    """

    name: str
    title: str
    usage: Usage
    why: str
    times: int = TASKS
    tier: str = STANDARD

    @property
    def mix(self) -> dict[str, int]:
        """The counts that are not at their default, by name."""
        usual = Usage()
        return {one: getattr(self.usage, one) for one in COUNTS if getattr(self.usage, one) != getattr(usual, one)}


@dataclass(frozen=True, slots=True)
class Workloads:
    """Workloads and blends by name."""

    tasks: Mapping[str, Workload]
    blends: Mapping[str, Workload]

    @property
    def all(self) -> dict[str, Workload]:
        """Both in one table."""
        return {**self.tasks, **self.blends}


def parse(text: str, name: str) -> Workloads:
    """Return the workloads of a TOML text; `name` is for messages.

    Raises:
        WorkloadError: naming file and workload, what was wanted and what was found.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise WorkloadError(f"{name}: wants TOML, {error}") from error
    found = Workloads(*(_group(raw.get(key, {}), times, f"{name}: {key}") for key, times in GROUPS.items()))
    if raw.keys() - GROUPS.keys() or not found.all:
        wanted = "tables [workload.NAME] or [blend.NAME] and nothing else"
        raise WorkloadError(f"{name}: wants {wanted}, has {', '.join(sorted(raw)) or 'nothing'}")
    return found


GROUPS = {"workload": TASKS, "blend": 1}


def _group(rows: object, times: int, where: str) -> dict[str, Workload]:
    if not isinstance(rows, dict):
        raise WorkloadError(f"{where}: wants tables, has {rows!r}")
    return {key: _workload(key, row, times, f"{where}.{key}") for key, row in rows.items()}


def _workload(name: str, row: Any, times: int, where: str) -> Workload:  # noqa: ANN401 - checked here
    if not isinstance(row, dict) or (unknown := row.keys() - {*COUNTS, *_WORDS}):
        has = ", ".join(sorted(unknown)) if isinstance(row, dict) else repr(row)
        raise WorkloadError(f"{where}: wants {', '.join((*COUNTS, *sorted(_WORDS)))}, has {has}")
    counts = {key: value for key, value in row.items() if key in COUNTS}
    if wrong := [key for key, value in row.items() if type(value) is not (int if key in COUNTS else str)]:
        wanted = "a whole number" if wrong[0] in COUNTS else "text"
        raise WorkloadError(f"{where}: {wrong[0]} wants {wanted}, has {row[wrong[0]]!r}")
    try:
        usage = Usage(**counts)
    except UsageError as error:
        raise WorkloadError(f"{where}: {error}") from error
    return Workload(name, row.get("title", name), usage, row.get("why", ""), times, row.get("tier", STANDARD))


@lru_cache
def load() -> Workloads:
    """Return the bundled workloads."""
    return parse(FILE.read_text(encoding="utf-8"), FILE.name)


def price(
    tariff: Tariff,
    workload: Workload,
    at: datetime,
    *,
    currency: str | None = None,
    region: str = "",
    any_hour: bool = False,
) -> Cost:
    """Return what a workload costs: a thousand tasks, or one blend, completed at an aware instant.

    A tier that is not listed is left for the standard one, and a flag says so.
    """
    tier = workload.tier if workload.tier in tariff.tiers(at) else STANDARD
    usage = workload.usage
    cost = tariff.cost(usage, at, currency=currency, tier=tier, region=region, any_hour=any_hour)
    cost = cost.times(workload.times)
    if tier == workload.tier or not cost.lines:
        return cost
    return replace(cost, flags=(*cost.flags, f"tier {workload.tier} is not listed: priced as {tier}"))
