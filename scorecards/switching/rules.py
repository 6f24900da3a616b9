"""What the portability score is made of: reads `data/portability-*.toml`, `hosts.toml` and `exit_terms.toml`."""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from scorecards.errors import Expected
from scorecards.switching.conformance._conformance import Grade

CURRENT = "2026-11"
DATA = Path(__file__).parents[1] / "data"
TERMS = ("tuned_weights", "data_export", "switching_charges", "embeddings_documented")
"""Facts that a provider's terms settle."""


class RulesError(Expected, ValueError):
    """A file of the portability score says something it must not; the message names file, place and what was wanted."""


@dataclass(frozen=True, slots=True)
class Dimension:
    """One of the seven parts of the score; `points` of 100."""

    id: str
    title: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class FactRow:
    """One thing that no conformance probe finds out, with its points."""

    id: str
    title: str
    dimension: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Rules:
    """One version of the portability score.

    Attributes:
        stale_days: Age at which a grade stops counting.
        grades: Share of the points that each grade earns.
        licence: Class of a licence → share of the points.
        hosts: Points by the number of independent hosts; the last one holds for more.
        notice: Least days of notice → share of the points, the longest first.
        language: Tokens of the dearest language against English: the best, and the worst.
        badge: The limits between the badge's words.
    """

    id: str
    sha256: str
    stale_days: int
    grades: Mapping[Grade, Decimal]
    dimensions: Mapping[str, Dimension]
    facts: Mapping[str, FactRow]
    licence: Mapping[str, Decimal]
    hosts: tuple[Decimal, ...]
    notice: tuple[tuple[int, Decimal], ...]
    language: tuple[Decimal, Decimal]
    badge: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Promise:
    """What a provider promises, where it was read and when."""

    value: int | bool
    source: str
    checked: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Host:
    """Who runs a provider's machines.

    Attributes:
        group: The owner; hosts of one group count once.
        resells: Whether it only passes requests on to others.
        notice_days, end_date: None = nobody read a promise.
    """

    group: str
    resells: bool
    source: str
    checked: date
    notice_days: Promise | None = None
    end_date: Promise | None = None


@lru_cache
def load(rules_id: str = CURRENT) -> Rules:
    """Return the bundled rules of this id.

    Raises:
        RulesError: no such file, or the file is broken.
    """
    path = DATA / f"portability-{rules_id}.toml"
    if not path.exists():
        raise RulesError(f"wants data/{path.name}, has none")
    return parse(path.read_text(encoding="utf-8"), path.name)


def parse(text: str, name: str) -> Rules:
    """Return the rules that this TOML text holds; `name` is for messages.

    Raises:
        RulesError: naming the file and what was wanted.
    """
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
        return _rules(raw, hashlib.sha256(text.encode()).hexdigest())
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"{name}: wants TOML, {error}") from error
    except KeyError as error:
        raise RulesError(f"{name}: wants a key {error}, has none") from error


def _rules(raw: Mapping[str, Any], sha256: str) -> Rules:
    rows = raw["fact"].items()
    return Rules(
        id=raw["id"],
        sha256=sha256,
        stale_days=raw["stale_days"],
        grades={one: Decimal(raw["grades"][one.value]) for one in Grade},
        dimensions={key: Dimension(key, one["title"], Decimal(one["points"])) for key, one in raw["dimension"].items()},
        facts={key: FactRow(key, one["title"], one["dimension"], Decimal(one["points"])) for key, one in rows},
        licence={key: Decimal(share) for key, share in raw["licence"].items()},
        hosts=tuple(Decimal(points) for points in raw["hosts"]["points"]),
        notice=tuple(zip(raw["notice"]["days"], map(Decimal, raw["notice"]["shares"]), strict=True)),
        language=(Decimal(raw["language"]["best"]), Decimal(raw["language"]["worst"])),
        badge=raw["badge"],
    )


@lru_cache
def hosts() -> Mapping[str, Host]:
    """Return who runs which provider of endpoint refs."""
    rows = tomllib.loads((DATA / "hosts.toml").read_text(encoding="utf-8"))
    return {name: _host(row) for name, row in rows.items()}


def _host(row: Mapping[str, Any]) -> Host:
    checked = row["checked"]
    notice = (
        Promise(row["notice_days"], row["notice_source"], checked, row["notice_note"]) if "notice_days" in row else None
    )
    end = (
        Promise(row["machine_end_date"], row["end_date_source"], checked, row["end_date_note"])
        if "machine_end_date" in row
        else None
    )
    return Host(row["group"], row.get("resells", False), row["source"], checked, notice, end)


@lru_cache
def terms() -> Mapping[tuple[str, str], Promise]:
    """Return what providers say of leaving them, by provider and fact."""
    return parse_terms((DATA / "exit_terms.toml").read_text(encoding="utf-8"))


def parse_terms(text: str) -> Mapping[tuple[str, str], Promise]:
    """Return the terms that this TOML text holds.

    Raises:
        RulesError: a term is of a fact that no term settles.
    """
    found = {}
    for row in tomllib.loads(text)["term"]:
        if row["fact"] not in TERMS:
            raise RulesError(f"exit_terms.toml: fact wants one of {', '.join(TERMS)}, has {row['fact']!r}")
        found[row["provider"], row["fact"]] = Promise(row["holds"], row["source"], row["checked"], row.get("note", ""))
    return found
