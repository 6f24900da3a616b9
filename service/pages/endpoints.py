"""Endpoints of a model as the page shows them: what was measured, how requests ended, why nothing is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.pages import formats, portability
from service.pages.formats import Moment

DIALECTS = {
    "openai_chat": "OpenAI chat",
    "openai_responses": "OpenAI responses",
    "anthropic_messages": "Anthropic messages",
    "gemini": "Gemini",
    "bedrock_converse": "Bedrock Converse",
}


@dataclass(frozen=True, slots=True)
class ReadingView:
    """One published quantity.

    Attributes:
        value: None = could not be measured.
        interval: Low to high of the value; None when it has none.
    """

    title: str
    value: str | None
    unit: str
    interval: str | None
    p50: str | None
    p95: str | None
    n: int
    note: str
    taken: Moment | None


@dataclass(frozen=True, slots=True)
class Histogram:
    """The table behind the picture of one endpoint: from, to, how many."""

    unit: str
    rows: list[tuple[str, str, int]]

    @property
    def most(self) -> int:
        """The longest bar."""
        return max(count for _, _, count in self.rows)


@dataclass(frozen=True, slots=True)
class EndpointView:
    """One endpoint.

    Attributes:
        who: Whether the developer serves it itself.
        reason: Why nothing was measured; "" when something was.
        outcomes: How requests ended and how many, answered ones first.
        moving: What a move to here takes, in words; "" = its conformance was never probed.
    """

    ref: str
    anchor: str
    page: str
    who: str
    dialect: str
    host: str
    region: str | None
    measured: bool
    reason: str
    window: tuple[Moment | None, Moment | None]
    readings: list[ReadingView]
    outcomes: list[tuple[str, int]]
    requests: int
    histogram: Histogram | None
    moving: str = ""

    @property
    def has_latency(self) -> bool:
        """Whether the picture of latency shows this endpoint."""
        return self.histogram is not None


def endpoint(published: Mapping[str, Any], now: datetime) -> EndpointView:
    """Return a published endpoint ready to be shown."""
    outcomes = sorted(published["outcomes"].items(), key=lambda item: (item[0] != "ok", -item[1], item[0]))
    return EndpointView(
        ref=published["ref"],
        anchor=formats.anchor("endpoint", published["ref"]),
        page=f"/endpoints/{formats.query(published['ref'])}",
        who="the developer's own" if published["first_party"] else "third party",
        dialect=DIALECTS.get(published["dialect"], formats.words(published["dialect"])),
        host=published["host"],
        region=published["region"],
        measured=published["status"] == "measured",
        reason=published["reason"],
        window=_window(published["window"], now),
        readings=[reading(one, now) for one in published["readings"]],
        outcomes=[("answered" if name == "ok" else formats.words(name), count) for name, count in outcomes],
        requests=sum(count for _, count in outcomes),
        histogram=histogram(published["readings"]),
        moving=_moving(published.get("portability")),
    )


def _moving(published: Mapping[str, Any] | None) -> str:
    if not published:
        return ""
    said = (published["badge"], portability.figure(published))
    return ": ".join(one for one in said if one) or "too little is known"


PROBER = {"ttft": "time to first token", "ttft_at_16": "time to first token, 16 requests at once"}
"""Which of the prober's errors a page tells; the card has all of them."""


def own_error(prober: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the prober's own error in a sentence; "" when the card names none."""
    told = [
        f"{title}: half within {one['p50_ms']} ms" + (f", 99 % within {one['p99_ms']} ms" if one["p99_ms"] else "")
        for name, title in PROBER.items()
        if (one := prober.get(name))
    ]
    return "; ".join(told)


def reading(published: Mapping[str, Any], now: datetime) -> ReadingView:
    """Return a published reading ready to be shown."""
    published = _readable(published)
    low, high = published.get("low"), published.get("high")
    return ReadingView(
        title=published["title"],
        value=formats.value(published["value"], published["unit"]),
        unit=published["unit"],
        interval=f"{low}–{high}" if low is not None and high is not None else None,
        p50=published.get("p50"),
        p95=published.get("p95"),
        n=published["n"],
        note=published["note"],
        taken=formats.moment(formats.instant(published["taken_at"]), now),
    )


def _readable(published: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a published reading in the unit that people read it in: a share of 1 in percent."""
    if not formats.is_share(published["quantity"]):
        return published
    figures = {name: formats.in_percent(published.get(name)) for name in ("value", "low", "high", "p50", "p95")}
    drawn = published.get("histogram", {})
    edges = [formats.in_percent(edge) for edge in drawn.get("edges", ())]
    return {**published, **figures, "unit": formats.PERCENT, "histogram": {**drawn, "edges": edges}}


def histogram(readings: list[Mapping[str, Any]]) -> Histogram | None:
    """Return the distribution of the time to first token; None when it was not measured."""
    return next((histogram_of(one) for one in readings if one["quantity"] == "ttft_ms"), None)


def histogram_of(published: Mapping[str, Any]) -> Histogram | None:
    """Return the distribution of a published reading; None when it has none."""
    counts = published.get("histogram", {}).get("counts")
    if not counts:
        return None
    published = _readable(published)
    edges = published["histogram"]["edges"]
    return Histogram(published["unit"], list(zip(edges, edges[1:], counts, strict=False)))


def _window(published: Mapping[str, Any], now: datetime) -> tuple[Moment | None, Moment | None]:
    first, last = (formats.instant(published[end]) for end in ("from", "to"))
    return formats.moment(first, now), formats.moment(last, now)
