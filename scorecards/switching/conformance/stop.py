"""Whether an answer ends at a stop text: at a full stop, which no story of several sentences does without."""

from collections.abc import Sequence
from decimal import Decimal

from scorecards.exchanges import Ask, Exchange
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import Vote, graded, unsayable
from scorecards.target import Target

TIMES = 2
MARKER = "."
PROMPT = "Tell a short story of four sentences about a lighthouse."


def _plan(target: Target) -> Sequence[Ask]:
    if not target.takes("stop"):
        return ()
    ask = Ask(
        text=PROMPT, max_output_tokens=64, stream=False, temperature=target.temperature, stop=(MARKER,), role="marker"
    )
    return [ask] * TIMES


def _read(target: Target, heard: Heard) -> Result:
    return unsayable(target, "stop") or graded(heard, _vote)


def _vote(one: Exchange) -> Vote:
    if MARKER in one.text:
        return Grade.IGNORED, f"the answer goes on behind the stop text {MARKER!r}"
    if one.finish_reason != "stop":
        return None, f"the model wrote no {MARKER!r} before its cap"
    return Grade.PASS, f"the answer ends before the stop text {MARKER!r}"


CONFORMANCE = Conformance(
    name="stop",
    question="Does an answer end at a stop text?",
    dimension="wire",
    weight=Decimal(1),
    plan=_plan,
    read=_read,
)
