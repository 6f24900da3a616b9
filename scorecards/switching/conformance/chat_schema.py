"""Whether a whole answer has every field that its protocol requires."""

from decimal import Decimal

from scorecards.exchanges import Exchange, Outcome
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result, nothing
from scorecards.switching.conformance._judging import Vote, graded, told
from scorecards.target import Target

GARBAGE = frozenset({Outcome.BAD_JSON, Outcome.WRONG_TYPE, Outcome.INCOMPLETE, Outcome.BAD_FRAMING})
"""Came with a status of 200 and is no answer of the protocol."""


def _read(_target: Target, heard: Heard) -> Result:
    garbage = [one for one in heard.plain if one.outcome in GARBAGE]
    if 2 * len(garbage) > len(heard.plain) and len(garbage) > 1:
        return Result(Grade.FAIL, told(garbage[0]), garbage)
    return graded(heard, _vote, heard.plain)


def _vote(one: Exchange) -> Vote:
    if one.lacking:
        return Grade.PARTIAL, f"the answer lacks {', '.join(one.lacking)}"
    return Grade.PASS, "every required field is there"


CONFORMANCE = Conformance(
    name="chat_schema",
    question="Does a whole answer have every field that the protocol requires?",
    dimension="wire",
    weight=Decimal(4),
    plan=nothing,
    read=_read,
)
