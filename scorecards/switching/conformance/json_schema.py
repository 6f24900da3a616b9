"""Whether an answer follows a strict schema of which the prompt says nothing."""

from collections.abc import Sequence
from decimal import Decimal

from scorecards.checks import _json_schema, _json_text
from scorecards.exchanges import Ask, Exchange
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import Vote, graded
from scorecards.target import Target

TIMES = 3
PROMPT = "Describe a lighthouse."
SCHEMA = {
    "type": "object",
    "properties": {
        "kind": {"type": "string", "enum": ["building", "animal", "plant"]},
        "size": {
            "type": "object",
            "properties": {"metres": {"type": "integer"}, "tall": {"type": "boolean"}},
            "required": ["metres", "tall"],
            "additionalProperties": False,
        },
    },
    "required": ["kind", "size"],
    "additionalProperties": False,
}


def _plan(target: Target) -> Sequence[Ask]:
    ask = Ask(
        text=PROMPT,
        max_output_tokens=160,
        stream=False,
        temperature=target.temperature,
        schema=SCHEMA,
        role="strict",
    )
    return [ask] * TIMES


def _read(_target: Target, heard: Heard) -> Result:
    return graded(heard, _vote)


def _vote(one: Exchange) -> Vote:
    try:
        found = _json_text.parse(one.text)
    except ValueError:
        return _no_json(one)
    if broken := _json_schema.fault(SCHEMA, found):
        return Grade.PARTIAL, f"JSON came, and it breaks the schema: {broken}"
    return Grade.PASS, "the answer follows the schema"


def _no_json(one: Exchange) -> Vote:
    if one.text.lstrip().startswith("{") and one.finish_reason == "length":
        return Grade.PARTIAL, "a JSON object was begun and not ended within the cap"
    return Grade.IGNORED, f"the schema is accepted, prose comes: {one.text.strip()[:60]!r}"


CONFORMANCE = Conformance(
    name="json_schema",
    question="Does an answer follow a strict JSON Schema of which the prompt says nothing?",
    dimension="structured",
    weight=Decimal(4),
    plan=_plan,
    read=_read,
)
