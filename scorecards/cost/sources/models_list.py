"""A provider's own `GET /v1/models` where it has prices: per million tokens, in a currency that it does not say."""

from collections.abc import Iterator, Mapping
from typing import Any

from scorecards.cost.fact import Basis
from scorecards.cost.listing import Entry, PriceFile, PriceSourceError, Stated
from scorecards.cost.sources._source import Source, parsed, rows, table

METERS = {
    "input": "input",
    "input_tokens": "input",
    "output": "output",
    "output_tokens": "output",
    "cached_input": "cache_read",
    "cache_read_tokens": "cache_read",
}


def _stated(file: PriceFile) -> Stated:
    """Read `pricing` of each model, or of its `metadata`; some providers send a bare list."""
    models = rows(_unwrapped(file))
    if not any(_pricing(one) for one in models):
        raise PriceSourceError(f"{file.url}: wants models with pricing, has none")
    entries = [entry for one in models for entry in _model(str(one.get("id")), _pricing(one), file)]
    return Stated(tuple(entries), f"{file.read_at:%Y-%m-%d}", file.read_at)


def _unwrapped(file: PriceFile) -> object:
    if file.content.lstrip()[:1] == b"[":
        return parsed(file, list)
    return parsed(file, dict).get("data")


def _pricing(model: Mapping[str, Any]) -> dict[str, Any]:
    return table(model.get("pricing")) or table(table(model.get("metadata")).get("pricing"))


def _model(model_id: str, pricing: Mapping[str, Any], file: PriceFile) -> Iterator[Entry]:
    for key, meter in METERS.items():
        if key in pricing and not (meter == "cache_read" and pricing[key] == 0):
            yield Entry(
                file.provider,
                model_id,
                meter,
                pricing[key],
                file.read_at,
                Basis.FIRST_OBSERVED,
                currency=file.currency or None,
                url=file.url,
            )


SOURCE = Source(_stated)
