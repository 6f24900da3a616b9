"""Jurisdictions side by side: what counts, where a number could lie, and what is not told."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards import course_plot, ecosystem_document, ecosystems, interval_plot
from scorecards.course_plot import Dot
from scorecards.ecosystems import EcosystemError, Figure, Standing
from scorecards.interval_plot import Row

DAY = date(2026, 11, 25)
PILLAR = "transparency"


def figure(score, low=None, high=None, coverage="1"):
    known = Decimal(score) if score is not None else None
    low, high = (Decimal(one if one is not None else score) for one in (low, high))
    return Figure(known, low, high, Decimal(coverage))


def standing(model, jurisdiction, one, sequence=1, at=None, rubric="2026-11"):
    at = at or datetime(2026, 11, 25, 12, tzinfo=UTC)
    card = f"sha256:{model}-{sequence}"
    return Standing(card, model, model.upper(), "dev", jurisdiction, rubric, sequence, at, {PILLAR: one})


def point(*standings):
    return ecosystems.point(standings, DAY, PILLAR)


def scores(jurisdiction, *numbers):
    return [standing(f"{jurisdiction.lower()}/{i}", jurisdiction, figure(one)) for i, one in enumerate(numbers)]


@pytest.mark.parametrize(
    ("numbers", "best", "median", "middle"),
    [
        ([], None, None, ()),
        (["40"], "40", None, ()),
        (["40", "60"], "60", None, ()),
        (["40", "60", "50"], "60", "50", ("sha256:cn/2-1",)),
        (["40", "60", "50", "45"], "60", "47.5", ("sha256:cn/3-1", "sha256:cn/2-1")),
        (["7", "7", "7"], "7", "7", ("sha256:cn/1-1",)),
    ],
)
def test_best_and_median_of_a_jurisdiction(numbers, best, median, middle):
    sides = point(*scores("CN", *numbers)).sides
    if not numbers:
        assert sides == ()
        return
    (side,) = sides
    assert side.best.value == (Decimal(best) if best else None)
    assert side.median.value == (Decimal(median) if median else None)
    assert side.median.cards == middle
    assert len(side.counted) == len(numbers)


def test_equally_good_models_are_all_named():
    (side,) = point(*scores("CN", "60", "40", "60")).sides
    assert side.best.cards == ("sha256:cn/0-1", "sha256:cn/2-1")


@pytest.mark.parametrize(("score", "coverage"), [("99", "0.49"), (None, "0"), (None, "0.9")])
def test_what_has_too_little_coverage_counts_nowhere_and_is_counted_apart(score, coverage):
    thin = standing("cn/thin", "CN", figure(score, "0", "100", coverage))
    (side,) = point(thin, *scores("CN", "40", "50", "60")).sides
    assert (side.best.value, side.median.value) == (Decimal(60), Decimal(50))
    assert side.left_out == ("sha256:cn/thin-1",)
    assert thin.card not in side.counted


def test_coverage_of_exactly_a_half_counts():
    (side,) = point(standing("cn/a", "CN", figure("40", coverage="0.5"))).sides
    assert side.best.value == Decimal(40)


def test_what_is_not_told_says_why():
    us = standing("us/thin", "US", figure("90", "0", "100", "0.4"))
    found = point(us, *scores("CN", "40", "50"))
    cn, other = found.sides
    assert cn.median.reason == "a median wants 3 models with enough coverage, has 2"
    assert other.best.reason == "no model has enough coverage; 1 below 0.5"
    (gap,) = found.gaps
    assert (gap.best.value, gap.best.reason) == (None, f"US: {other.best.reason}")
    assert gap.median.reason == f"CN: {cn.median.reason}; US: {other.median.reason}"


def test_a_gap_is_first_minus_second_and_as_wide_as_both_ranges():
    cn = standing("cn/a", "CN", figure("70", "60", "75"))
    us = standing("us/a", "US", figure("64", "62", "80"))
    (gap,) = point(us, cn).gaps
    assert (gap.first, gap.second) == ("CN", "US")
    assert (gap.best.value, gap.best.low, gap.best.high) == (Decimal(6), Decimal(-20), Decimal(13))
    assert gap.best.cards == (cn.card, us.card)


def test_each_pair_of_jurisdictions_has_one_gap():
    found = point(*scores("US", "1"), *scores("FR", "2"), *scores("CN", "3"))
    assert [(one.first, one.second) for one in found.gaps] == [("CN", "FR"), ("CN", "US"), ("FR", "US")]


def test_a_point_names_the_rubrics_of_what_counts():
    one = standing("cn/a", "CN", figure("70"), rubric="old")
    thin = standing("cn/b", "CN", figure("70", coverage="0.1"), rubric="other")
    assert point(one, thin, *scores("US", "1")).rubrics == ("2026-11", "old")


def test_a_pillar_that_a_card_does_not_have_is_left_alone():
    assert ecosystems.point(scores("CN", "1"), DAY, "cost").sides == ()


ends = st.lists(st.decimals(0, 100, places=1), min_size=3, max_size=3).map(sorted)
figures = st.builds(
    lambda three, coverage: figure(three[1], three[0], three[2], coverage), ends, st.sampled_from(["0.2", "0.5", "0.9"])
)
many = st.lists(st.tuples(st.sampled_from(["CN", "FR", "US"]), figures), max_size=12).map(
    lambda found: [standing(f"m/{i:02}", where, one) for i, (where, one) in enumerate(found)]
)


@given(many)
def test_every_number_lies_in_its_range(standings):
    found = point(*standings)
    told = [one for side in found.sides for one in (side.best, side.median)]
    told += [one for gap in found.gaps for one in (gap.best, gap.median)]
    assert all(one.low <= one.value <= one.high for one in told if one.value is not None)
    assert all(bool(one.reason) == (one.value is None) == (not one.cards) for one in told)


@given(many, st.randoms(use_true_random=False))
def test_the_order_of_cards_changes_nothing(standings, random):
    mixed = list(standings)
    random.shuffle(mixed)
    assert point(*mixed) == point(*standings)


@given(many, st.data())
def test_wherever_models_are_in_their_ranges_the_numbers_stay_in_theirs(standings, data):
    found = point(*standings)
    moved = []
    for one in standings:
        was = one.pillars[PILLAR]
        now = data.draw(st.decimals(was.low, was.high, places=1))
        moved.append(standing(one.model, one.jurisdiction, figure(now, was.low, was.high, was.coverage)))
    for before, after in zip(found.sides, point(*moved).sides, strict=True):
        for was, now in ((before.best, after.best), (before.median, after.median)):
            assert now.value is None or was.low <= now.value <= was.high


@given(many)
def test_each_card_counts_once_or_is_left_out(standings):
    sides = point(*standings).sides
    named = sorted(card for side in sides for card in (*side.counted, *side.left_out))
    assert named == sorted(one.card for one in standings)


@given(many)
def test_the_document_describes_every_card_that_it_names_once(standings):
    courses = {PILLAR: [point(*standings)]}
    made = ecosystem_document.document(DAY, DAY, courses, [*standings, *standings])
    described = [one["id"] for one in made["cards"]]
    told = made["pillars"][0]["points"][0]["jurisdictions"]
    named = {card for one in told for card in (*one["counted"], *one["left_out"], *one["best"]["cards"])}
    assert sorted(described) == sorted(named)
    assert all(one["n"] == len(one["counted"]) for one in told)


def at(day, hour=12):
    return datetime(2026, 11, day, hour, tzinfo=UTC)


def test_in_force_is_the_newest_card_of_each_model_at_the_end_of_a_day():
    first, second, third = (standing("a/a", "CN", figure("1"), i + 1, at(day)) for i, day in enumerate((20, 21, 23)))
    other = standing("b/b", "US", figure("1"), 1, at(22, 0))
    days = [date(2026, 11, day) for day in (19, 20, 21, 22, 23)]
    assert ecosystems.in_force([third, other, first, second], days) == [
        [],
        [first],
        [second],
        [second, other],
        [third, other],
    ]


def test_a_card_published_at_midnight_belongs_to_the_day_that_begins():
    one = standing("a/a", "CN", figure("1"), 1, at(21, 0))
    assert ecosystems.in_force([one], [date(2026, 11, 20), date(2026, 11, 21)]) == [[], [one]]


def test_of_two_cards_at_one_instant_the_later_sequence_is_in_force():
    one, two = (standing("a/a", "CN", figure("1"), i, at(20)) for i in (1, 2))
    assert ecosystems.in_force([two, one], [DAY]) == [[two]]


@pytest.mark.parametrize(
    ("since", "until", "count", "apart"),
    [(DAY, DAY, 1, 1), (DAY - timedelta(31), DAY, 32, 1), (DAY - timedelta(32), DAY, 5, 7)],
)
def test_a_span_has_a_point_a_day_or_a_week_and_ends_on_its_last_day(since, until, count, apart):
    found = ecosystems.days(since, until)
    assert (len(found), found[-1]) == (count, until)
    assert since <= found[0]
    assert all((b - a).days == apart for a, b in pairwise(found))


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        (None, None, (DAY - timedelta(weeks=12), DAY)),
        (None, date(2026, 1, 1), (date(2026, 1, 1) - timedelta(weeks=12), date(2026, 1, 1))),
        (DAY, None, (DAY, DAY)),
        (None, date.min, (date.min, date.min)),
    ],
)
def test_a_span_is_twelve_weeks_up_to_today_where_nothing_else_is_said(since, until, found):
    assert ecosystems.span(since, until, DAY) == found


@pytest.mark.parametrize(
    ("since", "until", "said"),
    [
        (None, date(2026, 11, 26), "until: wants a day up to 2026-11-25, has 2026-11-26"),
        (DAY, date(2026, 11, 24), "since: wants a day up to until (2026-11-24), has 2026-11-25"),
        (date(2024, 11, 23), None, "since: wants at most 731 days before until (2026-11-25), has 2024-11-23"),
    ],
)
def test_a_span_that_makes_no_sense_says_what_was_wanted(since, until, said):
    with pytest.raises(EcosystemError) as error:
        ecosystems.span(since, until, DAY)
    assert str(error.value) == said


SVG = "{http://www.w3.org/2000/svg}"


def dots(*values):
    days = [DAY + timedelta(i) for i in range(len(values))]
    numbers = [None if one is None else Decimal(one) for one in values]
    return [
        Dot(day, one, (one or 0) - Decimal(5), (one or 0) + Decimal(5)) for day, one in zip(days, numbers, strict=True)
    ]


def test_a_line_breaks_where_there_is_no_number():
    drawn = ET.fromstring(course_plot.render("t", "d", {"CN": dots(10, 20, None, 40)}, (0, 100), "k"))
    (series,) = (one for one in drawn.iter(f"{SVG}g") if one.get("class") == "series-0")
    paths = [one.get("d") for one in series.iter(f"{SVG}path")]
    assert [path.count("L") for path in paths] == [1, 0]
    assert len(list(series.iter(f"{SVG}circle"))) == 3
    assert len(list(series.iter(f"{SVG}polygon"))) == 2


def test_labels_do_not_touch_and_names_are_only_text():
    courses = {name: dots(50) for name in ("CN", "<b>", "US")}
    drawn = ET.fromstring(course_plot.render("t", "d", courses, (0, 100), "k"))
    labels = [one for one in drawn.iter(f"{SVG}text") if one.text in courses]
    heights = sorted(float(one.get("y")) for one in labels)
    assert len(labels) == 3
    assert all(b - a >= course_plot.LINE for a, b in pairwise(heights))


@pytest.mark.parametrize("courses", [{}, {"CN": []}, {"CN": dots(None, None)}])
def test_without_a_number_there_is_no_picture(courses):
    assert course_plot.render("t", "d", courses, (0, 100), "k") == ""


def test_an_interval_stands_where_its_numbers_say():
    rows = [Row("CN", Decimal(50), Decimal(25), Decimal(75)), Row("US: not told", None, Decimal(0), Decimal(0))]
    drawn = ET.fromstring(interval_plot.render("t", rows, "k"))
    (bar,) = drawn.iter(f"{SVG}rect")
    whole = interval_plot.WIDTH - 4
    assert (float(bar.get("x")), float(bar.get("width"))) == (2 + whole / 4, whole / 2)
    assert next(drawn.iter(f"{SVG}desc")).text == "CN; US: not told"
    assert interval_plot.render("t", [], "k") == ""
