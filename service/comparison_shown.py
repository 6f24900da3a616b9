"""Comparisons as JSON: one shape for API and command line."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from scorecards.card import instant
from scorecards.compare import duties, judging
from scorecards.compare.cells import Record
from scorecards.compare.duties import Part, Role
from scorecards.compare.shown import digits, output
from service.store.comparisons import Comparison, Listed

MICRO = Decimal(1_000_000)


def listed(one: Listed) -> dict[str, Any]:
    """Return a comparison as lists show it."""
    return {
        "id": one.id,
        "kind": one.kind,
        "name": one.name,
        "endpoints": one.endpoints,
        "cells": one.cells,
        "state": one.state,
        "reason": one.reason,
        "created_at": instant(one.created_at),
        "ended_at": instant(one.ended_at),
    }


def comparison(one: Comparison, progress: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """Return a comparison with how far it came, and its report once that is written."""
    order, plan = one.order, one.order.plan
    return {
        "id": one.id,
        "kind": one.kind,
        "name": order.name,
        "endpoints": list(plan.endpoints),
        "judge": order.judge,
        "embedder": order.embedder,
        "prompts": len(plan.prompts),
        "left_out": [{"row": each.row, "wanted": each.wanted, "found": each.found} for each in plan.left_out],
        "max_output_tokens": order.max_output_tokens,
        "cap_usd": digits(order.cap_usd, 6),
        "cap_tokens": order.cap_tokens,
        "tokens": one.tokens,
        "usd": digits(Decimal(one.micro_usd) / MICRO, 6),
        "state": one.state,
        "reason": one.reason,
        "created_at": instant(one.created_at),
        "ended_at": instant(one.ended_at),
        "progress": [_progress(part, progress.get(part.name, {})) for part in duties.parts(order)],
        "report": one.report,
    }


def _judged(one: Comparison, records: Sequence[Record]) -> list[dict[str, Any]]:
    """Return what the judge said of the answers to one prompt, each time with the refs in the order it saw them."""
    names = {part.name for part in duties.parts(one.order) if part.role is Role.JUDGE}
    said = [each for each in records if each.cell.endpoint in names]
    return [{"shown": list(judging.order_of(one.order.plan, each.cell)), **output(each)} for each in said]


def _progress(part: Part, states: Mapping[str, int]) -> dict[str, Any]:
    return {"endpoint": part.name, "cells": part.cells, "sent": sum(states.values()), "states": dict(states)}


def outputs(one: Comparison, prompt: str, records: Sequence[Record]) -> dict[str, Any]:
    """Return what every endpoint answered to one prompt; records of other prompts are left.

    Raises:
        LookupError: it is no prompt of this comparison.
    """
    asked = next((each for each in one.order.plan.prompts if each.id == prompt), None)
    if asked is None:
        raise LookupError(f"wants the id of a prompt of {one.id}, has {prompt[:80]!r}")
    mine = [each for each in records if each.cell.prompt == prompt]
    return {
        "comparison": one.id,
        "judge": _judged(one, mine),
        "prompt": {
            "id": asked.id,
            "text": asked.text,
            "system": asked.system,
            "language": asked.lang,
            "domain": asked.domain,
            "set": asked.set,
            "checks": asked.labels(),
        },
        "endpoints": {
            ref: [_answer(each) for each in mine if each.cell.endpoint == ref] for ref in one.order.plan.endpoints
        },
    }


def _answer(record: Record) -> dict[str, Any]:
    """Return one answer whole, with what it took."""
    return {
        **output(record),
        "text": record.text,
        "cut": False,
        "finish_reason": record.finish_reason,
        "ttft_ms": digits(record.ttft_ms, 1),
        "e2e_ms": digits(record.e2e_ms, 1),
        "input_tokens": record.input_tokens,
        "output_tokens": record.output_tokens,
        "cost_usd": digits(record.cost_usd, 8),
    }
