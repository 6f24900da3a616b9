"""What an endpoint takes and gives, told apart from what the model makes of it."""

import pytest

from scorecards import tokens
from scorecards.evidence import Bound, Finding
from scorecards.exchanges import Ask, Usage
from scorecards.probes import _counting
from scorecards.probes._probe import Target
from scorecards.probes._prompts import filler
from scorecards.probes.limits import NEEDLES
from tests.scorecards.probes.making import ENDPOINT, PROBES, failed, model, read, said

TARGET = Target(ENDPOINT, "nonce", model(context_tokens=4_000, max_output_tokens=256))
PLANNED = {ask.role: ask for ask in PROBES["limits"].plan(TARGET)}
TAKES, CUTS, FORGETS, REFUSES, SILENT = "takes", "cuts", "forgets", "refuses", "silent"


def needle(role, how, planned=PLANNED):
    """Return how an endpoint met a long prompt; SILENT = it reports no input and the model does not know the word."""
    ask = planned[role]
    size, word = tokens.estimate(ask.text), next(word for word in NEEDLES if word in ask.text)
    if how == REFUSES:
        return failed("too_large", "too long", status=400, role=role, text=ask.text)
    usage = {TAKES: Usage(size, 4), FORGETS: Usage(size, 4), CUTS: Usage(500, 4), SILENT: None}[how]
    return said(word if how == TAKES else "I cannot say", ask, usage=usage)


def counting(text, role="count", finish_reason="stop", tokens=None):
    return said(text, PLANNED[role], finish_reason=finish_reason, tokens=tokens)


@pytest.mark.parametrize(
    ("below", "above", "context", "bound", "accepted", "refused"),
    [
        (TAKES, REFUSES, 4000, Bound.EXACT, True, True),
        (FORGETS, REFUSES, 4000, Bound.EXACT, True, True),  # a forgetful model is no small context
        (TAKES, TAKES, 4400, Bound.AT_LEAST, True, None),
        (TAKES, CUTS, 3600, Bound.AT_LEAST, True, False),
        (CUTS, CUTS, None, None, False, False),
        (REFUSES, REFUSES, None, None, False, True),
        (SILENT, SILENT, None, None, None, False),
    ],
)
def test_the_declared_context_is_checked_from_both_sides(below, above, context, bound, accepted, refused):
    answered = counting("one two three")
    found = read("limits", [answered, needle("below", below), needle("above", above)], TARGET)
    if context is None:
        assert found["context_tokens"].finding is Finding.UNMEASURED
    else:
        assert abs(found["context_tokens"].value - context) <= context * 0.03
        assert found["context_tokens"].bound is bound
    assert found["declared_context_accepted"].value is accepted
    assert found["context_overflow_refused"].value is refused


def test_a_forgotten_word_is_the_models_doing_and_a_dropped_one_the_endpoints():
    forgot = read("limits", [needle("below", FORGETS)], TARGET)["context_needle_found"]
    dropped = read("limits", [needle("below", CUTS)], TARGET)["context_needle_found"]
    assert (forgot.value, dropped.value) == (False, False)
    assert "the model forgot it" in forgot.note
    assert "the prompt was not taken whole" in dropped.note


@pytest.mark.parametrize("declared", [128_000, 1_000_000])
def test_a_context_too_large_to_try_is_only_ever_at_least_what_was_taken(declared):
    target = Target(ENDPOINT, "nonce", model(context_tokens=declared))
    planned = {ask.role: ask for ask in PROBES["limits"].plan(target)}
    found = read("limits", [needle("affordable", TAKES, planned)], target)
    assert found["context_tokens"].bound is Bound.AT_LEAST
    assert 19_500 < found["context_tokens"].value < 20_500
    assert found["declared_context_accepted"].finding is Finding.UNMEASURED


LONG = " ".join(["word"] * 64)


@pytest.mark.parametrize(
    ("answer", "honoured"),
    [
        (counting(" ".join(["word"] * 40), "cap", "length"), True),
        (counting(LONG, "cap", "stop"), False),
        (counting(" ".join(["word"] * 40), "cap", "length", tokens=80), True),  # only its count is wrong
        (counting("That is all.", "cap"), None),  # never came to the cap
        (failed("bad_request", "no such parameter", status=400, role="cap"), None),
    ],
)
def test_a_cap_is_honoured_where_answers_reach_it(answer, honoured):
    other = counting("I will not count.", tokens=5)
    assert read("limits", [answer, other], TARGET)["max_tokens_honoured"].value is honoured


@pytest.mark.parametrize(
    ("text", "finish_reason", "value", "finding"),
    [
        ("one two three four five six seven eight", "stop", False, Finding.PARTIAL),
        ("one two three four five six seven eight", "length", True, Finding.KNOWN),
        ("One, two, three, four, five, six, seven.", "stop", None, Finding.UNMEASURED),  # it ended its sentence
        ("Counting is fun", "stop", None, Finding.UNMEASURED),  # the model did not obey
        (" ".join([*_counting.ONES, "twenty"]), "stop", None, Finding.UNMEASURED),  # complete
    ],
)
def test_only_a_count_that_breaks_off_tells_of_a_silent_cut(text, finish_reason, value, finding):
    found = read("limits", [counting(text, finish_reason=finish_reason)], TARGET)["cuts_are_declared"]
    assert (found.value, found.finding) == (value, finding)


@pytest.mark.parametrize("length", [100, 1_000, 10_000])
def test_a_long_prompt_is_as_long_as_planned(length):
    assert abs(tokens.estimate(filler("seed", length)) - length) < 30
    assert filler("one", length)[:9] != filler("two", length)[:9]


def test_the_longest_answer_is_a_lower_bound():
    found = read("limits", [counting(LONG, "long", "length")], TARGET)["max_output_tokens"]
    assert (found.value, found.bound) == (64, Bound.AT_LEAST)


def test_an_exchange_that_only_our_plan_knows_is_asked_with_the_declared_cap():
    assert PLANNED["long"].max_output_tokens == 256
    assert isinstance(PLANNED["below"], Ask)


@pytest.mark.parametrize(
    ("behaviour", "quantity", "value"),
    [
        ("cal-ttft5-itl0-n64", "max_tokens_honoured", True),
        ("cal-ttft5-itl0-n64-ignore_max", "max_tokens_honoured", False),
        ("cal-ttft5-itl0-n64-usage_wrong", "max_tokens_honoured", True),
        ("cal-ttft5-itl0-n16-truncate", "cuts_are_declared", False),
        ("cal-ttft5-itl0-n64", "cuts_are_declared", True),
        ("cal-ttft5-itl0-n64", "context_overflow_refused", False),  # it takes anything, and reports twelve tokens
        ("cal-ttft5-itl0-n64", "context_tokens", None),
        ("cal-ttft5-itl0-n64-pt3600", "context_tokens", 3600),
        ("cal-ttft5-itl0-n64-usage_missing", "context_tokens", None),
        ("cal-code413", "context_tokens", None),
    ],
)
def test_what_a_server_does_beyond_its_limits_is_found(probed, behaviour, quantity, value):
    found = probed("limits", behaviour, model(context_tokens=4_000))[quantity]
    assert found.value == value, found.note
