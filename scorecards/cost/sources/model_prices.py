"""The snapshot of model-prices (MIT; models.dev's past with sourced corrections): dated prices of labs' own APIs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from scorecards.cost.fact import Basis, Conditions
from scorecards.cost.listing import Entry, PriceFile, PriceSourceError, Quarantined, Stated
from scorecards.cost.sources._source import Period, Source, banded, instant, parsed, past, rows, table
from scorecards.cost.timeline import BEGINNING

SCHEMA = 1
METERS = ("input", "output", "cache_read", "cache_write")
LONG_CACHE = {"openai": "cache_write_12h"}
"""Provider → what its longer-lived cache writes are called; elsewhere they live for an hour."""
BASES = {"documented": Basis.DOCUMENTED, "first observed": Basis.FIRST_OBSERVED}
Hours = tuple[tuple[str, str], ...]
WINDOWS: dict[tuple[str, Hours, str | None, bool], tuple[str, str]] = {
    ("peak", (("01:00", "04:00"), ("06:00", "10:00")), "cn", True): ("deepseek_peak", "deepseek_off_peak"),
    ("off_peak", (("16:30", "00:30"),), None, False): ("deepseek_day_2025", "deepseek_night_2025"),
    ("off_peak", (("14:00", "00:00"),), None, False): ("alibaba_busy", "alibaba_idle"),
}
"""Kind of hours, the hours in UTC, holidays, weekdays only → names in `data/windows.toml`: dear, cheap."""


@dataclass(frozen=True, slots=True)
class _Schedule:
    """Dear and cheap hours of a model, with what the listed price is multiplied by.

    Attributes:
        windows: None = no window of ours has these hours.
    """

    start: datetime
    end: datetime | None
    windows: tuple[str, str] | None
    dear: Decimal
    cheap: Decimal


def _stated(file: PriceFile) -> Stated:
    found = parsed(file, dict)
    if found.get("schema") != SCHEMA:
        raise PriceSourceError(f"{file.url}: wants schema {SCHEMA}, has {found.get('schema')!r}")
    try:
        looked_at = instant(found["updated_at"])
        entries, refused = _all(table(found["prices"]), rows(table(found["schedules"]).get("schedule")))
    except (KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise PriceSourceError(f"{file.url}: wants a snapshot of model-prices, {error!r}") from error
    return Stated(tuple(entries), found["updated_at"], looked_at, tuple(refused))


def _all(prices: Mapping[str, Any], schedules: list[dict[str, Any]]) -> tuple[list[Entry], list[Quarantined]]:
    entries: list[Entry] = []
    refused: list[Quarantined] = []
    for provider, models in prices.items():
        known = [one for one in schedules if one["provider"] == provider]
        for model_id, modes in models.items():
            own = [one for one in (_schedule(raw, model_id) for raw in known) if one is not None]
            if any(one.windows is None for one in own):
                found = "; ".join(f"{one.start:%Y-%m-%d}" for one in own if one.windows is None)
                refused.append(
                    Quarantined(f"{provider}/{model_id}", "", found, "wants hours that a window of ours has")
                )
            for mode, changes in modes.items():
                periods = _scheduled(_periods(provider, mode, changes), own)
                entries.extend(past(provider, model_id, periods))
    return entries, refused


def _schedule(raw: Mapping[str, Any], model_id: str) -> _Schedule | None:
    """Return a provider's schedule as it concerns one model; None = it does not."""
    kind = "peak" if "peak_hours_utc" in raw else "off_peak"
    hours: Hours = tuple((start, end) for start, end in raw[f"{kind}_hours_utc"])
    factor = raw[f"{kind}_multiplier"]
    if isinstance(factor, dict):
        factor = factor.get(model_id)
    if factor is None:
        return None
    start, end = instant(raw["valid_from"]), instant(raw["valid_until"]) if "valid_until" in raw else None
    windows = WINDOWS.get((kind, hours, raw.get("holidays"), raw.get("weekdays_only", False)))
    dear, cheap = (Decimal(factor), Decimal(1)) if kind == "peak" else (Decimal(1), Decimal(factor))
    return _Schedule(start, end, windows, dear, cheap)


def _periods(provider: str, mode: str, changes: Iterable[Mapping[str, Any]]) -> list[Period]:
    found: list[Period] = []
    for change in changes:
        if change["rates"] is None and change["start"] is None:
            continue  # before it was sold
        period = _period(provider, mode, change, first=not (found and found[-1].prices))
        # A correction may begin before the very entry that it corrects, which then never held.
        while found and _begins(found[-1]) >= _begins(period):
            found.pop()
        found.append(period)
    return found


def _begins(period: Period) -> datetime:
    return period.start or BEGINNING


def _period(provider: str, mode: str, change: Mapping[str, Any], *, first: bool) -> Period:
    """Return the prices of one change; before the first one the data set assumes its prices, we do not."""
    rates = change["rates"]
    if rates is None:
        return Period(instant(change["start"]), {})
    prices = dict(_rates(provider, Conditions(tier=mode), rates))
    basis = BASES.get(rates["valid_from_basis"], Basis.IMPORTED)
    known_from = instant(rates["valid_from"])
    start = known_from if change["start"] is None else instant(change["start"])
    return Period(max(start, known_from) if first else start, prices, basis, rates["source"])


def _rates(
    provider: str, conditions: Conditions, rates: Mapping[str, Any]
) -> Iterator[tuple[tuple[str, Conditions], object]]:
    tiers = rows(rates.get("tiers"))
    for meter in METERS:
        above = [(one["above"], one[meter]) for one in tiers if meter in one]
        yield from banded(meter, rates.get(meter), above, conditions)
    multiple = rates.get("cache_write_1h_multiple")
    if multiple is not None and "cache_write" in rates:
        above = [(one["above"], one["input"] * multiple) for one in tiers]
        yield from banded(LONG_CACHE.get(provider, "cache_write_1h"), rates["input"] * multiple, above, conditions)


def _scheduled(periods: list[Period], schedules: Iterable[_Schedule]) -> list[Period]:
    """Return the periods with each schedule's hours as windows of their own, or with a gap where no window has them."""
    for one in schedules:
        edges = [edge for edge in (one.start, one.end) if edge is not None]
        split = [
            part
            for place, period in enumerate(periods)
            for part in _split(period, periods[place + 1 : place + 2], edges)
        ]
        periods = [_windowed(period, one) if _within(period, one) else period for period in split]
    return periods


def _split(period: Period, following: list[Period], edges: Iterable[datetime]) -> Iterator[Period]:
    yield period
    for edge in edges:
        ended = following and following[0].start is not None and following[0].start <= edge
        if period.start is not None and period.start < edge and not ended:
            yield replace(period, start=edge)


def _within(period: Period, schedule: _Schedule) -> bool:
    start = period.start
    return start is not None and schedule.start <= start and (schedule.end is None or start < schedule.end)


def _windowed(period: Period, schedule: _Schedule) -> Period:
    if schedule.windows is None:
        return replace(period, prices={})
    dear, cheap = schedule.windows
    prices: dict[tuple[str, Conditions], object] = {}
    for (meter, conditions), amount in period.prices.items():
        for window, factor in ((dear, schedule.dear), (cheap, schedule.cheap)):
            # What is no number stays what it is, to be refused as such.
            scaled = amount * factor if isinstance(amount, int | Decimal) else amount
            prices[meter, replace(conditions, window=window)] = scaled
    return replace(period, prices=prices)


SOURCE = Source(_stated)
