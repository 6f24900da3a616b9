"""What a report says and draws, decided by pure functions; and the file of it, which needs nothing else."""

import doctest
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.compare import report
from scorecards.compare.shown import LONGEST_OUTPUT
from service.reports import comparison, figures, html_file, outputs, plots, slices
from service.reports.comparison import Stretch
from tests.scorecards.compare.making import A, B
from tests.service.compared import ATTACK, METHOD, PLAN, document, records


@pytest.fixture(scope="module")
def told():
    return document()


ALL = Stretch()


def link(prompt):
    return f"/of/{len(prompt)}"


def seen(told, stretch=ALL, **asked):
    return comparison.view(told, link, asked, stretch)


def test_the_examples_of_figures_hold():
    assert doctest.testmod(figures).failed == 0


@pytest.mark.parametrize(
    ("quality", "words"),
    [
        ({"n": 0, "verdict": "undecided"}, "not compared: no prompt was scored at both"),
        ({"n": 9, "verdict": "undecided", "more_needed": 1204}, "undecided: about 1,204 prompts more"),
        ({"n": 9, "verdict": "undecided", "more_needed": 0}, "undecided: not sure enough for this many looks"),
        (
            {"n": 9, "verdict": "equivalent"},
            "equivalent: whatever difference there is lies within ±5 points",
        ),
        ({"n": 9, "verdict": "worse", "low": "-0.2", "high": "-0.051"}, "worse: −20.0 to −5.1 points"),
        ({"n": 9, "verdict": "better", "low": "0.051", "high": "0.2"}, "better: +5.1 to +20.0 points"),
    ],
)
def test_a_verdict_is_words_with_the_interval_or_with_what_is_missing(quality, words):
    assert figures.verdict(quality, "0.05") == words


shares = st.decimals("-1", "1", places=4)


@given(st.lists(shares, min_size=3, max_size=3).map(sorted), st.decimals("0.001", "0.5", places=3))
def test_a_plot_stays_on_its_track_and_its_tick_within_its_interval(ends, margin):
    low, value, high = map(str, ends)
    found = {"difference": value, "low": low, "high": high, "n": 9}
    scale = plots.scale([found], str(margin))
    assert max(abs(ends[0]), abs(ends[2]), margin) <= scale
    drawn = plots.difference(found, str(margin), scale)
    start, width, tick = (Decimal(one) for one in (drawn.low, drawn.width, drawn.tick))
    assert 0 <= start <= tick + Decimal("0.01")
    assert tick <= start + width + Decimal("0.01")
    assert start + width <= 100 + plots.THINNEST
    assert abs(Decimal(drawn.band[0]) + Decimal(drawn.band[1]) / 2 - 50) <= Decimal("0.01")


def test_every_number_of_a_report_has_its_n_and_its_interval(told):
    view = seen(told)
    for it in view.endpoints:
        assert it.n
        assert it.interval.startswith("95\u00a0%: ")
    [side] = view.candidates
    assert (side.whole.n, side.whole.interval[:5]) == (38, "95\u00a0%:")
    assert all(one.n and one.interval for one in side.lines)


def test_a_report_tells_breaks_by_kind_and_what_is_missing(told):
    view = seen(told)
    [side] = view.candidates
    assert [(kind, [one.prompt for one in found]) for kind, found in side.breaks] == [
        ("key drift", ["ticket-3"]),
        ("wrong answer", ["sum-2"]),
    ]
    assert side.breaks[0][1][0].reason == "keys: renamed urgency → urgency_level"
    assert [it.lacking for it in view.endpoints] == [["2 not answered: deadline"], ["2 not answered: rate limited"]]
    assert dict(side.not_compared)["unanswered at A"] == 1
    assert dict(side.not_compared)["unanswered at B"] == 1
    assert view.left_out == [(7, "prompt: a text", "''")]
    assert {one.title: one.b for one in side.lines}["times as dear"] != "1"


@pytest.mark.parametrize(
    ("asked", "left", "verdict"),
    [
        ({}, 42, "undecided: about"),
        ({"language": "zh"}, 20, slices.TOO_SMALL),
        ({"domain": "support"}, 20, "undecided: about"),
        ({"domain": "support", "language": "en"}, 20, slices.LOOKING),
        ({"domain": "support", "language": "zh"}, 0, "not compared"),
        ({"language": "xx", "colour": "red"}, 42, "undecided: about"),
        ({"set": "mine"}, 42, "undecided: about"),
    ],
)
def test_filters_leave_their_prompts_and_decide_nothing_that_was_not_planned(told, asked, left, verdict):
    view = seen(told, **asked)
    [side] = view.candidates
    assert (view.left, len(view.leaf.rows)) == (left, left)
    assert side.whole.verdict.startswith(verdict)
    assert bool(side.slices) is (view.filters == [])


def test_one_filter_says_what_the_published_slice_says(told):
    published = {(one["by"], one["name"]): one for one in told["candidates"][0]["slices"]}
    whole = seen(told, domain="support").candidates[0].whole
    slice_of = published["domain", "support"]
    assert whole.difference == f"{figures.points(slice_of['difference'])} points"
    assert whole.n == slice_of["n"]


def test_a_rate_under_a_filter_is_that_of_its_prompts(told):
    rates = {it.letter: (it.rate, it.n) for it in seen(told, language="zh").endpoints}
    assert rates == {"A": ("100.0\u00a0%", 19), "B": ("94.7\u00a0%", 19)}


def test_a_filter_that_is_on_leads_back_and_keeps_the_others(told):
    by = {one.title: one for one in seen(told, language="zh", domain="maths").links}
    assert by["language"].all.href == "?domain=maths"
    assert {one.title: (one.href, one.chosen) for one in by["domain"].links}["support"] == (
        "?language=zh&domain=support",
        False,
    )
    assert [one.title for one in by["language"].links if one.chosen] == ["Chinese (zh)"]
    assert "set" not in by, "one set tells no prompts apart"


def test_prompts_are_listed_leaf_by_leaf(told):
    ids, first = [], 0
    while first is not None:
        leaf = seen(told, Stretch(first, 5), language="zh").leaf
        ids += [one.id for one in leaf.rows]
        first = int(re.search("from=([0-9]+)", leaf.after)[1]) if leaf.after else None
    assert ids == [f"sum-{at}" for at in range(20)]


def test_a_row_says_how_often_each_state_came(told):
    rows = {one.id: one.results for one in seen(told).leaf.rows}
    assert rows["sum-2"] == ["✓ passed 2×", "✗ failed 2×"]
    assert rows["sum-11"] == ["? unanswered 2×", "✓ passed 2×"]
    assert rows["long"] == ["· unchecked 2×", "· unchecked 2×"]


def test_a_run_that_asked_nobody_is_shown():
    view = seen(report.build(PLAN, [], METHOD))
    assert [it.rate for it in view.endpoints] == ["not scored", "not scored"]
    assert [it.lacking for it in view.endpoints] == [["84 of 84 not asked"]] * 2
    assert view.candidates[0].whole.verdict == "not compared: no prompt was scored at both"
    assert {result for one in view.leaf.rows for result in one.results} == {"– not asked"}


def shown(prompt):
    one = next(each for each in PLAN.prompts if each.id == prompt)
    return outputs.view(one, PLAN.endpoints, records())


def test_outputs_stand_side_by_side_with_differences_to_a():
    a, b = shown("ticket-3").columns
    assert (a.letter, a.ref, b.letter, b.ref) == ("A", A, "B", B)
    assert [len(a.answers), len(b.answers)] == [2, 2]
    first, other = a.answers[0], b.answers[0]
    assert (first.parts, other.marked) == ((), True)
    assert "".join(one.text for one in other.parts if one.change != "added") == first.text
    assert "".join(one.text for one in other.parts if one.change != "removed") == other.text
    assert [(one.text, one.change) for one in other.parts if one.change != "same"] == [
        ("urgency", "removed"),
        ("urgency_level", "added"),
    ]
    [check] = other.checks
    assert (check.glyph, check.label, check.result) == ("✗", "keys", "wrong")
    assert dict(other.facts)["cost"] == "0.002\u00a0USD"


def test_what_was_not_answered_has_no_differences_and_says_why():
    _, b = shown("sum-9").columns
    assert b.answers[0].state == "? unanswered"
    assert b.answers[0].detail == "rate limited: 429"
    assert (b.answers[0].parts, b.answers[0].text) == ((), "")
    other = shown("sum-11")
    assert [one.parts for one in other.columns[1].answers] == [(), ()], "A said nothing to differ from"


def test_long_outputs_are_cut_and_say_how_long_they_are():
    answer = shown("long").columns[1].answers[0]
    assert (len(answer.text), answer.characters) == (LONGEST_OUTPUT, 10_000)
    assert not answer.marked


def test_hidden_characters_of_outputs_are_named():
    view = shown(ATTACK)
    texts = [view.text, view.columns[1].answers[0].text]
    assert all("[U+202E]" in one and "\u202e" not in one for one in texts)


def test_a_large_file_has_the_outputs_of_what_breaks_before_others(told, monkeypatch):
    monkeypatch.setattr(html_file, "MOST_PROMPTS", 3)
    text = html_file.render(told, PLAN, records(), "")
    assert re.findall("<summary><bdi>([^<]+)</bdi>", text) == ["ticket-0", "ticket-3", "sum-2"]
    assert "These are 3 of 42 prompts" in text
    assert set(re.findall('href="(#prompt-[0-9]+)"', text)) == {"#prompt-1", "#prompt-2", "#prompt-3"}


JUDGED = {
    "endpoint": "third:judge",
    "n": 40,
    "not_asked": 2,
    "a": 12,
    "b": 18,
    "tie": 4,
    "flipped": 5,
    "unread": 1,
    "flip_rate": {"value": "0.125", "low": "0.05", "high": "0.26", "n": 40},
    "b_preferred": None,
    "self_preference": ["the judge and two:model-b are both of lab"],
}
SIMILAR = {
    "endpoint": "third:vectors",
    "n": 40,
    "not_embedded": 0,
    "p5": None,
    "p50": "0.91",
    "least_similar": [{"prompt": "sum-2", "cosine": "0.2"}, {"prompt": "ticket-3", "cosine": "0.4"}],
    "note": "Similarity is never correctness.",
}


def test_what_a_judge_and_an_embedder_say_stands_beside_the_verdict(told):
    document = {**told, "candidates": [{**told["candidates"][0], "judge": JUDGED, "similarity": SIMILAR}]}
    [side] = seen(document, language="zh").candidates
    judge, similarity = side.readers
    assert judge.said[0].startswith(
        "Of 40 prompts, asked in both orders, it prefers: A 12, B 18, neither 4; same place"
    )
    assert judge.said[1:] == [
        "B was preferred in no pair that tells.",
        "It flipped in 12.5\u00a0% (95\u00a0%: 5.0\u00a0% to 26.0\u00a0%, n\u00a040).",
        "2 pairs were not judged.",
        "the judge and two:model-b are both of lab",
    ]
    assert similarity.said[0] == "Answers of A and B: cosine p50 0.91, p5 not measured, n\u00a040."
    assert [prompt for prompt, _, _ in similarity.prompts] == ["sum-2"], "of the prompts that are left"
    assert seen(told).candidates[0].readers == []
    assert "the judge and two:model-b are both of lab" in html_file.render(document, PLAN, records(), "")


def test_more_endpoints_than_letters_have_numbers():
    assert list(figures.letters([str(at) for at in range(28)]).values())[24:] == ["Y", "Z", "27", "28"]


def test_the_file_needs_nothing_else_and_runs_nothing(told):
    text = html_file.render(told, PLAN, records(), ATTACK)
    assert "<script" not in text
    assert "<img" not in text
    assert re.findall(r'(?:src|href|action)="(?!#)[^"]*"', text) == []
    assert "url(http" not in text
    assert text.count(f"<summary><bdi>{'ticket-0'}</bdi>") == 1
    anchors = set(re.findall('href="#([^"]+)"', text))
    assert anchors <= set(re.findall('id="([^"]+)"', text))
    assert html_file.render(told, PLAN, records(), ATTACK) == text
