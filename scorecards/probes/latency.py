"""How long one waits for the first token, for each further one, and for the whole answer."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from scorecards.evidence import Reading
from scorecards.exchanges import Ask, DeltaKind, Exchange
from scorecards.probes._probe import Probe, Target
from scorecards.probes._reading import Reader, ms

SAMPLES = 20
MAX_OUTPUT_TOKENS = 24
BUFFERED_SHARE = Decimal("0.9")
MIN_EVENTS_TO_JUDGE_STREAMING = 8

TOPICS = ("rivers", "bridges", "bread", "maps", "clocks", "wool", "glass", "salt", "paper", "ships")
PROMPT = "Note {nonce}-{number}. Write a few plain sentences about {topic}, for a reader who has never heard of them."


def _plan(target: Target) -> Sequence[Ask]:
    """Ask once to warm up, then for each sample something no cache has seen: its first words differ."""
    asks = [
        Ask(
            text=PROMPT.format(nonce=target.nonce, number=number, topic=TOPICS[number % len(TOPICS)]),
            max_output_tokens=MAX_OUTPUT_TOKENS,
            temperature=Decimal(0),
            role="sample" if number else "warm_up",
        )
        for number in range(SAMPLES + 1)
    ]
    return tuple(asks)


def _read(target: Target, exchanges: Sequence[Exchange]) -> Sequence[Reading]:
    samples = [one for one in exchanges if one.ask.role == "sample"] or list(exchanges)
    answered = [one for one in samples if one.ok]
    reader = Reader(target.endpoint, PROBE.reader, exchanges)
    if not answered:
        return [reader.unmeasured(quantity) for quantity in PROBE.quantities]
    tpot = [found for one in answered if (found := _tpot_ms(one)) is not None]
    return [
        reader.distribution("ttft_ms", [found for one in answered if (found := _ttft_ms(one)) is not None], "ms"),
        reader.distribution("tpot_ms", tpot, "ms", "(last − first token) ÷ (reported output tokens − 1)"),
        reader.distribution("output_tps", [round(1000 / one, 3) for one in tpot if one > 0], "tokens/s"),
        reader.distribution("e2e_ms", [ms(one.last_ns) for one in answered if one.last_ns is not None], "ms"),
        reader.distribution("success_share", [Decimal(one.ok) for one in samples], ""),
        _count(reader, "stale_connections", [one.phases.stale_connections for one in exchanges], "connections"),
        _count(reader, "empty_first_events", [_begins_empty(one) for one in answered], "answers"),
        _streams(reader, answered),
    ]


def _ttft_ms(exchange: Exchange) -> Decimal | None:
    """Return the time to the first event with content, reasoning, tool call or refusal; a role alone is no token."""
    first = next((delta.at_ns for delta in exchange.deltas if delta.kind is not DeltaKind.EMPTY), None)
    return None if first is None else ms(first)


def _tpot_ms(exchange: Exchange) -> Decimal | None:
    """Return the mean time per output token after the first; None below two tokens, without usage, or if buffered."""
    tokens = exchange.usage.output if exchange.usage else None
    output = [delta.at_ns for delta in exchange.deltas if delta.kind is not DeltaKind.EMPTY]
    if tokens is None or tokens < 2 or len(output) < 2 or _buffered(exchange):  # noqa: PLR2004 - a gap has two ends
        return None
    return round(Decimal(output[-1] - output[0]) / (tokens - 1) / 1_000_000, 4)


def _begins_empty(exchange: Exchange) -> int:
    return int(bool(exchange.deltas) and exchange.deltas[0].kind is DeltaKind.EMPTY)


def _buffered(exchange: Exchange) -> bool:
    """Tell whether nearly all output came at one instant."""
    stamps = [delta.at_ns for delta in exchange.deltas if delta.kind is not DeltaKind.EMPTY]
    if len(stamps) < MIN_EVENTS_TO_JUDGE_STREAMING:
        return False
    return Decimal(max(stamps.count(stamp) for stamp in set(stamps))) / len(stamps) >= BUFFERED_SHARE


def _streams(reader: Reader, answered: Sequence[Exchange]) -> Reading:
    judged = [
        one
        for one in answered
        if sum(delta.kind is not DeltaKind.EMPTY for delta in one.deltas) >= MIN_EVENTS_TO_JUDGE_STREAMING
    ]
    if not judged:
        few = f"wants answers of {MIN_EVENTS_TO_JUDGE_STREAMING} events or more, has none"
        return reader.unmeasured("streams_tokens", few)
    at_once = [one for one in judged if _buffered(one)]
    note = f"{len(at_once)} of {len(judged)} answers came at one instant"
    # One answer is shown as evidence; the verdict rests on all of them.
    return replace(reader.known("streams_tokens", not at_once, (at_once or judged)[:1], note=note), n=len(judged))


def _count(reader: Reader, quantity: str, counts: Sequence[int], unit: str) -> Reading:
    total = Decimal(sum(counts))
    found = reader.known(quantity, total, [], unit=unit, note=f"in {len(counts)} requests")
    return replace(found, n=len(counts))


PROBE = Probe(
    name="latency",
    version=1,
    question="How long does a reader wait for the first token, each further token and the last?",
    quantities=(
        "ttft_ms",
        "tpot_ms",
        "output_tps",
        "e2e_ms",
        "success_share",
        "stale_connections",
        "empty_first_events",
        "streams_tokens",
    ),
    plan=_plan,
    read=_read,
    every_s=3 * 3600,
)
