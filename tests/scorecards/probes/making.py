"""What the tests of probes share: exchanges as literals, and what is read in them."""

from datetime import UTC, date, datetime

from scorecards import probes
from scorecards.catalog import Cited, Endpoint, Model
from scorecards.exchanges import Ask, Delta, DeltaKind, Exchange, Usage
from scorecards.probes._probe import Target

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CITED = Cited("t", date(2026, 11, 1))
ENDPOINT = Endpoint(
    "host:m-1", "maker/m", "host", "m-1", "openai_chat", "https://host.example/v1", CITED, token_counter="llama_cpp"
)
TARGET = Target(ENDPOINT, "nonce")
PROBES = probes.load()
MS = 1_000_000
EMPTY, CONTENT, REASONING = DeltaKind.EMPTY, DeltaKind.CONTENT, DeltaKind.REASONING


def model(**fields):
    return Model("maker/m", "M", "maker", CITED, **fields)


def stream(times_ms, kinds=None, tokens=None, **fields):
    """Return an answered exchange with an event at each of these times."""
    kinds = kinds or [CONTENT] * len(times_ms)
    deltas = tuple(
        Delta(at * MS, kind, "" if kind is EMPTY else "a ") for at, kind in zip(times_ms, kinds, strict=True)
    )
    usage = Usage(input=9, output=tokens or sum(kind is not EMPTY for kind in kinds))
    last = max((delta.at_ns for delta in deltas if delta.text), default=None)
    fields = {"usage": usage, "finish_reason": "stop", "last_ns": last, "status": 200, **fields}
    ask = fields.pop("ask", Ask(role="sample"))
    return Exchange(ask, ENDPOINT.ref, NOON, "ok", deltas=deltas, **fields)


def said(text, ask, *, tokens=None, finish_reason="stop", **fields):
    """Return an exchange answered with this text, word by word, a millisecond apart."""
    words = text.split(" ")
    texts = [word if place == 0 else f" {word}" for place, word in enumerate(words)]
    deltas = tuple(Delta((100 + place) * MS, CONTENT, one) for place, one in enumerate(texts) if text)
    usage = Usage(input=9, output=tokens or len(words))
    fields = {"usage": usage, "last_ns": deltas[-1].at_ns if deltas else None, "status": 200, **fields}
    return Exchange(ask, ENDPOINT.ref, NOON, "ok", deltas=deltas, finish_reason=finish_reason, **fields)


def failed(outcome="reset", detail="gone", status=None, **ask):
    return Exchange(Ask(**{"role": "sample", **ask}), ENDPOINT.ref, NOON, outcome, detail, status=status)


def read(name, exchanges, target=TARGET):
    return {one.quantity: one for one in PROBES[name].read(target, exchanges)}
