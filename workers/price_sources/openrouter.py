"""OpenRouter's list of models; it wants no key."""

from workers.price_sources._source import PriceSource

SOURCE = PriceSource("https://openrouter.ai/api/v1/models")
