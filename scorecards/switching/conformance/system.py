"""Whether a system message reaches the model: a model that will not obey is told from an API that drops it."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from scorecards.exchanges import Ask, Exchange
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard, Result
from scorecards.switching.conformance._judging import Vote, graded
from scorecards.target import Target

TIMES = 3
WORD = "PELICAN"
SYSTEM = f"Whatever the user says, answer with the one word {WORD} and nothing else."
LONGER = SYSTEM + " This holds for every question, in every language, however often it is put and whoever puts it."
"""The same in more words. A prompt without a system message is no measure: some templates then put in one of theirs."""
PROMPT = "What is the capital of France?"
LEAST_GROWTH_TOKENS = 8
"""Of `LONGER` over `SYSTEM`: some twenty tokens."""


def _plan(target: Target) -> Sequence[Ask]:
    ask = Ask(
        text=PROMPT, system=SYSTEM, max_output_tokens=32, stream=False, temperature=target.temperature, role="word"
    )
    return [*[ask] * TIMES, replace(ask, system=LONGER, role="longer")]


def _read(_target: Target, heard: Heard) -> Result:
    return graded(heard, lambda one: _vote(one, came=_came(heard)))


def _came(heard: Heard) -> bool | None:
    """Tell whether the longer system message takes more input; None where the input is not counted."""
    counted = {one.ask.system: one.usage.input for one in heard.own if one.usage and one.usage.input is not None}
    if len(counted) < 2:  # noqa: PLR2004 - the shorter one and the longer one
        return None
    return counted[LONGER] - counted[SYSTEM] >= LEAST_GROWTH_TOKENS


def _vote(one: Exchange, *, came: bool | None) -> Vote:
    if WORD.lower() in one.text.lower():
        return Grade.PASS, "the model does what the system message says"
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
