"""How far apart jurisdictions are, pillar by pillar: best, median and gap of what cards say; never one overall rank."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any, Protocol, TypeVar

from scorecards import scoring, statistics
from scorecards.errors import Expected

HALF = Decimal("0.5")
LEAST_MODELS = 3
"""Models with enough coverage below which no median is told."""
DAILY_UP_TO = timedelta(days=31)
"""A longer span has one point a week."""
USUAL, LONGEST = timedelta(weeks=12), timedelta(days=731)


class EcosystemError(Expected, ValueError):
    """A span makes no sense; the message names the parameter, what was wanted and what was found."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One pillar of one card: 0..100, `coverage` 0..1; `score` None = nothing was checked."""

    score: Decimal | None
    low: Decimal
    high: Decimal
    coverage: Decimal

    @property
    def sufficient(self) -> bool:
        """Whether enough is known for the figure to count."""
        return self.score is not None and self.coverage >= scoring.SUFFICIENT_COVERAGE


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What one published card says, as far as ecosystems need it; `at` is when it was published.

    Each card has one, so a standing is equal to nothing but itself, and can be looked up quickly.
    """

    card: str
    model: str
    name: str
    developer: str
    jurisdiction: str
    rubric: str
    sequence: int
    at: datetime
    pillars: Mapping[str, Figure]


class Dated(Protocol):
    """A card by its model, its place among the model's cards, and when it was published."""

    @property
    def model(self) -> str:
        """Ref of the model."""

    @property
    def sequence(self) -> int:
        """1 for the model's first card."""

    @property
    def at(self) -> datetime:
        """When it was published."""


AnyDated = TypeVar("AnyDated", bound=Dated)


@dataclass(frozen=True, slots=True)
class Statistic:
    """One number over some models.

    Attributes:
        value: None = it is not told, `reason` says why.
        low, high: Where it could lie, were each model anywhere in its own range; 0 without a value.
        cards: The cards whose scores it is: the best ones, the middle one or two; of a gap those of both sides.
    """

    value: Decimal | None
    low: Decimal = scoring.ZERO
    high: Decimal = scoring.ZERO
    cards: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Side:
    """One jurisdiction in one pillar.

    Attributes:
        counted: Cards with enough coverage, in the order of their models.
        left_out: Cards below it; they count nowhere.
    """

    jurisdiction: str
    best: Statistic
    median: Statistic
    counted: tuple[str, ...]
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """How far `first` is ahead of `second`: -100..100, below 0 where it is behind."""

    first: str
    second: str
    best: Statistic
    median: Statistic


@dataclass(frozen=True, slots=True)
class Point:
    """One pillar at the end of one day (UTC).

    Attributes:
        rubrics: By which the counted cards were judged; another one than on the day before moves numbers by itself.
    """

    day: date
    rubrics: tuple[str, ...]
    sides: tuple[Side, ...]
    gaps: tuple[Gap, ...]


def standing(card: Mapping[str, Any], card_id: str, at: datetime) -> Standing:
    """Return what a card published at `at` says; of the card `model`, `pillars`, `rubric` and `sequence` do."""
    about = card["model"]
    return Standing(
        card=card_id,
        model=about["ref"],
        name=about["name"],
        developer=about["developer"]["name"],
        jurisdiction=about["developer"]["jurisdiction"],
        rubric=card["rubric"]["id"],
        sequence=card["sequence"],
        at=at,
        pillars={name: _figure(one) for name, one in card["pillars"].items()},
    )


def _figure(pillar: Mapping[str, Any]) -> Figure:
    score = None if pillar["score"] is None else Decimal(pillar["score"])
    return Figure(score, Decimal(pillar["low"]), Decimal(pillar["high"]), Decimal(pillar["coverage"]))


def span(since: date | None, until: date | None, today: date) -> tuple[date, date]:
    """Return the first and the last day of what was asked for; twelve weeks up to today where nothing was.

    Raises:
        EcosystemError: it ends in the future, before it begins, or is longer than `LONGEST`.
    """
    last = until or today
    if last > today:
        raise EcosystemError(f"until: wants a day up to {today}, has {last}")
    first = since or max(date.min + USUAL, last) - USUAL
    if first > last:
        raise EcosystemError(f"since: wants a day up to until ({last}), has {first}")
    if last - first > LONGEST:
        raise EcosystemError(f"since: wants at most {LONGEST.days} days before until ({last}), has {first}")
    return first, last


def step(since: date, until: date) -> timedelta:
    """Return how far apart the points of a span are: a day, or a week."""
    return timedelta(days=1) if until - since <= DAILY_UP_TO else timedelta(days=7)


def days(since: date, until: date) -> list[date]:
    """Return the days of the points of a span, oldest first; the last one is `until`.

    >>> [one.day for one in days(date(2026, 11, 1), date(2026, 11, 3))]
    [1, 2, 3]
    """
    apart = step(since, until)
    count = (until - since) // apart
    return [until - apart * back for back in range(count, -1, -1)]


def in_force(cards: Iterable[AnyDated], wanted: Sequence[date]) -> list[list[AnyDated]]:
    """Return for each day, oldest first, the newest card of each model at its end, in the order of models."""
    waiting = sorted(cards, key=lambda one: (one.at, one.sequence), reverse=True)
    newest: dict[str, AnyDated] = {}
    found = []
    for day in wanted:
        end = datetime.combine(day + timedelta(days=1), time(), UTC)
        while waiting and waiting[-1].at < end:
            one = waiting.pop()
            if one.model not in newest or newest[one.model].sequence < one.sequence:
                newest[one.model] = one
        found.append([newest[model] for model in sorted(newest)])
    return found


def point(standings: Sequence[Standing], day: date, pillar: str) -> Point:
    """Return how jurisdictions stand in a pillar by these cards, one of each model."""
    told = [one for one in standings if pillar in one.pillars]
    groups: defaultdict[str, list[Standing]] = defaultdict(list)
    for one in sorted(told, key=lambda one: one.model):
        groups[one.jurisdiction].append(one)
    sides = tuple(_side(name, groups[name], pillar) for name in sorted(groups))
    gaps = tuple(Gap(a.jurisdiction, b.jurisdiction, *_apart(a, b)) for a, b in combinations(sides, 2))
    rubrics = {one.rubric for one in told if one.pillars[pillar].sufficient}
    return Point(day, tuple(sorted(rubrics)), sides, gaps)


def _side(jurisdiction: str, standings: Sequence[Standing], pillar: str) -> Side:
    counted = {one.card: one.pillars[pillar] for one in standings if one.pillars[pillar].sufficient}
    left_out = tuple(one.card for one in standings if one.card not in counted)
    return Side(jurisdiction, _best(counted, len(left_out)), _median(counted), tuple(counted), left_out)


def _best(counted: Mapping[str, Figure], left_out: int) -> Statistic:
    """Return the largest score; it lies between the largest low end and the largest high end."""
    scores = _scores(counted)
    if not scores:
        return Statistic(None, reason=f"no model has enough coverage; {left_out} below {scoring.SUFFICIENT_COVERAGE}")
    top = max(scores.values())
    low, high = (max(getattr(one, end) for one in counted.values()) for end in ("low", "high"))
    return Statistic(top, low, high, tuple(card for card, score in scores.items() if score == top))


def _median(counted: Mapping[str, Figure]) -> Statistic:
    """Return the median score; it lies between the median of the low ends and that of the high ends."""
    scores = _scores(counted)
    n = len(scores)
    if n < LEAST_MODELS:
        return Statistic(None, reason=f"a median wants {LEAST_MODELS} models with enough coverage, has {n}")
    ordered = sorted(scores, key=lambda card: scores[card])
    middle = tuple(ordered[(n - 1) // 2 : n // 2 + 1])
    value, low, high = (
        statistics.quantile(sorted(each), HALF)
        for each in (scores.values(), [one.low for one in counted.values()], [one.high for one in counted.values()])
    )
    return Statistic(value, low, high, middle)


def _scores(counted: Mapping[str, Figure]) -> dict[str, Decimal]:
    return {card: one.score for card, one in counted.items() if one.score is not None}


def _apart(first: Side, second: Side) -> tuple[Statistic, Statistic]:
    names = (first.jurisdiction, second.jurisdiction)
    return _gap(names, first.best, second.best), _gap(names, first.median, second.median)


def _gap(names: Sequence[str], first: Statistic, second: Statistic) -> Statistic:
    """Return the difference of two statistics, between the ends that lie closest and those that lie farthest apart."""
    if first.value is None or second.value is None:
        sides = zip(names, (first, second), strict=True)
        return Statistic(None, reason="; ".join(f"{name}: {one.reason}" for name, one in sides if one.value is None))
    cards = (*first.cards, *second.cards)
    return Statistic(first.value - second.value, first.low - second.high, first.high - second.low, cards)
