"""Reads `data/views/*.toml`: other rubrics as tables of which facts answer what."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data" / "views"
METHODS = ("share", "criteria", "form", "mof_class")
LEVELS = ("III", "II", "I")
"""Classes of the Model Openness Framework, from the least to the most open."""


class ViewError(ValueError):
    """A view file says something it must not, or no view has this name; the message says what was wanted."""


@dataclass(frozen=True, slots=True)
class Item:
    """One question, criterion, component or field of another rubric.

    Attributes:
        facts: What answers it, all of them together.
        partly: Facts that make it partial where `facts` do not answer it.
        asked: Whether our facts reach it at all; else it is shown and counted nowhere.
        level: Class that it belongs to; "" outside of classes.
        required: Whether its class needs it.
        licences: Facts that say its licence; the first one that is known counts.
        or_item: Id of another item that may stand in for this one; "" = none.
    """

    id: str
    title: str
    facts: tuple[str, ...] = ()
    partly: tuple[str, ...] = ()
    asked: bool = True
    level: str = ""
    required: bool = False
    licences: tuple[str, ...] = ()
    or_item: str = ""


@dataclass(frozen=True, slots=True)
class View:
    """Another rubric over our facts.

    Attributes:
        method: How its items add up, one of METHODS.
        items: In its own order; () = the card's verdicts are its items.
    """

    name: str
    title: str
    attribution: str
    method: str
    items: tuple[Item, ...]


@lru_cache
def load() -> Mapping[str, View]:
    """Return every bundled view by its name, in the order of names.

    Raises:
        ViewError: a file is broken.
    """
    return {path.stem: parse(path.read_text(encoding="utf-8"), path.stem) for path in sorted(DATA.glob("*.toml"))}


def named(name: str) -> View:
    """Return the view of this name.

    Raises:
        ViewError: there is none; the message lists the names.
    """
    if name not in load():
        raise ViewError(f"wants a view among {', '.join(load())}, asked for {name!r}")
    return load()[name]


def parse(text: str, name: str) -> View:
    """Return the view that this TOML text holds.

    Raises:
        ViewError: naming the view, the item and what was wanted.
    """
    try:
        raw = tomllib.loads(text)
        items = tuple(_item(row) for row in raw.get("item", ()))
        view = View(name, raw["title"], raw["attribution"], raw["method"], items)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise ViewError(f"{name}: wants a view with title, attribution, method and items, has {error!r}") from error
    if view.method not in METHODS:
        raise ViewError(f"{name}: method wants one of {', '.join(METHODS)}, has {view.method!r}")
    ids = [one.id for one in items]
    for one in items:
        _check(one, ids, name)
    return view


def _item(row: Mapping[str, Any]) -> Item:
    lists: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}
    return Item(**lists)


def _check(item: Item, ids: Sequence[str], name: str) -> None:
    where = f"{name}: item {item.id!r}"
    if ids.count(item.id) > 1:
        raise ViewError(f"{where}: ids must be unique")
    if item.asked != bool(item.facts):
        raise ViewError(f"{where}: wants facts, or asked = false")
    if item.or_item and item.or_item not in ids:
        raise ViewError(f"{where}: or_item wants the id of an item, has {item.or_item!r}")
    if item.level and item.level not in LEVELS:
        raise ViewError(f"{where}: level wants one of {', '.join(LEVELS)}, has {item.level!r}")
