"""How many breaks two endpoints that are alike would show by chance, whatever the noise of each prompt is."""

import math
from decimal import Decimal

GRID = 1000
"""Steps in which a prompt's chance to pass is tried."""
SURE = Decimal("0.05")


def expected(flipped: int, repeated: int, prompts: int, repeats: tuple[int, int]) -> Decimal | None:
    """Return how many breaks to expect of two that are alike, at most; None where A was not repeated.

    A break is a prompt that A passes in all its repeats and B in none. How often A's repeats of one prompt differ is
    known; whichever chance to pass makes the most breaks of that is taken for every prompt, so noise that sits in a few
    prompts is covered. One flip is added, as if one had been seen (Laplace).

    Args:
        flipped: Prompts at which A's repeats differ, of so many that were `repeated`.
        prompts: That both were asked.
        repeats: Of A and of B.

    >>> expected(0, 48, 50, (3, 3))
    Decimal('0.0213')
    """
    if repeats[0] < 2 or not repeated:  # noqa: PLR2004 - a repeat
        return None
    share = Decimal(flipped + 1) / (repeated + 1)
    return round(min(Decimal(prompts), share * prompts * _worst(*repeats)), 4)


def _worst(a: int, b: int) -> Decimal:
    """Return the most breaks that there can be for one flip of A."""
    chances = (step / GRID for step in range(1, GRID))
    return Decimal(str(max(p**a * (1 - p) ** b / (1 - p**a - (1 - p) ** a) for p in chances)))


def more_than_chance(found: int, mean: Decimal | None) -> bool:
    """Tell whether chance alone would make so many breaks in fewer than one drill of twenty (Poisson).

    >>> more_than_chance(1, Decimal("0.02")), more_than_chance(1, Decimal("0.2")), more_than_chance(3, None)
    (True, False, False)
    """
    if mean is None or not found:
        return False
    fewer = math.fsum(float(mean) ** k / math.factorial(k) for k in range(min(found, 150)))
    return Decimal(str(1 - math.exp(-float(mean)) * fewer)) < SURE
