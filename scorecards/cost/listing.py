"""What one source lists, as it states it and as it was believed: facts, and what was quarantined with the reason."""

from dataclasses import dataclass, field
from datetime import datetime

from scorecards.cost.fact import Basis, Conditions, PriceFact
from scorecards.errors import Expected


class PriceSourceError(Expected, ValueError):
    """A file is not what its source publishes; the message says what was wanted and what was found."""


@dataclass(frozen=True, slots=True)
class PriceFile:
    """The bytes of a source.

    Attributes:
        url: Where they were read; a path for a file.
        read_at: When its author published it as far as that is known, else when we read it.
        provider: Whose list it is, for sources that do not name providers; "" for the others.
        currency: What it is in, for sources that do not say; "" for the others.
        etag: As the server gave it; "" = it gave none.
    """

    content: bytes
    url: str
    read_at: datetime
    provider: str = ""
    currency: str = ""
    etag: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One price as a source states it, before anybody looked whether it can be true.

    Attributes:
        provider, model_id: As the source names them.
        amount: Whatever stands there, in units of `unit`; None = from `valid_from` on the source lists no price.
        valid_from: None = it does not say.
        currency: None = it does not say.
        unit: One of UNITS of `checking`, or what the source calls it.
        free: The source says in words that it costs nothing, so that zero is a price.
        read_at: When this one was read; None = when the whole was.
        importer: Under which name it counts; "" = the source's own.
        version: Of this one; "" = that of the whole.
    """

    provider: str
    model_id: str
    meter: str
    amount: object
    valid_from: datetime | None
    basis: Basis = Basis.IMPORTED
    valid_to: datetime | None = None
    conditions: Conditions = field(default_factory=Conditions)
    currency: str | None = None
    unit: str = "1M tokens"
    url: str = ""
    snippet: str = ""
    free: bool = False
    read_at: datetime | None = None
    importer: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Stated:
    """All that a source states.

    Attributes:
        version: The data set's own version or date.
        looked_at: When its author last looked at prices.
        refused: What could not even be read as an entry.
    """

    entries: tuple[Entry, ...]
    version: str
    looked_at: datetime
    refused: tuple["Quarantined", ...] = ()


@dataclass(frozen=True, slots=True)
class Quarantined:
    """What was not believed.

    Attributes:
        subject: The endpoint, or provider and id as the source names them; "" = the whole source.
        found: What stands there.
    """

    subject: str
    meter: str
    found: str
    reason: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What a source lists after the checks.

    Attributes:
        looked_at: When its author last looked at prices: every fact that still holds was seen then.
        dated_each: Whether each fact was looked at on a day of its own instead.
        facts: One interval each; of one key and importer they do not overlap.
        unmapped: Models of providers that no table maps to endpoints.
    """

    source: str
    version: str
    url: str
    sha256: str
    looked_at: datetime
    facts: tuple[PriceFact, ...]
    quarantined: tuple[Quarantined, ...] = ()
    unmapped: int = 0
    dated_each: bool = False
    etag: str = ""
