"""Probes: one file is one PROBE, a planned set of requests and a pure function that reads the exchanges."""

import sys

from scorecards.gather import gather
from scorecards.probes._probe import Probe


def load() -> dict[str, Probe]:
    """Return every probe by name."""
    return gather(sys.modules[__name__], "PROBE")
