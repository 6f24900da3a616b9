"""A picture of how long first tokens took at each measured endpoint, drawn when a card is published."""

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from scorecards.exports._export import Card, Export
from scorecards.exports._pygal import Histogram, Style

WIDTH = 420
"""Units of the view box. Narrow on purpose: shown on a phone, an 11 unit letter is still 10 px high."""

PLOT_HEIGHT, HEAD_HEIGHT, GAP = 84, 34, 18
MOST = 8
"""Endpoints drawn; a longer list is a table, not a picture."""

INK = "#757c84"
"""Mid grey, readable on white and near-black; a page that shows the SVG inline overrides `color` with its own ink."""

P50, P95 = "#1f83c4", "#d55e00"
_SVG = "{http://www.w3.org/2000/svg}"
_STYLE = Style(label_font_size=11, major_label_font_size=11)
_MAX_REF = 52


def render(card: Card) -> str:
    """Return one SVG with a distribution of the time to first token per measured endpoint.

    It has no style sheet, script, date or generated id, so a page with a strict policy can show it inline and
    the same card gives the same bytes.
    """
    drawn = list(_measured(card))
    height = max(len(drawn[:MOST]) * (HEAD_HEIGHT + PLOT_HEIGHT + GAP) - GAP, 20) + (GAP if len(drawn) > MOST else 0)
    root = _root(f"Time to first token of {card['model']['name']}", " ".join(summary(card)), height)
    for place, (endpoint, reading) in enumerate(drawn[:MOST]):
        root.append(_block(endpoint["ref"], reading, place * (HEAD_HEIGHT + PLOT_HEIGHT + GAP)))
    if not drawn:
        root.append(_text("No latency was measured.", 0, 14))
    if len(drawn) > MOST:
        root.append(_text(f"and {len(drawn) - MOST} more, see the table", 0, height - 4))
    return ET.tostring(root, encoding="unicode", short_empty_elements=True) + "\n"


def summary(card: Card) -> list[str]:
    """Return one sentence per measured endpoint, for whoever cannot see the picture; one sentence if there is none."""
    found = [
        f"{endpoint['ref']}: half of {reading['n']} first tokens came within {reading['p50']} {reading['unit']}, "
        f"95\u00a0% within {reading['p95']} {reading['unit']}."
        for endpoint, reading in _measured(card)
    ]
    return found or ["No latency was measured."]


def _measured(card: Card) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    for endpoint in card["endpoints"]:
        for reading in endpoint["readings"]:
            if reading["quantity"] == "ttft_ms" and reading.get("histogram", {}).get("counts"):
                yield endpoint, reading


def _root(title: str, description: str, height: int) -> ET.Element:
    view_box = f"0 0 {WIDTH} {height}"
    attributes = {"xmlns": _SVG.strip("{}"), "viewBox": view_box, "width": str(WIDTH), "height": str(height)}
    described = {"role": "img", "aria-labelledby": "latency-title latency-desc"}
    looks = {"color": INK, "font-family": "system-ui, sans-serif", "font-size": "11"}
    root = ET.Element("svg", attributes | described | looks)
    ET.SubElement(root, "title", id="latency-title").text = title
    ET.SubElement(root, "desc", id="latency-desc").text = description
    return root


def _block(ref: str, reading: Mapping[str, Any], y: int) -> ET.Element:
    block = ET.Element("g", transform=f"translate(0 {y})")
    block.append(_text(_shortened(ref), 0, 11, **{"font-weight": "600"}))
    block.append(_key(reading))
    block.append(_plot(reading))
    return block


def _key(reading: Mapping[str, Any]) -> ET.Element:
    """Return the line that names the two marks of the plot and how many observations it rests on."""
    line = _text("", 0, 27)
    for mark, name, color in (("▍", "p50", P50), ("▍", "p95", P95)):
        ET.SubElement(line, "tspan", fill=color).text = mark
        ET.SubElement(line, "tspan").text = f"{name} {reading[name]} {reading['unit']}   "
    ET.SubElement(line, "tspan").text = f"n {reading['n']}"
    line.set("xml:space", "preserve")
    return line


def _plot(reading: Mapping[str, Any]) -> ET.Element:
    """Return pygal's histogram as plain shapes: only bars, axis lines and labels, dressed with attributes."""
    tree = ET.fromstring(_chart(reading).render(is_unicode=True))  # noqa: S314 - made by pygal a moment ago
    plot = ET.Element("g", transform=f"translate(0 {HEAD_HEIGHT})")
    area = next(node for node in tree.iter(f"{_SVG}g") if node.get("class") == "plot")
    group = ET.SubElement(plot, "g", transform=area.get("transform", ""))
    group.extend(_axis(area, _floor(area)))
    group.extend(_bars(area))
    return plot


def _chart(reading: Mapping[str, Any]) -> Histogram:
    edges = [float(edge) for edge in reading["histogram"]["edges"]]
    counts = reading["histogram"]["counts"]
    tallest, hair = max(counts), (edges[-1] - edges[0]) / 260
    chart = Histogram(
        width=WIDTH,
        height=PLOT_HEIGHT,
        style=_STYLE,
        js=[],
        no_prefix=True,
        disable_xml_declaration=True,
        show_legend=False,
        show_y_labels=False,
        x_value_formatter=lambda value: f"{value:g} {reading['unit']}",
        x_labels=_ticks(edges[0], edges[-1]),
        margin=0,
        margin_bottom=4,
        spacing=4,
    )
    chart.add("answers", list(zip(counts, edges, edges[1:], strict=False)))
    for name in ("p50", "p95"):
        middle = float(reading[name])
        chart.add(name, [(tallest, middle - hair, middle + hair)])
    return chart


def _ticks(low: float, high: float) -> list[float]:
    """Return about four round numbers inside the range; its middle when none is round enough."""
    span = high - low
    power = 10.0 ** (len(str(int(span))) - 1)
    step = next(power * factor for factor in (0.1, 0.2, 0.5, 1, 2, 5) if span / (power * factor) <= 5)  # noqa: PLR2004
    first = -(-low // step) * step
    found = [round(first + step * i, 6) for i in range(6) if first + step * i <= high]
    return found or [round((low + high) / 2, 3)]


def _axis(area: ET.Element, floor: float) -> Iterator[ET.Element]:
    """Return the ground line at `floor`, and a tick with its label for each of pygal's guides."""
    ends = [(float(bar.get("x", "0")), float(bar.get("width", "0"))) for bar in _series(area)[0].iter(f"{_SVG}rect")]
    axis = next(node for node in area.iter(f"{_SVG}g") if node.get("class") == "axis x")
    labels = list(axis.iter(f"{_SVG}text"))
    path = f"M{ends[0][0]:.2f} {floor:.2f}H{ends[-1][0] + ends[-1][1]:.2f}"
    path += "".join(f"M{_number(label, 'x')} {floor:.2f}v4" for label in labels)
    yield ET.Element("path", {"d": path, "stroke": "currentColor", "stroke-opacity": ".7", "fill": "none"})
    for label in labels:
        yield _text(label.text or "", _number(label, "x"), round(floor) + 15, **{"text-anchor": "middle"})


def _bars(area: ET.Element) -> Iterator[ET.Element]:
    looks = ({"fill": "currentColor", "fill-opacity": ".28"}, {"fill": P50}, {"fill": P95})
    for series, look in zip(_series(area), looks, strict=True):
        for bar in series.iter(f"{_SVG}rect"):
            if float(bar.get("height", "0")):
                yield ET.Element("rect", {name: _number(bar, name) for name in ("x", "y", "width", "height")} | look)


def _floor(area: ET.Element) -> float:
    """Return the height of zero: the lower end of any bar."""
    bar = next(_series(area)[0].iter(f"{_SVG}rect"))
    return float(bar.get("y", "0")) + float(bar.get("height", "0"))


def _series(area: ET.Element) -> list[ET.Element]:
    return [node for node in area if node.get("class", "").startswith("series ")]


def _number(node: ET.Element, name: str) -> str:
    return f"{float(node.get(name, '0')):.2f}"


def _text(text: str, x: str | int, y: int, **attributes: str) -> ET.Element:
    node = ET.Element("text", {"x": str(x), "y": str(y), "fill": "currentColor"} | attributes)
    node.text = text or None
    return node


def _shortened(ref: str) -> str:
    """Return a ref that fits one line: both ends are kept, because the provider and the model stand there."""
    half = (_MAX_REF - 1) // 2
    return ref if len(ref) <= _MAX_REF else f"{ref[:half]}…{ref[-half:]}"


EXPORT = Export("image/svg+xml", "latency.svg", render)
