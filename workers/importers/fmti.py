"""Reads a folder of the Foundation Model Transparency Index: three tables for each edition."""

from pathlib import Path

from scorecards.ratings import fmti
from scorecards.ratings.fmti import Edition
from scorecards.ratings.rating import Check, Rating
from workers.importers._importer import Importer, read, read_all

TABLES = ("indicators", "scores", "published_totals")


def _editions(folder: Path) -> list[Edition]:
    names = [one.name.removeprefix("scores_").removesuffix(".csv") for one in read_all(folder, "scores_*.csv")]
    return [fmti.edition(name, *(read(folder, f"{table}_{name}.csv") for table in TABLES)) for name in names]


def _ratings(folder: Path) -> list[Rating]:
    return [rating for edition in _editions(folder) for rating in fmti.ratings(edition)]


def _check(folder: Path) -> Check:
    return fmti.check(_editions(folder))


IMPORTER = Importer(_ratings, _check)
