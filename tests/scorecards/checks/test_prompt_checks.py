"""The checks that users write into prompts of their own: JSON, keys, patterns, texts, language."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards import checks
from scorecards.checks import _keys
from scorecards.checks._check import Answer, Result
from scorecards.evalsets import Item

RIGHT, WRONG, UNSCORED = Result


def judged(kind, text, lang="en", **fields):
    return checks.judge(Item("i", kind, lang, "?", fields.pop("answer", None), fields), Answer(text))


KEYS = {"summary": "string", "urgency": "string", "tags": "array"}
GOOD = {"summary": "s", "urgency": "high", "tags": []}
DRIFTS = [
    # answer, result, reason
    (GOOD, RIGHT, "the expected keys"),
    ({**GOOD, "note": 1}, RIGHT, "added note"),
    ({"summary": "s", "urgency_level": "high", "tags": []}, WRONG, "renamed urgency → urgency_level"),
    ({"Summary": "s", "urgency": "high", "tags": []}, WRONG, "renamed summary → Summary"),
    ({"summary": "s", "tags": []}, WRONG, "missing urgency"),
    ({"summary": "s", "tags": [], "x": 1}, WRONG, "missing urgency; added x"),
    ({**GOOD, "tags": "a, b"}, WRONG, "tags wants array, has string"),
    ({**GOOD, "urgency": None}, WRONG, "urgency wants string, has null"),
    ({**GOOD, "urgency": True}, WRONG, "urgency wants string, has boolean"),
    (
        {"sumary": "s", "urgencyLevel": "h", "tags": []},
        WRONG,
        "renamed summary → sumary; renamed urgency → urgencyLevel",
    ),
    ({"result": GOOD}, WRONG, "missing summary; missing urgency; missing tags; added result"),
    ([], WRONG, "missing summary; missing urgency; missing tags"),
]


@pytest.mark.parametrize(("value", "result", "reason"), DRIFTS, ids=lambda one: str(one)[:30])
def test_key_drift_is_told_by_name(value, result, reason):
    found = judged("keys", json.dumps(value), keys=KEYS)
    assert (found.result, found.reason) == (result, reason)


def test_a_whole_number_is_a_number_and_a_fraction_no_integer():
    assert judged("keys", '{"n": 3}', keys={"n": "number"}).result is RIGHT
    assert judged("keys", '{"n": 3.5}', keys={"n": "integer"}).result is WRONG


def test_keys_without_types_are_names_alone():
    assert judged("keys", '{"a": 1}', keys=["a"]).result is RIGHT
    assert judged("keys", '{"b": 1}', keys=["a"]).result is WRONG


def test_keys_within_keys_have_a_path():
    keys = ["order.id", "order.items[].name"]
    assert judged("keys", '{"order": {"id": 1, "items": [{"name": "x"}]}}', keys=keys).result is RIGHT
    found = judged("keys", '{"order": {"id": 1, "items": [{"title": "x"}]}}', keys=keys)
    assert found.reason == "missing order.items[].name; added order.items[].title"


def test_a_renamed_parent_is_told_once():
    expected = _keys.shape({"customer": {"name": "x", "city": "y"}})
    found = _keys.drift(expected, _keys.shape({"customers": {"name": "x", "city": "y"}}))
    assert str(found) == "renamed customer → customers"


def test_closed_keys_take_no_other():
    assert judged("keys", '{"a": 1, "b": 2}', keys=["a"], closed=True).result is WRONG
    assert judged("keys", '{"a": 1}', keys=["a"], closed=True).result is RIGHT


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abcd", min_size=1, max_size=3), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
@settings(deadline=None)
def test_nothing_drifts_from_itself(value):
    shape = _keys.shape(value)
    found = _keys.drift(shape, shape)
    assert not found.breaks
    assert found.added == ()


@given(values, values)
@settings(deadline=None)
def test_every_expected_key_is_there_or_told(expected, value):
    wanted, has = _keys.shape(expected), _keys.shape(value)
    found = _keys.drift(wanted, has)
    told = {*found.missing, *found.renamed}
    assert all(
        key in has or key in told or any(key.startswith((f"{one}.", f"{one}[")) for one in told) for key in wanted
    )


SINGLE = [
    ("json", {}, '{"a": 1}', RIGHT),
    ("json", {}, "[1, 2]", RIGHT),
    ("json", {}, '```json\n{"a": 1}\n```', RIGHT),
    ("json", {"bare": True}, '```json\n{"a": 1}\n```', WRONG),
    ("json", {"bare": True}, '{"a": 1}', RIGHT),
    ("json", {}, 'Here it is: {"a": 1}', WRONG),
    ("json", {}, '{"a": 1, "a": 2}', WRONG),
    ("json", {}, '{"a": NaN}', WRONG),
    ("json", {}, '{"a": 1', WRONG),
    ("json", {}, "I'm sorry, I can't help with that.", UNSCORED),
    ("json", {}, "", UNSCORED),
    ("regex", {"pattern": r"\bINV-\d{4}\b"}, "See INV-2024.", RIGHT),
    ("regex", {"pattern": r"\bINV-\d{4}\b"}, "See INV-24.", WRONG),
    ("regex", {"pattern": "price", "absent": True}, "It is free.", RIGHT),
    ("regex", {"pattern": "price", "absent": True}, "The price is 3.", WRONG),
    ("contains", {"texts": ["aspirin", "warfarin"]}, "aspirin with warfarin", RIGHT),
    ("contains", {"texts": ["aspirin", "warfarin"]}, "aspirin", WRONG),
    ("contains", {"texts": ["aspirin"]}, "Aspirin", WRONG),
    ("contains", {"texts": ["aspirin"], "ignore_case": True}, "Aspirin", RIGHT),
    ("contains", {"texts": ["a1", "b2"], "mode": "any"}, "b2", RIGHT),
    ("contains", {"texts": ["guarantee"], "mode": "none"}, "no promise", RIGHT),
    ("contains", {"texts": ["guarantee"], "mode": "none"}, "a guarantee", WRONG),
    ("contains", {"texts": ["100元"]}, "共１００元", RIGHT),
    ("language", {"language": "zh"}, "这是一个关于天气的回答。", RIGHT),
    ("language", {"language": "zh"}, "This is an answer about the weather.", WRONG),
    ("language", {"language": "en"}, "This is an answer about the weather.", RIGHT),
    ("language", {"language": "en"}, "这是一个关于天气的回答。", WRONG),
    ("language", {"language": "zh"}, "42", UNSCORED),
]


@pytest.mark.parametrize(("kind", "fields", "text", "result"), SINGLE, ids=lambda one: str(one)[:30])
def test_a_check_tells_right_from_wrong(kind, fields, text, result):
    assert judged(kind, text, **fields).result is result


def test_the_language_is_that_of_the_prompt_where_none_is_named():
    assert judged("language", "这是一个关于天气的回答。", lang="zh-CN").result is RIGHT
    assert judged("language", "这是一个关于天气的回答。", lang="en").result is WRONG


PATTERNS = [
    # pattern, whether it is taken
    (r"^\d+ (kg|g)$", True),
    (r"(a+)+", True),
    (r"(?=a)", False),
    (r"(a)\1", False),
    ("(", False),
    ("", False),
    ("   ", False),
    ("a" * 501, False),
    (3, False),
    (None, False),
]


@pytest.mark.parametrize(("pattern", "taken"), PATTERNS, ids=lambda one: str(one)[:20])
def test_a_pattern_is_taken_or_refused(pattern, taken):
    assert checks.load()["regex"].needs["pattern"][1](pattern) is taken


def test_an_answer_too_long_to_search_is_not_wrong():
    found = judged("regex", "a" * 40_000, pattern="(?:ab?){300}")
    assert found.result is UNSCORED
