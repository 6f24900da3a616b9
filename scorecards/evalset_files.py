"""Reads evaluation sets from JSON Lines: the bundled ones and those of the operator's folder."""

import json
import re
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from scorecards import checks
from scorecards.checks._check import OBJECTS, TEXT, Need
from scorecards.evalsets import EvalSet, EvalSetError, Item

BUNDLED = Path(__file__).parent / "data" / "sets"
NOT_STATED = "not stated"
"""Licence and source of a set without a note beside it."""

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
ABOUT_KEYS = ("title", "licence", "source")
OWN_KEYS = ("id", "kind", "lang", "prompt", "answer")


def parse(text: str, name: str, about: Mapping[str, Any]) -> EvalSet:
    """Return the set that these JSON Lines hold; `about` may say title, licence and source.

    Raises:
        EvalSetError: naming file and line, what was wanted and what was found.
    """
    if not NAME.fullmatch(name):
        raise EvalSetError(f"{name}.jsonl: a set's name wants a-z, 0-9, _ and - only")
    items: dict[str, Item] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            where = f"{name}.jsonl line {number}"
            one = _item(line, where)
            if one.id in items:
                raise EvalSetError(f"{where}: ids must be unique, {one.id!r} is taken")
            items[one.id] = one
    if not items:
        raise EvalSetError(f"{name}.jsonl: wants at least one item, has none")
    told = {key: str(about.get(key, NOT_STATED)) for key in ABOUT_KEYS}
    return EvalSet(name, str(about.get("title", name)), told["licence"], told["source"], tuple(items.values()))


def _item(line: str, where: str) -> Item:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise EvalSetError(f"{where}: wants one JSON object, {error}") from error
    if not isinstance(row, dict):
        raise EvalSetError(f"{where}: wants one JSON object, has {line[:40]!r}")
    row = {**row, "prompt": row.get("prompt") or _prompt(row)}
    for key in ("id", "kind", "lang", "prompt"):
        _must(row.get(key), TEXT, f"{where}: {key}")
    known = checks.load().get(row["kind"])
    for key, need in known.needs.items() if known else ():
        _must(row.get(key), need, f"{where}: {key} of a {row['kind']} item")
    rest = {key: value for key, value in row.items() if key not in OWN_KEYS}
    return Item(row["id"], row["kind"], row["lang"], row["prompt"], row.get("answer"), rest)


def _prompt(row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what the file says
    """Return the text of a row that is a conversation of one turn, or a text to read."""
    messages = row.get("messages")
    if isinstance(messages, list) and len(messages) == 1 and OBJECTS[1](messages):
        return messages[0].get("content")
    return row.get("text")


def _must(value: object, need: Need, where: str) -> None:
    wanted, test = need
    if not test(value):
        raise EvalSetError(f"{where} wants {wanted}, has {value!r}"[:300])


def folder(path: Path) -> dict[str, EvalSet]:
    """Return every `NAME.jsonl` of a folder by name; title, licence and source stand in `NAME.toml` beside it.

    Raises:
        EvalSetError: there is no such folder, or a file cannot be read.
    """
    if not path.is_dir():
        raise EvalSetError(f"wants a folder of evaluation sets, found none at {path}")
    return {one.stem: _file(one) for one in sorted(path.glob("*.jsonl"))}


def _file(path: Path) -> EvalSet:
    note = path.with_suffix(".toml")
    try:
        about = tomllib.loads(note.read_text(encoding="utf-8")) if note.exists() else {}
        return parse(path.read_text(encoding="utf-8"), path.stem, about)
    except tomllib.TOMLDecodeError as error:
        raise EvalSetError(f"{note.name}: wants TOML with {', '.join(ABOUT_KEYS)}, {error}") from error
    except UnicodeDecodeError as error:
        raise EvalSetError(f"{path.name}: wants UTF-8, {error}") from error


@lru_cache
def bundled() -> Mapping[str, EvalSet]:
    """Return the sets that come with the project, by name."""
    return folder(BUNDLED)


def all_sets(own: Path | None) -> Mapping[str, EvalSet]:
    """Return the bundled sets and those of the operator's folder; None = there is no such folder.

    Raises:
        EvalSetError: as `folder`, and when a set of the folder takes the name of a bundled one: two sets of one name
            would be published as one figure.
    """
    added = folder(own) if own else {}
    if taken := sorted(added.keys() & bundled().keys()):
        raise EvalSetError(f"{taken[0]}.jsonl: the name is taken by a bundled set")
    return {**bundled(), **added}
