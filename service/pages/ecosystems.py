"""The page of ecosystems: per pillar who stands where, how far apart, since when, and by which models."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from markupsafe import Markup

from scorecards.card import plain
from scorecards.ecosystems import Gap, Point, Side, Standing, Statistic
from service.pages import bars, ecosystem_pictures, formats
from service.pages.bars import Bar
from service.pages.ecosystem_pictures import PictureView
from service.pages.formats import Moment
from service.standings import Course

WEEKS = {4: "4 weeks", 12: "12 weeks", 52: "a year"}
"""Spans that the page offers."""
USUAL = 12
MOST_MODELS = 60
"""Models listed in each pillar; the API has them all."""


@dataclass(frozen=True, slots=True)
class LinkView:
    """A model by its name, and its page."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class NumberView:
    """A best, a median or a gap.

    Attributes:
        text: The number with its range, or why there is none.
        models: Those whose scores it is.
    """

    title: str
    text: str
    models: list[LinkView]


@dataclass(frozen=True, slots=True)
class SideView:
    """One jurisdiction today; `left_out` in words, "" = no model was."""

    name: str
    counted: str
    left_out: str
    numbers: list[NumberView]


@dataclass(frozen=True, slots=True)
class RowView:
    """One jurisdiction, or one pair of them, on one day; "" = not told, or not counted."""

    day: str
    who: str
    n: str
    best: str
    median: str


@dataclass(frozen=True, slots=True)
class ModelView:
    """A model that the newest point rests on, or leaves out."""

    model: LinkView
    jurisdiction: str
    bar: Bar
    counts: bool
    card: str
    card_href: str
    published: Moment | None


@dataclass(frozen=True, slots=True)
class PillarView:
    """One pillar.

    Attributes:
        intervals: Picture of the newest point; None = nobody has enough coverage.
        rubrics: Why a step may be the method's, as a sentence; "" = one rubric judged all.
        more: Models that are not listed.
    """

    name: str
    title: str
    intervals: Markup | None
    sides: list[SideView]
    gaps: list[tuple[str, list[NumberView]]]
    pictures: list[PictureView]
    rows: list[RowView]
    rubrics: str
    models: list[ModelView]
    more: int


@dataclass(frozen=True, slots=True)
class EcosystemsView:
    """The whole page; `pillars` is empty while there is no card."""

    since: str
    until: str
    apart: str
    spans: list[tuple[str, str, bool]]
    pillars: list[PillarView]
    data: str


def weeks(wanted: str) -> int:
    """Return how many weeks the page shows; what makes no sense falls back to the default."""
    return next((one for one in WEEKS if str(one) == wanted), USUAL)


def since(today: date, chosen: int) -> date:
    """Return the first day of so many weeks up to today."""
    return today - timedelta(weeks=chosen)


def view(course: Course, chosen: int, now: datetime) -> EcosystemsView:
    """Return the page of a span of `chosen` weeks up to `now`."""
    standings = {one.card: one for each in course.standings for one in each}
    begin, until = since(now.date(), chosen), now.date()
    return EcosystemsView(
        since=begin.isoformat(),
        until=until.isoformat(),
        apart="day" if len(course.standings) > chosen + 1 else "week",
        spans=[(title, f"/ecosystems?weeks={count}", count == chosen) for count, title in WEEKS.items()],
        pillars=[_pillar(name, points, standings, now) for name, points in course.pillars.items()] if standings else [],
        data=f"/v1/ecosystems?since={begin}&until={until}",
    )


def _pillar(name: str, points: Sequence[Point], standings: Mapping[str, Standing], now: datetime) -> PillarView:
    newest, title = points[-1], bars.PILLARS[name]
    rubrics = sorted({rubric for one in points for rubric in one.rubrics})
    listed = [card for side in newest.sides for card in (*side.counted, *side.left_out)]
    return PillarView(
        name=name,
        title=title,
        intervals=ecosystem_pictures.intervals(title, name, newest, standings),
        sides=[_side(one, standings) for one in newest.sides],
        gaps=[(f"{one.first} against {one.second}", _gap(one, standings)) for one in newest.gaps],
        pictures=ecosystem_pictures.pictures(title, name, points),
        rows=[row for one in reversed(points) for row in _rows(one)],
        rubrics=f"Judged by {' and '.join(rubrics)}; a step between them may be the method's." if rubrics[1:] else "",
        models=[_model(standings[card], name, now) for card in listed[:MOST_MODELS]],
        more=max(0, len(listed) - MOST_MODELS),
    )


def _side(one: Side, standings: Mapping[str, Standing]) -> SideView:
    n, left_out = len(one.counted), len(one.left_out)
    return SideView(
        name=one.jurisdiction,
        counted=_models(n),
        left_out=f"{_models(left_out)} with too little coverage to count" if left_out else "",
        numbers=[_told("Best", one.best, standings), _told("Median", one.median, standings)],
    )


def _models(n: int) -> str:
    return f"{n} model{'s' if n != 1 else ''}"


def _told(title: str, one: Statistic, standings: Mapping[str, Standing]) -> NumberView:
    return NumberView(title, _number(one), _links(one.cards, standings))


def _gap(one: Gap, standings: Mapping[str, Standing]) -> list[NumberView]:
    return [
        NumberView(title, _apart(found), _links(found.cards, standings))
        for title, found in (("Best", one.best), ("Median", one.median))
    ]


def _apart(one: Statistic) -> str:
    if one.value is None:
        return f"not told: {one.reason}"
    decided = "" if one.low > 0 or one.high < 0 else "; not decided, the range holds 0"
    return f"{formats.signed(one.value)}, between {formats.signed(one.low)} and {formats.signed(one.high)}{decided}"


def _number(one: Statistic) -> str:
    if one.value is None:
        return f"not told: {one.reason}"
    return f"{plain(one.value)}, between {plain(one.low)} and {plain(one.high)}"


def _links(cards: Iterable[str], standings: Mapping[str, Standing]) -> list[LinkView]:
    return [_link(standings[card]) for card in cards]


def _link(one: Standing) -> LinkView:
    return LinkView(one.name, f"/models/{formats.path(one.model)}")


def _rows(point: Point) -> list[RowView]:
    day = point.day.isoformat()
    sides = [
        RowView(day, one.jurisdiction, str(len(one.counted)), _span(one.best), _span(one.median)) for one in point.sides
    ]
    gaps = [
        RowView(
            day,
            f"{one.first} against {one.second}",
            "",
            _span(one.best, formats.signed),
            _span(one.median, formats.signed),
        )
        for one in point.gaps
    ]
    return sides + gaps


def _span(one: Statistic, written: Callable[[Decimal], str] = lambda value: str(plain(value))) -> str:
    return f"{written(one.value)} ({written(one.low)} to {written(one.high)})" if one.value is not None else ""


def _model(one: Standing, pillar: str, now: datetime) -> ModelView:
    figure = one.pillars[pillar]
    return ModelView(
        model=_link(one),
        jurisdiction=one.jurisdiction,
        bar=bars.of_figure(pillar, figure),
        counts=figure.sufficient,
        card=formats.short(one.card),
        card_href=f"/v1/scorecards/{formats.path(one.model)}?id={one.card}",
        published=formats.moment(one.at, now),
    )
