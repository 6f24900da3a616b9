"""The rubric file and its reader."""

import pytest

from scorecards import methodology, probes, rubric
from scorecards.rubric import RubricError
from scorecards.transparency import collectors

TEXT = (rubric.DATA / "rubric-2026-11-first.toml").read_text(encoding="utf-8")


def test_every_quantity_an_indicator_needs_is_produced_by_a_probe_or_collector():
    produced = {
        quantity for one in (*probes.load().values(), *collectors.load().values()) for quantity in one.quantities
    }
    needed = {fact for indicator in rubric.load().indicators for fact in indicator.facts}
    waiting = {name for name, fact in rubric.load().facts.items() if fact.awaits}
    assert needed - waiting <= produced
    assert not waiting & produced


def test_every_measured_quantity_has_a_row_with_its_title():
    rules = rubric.load()
    produced = {quantity for one in probes.load().values() for quantity in one.quantities}
    assert produced <= set(rules.quantities)
    assert {scale.quantity for scale in rules.performance} <= set(rules.quantities)


def test_every_indicator_tells_what_it_is_for():
    for one in rubric.load().indicators:
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
