"""Probes read literals: no network, no clock."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from scorecards import probes
from scorecards.catalog import Cited, Endpoint
from scorecards.evidence import Finding, family
from scorecards.exchanges import Ask, AskKind, Delta, DeltaKind, Exchange, Phases, Usage
from scorecards.probes._probe import Target

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ENDPOINT = Endpoint(
    "host:m-1", "maker/m", "host", "m-1", "openai_chat", "https://host.example/v1", Cited("t", date(2026, 11, 1)),
    token_counter="llama_cpp",
)  # fmt: skip
TARGET = Target(ENDPOINT, "nonce")
PROBES = probes.load()
MS = 1_000_000
EMPTY, CONTENT, REASONING = DeltaKind.EMPTY, DeltaKind.CONTENT, DeltaKind.REASONING


def stream(times_ms, kinds=None, tokens=None, **fields):
    kinds = kinds or [CONTENT] * len(times_ms)
    deltas = tuple(
        Delta(at * MS, kind, "" if kind is EMPTY else "a ") for at, kind in zip(times_ms, kinds, strict=True)
    )
    usage = Usage(input=9, output=tokens or sum(kind is not EMPTY for kind in kinds))
    last = max((delta.at_ns for delta in deltas if delta.text), default=None)
    fields = {"usage": usage, "finish_reason": "stop", "last_ns": last, **fields}
    return Exchange(Ask(role="sample"), ENDPOINT.ref, NOON, "ok", deltas=deltas, **fields)


def failed(outcome="reset", detail="gone", **ask):
    return Exchange(Ask(**{"role": "sample", **ask}), ENDPOINT.ref, NOON, outcome, detail)


def read(name, exchanges):
    return {one.quantity: one for one in PROBES[name].read(TARGET, exchanges)}


def test_a_role_without_text_is_not_the_first_token():
    found = read("latency", [stream([50, 200, 220, 240], [EMPTY, CONTENT, CONTENT, CONTENT])])
    assert found["ttft_ms"].value == 200
    assert found["empty_first_events"].value == 1


def test_a_thought_is_a_first_token():
    assert read("latency", [stream([120, 300], [REASONING, CONTENT])])["ttft_ms"].value == 120


def test_time_per_token_counts_tokens_as_reported_not_events():
    found = read("latency", [stream([100, 200, 300], tokens=5)])
    assert found["tpot_ms"].value == 50
    assert found["output_tps"].value == 20


def test_the_warm_up_is_no_sample():
    warm_up = replace(stream([9000, 9001]), ask=Ask(role="warm_up"))
    found = read("latency", [warm_up, stream([100, 110])])
    assert found["ttft_ms"].samples == (Decimal("100.000"),)


def test_a_failure_lowers_the_share_and_leaves_the_latency():
    found = read("latency", [stream([100, 110]), failed(), stream([100, 110]), stream([100, 110])])
    assert found["success_share"].samples == (1, 0, 1, 1)
    assert found["ttft_ms"].n == 3


def test_an_endpoint_that_never_answers_is_unmeasured_with_the_reason():
    found = read("latency", [failed("timeout_connect", "nobody"), failed("timeout_connect", "nobody")])
    assert set(found) == set(PROBES["latency"].quantities)
    assert {one.finding for one in found.values()} == {Finding.UNMEASURED}
    assert {one.note for one in found.values()} == {"timeout_connect: nobody"}


def test_an_answer_at_one_instant_is_not_a_stream():
    buffered, real = stream([500] * 10), stream(range(100, 200, 10))
    assert read("latency", [buffered])["streams_tokens"].value is False
    assert read("latency", [buffered])["tpot_ms"].finding is Finding.UNMEASURED
    assert read("latency", [real])["streams_tokens"].value is True
    assert read("latency", [real, real])["streams_tokens"].n == 2


def test_stale_connections_are_counted_and_are_no_failures():
    found = read("latency", [stream([100, 110], phases=Phases(stale_connections=1)), stream([100, 110])])
    assert found["stale_connections"].value == 1
    assert found["stale_connections"].n == 2
    assert sum(found["success_share"].samples) == 2


def test_each_run_asks_what_no_cache_has_seen():
    plans = [PROBES["latency"].plan(Target(ENDPOINT, nonce)) for nonce in ("aa", "bb")]
    texts = [ask.text for plan in plans for ask in plan]
    assert len(set(texts)) == len(texts)
    assert len({text[:12] for text in texts}) == len(texts)


@pytest.mark.parametrize(
    ("served", "same"), [("m-1", True), ("m-1-2026-01-31", True), ("m-12", False), ("m-1-turbo", False), (None, False)]
)
def test_an_answer_carries_the_id_or_a_dated_snapshot_of_it(served, same):
    known = Exchange(Ask(role="known"), ENDPOINT.ref, NOON, "ok", served_models=(served,) if served else ())
    assert read("models_list", [known])["served_model_echoed"].value is same


def models_list(known="ok", unknown="not_found"):
    return [
        Exchange(Ask(AskKind.LIST_MODELS, role="list"), ENDPOINT.ref, NOON, "ok", listed=("m-0", "m-1")),
        Exchange(Ask(role="known"), ENDPOINT.ref, NOON, known, "d", served_models=("m-1",)),
        Exchange(Ask(role="unknown", model_id="no-such"), ENDPOINT.ref, NOON, unknown, "d", served_models=("m-1",)),
    ]


@pytest.mark.parametrize(
    ("known", "unknown", "value"),
    [
        ("ok", "not_found", True),
        ("ok", "bad_request", True),
        ("ok", "ok", False),  # any name is answered: the trap of llama.cpp's server
        ("ok", "reset", None),
        ("auth", "auth", None),  # a wrong key refuses everything and proves nothing
    ],
)
def test_an_unknown_id_must_be_refused_where_the_known_one_works(known, unknown, value):
    assert read("models_list", models_list(known, unknown))["unknown_model_refused"].value is value


def test_the_list_must_name_the_served_id():
    assert read("models_list", models_list())["served_model_listed"].value is True
    other = replace(models_list()[0], listed=("m-0",))
    assert read("models_list", [other])["served_model_listed"].value is False


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


@pytest.mark.parametrize("name", sorted(PROBES))
def test_every_probe_plans_bounded_asks_and_returns_what_it_declares(name):
    one = PROBES[name]
    plan = one.plan(TARGET)
    assert 0 < len(plan) <= 64
    assert sum(ask.max_output_tokens for ask in plan if not ask.whole) < 4000
    assert max(ask.max_output_tokens for ask in plan) <= 1024
    assert one.question.endswith("?")
    assert {family(reading.quantity) for reading in one.read(TARGET, [failed()])} == set(one.quantities)
