"""The page of one endpoint: what was measured lately, and how that went over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from scorecards import card, history, measure, sparkline
from scorecards.catalog import Endpoint
from scorecards.evidence import Reading, family
from scorecards.history import Point
from scorecards.rubric import Rubric
from service.pages import endpoints, formats
from service.pages.endpoints import Histogram, ReadingView
from service.pages.formats import Moment

HISTORY_DAYS = 30
SHOWN_RUNS = 10


@dataclass(frozen=True, slots=True)
class RunView:
    """One point of a quantity's past."""

    value: str | None
    p95: str | None
    n: int
    note: str
    taken: Moment | None


@dataclass(frozen=True, slots=True)
class PastView:
    """One quantity over the last thirty days.

    Attributes:
        line: The SVG of its course; None for what is no number, or was measured once.
        runs: The newest runs, newest first.
    """

    title: str
    unit: str
    line: Markup | None
    count: int
    runs: list[RunView]


@dataclass(frozen=True, slots=True)
class MeasuredView:
    """Everything on the page of one endpoint."""

    ref: str
    model: str
    model_href: str
    facts: list[tuple[str, str]]
    window_hours: int
    readings: list[ReadingView]
    distributions: list[tuple[str, Histogram]]
    past: list[PastView]
    data: str


def view(endpoint: Endpoint, readings: Sequence[Reading], rules: Rubric, now: datetime) -> MeasuredView:
    """Return the page of an endpoint from its readings of the last `HISTORY_DAYS` days."""
    units = {one.quantity: one.unit for one in readings if one.unit}
    measured = [card.measurement(one, rules) for one in measure.window(readings, rules, now).values()]
    return MeasuredView(
        ref=endpoint.ref,
        model=endpoint.model,
        model_href=f"/models/{formats.path(endpoint.model)}",
        facts=_facts(endpoint),
        window_hours=rules.window_hours,
        readings=[endpoints.reading(one, now) for one in measured],
        distributions=[(one["title"], drawn) for one in measured if (drawn := endpoints.histogram_of(one))],
        past=[_past(name, points, units.get(name, ""), rules, now) for name, points in _published(readings, rules)],
        data=f"/v1/endpoints/{formats.query(endpoint.ref)}",
    )


def _facts(endpoint: Endpoint) -> list[tuple[str, str]]:
    found = [
        ("Provider", endpoint.provider),
        ("Region", endpoint.region or ""),
        ("Protocol", endpoints.DIALECTS.get(endpoint.dialect, endpoint.dialect)),
        ("Run by", "the model's developer" if endpoint.first_party else "a third party"),
        ("On benchmarking", endpoint.terms_note),
    ]
    return [(name, text) for name, text in found if text]


def _published(readings: Sequence[Reading], rules: Rubric) -> list[tuple[str, list[Point]]]:
    """Return the points of each quantity that is published, in the rubric's order."""
    order = {name: place for place, name in enumerate(rules.quantities)}
    found = history.by_quantity(one for one in readings if "aggregate" in rules.row(one.quantity))
    return sorted(found.items(), key=lambda item: (order[family(item[0])], item[0]))


def _past(quantity: str, points: Sequence[Point], unit: str, rules: Rubric, now: datetime) -> PastView:
    title, is_share = rules.title_of(quantity), formats.is_share(quantity)
    # Drawn by scorecards.sparkline with an XML serializer; never anybody else's bytes.
    line = Markup(sparkline.render(points, f"{title}, {len(points)} runs"))  # noqa: S704
    runs = [_run(one, unit, now, is_share=is_share) for one in reversed(points[-SHOWN_RUNS:])]
    return PastView(title, formats.PERCENT if is_share else unit, line or None, len(points), runs)


def _run(one: Point, unit: str, now: datetime, *, is_share: bool) -> RunView:
    value: Any = card.plain(one.value, 4)
    p95 = None if one.p95 is None else str(card.plain(one.p95, 4))
    if is_share:
        value, p95 = formats.in_percent(value), formats.in_percent(p95)
    return RunView(formats.value(value, unit), p95, one.n, one.note, formats.moment(one.taken_at, now))
