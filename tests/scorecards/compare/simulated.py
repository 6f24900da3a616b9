"""Pairs of simulated endpoints, correlated as real ones are: what one finds hard, the other finds hard too."""

from decimal import Decimal

from scorecards.compare.paired import Pair

NOISE = 0.1
"""Share of the prompts at which an endpoint's answer hangs on luck instead of how hard the prompt is."""


def scores(rng, hardness, share, repeats=1):
    """Return the mean score of each prompt at an endpoint that answers this share right."""
    return [sum(_one(rng, hard, share) for _ in range(repeats)) / Decimal(repeats) for hard in hardness]


def _one(rng, hard, share):
    return int((rng.random() if rng.random() < NOISE else hard) < share)


def pairs(rng, n, a, b, repeats=1):
    """Return n prompts at endpoints with these shares of right answers."""
    hardness = [rng.random() for _ in range(n)]
    both = zip(scores(rng, hardness, a, repeats), scores(rng, hardness, b, repeats), strict=True)
    return [Pair(f"p{at}", *one) for at, one in enumerate(both)]
