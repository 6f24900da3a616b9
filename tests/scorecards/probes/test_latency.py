"""Latency: what counts as a first token, what is left out, what is kept apart."""

from dataclasses import replace
from decimal import Decimal

import pytest

from scorecards.catalog import Endpoint
from scorecards.evidence import Finding
from scorecards.exchanges import Ask, Phases
from scorecards.probes._probe import Target
from tests.scorecards.probes.making import (
    CITED,
    CONTENT,
    EMPTY,
    ENDPOINT,
    MS,
    PROBES,
    REASONING,
    TARGET,
    failed,
    model,
    read,
    stream,
)

COLD = Ask(role="cold", fresh=True)


def latency(*exchanges, target=TARGET):
    return read("latency", list(exchanges), target)


def plan(**fields):
    return PROBES["latency"].plan(Target(ENDPOINT, "nonce", **fields))


@pytest.mark.parametrize(
    ("times_ms", "kinds", "ttft_ms", "ttfo_ms"),
    [
        ([50, 200, 220], [EMPTY, CONTENT, CONTENT], 200, 200),
        ([120, 300], [REASONING, CONTENT], 120, 300),
        ([120, 300], [REASONING, REASONING], 120, None),
        ([120], [EMPTY], None, None),
    ],
)
def test_any_token_is_a_first_token_and_a_thought_is_no_answer(times_ms, kinds, ttft_ms, ttfo_ms):
    found = latency(stream(times_ms, kinds))
    assert (found["ttft_ms"].value, found["ttfo_ms"].value) == (ttft_ms, ttfo_ms)


def test_time_per_token_counts_tokens_as_reported_not_events():
    found = latency(stream([100, 200, 300], tokens=5))
    assert found["tpot_ms"].value == 50
    assert found["output_tps"].value == 20
    assert "as reported" in found["tpot_ms"].note


def test_without_usage_tokens_are_counted_by_us_and_the_note_says_so():
    found = latency(stream([100, 200, 300], usage=None))
    assert found["tpot_ms"].value == 100
    assert "our own count for 1 of 1" in found["tpot_ms"].note


def test_gaps_are_pooled_and_the_widest_is_kept_for_each_answer():
    found = latency(stream([100, 110, 310]), stream([100, 110, 110]))
    assert found["itl_ms"].samples == (10, 200, 10, 0)
    assert found["max_gap_ms"].samples == (200, 10)


def test_an_answer_at_one_instant_has_no_time_per_token():
    found = latency(stream([500] * 10))
    assert {found[one].finding for one in ("tpot_ms", "itl_ms", "max_gap_ms")} == {Finding.UNMEASURED}
    assert found["ttft_ms"].value == 500


def test_the_warm_up_is_no_sample():
    found = latency(replace(stream([9000, 9001]), ask=Ask(role="warm_up")), stream([100, 110]))
    assert found["ttft_ms"].samples == (Decimal("100.000"),)


def test_cold_and_kept_connections_are_told_apart():
    fresh = Phases(dns_ns=1 * MS, connect_ns=20 * MS, tls_ns=30 * MS)
    found = latency(stream([100, 110], phases=Phases(reused=True)), stream([130, 140], ask=COLD, phases=fresh))
    assert found["ttft_ms"].samples == (100,)
    assert "1 of 1 on a kept connection" in found["ttft_ms"].note
    names = ("ttft_cold_ms", "ttft_incl_connect_ms", "dns_ms", "connect_ms", "tls_ms")
    assert [found[one].value for one in names] == [130, 181, 1, 20, 30]


def test_plain_http_has_no_tls_to_measure():
    plain = Target(Endpoint("h:m", "a/m", "h", "m", "openai_chat", "http://h.example/v1", CITED), "nonce")
    found = latency(stream([130, 140], ask=COLD), target=plain)
    assert (found["tls_ms"].finding, found["connect_ms"].finding) == (Finding.UNMEASURED, Finding.KNOWN)


def test_a_failure_lowers_the_share_and_leaves_the_latency():
    found = latency(stream([100, 110]), failed(), stream([100, 110]), stream([100, 110]))
    assert found["success_share"].samples == (1, 0, 1, 1)
    assert found["success_share"].value == Decimal("0.75")
    assert found["ttft_ms"].n == 3


@pytest.mark.parametrize(
    ("outcome", "success", "goodput"),
    [
        ("server_error", [1, 0], [1, 0]),
        ("rate_limited", [1], [1, 0]),  # it tells of our quota, and yet nothing came of the attempt
        ("over_budget", [1], [1]),  # never sent: no attempt
    ],
)
def test_goodput_is_of_all_attempts_and_success_of_what_the_endpoint_answers_for(outcome, success, goodput):
    found = latency(stream([100, 110]), failed(outcome, status=500))
    assert list(found["success_share"].samples) == success
    assert list(found["goodput_share"].samples) == goodput


def test_slow_answers_are_a_success_and_no_goodput():
    found = latency(stream([2500, 2510]), stream([100, 110]))
    assert (found["success_share"].value, found["goodput_share"].value) == (1, Decimal("0.5"))
    assert "TTFT ≤ 2000 ms, TPOT ≤ 100 ms and end to end ≤ 5000 ms" in found["goodput_share"].note


def test_an_endpoint_of_which_nothing_comes_back_is_unmeasured_with_the_reason():
    found = latency(failed("timeout_connect", "nobody"), failed("timeout_connect", "nobody"))
    assert set(found) == set(PROBES["latency"].quantities)
    assert {one.finding for one in found.values()} == {Finding.UNMEASURED}
    assert {one.note for one in found.values()} == {"timeout_connect: nobody"}


def test_an_endpoint_that_answers_with_errors_alone_succeeds_never():
    found = latency(failed("server_error", "HTTP 500", status=500))
    assert found["success_share"].value == 0
    assert found["ttft_ms"].finding is Finding.UNMEASURED


def test_a_long_prompt_that_is_refused_is_unmeasured_and_no_failure():
    found = latency(stream([100, 110]), failed("too_large", "2048 at most", status=400, role="10k"))
    assert (found["ttft_10k_ms"].finding, found["ttft_10k_ms"].note) == (Finding.UNMEASURED, "too_large: 2048 at most")
    assert found["success_share"].samples == (1,)


def test_stale_connections_are_counted_and_are_no_failures():
    found = latency(stream([100, 110], phases=Phases(stale_connections=1)), stream([100, 110]))
    assert (found["stale_connections"].value, found["stale_connections"].n) == (1, 2)
    assert sum(found["success_share"].samples) == 2


@pytest.mark.parametrize(
    ("context", "roles"),
    [(None, {"1k", "10k"}), (2048, {"1k"}), (1000, set()), (16_384, {"1k", "10k"})],
)
def test_only_long_prompts_that_fit_are_planned(context, roles):
    asks = plan(model=model(context_tokens=context))
    assert {ask.role for ask in asks} - {"warm_up", "sample", "cold"} == roles


def test_the_caller_says_how_many_samples():
    assert sum(ask.role == "sample" for ask in plan(samples=7)) == 7
    assert [ask.fresh for ask in plan(samples=1)[:3]] == [False, False, True]


def test_each_run_asks_what_no_cache_has_seen():
    plans = [PROBES["latency"].plan(Target(ENDPOINT, nonce)) for nonce in ("aa", "bb")]
    texts = [ask.text for plan in plans for ask in plan]
    assert len({text[:12] for text in texts}) == len(texts)


def test_a_known_stream_is_measured_as_it_is(probed):
    found = probed("latency", "cal-ttft40-itl4-n10-role_first", samples=3)
    assert 39 < found["ttft_ms"].value < 60
    assert found["tpot_ms"].value == pytest.approx(Decimal(4), abs=Decimal(1))
    assert (found["ttft_1k_ms"].n, found["ttft_10k_ms"].n) == (3, 1)


def test_a_thinking_model_shows_both_first_tokens(probed):
    found = probed("latency", "cal-ttft20-itl4-n8-reasoning-k5", samples=2)
    assert found["ttfo_ms"].value - found["ttft_ms"].value > 15


def test_a_stall_is_the_longest_gap_and_a_late_end_is_no_token(probed):
    assert probed("latency", "cal-ttft10-itl1-n8-stall-gap150", samples=1)["max_gap_ms"].value > 140
    assert probed("latency", "cal-ttft10-itl1-n8-late_done-gap300", samples=1)["e2e_ms"].value < 200


def test_every_third_request_refused_is_a_share_and_no_latency(probed):
    found = probed("latency", "cal-code500-every3-ttft10-itl1-n8", samples=9)
    assert 0 < found["success_share"].value < 1
    assert found["goodput_share"].value <= found["success_share"].value
    assert found["ttft_ms"].n < 9
