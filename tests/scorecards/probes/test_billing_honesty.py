"""Usage has to be there, to add up, and to equal the tokenizer's count."""

import pytest

from scorecards.evidence import Finding
from scorecards.exchanges import Ask, AskKind, Exchange, Usage
from tests.scorecards.probes.making import ENDPOINT, NOON, read


def chat(text, usage, **fields):
    return Exchange(Ask(text=text, max_output_tokens=16), ENDPOINT.ref, NOON, "ok", usage=usage, **fields)


def count(text, tokens):
    return Exchange(Ask(AskKind.COUNT_TOKENS, text), ENDPOINT.ref, NOON, "ok", tokens=tokens)


@pytest.mark.parametrize(
    ("usage", "counted", "verified", "finding"),
    [
        (Usage(9, 4, 13), 9, True, Finding.KNOWN),
        (Usage(9, 4, 13), None, True, Finding.PARTIAL),
        (Usage(9, 4, 13), 8, False, Finding.KNOWN),
        (Usage(9, 4, 99), 9, False, Finding.KNOWN),
        (Usage(9, 4, 13, cached=10), 9, False, Finding.KNOWN),
        (Usage(9, 40, 49), 9, False, Finding.KNOWN),  # more output than the request allowed
        (Usage(9, None, None), 9, False, Finding.KNOWN),
        (None, 9, False, Finding.KNOWN),
    ],
)
def test_reported_tokens_are_verified_only_when_every_check_holds(usage, counted, verified, finding):
    exchanges = [chat("hi", usage), *([count("hi", counted)] if counted else [])]
    found = read("token_accounting", exchanges)["usage_verified"]
    assert (found.value, found.finding) == (verified, finding)


@pytest.mark.parametrize(
    ("mode", "false"),
    [
        ("plain", set()),
        ("usage_missing", {"usage_reported"}),
        ("usage_null", {"usage_reported"}),
        ("usage_negative", {"usage_reported"}),
        ("usage_string", {"usage_reported"}),
        ("usage_sum", {"usage_sums"}),
        ("usage_wrong", {"usage_sums"}),  # more tokens than the cap allows
    ],
)
def test_what_is_wrong_with_usage_is_named(probed, mode, false):
    behaviour = "cal-ttft5-itl1-n12" + ("" if mode == "plain" else f"-{mode}")
    found = probed("token_accounting", behaviour)
    seen = {one for one in ("usage_reported", "usage_sums") if found[one].value is False}
    assert found["usage_verified"].value is (not false)
    assert seen == false
