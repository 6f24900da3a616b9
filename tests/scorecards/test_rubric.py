"""The rubric file and its reader."""

from collections import Counter

import pytest

from scorecards import derived, methodology, probes, rubric
from scorecards.evidence import family
from scorecards.rubric import RubricError
from scorecards.transparency import collectors

TEXT = (rubric.DATA / "rubric-2026-11-first.toml").read_text(encoding="utf-8")


def test_every_fact_is_read_by_a_probe_or_collector_or_derived_or_says_what_it_waits_for():
    produced = {
        quantity for one in (*probes.load().values(), *collectors.load().values()) for quantity in one.quantities
    }
    produced |= set(derived.QUANTITIES)
    facts = rubric.load().facts
    waiting = {name for name, fact in facts.items() if fact.awaits}
    assert set(facts) - waiting <= produced
    assert not waiting & produced


def test_every_measured_quantity_has_a_row_with_its_title():
    rules = rubric.load()
    produced = {quantity for one in probes.load().values() for quantity in one.quantities}
    assert produced <= set(rules.quantities)
    assert {family(scale.quantity) for scale in rules.performance} <= set(rules.quantities)


CROSSWALKS = {"fmti2025", "mof", "osai", "eu_mdf", "cyclonedx", "spdx"}


def test_the_core_rubric_asks_seventy_one_questions_in_eight_domains_of_facts_with_titles():
    rules = rubric.load("2026-11")
    counted = Counter(one.domain for one in rules.indicators)
    assert list(counted.items()) == list(zip(rules.domains, (10, 8, 8, 11, 7, 9, 10, 8), strict=True))
    for one in rules.indicators:
        assert list(one.facts) == sorted(set(one.facts)), one.id
        assert all(rules.facts[fact].title for fact in one.facts), one.id
        assert one.crosswalk.keys() <= CROSSWALKS, one.id


def test_what_a_fact_hangs_on_is_a_fact_and_what_is_told_freely_is_compared_with_nothing():
    facts = rubric.load("2026-11").facts
    for one in facts.values():
        assert {one.only_if, one.once_known} - {""} <= facts.keys(), one.id
        assert one.kind != "statement" or one.compare == "none", one.id
        assert (one.tolerance > 0) == (one.compare == "number"), one.id


@pytest.mark.parametrize("rubric_id", ["2026-11", "2026-11-first"])
def test_every_indicator_tells_what_it_is_for(rubric_id):
    for one in rubric.load(rubric_id).indicators:
        assert one.question.endswith("?"), one.id
        assert one.motivation.endswith("."), one.id
        assert one.remediation.endswith("."), one.id
        assert one.earns.keys() <= {"verified", "disclosed", "partial", "claimed"}, one.id


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("ttl_days = 7", "ttl_days = 0", r"r.toml: indicator 'A2': ttl_days wants days > 0, has 0"),
        ('rule = "holds"', 'rule = "guess"', r"r.toml: indicator 'A2': rule wants one of present, holds, has 'guess'"),
        ('domain = "identity"', 'domain = "id"', r"r.toml: indicator 'A2': domain wants one of identity, .*, has 'id'"),
        ('id = "A3"', 'id = "A2"', r"r.toml: indicator ids must be unique, twice: A2"),
        ('quantity = "served_model_listed"', "weight = 1", r"r.toml: indicator 'A2': unknown key weight, wants id, .*"),
        ("window_hours = 72", "window_hours = ", r"r.toml: wants TOML, .*"),
    ],
)
def test_a_broken_rubric_is_named_with_what_was_wanted(old, new, message):
    with pytest.raises(RubricError, match=message):
        rubric.parse(TEXT.replace(old, new, 1), "r.toml")


def test_an_unknown_rubric_is_refused_with_the_known_ones():
    with pytest.raises(RubricError, match="wants a rubric among 2026-11, 2026-11-first, asked for '1999'"):
        rubric.load("1999")


def test_the_methodology_page_is_written_from_the_rubric():
    page = (rubric.DATA.parents[1] / "docs" / "methodology.md").read_text(encoding="utf-8")
    assert page == methodology.render(rubric.load()), "run: python -m scorecards.methodology > docs/methodology.md"
