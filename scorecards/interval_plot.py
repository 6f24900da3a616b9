"""Draws numbers as intervals on one track of 0 to 100: a bar from low to high with a tick at the number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from xml.etree import ElementTree as ET

WIDTH, ROW, FOOT = 420, 34, 18
"""Units of the view box. Narrow on purpose: shown on a phone, an 11 unit letter is still 10 px high."""
TICKS = (0, 25, 50, 75, 100)
INK = "#757c84"
"""Mid grey, readable on white and near-black; a page that shows the SVG inline overrides `color` with its own ink."""


@dataclass(frozen=True, slots=True)
class Row:
    """One interval, 0..100; `value` None = there is none, and `text` says why. `series` gives it its colour."""

    text: str
    value: Decimal | None
    low: Decimal
    high: Decimal
    series: int = 0


def render(title: str, rows: Sequence[Row], key: str) -> str:
    """Return the SVG of some intervals, first row on top; "" without a row. `key` makes its ids unique on a page."""
    if not rows:
        return ""
    height = len(rows) * ROW + FOOT
    described = {"role": "img", "aria-labelledby": f"{key}-title {key}-desc", "class": "intervals"}
    looks = {"viewBox": f"0 0 {WIDTH} {height}", "width": str(WIDTH), "color": INK, "font-size": "11"}
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **looks, **described})
    ET.SubElement(root, "title", id=f"{key}-title").text = title
    ET.SubElement(root, "desc", id=f"{key}-desc").text = "; ".join(one.text for one in rows)
    root.extend(_axis(len(rows) * ROW))
    for place, one in enumerate(rows):
        root.append(_row(one, place * ROW))
    return ET.tostring(root, encoding="unicode")


def _axis(ground: int) -> Iterator[ET.Element]:
    for tick in TICKS:
        x = f"{_x(Decimal(tick)):.1f}"
        yield ET.Element("path", {"d": f"M{x} 0V{ground}", "stroke": "currentColor", "stroke-opacity": ".18"})
        anchor = {0: "start", 100: "end"}.get(tick, "middle")
        yield _text(str(tick), x, ground + 13, anchor)


def _row(one: Row, y: int) -> ET.Element:
    row = ET.Element("g")
    row.append(_text(one.text, "2", y + 12, "start"))
    if one.value is None:
        return row
    low, high, value = (_x(each) for each in (one.low, one.high, one.value))
    drawn = ET.SubElement(row, "g", {"class": f"series-{one.series}"})
    width = f"{max(high - low, 2):.1f}"
    bar = {"x": f"{low:.1f}", "y": str(y + 18), "width": width, "height": "9", "fill": "currentColor"}
    ET.SubElement(drawn, "rect", bar | {"fill-opacity": ".35"})
    tick = f"M{value:.1f} {y + 15}v15"
    ET.SubElement(drawn, "path", {"d": tick, "stroke": "currentColor", "stroke-width": "2.5"})
    return row


def _x(value: Decimal) -> float:
    return 2 + float(value) / 100 * (WIDTH - 4)


def _text(words: str, x: str, y: int, anchor: str) -> ET.Element:
    node = ET.Element("text", {"x": x, "y": str(y), "text-anchor": anchor, "fill": "currentColor"})
    node.text = words
    return node
