"""Whether the same question gets the same answer: at temperature 0, with a seed and without, and what a seed does.

A seed that is refused is an honest no; one that is taken and makes no difference is worse. That shows only where there
is chance at all: at temperature 1 one seed has to give one answer, and other seeds others.
"""

from collections.abc import Sequence
from decimal import Decimal
from itertools import chain

from scorecards.evidence import Reading
from scorecards.exchanges import Ask, Exchange
from scorecards.probes._probe import Probe, Target
from scorecards.probes._prompts import marked
from scorecards.probes._reading import REJECTED, Reader, why
from scorecards.statistics import share

TIMES = 5
TIMES_BY_CHANCE = 3
SEED = 7
MAX_OUTPUT_TOKENS = 32
PROMPT = "Describe a day at a market in three sentences."


def _plan(target: Target) -> Sequence[Ask]:
    """Ask in turns with and without a seed, so that a refused seed does not end the run."""
    text = marked(target.nonce, 0, PROMPT)
    times = TIMES if target.samples is None else target.samples
    plain = [_ask(text, "unseeded")] * times
    if not target.takes("temperature"):
        return ()
    if not target.takes("seed"):
        return tuple(plain)
    turns = chain.from_iterable(zip(plain, [_ask(text, "seeded", SEED)] * times, strict=True))
    same = [_ask(text, "one_seed", SEED, temperature=1)] * TIMES_BY_CHANCE
    other = [_ask(text, "other_seeds", SEED + 1 + number, temperature=1) for number in range(TIMES_BY_CHANCE)]
    return (*turns, *same, *other)


def _ask(text: str, role: str, seed: int | None = None, temperature: int = 0) -> Ask:
    return Ask(text=text, role=role, seed=seed, temperature=Decimal(temperature), max_output_tokens=MAX_OUTPUT_TOKENS)


def _read(target: Target, exchanges: Sequence[Exchange]) -> Sequence[Reading]:
    reader = Reader(target.endpoint, PROBE.reader, exchanges)
    by_role = {
        role: [one for one in exchanges if one.ask.role == role]
        for role in ("unseeded", "seeded", "one_seed", "other_seeds")
    }
    return [
        _equal(reader, "determinism_seeded_share", by_role["seeded"]),
        _equal(reader, "determinism_unseeded_share", by_role["unseeded"]),
        _accepted(reader, by_role["unseeded"], by_role["seeded"]),
        _honoured(reader, by_role["one_seed"], by_role["other_seeds"]),
    ]


def _equal(reader: Reader, quantity: str, asked: Sequence[Exchange]) -> Reading:
    """Compare every answer with the first: each further one is a trial."""
    said = _said(asked)
    if len(said) < 2:  # noqa: PLR2004 - it takes two to be equal
        return reader.unmeasured(quantity, _why_not(reader, asked))
    equal = [one == said[0] for one in said[1:]]
    found = share(sum(equal), len(equal))
    interval = f", 95 % interval {found.low:.3f} to {found.high:.3f}" if found else ""
    return reader.share(
        quantity, equal, asked, f"{sum(equal)} of {len(equal)} equal to the first at temperature 0{interval}"
    )


def _accepted(reader: Reader, unseeded: Sequence[Exchange], seeded: Sequence[Exchange]) -> Reading:
    """Judge a refusal of the seed only where the same request without one is answered."""
    taken = [one for one in seeded if one.answered]
    if taken:
        return reader.known("seed_accepted", value=True, exchanges=taken)
    refused = [one for one in seeded if one.outcome in REJECTED]
    if refused and any(one.answered for one in unseeded):
        return reader.known("seed_accepted", value=False, exchanges=refused, note=why(refused))
    return reader.unmeasured("seed_accepted", _why_not(reader, seeded))


def _honoured(reader: Reader, one_seed: Sequence[Exchange], other_seeds: Sequence[Exchange]) -> Reading:
    """Tell whether one seed gives one answer where other seeds give others."""
    same, other = _said(one_seed), _said(other_seeds)
    if len(same) < 2 or not other:  # noqa: PLR2004 - it takes two to be equal
        return reader.unmeasured("seed_honoured", _why_not(reader, one_seed))
    counts = f"at temperature 1: {len(set(same))} answers to one seed, {len(set(other))} to {len(other)} other seeds"
    answered = [one for one in (*one_seed, *other_seeds) if one.answered]
    if len(set(same)) > 1:
        note = f"accepted and not reproduced, {counts}"
        return reader.known("seed_honoured", value=False, exchanges=answered, note=note)
    if set(other) == set(same):
        return reader.unmeasured("seed_honoured", f"no chance to be seen, {counts}")
    return reader.known("seed_honoured", value=True, exchanges=answered, note=counts)


def _said(asked: Sequence[Exchange]) -> list[str]:
    """Return what was answered, reasoning included; an answer without a word cannot be compared."""
    texts = ["".join(delta.text for delta in one.output) for one in asked if one.answered]
    return [text for text in texts if text]


def _why_not(reader: Reader, asked: Sequence[Exchange]) -> str:
    if not asked and not Target(reader.endpoint, "").takes("seed"):
        return f"{reader.endpoint.dialect} has no seed"
    return why(asked) if asked else ""


PROBE = Probe(
    name="determinism",
    version=1,
    question="Does the same question get the same answer at temperature 0, and is a seed accepted and honoured?",
    quantities=("determinism_seeded_share", "determinism_unseeded_share", "seed_accepted", "seed_honoured"),
    plan=_plan,
    read=_read,
    every_s=2 * 24 * 3600,
)
