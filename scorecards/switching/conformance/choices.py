"""Whether several answers come for one request."""

from collections.abc import Sequence
from decimal import Decimal

from scorecards.exchanges import Ask, Exchange
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import Vote, graded, unsayable
from scorecards.target import Target

TIMES = 2
WANTED = 2


def _plan(target: Target) -> Sequence[Ask]:
    if not target.takes("choices"):
        return ()
    ask = Ask(text="Name one colour.", max_output_tokens=16, stream=False, choices=WANTED, role="two")
    return [ask] * TIMES


def _read(target: Target, heard: Heard) -> Result:
    return unsayable(target, "choices") or graded(heard, _vote)


def _vote(one: Exchange) -> Vote:
    if one.choices == WANTED:
        return Grade.PASS, f"{WANTED} answers came for n = {WANTED}"
    return Grade.IGNORED, f"{one.choices or 1} came for n = {WANTED}"


CONFORMANCE = Conformance(
    name="choices",
    question="Do as many answers come side by side as were asked for?",
    dimension="wire",
    weight=Decimal(1),
    plan=_plan,
    read=_read,
)
