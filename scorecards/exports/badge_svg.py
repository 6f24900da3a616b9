"""The badge as a picture: a few words and the range bar, in one file that needs nothing else."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from scorecards.exports import _badge
from scorecards.exports._export import Card, Export

BAR_WIDTH = 54

_NARROW, _DIGIT, _OTHER = 4.1, 6.6, 6.4
"""Mean widths in px at 11 px. `textLength` makes every font keep to them, so they need not be exact."""

_FRAME = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" viewBox="0 0 {width} 20" role="img" \
aria-label="{text}">
<title>{text}</title>
<rect x=".5" y=".5" width="{inner}" height="19" rx="3.5" fill="#fbfcfd" stroke="#8a929a"/>
<path d="M{left} .5H4A3.5 3.5 0 0 0 .5 4v12A3.5 3.5 0 0 0 4 19.5H{left}z" fill="#1f2933"/>
<g font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">
<text x="8" y="14" fill="#fff" textLength="{label_length}" lengthAdjust="spacingAndGlyphs">{label}</text>
<text x="{message_x}" y="14" fill="#1f2933" \
textLength="{message_length}" lengthAdjust="spacingAndGlyphs">{message}</text>
</g>
{bar}</svg>
"""


def render(card: Card) -> str:
    """Return the SVG badge of a card; its range bar is drawn even where the evidence is insufficient."""
    pillar = card["pillars"]["transparency"]
    message = _badge.message(pillar)
    return _frame(message, _badge.with_disputes(message, card), pillar)


def unknown() -> str:
    """Return the badge for a model that has no card; it has no bar, because nothing is known at all."""
    return _frame(_badge.NO_CARD, _badge.NO_CARD, None)


def _frame(message: str, title: str, pillar: Mapping[str, Any] | None) -> str:
    """Return the badge with these words on it, and those in its title, which has room for more."""
    label_length, message_length = _length(_badge.LABEL), _length(message)
    left = 8 + label_length + 8
    bar_x = left + 8 + message_length + 8
    width = bar_x + (BAR_WIDTH + 8 if pillar else 0)
    return _FRAME.format(
        width=width,
        inner=width - 1,
        left=left,
        text=escape(f"{_badge.LABEL}: {title}", {'"': "&quot;"}),
        label=escape(_badge.LABEL),
        label_length=label_length,
        message_x=left + 8,
        message_length=message_length,
        message=escape(message),
        bar=_bar(pillar, bar_x) if pillar else "",
    )


def _bar(pillar: Mapping[str, Any], x: int) -> str:
    """Return the range from low to high on a track of 0 to 100, with a tick at a score that is known."""
    low, high = _at(pillar["low"], x), _at(pillar["high"], x)
    fill = "#0072b2" if _badge.known(pillar) else "#a9b1b9"
    score = pillar["score"] if _badge.known(pillar) else None
    tick = f'<path d="M{_at(score, x)} 4v12" stroke="#1f2933" stroke-width="2"/>\n' if score else ""
    return (
        f'<path d="M{x} 10h{BAR_WIDTH}M{x} 7v6M{x + BAR_WIDTH} 7v6" stroke="#8a929a" fill="none"/>\n'
        f'<rect x="{low}" y="7" width="{max(high - low, Decimal(1))}" height="6" fill="{fill}"/>\n'
        f"{tick}"
    )


def _at(value: str, x: int) -> Decimal:
    return x + (Decimal(value) * BAR_WIDTH / 100).quantize(Decimal("0.1"))


def _length(text: str) -> int:
    return round(sum(_DIGIT if char.isdigit() else _NARROW if char in " .()il–" else _OTHER for char in text))


EXPORT = Export("image/svg+xml", "badge.svg", render)
