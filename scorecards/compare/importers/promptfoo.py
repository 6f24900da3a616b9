"""promptfoo's results, as `promptfoo eval --output results.json` writes them (version 3 of its summary).

Source: promptfoo's src/types/index.ts, read 2026-11-25.
"""

import json
from collections import defaultdict
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
    numbered,
    record,
    table,
    text,
)  # fmt: skip
from scorecards.compare.prompt_rows import UNKNOWN_LANGUAGE, Problem, Prompt
from scorecards.compare.promptfoo import OF_EVERY_REQUEST, READS
from scorecards.evalsets import Item
from scorecards.exchanges import ToolCall

FAILED = 2
"""Failure reason of a row whose request failed; 1 = an assertion did not hold."""


def _knows(found: Json) -> bool:
    return isinstance(table(found.get("results")).get("results"), list)


def _read(found: Json) -> Imported:
    """Return every row; the same prompt again at one provider is its next repeat."""
    prompts: dict[tuple[str, str], Prompt] = {}
    times: defaultdict[tuple[str, str], int] = defaultdict(int)
    records, problems, names = list[Record](), list[Problem](), dict[str, None]()
    for number_of_row, row in enumerate(found["results"]["results"], start=1):
        provider, raw = _provider(table(row)), table(table(row).get("prompt")).get("raw")
        if not provider or not isinstance(raw, str):
            problems.append(Problem(number_of_row, "a row with provider and prompt", text(row)[:120]))
            continue
        key = (raw, json.dumps(row.get("vars"), sort_keys=True, default=str))
        prompt = prompts.setdefault(key, _prompt(row, raw, {one.id for one in prompts.values()}))
        records.append(record(Cell(prompt.id, provider, times[provider, prompt.id]), _answered(row)))
        times[provider, prompt.id] += 1
        names[provider] = None
    return Imported(tuple(names), tuple(prompts.values()), tuple(records), tuple(problems))


def _provider(row: Json) -> str:
    named = row.get("provider")
    return named if isinstance(named, str) else text(table(named).get("label") or table(named).get("id"))


def _prompt(row: Json, raw: str, taken: set[str]) -> Prompt:
    case = table(row.get("testCase"))
    told = table(case.get("metadata"))
    name = text(case.get("description")) or f"test-{row.get('testIdx', 0)}"
    unique = name if name not in taken else f"{name}/{len(taken) + 1}"
    domain, cluster, named = (text(told.get(key)) for key in ("domain", "cluster", "set"))
    lang = text(told.get("lang")) or UNKNOWN_LANGUAGE
    kinds = [_kind(one) for one in listed(case.get("assert")) if _checks(one)]
    checks = tuple(Item(unique, kind, lang, raw, None) for kind in kinds)
    system, asked = _messages(raw)
    return Prompt(unique, asked, lang, domain, cluster, system, named, checks)


def _messages(raw: str) -> tuple[str, str]:
    """Return the system message and what the user said last; a prompt that is no chat is all the user's."""
    try:
        chat = [table(one) for one in listed(json.loads(raw))]
    except (ValueError, RecursionError):
        chat = []
    said = {text(one.get("role")): text(one.get("content")) for one in chat}
    return said.get("system", ""), said.get("user") or raw


def _checks(assertion: object) -> bool:
    """Tell whether an assertion is about what was said."""
    return text(table(assertion).get("type")) not in OF_EVERY_REQUEST


def _kind(assertion: object) -> str:
    """Return our name of what an assertion asks, else promptfoo's."""
    named = text(table(assertion).get("type"))
    return str(READS[named](table(assertion).get("value"))["kind"]) if named in READS else named


def _answered(row: Json) -> Answered:
    response = table(row.get("response"))
    usage = table(response.get("tokenUsage")) or table(row.get("tokenUsage"))
    fresh = not response.get("cached")
    failed = row.get("failureReason") == FAILED or bool(response.get("error"))
    calls = _calls(response.get("output"))
    return Answered(
        text="" if calls else text(response.get("output")),
        tool_calls=calls,
        finish_reason=text(response.get("finishReason")) or None,
        error=text(response.get("error") or row.get("error") or "no reason") if failed else "",
        scores=_scores(table(row.get("gradingResult"))),
        e2e_ms=number(row.get("latencyMs")) if fresh else None,
        input_tokens=count(usage.get("prompt")),
        output_tokens=count(usage.get("completion")),
        cost_usd=number(row.get("cost") or response.get("cost")) if fresh else None,
    )


def _calls(output: Any) -> tuple[ToolCall, ...]:  # noqa: ANN401 - what the provider said
    found = [table(table(one).get("function")) for one in listed(output)]
    return tuple(ToolCall(text(one["name"]), text(one.get("arguments"))) for one in found if one.get("name"))


def _scores(grading: Json) -> dict[str, Score]:
    parts = [table(one) for one in listed(grading.get("componentResults"))]
    told = [one for one in parts if _checks(one.get("assertion"))]
    labels = numbered([_kind(one.get("assertion")) or "assertion" for one in told])
    return dict(zip(labels, map(_score, told), strict=True))


def _score(part: Json) -> Score:
    """Return what one assertion says; one whose grader failed says nothing."""
    reason = text(part.get("reason"))[:300]
    if not isinstance(part.get("pass"), bool) or table(part.get("metadata")).get("graderError"):
        return Score.unscored(reason or "the grader failed")
    return Score.of(reason, right=part["pass"])


IMPORTER = Importer("promptfoo (eval --output results.json)", _knows, _read)
