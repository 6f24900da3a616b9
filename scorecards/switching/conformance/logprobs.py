"""Whether log probabilities come, and whether they can be such."""

from collections.abc import Sequence
from decimal import Decimal

from scorecards.exchanges import Ask, Exchange
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import Vote, graded, unsayable
from scorecards.target import Target

TIMES = 2


def _plan(target: Target) -> Sequence[Ask]:
    if not target.takes("top_logprobs"):
        return ()
    ask = Ask(
        text="Name one colour.",
        max_output_tokens=8,
        stream=False,
        temperature=target.temperature,
        top_logprobs=2,
        role="two",
    )
    return [ask] * TIMES


def _read(target: Target, heard: Heard) -> Result:
    return unsayable(target, "top_logprobs") or graded(heard, _vote)


def _vote(one: Exchange) -> Vote:
    if not one.logprobs:
        return Grade.IGNORED, "asked for log probabilities, none came"
    if odd := [token.logprob for token in one.logprobs if token.logprob > 0]:
        return Grade.FAIL, f"a log probability is {odd[0]}, above 0"
    return Grade.PASS, f"log probabilities of {len(one.logprobs)} tokens came"


CONFORMANCE = Conformance(
    name="logprobs",
    question="Do log probabilities come when they are asked for?",
    dimension="wire",
    weight=Decimal(1),
    plan=_plan,
    read=_read,
)
