"""What a probe is: a question, a plan of requests, and a pure function that reads what came back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from scorecards.catalog import COUNTING, UNSAYABLE, Endpoint, Model
from scorecards.cost.engine import Tariff
from scorecards.evalsets import EvalSet
from scorecards.evidence import Reading
from scorecards.exchanges import Ask, Exchange
from scorecards.tokens import estimate

IMAGE_TOKENS = 1_500
"""What a small image may be billed as, at most; providers count them by their own rules."""


@dataclass(frozen=True, slots=True)
class Target:
    """What one run is pointed at.

    Attributes:
        nonce: New for each run; prompts that carry it are in no cache.
        model: What the catalogue says of the model; None for an endpoint that is in no catalogue.
        samples: How many samples the caller wants; None = as many as the probe finds right.
        concurrency: How many requests at once the caller wants; None = as the probe says.
        sets: Evaluation sets by name, for probes that ask about quality.
        tariff: All prices of the endpoint; None = the caller holds none.
        local: Whether we serve the model ourselves, for nothing.
        earlier: Readings of earlier runs at this endpoint and at others of the same model, oldest first.
    """

    endpoint: Endpoint
    nonce: str
    model: Model | None = None
    samples: int | None = None
    concurrency: int | None = None
    sets: Mapping[str, EvalSet] = field(default_factory=dict)
    tariff: Tariff | None = None
    local: bool = False
    earlier: Sequence[Reading] = ()

    @property
    def temperature(self) -> Decimal | None:
        """0 where the endpoint lets one say so; None = whatever it takes by itself."""
        return Decimal(0) if self.takes("temperature") else None

    @property
    def counts_tokens(self) -> bool:
        """Whether the endpoint can be asked how many tokens a prompt has, beside `usage`."""
        return bool(self.endpoint.token_counter) or self.endpoint.dialect in COUNTING

    def takes(self, parameter: str) -> bool:
        """Tell whether a parameter can be said to this endpoint at all, by what is known of it and its dialect."""
        return parameter not in (*self.endpoint.refuses, *UNSAYABLE.get(self.endpoint.dialect, ()))

    def last(self, quantity: str, subject: str | None = None) -> Reading | None:
        """Return the newest earlier reading of a quantity at this endpoint, or at `subject`; None without one."""
        wanted = subject or self.endpoint.ref
        known = [one for one in self.earlier if one.quantity == quantity and one.subject == wanted]
        return next((one for one in reversed(known) if one.value is not None), None)


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
