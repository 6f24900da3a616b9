"""A provider's own `GET /v1/models`; most want a key, so it comes as a file."""

from workers.price_sources._source import PriceSource

SOURCE = PriceSource(None, named=True, bare=True)
