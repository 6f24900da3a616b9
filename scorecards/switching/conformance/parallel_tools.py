"""Whether two calls come at once where two are asked for."""

from collections.abc import Sequence
from decimal import Decimal

from scorecards.exchanges import Ask, Exchange
from scorecards.switching.conformance import _offers
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import Vote, graded
from scorecards.target import Target

TIMES = 2
WANTED = 2


def _plan(target: Target) -> Sequence[Ask]:
    return [_offers.ask(target, _offers.TWO_QUESTIONS)] * TIMES


def _read(_target: Target, heard: Heard) -> Result:
    return graded(heard, _vote)


def _vote(one: Exchange) -> Vote:
    if len(one.tool_calls) >= WANTED:
        return Grade.PASS, f"{len(one.tool_calls)} calls came in one answer"
    if one.tool_calls:
        return Grade.PARTIAL, "one call came where two are wanted"
    return None, "the model called nothing"


CONFORMANCE = Conformance(
    name="parallel_tools",
    question="Do two calls come in one answer where the question wants two?",
    dimension="wire",
    weight=Decimal("0.5"),
    plan=_plan,
    read=_read,
)
