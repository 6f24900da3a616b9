"""Whether the headers tell the limits, as the probe `rate_limits` found."""

from decimal import Decimal

from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result, nothing
from scorecards.switching.conformance._judging import derived
from scorecards.target import Target


def _read(target: Target, _heard: Heard) -> Result:
    return derived(target, "rate_limit_headers", "rate_limits", {True: Grade.PASS, False: Grade.FAIL})


CONFORMANCE = Conformance(
    name="rate_limit_headers",
    question="Do the headers of an answer tell the limits of the account?",
    dimension="wire",
    weight=Decimal(1),
    plan=nothing,
    read=_read,
)
