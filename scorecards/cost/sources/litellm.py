"""LiteLLM's price map (MIT), `model_prices_and_context_window.json`: prices of the day in dollars per token."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from scorecards.cost.fact import Conditions
from scorecards.cost.listing import Entry, PriceFile, PriceSourceError, Quarantined, Stated
from scorecards.cost.sources._source import Source, banded, parsed, per_million, rows, seen, table

METERS = {
    "input_cost_per_token": "input",
    "output_cost_per_token": "output",
    "cache_read_input_token_cost": "cache_read",
    "cache_creation_input_token_cost": "cache_write",
    "cache_creation_input_token_cost_above_1hr": "cache_write_1h",
    "cache_creation_input_token_cost_above_12hr": "cache_write_12h",
    "output_cost_per_reasoning_token": "reasoning",
    "input_cost_per_audio_token": "audio",
    "output_cost_per_audio_token": "audio_output",
    "input_cost_per_image_token": "image",
    "output_cost_per_image_token": "image_output",
}
TIERS = {"batches": "batch", "flex": "flex", "priority": "priority", "ultrafast": "ultrafast"}
KEY = re.compile(rf"(?P<meter>{'|'.join(sorted(METERS, key=len, reverse=True))})"
                 rf"(?:_above_(?P<thousands>\d+)k_tokens)?(?:_(?P<tier>{'|'.join(TIERS)}))?")  # fmt: skip
EXAMPLE = "sample_spec"
WINDOWS: dict[tuple[tuple[tuple[str, ...], tuple[int, ...]], ...], tuple[str, str]] = {
    (
        (("00:00-01:00", "04:00-06:00", "10:00-00:00"), (1, 2, 3, 4, 5)),
        (("00:00-00:00",), (6, 7)),
    ): ("deepseek_peak_weekdays", "deepseek_off_peak_weekdays"),
}
"""Off-peak hours in UTC by ISO weekdays → names of `data/windows.toml` for all other hours, and for these."""


def _stated(file: PriceFile) -> Stated:
    entries: list[Entry] = []
    refused: list[Quarantined] = []
    found = {key: one for key, one in parsed(file, dict).items() if key != EXAMPLE}
    if not any(isinstance(one, dict) and "litellm_provider" in one for one in found.values()):
        raise PriceSourceError(f"{file.url}: wants models with litellm_provider, has none")
    for key, raw in found.items():
        provider = table(raw).get("litellm_provider")
        if not isinstance(provider, str):
            continue
        model_id = key.removeprefix(f"{provider}/")
        windows = _windows(raw)
        if "off_peak_pricing" in raw and windows is None:
            refused.append(
                Quarantined(f"{provider}/{model_id}", "", "off_peak_pricing", "wants hours that a window of ours has")
            )
            continue
        source = raw.get("source")
        url = source if isinstance(source, str) else ""
        entries.extend(seen(provider, model_id, _priced(raw, windows), file.read_at, url))
    return Stated(tuple(entries), f"{file.read_at:%Y-%m-%d}", file.read_at, tuple(refused))


def _windows(raw: Mapping[str, Any]) -> tuple[str, str] | None:
    spans = rows(table(raw.get("off_peak_pricing")).get("windows"))
    return WINDOWS.get(tuple((_hours(one.get("hours_utc")), tuple(one.get("weekdays") or ())) for one in spans))


def _hours(found: object) -> tuple[str, ...]:
    return (found,) if isinstance(found, str) else tuple(found) if isinstance(found, list) else ()


def _priced(raw: Mapping[str, Any], windows: tuple[str, str] | None) -> dict[tuple[str, Conditions], object]:
    if windows is None:
        return dict(_prices(raw, Conditions()))
    peak, off_peak = windows
    cheap = dict(_prices(raw["off_peak_pricing"], Conditions(window=off_peak)))
    # What has no off-peak price of its own is the same all day.
    own = {(meter, replace(conditions, window="")) for meter, conditions in cheap}
    dear = {
        (meter, replace(conditions, window=peak) if (meter, conditions) in own else conditions): amount
        for (meter, conditions), amount in _prices(raw, Conditions())
    }
    return dear | cheap


def _prices(raw: Mapping[str, Any], conditions: Conditions) -> Iterator[tuple[tuple[str, Conditions], object]]:
    """Yield prices per million tokens by meter, band of input tokens and tier."""
    found: dict[tuple[str, str], dict[int, object]] = {}
    for key, amount in raw.items():
        match = KEY.fullmatch(key)
        if match and amount is not None:
            tier = TIERS.get(match["tier"], conditions.tier)
            edge = int(match["thousands"] or 0) * 1000
            found.setdefault((METERS[match["meter"]], tier), {})[edge] = per_million(amount)
    for (meter, tier), edges in found.items():
        above = [(edge, amount) for edge, amount in edges.items() if edge]
        yield from banded(meter, edges.get(0), above, replace(conditions, tier=tier))
    yield from _tiered(rows(raw.get("tiered_pricing")), conditions)


def _tiered(tiers: list[dict[str, Any]], conditions: Conditions) -> Iterator[tuple[tuple[str, Conditions], object]]:
    """Yield prices of the other form, a list of `range: [from, to]`."""
    ordered = sorted((one for one in tiers if _range(one)), key=lambda one: one["range"][0])
    for place, one in enumerate(ordered):
        start, end = int(one["range"][0]) or None, None if place + 1 == len(ordered) else int(one["range"][1])
        for (meter, plain), amount in _prices({**one, "tiered_pricing": None}, conditions):
            yield (meter, replace(plain, input_above=start, input_upto=end)), amount


def _range(tier: Mapping[str, Any]) -> bool:
    span = tier.get("range")
    return isinstance(span, list) and len(span) == 2 and all(isinstance(one, int | Decimal) for one in span)  # noqa: PLR2004


SOURCE = Source(_stated)
