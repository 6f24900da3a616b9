"""OpenRouter's `GET /api/v1/models`: what it charges today, in dollars per token, request or image, as text."""

from collections.abc import Iterator

from scorecards.cost.fact import Basis
from scorecards.cost.listing import Entry, PriceFile, PriceSourceError, Stated
from scorecards.cost.sources._source import DOLLARS, Source, parsed, per_million, rows, table

PROVIDER = "openrouter"
METERS = {
    "prompt": "input",
    "completion": "output",
    "input_cache_read": "cache_read",
    "input_cache_write": "cache_write",
    "internal_reasoning": "reasoning",
    "audio": "audio",
}
VARIES = "-1"
"""The price of a router that picks a model: none of its own."""
FREE = ":free"


def _stated(file: PriceFile) -> Stated:
    models = rows(parsed(file, dict).get("data"))
    if not any("pricing" in one for one in models):
        raise PriceSourceError(f"{file.url}: wants data with pricing, has none")
    entries = [entry for one in models for entry in _model(str(one.get("id")), table(one.get("pricing")), file)]
    return Stated(tuple(entries), f"{file.read_at:%Y-%m-%d}", file.read_at)


def _model(model_id: str, pricing: dict[str, object], file: PriceFile) -> Iterator[Entry]:
    free = model_id.endswith(FREE)
    for key, meter in METERS.items():
        amount = pricing.get(key)
        # Zero stands in every field that has no price; of the two that everybody pays it would be one.
        if amount in {None, VARIES} or (meter not in {"input", "output"} and amount in {"0", 0}):
            continue
        yield Entry(
            PROVIDER,
            model_id,
            meter,
            per_million(amount),
            file.read_at,
            Basis.FIRST_OBSERVED,
            currency=DOLLARS,
            url=file.url,
            free=free,
        )


SOURCE = Source(_stated)
