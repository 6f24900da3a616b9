"""Whether a value that cannot be is refused, with an error that can be read."""

from collections.abc import Sequence
from decimal import Decimal

from scorecards.exchanges import Ask, Exchange
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import REFUSED, Vote, graded
from scorecards.target import Target

TIMES = 2
IMPOSSIBLE = Decimal(99)
"""No protocol knows such a temperature."""


def _plan(target: Target) -> Sequence[Ask]:
    if not target.takes("temperature"):
        return ()
    ask = Ask(text="Say hello.", max_output_tokens=8, stream=False, temperature=IMPOSSIBLE, role="temperature")
    return [ask] * TIMES


def _read(target: Target, heard: Heard) -> Result:
    if not target.takes("temperature"):
        return Result(None, "temperature, the value that is tried, is refused here whatever it is")
    refused = [one for one in heard.own if one.outcome in REFUSED]
    if heard.serves and refused:
        grade, reason = _refused(refused[0])
        return Result(grade, reason, refused)
    return graded(heard, lambda _one: (Grade.IGNORED, f"a temperature of {IMPOSSIBLE} is answered"))


def _refused(one: Exchange) -> Vote:
    if not one.error_code:
        return Grade.PARTIAL, f"refused, and the error has no type or code: {one.detail}"
    return Grade.PASS, f"refused as {one.error_code}: {one.detail}"


CONFORMANCE = Conformance(
    name="bad_input",
    question="Is a value that cannot be refused with an error object?",
    dimension="wire",
    weight=Decimal("0.5"),
    plan=_plan,
    read=_read,
)
