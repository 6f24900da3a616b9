"""The answers from outside: challenges to a model's verdicts as its page shows them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from scorecards.dispute import Challenge, Kind, State
from service.pages import formats
from service.pages.formats import Moment

SAYS = {Kind.MISSING: "says a point is missing", Kind.WRONG: "says a point is wrong"}
WORDS = {
    State.RECEIVED: "received",
    State.CHECKING: "being checked",
    State.UPHELD: "upheld",
    State.REJECTED: "rejected",
    State.UNCHECKED: "could not be checked yet",
}


@dataclass(frozen=True, slots=True)
class StepView:
    """One state a challenge came to."""

    words: str
    at: Moment | None
    reason: str


@dataclass(frozen=True, slots=True)
class AnswerView:
    """One challenge; `href` is None when a reader should not follow its URL.

    Attributes:
        says: What it says of the verdict.
        name: Who says so; "" when nobody wants to be named.
        words: Its present state.
    """

    id: int
    anchor: str
    indicator: str
    says: str
    url: str
    href: str | None
    quote: str
    language: str | None
    note: str
    name: str
    words: str
    is_open: bool
    steps: list[StepView]


def answers(challenges: Iterable[Challenge], now: datetime) -> list[AnswerView]:
    """Return challenges ready to be shown, in the order they come in."""
    return [_answer(one, now) for one in challenges]


def _answer(one: Challenge, now: datetime) -> AnswerView:
    filing = one.filing
    return AnswerView(
        id=one.id,
        anchor=f"answer-{one.id}",
        indicator=filing.indicator,
        says=SAYS[filing.kind],
        url=filing.url,
        href=formats.link(filing.url),
        quote=filing.quote,
        language=formats.language(filing.quote),
        note=filing.note,
        name=filing.name,
        words=WORDS[one.state],
        is_open=one.is_open,
        steps=[StepView(WORDS[step.state], formats.moment(step.at, now), step.reason) for step in one.steps],
    )
