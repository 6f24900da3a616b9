"""Versioned tables of indicators and scales: the reader of `data/rubric-*.toml`."""

import hashlib
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from scorecards.errors import Expected
from scorecards.evidence import family

CURRENT = "2026-11"
DATA = Path(__file__).parent / "data"

RULES = ("present", "holds")
APPLIES_TO = ("all", "open_weights", "closed_weights", "served", "hosted")
CHECKS = ("artifact", "document", "metadata", "probe")
LONGEST_TTL_DAYS = 365
KINDS = ("count", "date", "licence", "languages", "statement", "flag", "price", "text")
COMPARISONS = ("number", "date", "licence", "languages", "text", "flag", "none")


class RubricError(Expected, ValueError):
    """A rubric file says something it must not; the message names file, place and what was wanted."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that can be known about a model; indicators and other rubrics' views rest on facts.

    Attributes:
        kind: What its value is, one of KINDS.
        compare: How two sources are set against each other, one of COMPARISONS; `none` = they never disagree.
        tolerance: Relative difference of two numbers that still agree.
        only_if: A fact without which this one is not asked for (active parameters: mixtures of experts); "" = always.
        awaits: What will read it one day; "" = something reads it now.
        once_known: The fact that must be known before `only_if` may say that this one does not apply.
    """

    id: str
    title: str = ""
    kind: str = "statement"
    unit: str = ""
    compare: str = "none"
    tolerance: Decimal = Decimal(0)
    only_if: str = ""
    once_known: str = ""
    awaits: str = ""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One question of the rubric.

    Attributes:
        facts: What answers it; several facts answer it together.
        rule: `present`: a known value earns the point; `holds`: a true value does, a false one is absent.
        check: How it is looked into, one of CHECKS.
        applies_to: Models with open or closed weights only, models `served` by any known endpoint, models `hosted` by
            their own developer, or all.
        ttl_days: Evidence older than this is stale.
        earns: What it takes for each state that earns points, in words.
        crosswalk: Other rubrics' names for the same question, `{"fmti2025": "064", …}`.
    """

    id: str
    domain: str
    title: str
    question: str
    motivation: str
    facts: tuple[str, ...]
    rule: str
    check: str
    applies_to: str
    ttl_days: int
    earns: Mapping[str, str]
    remediation: str
    crosswalk: Mapping[str, str]

    @property
    def ttl(self) -> timedelta:
        """How long its evidence stays fresh."""
        return timedelta(days=self.ttl_days)


@dataclass(frozen=True, slots=True)
class Scale:
    """A fixed scale from 0 (`worst`) to 100 (`best`) for one measured quantity; both ends in its unit."""

    quantity: str
    title: str
    unit: str
    best: Decimal
    worst: Decimal
    weight: Decimal
    kind: str
    """`log` or `linear`."""


@dataclass(frozen=True, slots=True)
class Rubric:
    """One version of the rubric; `sha256` is of the file's bytes."""

    id: str
    sha256: str
    title: str
    domains: Mapping[str, str]
    indicators: tuple[Indicator, ...]
    facts: Mapping[str, Fact]
    ttl_days: Mapping[str, int]
    performance: tuple[Scale, ...]
    cost: Scale | None
    """Of one million tokens of a standard workload; None = this rubric knows no cost."""
    measured_cost: Scale | None
    """Of a measured cost beside the workloads; None = this rubric knows none."""
    quantities: Mapping[str, Mapping[str, Any]]
    """How each published quantity is called, its unit and its materiality (a relative change that matters)."""
    window_hours: int

    def indicator(self, indicator_id: str) -> Indicator:
        """Return the indicator of this id; KeyError when there is none."""
        for one in self.indicators:
            if one.id == indicator_id:
                return one
        raise KeyError(indicator_id)

    def ttl_of(self, fact_id: str) -> timedelta:
        """Return how long evidence of a fact stays fresh: the shortest time of the indicators that rest on it."""
        return timedelta(days=self.ttl_days.get(fact_id, LONGEST_TTL_DAYS))

    def title_of(self, quantity: str) -> str:
        """Return what a quantity is called; its own name when the rubric has no row for it."""
        title, _, of = str(self.row(quantity).get("title", quantity)), *quantity.partition(":")[1:]
        return f"{title}: {of}" if of and title != quantity else title

    def row(self, quantity: str) -> Mapping[str, Any]:
        """Return how a quantity is published; {} when it is not."""
        return self.quantities.get(family(quantity), {})


Check = Callable[[Any], bool]
_text: Check = lambda value: isinstance(value, str) and bool(value.strip())  # noqa: E731 - a table of one-line checks
_one_of: Callable[[tuple[str, ...]], Check] = lambda wanted: lambda value: value in wanted  # noqa: E731

INDICATOR_KEYS: Mapping[str, tuple[str, Check]] = {
    "id": ("a short id", _text),
    "domain": ("a domain of this file", _text),
    "title": ("a claim in words", _text),
    "question": ("a question", _text),
    "motivation": ("why it matters", _text),
    "facts": (
        "a list of names of facts",
        lambda value: isinstance(value, list) and bool(value) and all(map(_text, value)),
    ),
    "rule": (f"one of {', '.join(RULES)}", _one_of(RULES)),
    "check": (f"one of {', '.join(CHECKS)}", _one_of(CHECKS)),
    "applies_to": (f"one of {', '.join(APPLIES_TO)}", _one_of(APPLIES_TO)),
    "ttl_days": ("days > 0", lambda value: isinstance(value, int) and value > 0),
    "earns": ("a table of state = what it takes", lambda value: isinstance(value, dict) and bool(value)),
    "remediation": ("what the developer can do", _text),
    "crosswalk": ("a table of rubric = id", lambda value: isinstance(value, dict)),
}


def parse(text: str, name: str) -> Rubric:
    """Return the rubric that this TOML text holds; `name` is for messages.

    Raises:
        RubricError: naming the file, the indicator and key, what was wanted and what was found.
    """
    try:
        raw = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise RubricError(f"{name}: wants TOML, {error}") from error
    indicators = tuple(_indicator(_with_facts(row), name, raw["domains"]) for row in raw["indicator"])
    facts = {key: _fact(key, row, name) for key, row in raw.get("fact", {}).items()}
    ids = [indicator.id for indicator in indicators]
    if twice := {one for one in ids if ids.count(one) > 1}:
        raise RubricError(f"{name}: indicator ids must be unique, twice: {', '.join(sorted(twice))}")
    return Rubric(
        id=raw["id"],
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        title=raw["title"],
        domains=raw["domains"],
        indicators=indicators,
        facts={one: facts.get(one) or Fact(one, compare="text") for one in [*facts, *_asked(indicators)]},
        ttl_days=_ttl_days(indicators),
        performance=tuple(_scale(row) for row in raw["performance"]),
        cost=_scale(raw["cost"]) if "cost" in raw else None,
        measured_cost=_scale(raw["measured_cost"]) if "measured_cost" in raw else None,
        quantities=raw["quantity"],
        window_hours=raw["window_hours"],
    )


def _indicator(row: Mapping[str, Any], name: str, domains: Mapping[str, str]) -> Indicator:
    where = f"{name}: indicator {row.get('id', '?')!r}"
    if unknown := row.keys() - INDICATOR_KEYS.keys():
        raise RubricError(f"{where}: unknown key {min(unknown)}, wants {', '.join(INDICATOR_KEYS)}")
    for key, (wanted, check) in INDICATOR_KEYS.items():
        value = row.get(key, {} if key == "crosswalk" else None)
        if not check(value):
            raise RubricError(f"{where}: {key} wants {wanted}, has {value!r}")
    if row["domain"] not in domains:
        raise RubricError(f"{where}: domain wants one of {', '.join(domains)}, has {row['domain']!r}")
    return Indicator(**{"crosswalk": {}, **row, "facts": tuple(row["facts"])})


def _with_facts(row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return an indicator's row; the first rubric knew one `quantity` for each."""
    if "quantity" not in row:
        return row
    return {**{key: value for key, value in row.items() if key != "quantity"}, "facts": [row["quantity"]]}


def _ttl_days(indicators: Sequence[Indicator]) -> Mapping[str, int]:
    shortest: dict[str, int] = {}
    for one in indicators:
        shortest |= {fact: min(one.ttl_days, shortest.get(fact, one.ttl_days)) for fact in one.facts}
    return shortest


def _asked(indicators: Sequence[Indicator]) -> list[str]:
    return [fact for one in indicators for fact in one.facts]


def _fact(key: str, row: Mapping[str, Any], name: str) -> Fact:
    where = f"{name}: fact {key!r}"
    if unknown := row.keys() - {"title", "kind", "unit", "compare", "tolerance", "only_if", "once_known", "awaits"}:
        raise RubricError(f"{where}: unknown key {min(unknown)}")
    for field, allowed in (("kind", KINDS), ("compare", COMPARISONS)):
        if field in row and row[field] not in allowed:
            raise RubricError(f"{where}: {field} wants one of {', '.join(allowed)}, has {row[field]!r}")
    return Fact(key, **{**row, "tolerance": Decimal(row.get("tolerance", 0))})


def _scale(row: Mapping[str, Any]) -> Scale:
    best, worst, weight = (Decimal(row[key]) for key in ("best", "worst", "weight"))
    return Scale(row["quantity"], row["title"], row["unit"], best, worst, weight, row["kind"])


@lru_cache
def load(rubric_id: str = CURRENT) -> Rubric:
    """Return the bundled rubric of this id.

    Raises:
        RubricError: no such file, or the file is broken.
    """
    path = DATA / f"rubric-{rubric_id}.toml"
    if not path.exists():
        known = ", ".join(sorted(one.stem.removeprefix("rubric-") for one in DATA.glob("rubric-*.toml")))
        raise RubricError(f"wants a rubric among {known}, asked for {rubric_id!r}")
    return parse(path.read_text(encoding="utf-8"), path.name)
