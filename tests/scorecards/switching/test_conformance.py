"""How exchanges become a grade: votes, accidents, refusals, and what says nothing of an endpoint."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards.catalog import DIALECTS
from scorecards.evidence import Finding
from scorecards.exchanges import NOT_THE_ENDPOINTS_FAULT, Ask, Delta, DeltaKind, Exchange, Outcome, ToolCall, Usage
from scorecards.probes import conformance as probe
from scorecards.switching import conformance
from scorecards.switching.conformance._conformance import Grade, Heard
from scorecards.switching.conformance._judging import graded, lacks_room, reached
from scorecards.target import Target
from tests.scorecards.probes.making import ENDPOINT, NOON, PROBES, TARGET, read

ALL = conformance.load()


def ended(outcome="ok", role="it/0", text="yes", **fields):
    deltas = (Delta(1, DeltaKind.CONTENT, text),) if text and outcome == "ok" else ()
    fields = {"finish_reason": "stop", "status": 200 if outcome == "ok" else None, "deltas": deltas, **fields}
    return Exchange(Ask(role=role), ENDPOINT.ref, NOON, Outcome(outcome), **fields)


PLAIN = [ended(role=f"plain/{number}") for number in range(3)]
DOWN = [ended("server_error", role=f"plain/{number}", status=500) for number in range(3)]
VOTES = {"yes": (Grade.PASS, "did"), "no": (Grade.IGNORED, "did not"), "hm": (None, "cannot tell")}


def grade(*own, plain=PLAIN):
    return graded(Heard("it", [*plain, *own]), lambda one: VOTES[one.text]).grade


TABLE = [
    ("yes yes", "pass"),
    ("yes yes no", "pass"),
    ("yes no no", "ignored"),
    ("yes no", "ignored"),  # of two equals the worse one
    ("yes hm", "pass"),
    ("hm hm", None),
    ("yes server_error", "pass"),  # an accident
    ("server_error", None),
    ("server_error server_error", "fail"),
    ("bad_json wrong_type", "fail"),
    ("server_error deadline", None),
    ("bad_request bad_request", "rejected"),
    ("bad_request server_error", "rejected"),
    ("not_found too_large", "rejected"),
    ("unsupported", "rejected"),
    ("overloaded overloaded", None),
    ("reset reset", None),
    ("rate_limited rate_limited", None),
    ("auth auth", None),
    ("forbidden forbidden", None),
    ("deadline idle", None),
]


@pytest.mark.parametrize(("own", "expected"), TABLE)
def test_the_majority_of_what_can_tell_decides(own, expected):
    assert grade(*[ended(text=one) if one in VOTES else ended(one) for one in own.split()]) == expected


@pytest.mark.parametrize("outcome", ["server_error", "bad_request", "bad_json", "not_found"])
def test_what_an_ordinary_request_gets_too_is_no_answer_to_another(outcome):
    assert grade(ended(outcome), ended(outcome), plain=DOWN) is None


def test_not_implemented_is_a_refusal():
    assert grade(*[ended("server_error", status=501)] * 2) == "rejected"


def test_an_answer_cut_while_it_thinks_has_no_vote():
    thought = ended(text="", finish_reason="length", deltas=(Delta(1, DeltaKind.REASONING, "so"),))
    assert lacks_room(thought)
    assert grade(thought, thought) is None
    assert not lacks_room(replace(thought, tool_calls=(ToolCall("a", "{}"),)))
    assert not lacks_room(replace(thought, finish_reason="stop"))
    assert lacks_room(ended(text="", finish_reason="length", usage=Usage(reasoning=9)))


@pytest.mark.parametrize(
    ("of_plain", "counted", "expected"), [(20, 60, True), (20, 22, False), (None, 60, None), (20, None, None)]
)
def test_more_than_the_text_is_seen_by_what_is_billed(of_plain, counted, expected):
    plain = [replace(one, usage=Usage(input=of_plain)) for one in PLAIN]
    assert reached(ended(usage=Usage(input=counted)), Heard("it", plain)) is expected


NEUTRAL = sorted(
    NOT_THE_ENDPOINTS_FAULT - {Outcome.BAD_REQUEST, Outcome.NOT_FOUND, Outcome.TOO_LARGE, Outcome.UNSUPPORTED}
)
NETWORK = [
    Outcome.TIMEOUT_CONNECT,
    Outcome.TIMEOUT_FIRST_BYTE,
    Outcome.IDLE,
    Outcome.DEADLINE,
    Outcome.RESET,
    Outcome.DNS,
]


def asked(target=TARGET):
    plan = PROBES["conformance"].plan(target)
    answered = [Exchange(ask, ENDPOINT.ref, NOON, Outcome.OK) for ask in plan]
    return [*plan, *PROBES["conformance"].then(target, answered)]


@settings(deadline=None, max_examples=50)
@given(st.sampled_from([*NEUTRAL, *NETWORK, Outcome.OVERLOADED]), st.integers(1, 60))
def test_requests_that_fail_for_other_reasons_grade_nothing_wherever_the_run_ends(outcome, reached_to):
    found = read("conformance", [Exchange(ask, ENDPOINT.ref, NOON, outcome) for ask in asked()[:reached_to]])
    assert {one.finding for one in found.values()} == {Finding.UNMEASURED}
    assert all(one.note for one in found.values())


def test_the_rest_is_asked_only_where_an_ordinary_request_was_answered():
    plan = PROBES["conformance"].plan(TARGET)
    answered = [Exchange(ask, ENDPOINT.ref, NOON, Outcome.OK) for ask in plan]
    assert probe.PROBE.then(TARGET, answered)
    failed = [replace(one, outcome=Outcome.SERVER_ERROR) for one in answered]
    assert not probe.PROBE.then(TARGET, failed)
    assert not probe.PROBE.then(TARGET, [*answered[:-1], replace(answered[-1], outcome=Outcome.RATE_LIMITED)])


def test_a_run_is_some_fifty_requests_new_to_any_cache_and_a_thinker_gets_room():
    asks = asked()
    assert 40 <= len(asks) <= 55
    assert len({ask.text for ask in asks}) == len(asks)
    assert sum(ask.max_output_tokens for ask in asks) < 5_000
    plan = PROBES["conformance"].plan(TARGET)
    thought = [replace(ended(), ask=ask, deltas=(Delta(1, DeltaKind.REASONING, "so"),)) for ask in plan]
    more = PROBES["conformance"].then(TARGET, thought)
    assert min(ask.max_output_tokens for ask in more) >= 2_000
    assert all(ask.trial for ask in more)


UNSAID = {
    "anthropic_messages": {"choices", "embeddings", "json_object", "logprobs", "seed"},
    "bedrock_converse": {
        "choices", "embeddings", "json_object", "logprobs", "parallel_off", "seed", "tool_choice_none",
    },
    "gemini": {"parallel_off"},
    "openai_chat": set(),
    "openai_responses": {"choices", "seed", "stop"},
}  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_a_dialect_has_no_word_for_is_rejected_without_a_request(dialect):
    target = Target(replace(ENDPOINT, dialect=dialect), "nonce")
    heard = [Exchange(ask, ENDPOINT.ref, NOON, Outcome.RESET) for ask in asked(target)]
    grades = {name: one.read(target, Heard(name, heard)).grade for name, one in ALL.items()}
    assert {name for name, found in grades.items() if found is Grade.REJECTED} == UNSAID[dialect]
    roles = {one.ask.role.partition("/")[0] for one in heard}
    assert not roles & UNSAID[dialect]


def test_what_the_catalogue_says_is_refused_is_rejected_and_says_so():
    target = Target(replace(ENDPOINT, refuses=("stop",)), "nonce")
    found = ALL["stop"].read(target, Heard("stop", PLAIN))
    assert (found.grade, found.reason) == ("rejected", "the catalogue says that it refuses stop")
    assert not ALL["stop"].plan(target)
