"""Importers of others' ratings: one file is one IMPORTER; the command names it by file name."""

import sys

from scorecards.gather import gather
from workers.importers._importer import Importer


def load() -> dict[str, Importer]:
    """Return every importer by name."""
    return gather(sys.modules[__name__], "IMPORTER")
