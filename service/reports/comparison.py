"""The report of a comparison, turned into what page and file show."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from service.reports import candidates, endpoints, figures, slices
from service.reports.candidates import CandidateView, PromptLink
from service.reports.endpoints import EndpointView
from service.reports.slices import Links

Json = Mapping[str, Any]
GLYPHS: Mapping[str, str] = {"passed": "✓", "unscored": "·", "unchecked": "·", "unanswered": "?"}
"""State of an answer → the sign before its word; the others are not what was wanted, and have a cross."""
NOT_ASKED = "– not asked"


@dataclass(frozen=True, slots=True)
class RowView:
    """One prompt; `results` stand in the order of the endpoints."""

    id: str
    href: str
    about: str
    results: list[str]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A stretch of the list of prompts, from `first`, counted from 0; None = there is no earlier or later one."""

    rows: list[RowView]
    first: int
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class ReportView:
    """All of a report.

    Attributes:
        n, left: Prompts of the comparison, and of those the ones that the filters leave.
        filters: What is chosen, in words; empty = all prompts.
        reach, margin: Of the tracks of differences, and of the band that does not matter, in points.
        left_out: Rows that were no prompts: which, what was wanted, what was found.
    """

    baseline: str
    n: int
    left: int
    with_checks: int
    filters: list[str]
    links: list[Links]
    endpoints: list[EndpointView]
    candidates: list[CandidateView]
    reach: str
    margin: str
    left_out: list[tuple[int, str, str]]
    leaf: Leaf
    method: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Which prompts are listed: from `first`, at most `most`; None = to the end."""

    first: int = 0
    most: int | None = None


def view(document: Json, link: PromptLink, asked: Mapping[str, str], stretch: Stretch = Stretch()) -> ReportView:
    """Return a document, as `scorecards.compare.report` builds it, ready to be shown.

    Args:
        document: What is shown.
        link: Where a prompt's outputs are.
        asked: Filters by language, domain and set; what names no slice of this report is none.
        stretch: Of the list of prompts.
    """
    on = slices.chosen(document, asked)
    left = slices.rows(document, on)
    letters = figures.letters([one["ref"] for one in document["endpoints"]])
    sides, reach = candidates.views(document, letters, on, link)
    return ReportView(
        baseline=figures.visible(document["baseline"]),
        n=document["prompts"]["n"],
        left=len(left),
        with_checks=document["prompts"]["with_checks"],
        filters=[figures.visible(f"{by} {name}") for by, name in on.items()],
        links=slices.links(document, on),
        endpoints=[endpoints.view(document, one, letters[one["ref"]], left, on) for one in document["endpoints"]],
        candidates=sides,
        reach=reach,
        margin=figures.reach(Decimal(document["method"]["margin"])),
        left_out=[
            (one["row"], one["wanted"], figures.visible(one["found"])) for one in document["prompts"]["left_out"]
        ],
        leaf=_leaf(left, on, link, stretch),
        method=_method(document["method"]),
    )


def _leaf(left: Sequence[Json], on: Mapping[str, str], link: PromptLink, stretch: Stretch) -> Leaf:
    end = len(left) if stretch.most is None else stretch.first + stretch.most
    before = max(0, stretch.first - (stretch.most or 0)) if stretch.first else None
    return Leaf(
        rows=[_row(one, link) for one in left[stretch.first : end]],
        first=stretch.first,
        before=None if before is None else slices.address(on, before),
        after=slices.address(on, end) if end < len(left) else None,
    )


def _row(one: Json, link: PromptLink) -> RowView:
    about = (figures.language(one["language"]), one["domain"], one["set"])
    results = [_result(each["states"]) for each in one["endpoints"].values()]
    return RowView(
        figures.visible(one["id"]), link(one["id"]), figures.visible(" · ".join(filter(None, about))), results
    )


def _result(states: Sequence[str]) -> str:
    counts = Counter(states)
    said = [
        f"{GLYPHS.get(state, '✗')} {figures.words(state)}{f' {count}×' if len(states) > 1 else ''}"
        for state, count in counts.items()
    ]
    return ", ".join(said) or NOT_ASKED


def _method(found: Json) -> list[tuple[str, str]]:
    return [
        ("version", str(found["version"])),
        ("interval", found["interval"]),
        ("tests", found["test"]),
        ("resamples", f"{found['resamples']:,}"),
        ("seed", found["seed"]),
    ]
