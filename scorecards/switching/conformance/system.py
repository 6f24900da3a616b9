"""Whether a system message reaches the model: a model that will not obey is told from an API that drops it."""

from collections.abc import Sequence
from decimal import Decimal

from scorecards.exchanges import Ask, Exchange
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import Vote, graded, reached
from scorecards.target import Target

TIMES = 3
WORD = "PELICAN"
SYSTEM = f"Whatever the user says, answer with the one word {WORD} and nothing else."
PROMPT = "What is the capital of France?"


def _plan(target: Target) -> Sequence[Ask]:
    ask = Ask(
        text=PROMPT, system=SYSTEM, max_output_tokens=32, stream=False, temperature=target.temperature, role="word"
    )
    return [ask] * TIMES


def _read(_target: Target, heard: Heard) -> Result:
    return graded(heard, lambda one: _vote(one, heard))


def _vote(one: Exchange, heard: Heard) -> Vote:
    if WORD.lower() in one.text.lower():
        return Grade.PASS, "the model does what the system message says"
    came = reached(one, heard)
    if came is None:
        return None, "the model does not do what the system message says; no count of input tells whether it came"
    if came:
        return Grade.PARTIAL, "the system message is counted as input, and the model does not obey it"
    return Grade.IGNORED, "the system message is neither obeyed nor counted as input"


CONFORMANCE = Conformance(
    name="system",
    question="Does a system message reach the model?",
    dimension="wire",
    weight=Decimal(1),
    plan=_plan,
    read=_read,
)
