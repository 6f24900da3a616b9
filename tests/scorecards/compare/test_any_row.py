"""Any row at all is a prompt or a problem, and any answer to a prompt is judged: nothing a user writes stops a run."""

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards import checks
from scorecards.checks._check import Result
from scorecards.compare import cells, promptfoo, prompts
from scorecards.exchanges import ToolCall

LEAVES = st.none() | st.booleans() | st.integers(-3, 3) | st.floats(allow_nan=False)
WORDS = st.sampled_from(["", "a", "A", "12", "zh", "all"])
NAMES = st.sampled_from(["name", "a", "type", "parameters", "properties", "items"])
values = st.recursive(
    LEAVES | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
KEYS = sorted({key for one in checks.load().values() for key in one.needs} | {"answer", "mode", "language", "context"})
SPECS = st.builds(
    lambda kind, fields: {"kind": kind, **fields},
    st.sampled_from([*checks.load(), "none", [], None]),
    st.dictionaries(st.sampled_from(KEYS), values, max_size=4),
)
GOOD = {
    "contains": {"texts": ["a"]},
    "exact": {"answer": "a"},
    "ifeval": {"instruction_id_list": ["pellucid:matches"], "kwargs": [{"pattern": "("}]},
    "json": {},
    "keys": {"keys": ["a"]},
    "label": {"labels": ["a", "b"], "answer": "a"},
    "language": {},
    "mcq": {"choices": ["x", "y"], "answer": "A"},
    "numeric": {"answer": "12"},
    "regex": {"pattern": "a+"},
    "schema": {"schema": {"type": "object", "required": ["a"]}},
    "tools": {"functions": [{"name": "f", "parameters": {"type": "dict", "properties": {"a": {"type": "string"}}}}],
              "answer": [{"f": {"a": ["x"]}}]},
}  # fmt: skip
SPOILT = st.builds(
    lambda kind, key, value: {"kind": kind, **GOOD[kind], key: value},
    st.sampled_from([*GOOD]),
    st.sampled_from(KEYS),
    values,
)
ANSWERS = st.sampled_from(
    [
        "",
        "a",
        "A.",
        "12",
        "十二",
        '{"a": 1}',
        "[1]",
        "<think>",
        "I'm sorry, I can't help with that.",
        "```json\n{}\n```",
    ]
)
CALLS = st.lists(
    st.builds(ToolCall, st.sampled_from(["f", "g", ""]), st.sampled_from(["", "{}", '{"a": "x"}', '{"a": [1]}', "["])),
    max_size=2,
)


def test_every_kind_has_a_good_example():
    assert GOOD.keys() == checks.load().keys()


@pytest.mark.parametrize("kind", GOOD)
def test_a_good_example_is_read_and_judged(kind):
    read = prompts.parse(json.dumps({"prompt": "?", "checks": [{"kind": kind, **GOOD[kind]}]}).encode(), "a.jsonl")
    assert read.problems == ()
    [score] = cells.judge(read.prompts[0], "a").values()
    assert score.result in Result


@given(st.lists(SPECS | SPOILT | values, max_size=3), ANSWERS, CALLS)
@settings(max_examples=500, deadline=None)
def test_any_checks_are_read_and_judged_or_told(specs, answer, calls):
    read = prompts.parse(json.dumps({"prompt": "?", "checks": specs}).encode(), "a.jsonl")
    assert len(read.prompts) + len(read.problems) == 1
    for one in read.prompts:
        assert len(cells.judge(one, answer, tuple(calls))) == len(specs)
        assert promptfoo.export([one], ["p"])


@given(
    st.dictionaries(st.sampled_from(["prompt", "id", "lang", "checks", "system", "schema", "cluster", "x"]), values)
    | values
)
@settings(deadline=None)
def test_any_row_is_a_prompt_or_a_problem(row):
    read = prompts.parse(json.dumps(row).encode(), "a.jsonl")
    assert len(read.prompts) + len(read.problems) == 1


@given(st.binary(max_size=60), st.sampled_from(["a.jsonl", "a.yaml"]))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused(data, name):
    with contextlib.suppress(prompts.PromptsError):
        prompts.parse(data, name)
