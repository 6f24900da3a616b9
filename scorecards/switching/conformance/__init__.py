"""Conformance probes: one file is one CONFORMANCE, one thing a caller may rely on at any endpoint."""

import sys

from scorecards.gather import gather
from scorecards.switching.conformance._conformance import Conformance


def load() -> dict[str, Conformance]:
    """Return every conformance probe by name."""
    return gather(sys.modules[__name__], "CONFORMANCE")
