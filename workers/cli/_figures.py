"""Readings on a terminal, and as JSON for machines."""

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from rich.table import Table

from scorecards import prober, statistics
from scorecards.evidence import Reading, Value
from scorecards.exchanges import Exchange
from scorecards.figures import Figure, figures, is_distribution
from scorecards.prober import Error
from workers.cli import _shared
from workers.clock import utc_now
from workers.direct import Found

BLOCKS = "▁▂▃▄▅▆▇█"
NS_PER_MS = 1_000_000
SHOWN = (5, 50, 95, 99)
"""Percentiles on the terminal; the JSON has all of them."""


def as_json(found: Found) -> dict[str, Any]:
    """Return figures, exchanges and how they ended."""
    return {
        "readings": [_figure(one) for reading in found.readings for one in figures(reading)],
        "exchanges": [_exchange(one) for one in found.exchanges],
        "outcomes": dict(Counter(one.outcome.value for one in found.exchanges)),
        "interrupted": found.interrupted,
        "prober": [_figure(one) for reading in found.prober for one in figures(reading)],
    }


def _figure(one: Figure) -> dict[str, Any]:
    told = {"quantity": one.quantity, "value": _plain(one.value), "unit": one.unit, "n": one.n, "note": one.note}
    return told | ({} if one.low is None else {"low": _plain(one.low), "high": _plain(one.high)})


def _plain(value: Value | None) -> object:
    if not isinstance(value, Decimal):
        return value
    return int(value) if value == value.to_integral_value() else float(value)


def _exchange(one: Exchange) -> dict[str, Any]:
    first = one.output[0].at_ns if one.output else None
    return {
        "role": one.ask.role,
        "outcome": one.outcome.value,
        "detail": one.detail,
        "status": one.status,
        "started_at": one.started_at.isoformat(),
        "ttft_ms": _ms(first),
        "e2e_ms": _ms(one.last_ns),
        "output_tokens": one.usage.output if one.usage else None,
        "finish_reason": one.finish_reason,
        "reused": one.phases.reused,
        "stale_connections": one.phases.stale_connections,
    }


def _ms(ns: int | None) -> float | None:
    return None if ns is None else round(ns / NS_PER_MS, 3)


def show(found: Found) -> None:
    """Print, for each endpoint, distributions, other findings and a histogram; then how requests ended."""
    for subject in dict.fromkeys(one.subject for one in found.readings):
        _show_one(subject, [one for one in found.readings if one.subject == subject])
    if found.exchanges:
        ended = Counter(one.outcome.value for one in found.exchanges)
        told = ", ".join(f"{count} {outcome}" for outcome, count in ended.most_common())
        _shared.out.print(f"{len(found.exchanges)} requests: {told}", highlight=False)
    for one in prober.errors(found.prober, utc_now()).items():
        _shared.out.print(_own_error(*one), highlight=False, style="dim")


def _show_one(subject: str, readings: Sequence[Reading]) -> None:
    _shared.out.print(subject, style="bold", highlight=False, markup=False)
    spread = [one for one in readings if is_distribution(one)]
    for table in (_distributions(spread), _findings([one for one in readings if one not in spread])):
        if table.row_count:
            _shared.out.print(table, "")
    for reading in spread:
        if reading.quantity == "ttft_ms":
            _shared.out.print(_histogram(reading), "", highlight=False)


def _own_error(name: str, error: Error) -> str:
    tail = f", P99 {_short(error.p99_ms)} ms" if error.p99_ms is not None else ""
    return f"prober's own error, {name.replace('_', ' ')}: P50 {_short(error.p50_ms)} ms{tail}, n={error.n}"


def _distributions(readings: Sequence[Reading]) -> Table:
    table = _table("distribution", *(f"P{rank}" for rank in SHOWN), "unit", "n")
    for one in readings:
        percentiles = statistics.percentiles(one.samples)
        cells = [_short(percentiles[f"p{rank}"]) for rank in SHOWN]
        table.add_row(one.quantity, *cells, one.unit, str(len(one.samples)))
    return table


def _findings(readings: Sequence[Reading]) -> Table:
    table = _table("finding", "value", "n")
    table.add_column("", overflow="fold")
    for reading in readings:
        for one in figures(reading):
            table.add_row(one.quantity, _said(one), str(one.n), one.note)
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in (first, *others):
        table.add_column(name, justify="left" if name in (first, "unit", "value") else "right", no_wrap=name != "value")
    return table


def _short(value: Decimal | None) -> str:
    """Return a number with four digits that matter; a dash where too few samples bear none."""
    if value is None:
        return "–"
    whole = value == value.to_integral_value()
    return f"{value:.0f}" if whole else f"{value:.{max(0, min(3, 3 - value.adjusted()))}f}"


def _said(one: Figure) -> str:
    if one.value is None:
        return "unmeasured"
    if isinstance(one.value, bool):
        return "yes" if one.value else "no"
    if isinstance(one.value, Decimal):
        interval = f" ({one.low:.2f}–{one.high:.2f})" if one.low is not None and one.high is not None else ""
        return f"{_short(one.value)}{interval} {one.unit}".strip()
    return one.value


def _histogram(reading: Reading) -> str:
    edges, counts = statistics.histogram(reading.samples, bins=24)
    most = max(counts)
    bars = "".join(BLOCKS[-(-count * (len(BLOCKS) - 1) // most)] if count else " " for count in counts)
    return f"time to first token  {edges[0]:.1f} {bars} {edges[-1]:.1f} {reading.unit}, n={len(reading.samples)}"
