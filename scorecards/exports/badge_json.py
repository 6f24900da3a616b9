"""The badge as data, in the endpoint schema of shields.io."""

import json

from scorecards.exports import _badge
from scorecards.exports._export import Card, Export

KNOWN_COLOR = "#0072b2"
"""One colour for every score: a badge reports, it does not cheer."""

UNKNOWN_COLOR = "#6b7178"


def render(card: Card) -> str:
    """Return the shields endpoint document of a card."""
    pillar = card["pillars"]["transparency"]
    message = _badge.with_disputes(_badge.message(pillar), card)
    return _document(message, KNOWN_COLOR if _badge.known(pillar) else UNKNOWN_COLOR)


def unknown() -> str:
    """Return the document for a model that has no card."""
    return _document(_badge.NO_CARD, UNKNOWN_COLOR)


def _document(message: str, color: str) -> str:
    fields = {"schemaVersion": 1, "label": _badge.LABEL, "message": message, "color": color}
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


EXPORT = Export("application/json", "badge.json", render)
