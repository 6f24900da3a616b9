"""Where sources publish prices: one file is one SOURCE; `scorecards.cost.sources` decides what stands in the bytes."""

import sys
from functools import cache

from scorecards.gather import gather
from workers.price_sources._source import PriceSource


@cache
def load() -> dict[str, PriceSource]:
    """Return every source by name."""
    return gather(sys.modules[__name__], "SOURCE")
