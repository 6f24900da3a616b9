"""A line of a quantity over time, small enough for a table: numbers only, drawn as plain SVG shapes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from xml.etree import ElementTree as ET

from scorecards.history import Point

WIDTH, HEIGHT, EDGE = 240, 40, 4
"""Units of the view box; `EDGE` keeps the dots at its rim whole."""

MOST = 240
"""Points drawn: one for each unit of the width."""


def render(points: Sequence[Point], title: str) -> str:
    """Return an SVG from the first point to the last, by their instants; "" with fewer than two numbers.

    The line breaks at what could not be measured; a cross on the ground marks it.
    """
    points = _thinned(points)
    numbers = [one.value for one in points if isinstance(one.value, Decimal)]
    if len(numbers) < 2:  # noqa: PLR2004 - one number makes no line
        return ""
    frame = _Frame(points[0].taken_at, points[-1].taken_at, min(numbers), max(numbers))
    attributes = {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "class": "sparkline", "role": "img"}
    root = ET.Element("svg", attributes)
    ET.SubElement(root, "title").text = title
    for run in _runs(points):
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in map(frame.place, run))
        ET.SubElement(root, "path", {"d": path, "stroke": "currentColor", "fill": "none"})
    root.extend(_mark(one, frame) for one in points)
    return ET.tostring(root, encoding="unicode")


@dataclass(frozen=True, slots=True)
class _Frame:
    """What the picture spans."""

    begun: datetime
    ended: datetime
    low: Decimal
    high: Decimal

    def place(self, one: Point) -> tuple[float, float]:
        """Return where a point stands; what could not be measured stands on the ground."""
        span_s = (self.ended - self.begun).total_seconds()
        along = (one.taken_at - self.begun).total_seconds() / span_s if span_s else 0.5
        rise = self.high - self.low
        up = float((one.value - self.low) / rise) if isinstance(one.value, Decimal) and rise else 0.0
        return EDGE + along * (WIDTH - 2 * EDGE), HEIGHT - EDGE - up * (HEIGHT - 2 * EDGE)


def _thinned(points: Sequence[Point]) -> Sequence[Point]:
    """Return at most so many points as can be told apart; what could not be measured always stays."""
    step = -(-len(points) // MOST)
    return [one for place, one in enumerate(points) if place % step == 0 or one.value is None] if step > 1 else points


def _runs(points: Sequence[Point]) -> Iterator[list[Point]]:
    run: list[Point] = []
    for one in points:
        if isinstance(one.value, Decimal):
            run.append(one)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _mark(one: Point, frame: _Frame) -> ET.Element:
    x, y = frame.place(one)
    if isinstance(one.value, Decimal):
        return ET.Element("circle", {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "2", "fill": "currentColor"})
    cross = f"M{x - 3:.1f} {y - 3:.1f}l6 6m0 -6l-6 6"
    return ET.Element("path", {"d": cross, "stroke": "currentColor", "class": "gap"})
