"""Files of our own form: those that come with Pellucid, or an operator's."""

from workers.price_sources._source import PriceSource

SOURCE = PriceSource(None, dated=True)
