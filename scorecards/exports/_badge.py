"""What a badge says: the transparency of a card in a few words that never hide its range."""

from collections.abc import Mapping
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from scorecards.dispute import OPEN

LABEL = "pellucid"
NO_CARD = "no card"
INSUFFICIENT = "insufficient evidence"


def message(pillar: Mapping[str, Any]) -> str:
    """Return the words for a transparency pillar; without enough evidence no score is named at all.

    The range is rounded outwards, so that a badge is never surer than its card.

    >>> message({"score": "81.8", "low": "60.1", "high": "86.7", "sufficient": True})
    'transparency 81.8 (60–87)'
    """
    if not known(pillar):
        return INSUFFICIENT
    low = Decimal(pillar["low"]).to_integral_value(ROUND_FLOOR)
    high = Decimal(pillar["high"]).to_integral_value(ROUND_CEILING)
    return f"transparency {pillar['score']} ({low}–{high})"


def with_disputes(text: str, card: Mapping[str, Any]) -> str:
    """Return the words with how many challenges to the card are open, if any are.

    >>> with_disputes("transparency 81.8 (60–87)", {"disputes": [{"state": "received"}, {"state": "upheld"}]})
    'transparency 81.8 (60–87), 1 open dispute'
    """
    count = sum(one["state"] in OPEN for one in card.get("disputes", []))
    return f"{text}, {count} open dispute{'s' if count > 1 else ''}" if count else text


def known(pillar: Mapping[str, Any]) -> bool:
    """Tell whether the pillar has a score and at least half of it was checked."""
    return pillar["score"] is not None and bool(pillar["sufficient"])
