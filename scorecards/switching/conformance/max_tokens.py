"""Whether the cap on output is kept, as the probe `limits` found."""

from decimal import Decimal

from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result, nothing
from scorecards.switching.conformance._judging import derived
from scorecards.target import Target


def _read(target: Target, _heard: Heard) -> Result:
    return derived(target, "max_tokens_honoured", "limits", {True: Grade.PASS, False: Grade.IGNORED})


CONFORMANCE = Conformance(
    name="max_tokens",
    question="Does an answer end at its cap of tokens?",
    dimension="wire",
    weight=Decimal(2),
    plan=nothing,
    read=_read,
)
