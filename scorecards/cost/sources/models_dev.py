"""models.dev's `api.json` (MIT): prices of the day in dollars per million tokens, by provider."""

from collections.abc import Iterator, Mapping
from typing import Any

from scorecards.cost.fact import Conditions
from scorecards.cost.listing import Entry, PriceFile, PriceSourceError, Stated
from scorecards.cost.sources._source import Source, banded, parsed, rows, seen, table

METERS = {
    "input": "input",
    "output": "output",
    "cache_read": "cache_read",
    "cache_write": "cache_write",
    "reasoning": "reasoning",
    "input_audio": "audio",
    "output_audio": "audio_output",
}
FREE = ":free"
"""The end of an id that says so itself."""


def _stated(file: PriceFile) -> Stated:
    entries: list[Entry] = []
    providers = {key: table(one) for key, one in parsed(file, dict).items()}
    if not any(table(one.get("models")) for one in providers.values()):
        raise PriceSourceError(f"{file.url}: wants providers with models, has none")
    for provider, raw in providers.items():
        for model_id, model in table(raw.get("models")).items():
            prices = dict(_prices(table(table(model).get("cost"))))
            free = model_id.endswith(FREE)
            entries.extend(seen(provider, model_id, prices, file.read_at, file.url, free=free))
    return Stated(tuple(entries), f"{file.read_at:%Y-%m-%d}", file.read_at)


def _prices(cost: Mapping[str, Any]) -> Iterator[tuple[tuple[str, Conditions], object]]:
    tiers = [one for one in rows(cost.get("tiers")) if table(one.get("tier")).get("type") == "context"]
    for key, meter in METERS.items():
        above = [
            (one["tier"]["size"], one[key]) for one in tiers if key in one and isinstance(one["tier"].get("size"), int)
        ]
        yield from banded(meter, cost.get(key), above)


SOURCE = Source(_stated)
