"""Whether a seed decides the answer, as the probe `determinism` found."""

from decimal import Decimal

from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result, nothing
from scorecards.switching.conformance._judging import derived, unsayable
from scorecards.target import Target


def _read(target: Target, _heard: Heard) -> Result:
    if cannot := unsayable(target, "seed"):
        return cannot
    accepted = target.last("seed_accepted")
    if accepted and accepted.value is False:
        return Result(Grade.REJECTED, f"determinism: {accepted.note}", reading=accepted)
    return derived(target, "seed_honoured", "determinism", {True: Grade.PASS, False: Grade.IGNORED})


CONFORMANCE = Conformance(
    name="seed",
    question="Does a seed decide the answer?",
    dimension="wire",
    weight=Decimal(1),
    plan=nothing,
    read=_read,
)
