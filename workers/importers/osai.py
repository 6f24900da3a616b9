"""Reads a folder of the European Open Source AI Index: one file for each system."""

from pathlib import Path

from scorecards.ratings import osai
from scorecards.ratings.osai import System
from scorecards.ratings.rating import Check, Rating
from workers.importers._importer import Importer, read, read_all


def _systems(folder: Path) -> list[System]:
    return [osai.system(file) for file in read_all(folder, "systems/*.yaml")]


def _ratings(folder: Path) -> list[Rating]:
    return osai.ratings(_systems(folder))


def _check(folder: Path) -> Check:
    return osai.check(_systems(folder), read(folder, "systems.csv"))


IMPORTER = Importer(_ratings, _check)
