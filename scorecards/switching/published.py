"""Portability as cards and the API publish it: the score with its range, the dimensions, the matrix with evidence."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from scorecards.switching.portability import Part, Portability, dimension_points
from scorecards.switching.rules import Dimension, Rules

Json = dict[str, Any]


def portability(found: Portability, rules: Rules) -> Json:
    """Return the portability of an endpoint for JSON."""
    pillar = found.pillar
    return {
        "rules": {"id": rules.id, "sha256": rules.sha256},
        "badge": found.badge or None,
        "caveats": list(found.caveats),
        "score": _fixed(pillar.score, 1),
        "low": _fixed(pillar.low, 1),
        "high": _fixed(pillar.high, 1),
        "coverage": _fixed(pillar.coverage, 2),
        "dimensions": [_dimension(found, one) for one in rules.dimensions.values()],
        "matrix": [_graded(one) for one in found.parts if one.probed],
        "facts": [_fact(one) for one in found.parts if not one.probed],
    }


def _dimension(found: Portability, dimension: Dimension) -> Json:
    earned, known = dimension_points(found, dimension)
    return {
        "id": dimension.id,
        "title": dimension.title,
        "weight": _plain(dimension.points),
        "points": _plain(round(earned, 2)) if known else None,
        "known": _plain(known),
    }


def _graded(part: Part) -> Json:
    return {
        "name": part.name,
        "question": part.title,
        "dimension": part.dimension,
        "weight": _plain(part.weight),
        "result": part.grade.value if part.grade else "unknown",
        "reason": part.reason,
        "n": part.n,
        "taken_at": _instant(part.taken_at),
        "evidence": [one.id for one in part.sources],
    }


def _fact(part: Part) -> Json:
    return {
        "name": part.name,
        "title": part.title,
        "dimension": part.dimension,
        "weight": _plain(part.weight),
        "points": None if part.points is None else _plain(round(part.weight * part.points, 2)),
        "reason": part.reason,
        "source": part.url or None,
        "evidence": [one.id for one in part.sources],
    }


def _fixed(value: Decimal | None, places: int) -> str | None:
    return None if value is None else format(value, f".{places}f")


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _instant(at: datetime | None) -> str | None:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None
