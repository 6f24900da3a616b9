"""The data of genai-prices (MIT), `prices/new_data/v2/data.json`: prices of many providers, some with their past."""

from collections.abc import Iterator, Mapping
from typing import Any

from scorecards.cost.fact import Basis, Conditions
from scorecards.cost.listing import Entry, PriceFile, PriceSourceError, Quarantined, Stated
from scorecards.cost.sources._source import Period, Source, banded, instant, parsed, past, rows, seen, table

METERS = {
    "input_mtok": "input",
    "output_mtok": "output",
    "cache_read_mtok": "cache_read",
    "cache_write_mtok": "cache_write",
    "cache_write_1h_mtok": "cache_write_1h",
    "input_audio_mtok": "audio",
    "output_audio_mtok": "audio_output",
    "input_image_mtok": "image",
    "output_image_mtok": "image_output",
    "output_reasoning_mtok": "reasoning",
}
"""Those in tokens; what is counted in pages, hours or searches is left out."""
WINDOWS = {
    frozenset({("01:00:00Z", "04:00:00Z"), ("06:00:00Z", "10:00:00Z")}): (
        "deepseek_peak_daily",
        "deepseek_off_peak_daily",
    ),
    frozenset({("00:30:00Z", "16:30:00Z")}): ("deepseek_day_2025", "deepseek_night_2025"),
}
"""Hours of every day → names of `data/windows.toml` for these hours and for all others: this form knows no weekdays."""


def _stated(file: PriceFile) -> Stated:
    entries: list[Entry] = []
    refused: list[Quarantined] = []
    try:
        for provider in rows(parsed(file, list)):
            page = next(iter(provider.get("pricing_urls") or ()), "")
            for model in rows(provider["models"]):
                found = _model(provider["id"], model["id"], model["prices"], file, page)
                if isinstance(found, Quarantined):
                    refused.append(found)
                else:
                    entries.extend(found)
    except (KeyError, TypeError, ValueError) as error:
        raise PriceSourceError(f"{file.url}: wants the data of genai-prices, {error!r}") from error
    return Stated(tuple(entries), f"{file.read_at:%Y-%m-%d}", file.read_at, tuple(refused))


def _model(provider: str, model_id: str, raw: object, file: PriceFile, page: str) -> list[Entry] | Quarantined:
    changes = [{"prices": raw}] if isinstance(raw, dict) else rows(raw)
    kinds = {str(one["constraint"].get("type")) for one in changes if table(one.get("constraint"))}
    if kinds == {"start_date"}:
        return list(past(provider, model_id, [_period(one, page) for one in changes]))
    if not kinds:
        return list(seen(provider, model_id, dict(_prices(table(changes[-1]["prices"]))), file.read_at, page))
    if kinds == {"time_of_date"}:
        windows = WINDOWS.get(frozenset(_hours(one) for one in changes if one.get("constraint")))
        same = {str(sorted(one["prices"].items())) for one in changes if one.get("constraint")}
        if windows is not None and len(same) == 1:
            peak, off_peak = windows
            prices = dict(_prices(changes[-1]["prices"], Conditions(window=peak)))
            prices |= dict(_prices(changes[0]["prices"], Conditions(window=off_peak)))
            return list(seen(provider, model_id, prices, file.read_at, page))
    return Quarantined(f"{provider}/{model_id}", "", ", ".join(sorted(kinds)), "wants hours that a window of ours has")


def _hours(change: Mapping[str, Any]) -> tuple[str, str]:
    return change["constraint"]["start_time"], change["constraint"]["end_time"]


def _period(change: Mapping[str, Any], page: str) -> Period:
    constraint = change.get("constraint")
    start = instant(constraint["start_date"]) if constraint else None
    return Period(start, dict(_prices(table(change["prices"]))), Basis.IMPORTED, page)


def _prices(
    raw: Mapping[str, Any],
    conditions: Conditions = Conditions(),  # noqa: B008 - it is frozen
) -> Iterator[tuple[tuple[str, Conditions], object]]:
    for key, amount in raw.items():
        if key not in METERS:
            continue
        meter = METERS[key]
        if isinstance(amount, dict):
            tiers = [(_edge(one["start"]), one["price"]) for one in rows(amount["tiers"])]
            yield from banded(meter, amount["base"], tiers, conditions)
        else:
            yield (meter, conditions), amount


def _edge(start: int) -> int:
    """Return above how many input tokens a tier holds; 271999 means the 272,000 that the vendor's page names."""
    return start + 1 if start % 1000 == 999 else start  # noqa: PLR2004


SOURCE = Source(_stated)
