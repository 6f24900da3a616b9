"""Whether streaming really streams, in what pieces, and whether it tells its usage truly."""

from collections.abc import Sequence
from decimal import Decimal

from scorecards import timings
from scorecards.evidence import Reading
from scorecards.exchanges import Ask, DeltaKind, Exchange
from scorecards.probes._probe import Probe, Target
from scorecards.probes._prompts import TOPICS, marked
from scorecards.probes._reading import Reader

ANSWERS = 3
MAX_OUTPUT_TOKENS = 96
PROMPT = "Tell a story of at least ten sentences that has to do with {topic}."


def _plan(target: Target) -> Sequence[Ask]:
    answers = ANSWERS if target.samples is None else target.samples
    return tuple(
        Ask(
            text=marked(target.nonce, number, PROMPT.format(topic=TOPICS[number % len(TOPICS)])),
            max_output_tokens=MAX_OUTPUT_TOKENS,
        )
        for number in range(answers)
    )


def _read(target: Target, exchanges: Sequence[Exchange]) -> Sequence[Reading]:
    reader = Reader(target.endpoint, PROBE.reader, exchanges)
    answered = [one for one in exchanges if one.answered]
    if not answered:
        return reader.nothing(PROBE.quantities)
    return [
        _streams(reader, answered),
        reader.each(
            "largest_read_share", timings.largest_read_share, answered, unit="ratio", note="of the text of each answer"
        ),
        reader.each("events_per_read", _events_per_read, answered, unit="events"),
        reader.each("tokens_per_event", _tokens_per_event, answered, unit="tokens"),
        reader.each("first_event_ms", timings.first_event_ms, answered, note="the first event, whatever it carries"),
        reader.total("empty_first_events", [_begins_empty(one) for one in answered], "answers"),
        reader.total("repeated_events", [one.repeated_events for one in answered], "events"),
        reader.total("pings", [one.pings for one in answered], "comments"),
        _usage(reader, answered),
        reader.each(
            "usage_discrepancy",
            _discrepancy,
            answered,
            unit="ratio",
            note="reported output tokens ÷ our own count − 1; our count errs by some 13 %",
            missing="no answer with a count of its tokens and enough text to count",
        ),
    ]


def _streams(reader: Reader, answered: Sequence[Exchange]) -> Reading:
    judged = [one for one in answered if timings.judges_streaming(one)]
    if not judged:
        few = f"wants answers of more than {timings.TOKENS_TO_JUDGE_STREAMING} tokens, has none"
        return reader.unmeasured("streams_tokens", few)
    at_once = [one for one in judged if timings.buffered(one)]
    note = f"{len(at_once)} of {len(judged)} answers came nearly all in one read"
    # One answer is shown as evidence; the verdict rests on all of them.
    return reader.known("streams_tokens", not at_once, (at_once or judged)[:1], note=note, n=len(judged))


def _events_per_read(one: Exchange) -> Decimal | None:
    reads = timings.reads(one)
    return round(Decimal(len(one.output)) / len(reads), 2) if reads else None


def _tokens_per_event(one: Exchange) -> Decimal | None:
    return round(Decimal(timings.output_tokens(one)) / len(one.output), 2) if one.output else None


def _begins_empty(one: Exchange) -> int:
    return int(bool(one.deltas) and one.deltas[0].kind is DeltaKind.EMPTY)


def _usage(reader: Reader, answered: Sequence[Exchange]) -> Reading:
    without = [one for one in answered if one.usage is None or one.usage.output is None]
    odd = sorted({what for one in without if one.usage for what in one.usage.malformed})
    note = "; ".join([f"{len(answered) - len(without)} of {len(answered)} streams tell their output tokens", *odd])
    return reader.known("usage_in_stream", not without, without or answered, note=note)


def _discrepancy(one: Exchange) -> Decimal | None:
    """Return reported tokens over our own count, less 1; hidden reasoning is not in either."""
    own, usage = timings.own_count(one), one.usage
    if usage is None or usage.output is None or not timings.judges_streaming(one):
        return None
    hidden = 0 if one.text_of(DeltaKind.REASONING) else usage.reasoning or 0
    return round(Decimal(usage.output - hidden) / own - 1, 3)


PROBE = Probe(
    name="streaming_quality",
    version=1,
    question="Does streaming really stream, in what pieces, and does it tell its usage truly?",
    quantities=(
        "streams_tokens",
        "largest_read_share",
        "events_per_read",
        "tokens_per_event",
        "first_event_ms",
        "empty_first_events",
        "repeated_events",
        "pings",
        "usage_in_stream",
        "usage_discrepancy",
    ),
    plan=_plan,
    read=_read,
    every_s=24 * 3600,
)
