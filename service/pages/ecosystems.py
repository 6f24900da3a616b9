"""The page of ecosystems: per pillar who stands where, how far apart, since when, and by which models."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from markupsafe import Markup

from scorecards import course_plot, interval_plot
from scorecards.card import plain
from scorecards.course_plot import DASHES, Courses, Dot
from scorecards.ecosystems import Gap, Point, Side, Standing, Statistic
from service.pages import bars, formats
from service.pages.bars import Bar
from service.pages.formats import Moment
from service.standings import Course

WEEKS = {4: "4 weeks", 12: "12 weeks", 52: "a year"}
"""Spans that the page offers."""
USUAL = 12
MOST_MODELS = 60
"""Models listed in each pillar; the API has them all."""
SCALES = (10, 25, 50, 75, 100)
"""Ends of the scale of a picture of gaps."""
NOTHING = Statistic(None)


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
class PictureView:
    """A course over time; `drawn` None = there is no number to draw."""

    title: str
    drawn: Markup | None


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
        intervals=_intervals(title, name, newest, standings),
        sides=[_side(one, standings) for one in newest.sides],
        gaps=[(f"{one.first} against {one.second}", _gap(one, standings)) for one in newest.gaps],
        pictures=_pictures(title, name, points),
        rows=[row for one in reversed(points) for row in _rows(one)],
        rubrics=f"Judged by {' and '.join(rubrics)}; a step between them may be the method's." if rubrics[1:] else "",
        models=[_model(standings[card], name, now) for card in listed[:MOST_MODELS]],
        more=max(0, len(listed) - MOST_MODELS),
    )


def _intervals(title: str, name: str, point: Point, standings: Mapping[str, Standing]) -> Markup | None:
    rows = [
        interval_plot.Row(
            f"{side.jurisdiction} {_label(what, one, standings)}", one.value, one.low, one.high, i % len(DASHES)
        )
        for i, side in enumerate(point.sides)
        for what, one in (("best", side.best), ("median", side.median))
    ]
    if not any(one.value is not None for one in rows):
        return None
    # Written by an XML serializer from numbers and escaped names; never anybody else's bytes.
    return Markup(interval_plot.render(f"{title}: best and median of jurisdictions", rows, f"{name}-now"))  # noqa: S704


def _label(what: str, one: Statistic, standings: Mapping[str, Standing]) -> str:
    if one.value is None:
        return f"{what} not told"
    names = [standings[card].name for card in one.cards]
    others = f" and {len(names) - 1} more" if names[1:] else ""
    return f"{what} {plain(one.value)} ({plain(one.low)}–{plain(one.high)}), {formats.clipped(names[0], 24)}{others}"


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


def _pictures(title: str, name: str, points: Sequence[Point]) -> list[PictureView]:
    found = []
    for number, (what, told) in enumerate(TOLD.items()):
        courses = _courses(points, told)
        ends = _scale(courses) if what.startswith("Gap") else (0, 100)
        drawn = course_plot.render(f"{title}: {what}", "; ".join(_latest(courses)), courses, ends, f"{name}-{number}")
        # As above: numbers and names through an XML serializer.
        found.append(PictureView(what, Markup(drawn) if drawn else None))  # noqa: S704
    return found


Told = Callable[[Point], list[tuple[str, Statistic]]]

TOLD: dict[str, Told] = {
    "Best": lambda point: [(one.jurisdiction, one.best) for one in point.sides],
    "Median": lambda point: [(one.jurisdiction, one.median) for one in point.sides],
    "Gap of the best": lambda point: [(f"{one.first}{formats.MINUS}{one.second}", one.best) for one in point.gaps],
    "Gap of the medians": lambda point: [(f"{one.first}{formats.MINUS}{one.second}", one.median) for one in point.gaps],
}
"""Picture → the numbers of a point that it shows, each with the name of its line."""


def _courses(points: Sequence[Point], told: Told) -> Courses:
    by_day = [(one.day, dict(told(one))) for one in points]
    names = sorted({name for _, numbers in by_day for name in numbers})
    return {name: [_dot(day, numbers.get(name, NOTHING)) for day, numbers in by_day] for name in names}


def _dot(day: date, one: Statistic) -> Dot:
    return Dot(day, one.value, one.low, one.high)


def _scale(courses: Courses) -> tuple[int, int]:
    """Return the narrowest scale around 0 that holds every number and range."""
    widest = max((abs(end) for dots in courses.values() for one in dots for end in (one.low, one.high)), default=0)
    end = next((one for one in SCALES if widest <= one), SCALES[-1])
    return -end, end


def _latest(courses: Courses) -> Iterator[str]:
    """Yield first and last number of each line in words."""
    for name, dots in courses.items():
        told = [one for one in dots if one.value is not None]
        if told:
            first, last = told[0], told[-1]
            yield f"{name} {plain(first.value)} on {first.day}, {plain(last.value)} on {last.day}"


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
