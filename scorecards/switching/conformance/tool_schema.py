"""How often calls follow the schema of their tool, as the probe `host_fidelity` found over its questions."""

from decimal import Decimal

from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result, nothing
from scorecards.target import Target

BANDS = ((Decimal("0.95"), Grade.PASS), (Decimal("0.5"), Grade.PARTIAL), (Decimal(0), Grade.FAIL))
"""Least share → grade; good hosts of one model reach 95 % of calls and more, broken ones three quarters."""


def _read(target: Target, _heard: Heard) -> Result:
    found = target.last("tool_schema_share")
    if found is None or not isinstance(found.value, Decimal):
        return Result(None, "the probe host_fidelity has no answer to this here yet (tool_schema_share)")
    share = found.value
    grade = next(grade for least, grade in BANDS if share >= least)
    return Result(grade, f"host_fidelity: {found.note}", reading=found)


CONFORMANCE = Conformance(
    name="tool_schema",
    question="Do the calls of the model at this host follow the schema of their tool?",
    dimension="structured",
    weight=Decimal(3),
    plan=nothing,
    read=_read,
)
