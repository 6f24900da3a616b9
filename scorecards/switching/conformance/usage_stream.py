"""Whether a stream tells its tokens when asked to."""

from decimal import Decimal

from scorecards.exchanges import Exchange
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result, nothing
from scorecards.switching.conformance._judging import Vote, graded
from scorecards.target import Target


def _read(_target: Target, heard: Heard) -> Result:
    return graded(heard, _vote, heard.streams)


def _vote(one: Exchange) -> Vote:
    if one.usage is None or one.usage.input is None or one.usage.output is None:
        return Grade.IGNORED, "asked for usage, the stream does not tell its tokens"
    return Grade.PASS, "the stream tells its tokens"


CONFORMANCE = Conformance(
    name="usage_stream",
    question="Does a stream tell its tokens when it is asked to?",
    dimension="wire",
    weight=Decimal("1.5"),
    plan=nothing,
    read=_read,
)
