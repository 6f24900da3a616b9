"""Files of prompts: JSON Lines of our own rows, or a promptfoo configuration in YAML."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath

from scorecards.compare import promptfoo
from scorecards.compare.prompt_rows import Problem, Prompt, RowError, Said, of_row
from scorecards.errors import Expected

MOST_ROWS = 10_000


class PromptsError(Expected, ValueError):
    """A file as a whole cannot be read; the message names it, what was wanted and what was found."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a file holds: the prompts to ask, and the rows that were left out, each with its reason."""

    prompts: tuple[Prompt, ...]
    problems: tuple[Problem, ...]


def parse(data: bytes, name: str) -> Parsed:
    """Return the prompts of a file; a row that is none, or was there before, is told and the others go on.

    Raises:
        PromptsError: it is not UTF-8, of no known suffix, no YAML, or has more than MOST_ROWS rows.
    """
    suffix = PurePath(name).suffix.lower()
    if suffix not in FORMATS:
        raise PromptsError(f"{name}: wants a file that ends in {', '.join(FORMATS)}")
    try:
        text = data.decode("utf-8-sig")
        rows = dict(FORMATS[suffix](text))
    except UnicodeDecodeError as error:
        raise PromptsError(f"{name}: wants UTF-8, {error}") from error
    except ValueError as error:
        raise PromptsError(f"{name}: {error}") from error
    if len(rows) > MOST_ROWS:
        raise PromptsError(f"{name}: wants at most {MOST_ROWS} rows, has {len(rows)}")
    return _told_apart(_read(rows, PurePath(name).stem))


def _json_lines(text: str) -> Iterator[tuple[int, object]]:
    """Yield every line that is not blank, with its number."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            yield number, _json(line)


def _json(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        return RowError("one JSON object", Said(f"{line[:40]!r}: {error}"))


FORMATS: Mapping[str, Callable[[str], Iterator[tuple[int, object]]]] = {
    ".jsonl": _json_lines,
    ".yaml": promptfoo.rows,
    ".yml": promptfoo.rows,
}
"""Suffix → how its rows are read, as `of_row` takes them; a RowError in the place of one that cannot be."""


def _read(rows: Mapping[int, object], set_name: str) -> Iterator[tuple[int, Prompt | Problem]]:
    for number, row in rows.items():
        try:
            if isinstance(row, RowError):
                raise row
            yield number, of_row(row, number, set_name)
        except RowError as error:
            yield number, error.at(number)


def _told_apart(rows: Iterator[tuple[int, Prompt | Problem]]) -> Parsed:
    """Leave out every prompt that was there before, by its id or by what it asks."""
    prompts, problems = list[Prompt](), list[Problem]()
    first: dict[object, int] = {}
    for number, one in rows:
        if isinstance(one, Problem):
            problems.append(one)
            continue
        twice = first.get(one.id) or first.get((one.system, one.text))
        if twice:
            problems.append(Problem(number, "a prompt and an id that were not there before", f"those of row {twice}"))
        else:
            first |= {one.id: number, (one.system, one.text): number}
            prompts.append(one)
    return Parsed(tuple(prompts), tuple(problems))


def reasons(problems: tuple[Problem, ...]) -> dict[str, int]:
    """Return how many rows were left out for want of what."""
    return dict(sorted(Counter(one.wanted for one in problems).items()))
