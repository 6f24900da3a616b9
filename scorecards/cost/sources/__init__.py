"""Sources of prices: one file is one SOURCE, which turns bytes into what they state; nothing here reaches out."""

import sys
from functools import cache

from scorecards.cost.sources._source import Source
from scorecards.gather import gather


@cache
def load() -> dict[str, Source]:
    """Return every source by name."""
    return gather(sys.modules[__name__], "SOURCE")
