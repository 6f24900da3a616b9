"""An app's file: what it says, and the one line for each mistake in it."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.switching import app, features
from scorecards.switching.app import AppError
from tests.scorecards.switching.drilling import APP, NAME

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "app.toml"


def test_the_example_of_the_documentation_is_read_and_says_every_key():
    text = EXAMPLE.read_text(encoding="utf-8")
    found = app.parse(text, "app.toml")
    assert found.constraints.max_usd_per_1k_requests == Decimal("2.5")
    assert found.limits.max_tokens == 400_000
    assert found.endpoints == (found.baseline, *found.candidates)
    for key in (*app.TOP, *app.CONSTRAINTS, *app.LIMITS):
        assert f"\n{key} = " in text


def test_every_key_is_documented():
    text = (EXAMPLE.parents[1] / "switching.md").read_text(encoding="utf-8")
    assert [key for key in (*app.TOP, *app.CONSTRAINTS, *app.LIMITS) if f"`{key}`" not in text] == []


def test_what_is_not_said_has_its_default_and_no_constraint():
    found = app.read({"name": "x", "baseline": "a:b", "sets": ["one"]}, NAME)
    assert (found.repeats, found.candidate_repeats, found.candidates) == (3, 2, ())
    assert found.constraints == app.Constraints()
    assert found.asked() == {"a:b": 3}


def test_amounts_of_a_request_may_be_texts_of_digits():
    found = app.read({**APP, "constraints": {"max_p95_ms": "1500.5"}, "limits": {"max_usd": "0.10"}}, NAME)
    assert (found.constraints.max_p95_ms, found.limits.max_usd) == (Decimal("1500.5"), Decimal("0.10"))


AMOUNT = "wants a number from 0.000001 to 1000000000, has"
WRONG = [
    ({"name": ""}, "name: wants one line of text, has ''"),
    ({"name": None}, "name: wants one line of text, has None"),
    ({"baseline": "no-colon"}, "baseline: wants an endpoint's ref, provider[@region]:model-id, has 'no-colon'"),
    ({"candidates": "two:b"}, "candidates: wants a list of endpoint refs"),
    ({"candidates": ["two:b", "two:b"]}, "candidates: wants a list of endpoint refs"),
    ({"candidates": [APP["baseline"]]}, "candidates: wants others than the baseline, has 'one:model-a'"),
    ({"features": ["telepathy"]}, "features: wants a list of features among bad_input, "),
    ({"features": ["seed"]}, "optional_features: wants others than features, has seed"),
    ({"prompts": "/etc/passwd"}, "prompts: wants the path of a file of prompts beside this one, has '/etc/passwd'"),
    ({"prompts": "../../x"}, "prompts: wants the path"),
    ({"prompts": 3}, "prompts: wants the path"),
    ({"slices": ["mood"]}, "slices: wants a list of slices among language, domain, set, each once, has ['mood']"),
    ({"repeats": 0}, "repeats: wants a whole number from 1 to 10, has 0"),
    ({"repeats": True}, "repeats: wants a whole number from 1 to 10, has True"),
    ({"repeats": 11}, "repeats: wants a whole number from 1 to 10, has 11"),
    ({"max_output_tokens": 1.5}, "max_output_tokens: wants a whole number from 1 to 1000000000, has 1.5"),
    ({"colour": "red"}, "colour: is not known here, wants one of name, baseline, "),
    ({"constraints": []}, "constraints: wants a table, has []"),
    ({"constraints": {"max_p95_ms": "fast"}}, f"constraints.max_p95_ms: {AMOUNT} 'fast'"),
    ({"constraints": {"max_p95_ms": "NaN"}}, f"constraints.max_p95_ms: {AMOUNT} 'NaN'"),
    ({"constraints": {"languages": ["zh-CN"]}}, "constraints.languages: wants a list of language codes, each once"),
    ({"limits": {"max_usd": 0}}, f"limits.max_usd: {AMOUNT} 0"),
    ({"limits": {"max_usd": True}}, f"limits.max_usd: {AMOUNT} True"),
    ({"limits": {"max_usd": "1e999999999"}}, f"limits.max_usd: {AMOUNT} '1e9"),
    ({"limits": {"days": 3}}, "limits.days: is not known here, wants one of max_usd, max_tokens"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), WRONG, ids=[message[:50] for _, message in WRONG])
def test_a_wrong_key_is_named_with_what_was_wanted_and_what_was_found(change, message):
    with pytest.raises(AppError) as error:
        app.read({**APP, **change}, NAME)
    assert f"app.toml: {message}" in str(error.value)


def test_every_mistake_is_told_at_once():
    with pytest.raises(AppError) as error:
        app.parse('repeats = 0\ncolour = "red"\n', NAME)
    assert [one.split(": ")[1] for one in str(error.value).splitlines()] == [
        "prompts", "repeats", "colour", "name", "baseline",
    ]  # fmt: skip


def test_a_file_that_is_no_toml_is_told_so():
    with pytest.raises(AppError, match=r"app\.toml: wants TOML, "):
        app.parse("name = ", NAME)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["a:b", "seed", "1e9999", "NaN"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
keys = st.sampled_from([*app.TOP, "constraints", "limits", "", "x"])
tables = st.dictionaries(st.sampled_from([*app.CONSTRAINTS, *app.LIMITS]), anything, max_size=3)


@given(st.dictionaries(keys, anything | tables, max_size=5))
def test_whatever_stands_in_an_apps_file_it_is_an_app_or_is_told_what_is_wrong(raw):
    try:
        found = app.read(APP | raw, NAME)
    except AppError as error:
        told = str(error)
    else:
        told = f"app.toml: {found.baseline}"
    assert told.startswith("app.toml: ")


def test_every_word_for_features_leads_to_conformance_probes():
    known = features.conformance.load()
    assert {probe for one in features.names() for probe in features.probes([one])} == set(known)
