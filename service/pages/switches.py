"""Moving from one endpoint to another, as the endpoint's page shows it: what is lost first, then the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from service import switching
from service.pages import formats
from service.pages.portability import MARKS
from service.switching import SwitchError

GROUPS = {
    "lost": "Lost",
    "weaker": "Weaker",
    "gained": "Gained",
    "stronger": "Stronger",
    "at_neither": "At neither",
    "unknown": "Unknown",
}
"""Groups of features that are shown row by row; what is kept is only counted."""
UNMEASURED = "not known"


@dataclass(frozen=True, slots=True)
class FeatureView:
    """A feature at both endpoints; `marks` are their shapes, here and there."""

    name: str
    question: str
    here: str
    there: str
    marks: tuple[str, str]
    reason: str


@dataclass(frozen=True, slots=True)
class LineView:
    """A limit, a price or a measurement at both endpoints, and what that means."""

    title: str
    here: str
    there: str
    change: str


@dataclass(frozen=True, slots=True)
class SwitchView:
    """A form, and what came of it.

    Attributes:
        problem: What was asked wrongly; "" = nothing.
        groups: Title and rows of each group that has any; [] while nothing was asked.
        ignored, rejected: Features that the other accepts without effect, and refuses.
        kept: How many work alike.
        data: Address of the whole report; "" while nothing was asked.
    """

    to: str
    features: str
    problem: str = ""
    groups: list[tuple[str, list[FeatureView]]] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    rejected: list[str] = field(default_factory=list)
    kept: int = 0
    lines: list[LineView] = field(default_factory=list)
    data: str = ""


def asked(session: Session, ref: str, args: Mapping[str, str]) -> SwitchView:
    """Return the form of an endpoint's page with what the reader put in, and the answer to it."""
    to, features = args.get("to", "").strip(), args.get("features", "").strip()
    if not to:
        return SwitchView(to, features)
    try:
        return view(switching.report(session, ref, to, features), to, features)
    except SwitchError as error:
        return SwitchView(to, features, str(error))


def view(report: Mapping[str, Any], to: str, features: str) -> SwitchView:
    """Return a report ready to be shown."""
    found = report["features"]
    ends = "&".join(f"{end}={formats.query(report[end]['endpoint'])}" for end in ("from", "to"))
    return SwitchView(
        to=to,
        features=features,
        groups=[(title, [_feature(one) for one in found[name]]) for name, title in GROUPS.items() if found[name]],
        ignored=[formats.words(one) for one in found["ignored_there"]],
        rejected=[formats.words(one) for one in found["rejected_there"]],
        kept=len(found["kept"]),
        lines=[*map(_limit, report["limits"]), *map(_measured, report["performance"]), *map(_price, report["prices"])],
        data=f"/v1/switch?{ends}" + (f"&features={formats.query(features)}" if features else ""),
    )


def _feature(one: Mapping[str, Any]) -> FeatureView:
    here, there = one["from"], one["to"]
    marks = MARKS[here["result"]], MARKS[there["result"]]
    return FeatureView(
        formats.words(one["name"]), one["question"], here["result"], there["result"], marks, there["reason"]
    )


def _limit(one: Mapping[str, Any]) -> LineView:
    here, there = (_amount(one[end]["value"], one["unit"]) for end in ("from", "to"))
    return LineView(one["title"], here, there, one["change"])


def _amount(value: str | None, unit: str) -> str:
    return UNMEASURED if value is None else f"{formats.value(value, unit)} {unit}".strip()


def _measured(one: Mapping[str, Any]) -> LineView:
    here, there = (_reading(one[end], one["unit"]) for end in ("from", "to"))
    return LineView(one["title"], here, there, one["change"])


def _reading(one: Mapping[str, Any] | None, unit: str) -> str:
    if one is None or one["value"] is None:
        return UNMEASURED
    ends = f" ({one['low']} to {one['high']})" if one["low"] is not None else ""
    return f"{_amount(one['value'], unit)}{ends}, n {one['n']}"


def _price(one: Mapping[str, Any]) -> LineView:
    here, there = (_cost(one[end]) for end in ("from", "to"))
    return LineView(f"{one['title']}, {one['tasks']:,} tasks", here, there, _difference(one["difference_usd"]))


def _cost(one: Mapping[str, Any]) -> str:
    if one["usd_low"] is None:
        return UNMEASURED
    range_ = one["usd_low"] if one["usd_low"] == one["usd_high"] else f"{one['usd_low']} to {one['usd_high']}"
    return f"{range_} USD, {formats.words(one['state'])}"


def _difference(one: Mapping[str, Any] | None) -> str:
    if one is None:
        return "unknown"
    low, high = (formats.signed(Decimal(one[end])) for end in ("low", "high"))
    return f"{low} USD" if low == high else f"{low} to {high} USD"
