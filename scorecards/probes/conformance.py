"""What a caller may rely on here: every conformance probe of `scorecards/switching/conformance`, in one run.

First come the canaries, ordinary requests that all else is held against; the rest is only asked where one of them was
answered, and with room to think where one of them thought.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from scorecards.evidence import Reading
from scorecards.exchanges import Ask, DeltaKind, Exchange, Outcome
from scorecards.probes._probe import Probe, Target
from scorecards.probes._prompts import marked
from scorecards.probes._reading import Reader
from scorecards.switching import conformance
from scorecards.switching.conformance._conformance import Conformance, Heard, Result

ALL = conformance.load()
CANARIES = 3
CANARY = "Tell in three sentences what a lighthouse is for."
MAX_OUTPUT_TOKENS = 64
ROOM_TOKENS = 2048
"""Of an answer by a model that thinks before it answers."""
OVER = frozenset({Outcome.RATE_LIMITED, Outcome.OVER_BUDGET})
"""How a run ends that must not go on."""


def _plan(target: Target) -> Sequence[Ask]:
    roles = [(f"{kind}/{number}", kind == "stream") for kind in ("plain", "stream") for number in range(CANARIES)]
    return tuple(
        Ask(
            text=marked(target.nonce, place, CANARY),
            max_output_tokens=MAX_OUTPUT_TOKENS,
            temperature=target.temperature,
            stream=stream,
            role=role,
        )
        for place, (role, stream) in enumerate(roles)
    )


def _then(target: Target, canaries: Sequence[Exchange]) -> Sequence[Ask]:
    """Ask for everything else, if an ordinary request was answered."""
    if not any(one.answered for one in canaries) or any(one.outcome in OVER for one in canaries):
        return ()
    least = ROOM_TOKENS if any(_thinks(one) for one in canaries) else 0
    asks = [replace(ask, role=f"{one.name}/{ask.role}") for one in ALL.values() for ask in one.plan(target)]
    return tuple(
        replace(
            ask,
            text=marked(target.nonce, CANARIES * 2 + place, ask.text),
            max_output_tokens=max(ask.max_output_tokens, least),
            trial=True,
        )
        for place, ask in enumerate(asks)
    )


def _thinks(one: Exchange) -> bool:
    return bool(one.text_of(DeltaKind.REASONING)) or bool(one.usage and one.usage.reasoning)


def _read(target: Target, exchanges: Sequence[Exchange]) -> Sequence[Reading]:
    reader = Reader(target.endpoint, PROBE.reader, exchanges)
    return list(_readings(target, reader))


def _readings(target: Target, reader: Reader) -> Iterator[Reading]:
    for one in ALL.values():
        yield _reading(reader, one, one.read(target, Heard(one.name, reader.exchanges)))


def _reading(reader: Reader, one: Conformance, result: Result) -> Reading:
    """Return a result as a reading; one that rests on another probe's keeps that one's evidence and date."""
    quantity = f"{PROBE.name}:{one.name}"
    if result.grade is None:
        looked_at = result.exchanges or reader.exchanges[-1:]
        return replace(reader, exchanges=looked_at).unmeasured(quantity, result.reason)
    found = reader.known(quantity, result.grade.value, result.exchanges, note=result.reason)
    if result.reading is None:
        return found
    return replace(found, sources=result.reading.sources, n=result.reading.n, taken_at=result.reading.taken_at)


PROBE = Probe(
    name="conformance",
    version=1,
    question="Does the endpoint do what its protocol promises, refuse it openly, or accept it and do nothing?",
    quantities=("conformance",),
    plan=_plan,
    then=_then,
    read=_read,
    every_s=7 * 24 * 3600,
)
