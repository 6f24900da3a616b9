"""Whether a conversation goes on behind a tool call, without fields that only this provider wants back."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from scorecards.exchanges import Ask, Exchange, ToolCall, ToolTurn
from scorecards.switching.conformance import _offers
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import Vote, graded
from scorecards.target import Target

TIMES = 2
CALL = ToolCall(_offers.WEATHER.name, '{"city": "Paris"}')
RESULT = '{"weather": "sunny", "degrees": 21}'
THOUGHT = "The user wants the weather of Paris, so I call get_weather."


def _plan(target: Target) -> Sequence[Ask]:
    """Ask with a call of our own making behind us: without a thought, and once with one."""
    plain = replace(_offers.ask(target, _offers.WEATHER_QUESTION), after=ToolTurn(CALL, RESULT), role="plain")
    return [*[plain] * TIMES, replace(plain, after=ToolTurn(CALL, RESULT, THOUGHT), role="thought")]


def _read(_target: Target, heard: Heard) -> Result:
    plain = [one for one in heard.own if one.ask.after and not one.ask.after.thought]
    found = graded(heard, _vote, plain)
    echoed = [one for one in heard.own if one not in plain and one.answered]
    if found.grade is Grade.REJECTED and echoed:
        reason = f"goes on only where the thoughts are sent back: {found.reason}"
        return Result(Grade.REJECTED, reason, [*plain, *echoed])
    return found


def _vote(_one: Exchange) -> Vote:
    return Grade.PASS, "the conversation goes on behind a tool call"


CONFORMANCE = Conformance(
    name="tool_turn",
    question="Can a conversation go on behind a tool call without sending the model's thoughts back?",
    dimension="behaviour",
    weight=Decimal(2),
    plan=_plan,
    read=_read,
)
