"""Comparisons as literals: prompts, endpoints with faults that are switched on, and the records of both."""

import random
from decimal import Decimal

from scorecards.compare import cells
from scorecards.compare.cells import Plan
from scorecards.compare.prompt_rows import Problem, of_row
from scorecards.exchanges import Ask, ToolCall
from tests.scorecards.probes.making import failed, said

A, B = "one:model-a", "two:model-b"
PRICE = Decimal("0.001")
TICKET = '{"summary": "Water drips", "urgency": "high"}'
KEYS = {"kind": "keys", "keys": {"summary": "string", "urgency": "string"}}

TICKETS = [
    {"id": f"ticket-{at}", "prompt": f"Classify ticket {at}.", "lang": "en", "domain": "support", "checks": [KEYS]}
    for at in range(20)
]
SUMS = [
    {"id": f"sum-{at}", "prompt": f"{at} 加 1 等于多少？", "lang": "zh", "domain": "maths",
     "checks": [{"kind": "numeric", "answer": str(at + 1)}]}
    for at in range(20)
]  # fmt: skip
OPEN = [{"id": "poem", "prompt": "Write a line.", "lang": "en"}]
LEFT_OUT = (Problem(7, "prompt: a text", "''"),)


def right(prompt):
    """What a good endpoint says."""
    check = prompt.checks[0] if prompt.checks else None
    if check is None:
        return "A line of words."
    return TICKET if check.kind in ("keys", "json") else f"答案是{check.answer}。"


FAULTS = {
    "renamed key": lambda prompt: said(TICKET.replace("urgency", "urgency_level"), Ask()),
    "refusal": lambda prompt: said("I'm sorry, I can't help with that.", Ask()),
    "truncation": lambda prompt: said(TICKET[:20], Ask(), finish_reason="length"),
    "fence and words": lambda prompt: said(f"Sure! ```json\n{TICKET}\n```", Ask()),
    "empty": lambda prompt: said("", Ask()),
    "wrong": lambda prompt: said("答案是99。", Ask()),
    "timeout": lambda prompt: failed("deadline", "wants an answer within 60 s"),
    "overloaded": lambda prompt: failed("overloaded", "503"),
    "rate limited": lambda prompt: failed("rate_limited", "429"),
    "too large": lambda prompt: failed("too_large", "wants at most 8192 tokens"),
}


def plan(rows=(*TICKETS, *SUMS, *OPEN), repeats=1, endpoints=(A, B)):
    prompts = tuple(of_row(row, at, "mine") for at, row in enumerate(rows, start=1))
    return Plan(prompts, endpoints, dict.fromkeys(endpoints, repeats), LEFT_OUT)


def records(one, faults=(), price=None, noise=0.0, seed=0):
    """Return every record of a plan.

    Args:
        faults: `{(endpoint, prompt): fault}`.
        price: USD a request, by endpoint.
        noise: Share of the answers of any endpoint that are wrong by chance.
    """
    rng = random.Random(seed)
    by_id = {each.id: each for each in one.prompts}
    return [_record(cell, by_id[cell.prompt], dict(faults), price or {}, rng.random() < noise) for cell in one.cells()]


def _record(cell, prompt, faults, price, slips):
    fault = faults.get((cell.endpoint, cell.prompt)) or ("wrong" if slips else None)
    return record(cell, prompt, fault, price.get(cell.endpoint, PRICE))


def record(cell, prompt, fault=None, price=PRICE):
    """Return the record of one cell, right where no fault is named."""
    exchange = FAULTS[fault](prompt) if fault else said(right(prompt), Ask())
    return cells.record(cell, prompt, exchange, price)


def call(name="f", arguments="{}"):
    return ToolCall(name, arguments)
