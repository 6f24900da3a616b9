"""What an importer is, and what every tool's results have in common."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from scorecards.checks._check import Score
from scorecards.compare import cells
from scorecards.compare.cells import Cell, Record
from scorecards.compare.prompt_rows import Problem, Prompt
from scorecards.errors import Expected
from scorecards.exchanges import Outcome, ToolCall

Json = Mapping[str, Any]


class ResultsError(Expected, ValueError):
    """A file of results cannot be read; the message names it, what was wanted and what was found."""


@dataclass(frozen=True, slots=True)
class Imported:
    """The records of one file; `endpoints` are named as the tool names its models, and are none of the catalogue's."""

    endpoints: Sequence[str]
    prompts: Sequence[Prompt]
    records: Sequence[Record]
    problems: Sequence[Problem]


@dataclass(frozen=True, slots=True)
class Importer:
    """How one tool's results are read: `knows` its shape, and `read` it."""

    tool: str
    knows: Callable[[Json], bool]
    read: Callable[[Json], Imported]


@dataclass(frozen=True, slots=True)
class Answered:
    """What a tool kept of one answer; `error` = the request failed, "" = it did not."""

    text: str
    tool_calls: tuple[ToolCall, ...]
    finish_reason: str | None
    error: str
    scores: Mapping[str, Score]
    e2e_ms: Decimal | None
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: Decimal | None


ERRORS: Sequence[tuple[re.Pattern[str], Outcome]] = tuple(
    (re.compile(pattern, re.IGNORECASE), outcome)
    for pattern, outcome in [
        (r"\b429\b|rate.?limit|too many requests", Outcome.RATE_LIMITED),
        (r"time.?d?.?out|deadline", Outcome.DEADLINE),
        (r"content.?(?:filter|policy)", Outcome.CONTENT_FILTER),
        (r"\b(?:context.?length|413|too (?:large|long))\b", Outcome.TOO_LARGE),
        (r"\b40[13]\b|unauthori[sz]ed|forbidden|api key", Outcome.AUTH),
        (r"\b(?:503|529)\b|overloaded", Outcome.OVERLOADED),
        (r"\b5\d\d\b", Outcome.SERVER_ERROR),
        (r"\b400\b|bad request|invalid", Outcome.BAD_REQUEST),
    ]
)
"""What tools keep of a failure is its message; one that says none of these ended without saying why."""
LARGEST = 10**15
"""No time, price or count is as large; such numbers are mistakes, and unknown."""
CUT = frozenset({"length", "max_tokens", "model_length", "MAX_TOKENS"})


def record(cell: Cell, one: Answered) -> Record:
    """Return the record of one answer; a failed request is unanswered, whatever the tool scored."""
    outcome = _outcome(one)
    answered = outcome in cells.ANSWERS
    scores = one.scores if answered else {}
    finish = "length" if one.finish_reason in CUT else one.finish_reason
    return Record(
        cell=cell,
        state=cells.state(outcome, one.text, one.tool_calls, finish, scores),
        outcome=outcome,
        detail=one.error[:300],
        text=one.text if answered else "",
        tool_calls=one.tool_calls if answered else (),
        finish_reason=finish,
        scores=scores,
        e2e_ms=one.e2e_ms if answered else None,
        input_tokens=one.input_tokens,
        output_tokens=one.output_tokens,
        cost_usd=one.cost_usd,
    )


def _outcome(one: Answered) -> Outcome:
    if one.finish_reason == "content_filter":
        return Outcome.CONTENT_FILTER
    if not one.error:
        return Outcome.OK
    return next((outcome for pattern, outcome in ERRORS if pattern.search(one.error)), Outcome.INCOMPLETE)


def numbered(labels: Sequence[str]) -> Iterator[str]:
    """Yield each label, from its second time on with a number."""
    seen = Counter[str]()
    for one in labels:
        seen[one] += 1
        yield one if seen[one] == 1 else f"{one} {seen[one]}"


def text(value: object) -> str:
    """Return an output as text; what a tool has parsed is JSON again."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def table(value: object) -> Json:
    """Return a JSON object, {} for anything else."""
    return value if isinstance(value, dict) else {}


def listed(value: object) -> list[Any]:
    """Return a JSON array, [] for anything else."""
    return value if isinstance(value, list) else []


def count(value: object) -> int | None:
    """Return a number of tokens above 0; None for anything else: tools write 0 for what they do not know."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < LARGEST else None


def number(value: object) -> Decimal | None:
    """Return a number above 0; None for anything else, as `count`."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 < found < LARGEST else None
