"""Whether calls at once can be forbidden."""

from collections.abc import Sequence
from decimal import Decimal

from scorecards.exchanges import Ask, Exchange
from scorecards.switching.conformance import _offers
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import Vote, graded, unsayable
from scorecards.target import Target

TIMES = 2


def _plan(target: Target) -> Sequence[Ask]:
    if not target.takes("parallel"):
        return ()
    return [_offers.ask(target, _offers.TWO_QUESTIONS, parallel=False)] * TIMES


def _read(target: Target, heard: Heard) -> Result:
    return unsayable(target, "parallel") or graded(heard, lambda one: _vote(one, heard))


def _vote(one: Exchange, heard: Heard) -> Vote:
    if len(one.tool_calls) > 1:
        return Grade.IGNORED, f"{len(one.tool_calls)} calls came though several at once are forbidden"
    if not one.tool_calls:
        return None, "the model called nothing"
    if all(len(other.tool_calls) <= 1 for other in heard.of("parallel_tools")):
        return None, "only one call comes without it as well"
    return Grade.PASS, "one call came where two come without it"


CONFORMANCE = Conformance(
    name="parallel_off",
    question="Does only one call come where several at once are forbidden?",
    dimension="wire",
    weight=Decimal("0.5"),
    plan=_plan,
    read=_read,
)
