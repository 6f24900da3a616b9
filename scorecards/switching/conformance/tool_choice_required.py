"""Whether a call can be demanded, where nothing in the question wants one."""

from collections.abc import Sequence
from decimal import Decimal

from scorecards.exchanges import Ask, Calling, Exchange
from scorecards.switching.conformance import _offers
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import Vote, graded
from scorecards.target import Target

TIMES = 2


def _plan(target: Target) -> Sequence[Ask]:
    return [_offers.ask(target, _offers.UNRELATED, calling=Calling.REQUIRED)] * TIMES


def _read(_target: Target, heard: Heard) -> Result:
    return graded(heard, _vote)


def _vote(one: Exchange) -> Vote:
    if one.tool_calls:
        return Grade.PASS, "a tool is called where nothing but tool_choice wants it"
    return Grade.IGNORED, "a call is demanded and none comes"


CONFORMANCE = Conformance(
    name="tool_choice_required",
    question="Does a call come where one is demanded?",
    dimension="wire",
    weight=Decimal("0.25"),
    plan=_plan,
    read=_read,
)
