"""Whether JSON is forced where JSON is wanted: the prompt asks for prose."""

from collections.abc import Sequence
from decimal import Decimal

from scorecards.checks import _json_text
from scorecards.exchanges import Ask, Exchange
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import Vote, graded, unsayable
from scorecards.target import Target

TIMES = 2
PROMPT = "Say in one plain sentence, without any JSON, what a lighthouse is for."
"""Some want the word JSON in the prompt; this one has it, and asks for the contrary."""


def _plan(target: Target) -> Sequence[Ask]:
    if not target.takes("json_object"):
        return ()
    ask = Ask(
        text=PROMPT,
        max_output_tokens=160,
        stream=False,
        temperature=target.temperature,
        json_object=True,
        role="prose",
    )
    return [ask] * TIMES


def _read(target: Target, heard: Heard) -> Result:
    return unsayable(target, "json_object") or graded(heard, _vote)


def _vote(one: Exchange) -> Vote:
    text = one.text.strip()
    try:
        found = _json_text.parse(text)
    except ValueError:
        return _no_json(one, text)
    if isinstance(found, dict):
        return Grade.PASS, "a JSON object came where the prompt asks for prose"
    return Grade.PARTIAL, f"JSON came, and no object: {text[:60]!r}"


def _no_json(one: Exchange, text: str) -> Vote:
    if text.startswith("{") and one.finish_reason == "length":
        return Grade.PARTIAL, "a JSON object was begun and not ended within the cap"
    return Grade.IGNORED, f"response_format is accepted, prose comes: {text[:60]!r}"


CONFORMANCE = Conformance(
    name="json_object",
    question="Is an answer JSON when the request says so, whatever the prompt asks for?",
    dimension="structured",
    weight=Decimal(3),
    plan=_plan,
    read=_read,
)
