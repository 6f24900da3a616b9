"""What a difference of scores says to somebody who would move: beyond the margin, and surer than in a comparison."""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from scorecards import statistics
from scorecards.compare import power

Quality = Mapping[str, Any]
"""A difference of scores as the document of a comparison tells it, of the whole or of a slice."""
DECIDED = ("better", "worse")
LEVEL = Decimal("0.01")
"""Of the corrected p. At the usual 5 %, most of twenty people who move between endpoints that are alike, one after the
other, would see one told apart; and who moves on undecided numbers has the breaks and a canary beside them."""
Z_99 = 2.5758293035489004
STRICTER = Decimal(str((Z_99 + power.Z_80) / (statistics.Z_95 + power.Z_80)))
"""How many times as large a difference has to be to be found at LEVEL instead of 5 %, with 80 % power."""


def verdict(quality: Quality, margin: Decimal) -> str:
    """Return better, worse, equivalent or undecided; the first two only beyond the margin and at LEVEL.

    A difference that is surely there, may lie within the margin and may lie beyond it decides nothing for a move. The
    exact test has to agree where there is one: with some ten prompts that changed, a bootstrap is surer than it may be.
    """
    said = str(quality["verdict"])
    if said not in DECIDED:
        return said
    p = max(Decimal(quality[name]) for name in ("p_holm", "p_sign") if quality[name] is not None)
    return said if p <= LEVEL and abs(Decimal(quality["difference"])) > margin else "undecided"


def more_prompts(quality: Quality, margin: Decimal) -> int | None:
    """Return how many independent prompts more would decide with 80 % power, if the difference is what it seems.

    None where it is decided, and where nothing was scored at both. As `power.more_needed` has it, at LEVEL and out of
    the numbers that are published.
    """
    if verdict(quality, margin) != "undecided" or not quality["n"]:
        return None
    difference = abs(Decimal(quality["difference"]))
    distance = max(difference, margin - difference)
    times = (STRICTER * Decimal(quality["detectable"]) / distance) ** 2
    return max(1, math.ceil(int(quality["units"]) * (times - 1)))


def told(quality: Quality) -> str:
    """Return a difference with its interval and n, in words."""
    return f"difference of scores {quality['difference']} ({quality['low']} to {quality['high']}, n = {quality['n']})"
