"""Results of promptfoo and Inspect as records: a failed request stays one, and nothing unknown becomes a number."""

import json
import re

import pytest

from scorecards.checks._check import Result
from scorecards.compare import breaks, importers, report
from scorecards.compare.cells import PlanError, State
from scorecards.compare.importers import ResultsError
from scorecards.compare.report import Method

RIGHT, WRONG, UNSCORED = Result


def part(kind, holds, reason="because", **more):
    return {
        "pass": holds,
        "score": int(holds is True),
        "reason": reason,
        "assertion": {"type": kind, "value": "x"},
        **more,
    }


def row(provider="openai:a", test=0, **fields):
    return {
        "provider": {"id": provider, "label": ""},
        "prompt": {"raw": f"Prompt {test}?", "label": "p"},
        "vars": {"n": test},
        "testIdx": test,
        "testCase": {"assert": [{"type": "contains", "value": "x"}], "metadata": {"lang": "en", "domain": "travel"}},
        "response": {
            "output": "an x",
            "tokenUsage": {"prompt": 5, "completion": 2, "total": 7},
            "finishReason": "stop",
        },
        "success": True,
        "failureReason": 0,
        "score": 1,
        "latencyMs": 120,
        "cost": 0.00012,
        "gradingResult": {"pass": True, "componentResults": [part("contains", True)]},
        **fields,
    }


def promptfoos(*rows):
    return json.dumps(
        {"evalId": "e", "results": {"version": 3, "results": list(rows), "stats": {}}, "config": {}}
    ).encode()


def read(*rows):
    return importers.parse(promptfoos(*rows), "results.json")


def test_a_row_of_promptfoo_is_a_record():
    found = read(row())
    [prompt], [one] = found.prompts, found.records
    assert (found.endpoints, prompt.id, prompt.text, prompt.lang, prompt.domain) == (
        ("openai:a",),
        "test-0",
        "Prompt 0?",
        "en",
        "travel",
    )
    assert (one.state, one.text, one.input_tokens, one.output_tokens) == (State.PASSED, "an x", 5, 2)
    assert (str(one.cost_usd), one.e2e_ms, one.ttft_ms) == ("0.00012", 120, None)


PROMPTFOO_ROWS = [
    # fields → state, outcome, checks
    ({"gradingResult": {"componentResults": [part("is-json", False)]}}, "failed", "ok", {"json": WRONG}),
    (
        {"gradingResult": {"componentResults": [part("llm-rubric", True), part("llm-rubric", False)]}},
        "failed",
        "ok",
        {"llm-rubric": RIGHT, "llm-rubric 2": WRONG},
    ),
    (
        {"gradingResult": {"componentResults": [part("latency", False), part("regex", True)]}},
        "passed",
        "ok",
        {"regex": RIGHT},
    ),
    (
        {"gradingResult": {"componentResults": [part("llm-rubric", False, metadata={"graderError": True})]}},
        "unscored",
        "ok",
        {"llm-rubric": UNSCORED},
    ),
    ({"gradingResult": None}, "unchecked", "ok", {}),
    (
        {"failureReason": 2, "error": "API error: 429 Too Many Requests", "gradingResult": None, "response": None},
        "unanswered",
        "rate_limited",
        {},
    ),
    ({"failureReason": 2, "error": "Request timed out after 300000 ms"}, "unanswered", "deadline", {}),
    ({"failureReason": 2, "error": "API error: 502 Bad Gateway"}, "unanswered", "server_error", {}),
    ({"failureReason": 2, "error": "whatever"}, "unanswered", "incomplete", {}),
    ({"response": {"error": "overloaded"}}, "unanswered", "overloaded", {}),
    (
        {"response": {"output": ""}, "gradingResult": {"componentResults": [part("contains", False)]}},
        "empty",
        "ok",
        {"contains": WRONG},
    ),
    (
        {
            "response": {"output": "an", "finishReason": "length"},
            "gradingResult": {"componentResults": [part("contains", False)]},
        },
        "truncated",
        "ok",
        {"contains": WRONG},
    ),
    (
        {
            "response": {"output": "I'm sorry, I can't help with that."},
            "gradingResult": {"componentResults": [part("contains", False)]},
        },
        "refused",
        "ok",
        {"contains": WRONG},
    ),
]


@pytest.mark.parametrize(("fields", "state", "outcome", "checks"), PROMPTFOO_ROWS, ids=lambda one: str(one)[:30])
def test_what_promptfoo_says_of_a_row_is_kept_apart(fields, state, outcome, checks):
    [one] = read(row(**fields)).records
    assert (one.state, one.outcome) == (state, outcome)
    assert {label: score.result for label, score in one.scores.items()} == checks


def test_a_cached_answer_has_neither_time_nor_cost_and_no_cost_is_nothing():
    cached, free = read(row(response={"output": "x", "cached": True}), row(test=1, cost=0, latencyMs=None)).records
    assert (cached.e2e_ms, cached.cost_usd) == (None, None)
    assert (free.e2e_ms, free.cost_usd) == (None, None)


def test_objects_are_json_again_and_calls_are_calls():
    call = [{"type": "function", "function": {"name": "f", "arguments": '{"x": 1}'}}]
    objects, calls = read(row(response={"output": {"a": "é"}}), row(test=1, response={"output": call})).records
    assert objects.text == '{"a": "é"}'
    assert (calls.text, [(one.name, one.arguments) for one in calls.tool_calls]) == ("", [("f", '{"x": 1}')])


def test_the_same_prompt_again_is_a_repeat_and_another_of_its_name_is_not():
    case = {"description": "mine"}
    found = read(row(testCase=case), row(testCase=case), row(test=1, testCase=case), row("openai:b", testCase=case))
    assert [(one.cell.prompt, one.cell.endpoint, one.cell.repeat) for one in found.records] == [
        ("mine", "openai:a", 0),
        ("mine", "openai:a", 1),
        ("mine/2", "openai:a", 0),
        ("mine", "openai:b", 0),
    ]


def test_a_chat_is_taken_apart():
    chat = json.dumps([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "2+2?"}])
    found = read(row(prompt={"raw": chat}), row(prompt={"raw": '{"a": 1}'}), row(prompt={"raw": "[1]"}))
    assert [(one.system, one.text) for one in found.prompts] == [("Be brief.", "2+2?"), ("", '{"a": 1}'), ("", "[1]")]


@pytest.mark.parametrize("value", [1e300, 10**30, -1, True, "NaN", "Infinity", [], "many"])
def test_what_cannot_be_a_price_or_a_time_is_unknown(value):
    [one] = read(row(cost=value, latencyMs=value, response={"output": "x", "tokenUsage": {"prompt": value}})).records
    assert (one.cost_usd, one.e2e_ms, one.input_tokens) == (None, None, None)


def test_no_tokens_at_all_are_unknown():
    [one] = read(row(response={"output": "x", "tokenUsage": {"prompt": 0, "completion": 0}})).records
    assert (one.input_tokens, one.output_tokens) == (None, None)


def test_a_row_without_provider_or_prompt_is_told():
    found = read(row(provider=""), row(prompt={}), "row", row())
    assert [(one.row, one.wanted) for one in found.problems] == [
        (at, "a row with provider and prompt") for at in (1, 2, 3)
    ]
    assert len(found.records) == 1


def sample(identity=1, epoch=1, **fields):
    return {
        "id": identity,
        "epoch": epoch,
        "input": f"Question {identity}?",
        "target": "4",
        "output": {
            "model": "m",
            "choices": [{"message": {"role": "assistant", "content": "4"}, "stop_reason": "stop"}],
            "usage": {"input_tokens": 9, "output_tokens": 1, "total_tokens": 10},
            "time": 1.25,
        },
        "scores": {"match": {"value": "C", "answer": "4"}},
        **fields,
    }


def inspects(*samples, model="openai/a", task="sums"):
    return json.dumps(
        {"version": 2, "status": "success", "eval": {"task": task, "model": model}, "samples": samples}
    ).encode()


def choice(content="4", stop="stop", **message):
    return {"choices": [{"message": {"role": "assistant", "content": content, **message}, "stop_reason": stop}]}


def scored(value):
    return {"scores": {"match": {"value": value}}}


INSPECT_SAMPLES = [
    ({}, "passed", "ok"),
    (scored("I"), "failed", "ok"),
    (scored("N"), "failed", "ok"),
    (scored(1), "passed", "ok"),
    (scored(1.0), "passed", "ok"),
    (scored(False), "failed", "ok"),
    (scored("P"), "unscored", "ok"),
    (scored(0.7), "unscored", "ok"),
    (scored(float("nan")), "unscored", "ok"),
    (scored({"a": 1}), "unscored", "ok"),
    ({"scores": None}, "unchecked", "ok"),
    ({"error": {"message": "RateLimitError: 429"}, "scores": None}, "unanswered", "rate_limited"),
    ({"error": {"message": "ValueError"}}, "unanswered", "incomplete"),
    ({"limit": {"type": "time", "limit": 60}}, "unanswered", "deadline"),
    ({"limit": {"type": "token", "limit": 60}, **scored("I")}, "truncated", "ok"),
    ({"output": {"choices": []}}, "unanswered", "incomplete"),
    ({"output": choice("Half", "max_tokens"), **scored("I")}, "truncated", "ok"),
    ({"output": choice("", "content_filter"), **scored("I")}, "refused", "content_filter"),
    ({"output": choice([{"type": "reasoning", "reasoning": "4"}]), **scored("I")}, "empty", "ok"),
    ({"output": choice([{"type": "text", "text": "4"}])}, "passed", "ok"),
    ({"output": choice("", tool_calls=[{"function": "f", "arguments": {"x": 1}}])}, "passed", "ok"),
]


@pytest.mark.parametrize(("fields", "state", "outcome"), INSPECT_SAMPLES, ids=lambda one: str(one)[:40])
def test_what_inspect_says_of_a_sample_is_kept_apart(fields, state, outcome):
    [one] = importers.parse(inspects(sample(**fields)), "log.json").records
    assert (one.state, one.outcome) == (state, outcome)


def test_a_sample_of_inspect_is_a_record_of_its_epoch():
    messages = [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "2+2?"}]},
    ]
    found = importers.parse(inspects(sample("x", 2, input=messages, metadata={"lang": "en"})), "log.json")
    [prompt], [one] = found.prompts, found.records
    assert (prompt.id, prompt.text, prompt.system, prompt.lang, prompt.set) == (
        "sums/x",
        "2+2?",
        "Be brief.",
        "en",
        "sums",
    )
    assert (one.cell.repeat, one.e2e_ms, one.output_tokens, one.cost_usd) == (1, 1250, 1, None)


def test_two_logs_are_a_comparison():
    a = [sample(at) for at in range(30)]
    b = [sample(at, **(scored("I") if at < 12 else {})) for at in range(30)]
    parts = [importers.parse(inspects(*rows, model=model), "log.json") for model, rows in (("a", a), ("b", b))]
    plan, records = importers.merge(parts)
    document = report.build(plan, records, Method("seed", resamples=200))
    [candidate] = document["candidates"]
    assert (candidate["quality"]["n"], candidate["quality"]["verdict"]) == (30, "worse")
    assert candidate["breaks_by_kind"] == {breaks.BreakKind.WRONG_ANSWER: 12}
    assert document["endpoints"][0]["not_asked"] == 0


def test_one_log_is_no_comparison():
    with pytest.raises(PlanError, match="wants two or more endpoints that differ, has a"):
        importers.merge([importers.parse(inspects(sample(), model="a"), "log.json")])


def test_promptfoos_file_alone_is_a_comparison():
    plan, records = importers.merge([read(row(), row("openai:b"), row(), row("openai:b"))])
    assert (plan.endpoints, plan.asked("openai:a"), len(records)) == (["openai:a", "openai:b"], 2, 4)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\xff", "r.json: wants JSON in UTF-8"),
        (b"{", "r.json: wants JSON (of Inspect: inspect log dump)"),
        (b"[]", "r.json: wants results of Inspect (inspect log dump) or promptfoo (eval --output results.json), has"),
        (b'{"results": []}', "r.json: wants results of Inspect"),
        (b"[" * 100_000, "r.json: wants JSON"),
    ],
)
def test_a_file_of_nobody_is_refused_by_its_name(data, message):
    with pytest.raises(ResultsError, match=f"^{re.escape(message)}"):
        importers.parse(data, "r.json")
