"""Whether a prompt beyond the context is refused, as the probe `limits` found."""

from decimal import Decimal

from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result, nothing
from scorecards.switching.conformance._judging import derived
from scorecards.target import Target


def _read(target: Target, _heard: Heard) -> Result:
    return derived(target, "context_overflow_refused", "limits", {True: Grade.PASS, False: Grade.IGNORED})


CONFORMANCE = Conformance(
    name="oversized",
    question="Is a prompt beyond the context refused instead of cut without a word?",
    dimension="wire",
    weight=Decimal("0.5"),
    plan=nothing,
    read=_read,
)
