"""Collectors: one file is one COLLECTOR, a pure function that reads documents about a model."""

import sys

from scorecards.evidence import Collector
from scorecards.gather import gather


def load() -> dict[str, Collector]:
    """Return every collector by name."""
    return gather(sys.modules[__name__], "COLLECTOR")
