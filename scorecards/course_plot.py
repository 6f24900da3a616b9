"""Draws numbers over days: a line for each series with its range as a band; it breaks where there is no number."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree as ET

WIDTH, HEIGHT = 420, 170
"""Units of the view box."""
LEFT, RIGHT, TOP, BOTTOM = 32, 64, 10, 22
LINE = 12
"""Least distance of two labels."""
INK = "#757c84"
"""Mid grey, readable on white and near-black; a page that shows the SVG inline overrides `color` with its own ink."""
DASHES = ("", "5 3", "1 3", "7 2 1 2")


@dataclass(frozen=True, slots=True)
class Dot:
    """One number of one day; `value` None = there is none."""

    day: date
    value: Decimal | None
    low: Decimal
    high: Decimal


Courses = Mapping[str, Sequence[Dot]]


def render(title: str, description: str, courses: Courses, ends: tuple[int, int], key: str) -> str:
    """Return the SVG of some courses between the two `ends` of the scale; "" without a number.

    `key` makes its ids unique on a page. The classes `series-0` … are there for a page to colour.
    """
    if not any(one.value is not None for each in courses.values() for one in each):
        return ""
    frame = _Frame(courses, ends)
    described = {"role": "img", "aria-labelledby": f"{key}-title {key}-desc", "class": "course"}
    looks = {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "width": str(WIDTH), "color": INK, "font-size": "11"}
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **looks, **described})
    ET.SubElement(root, "title", id=f"{key}-title").text = title
    ET.SubElement(root, "desc", id=f"{key}-desc").text = description
    root.extend(_axes(frame))
    heights = _heights(courses, frame)
    for place, (name, dots) in enumerate(courses.items()):
        group = ET.SubElement(root, "g", {"class": f"series-{place % len(DASHES)}"})
        for run in runs(dots):
            group.extend(_run(run, frame, DASHES[place % len(DASHES)]))
        if name in heights:
            group.append(_text(name, WIDTH - RIGHT + 6, heights[name] + 4, "start"))
    return ET.tostring(root, encoding="unicode")


def runs(dots: Sequence[Dot]) -> list[list[Dot]]:
    """Return the dots that may be joined by a line."""
    found: list[list[Dot]] = [[]]
    for one in dots:
        if one.value is not None:
            found[-1].append(one)
        elif found[-1]:
            found.append([])
    return [one for one in found if one]


class _Frame:
    """Where a day and a number stand."""

    def __init__(self, courses: Courses, ends: tuple[int, int]) -> None:
        days = [one.day for dots in courses.values() for one in dots]
        self.begin, self.end, self.ends = min(days), max(days), ends

    def x(self, day: date) -> float:
        span = (self.end - self.begin).days
        along = (day - self.begin).days / span if span else 0.5
        return LEFT + along * (WIDTH - LEFT - RIGHT)

    def y(self, value: Decimal | int) -> float:
        low, high = self.ends
        return HEIGHT - BOTTOM - float(value - low) / (high - low) * (HEIGHT - TOP - BOTTOM)


def _axes(frame: _Frame) -> Iterator[ET.Element]:
    low, high = frame.ends
    for value in (low, (low + high) // 2, high):
        y = frame.y(value)
        rule = f"M{LEFT} {y:.1f}H{WIDTH - RIGHT}"
        yield ET.Element("path", {"d": rule, "stroke": "currentColor", "stroke-opacity": ".25"})
        yield _text(str(value).replace("-", "\u2212"), LEFT - 6, y + 4, "end")
    yield _text(f"{frame.begin}", LEFT, HEIGHT - 6, "start")
    if frame.end > frame.begin:
        yield _text(f"{frame.end}", WIDTH - RIGHT, HEIGHT - 6, "end")


def _run(run: Sequence[Dot], frame: _Frame, dashes: str) -> Iterator[ET.Element]:
    """Yield the band, the line and the dots; the band of a single day is an upright line."""
    corners = [(one.day, one.high) for one in run] + [(one.day, one.low) for one in reversed(run)]
    band = " ".join(f"{frame.x(day):.1f},{frame.y(value):.1f}" for day, value in corners)
    faint = {"fill": "currentColor", "fill-opacity": ".12", "stroke": "currentColor", "stroke-opacity": ".25"}
    yield ET.Element("polygon", {"points": band, **faint})
    places = [f"{frame.x(one.day):.1f} {frame.y(one.value):.1f}" for one in run if one.value is not None]
    line = {"d": "M" + "L".join(places), "stroke": "currentColor", "stroke-width": "1.6", "fill": "none"}
    yield ET.Element("path", line | ({"stroke-dasharray": dashes} if dashes else {}))
    for x, y in (place.split() for place in places):
        yield ET.Element("circle", {"cx": x, "cy": y, "r": "2", "fill": "currentColor"})


def _heights(courses: Courses, frame: _Frame) -> dict[str, float]:
    """Return where the label of each series stands: beside its last number, pushed apart where two would touch."""
    last = {name: each[-1][-1].value for name, dots in courses.items() if (each := runs(dots))}
    wanted = sorted((frame.y(value), name) for name, value in last.items() if value is not None)
    found: dict[str, float] = {}
    floor = 0.0
    for y, name in wanted:
        found[name] = max(y, floor)
        floor = found[name] + LINE
    return found


def _text(words: str, x: float, y: float, anchor: str) -> ET.Element:
    node = ET.Element("text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "fill": "currentColor"})
    node.text = words
    return node
