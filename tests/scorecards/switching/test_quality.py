"""A difference of scores for somebody who would move: beyond the margin, and sure."""

from decimal import Decimal

import pytest

from scorecards.switching import quality

MARGIN = Decimal("0.05")


def said(verdict="worse", difference="-0.1", p="0.001", n=100, detectable="0.1"):
    return {
        "verdict": verdict,
        "difference": difference,
        "p_holm": p,
        "p_sign": None,
        "n": n,
        "units": n,
        "detectable": detectable,
        "low": "-0.2",
        "high": "-0.01",
    }


VERDICTS = [
    (said(), "worse"),
    (said("better", "0.1"), "better"),
    (said(difference="-0.05"), "undecided"),
    (said(p="0.011"), "undecided"),
    ({**said(), "p_sign": "0.01"}, "worse"),
    ({**said(), "p_sign": "0.0101"}, "undecided"),
    (said("equivalent", "0", "1"), "equivalent"),
    (said("undecided", "0", "1"), "undecided"),
    ({**said("undecided"), "difference": None, "p_holm": None, "n": 0}, "undecided"),
]


@pytest.mark.parametrize(("one", "verdict"), VERDICTS)
def test_what_a_difference_says(one, verdict):
    assert quality.verdict(one, MARGIN) == verdict


def test_nobody_can_tell_how_many_more_prompts_decide_where_none_is_scored_and_none_are_needed_where_it_is_decided():
    assert quality.more_prompts({**said("undecided"), "n": 0}, MARGIN) is None
    assert quality.more_prompts(said(), MARGIN) is None


def test_more_prompts_than_a_comparison_wants_are_needed_to_be_surer():
    wanted = quality.more_prompts(said("undecided", "-0.08", "0.1", 100, "0.12"), MARGIN)
    assert wanted == 235  # 100 · ((3.417 / 2.802 · 0.12 / 0.08)² - 1), rounded up
    assert wanted > 125
