"""Whether tools are left alone where the question wants none."""

from collections.abc import Sequence
from decimal import Decimal

from scorecards.exchanges import Ask, Exchange
from scorecards.switching.conformance import _offers
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import Vote, graded
from scorecards.target import Target

TIMES = 3


def _plan(target: Target) -> Sequence[Ask]:
    return [_offers.ask(target, _offers.NO_TOOL_NEEDED)] * TIMES


def _read(_target: Target, heard: Heard) -> Result:
    return graded(heard, lambda one: _vote(one, heard))


def _vote(one: Exchange, heard: Heard) -> Vote:
    if one.tool_calls:
        return Grade.FAIL, f"{one.tool_calls[0].name} is called for a sum"
    if _offers.called_somewhere(heard):
        return Grade.PASS, "no tool is called for a sum"
    return None, "no tool was called in the whole run"


CONFORMANCE = Conformance(
    name="tool_irrelevance",
    question="Does no call come where the question wants none?",
    dimension="structured",
    weight=Decimal(2),
    plan=_plan,
    read=_read,
)
