"""Whether a tool is called when the question wants it, and whether the answer's end says so."""

from collections.abc import Sequence
from decimal import Decimal

from scorecards.exchanges import Ask, Exchange
from scorecards.switching.conformance import _offers
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import Vote, graded, reached
from scorecards.target import Target

TIMES = 3


def _plan(target: Target) -> Sequence[Ask]:
    return [_offers.ask(target, _offers.WEATHER_QUESTION)] * TIMES


def _read(_target: Target, heard: Heard) -> Result:
    return graded(heard, lambda one: _vote(one, heard))


def _vote(one: Exchange, heard: Heard) -> Vote:
    if not one.tool_calls:
        return _no_call(one, heard)
    if broken := _offers.fault(one):
        return Grade.PARTIAL, f"a tool is called, and {broken}"
    if one.finish_reason != "tool_calls":
        return Grade.PARTIAL, f"a tool is called, and the answer ends with {one.finish_reason!r}"
    return Grade.PASS, "the tool is called, and the answer ends as a call"


def _no_call(one: Exchange, heard: Heard) -> Vote:
    """Tell a model that will not call from an API that drops what it was offered."""
    if _offers.called_somewhere(heard):
        return Grade.PARTIAL, "tools can be called here, and the model does not do it by itself"
    if reached(one, heard) is False:
        return Grade.IGNORED, "tools are accepted, never called and not counted as input"
    return None, "no tool was called in the whole run; whether the model saw any cannot be told from its will"


CONFORMANCE = Conformance(
    name="tool_call",
    question="Is a tool called when the question wants it, and does the answer end as a call?",
    dimension="wire",
    weight=Decimal(3),
    plan=_plan,
    read=_read,
)
