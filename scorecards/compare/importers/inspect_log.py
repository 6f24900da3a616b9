"""Logs of Inspect (inspect_ai) in JSON, one model each, as `inspect log dump` writes them (version 2).

Source: inspect_ai's log/_log.py and scorer/_metric.py, read 2026-11-25.
"""

from collections.abc import Mapping
from typing import Any

from scorecards.checks._check import Score
from scorecards.compare.cells import Cell, Record
from scorecards.compare.importers._importer import (
    Answered,
    Imported,
    Importer,
    Json,
    count,
    listed,
    number,
    record,
    table,
    text,
)  # fmt: skip
from scorecards.compare.prompt_rows import UNKNOWN_LANGUAGE, Problem, Prompt
from scorecards.evalsets import Item
from scorecards.exchanges import ToolCall

VALUES: Mapping[object, bool] = {"C": True, "I": False, "N": False, 1: True, 0: False}
"""Inspect's correct, incorrect and no answer, and their numbers; True and False are 1 and 0."""
LIMITS: Mapping[str, str] = {"time": "timed out", "working": "timed out"}
"""A limit that ended a sample → as which failure it counts; other limits ended an answer, which is then cut."""


def _knows(found: Json) -> bool:
    return "model" in table(found.get("eval")) and isinstance(found.get("samples"), list)


def _read(found: Json) -> Imported:
    model, task = text(found["eval"]["model"]), text(found["eval"].get("task"))
    prompts: dict[str, Prompt] = {}
    records, problems = list[Record](), list[Problem]()
    for place, sample in enumerate(map(table, found["samples"]), start=1):
        asked = _asked(sample.get("input"), sample.get("messages"))
        if sample.get("id") is None or not asked["text"]:
            problems.append(Problem(place, "a sample with id and input", text(sample)[:120]))
            continue
        prompt = _prompt(sample, task, asked)
        prompts.setdefault(prompt.id, prompt)
        epoch = count(sample.get("epoch")) or 1
        records.append(record(Cell(prompt.id, model, epoch - 1), _answered(sample)))
    return Imported((model,), tuple(prompts.values()), tuple(records), tuple(problems))


def _asked(given: Any, messages: Any) -> dict[str, str]:  # noqa: ANN401 - a text or messages; messages
    """Return what the user asked, and the system message, which a solver may have put before it."""
    asked = [given] if isinstance(given, str) else _said(given, "user")
    return {"text": (asked or [""])[-1], "system": ([*_said(given, "system"), *_said(messages, "system")] or [""])[0]}


def _said(messages: Any, role: str) -> list[str]:  # noqa: ANN401 - whatever stands there
    return [_content(one.get("content")) for one in map(table, listed(messages)) if one.get("role") == role]


def _content(content: object) -> str:
    """Return what a message says, without its reasoning and its pictures."""
    if isinstance(content, str):
        return content
    return "".join(text(one.get("text")) for one in map(table, listed(content)) if one.get("type") == "text")


def _prompt(sample: Json, task: str, asked: Mapping[str, str]) -> Prompt:
    told = table(sample.get("metadata"))
    lang = told["lang"] if isinstance(told.get("lang"), str) else UNKNOWN_LANGUAGE
    domain, cluster = (text(told.get(key)) for key in ("domain", "cluster"))
    name = f"{task}/{sample['id']}" if task else text(sample["id"])
    checks = tuple(
        Item(name, scorer, lang, asked["text"], sample.get("target")) for scorer in table(sample.get("scores"))
    )
    return Prompt(name, asked["text"], lang, domain, cluster, asked["system"], task, checks)


def _answered(sample: Json) -> Answered:
    output = table(sample.get("output"))
    choice = table(next(iter(listed(output.get("choices"))), None))
    message, usage = table(choice.get("message")), table(output.get("usage"))
    seconds = number(output.get("time"))
    limit = text(table(sample.get("limit")).get("type"))
    return Answered(
        text=_content(message.get("content")),
        tool_calls=tuple(_call(table(one)) for one in listed(message.get("tool_calls"))),
        finish_reason="length" if limit and limit not in LIMITS else text(choice.get("stop_reason")) or None,
        error=_error(sample, output, limit),
        scores={name: _score(table(one)) for name, one in table(sample.get("scores")).items()},
        e2e_ms=None if seconds is None else round(seconds * 1000, 3),
        input_tokens=count(usage.get("input_tokens")),
        output_tokens=count(usage.get("output_tokens")),
        cost_usd=number(usage.get("total_cost")),
    )


def _error(sample: Json, output: Json, limit: str) -> str:
    """Return why no answer came; "" when one did."""
    said = text(table(sample.get("error")).get("message")) or text(output.get("error"))
    if said or limit in LIMITS:
        return said or LIMITS[limit]
    return "" if listed(output.get("choices")) else "no output"


def _call(call: Json) -> ToolCall:
    return ToolCall(text(call.get("function")), text(call.get("arguments")))


def _score(score: Json) -> Score:
    value, reason = score.get("value"), text(score.get("explanation") or score.get("answer"))[:300]
    known = VALUES.get(value) if isinstance(value, str | int | float) else None
    if known is None:
        return Score.unscored(f"scored {text(value)[:60]}, neither right nor wrong")
    return Score.of(reason, right=known)


IMPORTER = Importer("Inspect (inspect log dump)", _knows, _read)
