"""Intervals ready to be drawn: positions are percent of the track, as text."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from service.reports import figures

SCALES = tuple(map(Decimal, ("0.1", "0.2", "0.3", "0.5", "1")))
"""How far a track of differences may reach to either side."""
THINNEST = Decimal("0.6")
"""Percent of the track that even a sure interval is wide, so that it is seen."""


@dataclass(frozen=True, slots=True)
class Plot:
    """One interval on its track.

    Attributes:
        tick: Where the estimate stands.
        low, width: Of its 95 % interval.
        band: Start and width of what does not matter; None = there is no such band.
        zero: Where nothing differs; None = it is no difference.
        text: All of it as one sentence, for whoever cannot see it.
    """

    tick: str
    low: str
    width: str
    text: str
    band: tuple[str, str] | None = None
    zero: str | None = None


def rate(found: Mapping[str, Any]) -> Plot:
    """Return the plot of a pass rate, on a track of 0 to 100 %."""
    said = f"{figures.percent(found['value'])} passed, {_ends(found, figures.percent)}, n\u00a0{found['n']}"
    low, high = (Decimal(found[end]) * 100 for end in ("low", "high"))
    return Plot(_text(Decimal(found["value"]) * 100), _text(low), _text(max(high - low, THINNEST)), said)


def _ends(found: Mapping[str, Any], said: Any) -> str:  # noqa: ANN401 - a function of figures
    return figures.span(said(found["low"]), said(found["high"]))


def difference(found: Mapping[str, Any], margin: str, scale: Decimal) -> Plot:
    """Return the plot of a difference of scores, on a track of ±`scale`, with the band of what does not matter."""
    said = f"{figures.points(found['difference'])} points, {_ends(found, figures.points)}, n\u00a0{found['n']}"
    low, high = (_place(Decimal(found[end]), scale) for end in ("low", "high"))
    band = tuple(_place(sign * Decimal(margin), scale) for sign in (-1, 1))
    return Plot(
        tick=_text(_place(Decimal(found["difference"]), scale)),
        low=_text(low),
        width=_text(max(high - low, THINNEST)),
        text=said,
        band=(_text(band[0]), _text(band[1] - band[0])),
        zero="50",
    )


def scale(found: Iterable[Mapping[str, Any]], margin: str) -> Decimal:
    """Return the shortest track that holds every interval and the band of what does not matter."""
    ends = [abs(Decimal(one[end])) for one in found if one["n"] for end in ("low", "high")]
    farthest = max([*ends, Decimal(margin)])
    return next((one for one in SCALES if farthest <= one), SCALES[-1])


def _place(value: Decimal, most: Decimal) -> Decimal:
    return (max(-most, min(most, value)) / most + 1) * 50


def _text(value: Decimal) -> str:
    return f"{round(value, 2).normalize():f}"
