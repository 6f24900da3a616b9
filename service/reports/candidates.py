"""One candidate beside A: the difference in words and as an interval, in every slice, and what breaks."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from service.reports import figures, operations, plots, slices
from service.reports.operations import Line
from service.reports.plots import Plot

Json = Mapping[str, Any]
PromptLink = Callable[[str], str]
"""Prompt id → where its outputs are."""


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


@dataclass(frozen=True, slots=True)
class BreakView:
    """One prompt that A always passes and the candidate never does."""

    prompt: str
    href: str
    reason: str
    repeats: str


@dataclass(frozen=True, slots=True)
class CandidateView:
    """One candidate.

    Attributes:
        slices: The difference in each language, domain and set, on tracks of ±`slice_reach` points; empty under a
            filter.
        apart: How far the texts are apart, in words; "" = none were compared.
        breaks: Kind in words → the prompts.
        chance: How many breaks A's own noise would make, in words.
        unsteady: Prompts that it passes in some repeats, with where they are.
        not_compared: Why prompts are in no pair, with how many are.
    """

    letter: str
    ref: str
    whole: DifferenceView
    slices: list[DifferenceView]
    slice_reach: str
    lines: list[Line]
    apart: str
    breaks: list[tuple[str, list[BreakView]]]
    chance: str
    unsteady: list[tuple[str, str]]
    not_compared: list[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class _Track:
    margin: str
    scale: Decimal


def views(
    document: Json, letters: Mapping[str, str], on: Mapping[str, str], link: PromptLink
) -> tuple[list[CandidateView], str]:
    """Return every candidate as it was asked for, never by rank, and how far the tracks of their differences reach.

    Times, costs and texts are of all prompts, the rest of those that the filters leave.
    """
    left = slices.rows(document, on)
    found = [(one, *slices.quality(document, one, left, on)) for one in document["candidates"]]
    margin = document["method"]["margin"]
    track = _Track(margin, plots.scale((quality for _, quality, _ in found), margin))
    ids = frozenset(one["id"] for one in left)
    shown = [
        _view(one, letters[one["endpoint"]], _difference(quality, track, caution), _slices(one, margin, on), ids, link)
        for one, quality, caution in found
    ]
    return shown, figures.reach(track.scale)


def _view(
    side: Json,
    letter: str,
    whole: DifferenceView,
    parts: tuple[list[DifferenceView], str],
    ids: frozenset[str],
    link: PromptLink,
) -> CandidateView:
    return CandidateView(
        letter=letter,
        ref=side["endpoint"],
        whole=whole,
        slices=parts[0],
        slice_reach=parts[1],
        lines=operations.lines(side),
        apart=_apart(side["text"]),
        breaks=_breaks(side, ids, link),
        chance=_chance(side["breaks_by_chance"]),
        unsteady=[(prompt, link(prompt)) for prompt in side["unsteady"] if prompt in ids],
        not_compared=[(_lack(reason, letter), count) for reason, count in side["not_compared"].items()],
    )


def _slices(side: Json, margin: str, on: Mapping[str, str]) -> tuple[list[DifferenceView], str]:
    """Return the difference in every slice, and how far their tracks reach."""
    track = _Track(margin, plots.scale(side["slices"], margin))
    shown = [] if on else [_difference(one, track, slices.caution(one)) for one in side["slices"]]
    return shown, figures.reach(track.scale)


def _difference(found: Json, track: _Track, caution: str) -> DifferenceView:
    by, name = found.get("by", ""), found.get("name", "")
    is_scored = bool(found["n"])
    return DifferenceView(
        by=by,
        title=figures.language(name) if by == "language" else name,
        href=f"?{urlencode({by: name})}",
        plot=plots.difference(found, track.margin, track.scale) if is_scored else None,
        difference=f"{figures.points(found['difference'])} points" if is_scored else "not scored",
        interval=figures.span(figures.points(found["low"]), figures.points(found["high"])) if is_scored else "",
        n=found["n"],
        verdict=caution or figures.verdict(found, track.margin),
        kind="undecided" if caution else found["verdict"],
        tests=_tests(found) if is_scored else "",
    )


def _tests(found: Json) -> str:
    """Return the numbers behind a verdict in one line; a p only beside the interval that it belongs to."""
    independent = f"{found['units']} of them independent" if found["units"] != found["n"] else ""
    parts = (
        independent,
        f"better on {found['wins']}, worse on {found['losses']}",
        f"McNemar p {found['p_mcnemar']}" if found["p_mcnemar"] is not None else "",
        f"p after Holm {found['p_holm']}" if found["p_holm"] is not None else "",
        f"a true difference of {figures.points(found['detectable']).strip('+')} points would be found 4 times in 5",
    )
    return "; ".join(filter(None, parts))


def _apart(found: Json) -> str:
    if not found["n"]:
        return ""
    distance = figures.percent(found["median_distance"])
    return f"{found['same']:,} of {found['n']:,} first answers have the same words; half differ by {distance} or less"


def _breaks(side: Json, ids: frozenset[str], link: PromptLink) -> list[tuple[str, list[BreakView]]]:
    found: defaultdict[str, list[BreakView]] = defaultdict(list)
    for one in side["breaks"]:
        if one["prompt"] in ids:
            repeats = f"A passed {one['a_repeats']} of {one['a_repeats']}, here 0 of {one['b_repeats']}"
            shown = BreakView(one["prompt"], link(one["prompt"]), one["reason"], repeats)
            found[figures.words(one["kind"])].append(shown)
    return [
        (figures.words(kind), found[figures.words(kind)])
        for kind in side["breaks_by_kind"]
        if figures.words(kind) in found
    ]


def _chance(found: Json | None) -> str:
    if found is None:
        return "How many of them are chance is not known: A was asked once."
    noise = found["noise"]
    ends = figures.span(figures.percent(noise["low"]), figures.percent(noise["high"]))
    return (
        f"A's own noise, {figures.percent(noise['value'])} of answers ({ends}, n\u00a0{noise['n']}), "
        f"would make {figures.about(found['expected'])} of them; {figures.about(found['high'])} at its upper end."
    )


def _lack(reason: str, letter: str) -> str:
    """Return why a prompt is in no pair, for people: "a: unanswered" is A's lack, else the candidate's."""
    who, _, lack = reason.partition(": ")
    return f"{figures.words(lack)} at {'A' if who == 'a' else letter}"
