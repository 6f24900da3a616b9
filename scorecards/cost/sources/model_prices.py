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
WINDOWS: dict[tuple[Hours, str | None], tuple[str, str]] = {
    ((("01:00", "04:00"), ("06:00", "10:00")), "cn"): ("deepseek_peak", "deepseek_off_peak"),
}
"""UTC hours and holidays of a schedule → names of `data/windows.toml` for these hours and for all others."""


@dataclass(frozen=True, slots=True)
class _Schedule:
    """Hours in which a provider's prices are multiplied; `windows` None = no window of ours has these hours."""

    start: datetime
    end: datetime | None
    windows: tuple[str, str] | None
    multiplier: Decimal
    models: frozenset[str] | None

    def concerns(self, model_id: str) -> bool:
        return self.models is None or model_id in self.models


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
        known = [_schedule(one) for one in schedules if one["provider"] == provider]
        for model_id, modes in models.items():
            own = [one for one in known if one.concerns(model_id)]
            if any(one.windows is None for one in own):
                found = "; ".join(f"{one.start:%Y-%m-%d}" for one in own if one.windows is None)
                refused.append(
                    Quarantined(f"{provider}/{model_id}", "", found, "wants hours that a window of ours has")
                )
            for mode, changes in modes.items():
                periods = _scheduled(_periods(provider, mode, changes), own)
                entries.extend(past(provider, model_id, periods))
    return entries, refused


def _schedule(raw: Mapping[str, Any]) -> _Schedule:
    hours: Hours = tuple((start, end) for start, end in raw.get("peak_hours_utc", ()))
    factors = raw.get("off_peak_multiplier")
    return _Schedule(
        start=instant(raw["valid_from"]),
        end=instant(raw["valid_until"]) if "valid_until" in raw else None,
        windows=WINDOWS.get((hours, raw.get("holidays"))) if raw.get("weekdays_only") else None,
        multiplier=Decimal(raw.get("peak_multiplier", 1)),
        models=None if factors is None else frozenset(factors),
    )


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
    peak, off_peak = schedule.windows
    prices: dict[tuple[str, Conditions], object] = {}
    for (meter, conditions), amount in period.prices.items():
        prices[meter, replace(conditions, window=off_peak)] = amount
        if isinstance(amount, int | Decimal):
            prices[meter, replace(conditions, window=peak)] = amount * schedule.multiplier
    return replace(period, prices=prices)


SOURCE = Source(_stated)
