"""Small evaluation sets: questions with an answer that a plain rule can check, one JSON object a line."""

import json
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

BUNDLED = Path(__file__).parent / "data" / "sets"
NOT_STATED = "not stated"
"""Licence and source of a set without a note beside it."""

NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")
ABOUT_KEYS = ("title", "licence", "source")
OWN_KEYS = ("id", "kind", "lang", "prompt", "answer")


class EvalSetError(ValueError):
    """A set cannot be read; the message names file and line, what was wanted and what was found."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question.

    Attributes:
        kind: How the answer is checked: the name of a file in `scorecards/checks`. A kind without a check is kept, for
            whoever reads it.
        lang: BCP 47 tag of the prompt.
        answer: What is right, in the form of its kind; None for a kind whose rules say it.
        fields: What else its kind needs: `choices`, `labels`, `context`, …
    """

    id: str
    kind: str
    lang: str
    prompt: str
    answer: Any
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EvalSet:
    """A named set of questions with its licence and where it is from."""

    name: str
    title: str
    licence: str
    source: str
    items: Sequence[Item]


Test = Callable[[Any], bool]
_text: Test = lambda value: isinstance(value, str) and bool(value.strip())  # noqa: E731 - a table of one-line tests
_texts: Test = lambda value: isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)  # noqa: E731
_objects: Test = lambda value: isinstance(value, list) and all(isinstance(one, dict) for one in value)  # noqa: E731

TEXT, TEXTS = ("a text", _text), ("a list of texts", _texts)
OBJECTS = ("a list of objects", _objects)
NEEDS: Mapping[str, Mapping[str, tuple[str, Test]]] = {
    "numeric": {
        "answer": ("a number as a text", lambda value: isinstance(value, str) and re.search(r"\d", value) is not None)
    },
    "mcq": {"choices": TEXTS, "answer": ("a letter", lambda value: _text(value) and value[0].isupper())},
    "label": {"labels": TEXTS, "answer": TEXT},
    "exact": {"answer": ("a text or a list of texts", lambda value: _text(value) or _texts(value))},
    "ifeval": {"instruction_id_list": TEXTS, "kwargs": OBJECTS},
    "tools": {"functions": OBJECTS, "answer": OBJECTS},
    "schema": {"schema": ("a JSON Schema", lambda value: isinstance(value, dict))},
}
"""What an item of each kind must have beside id, lang and prompt."""


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
    for key, (wanted, test) in {"id": TEXT, "kind": TEXT, "lang": TEXT, "prompt": TEXT}.items():
        _must(row.get(key), wanted, test, f"{where}: {key}")
    for key, (wanted, test) in NEEDS.get(row["kind"], {}).items():
        _must(row.get(key), wanted, test, f"{where}: {key} of a {row['kind']} item")
    rest = {key: value for key, value in row.items() if key not in OWN_KEYS}
    return Item(row["id"], row["kind"], row["lang"], row["prompt"], row.get("answer"), rest)


def _prompt(row: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what the file says
    """Return the text of a row that is a conversation of one turn, or a text to read."""
    messages = row.get("messages")
    if _objects(messages) and messages is not None and len(messages) == 1:
        return messages[0].get("content")
    return row.get("text")


def _must(value: object, wanted: str, test: Test, where: str) -> None:
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
