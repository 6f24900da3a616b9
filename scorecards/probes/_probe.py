"""What a probe is: a question, a plan of requests, and a pure function that reads what came back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scorecards.evidence import Reading
from scorecards.exchanges import Ask, Exchange
from scorecards.target import Target
from scorecards.tokens import estimate

__all__ = ["Estimate", "Probe", "Target", "estimated"]

IMAGE_TOKENS = 1_500
"""What a small image may be billed as, at most; providers count them by their own rules."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The most that a plan can use: input by our own count, output by its caps."""

    requests: int
    input_tokens: int
    output_tokens: int


@dataclass(frozen=True, slots=True)
class Probe:
    """A planned set of requests to an endpoint and a pure function that reads the exchanges.

    Attributes:
        question: What it finds out, one sentence.
        quantities: Every quantity `read` may return, without the `:name` of what it is of.
        plan: `(target) -> asks`, in the order they are sent; [] when there is nothing to ask this endpoint.
        read: `(target, exchanges) -> readings`, in the order of the plan, and never of an empty list.
        then: `(target, exchanges of the plan) -> more asks`, which depend on what came; None = the plan is all.
        every_s: Default cadence.
        concurrency: How many of the asks are under way at once.
    """

    name: str
    version: int
    question: str
    quantities: tuple[str, ...]
    plan: Callable[[Target], Sequence[Ask]]
    read: Callable[[Target, Sequence[Exchange]], Sequence[Reading]]
    every_s: int
    concurrency: int = 1
    then: Callable[[Target, Sequence[Exchange]], Sequence[Ask]] | None = None

    @property
    def reader(self) -> str:
        """Name and version as readings carry them."""
        return f"{self.name}/{self.version}"


def estimated(asks: Sequence[Ask]) -> Estimate:
    """Return what sending these asks may cost at most."""
    return Estimate(
        len(asks),
        sum(estimate(ask.system + ask.text) + (IMAGE_TOKENS if ask.image_png else 0) for ask in asks),
        sum(ask.max_output_tokens for ask in asks),
    )
