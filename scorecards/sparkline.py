"""A line of a quantity over time, small enough for a table: numbers only, drawn as plain SVG shapes."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from xml.etree import ElementTree as ET

from scorecards.history import Point

WIDTH, HEIGHT, EDGE = 240, 40, 4
"""Units of the view box; `EDGE` keeps the dots at its rim whole."""


def render(points: Sequence[Point], title: str) -> str:
    """Return an SVG from the first point to the last, by their instants; "" with fewer than two numbers.

    The line breaks at what could not be measured; a cross on the ground marks it.
    """
    numbers = [one.value for one in points if isinstance(one.value, Decimal)]
    if len(numbers) < 2:  # noqa: PLR2004 - one number makes no line
        return ""
    attributes = {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "class": "sparkline", "role": "img"}
    root = ET.Element("svg", attributes)
    ET.SubElement(root, "title").text = title
    for run in _runs(points):
        path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (_place(one, points, numbers) for one in run))
        ET.SubElement(root, "path", {"d": path, "stroke": "currentColor", "fill": "none"})
    for one in points:
        root.append(_mark(one, points, numbers))
    return ET.tostring(root, encoding="unicode")


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


def _mark(one: Point, points: Sequence[Point], numbers: Sequence[Decimal]) -> ET.Element:
    x, y = _place(one, points, numbers)
    if isinstance(one.value, Decimal):
        return ET.Element("circle", {"cx": f"{x:.1f}", "cy": f"{y:.1f}", "r": "2", "fill": "currentColor"})
    cross = f"M{x - 3:.1f} {y - 3:.1f}l6 6m0 -6l-6 6"
    return ET.Element("path", {"d": cross, "stroke": "currentColor", "class": "gap"})


def _place(one: Point, points: Sequence[Point], numbers: Sequence[Decimal]) -> tuple[float, float]:
    begun, span_s = points[0].taken_at, (points[-1].taken_at - points[0].taken_at).total_seconds()
    along = (one.taken_at - begun).total_seconds() / span_s if span_s else 0.5
    low, high = min(numbers), max(numbers)
    up = float((one.value - low) / (high - low)) if isinstance(one.value, Decimal) and high > low else 0.0
    return EDGE + along * (WIDTH - 2 * EDGE), HEIGHT - EDGE - up * (HEIGHT - 2 * EDGE)
