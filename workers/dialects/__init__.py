"""Wire dialects: one file is one DIALECT; an endpoint's row names its dialect by file name."""

import sys

from scorecards.gather import gather
from workers.dialects._dialect import Dialect


def load() -> dict[str, Dialect]:
    """Return every dialect by name."""
    return gather(sys.modules[__name__], "DIALECT")
