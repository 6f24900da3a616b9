"""Long inputs: only those that fit are asked, a refused one is no failure."""

import pytest

from scorecards.evidence import Finding
from scorecards.exchanges import Ask
from scorecards.probes._probe import Target
from tests.scorecards.probes.making import ENDPOINT, PROBES, TARGET, failed, model, stream

PROBE = PROBES["latency_long"]


def read(*exchanges):
    return {one.quantity: one for one in PROBE.read(TARGET, exchanges)}


@pytest.mark.parametrize(
    ("context", "roles"),
    [(None, {"warm_up", "1k", "10k"}), (2048, {"warm_up", "1k"}), (1000, set()), (16_384, {"warm_up", "1k", "10k"})],
)
def test_only_inputs_that_fit_are_planned(context, roles):
    assert {ask.role for ask in PROBE.plan(Target(ENDPOINT, "aa", model(context_tokens=context)))} == roles


def test_a_long_input_that_is_refused_is_unmeasured_under_its_name():
    found = read(failed("too_large", "2048 at most", status=400, role="10k"))["ttft_10k_ms"]
    assert (found.finding, found.note) == (Finding.UNMEASURED, "too_large: 2048 at most")


def test_the_input_is_told_as_reported():
    found = read(stream([100, 110], ask=Ask(role="1k")))["ttft_1k_ms"]
    assert (found.value, found.n) == (100, 1)
    assert found.note == "9 to 9 tokens of input as reported"


def test_one_that_does_not_fit_says_what_it_wants():
    target = Target(ENDPOINT, "aa", model(context_tokens=2048))
    found = {one.quantity: one for one in PROBE.read(target, [stream([100, 110], ask=Ask(role="1k"))])}
    assert found["ttft_10k_ms"].note == "wants a context of 11500 tokens, less is declared"


def test_a_known_stream_is_measured_as_it_is(probed):
    found = probed("latency_long", "cal-ttft40-itl4-n10", samples=2)
    assert found["ttft_1k_ms"].n == found["ttft_10k_ms"].n == 2
    assert 39 < found["ttft_10k_ms"].value < 90
