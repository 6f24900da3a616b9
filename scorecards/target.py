"""What one run of a probe is pointed at, and what is known of it before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from scorecards.catalog import COUNTING, UNSAYABLE, Endpoint, Model
from scorecards.cost.engine import Tariff
from scorecards.evalsets import EvalSet
from scorecards.evidence import Reading


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
