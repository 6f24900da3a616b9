"""Whether the list of models names the one served, as the probe `identity` found."""

from decimal import Decimal

from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result, nothing
from scorecards.switching.conformance._judging import derived
from scorecards.target import Target


def _read(target: Target, _heard: Heard) -> Result:
    return derived(target, "served_model_listed", "identity", {True: Grade.PASS, False: Grade.PARTIAL})


CONFORMANCE = Conformance(
    name="models_list",
    question="Does the list of models name the id that is served?",
    dimension="wire",
    weight=Decimal(2),
    plan=nothing,
    read=_read,
)
