"""How much so many prompts can tell, how many more it takes, and how much one endpoint differs from itself."""

import math
from collections.abc import Sequence
from decimal import Decimal

from scorecards import statistics

Z_80 = 0.8416212335729143
"""80 % point of the normal distribution: the power that is planned for."""
REACH = Decimal(str(statistics.Z_95 + Z_80))
"""In standard errors: what is found with 80 % power at the 5 % level."""


def detectable(n: int, spread: Decimal) -> Decimal:
    """Return the smallest true difference that `n` independent pairs find with 80 % power at the 5 % level.

    1, the greatest there is, where so few find none.

    Args:
        n: At least 1.
        spread: Mean square difference: with scores of 0 and 1 the share of prompts on which the two differ.

    >>> round(detectable(100, Decimal("0.15")), 2)
    Decimal('0.11')
    """
    return min(Decimal(1), REACH * (spread / n).sqrt())


def more_needed(difference: Decimal, n: int, spread: Decimal, margin: Decimal) -> int:
    """Return how many more independent pairs would decide with 80 % power, if the difference is what it seems.

    It has to be told from 0 or from the margin, whichever is farther from it.

    >>> more_needed(Decimal("0.03"), 100, Decimal("0.13"), Decimal("0.05"))
    1034
    """
    distance = max(abs(difference), margin - abs(difference))
    return max(0, math.ceil((REACH / distance) ** 2 * spread) - n)


def flips(repeats: Sequence[Sequence[Decimal]]) -> statistics.Share | None:
    """Return the share of prompts at which repeats at one endpoint differ: its own noise.

    Args:
        repeats: For each prompt the scores of its repeats; one with fewer than two says nothing and is left out.

    None when no prompt was repeated.
    """
    repeated = [one for one in repeats if len(one) > 1]
    return statistics.share(sum(len(set(one)) > 1 for one in repeated), len(repeated))
