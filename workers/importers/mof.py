"""Reads a folder of the Model Openness Tool: its model files, its components and its licences."""

from pathlib import Path

from scorecards.ratings import mof
from scorecards.ratings.mof import Model, Rules
from scorecards.ratings.rating import Check, Rating
from workers.importers._importer import Importer, read, read_all


def _models(folder: Path) -> tuple[list[Model], Rules]:
    rules = mof.rules(read(folder, "components.yml"), read(folder, "mof-licenses.json"))
    return [mof.model(file, rules) for file in read_all(folder, "models/*.yml")], rules


def _ratings(folder: Path) -> list[Rating]:
    return mof.ratings(*_models(folder))


def _check(folder: Path) -> Check:
    return mof.check(*_models(folder), read(folder, "models.csv"))


IMPORTER = Importer(_ratings, _check)
