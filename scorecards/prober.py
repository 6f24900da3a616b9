"""The prober's own error, as it measured it against a stream of known timing: every card names it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from scorecards import statistics
from scorecards.evidence import Reading

SUBJECT = "prober"
"""Subject of its readings: the workers of this installation, on whatever machines they run."""

NAMES: Mapping[str, str] = {
    "prober_ttft_error_ms": "ttft",
    "prober_itl_error_ms": "itl",
    "prober_ttft_error_at_16_ms": "ttft_at_16",
    "prober_itl_error_at_16_ms": "itl_at_16",
}
"""Quantity (measured minus true) → what a card calls it."""

KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Error:
    """How far off one kind of time is, over the last thirty days.

    Attributes:
        p50_ms, p99_ms: p99 is None below 100 samples.
    """

    p50_ms: Decimal
    p99_ms: Decimal | None
    n: int
    taken_at: datetime


def errors(readings: Iterable[Reading], as_of: datetime) -> dict[str, Error]:
    """Return what is known of the prober's own error, by the card's names; {} when it was never measured."""
    recent = [one for one in readings if as_of - KEPT < one.taken_at <= as_of and one.samples]
    by_name = {name: [one for one in recent if one.quantity == quantity] for quantity, name in NAMES.items()}
    return {name: _error(found) for name, found in by_name.items() if found}


def _error(found: list[Reading]) -> Error:
    samples = [sample for one in found for sample in one.samples]
    percentiles = statistics.percentiles(samples)
    middle = percentiles["p50"]
    return Error(middle or Decimal(0), percentiles["p99"], len(samples), max(one.taken_at for one in found))
