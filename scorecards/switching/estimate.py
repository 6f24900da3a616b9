"""What a drill may cost, before it starts: tokens by our own count and the cap, money by the endpoints' prices."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from scorecards import encoding, tokens
from scorecards.compare.prompt_rows import Prompt
from scorecards.compare.shown import Json, digits
from scorecards.cost.engine import Tariff
from scorecards.cost.usage import Usage
from scorecards.switching.app import App, Limits

AROUND_TOKENS = 12
"""Of a request beside its texts: marks of roles, the system message that a template puts in."""
LEAST, MOST = Decimal("0.5"), Decimal(2)
"""By how much our own count of input may be off: numbers and Chinese against tokenizers made for English."""
PLACES = 6


@dataclass(frozen=True, slots=True)
class Share:
    """What one endpoint's part of a drill takes.

    Attributes:
        input_tokens: By our own count; `input_low` and `input_high` are what it may be.
        output_high: If every answer reached its cap.
        usd_low, usd_high: None = no price is known; never 0 for that.
    """

    endpoint: str
    requests: int
    input_tokens: int
    input_low: int
    input_high: int
    output_high: int
    usd_low: Decimal | None
    usd_high: Decimal | None
    why_unpriced: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a drill takes, by endpoint."""

    shares: Sequence[Share]

    @property
    def unpriced(self) -> list[str]:
        """Endpoints without a known price."""
        return [one.endpoint for one in self.shares if one.usd_high is None]

    @property
    def tokens(self) -> tuple[int, int]:
        """Input and output together, at least and at most."""
        lows = (one.input_low + one.requests for one in self.shares)
        return sum(lows), sum(one.input_high + one.output_high for one in self.shares)

    @property
    def usd(self) -> tuple[Decimal, Decimal]:
        """The least and the most of those with a price."""
        lows = (one.usd_low for one in self.shares if one.usd_low is not None)
        highs = (one.usd_high for one in self.shares if one.usd_high is not None)
        return sum(lows, Decimal(0)), sum(highs, Decimal(0))


@dataclass(frozen=True, slots=True)
class Prices:
    """What is held of the endpoints' prices.

    Attributes:
        tariffs: By ref; an endpoint without one has no known price.
        here: Refs of those that run on this machine; without a price nobody bills them.
        at: Aware instant at whose prices is counted.
    """

    tariffs: Mapping[str, Tariff]
    at: datetime
    here: Collection[str] = ()


def build(app: App, prompts: Sequence[Prompt], prices: Prices) -> Estimate:
    """Return what the app's drill takes."""
    counted = sum(input_tokens(one) for one in prompts)
    return Estimate([_share(ref, times, counted, len(prompts), app, prices) for ref, times in app.asked().items()])


def input_tokens(prompt: Prompt) -> int:
    """Return about how many tokens a request with this prompt has as input."""
    given = [json.dumps(encoding.to_json(one), ensure_ascii=False) for one in prompt.tools]
    schema = "" if prompt.schema is None else json.dumps(encoding.to_json(prompt.schema), ensure_ascii=False)
    return AROUND_TOKENS + sum(map(tokens.estimate, (prompt.system, prompt.text, schema, *given)))


def _share(ref: str, times: int, counted: int, prompts: int, app: App, prices: Prices) -> Share:
    asked, requests = counted * times, prompts * times
    low, high, said = int(asked * LEAST), int(asked * MOST), requests * app.max_output_tokens
    least, why = _usd(ref, Usage(input=low, output=requests, requests=max(1, requests)), prices)
    most, _ = _usd(ref, Usage(input=high, output=said, requests=max(1, requests)), prices, highest=True)
    return Share(ref, requests, asked, low, high, said, least, most, why)


def _usd(ref: str, usage: Usage, prices: Prices, *, highest: bool = False) -> tuple[Decimal | None, str]:
    """Return the least or the most that usage costs, over what cannot be decided; else None and why."""
    if ref not in prices.tariffs:
        return (Decimal(0), "") if ref in prices.here else (None, "no price of this endpoint is held")
    cost = prices.tariffs[ref].cost(usage, prices.at, any_hour=True)
    amount = cost.in_usd(cost.high if highest else cost.low)
    return amount, "" if amount is not None else "; ".join(cost.flags) or f"no rate of {cost.currency} is known"


def refusal(estimate: Estimate, limits: Limits) -> dict[str, str]:
    """Return by key why a drill may not start within its limits; {} when it may, though a cap may still end it."""
    found = {}
    least, most = estimate.usd
    fewest, _ = estimate.tokens
    if estimate.unpriced and limits.max_tokens is None:
        found["limits.max_tokens"] = f"wants a number, because no price is known of {', '.join(estimate.unpriced)}"
    if limits.max_usd is not None and least > limits.max_usd:
        between = f"{digits(least, PLACES)} (the most is {digits(most, PLACES)})"
        found["limits.max_usd"] = f"wants at least {between}, has {limits.max_usd}"
    if limits.max_tokens is not None and fewest > limits.max_tokens:
        found["limits.max_tokens"] = f"wants at least {fewest}, has {limits.max_tokens}"
    return found


def document(estimate: Estimate) -> Json:
    """Return the estimate as JSON; null for money where a price is unknown."""
    least, most = estimate.usd
    fewest, all_of_them = estimate.tokens
    known = len(estimate.unpriced) < len(estimate.shares)
    return {
        "usd": {"low": digits(least, PLACES) if known else None, "high": digits(most, PLACES) if known else None},
        "unpriced": estimate.unpriced,
        "tokens": {"low": fewest, "high": all_of_them},
        "endpoints": [_row(one) for one in estimate.shares],
    }


def _row(one: Share) -> Json:
    return {
        "endpoint": one.endpoint,
        "requests": one.requests,
        "input_tokens": {"value": one.input_tokens, "low": one.input_low, "high": one.input_high},
        "output_tokens": {"low": one.requests, "high": one.output_high},
        "usd": {"low": digits(one.usd_low, PLACES), "high": digits(one.usd_high, PLACES)},
        "why_unpriced": one.why_unpriced or None,
    }
