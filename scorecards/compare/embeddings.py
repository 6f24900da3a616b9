"""How near two outputs are in meaning, by vectors that some embedding model made of them.

For finding outputs that disagree and for grouping, never for correctness: "must not take" is as near to "must take"
(0.88 measured) as many a paraphrase.
"""

import math
from collections.abc import Sequence
from decimal import Decimal

from scorecards import statistics


def cosine(one: Sequence[float], other: Sequence[float]) -> Decimal | None:
    """Return the cosine of two vectors, -1..1; None where one of them is 0 or no number.

    Raises:
        ValueError: they are of different length: two models made them.

    >>> cosine([1, 0], [1, 1])
    Decimal('0.707107')
    """
    if len(one) != len(other):
        raise ValueError(f"wants two vectors of one length, has {len(one)} and {len(other)}")
    lengths = math.hypot(*one) * math.hypot(*other)
    if not lengths or not math.isfinite(lengths):
        return None
    product = math.fsum(a * b for a, b in zip(one, other, strict=True))
    return Decimal(str(round(max(-1.0, min(1.0, product / lengths)), 6)))


def median(pairs: Sequence[tuple[Sequence[float], Sequence[float]]]) -> Decimal | None:
    """Return the median cosine of pairs of outputs; None without one."""
    return statistics.median([near for one, other in pairs if (near := cosine(one, other)) is not None])
