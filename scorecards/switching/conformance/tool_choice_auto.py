"""Whether a call may be left to the model in so many words."""

from collections.abc import Sequence
from decimal import Decimal

from scorecards.exchanges import Ask, Calling, Exchange
from scorecards.switching.conformance import _offers
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import Vote, graded
from scorecards.target import Target

TIMES = 2


def _plan(target: Target) -> Sequence[Ask]:
    return [_offers.ask(target, _offers.WEATHER_QUESTION, calling=Calling.AUTO)] * TIMES


def _read(_target: Target, heard: Heard) -> Result:
    return graded(heard, lambda one: _vote(one, heard))


def _vote(one: Exchange, heard: Heard) -> Vote:
    if one.tool_calls:
        return Grade.PASS, "the tool is called"
    if any(other.tool_calls for other in heard.of("tool_call")):
        return Grade.PARTIAL, "no call came where the same question without it brings one"
    return None, "the model called nothing, without it either"


CONFORMANCE = Conformance(
    name="tool_choice_auto",
    question="Is tool_choice auto taken for what it is by default?",
    dimension="wire",
    weight=Decimal("0.25"),
    plan=_plan,
    read=_read,
)
