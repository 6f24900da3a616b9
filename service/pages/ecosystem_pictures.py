"""Pictures of the page of ecosystems: intervals of today, and best, median and gaps over time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from scorecards import course_plot, interval_plot
from scorecards.card import plain
from scorecards.course_plot import DASHES, Courses, Dot
from scorecards.ecosystems import Point, Standing, Statistic
from service.pages import formats

SCALES = (10, 25, 50, 75, 100)
"""Ends of the scale of a picture of gaps."""
NOTHING = Statistic(None)


@dataclass(frozen=True, slots=True)
class PictureView:
    """A course over time; `drawn` None = there is no number to draw."""

    title: str
    drawn: Markup | None


def intervals(title: str, name: str, point: Point, standings: Mapping[str, Standing]) -> Markup | None:
    """Return best and median of each jurisdiction as intervals; None where nobody has enough coverage."""
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


def pictures(title: str, name: str, points: Sequence[Point]) -> list[PictureView]:
    """Return best and median of each jurisdiction over time, and the gaps of each pair in both."""
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
