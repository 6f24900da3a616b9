"""A difference of scores, as an interval and in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from service.reports import figures, plots
from service.reports.plots import Plot

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Track:
    """What differences are drawn on: reaching ±`scale`, with a band of ±`margin` that does not matter."""

    margin: str
    scale: Decimal


@dataclass(frozen=True, slots=True)
class DifferenceView:
    """A difference of scores.

    Attributes:
        by, title: Which slice; "" = it is of all prompts that are left.
        href: Where the report is of this slice alone.
        plot: None = no prompt was scored at both.
        verdict: In words; `kind` is its machine's name.
        tests: What it rests on; "" = nothing.
    """

    by: str
    title: str
    href: str
    plot: Plot | None
    difference: str
    interval: str
    n: int
    verdict: str
    kind: str
    tests: str


def view(found: Json, track: Track, caution: str, *, paired: bool) -> DifferenceView:
    """Return a difference ready to be shown.

    Args:
        found: As documents have it.
        track: What it is drawn on.
        caution: Why nothing is decided by it; "" = it is.
        paired: Whether both were asked equally often; a test of wins and losses means nothing otherwise.
    """
    by, name, is_scored = found.get("by", ""), found.get("name", ""), bool(found["n"])
    return DifferenceView(
        by=by,
        title=figures.visible(figures.language(name) if by == "language" else name),
        href=f"?{urlencode({by: name})}",
        plot=plots.difference(found, track.margin, track.scale) if is_scored else None,
        difference=f"{figures.points(found['difference'])} points" if is_scored else "not scored",
        interval=figures.span(figures.points(found["low"]), figures.points(found["high"])) if is_scored else "",
        n=found["n"],
        verdict=caution or figures.verdict(found, track.margin),
        kind="undecided" if caution else found["verdict"],
        tests=_tests(found, paired=paired) if is_scored else "",
    )


def _tests(found: Json, *, paired: bool) -> str:
    """Return the numbers behind a verdict in one line; they stand beside the interval, never alone."""
    parts = (
        f"{found['units']} of them independent" if found["units"] != found["n"] else "",
        f"better on {found['wins']}, worse on {found['losses']}",
        f"McNemar p\u00a0{found['p_mcnemar']}" if paired and found["p_mcnemar"] is not None else "",
        f"p after Holm {found['p_holm']}" if found["p_holm"] is not None else "",
        f"a true difference of {figures.points(found['detectable']).strip('+')} points would be found 4 times in 5",
    )
    return "; ".join(filter(None, parts))
