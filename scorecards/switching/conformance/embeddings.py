"""Whether the endpoint turns a text into a vector under the id of its model."""

from collections.abc import Sequence
from decimal import Decimal

from scorecards.catalog import EMBEDDING
from scorecards.exchanges import Ask, AskKind, Exchange
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import Vote, graded
from scorecards.target import Target

TIMES = 2


def _plan(target: Target) -> Sequence[Ask]:
    if target.endpoint.dialect not in EMBEDDING:
        return ()
    return [Ask(AskKind.EMBED, text="a lighthouse", max_output_tokens=0, role="vector")] * TIMES


def _read(target: Target, heard: Heard) -> Result:
    if target.endpoint.dialect not in EMBEDDING:
        return Result(Grade.REJECTED, f"{target.endpoint.dialect} has no call for it")
    return graded(heard, _vote)


def _vote(one: Exchange) -> Vote:
    return Grade.PASS, f"a vector of {one.dimensions} numbers came"


CONFORMANCE = Conformance(
    name="embeddings",
    question="Does the endpoint turn a text into a vector, under the id of its model?",
    dimension="wire",
    weight=Decimal(1),
    plan=_plan,
    read=_read,
)
