"""A comparison as it was asked for: what is sent to whom, how it is judged, and what it may cost at most."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scorecards.compare.candidate import Method
from scorecards.compare.cells import Plan
from scorecards.compare.prompt_rows import Problem, Prompt
from scorecards.evalsets import Item
from scorecards.exchanges import Tool

MAX_OUTPUT_TOKENS = 512
OWN = "own"
"""Name of the set that prompts belong to which somebody brings along."""


@dataclass(frozen=True, slots=True)
class Order:
    """What somebody wants compared.

    Attributes:
        max_output_tokens: Hard cap of what one answer may cost.
        cap_usd: Most US dollars of the whole, by the prices that are held; None = whatever the caps of the day allow.
        cap_tokens: Most tokens, input and output, of the whole; None = as many as it takes.
        judge: Ref of an endpoint that says which of two answers is better; None = nobody does.
        embedder: Ref of an endpoint that makes vectors of the answers; None = nobody does.
        app: What a swap drill knows of the application; None = it is a comparison.
    """

    plan: Plan
    method: Method
    name: str = ""
    max_output_tokens: int = MAX_OUTPUT_TOKENS
    cap_usd: Decimal | None = None
    cap_tokens: int | None = None
    judge: str | None = None
    app: Mapping[str, Any] | None = field(default=None, hash=False)
    embedder: str | None = None

    @property
    def has_own_prompts(self) -> bool:
        """Whether any prompt was brought along, and is not of a public evaluation set."""
        return any(one.set == OWN for one in self.plan.prompts)


def order_from_json(body: Mapping[str, Any]) -> Order:
    """Return the order that `encoding.to_json` made this of."""
    plan, method = body["plan"], body["method"]
    return Order(
        **{
            **body,
            "plan": Plan(
                tuple(map(_prompt, plan["prompts"])),
                tuple(plan["endpoints"]),
                plan["repeats"],
                tuple(Problem(**one) for one in plan["left_out"]),
            ),
            "method": Method(method["seed"], Decimal(method["margin"]["decimal"]), method["resamples"]),
            "cap_usd": Decimal(body["cap_usd"]["decimal"]) if body["cap_usd"] else None,
        }
    )


def _prompt(body: Mapping[str, Any]) -> Prompt:
    return Prompt(
        **{
            **body,
            "checks": tuple(Item(**one) for one in body["checks"]),
            "tools": tuple(Tool(**one) for one in body["tools"]),
        }
    )
