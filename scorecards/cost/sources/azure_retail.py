"""Azure's retail prices: meters of Microsoft's own models and of those it serves, with the day they begin."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from scorecards.cost.fact import Basis, Conditions
from scorecards.cost.listing import Entry, PriceFile, PriceSourceError, Quarantined, Stated
from scorecards.cost.sources._source import Source, instant, parsed, rows

METERS = Path(__file__).parents[2] / "data" / "azure_meters.toml"
REGION = "eastus"
THOUSANDS_IN_MILLION = 1000
SCALES = {"1K": THOUSANDS_IN_MILLION, "1M": 1}
"""Unit of measure → how often it goes into a million tokens."""


@dataclass(frozen=True, slots=True)
class _Meter:
    model_id: str
    region: str
    meter: str
    tier: str


@cache
def _meters() -> Mapping[str, _Meter]:
    """Return what the names of meters mean; nothing in a name is guessed at."""
    blocks = tomllib.loads(METERS.read_text(encoding="utf-8"))["model"]
    return {
        name: _Meter(
            one["id"], one["region"], key.removeprefix("batch_"), "batch" if key.startswith("batch_") else "standard"
        )
        for one in blocks
        for key, name in one["meters"].items()
    }


def _stated(file: PriceFile) -> Stated:
    found = parsed(file, dict)
    items = rows(found.get("Items", found.get("items")))
    if not any("meterName" in one for one in items):
        raise PriceSourceError(f"{file.url}: wants Items with meterName, has none")
    entries: dict[tuple[str, Any], Entry] = {}
    refused: list[Quarantined] = []
    for one in items:
        meter = _meters().get(str(one.get("meterName")))
        if meter is None or REGION not in {one.get("armRegionName"), *(one.get("regions") or ())}:
            continue
        try:
            entry = _entry(one, meter, file)
        except (KeyError, TypeError, ValueError) as error:
            refused.append(
                Quarantined(
                    f"{meter.region}/{meter.model_id}", meter.meter, str(one)[:200], f"wants a meter, {error!r}"
                )
            )
            continue
        entries[one["meterName"], entry.valid_from] = entry
    return Stated(tuple(entries.values()), f"{file.read_at:%Y-%m-%d}", file.read_at, tuple(refused))


def _entry(item: Mapping[str, Any], meter: _Meter, file: PriceFile) -> Entry:
    unit = str(item["unitOfMeasure"])
    return Entry(
        provider=meter.region,
        model_id=meter.model_id,
        meter=meter.meter,
        amount=item["retailPrice"] * SCALES[unit] if unit in SCALES else item["retailPrice"],
        valid_from=instant(item["effectiveStartDate"]),
        basis=Basis.DOCUMENTED,
        conditions=Conditions(tier=meter.tier),
        currency=item.get("currencyCode") or None,
        unit="1M tokens" if unit in SCALES else unit,
        url=file.url,
        snippet=f'"meterName": "{item["meterName"]}", "retailPrice": {item["retailPrice"]}, "unitOfMeasure": "{unit}"',
    )


SOURCE = Source(_stated)
