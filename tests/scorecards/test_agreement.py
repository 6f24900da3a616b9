"""What two readings of one fact say of each other, kind by kind and whichever of them comes first."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from scorecards import agreement, rubric
from scorecards.evidence import Basis, Bound, Finding, Reading

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
FACTS = rubric.load().facts
LEAST, MOST = Bound.AT_LEAST, Bound.AT_MOST


def reading(value, unit="", bound=Bound.EXACT):
    return Reading(
        "fact", "maker/model", Finding.KNOWN, Basis.FIRST_PARTY, NOON, "reader/1", value=value, unit=unit, bound=bound
    )


def number(text, bound=Bound.EXACT, unit="tokens"):
    return reading(Decimal(text), unit, bound)


def both_ways(fact, one, other):
    return {agreement.agree(one, other, FACTS[fact]), agreement.agree(other, one, FACTS[fact])}


@pytest.mark.parametrize(
    ("fact", "one", "other", "agree"),
    [
        # within 5 % they are the same, 128K is 131072
        ("context_tokens", "128000", "131072", True),
        ("context_tokens", "131072", "131072.0", True),
        ("context_tokens", "95", "100", True),
        ("context_tokens", "94", "100", False),
        ("context_tokens", "262144", "32768", False),
        ("context_tokens", "1000000", "600000", False),
        ("context_tokens", "0", "0", True),
        ("context_tokens", "0", "131072", False),
        # counts are rounded where they are told, and sizes are named by what is left of them
        ("parameter_count", "37e9", "36.7e9", True),
        ("parameter_count", "7e9", "6.74e9", True),
        ("parameter_count", "7e9", "7.61e9", True),
        ("parameter_count", "7e9", "8.03e9", False),
        ("parameter_count", "7e9", "7.61e10", False),
        ("parameter_count", "671e9", "685e9", True),  # with the heads for multi-token prediction
        ("parameter_count", "671e9", "37e9", False),
        ("parameter_count", "14.8e9", "16.0e9", False),
        ("training_flop", "3.0e24", "3.3e24", True),  # 10 %
        ("training_flop", "3.0e24", "3.8e25", False),
    ],
)
def test_numbers_agree_within_their_tolerance_or_when_one_is_the_other_rounded(fact, one, other, agree):
    assert both_ways(fact, number(one), number(other)) == {agree}


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        (number("131072"), number("30000", LEAST), True),
        (number("131072"), number("128000", LEAST), True),
        (number("131072"), number("200000", LEAST), False),
        (number("131072"), number("30000", MOST), False),
        (number("131072"), number("128000", MOST), True),
        (number("131072"), number("200000", MOST), True),
        (number("1", LEAST), number("9", MOST), True),
        (number("1", MOST), number("9", LEAST), False),
        (number("1", LEAST), number("9", LEAST), True),
        (number("1", MOST), number("9", MOST), True),
    ],
)
def test_a_bound_agrees_with_everything_on_its_open_side(one, other, agree):
    assert both_ways("context_tokens", one, other) == {agree}


@pytest.mark.parametrize(
    ("fact", "one", "other", "agree"),
    [
        ("context_tokens", number("128000"), number("9", unit="characters"), True),
        ("training_compute", number("2.788e6", unit="GPU hours"), number("3e24", unit="FLOP"), True),
        ("context_tokens", number("128000"), number("9", unit=""), False),
        ("context_tokens", number("128000"), reading("long"), True),
        ("context_tokens", reading("short"), reading("long"), True),
    ],
)
def test_other_units_and_words_are_not_set_against_a_number(fact, one, other, agree):
    assert both_ways(fact, one, other) == {agree}


@pytest.mark.parametrize(
    ("fact", "one", "other", "agree"),
    [
        # dates, to the precision that both have
        ("release_date", "2024", "2024-12", True),
        ("release_date", "2024", "2024-12-26", True),
        ("release_date", "2024-12-26", "2024-12", True),
        ("release_date", "2024-12-26", "2024-12-26", True),
        ("release_date", "2024-11", "2024-12-26", False),
        ("release_date", "2024-12-25", "2024-12-26", False),
        ("release_date", "2023", "2024-12", False),
        ("release_date", "Q3 2024", "2024-08", True),
        ("release_date", "Q3 2024", "2023-01", True),
        ("knowledge_cutoff", "2023-10", "2023-12", False),
        # licences, however they are written
        ("weights_licence", "Apache License 2.0", "apache-2.0", True),
        ("weights_licence", "The MIT License (MIT)", "MIT ", True),
        ("weights_licence", "MIT OR Apache-2.0", "apache-2.0 or mit", True),
        ("weights_licence", "mit", "apache-2.0", False),
        ("weights_licence", "mit", "modified-mit", False),
        ("weights_licence", "mit", "Acme Terms", True),
        ("weights_licence", "Acme Terms", "Other Terms", True),
        ("weights_licence", "mit", "apache-2.0,mit", True),
        # one language against many; lists leave room for more
        ("languages", "monolingual", "de,en,zh", False),
        ("languages", "monolingual", "29 languages", False),
        ("languages", "monolingual", "en", True),
        ("languages", "monolingual", "monolingual", True),
        ("languages", "en", "de,en,zh", True),
        ("languages", "en", "zh", True),
        ("languages", "en,zh", "29 languages", True),
        # names, with or without who publishes them
        ("base_model", "Qwen/Qwen2.5-32B", "Qwen2.5-32B", True),
        ("base_model", "Qwen/Qwen2.5-32B", "qwen/qwen2.5-32b", True),
        ("base_model", "Qwen/Qwen2.5-32B", "Qwen/Qwen2.5-7B", False),
        # flags
        ("served_model_listed", True, True, True),
        ("served_model_listed", False, False, True),
        ("served_model_listed", True, False, False),
        # free statements
        ("limitations", "hallucinates", "is weak at sums", True),
        ("training_datasets", "C4", "The Pile", True),
        ("limitations", True, False, True),
    ],
)
def test_what_is_no_number_agrees_by_its_kind(fact, one, other, agree):
    assert both_ways(fact, reading(one), reading(other)) == {agree}


def test_every_kind_of_comparison_that_a_rubric_may_name_exists():
    assert set(agreement.COMPARISONS) == set(rubric.COMPARISONS)
