"""Whether the call of one tool can be demanded, where the question wants the other."""

from collections.abc import Sequence
from decimal import Decimal

from scorecards.exchanges import Ask, Calling, Exchange
from scorecards.switching.conformance import _offers
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import Vote, graded
from scorecards.target import Target

TIMES = 2


def _plan(target: Target) -> Sequence[Ask]:
    offered = (_offers.CLOCK, _offers.WEATHER)
    return [_offers.ask(target, _offers.WEATHER_QUESTION, calling=Calling.NAMED, offered=offered)] * TIMES


def _read(_target: Target, heard: Heard) -> Result:
    return graded(heard, _vote)


def _vote(one: Exchange) -> Vote:
    called = [call.name for call in one.tool_calls]
    if called and set(called) == {_offers.CLOCK.name}:
        return Grade.PASS, "the tool demanded by name is called, though the question wants the other"
    return Grade.IGNORED, f"{_offers.CLOCK.name} is demanded, {', '.join(called) or 'nothing'} is called"


CONFORMANCE = Conformance(
    name="tool_choice_named",
    question="Is the one tool called that is demanded by name?",
    dimension="wire",
    weight=Decimal("0.25"),
    plan=_plan,
    read=_read,
)
