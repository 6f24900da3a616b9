"""Sets of questions: what is read, what is refused and in which words, and that the bundled ones are sound."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

from scorecards import checks, evalset_files
from scorecards.checks import numeric
from scorecards.checks._check import Answer, Result
from scorecards.evalsets import EvalSetError, Item
from scorecards.exchanges import ToolCall

SHARED = Path(__file__).parents[2].parent / "shared" / "evalsets"
BUNDLED = evalset_files.bundled()
ITEMS = [item for one in BUNDLED.values() for item in one.items]


def line(**changed):
    row = {"id": "a-1", "lang": "en", "kind": "exact", "prompt": "Say a.", "answer": "a"} | changed
    return json.dumps({key: value for key, value in row.items() if value is not None})


def test_a_set_is_read_with_what_its_note_says():
    one = evalset_files.parse(f"{line()}\n\n{line(id='a-2', hint='x')}\n", "mine", {"title": "Mine", "licence": "MIT"})
    assert (one.title, one.licence, one.source) == ("Mine", "MIT", "not stated")
    assert [item.id for item in one.items] == ["a-1", "a-2"]
    assert one.items[1].fields == {"hint": "x"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "mine.jsonl: wants at least one item"),
        ("{", "mine.jsonl line 1: wants one JSON object"),
        (line() + "\n[1]", "mine.jsonl line 2: wants one JSON object"),
        (line() + "\n" + line(), "mine.jsonl line 2: ids must be unique, 'a-1' is taken"),
        (line(id=None), "mine.jsonl line 1: id wants a text, has None"),
        (line(prompt=" "), "mine.jsonl line 1: prompt wants a text"),
        (line(answer=7), "mine.jsonl line 1: answer of a exact item wants a text or a list of texts, has 7"),
        (line(kind="mcq"), "mine.jsonl line 1: choices of a mcq item wants a list of texts, has None"),
        (line(kind="mcq", choices=["x"], answer="x"), "answer of a mcq item wants a letter, has 'x'"),
        (line(kind="numeric", answer="many"), "answer of a numeric item wants a number as a text"),
        (line(kind="tools", functions=[]), "answer of a tools item wants a list of calls, each of name"),
        ("[" * 100_000, "mine.jsonl line 1: wants one JSON object"),
    ],
    ids=lambda one: str(one)[:40],
)
def test_a_broken_set_is_refused_by_file_and_line(text, message):
    with pytest.raises(EvalSetError, match=re.escape(message)):
        evalset_files.parse(text, "mine", {})


def test_a_folder_is_read_and_may_not_take_a_bundled_name(tmp_path):
    (tmp_path / "mine.jsonl").write_text(line(), encoding="utf-8")
    (tmp_path / "mine.toml").write_text('title = "Mine"', encoding="utf-8")
    assert evalset_files.all_sets(tmp_path)["mine"].title == "Mine"
    assert evalset_files.all_sets(None) == BUNDLED
    (tmp_path / "tools.jsonl").write_text(line(), encoding="utf-8")
    with pytest.raises(EvalSetError, match=re.escape("tools.jsonl: the name is taken by a bundled set")):
        evalset_files.all_sets(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("Mine.jsonl", line().encode(), "Mine.jsonl: a set's name wants a-z"),
        ("mine.jsonl", b"\xff", "mine.jsonl: wants UTF-8"),
        ("mine.toml", b"title", "mine.toml: wants TOML with title, licence, source"),
    ],
)
def test_a_folder_with_a_broken_file_is_refused_by_its_name(tmp_path, name, content, message):
    (tmp_path / "mine.jsonl").write_text(line(), encoding="utf-8")
    (tmp_path / name).write_bytes(content)
    with pytest.raises(EvalSetError, match=re.escape(message)):
        evalset_files.folder(tmp_path)


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(EvalSetError, match="wants a folder of evaluation sets, found none at"):
        evalset_files.folder(tmp_path / "none")


def test_the_bundled_sets_are_ours_large_enough_and_of_many_kinds():
    assert {one.licence for one in BUNDLED.values()} == {"Apache-2.0"}
    assert {"basics_en", "basics_zh", "medical", "formats", "tools"} <= BUNDLED.keys()
    assert min(len(one.items) for name, one in BUNDLED.items() if name != "parallel_text") >= 25
    assert len(ITEMS) >= 200
    of_prompts = {"contains", "json", "keys", "language", "regex"}  # kinds of comparisons' prompts, no questions
    assert {item.kind for item in ITEMS} == {*checks.load(), "parallel"} - of_prompts
    assert sum(item.lang == "zh" for item in ITEMS) >= 60


def test_no_question_is_asked_twice():
    put = Counter(item.prompt for item in ITEMS)
    assert [prompt for prompt, count in put.items() if count > 1] == []


RIGHT = {
    "numeric": lambda item: item.answer,
    "mcq": lambda item: item.answer,
    "label": lambda item: item.answer,
    "exact": lambda item: item.answer if isinstance(item.answer, str) else item.answer[0],
    "schema": lambda item: json.dumps(item.answer),
}


@pytest.mark.parametrize(
    "item", [item for item in ITEMS if item.kind in RIGHT and item.answer is not None], ids=lambda one: one.id
)
def test_the_answer_of_each_bundled_question_is_right_and_another_is_not(item):
    assert checks.judge(item, Answer(RIGHT[item.kind](item))).result is Result.RIGHT
    others = {
        "numeric": "-1",
        "mcq": "ABCD"["ABCD".find(item.answer) - 1] if item.kind == "mcq" else "",
        "exact": "zzz",
        "schema": "0",
    }
    other = others.get(item.kind) or next(one for one in item.fields["labels"] if one != item.answer)
    assert checks.judge(item, Answer(other)).result is Result.WRONG


@pytest.mark.parametrize("item", [item for item in ITEMS if item.kind == "tools"], ids=lambda one: one.id)
def test_the_wanted_calls_of_each_bundled_question_are_right(item):
    calls = [
        ToolCall(name, json.dumps({key: accepted[0] for key, accepted in arguments.items() if accepted[0] != ""}))
        for one in item.answer
        for name, arguments in one.items()
    ]
    assert checks.judge(item, Answer("Hello.", tuple(calls))).result is Result.RIGHT
    more = ToolCall(item.fields["functions"][0]["name"], "{}")
    assert checks.judge(item, Answer("", (*calls, more))).result is Result.WRONG


def test_no_letter_is_the_right_one_too_often():
    letters = Counter(item.answer for item in ITEMS if item.kind == "mcq")
    assert max(letters.values()) <= 0.3 * sum(letters.values())


@pytest.mark.skipif(not SHARED.is_dir(), reason="wants ../shared/evalsets, which is not there")
def test_the_folder_of_public_samples_is_read_as_it_is():
    found = evalset_files.folder(SHARED)
    assert len(found["gsm8k"].items) == 200
    assert found["gsm8k"].licence == "not stated"
    assert found["bfcl_tools"].items[0].prompt
    for item in found["gsm8k"].items + found["cmath"].items:
        assert checks.judge(item, Answer(item.answer)).result is Result.RIGHT
    for item in found["bfcl_tools"].items:
        assert checks.load()["tools"].tools(item)


def test_numbers_are_compared_exactly():
    assert numeric.CHECK.judge(Item("i", "numeric", "en", "?", "0.1"), Answer("0.10")).result is Result.RIGHT
