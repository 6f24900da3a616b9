"""Up, down, or nothing said about it."""

import pytest

from tests.scorecards.probes.making import failed, read, stream


@pytest.mark.parametrize(
    ("exchange", "up", "left_out"),
    [
        (stream([5]), 1, 0),
        (failed("refusal"), 1, 0),  # the model will not, the endpoint works
        (failed("server_error"), 0, 0),
        (failed("timeout_connect"), 0, 0),
        (failed("incomplete"), 0, 0),
        (failed("auth"), None, 1),
        (failed("rate_limited"), None, 1),
        (failed("over_budget"), None, 1),
    ],
)
def test_only_what_the_endpoint_answers_for_is_up_or_down(exchange, up, left_out):
    found = read("uptime", [exchange])
    assert (found["uptime_share"].value, found["uptime_runs_left_out"].value) == (up, left_out)


def test_the_definition_stands_with_the_number():
    assert "runs that tell only of us are left out" in read("uptime", [stream([5])])["uptime_share"].note
    assert "reset: gone" in read("uptime", [failed()])["uptime_share"].note


@pytest.mark.parametrize(("mode", "up"), [("ttft5-n4", 1), ("code503", 0), ("reset", 0), ("code401", None)])
def test_a_server_that_is_up_or_down(probed, mode, up):
    assert probed("uptime", f"cal-{mode}")["uptime_share"].value == up
