"""What was asked of an endpoint and what came back: the raw evidence of every probe."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any


class AskKind(StrEnum):
    """What one request to an endpoint is for; each dialect says how it puts it on the wire."""

    CHAT = "chat"
    LIST_MODELS = "list_models"
    COUNT_TOKENS = "count_tokens"
    EMBED = "embed"


@dataclass(frozen=True, slots=True)
class Tool:
    """A function that a model may ask to be called; `parameters` is the JSON Schema of its arguments."""

    name: str
    description: str
    parameters: Mapping[str, Any]


class Calling(StrEnum):
    """What a request says of calling tools; nothing said leaves it to the model, as AUTO does in so many words."""

    NONE = "none"
    AUTO = "auto"
    REQUIRED = "required"
    """At least one of the tools has to be called."""
    NAMED = "named"
    """The first of the tools has to be called."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One call the model asked for; `arguments` is the text as it came, meant to be JSON."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolTurn:
    """A turn that lies behind: the model called a tool and was told its result; `thought` is what it thought before."""

    call: ToolCall
    result: str
    thought: str = ""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to an endpoint, in no wire format.

    Attributes:
        model_id: Asked for instead of the endpoint's own id; None = the endpoint's own.
        max_output_tokens: Hard cap of what the answer may cost.
        text: The user's message, or the text to count or embed.
        system: The system message; "" = none.
        role: A label by which the probe's reading finds its exchange again.
        tools: What may be called; `calling` says whether it has to be, `parallel` whether several may be at once.
        after: A turn between the user's message and the answer that is asked for.
        schema: JSON Schema the answer has to follow; None = free text.
        top_logprobs: How many alternatives to report for each output token; None = no log probabilities at all.
        json_object: Whether the answer has to be some JSON object.
        choices: How many answers to give; None = one, without saying so.
        stop: Texts at which the answer has to end, before them.
        image_png: A PNG in base64 that belongs to the message; "" = none.
        wrong_key: Whether to send a made-up key in place of the endpoint's.
        trial: Whether a refusal is what the probe wants to know: it is no sign of an endpoint that is down.
        fresh: Whether to open a new connection for it.
        whole: Whether an answer cut at `max_output_tokens` is of no use and ends as `truncated`.
    """

    kind: AskKind = AskKind.CHAT
    text: str = ""
    max_output_tokens: int = 32
    stream: bool = True
    temperature: Decimal | None = None
    seed: int | None = None
    model_id: str | None = None
    role: str = "sample"
    system: str = ""
    tools: tuple[Tool, ...] = ()
    calling: Calling | None = None
    parallel: bool | None = None
    after: ToolTurn | None = None
    schema: Mapping[str, Any] | None = None
    json_object: bool = False
    choices: int | None = None
    stop: tuple[str, ...] = ()
    image_png: str = ""
    wrong_key: bool = False
    trial: bool = False
    top_logprobs: int | None = None
    fresh: bool = False
    whole: bool = False


class Outcome(StrEnum):
    """How an exchange ended: one vocabulary for every dialect, and for what no dialect can say."""

    OK = "ok"
    REFUSAL = "refusal"
    """The model answered that it will not."""
    CONTENT_FILTER = "content_filter"
    """A filter of the provider stopped prompt or answer."""
    TRUNCATED = "truncated"
    """Cut at the cap, where only a whole answer is of use."""

    INCOMPLETE = "incomplete"
    """The answer ended without saying why."""
    BAD_FRAMING = "bad_framing"
    BAD_JSON = "bad_json"
    WRONG_TYPE = "wrong_type"
    """Another media type or JSON of another shape than the dialect promises."""
    TOO_BIG = "too_big"
    SERVER_ERROR = "server_error"
    OVERLOADED = "overloaded"
    TIMEOUT_CONNECT = "timeout_connect"
    TIMEOUT_FIRST_BYTE = "timeout_first_byte"
    IDLE = "idle"
    DEADLINE = "deadline"
    RESET = "reset"
    DNS = "dns"
    TLS = "tls"
    REDIRECT_REFUSED = "redirect_refused"

    AUTH = "auth"
    FORBIDDEN = "forbidden"
    """Known to the provider but not allowed, or not paid for."""
    NOT_FOUND = "not_found"
    BAD_REQUEST = "bad_request"
    TOO_LARGE = "too_large"
    """More input than the endpoint takes."""
    RATE_LIMITED = "rate_limited"

    BAD_URL = "bad_url"
    REFUSED_ADDRESS = "refused_address"
    UNSUPPORTED = "unsupported"
    """The dialect has no such call."""
    OVER_BUDGET = "over_budget"
    """Not sent: it might have cost more than is left."""


ANSWERED = frozenset({Outcome.OK, Outcome.REFUSAL, Outcome.CONTENT_FILTER, Outcome.TRUNCATED})
"""The endpoint did its part: times are valid, and it was up."""

NOT_THE_ENDPOINTS_FAULT = frozenset(
    {
        Outcome.AUTH,
        Outcome.FORBIDDEN,
        Outcome.NOT_FOUND,
        Outcome.BAD_REQUEST,
        Outcome.TOO_LARGE,
        Outcome.RATE_LIMITED,
        Outcome.BAD_URL,
        Outcome.REFUSED_ADDRESS,
        Outcome.UNSUPPORTED,
        Outcome.OVER_BUDGET,
    }
)
"""Says something about our key, quota, catalogue or budget, and nothing about whether the endpoint works."""


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
class TokenLogprob:
    """Natural log probability of one output token, with that of its alternatives."""

    token: str
    logprob: Decimal
    top: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the endpoint reports them; None = not reported. `total` is what it says, not our sum.

    Attributes:
        output: Reasoning included, whatever the dialect calls output.
        malformed: What was reported but is no number of tokens, such as `completion_tokens is -3`.
    """

    input: int | None = None
    output: int | None = None
    total: int | None = None
    cached: int | None = None
    reasoning: int | None = None
    malformed: tuple[str, ...] = ()


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
        detail: What was wanted and what was found, one line; "" when ok.
        status: HTTP status; None when no status line came.
        headers_ns, last_ns, end_ns: Status line, last event with output, and end of the answer, from `t_sent`; None
            when they never came.
        deltas: Every event in order; several that one read completed share their instant.
        repeated_events: Events with output that are byte for byte the one before.
        pings: Comments of the stream, sent to keep the connection alive.
        served_models, fingerprints: Every one the answer named, in the order of their first appearance.
        answer_id: The id the endpoint gave the answer; None without one.
        error_code: What the endpoint calls its error: type or code, "" when its error object has neither; None when no
            error object came.
        lacking: Fields that the protocol requires of a whole answer and that it lacks.
        choices: How many answers came side by side; None = the protocol knows only one, or it came as a stream.
        streamed: Whether it came as a stream; `end_mark` = which ended with the protocol's own mark, such as `[DONE]`.
        dimensions: Length of the vector returned for EMBED, whose `text` is the vector as JSON; None otherwise.
        tokens: Count returned for COUNT_TOKENS; None otherwise.
        listed: Model ids returned for LIST_MODELS.
        headers: Those of the answer that tell of limits, names in lower case.
        not_before: Until when the endpoint wants no further request; None when it does not say.
        server_timings: The endpoint's own account of its times (llama.cpp), as sent; our numbers never use it.
    """

    ask: Ask
    endpoint: str
    started_at: datetime
    outcome: Outcome
    detail: str = ""
    status: int | None = None
    headers_ns: int | None = None
    last_ns: int | None = None
    end_ns: int | None = None
    deltas: tuple[Delta, ...] = ()
    repeated_events: int = 0
    pings: int = 0
    tool_calls: tuple[ToolCall, ...] = ()
    logprobs: tuple[TokenLogprob, ...] = ()
    finish_reason: str | None = None
    usage: Usage | None = None
    served_models: tuple[str, ...] = ()
    fingerprints: tuple[str, ...] = ()
    answer_id: str | None = None
    error_code: str | None = None
    lacking: tuple[str, ...] = ()
    choices: int | None = None
    streamed: bool = False
    end_mark: bool = False
    dimensions: int | None = None
    tokens: int | None = None
    listed: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    not_before: datetime | None = None
    phases: Phases = field(default_factory=Phases)
    server_timings: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether the exchange ended as it should."""
        return self.outcome == Outcome.OK

    @property
    def answered(self) -> bool:
        """Whether the endpoint did its part, whatever the model made of it."""
        return self.outcome in ANSWERED

    @property
    def output(self) -> tuple[Delta, ...]:
        """The events that carried something."""
        return tuple(delta for delta in self.deltas if delta.kind is not DeltaKind.EMPTY)

    @property
    def text(self) -> str:
        """The answer: content deltas joined, without reasoning."""
        return self.text_of(DeltaKind.CONTENT)

    @property
    def served_model(self) -> str | None:
        """The name of the model that answered, as it was said last; None when none was."""
        return self.served_models[-1] if self.served_models else None

    def text_of(self, kind: DeltaKind) -> str:
        """Return the texts of one kind, joined."""
        return "".join(delta.text for delta in self.deltas if delta.kind is kind)
