"""Whether calls can be forbidden while tools are on offer."""

from collections.abc import Sequence
from decimal import Decimal

from scorecards.catalog import CANNOT_FORBID_CALLS
from scorecards.exchanges import Ask, Calling, Exchange
from scorecards.switching.conformance import _offers
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import Vote, graded
from scorecards.target import Target

TIMES = 2


def _plan(target: Target) -> Sequence[Ask]:
    if target.endpoint.dialect in CANNOT_FORBID_CALLS:
        return ()
    return [_offers.ask(target, _offers.WEATHER_QUESTION, calling=Calling.NONE)] * TIMES


def _read(target: Target, heard: Heard) -> Result:
    if target.endpoint.dialect in CANNOT_FORBID_CALLS:
        return Result(Grade.REJECTED, f"{target.endpoint.dialect} has no word for it")
    return graded(heard, lambda one: _vote(one, heard))


def _vote(one: Exchange, heard: Heard) -> Vote:
    if one.tool_calls:
        return Grade.IGNORED, "a tool is called though calls are forbidden"
    if any(other.tool_calls for other in heard.of("tool_call")):
        return Grade.PASS, "no call came where the same question without it brings one"
    return None, "no call comes without it either"


CONFORMANCE = Conformance(
    name="tool_choice_none",
    question="Does no call come where calls are forbidden?",
    dimension="wire",
    weight=Decimal("0.25"),
    plan=_plan,
    read=_read,
)
