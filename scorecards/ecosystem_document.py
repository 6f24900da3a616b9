"""Ecosystems as the API publishes them: every number with its range, what it rests on, and the cards in full."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from scorecards import ecosystems, scoring
from scorecards.card import instant, plain
from scorecards.ecosystems import Figure, Gap, Point, Side, Standing, Statistic

Json = dict[str, Any]

METHOD = (
    "Each point takes the newest card of every model at the end of its day (UTC). A card counts in a pillar where its "
    f"coverage there is at least {scoring.SUFFICIENT_COVERAGE}; others are left out and listed apart. Best is the "
    f"largest score, the median wants {ecosystems.LEAST_MODELS} models. Low and high are where a number could lie, "
    "were each counted model anywhere in its own range; a gap is first minus second, and undecided while its range "
    "holds 0. There is no rank over all pillars."
)


def document(
    since: date, until: date, courses: Mapping[str, Sequence[Point]], standings: Iterable[Standing], pillar: str = ""
) -> Json:
    """Return the courses of pillars over a span, with the cards that they name; of these only `pillar`, if given."""
    named = {card for points in courses.values() for one in points for card in _named(one)}
    known = {one.card: one for one in standings if one.card in named}
    return {
        "since": since.isoformat(),
        "until": until.isoformat(),
        "step_days": ecosystems.step(since, until).days,
        "method": METHOD,
        "pillars": [{"pillar": name, "points": [_point(one) for one in each]} for name, each in courses.items()],
        "cards": [_card(one, pillar) for one in sorted(known.values(), key=lambda one: (one.model, one.sequence))],
    }


def _named(point: Point) -> Iterable[str]:
    for side in point.sides:
        yield from side.counted
        yield from side.left_out


def _point(one: Point) -> Json:
    return {
        "day": one.day.isoformat(),
        "rubrics": list(one.rubrics),
        "jurisdictions": [_side(side) for side in one.sides],
        "gaps": [_gap(gap) for gap in one.gaps],
    }


def _side(one: Side) -> Json:
    return {
        "jurisdiction": one.jurisdiction,
        "n": len(one.counted),
        "n_left_out": len(one.left_out),
        "best": _statistic(one.best),
        "median": _statistic(one.median),
        "counted": list(one.counted),
        "left_out": list(one.left_out),
    }


def _gap(one: Gap) -> Json:
    return {
        "first": one.first,
        "second": one.second,
        "best": _statistic(one.best),
        "median": _statistic(one.median),
    }


def _statistic(one: Statistic) -> Json:
    told = one.value is not None
    ends = {"low": plain(one.low) if told else None, "high": plain(one.high) if told else None}
    return {"value": plain(one.value), **ends, "cards": list(one.cards), "reason": one.reason}


def _card(one: Standing, pillar: str) -> Json:
    return {
        "id": one.card,
        "model": one.model,
        "name": one.name,
        "developer": one.developer,
        "jurisdiction": one.jurisdiction,
        "published_at": instant(one.at),
        "sequence": one.sequence,
        "rubric": one.rubric,
        "pillars": {name: _figure(each) for name, each in one.pillars.items() if pillar in ("", name)},
    }


def _figure(one: Figure) -> Json:
    return {
        "score": plain(one.score),
        "low": plain(one.low),
        "high": plain(one.high),
        "coverage": plain(one.coverage),
    }
