"""What people read of an event: every type has its sentence, whatever its body says or leaves out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.events import EVENT_TYPES, Event
from scorecards.events.text import MAX_CHARACTERS, SENTENCES, cut, sentence

MODEL, ENDPOINT = "deepseek/deepseek-v3.2", "deepseek:deepseek-chat"
MOVED = {
    "before": {"score": "41.2", "low": "30.0", "high": "60.0"},
    "after": {"score": "45.0", "low": "34", "high": "61"},
}
PRICE = {"meter": "input", "unit": "1M tokens", "currency": "USD", "conditions": {}, "before": "0.28", "after": "0.30"}


def test_every_type_has_a_sentence_and_no_other():
    assert SENTENCES.keys() == EVENT_TYPES.keys()


@pytest.mark.parametrize(
    ("type_", "subject", "body", "text"),
    [
        (
            "scorecard.published",
            MODEL,
            {
                "pillars": {"transparency": MOVED, "cost": dict.fromkeys(("before", "after"))},
                "kinds": ["vendor_change"],
            },
            f"{MODEL}: a new scorecard, transparency from 41.2 [30.0–60.0] to 45.0 [34–61] (vendor_change)",
        ),
        (
            "scorecard.published",
            MODEL,
            {"pillars": {"cost": {"before": None, "after": {"score": None, "low": None, "high": None}}}},
            f"{MODEL}: a new scorecard, cost from nothing to nothing",
        ),
        (
            "verdict.changed",
            f"{MODEL}#B3",
            {"before": "absent", "after": "disclosed", "kinds": ["vendor_change", "correction"]},
            f"{MODEL}: verdict B3 went from absent to disclosed (vendor_change, correction)",
        ),
        (
            "price.changed",
            f"{ENDPOINT}#input",
            {**PRICE, "kinds": ["vendor_change"], "phase": "announced", "effective": "2026-12-01"},
            f"{ENDPOINT}: input price in USD per 1M tokens will go from 0.28 to 0.30 as of 2026-12-01 (vendor_change)",
        ),
        (
            "price.changed",
            f"{ENDPOINT}#input",
            {**PRICE, "before": None},
            f"{ENDPOINT}: input price in USD per 1M tokens went from nothing to 0.30",
        ),
        ("endpoint.degraded", ENDPOINT, {"reason": "3 of 5 runs failed"}, f"{ENDPOINT}: degraded: 3 of 5 runs failed"),
        ("endpoint.recovered", ENDPOINT, {}, f"{ENDPOINT}: no longer degraded"),
        (
            "lifecycle.announced",
            ENDPOINT,
            {
                "before": {"lifecycle": "current", "shutdown": None},
                "after": {"lifecycle": "legacy", "shutdown": "2027-01-31"},
                "kinds": ["vendor_change"],
            },
            f"{ENDPOINT}: was current, without an end and is legacy, until 2027-01-31 (vendor_change)",
        ),
        (
            "lifecycle.announced",
            ENDPOINT,
            {
                "before": {"lifecycle": None, "shutdown": None},
                "after": {"lifecycle": "current", "shutdown": "2027-01-31"},
            },
            f"{ENDPOINT}: was not known and is current, until 2027-01-31",
        ),
        ("lifecycle.announced", ENDPOINT, {"after": None}, f"{ENDPOINT}: was unknown and is nothing"),
        (
            "evidence.stale",
            f"{MODEL}#B3",
            {"kinds": ["evidence_refresh"]},
            f"{MODEL}: evidence for verdict B3 has passed its time to live (evidence_refresh)",
        ),
        (
            "challenge.updated",
            f"{MODEL}#B3",
            {"state": "upheld", "reason": ""},
            f"{MODEL}: a challenge of verdict B3 is now upheld",
        ),
        ("comparison.finished", "cmp_1", {"state": "cancelled"}, "comparison cmp_1: cancelled"),
        ("subscription.test", "sub_1", {}, "subscription sub_1: a test, nothing happened"),
        ("subscription.failing", "sub_1", {}, "subscription sub_1: 4 attempts in a row failed"),
        (
            "subscription.disabled",
            "sub_1",
            {"reason": "it answered 410"},
            "subscription sub_1: disabled, nothing is sent until somebody enables it: it answered 410",
        ),
        ("subscription.recovered", "sub_1", {}, "subscription sub_1: deliveries arrive again"),
        ("verdict.changed", f"{MODEL}#B3", {}, f"{MODEL}: verdict B3 went from unknown to unknown"),
    ],
)
def test_a_sentence_says_what_happened(type_, subject, body, text):
    assert sentence(Event(type_, subject, body)) == text


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
texts = st.text(st.characters(exclude_categories=()))
ends = st.dictionaries(st.sampled_from(["lifecycle", "shutdown"]), json_values)
bodies = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("before", "after", "state", "reason"), json_values | ends) | {"kinds": st.lists(texts)}
)


@given(st.sampled_from(sorted(EVENT_TYPES)), texts, bodies)
def test_whatever_is_told_a_sentence_is_one_short_printable_line(type_, subject, body):
    text = sentence(Event(type_, subject, body))
    assert 0 < len(text) <= MAX_CHARACTERS
    assert text.isprintable()


@given(texts | st.text("ab \n", min_size=50), st.integers(1, 60))
def test_what_is_cut_is_never_too_long_and_says_so(text, most):
    found = cut(text, most)
    assert len(found) <= most
    whole = cut(text, 10_000)
    assert found == whole or (found.endswith("…") and whole.startswith(found[:-1]))


def test_braces_from_outside_are_only_text():
    assert "{thing.__class__}" in sentence(Event("comparison.finished", "c", {"state": "{thing.__class__}"}))
