"""Filters of a report: which slices there are, and what a report says of the prompts that are left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from scorecards import statistics
from scorecards.compare import candidate, paired
from scorecards.compare.candidate import SLICES, SMALLEST_SLICE, Method
from scorecards.compare.paired import Pair
from scorecards.compare.shown import digits
from service.reports import figures

Json = Mapping[str, Any]
MOST_LINKS = 12
"""Slices of a kind that are shown unfolded, those with the most prompts."""
LOOKING = "a slice of slices: for looking, nothing is decided by it"
TOO_SMALL = f"under {SMALLEST_SLICE} prompts: for looking, nothing is decided by it"


@dataclass(frozen=True, slots=True)
class Link:
    """One filter; `chosen` = it is on, and the link takes it off."""

    title: str
    n: int
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Links:
    """The filters of one kind, the largest slices first; `more` are folded away."""

    title: str
    all: Link
    links: list[Link]
    more: list[Link]


def chosen(document: Json, asked: Mapping[str, str]) -> dict[str, str]:
    """Return the filters that name a slice of this report; others are none."""
    return {by: asked[by] for by in SLICES if asked.get(by) and asked[by] in document["prompts"][by]}


def links(document: Json, on: Mapping[str, str]) -> list[Links]:
    """Return the filters of every kind that tells prompts apart."""
    return [_links(document, by, on) for by in SLICES if len(document["prompts"][by]) > 1]


def _links(document: Json, by: str, on: Mapping[str, str]) -> Links:
    rest = {name: value for name, value in on.items() if name != by}
    counts = sorted(document["prompts"][by].items(), key=lambda one: (-one[1], one[0]))
    found = [_link(by, name, n, rest, on) for name, n in counts if name]
    everything = Link("all", document["prompts"]["n"], f"?{urlencode(rest)}", by not in on)
    return Links(figures.words(by), everything, found[:MOST_LINKS], found[MOST_LINKS:])


def _link(by: str, name: str, n: int, rest: Mapping[str, str], on: Mapping[str, str]) -> Link:
    title = figures.language(name) if by == "language" else name
    return Link(figures.visible(title), n, f"?{urlencode({**rest, by: name})}", on.get(by) == name)


def address(on: Mapping[str, str], first: int) -> str:
    """Return where the list of prompts goes on from `first`, counted from 0."""
    return f"?{urlencode({**on, 'from': first})}#prompts"


def rows(document: Json, on: Mapping[str, str]) -> list[Json]:
    """Return the rows of the prompts that are left."""
    return [one for one in document["rows"] if all(one[by] == name for by, name in on.items())]


def pass_rate(document: Json, ref: str, left: Sequence[Json], on: Mapping[str, str]) -> Json | None:
    """Return the pass rate of an endpoint over the prompts that are left; its interval counts a cluster once."""
    if not on:
        found: Json | None = next(one["pass_rate"] for one in document["endpoints"] if one["ref"] == ref)
        return found
    scored = [one for one in left if one["endpoints"][ref]["score"] is not None]
    if not scored:
        return None
    units = len({one["cluster"] or one["id"] for one in scored})
    value = sum((Decimal(one["endpoints"][ref]["score"]) for one in scored), Decimal(0)) / len(scored)
    low, high = statistics.wilson(value * units, units) or (None, None)
    return {"value": digits(value), "low": digits(low), "high": digits(high), "n": len(scored), "units": units}


def quality(document: Json, side: Json, left: Sequence[Json], on: Mapping[str, str]) -> tuple[Json, str]:
    """Return a candidate's difference on the prompts that are left, and why nothing is decided by it, "" = it is.

    One slice is published, corrected for there being several. Slices of slices are made here, for looking: nobody has
    counted how many were looked at.
    """
    if not on or len(left) == document["prompts"]["n"]:
        return side["quality"], ""
    if len(on) == 1:
        published = next((one for one in side["slices"] if {one["by"]: one["name"]} == on), None)
        if published is not None:
            return published, caution(published)
    told = document["method"]
    method = Method(told["seed"], Decimal(told["margin"]), told["resamples"])
    seed = "/".join((method.seed, side["endpoint"], "score", *(f"{by}/{name}" for by, name in on.items())))
    delta = paired.compare(_pairs(left, document["baseline"], side["endpoint"]), seed, method.resamples)
    return candidate.quality_of(delta, None, method), LOOKING if delta else ""


def caution(published: Json) -> str:
    """Return why nothing is decided by a published slice; "" = it may be."""
    return TOO_SMALL if 0 < published["n"] < SMALLEST_SLICE else ""


def _pairs(left: Sequence[Json], a: str, b: str) -> list[Pair]:
    found = ((one, one["endpoints"][a]["score"], one["endpoints"][b]["score"]) for one in left)
    return [
        Pair(one["id"], Decimal(of_a), Decimal(of_b), one["cluster"])
        for one, of_a, of_b in found
        if of_a is not None and of_b is not None
    ]
