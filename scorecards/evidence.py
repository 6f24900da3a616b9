"""The raw facts everything rests on: what was asked, what came back, what was read in it."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

Value = Decimal | str | bool
"""What a reading can hold. Numbers are Decimal, never float."""


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes that were fetched or submitted, as they were.

    Attributes:
        content: The bytes; for a weights file only its header, `sha256` is of the whole file.
        url: Where it came from (`https:` or `file:`); published with each quote.
        first_party: Whether it comes from the developer itself or a place the developer names.
        derived_from: sha256 of the document of the same address that this text was made of, such as a PDF; None = the
            bytes are as they came.
    """

    sha256: str
    content: bytes
    url: str
    media_type: str
    fetched_at: datetime
    size_bytes: int
    first_party: bool = True
    derived_from: str | None = None

    @classmethod
    def of(cls, content: bytes, url: str, media_type: str, fetched_at: datetime, *, first_party: bool) -> "Document":
        """Return the document of these whole bytes, with their hash and size."""
        digest = hashlib.sha256(content).hexdigest()
        return cls(digest, content, url, media_type, fetched_at, len(content), first_party)


MAX_QUOTE = 300
"""Characters of a quote that may be published."""


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a stored document, found byte for byte at `start`..`end` (offsets in bytes)."""

    text: str
    start: int
    end: int

    def matches(self, content: bytes) -> bool:
        """Tell whether these exact words stand in `content` at these offsets."""
        return 0 <= self.start < self.end and content[self.start : self.end] == self.text.encode()


def family(quantity: str) -> str:
    """Return what a quantity is without what it is of, which stands behind a colon.

    >>> family("quality_share:basics_en")
    'quality_share'
    """
    return quantity.partition(":")[0]


class Basis(StrEnum):
    """How a reading came to be, which decides how much it can earn."""

    EXECUTED = "executed"
    """We ran a check on an artifact or an endpoint."""
    FIRST_PARTY = "first_party"
    """The developer's own document says so, quoted."""
    THIRD_PARTY = "third_party"
    """Somebody else says so, or the developer's submission was not found in public yet."""


class Finding(StrEnum):
    """What came of looking. Only KNOWN and PARTIAL have a value."""

    KNOWN = "known"
    PARTIAL = "partial"
    ABSENT = "absent"
    """Looked through everything named in the evidence; it is not there."""
    UNMEASURED = "unmeasured"
    """Could not look; `note` says why. Never counts as absent."""


class Bound(StrEnum):
    """How a number stands to the true one."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    """The probe could reach no further, or the document names this member of a family and may leave out larger ones."""
    AT_MOST = "at_most"
    """An artifact allows no more; a smaller declared number agrees with it."""


@dataclass(frozen=True, slots=True)
class Source:
    """What a reading points at: an exchange (`id` of the stored record) or a document (`sha256:…`).

    Attributes:
        id: "" for a place of which nothing could be had; such a source only ever stands in an UNMEASURED reading.
        taken_at: When it was fetched or asked; None until a verdict cites it.
    """

    id: str
    url: str
    quote: Quote | None = None
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One typed value of one subject.

    Attributes:
        quantity: What was measured; one that is measured of several things, such as the sets of questions, names the
            thing behind a colon.
        subject: A model ref or an endpoint ref.
        value: In `unit`; None when it is absent or could not be measured.
        n: Observations the value rests on; failed ones are not counted.
        reader: Probe or collector and its version, `latency/1`.
        note: Why it is as it is, for people; for UNMEASURED the reason.
        bound: How `value` stands to the true number.
        samples: The single observations behind a measured value, in `unit`; windows are computed from them.
        interval: 95 % confidence interval of a value that its samples alone do not give one; None = it has none.
    """

    quantity: str
    subject: str
    finding: Finding
    basis: Basis
    taken_at: datetime
    reader: str
    value: Value | None = None
    unit: str = ""
    n: int = 0
    note: str = ""
    sources: tuple[Source, ...] = ()
    samples: tuple[Decimal, ...] = ()
    bound: Bound = Bound.EXACT
    interval: tuple[Decimal, Decimal] | None = None

    def __post_init__(self) -> None:
        has_value = self.finding in (Finding.KNOWN, Finding.PARTIAL)
        if has_value != (self.value is not None):
            raise ValueError(f"{self.quantity}: {self.finding} with value {self.value!r}")


@dataclass(frozen=True, slots=True)
class Identity:
    """What a model is called: what a collector binds statements to.

    Attributes:
        ref: `developer/model`.
        names: The model's own names, the most usual first; never a family's or a sibling's.
        developers: Names of who makes it.
    """

    ref: str
    names: tuple[str, ...] = ()
    developers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Collector:
    """A pure function that reads documents about a model.

    Attributes:
        question: What it finds out, one sentence.
        quantities: Every quantity `read` may return.
        accepts: Whether this collector reads a document at all.
        read: `(who it is about, document) -> readings`.
        head_bytes: How much of the document `read` needs; None = all of it.
        keeps: What of these bytes is worth storing; all of them unless a collector knows better.
    """

    name: str
    version: int
    question: str
    quantities: tuple[str, ...]
    accepts: Callable[[Document], bool]
    read: Callable[[Identity, Document], Sequence[Reading]]
    head_bytes: int | None = None
    keeps: Callable[[bytes], bytes] = bytes

    @property
    def reader(self) -> str:
        """Name and version as readings carry them."""
        return f"{self.name}/{self.version}"
