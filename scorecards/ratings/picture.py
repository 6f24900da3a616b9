"""Draws a trend as a small SVG; its line breaks where two editions cannot be compared."""

from collections.abc import Iterator, Sequence
from xml.etree import ElementTree as ET

from scorecards.exports._pygal import Line, Style
from scorecards.ratings import trend
from scorecards.ratings.trend import Step

WIDTH, HEIGHT = 320, 120
"""Units of the view box."""

INK = "#757c84"
"""Mid grey, readable on white and near-black; a page that shows the SVG inline overrides `color` with its own ink."""

_SVG = "{http://www.w3.org/2000/svg}"
_STYLE = Style(label_font_size=11, major_label_font_size=11)


def render(title: str, steps: Sequence[Step]) -> str:
    """Return the SVG of a trend of totals of 100, without style sheet, script, date or generated id."""
    attributes = {"xmlns": _SVG.strip("{}"), "viewBox": f"0 0 {WIDTH} {HEIGHT}", "width": str(WIDTH)}
    described = {"role": "img", "aria-labelledby": "trend-title trend-desc"}
    looks = {"color": INK, "font-family": "system-ui, sans-serif", "font-size": "11"}
    root = ET.Element("svg", attributes | described | looks)
    ET.SubElement(root, "title", id="trend-title").text = title
    ET.SubElement(root, "desc", id="trend-desc").text = "; ".join(trend.sentence(one) for one in steps)
    tree = ET.fromstring(_chart(steps).render(is_unicode=True))  # noqa: S314 - made by pygal a moment ago
    area = next(node for node in tree.iter(f"{_SVG}g") if node.get("class") == "plot")
    plot = ET.SubElement(root, "g", transform=area.get("transform", ""))
    plot.extend(_axes(area))
    plot.extend(_marks(tree))
    return ET.tostring(root, encoding="unicode") + "\n"


def _chart(steps: Sequence[Step]) -> Line:
    chart = Line(
        width=WIDTH,
        height=HEIGHT,
        style=_STYLE,
        js=[],
        no_prefix=True,
        disable_xml_declaration=True,
        show_legend=False,
        range=(0, 100),
        x_labels=[one.edition for one in steps],
        y_labels=[0, 50, 100],
        margin=6,
        margin_right=24,
        spacing=6,
    )
    for run in trend.lines(steps):
        chart.add(run[0].edition, [int(one.total.value) if one in run else None for one in steps])
    return chart


def _axes(area: ET.Element) -> Iterator[ET.Element]:
    """Return the labels of both axes, and a faint line at each label of the upright one."""
    upright, level = _axis(area, "axis y"), _axis(area, "axis x")
    for guide in upright.iter(f"{_SVG}path"):
        yield ET.Element("path", {"d": guide.get("d", ""), "stroke": "currentColor", "stroke-opacity": ".3"})
    for axis, anchor in ((upright, "end"), (level, "middle")):
        for label in axis.iter(f"{_SVG}text"):
            place = {"x": _short(label.get("x")), "y": _short(label.get("y"))}
            node = ET.Element("text", place | {"text-anchor": anchor, "fill": "currentColor"})
            node.text = label.text
            yield node


def _axis(area: ET.Element, name: str) -> ET.Element:
    return next(node for node in area.iter(f"{_SVG}g") if node.get("class", "").startswith(name))


def _marks(tree: ET.Element) -> Iterator[ET.Element]:
    for path in tree.iter(f"{_SVG}path"):
        if path.get("class", "").startswith("line reactive"):
            yield ET.Element("path", {"d": path.get("d", ""), "stroke": "currentColor", "fill": "none"})
    for dot in tree.iter(f"{_SVG}circle"):
        place = {"cx": _short(dot.get("cx")), "cy": _short(dot.get("cy")), "r": "3"}
        yield ET.Element("circle", place | {"fill": "currentColor"})


def _short(number: str | None) -> str:
    return f"{float(number or 0):.2f}"
