"""Usage has to be there, to add up, to grow with the text, to repeat, and to equal the tokenizer's count."""

from dataclasses import replace
from itertools import pairwise

import pytest

from scorecards.evidence import Finding
from scorecards.exchanges import AskKind, Exchange, Usage
from scorecards.probes import billing_honesty
from tests.scorecards.probes.making import ENDPOINT, NOON, TARGET, failed, read

PLAN = billing_honesty.PROBE.plan(TARGET)
CHECKS = ("usage_reported", "usage_sums", "usage_grows", "usage_repeats", "usage_matches_tokenizer")


def honest(ask):
    """Return a true count, whatever the tokenizer: the characters."""
    return len(ask.text)


def run(*, chat=lambda ask: Usage(honest(ask), 4), count=honest, target=TARGET):
    """Return an answer to each ask of the plan; `count` None = the endpoint cannot count."""
    asks = [ask for ask in billing_honesty.PROBE.plan(target) if count or ask.kind is AskKind.CHAT]
    return [_counted(ask, count(ask)) if ask.kind is AskKind.COUNT_TOKENS else _billed(ask, chat(ask)) for ask in asks]


def _billed(ask, usage):
    return Exchange(ask, ENDPOINT.ref, NOON, "ok", usage=usage)


def _counted(ask, tokens):
    return Exchange(ask, ENDPOINT.ref, NOON, "ok", tokens=tokens)


def found(exchanges, target=TARGET):
    return read("billing_honesty", exchanges, target)


def test_the_plan_asks_three_beginnings_of_one_text_and_one_prompt_twice():
    chats = [ask for ask in PLAN if ask.kind is AskKind.CHAT]
    beginnings = [ask.text for ask in chats if ask.role.startswith("length-")]
    assert [len(one.split()) for one in beginnings] == [20, 60, 180]
    assert all(later.startswith(one) for one, later in pairwise(beginnings))
    (again,) = (ask.text for ask in chats if ask.role == "again")
    assert [ask.text for ask in chats].count(again) == 2
    assert {ask.text for ask in PLAN if ask.kind is AskKind.COUNT_TOKENS} == {ask.text for ask in chats}


@pytest.mark.parametrize(
    ("dialect", "counter", "counts"),
    [
        ("openai_chat", None, False),
        ("openai_chat", "llama_cpp", True),
        ("anthropic_messages", None, True),
        ("gemini", None, True),
    ],
)
def test_the_tokenizer_is_asked_where_the_endpoint_or_its_dialect_has_one(dialect, counter, counts):
    target = replace(TARGET, endpoint=replace(ENDPOINT, dialect=dialect, token_counter=counter))
    assert any(ask.kind is AskKind.COUNT_TOKENS for ask in billing_honesty.PROBE.plan(target)) is counts


@pytest.mark.parametrize(
    ("chat", "false"),
    [
        (lambda ask: Usage(honest(ask), 4), None),
        (lambda ask: Usage(honest(ask), 4, honest(ask) + 4), None),
        (lambda ask: Usage(honest(ask), 4, cached=honest(ask), reasoning=4), None),
        (lambda _: None, "usage_reported"),
        (lambda ask: Usage(honest(ask), None), "usage_reported"),
        (lambda ask: Usage(honest(ask), 4, 99_999), "usage_sums"),
        (lambda ask: Usage(honest(ask), 4, cached=honest(ask) + 1), "usage_sums"),
        (lambda ask: Usage(honest(ask), 4, reasoning=5), "usage_sums"),
        (lambda ask: Usage(honest(ask), 17), "usage_sums"),  # more output than the request allowed
        (lambda _: Usage(9, 4), "usage_grows"),
        (lambda ask: Usage(2000 - honest(ask), 4), "usage_grows"),
        (lambda ask: Usage(honest(ask) + (ask.role == "again"), 4), "usage_repeats"),
        (lambda ask: Usage(honest(ask) + 1, 4), "usage_matches_tokenizer"),
    ],
)
def test_each_check_finds_what_it_is_for(chat, false):
    readings = found(run(chat=chat))
    wrong = [one for one in CHECKS if readings[one].value is False]
    assert (false in wrong) if false else wrong == []
    assert (readings["usage_verified"].value, readings["usage_verified"].finding) == (not false, Finding.KNOWN)


def test_only_what_is_wrong_is_named():
    readings = found(run(chat=lambda ask: Usage(honest(ask) + (ask.role == "again"), 4), count=None))
    assert [one for one in CHECKS if readings[one].value is False] == ["usage_repeats"]
    assert readings["usage_verified"].note == readings["usage_repeats"].note
    assert "tokens" in readings["usage_repeats"].note


def test_without_a_tokenizer_what_holds_is_verified_in_part():
    readings = found(run(count=None))
    assert (readings["usage_verified"].value, readings["usage_verified"].finding) == (True, Finding.PARTIAL)
    assert readings["usage_matches_tokenizer"].note == "no tokenizer of this endpoint is known"


def test_one_answer_is_compared_with_nothing():
    readings = found(run(count=None)[:1])
    assert {readings[one].finding for one in ("usage_grows", "usage_repeats")} == {Finding.UNMEASURED}
    assert readings["usage_verified"].finding is Finding.PARTIAL


@pytest.mark.parametrize(
    ("dialect", "differs"), [("openai_chat", True), ("gemini", True), ("anthropic_messages", False)]
)
def test_a_count_that_its_vendor_calls_an_estimate_may_differ_by_two_in_a_hundred(dialect, differs):
    target = replace(TARGET, endpoint=replace(ENDPOINT, dialect=dialect))
    near = run(count=lambda ask: round(honest(ask) * 1.01), target=target)
    far = run(count=lambda ask: round(honest(ask) * 1.05), target=target)
    assert found(near, target)["usage_matches_tokenizer"].value is not differs
    assert found(far, target)["usage_matches_tokenizer"].value is False


def test_a_failure_is_no_dishonest_bill():
    assert found([*run(), failed("server_error", role="again")])["usage_verified"].value is True


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
    readings = probed("billing_honesty", "cal-ttft5-itl1-n12" + ("" if mode == "plain" else f"-{mode}"))
    assert {one for one in ("usage_reported", "usage_sums") if readings[one].value is False} == false
    assert readings["usage_verified"].value is False
    if mode == "plain":  # the calibration server counts nothing: it bills every prompt alike, and is found out
        assert readings["usage_grows"].value is False
