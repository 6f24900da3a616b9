"""The raw facts everything rests on: what was asked, what came back, what was read in it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from scorecards.catalog import Endpoint

Value = Decimal | str | bool
"""What a reading can hold. Numbers are Decimal, never float."""


class AskKind(StrEnum):
    """What one request to an endpoint is for; each dialect says how it puts it on the wire."""

    CHAT = "chat"
    LIST_MODELS = "list_models"
    COUNT_TOKENS = "count_tokens"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to an endpoint, in no wire format.

    Attributes:
        model_id: Asked for instead of the endpoint's own id; None = the endpoint's own.
        max_output_tokens: Hard cap of what the answer may cost.
        text: The user's message, or the text to count for COUNT_TOKENS.
        role: A label by which the probe's reading finds its exchange again.
    """

    kind: AskKind = AskKind.CHAT
    text: str = ""
    max_output_tokens: int = 32
    stream: bool = True
    temperature: Decimal | None = None
    seed: int | None = None
    model_id: str | None = None
    role: str = "sample"


class DeltaKind(StrEnum):
    """What one streamed event carried. EMPTY (role only, no text) is never a first token."""

    CONTENT = "content"
    REASONING = "reasoning"
    TOOL = "tool"
    REFUSAL = "refusal"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Delta:
    """One event of a stream; `at_ns` is counted from the instant the last request byte went to the kernel."""

    at_ns: int
    kind: DeltaKind
    text: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the endpoint reports them; None = not reported. `total` is what it says, not our sum."""

    input: int | None = None
    output: int | None = None
    total: int | None = None
    cached: int | None = None
    reasoning: int | None = None


@dataclass(frozen=True, slots=True)
class Phases:
    """How long the connection took, in ns; all 0 and `reused` true on a warm connection."""

    dns_ns: int = 0
    connect_ns: int = 0
    tls_ns: int = 0
    reused: bool = False
    stale_connections: int = 0
    """Reused connections that died before a byte came back; each was retried once on a fresh one."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and everything that came back. A failure is a recorded fact, not an exception.

    Attributes:
        endpoint: Ref of the endpoint asked.
        outcome: "ok", or the failure's name (`auth`, `timeout_connect`, `bad_json`, …).
        detail: What was wanted and what was found, one line; "" when ok.
        status: HTTP status; None when no status line came.
        headers_ns, last_ns: Status line and last output event, from `t_sent`; None when they never came.
        tokens: Count returned for COUNT_TOKENS; None otherwise.
        listed: Model ids returned for LIST_MODELS.
        server_timings: The endpoint's own account of its times (llama.cpp), as sent; our numbers never use it.
    """

    ask: Ask
    endpoint: str
    started_at: datetime
    outcome: str
    detail: str = ""
    status: int | None = None
    headers_ns: int | None = None
    last_ns: int | None = None
    deltas: tuple[Delta, ...] = ()
    finish_reason: str | None = None
    usage: Usage | None = None
    served_model: str | None = None
    fingerprint: str | None = None
    tokens: int | None = None
    listed: tuple[str, ...] = ()
    phases: Phases = field(default_factory=Phases)
    server_timings: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the exchange ended as it should."""
        return self.outcome == "ok"

    @property
    def text(self) -> str:
        """The answer: content deltas joined, without reasoning."""
        return "".join(delta.text for delta in self.deltas if delta.kind is DeltaKind.CONTENT)


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
        subject: A model ref or an endpoint ref.
        value: In `unit`; None when it is absent or could not be measured.
        n: Observations the value rests on; failed ones are not counted.
        reader: Probe or collector and its version, `latency/1`.
        note: Why it is as it is, for people; for UNMEASURED the reason.
        bound: How `value` stands to the true number.
        samples: The single observations behind a measured value, in `unit`; windows are computed from them.
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

    def __post_init__(self) -> None:
        has_value = self.finding in (Finding.KNOWN, Finding.PARTIAL)
        if has_value != (self.value is not None):
            raise ValueError(f"{self.quantity}: {self.finding} with value {self.value!r}")


@dataclass(frozen=True, slots=True)
class Probe:
    """A planned set of requests to an endpoint and a pure function that reads the exchanges.

    Attributes:
        question: What it finds out, one sentence.
        quantities: Every quantity `read` may return.
        plan: `(endpoint, nonce) -> asks`; the nonce makes each run's prompts new to any cache.
        read: `(endpoint, exchanges) -> readings`, in the order of the plan.
        every_s: Default cadence.
    """

    name: str
    version: int
    question: str
    quantities: tuple[str, ...]
    plan: Callable[[Endpoint, str], Sequence[Ask]]
    read: Callable[[Endpoint, Sequence[Exchange]], Sequence[Reading]]
    every_s: int

    @property
    def reader(self) -> str:
        """Name and version as readings carry them."""
        return f"{self.name}/{self.version}"


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
