"""The prober's own error, as it measured it against a stream of known timing: every card names it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from scorecards import statistics
from scorecards.evidence import Reading
from scorecards.formats import instant, plain

SUBJECT = "prober"
"""Subject of its readings: the workers of this installation, on whatever machines they run."""

QUANTITIES = {"prober_ttft_error_ms": "ttft_error", "prober_itl_error_ms": "itl_error"}
"""Measured minus true, and what a card calls it."""

KEPT = timedelta(days=30)


def published(readings: Iterable[Reading], as_of: datetime) -> dict[str, Any] | None:
    """Return median and 99th percentile of the error over the last thirty days; None when it was never measured.

    The 99th percentile stays null below 100 samples.
    """
    known = [one for one in readings if one.subject == SUBJECT and as_of - KEPT < one.taken_at <= as_of and one.samples]
    if not known:
        return None
    found: dict[str, Any] = {"taken_at": instant(max(one.taken_at for one in known))}
    for quantity, name in QUANTITIES.items():
        samples = [sample for one in known if one.quantity == quantity for sample in one.samples]
        percentiles = statistics.percentiles(samples) if samples else {"p50": None, "p99": None}
        errors = {f"{rank}_ms": plain(percentiles[rank], 3) for rank in ("p50", "p99")}
        found[name] = {**errors, "n": len(samples)}
    return found
