"""models.dev's own file."""

from workers.price_sources._source import PriceSource

SOURCE = PriceSource("https://models.dev/api.json")
