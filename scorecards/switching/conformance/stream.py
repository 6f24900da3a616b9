"""Whether a stream is one: events one by one, an end with a reason, the protocol's own mark."""

from dataclasses import replace
from decimal import Decimal

from scorecards.exchanges import Exchange
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result, nothing
from scorecards.switching.conformance._judging import Vote, graded
from scorecards.target import Target

MARKED = frozenset({"openai_chat"})
"""Dialects whose streams have to end with a mark."""


def _read(target: Target, heard: Heard) -> Result:
    found = graded(heard, lambda one: _vote(target, one), heard.streams)
    flows = target.last("streams_tokens")
    if found.grade is Grade.PASS and flows and flows.value is False:
        return replace(found, grade=Grade.PARTIAL, reason=f"streaming_quality: {flows.note}")
    return found


def _vote(target: Target, one: Exchange) -> Vote:
    if not one.streamed:
        return Grade.IGNORED, "asked for a stream, answered in one piece"
    if not one.output:
        return None, "the stream held no output"
    if target.endpoint.dialect in MARKED and not one.end_mark:
        return Grade.PARTIAL, "the stream ends without [DONE]"
    return Grade.PASS, f"{len(one.output)} events, ended with {one.finish_reason}"


CONFORMANCE = Conformance(
    name="stream",
    question="Does an answer come as a stream that ends as the protocol says?",
    dimension="wire",
    weight=Decimal(3),
    plan=nothing,
    read=_read,
)
