"""Portability of an endpoint as its page shows it: the word, the dimensions, and the matrix that people act on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.pages import formats
from service.pages.formats import Moment

MARKS = {
    "pass": "verified",
    "partial": "partial",
    "rejected": "claimed",
    "ignored": "contradicted",
    "fail": "absent",
    "unknown": "unchecked",
}
"""Result of a conformance probe → the mark it is shown with."""


@dataclass(frozen=True, slots=True)
class DimensionView:
    """One of the seven dimensions; `points` None = nothing of it is known."""

    title: str
    points: str | None
    known: str
    weight: str


@dataclass(frozen=True, slots=True)
class ResultView:
    """One line of the matrix; `evidence` are ids of exchanges, shortened, with their whole ones."""

    name: str
    question: str
    mark: str
    result: str
    reason: str
    n: int
    taken: Moment | None
    evidence: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class FactView:
    """One thing that no conformance probe finds out; `points` None = unknown."""

    title: str
    points: str | None
    weight: str
    reason: str
    href: str | None


@dataclass(frozen=True, slots=True)
class PortabilityView:
    """All that a card says of moving to an endpoint.

    Attributes:
        badge: The word for what a move takes; "" = too little is known.
        figure: Score and range in words; "" = nothing is known.
    """

    badge: str
    figure: str
    dimensions: list[DimensionView]
    matrix: list[ResultView]
    facts: list[FactView]


def of_card(card: Mapping[str, Any], ref: str, now: datetime) -> PortabilityView | None:
    """Return the portability of an endpoint of a card; None where its conformance was never probed."""
    entries = (one.get("portability") for one in card["endpoints"] if one["ref"] == ref)
    found = next((one for one in entries if one), None)
    return view(found, now) if found else None


def view(found: Mapping[str, Any], now: datetime) -> PortabilityView:
    """Return a published portability ready to be shown."""
    return PortabilityView(
        badge=found["badge"] or "",
        figure=figure(found),
        dimensions=[
            DimensionView(one["title"], one["points"], one["known"], one["weight"]) for one in found["dimensions"]
        ],
        matrix=[_result(one, now) for one in found["matrix"]],
        facts=[_fact(one) for one in found["facts"]],
    )


def figure(found: Mapping[str, Any]) -> str:
    """Return score, range and coverage in words; "" without a score."""
    if found["score"] is None:
        return ""
    checked = formats.percent(found["coverage"])
    return f"{found['score']} of 100, between {found['low']} and {found['high']}; {checked} of the points are known"


def _result(one: Mapping[str, Any], now: datetime) -> ResultView:
    return ResultView(
        name=formats.words(one["name"]),
        question=one["question"],
        mark=MARKS.get(one["result"], "unchecked"),
        result=one["result"],
        reason=one["reason"],
        n=one["n"],
        taken=formats.moment(formats.instant(one["taken_at"]), now),
        evidence=[(formats.short(each), each) for each in one["evidence"]],
    )


def _fact(one: Mapping[str, Any]) -> FactView:
    href = formats.link(one["source"]) if one["source"] else None
    return FactView(one["title"], one["points"], one["weight"], one["reason"], href)
