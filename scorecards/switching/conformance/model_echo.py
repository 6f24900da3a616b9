"""Whether answers are labelled with the model asked for, as the probe `identity` found."""

from decimal import Decimal

from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result, nothing
from scorecards.switching.conformance._judging import derived
from scorecards.target import Target


def _read(target: Target, _heard: Heard) -> Result:
    return derived(target, "served_model_echoed", "identity", {True: Grade.PASS, False: Grade.FAIL})


CONFORMANCE = Conformance(
    name="model_echo",
    question="Does an answer name the model that was asked for, or a dated snapshot of it?",
    dimension="lifecycle",
    weight=Decimal(2),
    plan=nothing,
    read=_read,
)
