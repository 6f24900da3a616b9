"""How much longer one waits for the first token after a long input: 1k and 10k tokens."""

from collections.abc import Sequence

from scorecards import timings
from scorecards.evidence import Reading
from scorecards.exchanges import Ask, Exchange
from scorecards.probes._probe import Probe, Target
from scorecards.probes._prompts import filler
from scorecards.probes._reading import Reader, why

SAMPLES = {"1k": 3, "10k": 1}
"""Of each role; a run a day makes three of the dearest prompt within the published window."""
MAX_OUTPUT_TOKENS = 24
LONG = {"1k": 1_000, "10k": 10_000}
"""Role of the prompts → tokens of input, by our own count."""
ROOM = 1.15
"""How much larger than the prompt the declared context has to be: our count may fall short, and an answer follows."""

PROMPT = "{text}\n\nSay in a few plain sentences what this text tells."


def _plan(target: Target) -> Sequence[Ask]:
    """Ask about long texts that fit, each unlike any other from its first word, on a connection that is warm."""
    roles = [role for role in LONG if _fits(target, role) for _ in range(target.samples or SAMPLES[role])]
    asks = [_ask(target.nonce, number, role) for number, role in enumerate(roles)]
    warm_up = Ask(text=f"Note {target.nonce}. Say hello.", max_output_tokens=4, role="warm_up")
    return (warm_up, *asks) if asks else ()


def _ask(nonce: str, number: int, role: str) -> Ask:
    text = filler(f"{number}{role}-{nonce}", LONG[role])
    return Ask(text=PROMPT.format(text=text), max_output_tokens=MAX_OUTPUT_TOKENS, role=role)


def _fits(target: Target, role: str) -> bool:
    """Tell whether the model is said to take so much; one of unknown context is asked and may refuse."""
    context = target.model.context_tokens if target.model else None
    return context is None or context >= LONG[role] * ROOM


def _read(target: Target, exchanges: Sequence[Exchange]) -> Sequence[Reading]:
    reader = Reader(target.endpoint, PROBE.reader, exchanges)
    by_role = {role: [one for one in exchanges if one.ask.role == role] for role in LONG}
    return [_ttft(reader, role, asked, fits=_fits(target, role)) for role, asked in by_role.items()]


def _ttft(reader: Reader, role: str, asked: Sequence[Exchange], *, fits: bool) -> Reading:
    quantity, answered = f"ttft_{role}_ms", [one for one in asked if one.answered]
    if not fits:
        return reader.unmeasured(quantity, f"wants a context of {round(LONG[role] * ROOM)} tokens, less is declared")
    if not answered:
        return reader.unmeasured(quantity, why(asked or reader.exchanges))
    reported = sorted({one.usage.input for one in answered if one.usage and one.usage.input is not None})
    said = f"{reported[0]} to {reported[-1]}" if reported else "no"
    return reader.each(quantity, timings.ttft_ms, answered, note=f"{said} tokens of input as reported")


PROBE = Probe(
    name="latency_long",
    version=1,
    question="How long does a reader wait for the first token after an input of 1,000 and of 10,000 tokens?",
    quantities=("ttft_1k_ms", "ttft_10k_ms"),
    plan=_plan,
    read=_read,
    every_s=24 * 3600,
)
