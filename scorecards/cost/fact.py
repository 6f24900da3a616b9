"""One price as one source lists it; facts are only ever added, never changed."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum


class Basis(StrEnum):
    """How we know from when a price holds."""

    DOCUMENTED = "documented"
    FIRST_OBSERVED = "first_observed"
    """It held when we first looked; it may be older."""
    IMPORTED = "imported"
    """The data set says so."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """When a price applies; the empty value of each means always.

    Attributes:
        input_above, input_upto: Tokens of one request's whole input: above < input <= upto.
        tier: Service tier: `standard`, `batch`, `flex`, `priority`, `thinking`, …
        region: Of the endpoint's host, as its ref has it.
        window: Name of a weekly window in `data/windows.toml` (time zone, days, hours, holiday calendar).
    """

    input_above: int | None = None
    input_upto: int | None = None
    tier: str = "standard"
    region: str = ""
    window: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a price was read.

    Attributes:
        url: The page or file the price stands on.
        sha256: Of the bytes that were read; "" for what a person read on a page.
        snippet: At most 300 characters of it.
        importer: Name of the importer; `data_version` = the data set's own version or date.
    """

    url: str
    importer: str
    data_version: str
    sha256: str = ""
    snippet: str = ""


@dataclass(frozen=True, slots=True)
class PriceFact:
    """What one source says one meter of one endpoint costs.

    Attributes:
        endpoint: Ref, `provider[@region]:model-id`; exact ids and declared aliases only.
        meter: `input`, `cache_read`, `cache_write`, `output`, `reasoning`, `image`, `audio`, `search`, `request`, …
        unit: What `amount` buys: `1M tokens`, `1K requests`, `image`, `minute`, …
        currency: ISO 4217, as listed; a Chinese and an international price are two facts, never a conversion.
        valid_from: None = held before anybody wrote down when; `valid_to`: None = still holds.
        observed_at: When the source was read.
        origin: Where.
    """

    endpoint: str
    meter: str
    unit: str
    amount: Decimal
    currency: str
    valid_from: datetime | None
    basis: Basis
    observed_at: datetime
    origin: Origin
    valid_to: datetime | None = None
    conditions: Conditions = field(default_factory=Conditions)

    @property
    def key(self) -> tuple[str, str, str, str, Conditions]:
        """What this is a price of: facts of one key and instant from several sources are set against each other."""
        return self.endpoint, self.meter, self.unit, self.currency, self.conditions

    def holds(self, at: datetime) -> bool:
        """Tell whether it was in force at an instant, its window of the week not asked."""
        return (self.valid_from is None or self.valid_from <= at) and (self.valid_to is None or at < self.valid_to)
