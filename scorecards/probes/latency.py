"""How long one waits for the first token, for each further one, and for the whole answer."""

from collections.abc import Sequence
from decimal import Decimal

from scorecards import timings
from scorecards.evidence import Reading
from scorecards.exchanges import Ask, Exchange, Outcome
from scorecards.probes._probe import Probe, Target
from scorecards.probes._prompts import TOPICS, marked
from scorecards.probes._reading import Reader, attempts, why
from scorecards.statistics import Targets, goodput

SAMPLES = 20
COLD_SAMPLES = 3
MAX_OUTPUT_TOKENS = 24
GOODPUT_TARGETS = Targets(ttft_ms=Decimal(2000), tpot_ms=Decimal(100), e2e_ms=Decimal(5000))
"""A first sign of life before attention wanders, faster than people read, a short answer whole in five seconds."""

SHORT_PROMPT = "Write a few plain sentences about {topic}, for a reader who has never heard of them."
NOT_SENT = frozenset({Outcome.OVER_BUDGET, Outcome.UNSUPPORTED, Outcome.BAD_URL, Outcome.REFUSED_ADDRESS})


def _plan(target: Target) -> Sequence[Ask]:
    """Warm up once, then short prompts on the kept connection and on fresh ones."""
    samples = SAMPLES if target.samples is None else target.samples
    roles = ["warm_up", *["sample"] * samples, *["cold"] * min(COLD_SAMPLES, samples)]
    return tuple(_short(target.nonce, number, role) for number, role in enumerate(roles))


def _short(nonce: str, number: int, role: str) -> Ask:
    text = marked(nonce, number, SHORT_PROMPT.format(topic=TOPICS[number % len(TOPICS)]))
    return Ask(text=text, max_output_tokens=MAX_OUTPUT_TOKENS, role=role, fresh=role == "cold")


def _read(target: Target, exchanges: Sequence[Exchange]) -> Sequence[Reading]:
    reader = Reader(target.endpoint, PROBE.reader, exchanges)
    if all(one.status is None for one in attempts(exchanges)):  # nothing came of it that tells of the endpoint
        return reader.nothing(PROBE.quantities)
    by_role = {role: [one for one in exchanges if one.ask.role == role] for role in ("sample", "cold")}
    short = [one for one in by_role["sample"] if one.answered]
    return [
        *_short_times(reader, short),
        *_cold_times(reader, by_role["cold"]),
        *_shares(reader, by_role["sample"] + by_role["cold"]),
        reader.total("stale_connections", [one.phases.stale_connections for one in exchanges], "connections"),
    ]


def _short_times(reader: Reader, answered: Sequence[Exchange]) -> list[Reading]:
    kept = sum(one.phases.reused for one in answered)
    first = f"any first token, reasoning included; {kept} of {len(answered)} on a kept connection"
    counted = _counted(answered)
    gap = f"(last − first output) ÷ (output tokens − 1), tokens {counted}"
    own = f"no token of the answer itself within {MAX_OUTPUT_TOKENS} tokens of output" if answered else ""
    at_once = "the answers came at once: there is no time between their tokens"
    at_once = at_once if answered and all(timings.buffered(one) for one in answered) else ""
    gaps = [gap for one in answered for gap in timings.gaps_ms(one)]
    widest = [max(found) for one in answered if (found := timings.gaps_ms(one))]
    return [
        reader.each("ttft_ms", timings.ttft_ms, answered, note=first),
        reader.each("ttfo_ms", timings.ttfo_ms, answered, note="first token that is no reasoning", missing=own),
        reader.each("tpot_ms", timings.tpot_ms, answered, note=gap, missing=at_once),
        reader.each(
            "output_tps",
            timings.output_tps,
            answered,
            unit="tokens/s",
            note=f"1000 ÷ tpot_ms, tokens {counted}",
            missing=at_once,
        ),
        reader.each("e2e_ms", timings.e2e_ms, answered, note="to the last event with output"),
        reader.each("headers_ms", _headers_ms, answered),
        reader.distribution(
            "itl_ms", gaps, "ms", f"gaps between events with output, of {len(answered)} answers", at_once
        ),
        reader.distribution("max_gap_ms", widest, "ms", "the longest gap within each answer", at_once),
    ]


def _counted(answered: Sequence[Exchange]) -> str:
    """Return whose count of output tokens the times per token rest on, and how far the two counts are apart."""
    reported = [one for one in answered if one.usage and one.usage.output is not None]
    if len(reported) < len(answered):
        return f"by our own count for {len(answered) - len(reported)} of {len(answered)} answers"
    own, told = sum(timings.own_count(one) for one in reported), sum(timings.output_tokens(one) for one in reported)
    return f"as reported, {told / own:.2f} times our own count" if own else "as reported"


def _headers_ms(exchange: Exchange) -> Decimal | None:
    return None if exchange.headers_ns is None else timings.ms(exchange.headers_ns)


def _cold_times(reader: Reader, asked: Sequence[Exchange]) -> list[Reading]:
    cold = [one for one in asked if one.answered and not one.phases.reused]
    missing = why(asked) if asked and not cold else ""
    no_tls = missing if reader.endpoint.base_url.startswith("https:") else "plain HTTP: there is no TLS"
    encrypted = cold if not no_tls else ()
    first = "on a fresh connection, without its phases"
    return [
        reader.each("ttft_cold_ms", timings.ttft_ms, cold, note=first, missing=missing),
        reader.each("ttft_incl_connect_ms", _with_connection, cold, note="from before DNS", missing=missing),
        reader.each("dns_ms", lambda one: timings.ms(one.phases.dns_ns), cold, missing=missing),
        reader.each("connect_ms", lambda one: timings.ms(one.phases.connect_ns), cold, missing=missing),
        reader.each("tls_ms", lambda one: timings.ms(one.phases.tls_ns), encrypted, missing=no_tls),
    ]


def _with_connection(exchange: Exchange) -> Decimal | None:
    first = timings.ttft_ms(exchange)
    return None if first is None else first + timings.connection_ms(exchange)


def _shares(reader: Reader, short: Sequence[Exchange]) -> list[Reading]:
    """Success is the endpoint's doing, so what says something only about us is left out; goodput counts all."""
    fair, sent = attempts(short), [one for one in short if one.outcome not in NOT_SENT]
    if not fair:
        return [reader.unmeasured(quantity, why(short)) for quantity in ("success_share", "goodput_share")]
    good, targets = goodput(sent, GOODPUT_TARGETS), GOODPUT_TARGETS
    within = f"TTFT ≤ {targets.ttft_ms} ms, TPOT ≤ {targets.tpot_ms} ms and end to end ≤ {targets.e2e_ms} ms at once"
    interval = f"; of all {good.n} attempts, 95 % interval {good.low:.3f} to {good.high:.3f}" if good else ""
    left_out = f"{len(short) - len(fair)} of {len(short)} requests left out: they say something only about us"
    return [
        reader.share(
            "success_share", [one.answered for one in fair], fair[:1], left_out if len(fair) < len(short) else ""
        ),
        reader.share("goodput_share", [targets.met_by(one) for one in sent], sent[:1], within + interval),
    ]


PROBE = Probe(
    name="latency",
    version=2,
    question="How long does a reader wait for the first token, each further token and the last?",
    quantities=(
        "ttft_ms",
        "ttfo_ms",
        "tpot_ms",
        "output_tps",
        "e2e_ms",
        "headers_ms",
        "itl_ms",
        "max_gap_ms",
        "ttft_cold_ms",
        "ttft_incl_connect_ms",
        "dns_ms",
        "connect_ms",
        "tls_ms",
        "success_share",
        "goodput_share",
        "stale_connections",
    ),
    plan=_plan,
    read=_read,
    every_s=3 * 3600,
)
