"""Whether a model that does not exist is refused, as the probe `identity` found."""

from decimal import Decimal

from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result, nothing
from scorecards.switching.conformance._judging import derived
from scorecards.target import Target


def _read(target: Target, _heard: Heard) -> Result:
    return derived(target, "unknown_model_refused", "identity", {True: Grade.PASS, False: Grade.IGNORED})


CONFORMANCE = Conformance(
    name="unknown_model",
    question="Is a request for a model that does not exist refused?",
    dimension="wire",
    weight=Decimal(1),
    plan=nothing,
    read=_read,
)
