"""Files in the form of ours, an operator's: each is a source of its own and counts as read on the vendor's page."""

from workers.price_sources._source import PriceSource

SOURCE = PriceSource(None, dated=True, named=True)
