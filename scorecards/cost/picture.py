"""Draws prices over time as steps: plain SVG, a band where several prices hold at once."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree as ET

from scorecards.cost.past import Step
from scorecards.cost.published import decimal

WIDTH, HEIGHT = 480, 150
"""Units of the view box."""
LEFT, RIGHT, TOP, BOTTOM = 52, 70, 12, 22
SHORTEST = timedelta(days=30)
"""A history shorter than this is drawn on an axis of this length."""
INK = "#757c84"
"""Mid grey, readable on white and near-black; a page that shows the SVG inline overrides `color` with its own ink."""
DASHES = ("", "5 3", "1 3")

Lines = Mapping[str, Sequence[Step]]


def render(title: str, lines: Lines, now: datetime, key: str) -> str:
    """Return the SVG of the steps of some meters; "" when none has any. `key` makes its ids unique on a page."""
    drawn = {name: steps for name, steps in lines.items() if steps}
    if not drawn:
        return ""
    begin, end = _ends(drawn, now)
    top = max(step.high for steps in drawn.values() for step in steps)
    described = {"role": "img", "aria-labelledby": f"{key}-title {key}-desc"}
    looks = {"viewBox": f"0 0 {WIDTH} {HEIGHT}", "width": str(WIDTH), "color": INK, "font-size": "11"}
    root = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", **looks, **described})
    ET.SubElement(root, "title", id=f"{key}-title").text = title
    ET.SubElement(root, "desc", id=f"{key}-desc").text = "; ".join(sentences(drawn))
    root.extend(_axes(begin, end, top))
    for (name, steps), dashes in zip(drawn.items(), DASHES, strict=False):
        root.extend(_line(name, steps, _Frame(begin, end, top), dashes))
    return ET.tostring(root, encoding="unicode")


def sentences(lines: Lines) -> Iterator[str]:
    """Yield every step in words, oldest first."""
    for name, steps in lines.items():
        for one in steps:
            since = f"{one.start:%Y-%m-%d}" if one.start else "before anybody wrote it down"
            amount = decimal(one.low) if one.low == one.high else f"{decimal(one.low)} to {decimal(one.high)}"
            yield f"{name} {amount} since {since}" + (f" until {one.end:%Y-%m-%d}" if one.end else "")


def _ends(lines: Lines, now: datetime) -> tuple[datetime, datetime]:
    """Return the first and the last instant of the axis: all that is dated, today and what is announced."""
    dated = [at for steps in lines.values() for one in steps for at in (one.start, one.end) if at is not None]
    begin, end = min([*dated, now]), max([*dated, now])
    return min(begin, end - SHORTEST), end


class _Frame:
    """Where an instant and an amount stand."""

    def __init__(self, begin: datetime, end: datetime, top: Decimal) -> None:
        self._begin, self._span_s, self._top = begin, (end - begin).total_seconds(), float(top) or 1.0

    def x(self, at: datetime | None, otherwise: float) -> float:
        if at is None:
            return otherwise
        return LEFT + (at - self._begin).total_seconds() / self._span_s * (WIDTH - LEFT - RIGHT)

    def y(self, amount: Decimal) -> float:
        return HEIGHT - BOTTOM - float(amount) / self._top * (HEIGHT - TOP - BOTTOM)


def _axes(begin: datetime, end: datetime, top: Decimal) -> Iterator[ET.Element]:
    ground = HEIGHT - BOTTOM
    for amount, y in ((top, TOP), (Decimal(0), ground)):
        rule = f"M{LEFT} {y}H{WIDTH - RIGHT}"
        yield ET.Element("path", {"d": rule, "stroke": "currentColor", "stroke-opacity": ".3"})
        yield _text(LEFT - 6, y + 4, str(decimal(amount)), "end")
    yield _text(LEFT, HEIGHT - 6, f"{begin:%Y-%m-%d}", "start")
    yield _text(WIDTH - RIGHT, HEIGHT - 6, f"{end:%Y-%m-%d}", "end")


def _line(name: str, steps: Sequence[Step], frame: _Frame, dashes: str) -> Iterator[ET.Element]:
    first, last = float(LEFT), float(WIDTH - RIGHT)
    style = {"stroke": "currentColor", "fill": "none"} | ({"stroke-dasharray": dashes} if dashes else {})
    for one in steps:
        x, until = frame.x(one.start, first), frame.x(one.end, last)
        low, high = frame.y(one.low), frame.y(one.high)
        if high < low:
            band = {"x": f"{x:.1f}", "y": f"{high:.1f}", "width": f"{until - x:.1f}", "height": f"{low - high:.1f}"}
            yield ET.Element("rect", {**band, "fill": "currentColor", "fill-opacity": ".15"})
            yield ET.Element("path", {"d": f"M{x:.1f} {low:.1f}H{until:.1f}", **style})
        yield ET.Element("path", {"d": f"M{x:.1f} {high:.1f}H{until:.1f}", **style})
    for one, following in pairwise(steps):
        if one.end == following.start:
            fall = f"M{frame.x(one.end, last):.1f} {frame.y(one.high):.1f}V{frame.y(following.high):.1f}"
            yield ET.Element("path", {"d": fall, **style})
    yield _text(WIDTH - RIGHT + 6, frame.y(steps[-1].high) + 4, name, "start")


def _text(x: float, y: float, words: str, anchor: str) -> ET.Element:
    node = ET.Element("text", {"x": f"{x:.1f}", "y": f"{y:.1f}", "text-anchor": anchor, "fill": "currentColor"})
    node.text = words
    return node
