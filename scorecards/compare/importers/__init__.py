"""Results of other tools as records of a comparison: one file is one IMPORTER."""

import json
import sys
from collections.abc import Sequence
from functools import lru_cache

from scorecards.compare.cells import Plan, Record
from scorecards.compare.importers._importer import Imported, Importer, ResultsError
from scorecards.gather import gather


@lru_cache
def load() -> dict[str, Importer]:
    """Return every importer by the name of its file."""
    return gather(sys.modules[__name__], "IMPORTER")


def parse(data: bytes, name: str) -> Imported:
    """Return what a file of results holds, whichever tool wrote it.

    Raises:
        ResultsError: it is no JSON, or of no tool that is known.
    """
    try:
        found = json.loads(data.decode("utf-8-sig"), parse_constant=lambda _: None)
    except UnicodeDecodeError as error:
        raise ResultsError(f"{name}: wants JSON in UTF-8 (of Inspect: inspect log dump), {error}") from error
    except (ValueError, RecursionError) as error:
        raise ResultsError(f"{name}: wants JSON (of Inspect: inspect log dump), {error}") from error
    for one in load().values():
        if isinstance(found, dict) and one.knows(found):
            return one.read(found)
    tools = " or ".join(one.tool for one in load().values())
    raise ResultsError(f"{name}: wants results of {tools}, has something else")


def merge(parts: Sequence[Imported]) -> tuple[Plan, list[Record]]:
    """Return the plan and the records of several files; the first endpoint of the first file is A.

    Raises:
        PlanError: they hold fewer than two endpoints, or no prompt.
    """
    prompts = {prompt.id: prompt for part in reversed(parts) for prompt in reversed(part.prompts)}
    records = {record.cell: record for part in parts for record in part.records}
    endpoints = list(dict.fromkeys(one for part in parts for one in part.endpoints))
    repeats = {one: 1 + max((c.repeat for c in records if c.endpoint == one), default=0) for one in endpoints}
    problems = tuple(problem for part in parts for problem in part.problems)
    return Plan(tuple(reversed(prompts.values())), endpoints, repeats, problems), list(records.values())
