"""The times of one streamed answer, each by its published definition; None where it has no meaning.

All count from the instant just before the last byte of the request went to the kernel: the connection is not in them.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import groupby, pairwise

from scorecards import tokens
from scorecards.exchanges import Delta, DeltaKind, Exchange

NS_PER_MS = Decimal(1_000_000)
BUFFERED_SHARE = Decimal("0.9")
TOKENS_TO_JUDGE_STREAMING = 8
"""Answers of so few tokens may well come at once."""


def ms(ns: int) -> Decimal:
    """Return nanoseconds as milliseconds, to the microsecond."""
    return round(Decimal(ns) / NS_PER_MS, 3)


def ttft_ms(exchange: Exchange) -> Decimal | None:
    """Return the time to the first event with content, reasoning, tool call or refusal; a role alone is no token."""
    return _first_ms(exchange.output)


def ttfo_ms(exchange: Exchange) -> Decimal | None:
    """Return the time to the first output that is no reasoning; None when the model was still thinking at the end."""
    return _first_ms(one for one in exchange.output if one.kind is not DeltaKind.REASONING)


def first_event_ms(exchange: Exchange) -> Decimal | None:
    """Return the time to the first event whatever it carries; what others may call the first token."""
    return _first_ms(exchange.deltas)


def e2e_ms(exchange: Exchange) -> Decimal | None:
    """Return the time to the last event with output; usage and end marker come later."""
    return None if exchange.last_ns is None else ms(exchange.last_ns)


def tpot_ms(exchange: Exchange) -> Decimal | None:
    """Return (last - first output) / (output tokens - 1); None below two tokens or where the answer was buffered."""
    first, count = next(iter(exchange.output), None), output_tokens(exchange)
    if first is None or exchange.last_ns is None or count < 2 or buffered(exchange):  # noqa: PLR2004 - a gap's two ends
        return None
    if exchange.last_ns == first.at_ns:
        return None
    return round(Decimal(exchange.last_ns - first.at_ns) / (count - 1) / NS_PER_MS, 4)


def output_tps(exchange: Exchange) -> Decimal | None:
    """Return output tokens per second after the first one; None where `tpot_ms` is."""
    per_token = tpot_ms(exchange)
    return round(1000 / per_token, 3) if per_token else None


def gaps_ms(exchange: Exchange) -> tuple[Decimal, ...]:
    """Return the gaps between successive events with output; 0 where one read completed both, () if buffered."""
    if buffered(exchange):
        return ()
    return tuple(ms(later.at_ns - one.at_ns) for one, later in pairwise(exchange.output))


def connection_ms(exchange: Exchange) -> Decimal:
    """Return how long name, connection and TLS took before the request could be sent; 0 on a kept connection."""
    phases = exchange.phases
    return ms(phases.dns_ns + phases.connect_ns + phases.tls_ns)


def output_tokens(exchange: Exchange) -> int:
    """Return the output tokens as reported, else by our own count."""
    reported = exchange.usage.output if exchange.usage else None
    return own_count(exchange) if reported is None else reported


def own_count(exchange: Exchange) -> int:
    """Return our own count of the tokens in everything that came, reasoning included."""
    return tokens.estimate("".join(one.text for one in exchange.output))


def reads(exchange: Exchange) -> Sequence[Sequence[Delta]]:
    """Return the events with output, grouped by the read that completed them."""
    return [tuple(group) for _, group in groupby(exchange.output, key=lambda one: one.at_ns)]


def largest_read_share(exchange: Exchange) -> Decimal | None:
    """Return the share (0..1) of the output text that one single read brought; None without any."""
    sizes = [sum(len(one.text) for one in group) for group in reads(exchange)]
    return round(Decimal(max(sizes)) / sum(sizes), 4) if sum(sizes) else None


def buffered(exchange: Exchange) -> bool:
    """Tell whether an answer long enough to judge came nearly all at one instant."""
    share = largest_read_share(exchange)
    return share is not None and share > BUFFERED_SHARE and judges_streaming(exchange)


def judges_streaming(exchange: Exchange) -> bool:
    """Tell whether the answer is long enough to show whether it streams."""
    return own_count(exchange) > TOKENS_TO_JUDGE_STREAMING


def _first_ms(deltas: Iterable[Delta]) -> Decimal | None:
    first = next(iter(deltas), None)
    return None if first is None else ms(first.at_ns)
