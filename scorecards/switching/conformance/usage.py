"""Whether a whole answer tells its tokens, and whether they add up."""

from decimal import Decimal

from scorecards.exchanges import Exchange
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result, nothing
from scorecards.switching.conformance._judging import Vote, graded
from scorecards.target import Target


def _read(_target: Target, heard: Heard) -> Result:
    return graded(heard, _vote, heard.plain)


def _vote(one: Exchange) -> Vote:
    usage = one.usage
    if usage is None or usage.input is None or usage.output is None:
        odd = "; ".join(usage.malformed) if usage else ""
        return Grade.FAIL, odd or "the answer does not tell its tokens"
    if usage.total is not None and usage.total != usage.input + usage.output:
        return Grade.PARTIAL, f"{usage.input} and {usage.output} tokens are told as {usage.total} in all"
    return Grade.PASS, "input and output are told and add up"


CONFORMANCE = Conformance(
    name="usage",
    question="Does an answer tell its tokens, and do they add up?",
    dimension="wire",
    weight=Decimal("1.5"),
    plan=nothing,
    read=_read,
)
