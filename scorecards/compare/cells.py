"""One cell of a comparison, a prompt asked once of an endpoint, and what became of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from scorecards import checks, timings
from scorecards.checks._check import DECLINED, Answer, Result, Score, declines
from scorecards.compare.prompt_rows import Problem, Prompt
from scorecards.errors import Expected
from scorecards.exchanges import Exchange, Outcome, ToolCall

CUT = frozenset({"length"})
"""Finish reasons of an answer that was cut at its cap."""
LANGUAGE = "language"


class State(StrEnum):
    """What became of a cell; the first of `STATES` that holds."""

    PASSED = "passed"
    FAILED = "failed"
    REFUSED = "refused"
    TRUNCATED = "truncated"
    EMPTY = "empty"
    WRONG_LANGUAGE = "wrong_language"

    UNSCORED = "unscored"
    """Answered, but no check can tell whether rightly."""
    UNCHECKED = "unchecked"
    """Answered, and the prompt has no checks."""
    UNANSWERED = "unanswered"
    """The request failed: a timeout, a 429, a 5xx, … Never a wrong answer."""


WITHOUT_SCORE = frozenset({State.UNSCORED, State.UNCHECKED, State.UNANSWERED})


@dataclass(frozen=True, slots=True)
class Cell:
    """One request of a comparison. Paid endpoints are asked once for each."""

    prompt: str
    endpoint: str
    repeat: int
    """Counted from 0."""


class PlanError(Expected, ValueError):
    """There is nothing to compare; the message says what was wanted and what was found."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of whom.

    Attributes:
        endpoints: Refs; the first is A, the one in use, and the others are candidates.
        repeats: How often each endpoint gets each prompt, by ref; 1 where it says nothing. A's own noise takes 2.
        left_out: Rows of the prompts' file that are not asked.

    Raises:
        PlanError: fewer than two endpoints, one of them twice, or no prompts.
    """

    prompts: Sequence[Prompt]
    endpoints: Sequence[str]
    repeats: Mapping[str, int] = field(default_factory=dict)
    left_out: Sequence[Problem] = ()

    def __post_init__(self) -> None:
        if len(set(self.endpoints)) < len(self.endpoints) or len(self.endpoints) < 2:  # noqa: PLR2004 - A and B
            raise PlanError(f"wants two or more endpoints that differ, has {', '.join(self.endpoints) or 'none'}")
        if not self.prompts:
            why = "".join(f"; row {one.row}: wants {one.wanted}, has {one.found}" for one in self.left_out[:3])
            raise PlanError(f"wants a prompt to ask, has none; left out: {len(self.left_out)}{why}")

    def cells(self) -> Iterator[Cell]:
        """Yield every request, all endpoints side by side: a run that ends early has asked them alike."""
        for repeat in range(max(self.asked(one) for one in self.endpoints)):
            for prompt in self.prompts:
                yield from (Cell(prompt.id, one, repeat) for one in self.endpoints if repeat < self.asked(one))

    def asked(self, endpoint: str) -> int:
        """Return how often an endpoint gets each prompt."""
        return self.repeats.get(endpoint, 1)


@dataclass(frozen=True, slots=True)
class Record:
    """One judged answer.

    Attributes:
        outcome: How the exchange ended.
        detail: Why, when it did not end well; else "".
        text: The answer without reasoning.
        scores: What each check made of it, by its label; {} when unanswered or without checks.
        ttft_ms, e2e_ms: None when unanswered or not measured.
        input_tokens, output_tokens: As the endpoint reports them; None when it does not.
        cost_usd: None when no price is known; never 0 for that.
    """

    cell: Cell
    state: State
    outcome: Outcome
    detail: str = ""
    text: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str | None = None
    scores: Mapping[str, Score] = field(default_factory=dict)
    ttft_ms: Decimal | None = None
    e2e_ms: Decimal | None = None
    input_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: Decimal | None = None

    @property
    def score(self) -> Decimal | None:
        """1 for an answer that passed, 0 for one that did not, None where nobody can tell."""
        if self.state in WITHOUT_SCORE or not self.scores:
            return None
        return Decimal(self.state is State.PASSED)

    @property
    def answered(self) -> bool:
        """Whether an answer came."""
        return self.state is not State.UNANSWERED

    @property
    def wrong(self) -> Mapping[str, Score]:
        """The checks that say it is wrong, by label."""
        return {label: one for label, one in self.scores.items() if one.result is Result.WRONG}


def scores(records: Sequence[Record]) -> list[Decimal]:
    """Return the scores of those that have one."""
    return [one.score for one in records if one.score is not None]


def mean_score(records: Sequence[Record]) -> Decimal | None:
    """Return the mean score (0..1) of a prompt's repeats; None where none has one."""
    found = scores(records)
    return sum(found, Decimal(0)) / len(found) if found else None


def record(cell: Cell, prompt: Prompt, exchange: Exchange, cost_usd: Decimal | None) -> Record:
    """Return what became of a cell."""
    answered = exchange.answered
    scores = judge(prompt, exchange.text, exchange.tool_calls) if answered else {}
    usage = exchange.usage
    return Record(
        cell=cell,
        state=state(exchange.outcome, exchange.text, exchange.tool_calls, exchange.finish_reason, scores),
        outcome=Outcome(exchange.outcome),
        detail=exchange.detail,
        text=exchange.text if answered else "",
        tool_calls=exchange.tool_calls if answered else (),
        finish_reason=exchange.finish_reason,
        scores=scores,
        ttft_ms=timings.ttft_ms(exchange) if answered else None,
        e2e_ms=timings.e2e_ms(exchange) if answered else None,
        input_tokens=usage.input if usage else None,
        output_tokens=usage.output if usage else None,
        cost_usd=cost_usd,
    )


def judge(prompt: Prompt, text: str, tool_calls: tuple[ToolCall, ...] = ()) -> dict[str, Score]:
    """Return what each check of a prompt makes of an answer, by the check's label."""
    answer = Answer(text, tool_calls)
    return {label: checks.judge(item, answer) for label, item in zip(prompt.labels(), prompt.checks, strict=True)}


@dataclass(frozen=True, slots=True)
class _Seen:
    outcome: Outcome
    text: str
    called: bool
    cut: bool
    scores: Mapping[str, Score]

    def any(self, result: Result, kind: str = "") -> bool:
        return any(one.result is result and label.startswith(kind) for label, one in self.scores.items())

    @property
    def declined(self) -> bool:
        return declines(self.text) or any(one.reason == DECLINED for one in self.scores.values())


REFUSALS = frozenset({Outcome.REFUSAL, Outcome.CONTENT_FILTER})
ANSWERS = frozenset({Outcome.OK, Outcome.TRUNCATED}) | REFUSALS
STATES: Sequence[tuple[State, Callable[[_Seen], bool]]] = (
    (State.UNANSWERED, lambda seen: seen.outcome not in ANSWERS),
    (State.REFUSED, lambda seen: seen.outcome in REFUSALS),
    (State.TRUNCATED, lambda seen: seen.outcome is Outcome.TRUNCATED or (seen.cut and not seen.text)),
    (State.EMPTY, lambda seen: not seen.text and not seen.called),
    (State.UNCHECKED, lambda seen: not seen.scores and not seen.cut and not seen.declined),
    (State.PASSED, lambda seen: bool(seen.scores) and not seen.any(Result.WRONG) and not seen.any(Result.UNSCORED)),
    (State.TRUNCATED, lambda seen: seen.cut),
    (State.REFUSED, lambda seen: seen.declined),
    (State.WRONG_LANGUAGE, lambda seen: seen.any(Result.WRONG, LANGUAGE)),
    (State.FAILED, lambda seen: seen.any(Result.WRONG)),
    (State.UNSCORED, lambda _: True),
)
"""The first that holds is the state: an answer that all checks call right passed, even one that says no."""


def state(
    outcome: Outcome | str,
    text: str,
    tool_calls: tuple[ToolCall, ...],
    finish_reason: str | None,
    scores: Mapping[str, Score],
) -> State:
    """Return the state of a cell that ended so."""
    seen = _Seen(Outcome(outcome), checks.spoken(text), bool(tool_calls), finish_reason in CUT, scores)
    return next(one for one, holds in STATES if holds(seen))


def record_from_json(body: Mapping[str, Any]) -> Record:
    """Return the record that `encoding.to_json` made this of."""
    return Record(
        **{
            **body,
            "cell": Cell(**body["cell"]),
            "state": State(body["state"]),
            "outcome": Outcome(body["outcome"]),
            "tool_calls": tuple(ToolCall(**one) for one in body["tool_calls"]),
            "scores": {label: Score(Result(one["result"]), one["reason"]) for label, one in body["scores"].items()},
            **{key: _decimal(body[key]) for key in ("ttft_ms", "e2e_ms", "cost_usd")},
        }
    )


def _decimal(body: Any) -> Decimal | None:  # noqa: ANN401 - JSON is what it is
    return None if body is None else Decimal(body["decimal"])
