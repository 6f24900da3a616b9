"""Texts side by side: laws of distance and difference."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards.compare import text
from scorecards.compare.text import Change, Part

SAME, REMOVED, ADDED = Change
texts = st.text(st.sampled_from("ab 中文,.\n1é"), max_size=40) | st.text(max_size=20)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("", "", "0"),
        ("", "a", "1"),
        ("the cat sat", "the cat sat", "0"),
        ("the cat sat", "the  cat\nsat ", "0"),
        ("the cat sat", "a dog ran", "1"),
        ("the cat sat", "the dog sat", "0.3333"),
        ("水已经漏了", "水没有漏了", "0.4"),
        ("１２", "12", "0"),
    ],
)
def test_a_distance_counts_words_and_signs(one, other, distance):
    assert text.distance(one, other) == Decimal(distance)


def test_a_difference_names_what_was_removed_and_added():
    assert text.diff("urgency is high", "urgency is very low") == [
        Part(SAME, "urgency is "), Part(REMOVED, "high"), Part(ADDED, "very low"),
    ]  # fmt: skip
    assert text.diff("水已经漏了", "水已漏了") == [Part(SAME, "水已"), Part(REMOVED, "经"), Part(SAME, "漏了")]


@given(texts, texts)
@settings(deadline=None)
def test_a_distance_is_symmetric_and_bounded(one, other):
    distance = text.distance(one, other)
    assert distance == text.distance(other, one)
    assert 0 <= distance <= 1


def longest_common(one, other):
    row = [0] * (len(other) + 1)
    for sign in one:
        above = row[:]
        for at, another in enumerate(other, start=1):
            row[at] = above[at - 1] + 1 if sign == another else max(above[at], row[at - 1])
    return row[-1]


@given(st.text("中文国", max_size=30), st.text("中文国", max_size=30))
@settings(deadline=None)
def test_as_much_is_common_as_the_textbooks_table_finds(one, other):
    common = longest_common(one, other)
    total = len(one) + len(other)
    assert text.distance(one, other) == (round(1 - Decimal(2 * common) / total, 4) if total else 0)
    assert sum(len(part.text) for part in text.diff(one, other) if part.change is SAME) == common


def test_texts_that_repeat_themselves_take_no_longer():
    """The suite's own time limit would end a comparison that takes time by the cube."""
    assert text.distance("a b " * 2000, "b c a " * 2000) > 0
    assert len(text.diff("a b " * 2000, "b c a " * 2000)) > 1


@given(texts, texts)
@settings(deadline=None)
def test_parts_join_to_both_texts(one, other):
    parts = text.diff(one, other)
    assert "".join(part.text for part in parts if part.change is not ADDED) == one
    assert "".join(part.text for part in parts if part.change is not REMOVED) == other
    assert all(part.text for part in parts)


@given(texts)
@settings(deadline=None)
def test_pieces_join_to_the_text_and_it_is_no_distance_from_itself(one):
    assert "".join(text.pieces(one)) == one
    assert text.distance(one, one) == 0


def test_a_long_text_is_cut_into_no_more_pieces_than_can_be_matched():
    assert len(text.pieces("a " * 50_000)) == text.MOST_PIECES + 1
