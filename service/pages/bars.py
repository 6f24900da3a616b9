"""The range bar: what is known of a pillar, never as a lone number."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from scorecards.ecosystems import Figure
from service.pages import formats

PILLARS = {"transparency": "Transparency", "cost": "Cost", "switching": "Switching", "performance": "Performance"}


@dataclass(frozen=True, slots=True)
class Bar:
    """One pillar, ready to be drawn. Positions are percent of the track, as text.

    Attributes:
        status: known | insufficient | unmeasured; a score is only shown when known.
        score: As published; None unless `status` is known.
        coverage, uncovered: Percent of the track that was checked, and the rest, which is hatched.
        coverage_text: The same for people, `88 %`.
        rests: What the score rests on, or why there is none, as a sentence.
        span: The range in words, rounded outwards.
        text: Everything above as one sentence, for whoever cannot see the bar.
    """

    name: str
    title: str
    status: str
    score: str | None
    low: str
    high: str
    width: str
    coverage: str
    uncovered: str
    coverage_text: str
    span: str
    checked: int
    applicable: int
    rests: str
    text: str


def bar(name: str, pillar: Mapping[str, Any]) -> Bar:
    """Return the bar of a published pillar."""
    status = _status(pillar)
    score = pillar["score"] if status == "known" else None
    title = PILLARS.get(name, formats.words(name).capitalize())
    span = _span(pillar)
    covered = Decimal(pillar["coverage"]) * 100
    coverage_text = formats.percent(pillar["coverage"])
    return Bar(
        name=name,
        title=title,
        status=status,
        score=score,
        low=pillar["low"],
        high=pillar["high"],
        width=str(max(Decimal(pillar["high"]) - Decimal(pillar["low"]), Decimal("0.6"))),
        coverage=str(covered),
        uncovered=str(100 - covered),
        coverage_text=coverage_text,
        span=span,
        checked=pillar["checked"],
        applicable=pillar["applicable"],
        rests=_rests(pillar),
        text=f"{title}: {_words(status, score, span)}, {coverage_text} covered",
    )


def of_figure(name: str, figure: Figure) -> Bar:
    """Return the bar of a pillar of which only score, range and coverage are at hand."""
    numbers = {"low": figure.low, "high": figure.high, "coverage": figure.coverage, "score": figure.score}
    known = {key: None if one is None else str(one) for key, one in numbers.items()}
    return bar(name, {**known, "sufficient": figure.sufficient, "checked": 0, "applicable": 0, "basis": ""})


def bars(card: Mapping[str, Any]) -> list[Bar]:
    """Return the bars of a card in the order of the pillars."""
    return [bar(name, card["pillars"][name]) for name in PILLARS if name in card["pillars"]]


def _status(pillar: Mapping[str, Any]) -> str:
    if pillar["score"] is None:
        return "unmeasured"
    return "known" if pillar["sufficient"] else "insufficient"


def _span(pillar: Mapping[str, Any]) -> str:
    low = Decimal(pillar["low"]).to_integral_value(ROUND_FLOOR)
    high = Decimal(pillar["high"]).to_integral_value(ROUND_CEILING)
    return f"{low}–{high}"


def _rests(pillar: Mapping[str, Any]) -> str:
    basis = pillar["basis"]
    return f"Rests on {basis}." if pillar["checked"] else f"{basis[:1].upper()}{basis[1:]}."


def _words(status: str, score: str | None, span: str) -> str:
    if status == "unmeasured":
        return "not measured"
    if status == "insufficient":
        return f"insufficient evidence, range {span} of 100"
    return f"{score} of 100, range {span}"
