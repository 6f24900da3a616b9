"""What an endpoint gives when ten ask at once: speed of each answer and of all, and the wait for a first token."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from scorecards import timings
from scorecards.evidence import Reading
from scorecards.exchanges import Ask, Exchange
from scorecards.probes._probe import Probe, Target
from scorecards.probes._prompts import TOPICS, marked
from scorecards.probes._reading import Reader, attempts, why

AT_ONCE = 10
WAVES = 2
MAX_OUTPUT_TOKENS = 32
PROMPT = "Tell a short story that has to do with {topic}."
CLOCK = timedelta(milliseconds=1)
"""How closely the instants at which exchanges began are taken."""
BETWEEN = timedelta(seconds=1)
"""How long the prober may dawdle between requests before its clock is the likelier cause."""


def _plan(target: Target) -> Sequence[Ask]:
    requests = target.samples or WAVES * (target.concurrency or AT_ONCE)
    return tuple(
        Ask(
            text=marked(target.nonce, number, PROMPT.format(topic=TOPICS[number % len(TOPICS)])),
            max_output_tokens=MAX_OUTPUT_TOKENS,
        )
        for number in range(requests)
    )


def _read(target: Target, exchanges: Sequence[Exchange]) -> Sequence[Reading]:
    reader = Reader(target.endpoint, PROBE.reader, exchanges)
    answered, fair = [one for one in exchanges if one.answered], attempts(exchanges)
    if not answered:
        return reader.nothing(PROBE.quantities)
    note = f"{target.concurrency or AT_ONCE} at once, {len(answered)} of {len(exchanges)} answered"
    return [
        reader.each("load_ttft_ms", timings.ttft_ms, answered, note=note),
        reader.each("load_output_tps", timings.output_tps, answered, unit="tokens/s", note=f"of each answer; {note}"),
        _total(reader, answered, note),
        reader.share("load_success_share", [one.answered for one in fair], fair[:1], note),
    ]


def _total(reader: Reader, answered: Sequence[Exchange], note: str) -> Reading:
    """Return output tokens per second of all answers together, from the first request to the last token."""
    spans = [(one.started_at, _lasted(one)) for one in answered]
    began = min(start for start, _ in spans)
    took = max(start + lasted for start, lasted in spans) - began
    longest, whole = max(lasted for _, lasted in spans), sum((lasted for _, lasted in spans), timedelta())
    if not longest - CLOCK <= took <= whole + BETWEEN * len(spans):
        reason = f"the clock was set during the run: it shows {took} for answers that took {longest} to {whole}"
        return reader.unmeasured("load_total_tps", reason)
    if took <= timedelta():
        return reader.unmeasured("load_total_tps", why(answered))
    tokens = sum(timings.output_tokens(one) for one in answered)
    total = round(tokens / Decimal(str(took.total_seconds())), 3)
    return reader.distribution("load_total_tps", [total], "tokens/s", f"from first request to last token; {note}")


def _lasted(exchange: Exchange) -> timedelta:
    """Return how long an exchange took from its beginning, connection included, to its last token."""
    return timedelta(milliseconds=float(timings.connection_ms(exchange) + (timings.e2e_ms(exchange) or 0)))


PROBE = Probe(
    name="throughput",
    version=1,
    question="How fast are answers when ten are asked for at once?",
    quantities=("load_ttft_ms", "load_output_tps", "load_total_tps", "load_success_share"),
    plan=_plan,
    read=_read,
    every_s=24 * 3600,
    concurrency=AT_ONCE,
)
