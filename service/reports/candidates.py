"""One candidate beside A: the difference of scores in every slice, what breaks, what it takes."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from service.reports import differences, figures, operations, plots, readers, slices
from service.reports.differences import DifferenceView, Track
from service.reports.operations import Line
from service.reports.readers import ReaderView

Json = Mapping[str, Any]
PromptLink = Callable[[str], str]
"""Prompt id → where its outputs are."""


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
        slices: The difference in each language, domain and set, by kind, on tracks of ±`slice_reach` points; empty
            under a filter.
        apart: How far the texts are apart, in words; "" = none were compared.
        breaks: Kind in words → the prompts.
        chance: How many breaks of all prompts A's own noise would make, in words.
        unsteady: Prompts that it passes in some repeats, with where they are.
        not_compared: Why prompts, of all, are in no pair, with how many are.
        readers: What a judge and an embedder say.
    """

    letter: str
    ref: str
    whole: DifferenceView
    slices: list[tuple[str, list[DifferenceView]]]
    slice_reach: str
    lines: list[Line]
    apart: str
    breaks: list[tuple[str, list[BreakView]]]
    chance: str
    unsteady: list[tuple[str, str]]
    not_compared: list[tuple[str, int]]
    readers: list[ReaderView]


def views(
    document: Json, letters: Mapping[str, str], on: Mapping[str, str], link: PromptLink
) -> tuple[list[CandidateView], str]:
    """Return every candidate as it was asked for, never by rank, and how far the tracks of their differences reach.

    Differences and breaks are of the prompts that the filters leave, all else is of all prompts.
    """
    left = slices.rows(document, on)
    found = [(one, *slices.quality(document, one, left, on)) for one in document["candidates"]]
    margin = document["method"]["margin"]
    track = Track(margin, plots.scale((quality for _, quality, _ in found), margin))
    links = {one["id"]: link(one["id"]) for one in left}
    repeats = {one["ref"]: one["repeats"] for one in document["endpoints"]}
    shown = []
    for side, quality, caution in found:
        paired = repeats[side["endpoint"]] == repeats[document["baseline"]]
        whole = differences.view(quality, track, caution, paired=paired)
        parts = [] if on else side["slices"]
        shown.append(_view(side, letters[side["endpoint"]], whole, _slices(parts, margin, paired=paired), links))
    return shown, figures.reach(track.scale)


def _slices(parts: list[Json], margin: str, *, paired: bool) -> tuple[list[tuple[str, list[DifferenceView]]], str]:
    """Return the difference in every slice by its kind, and how far their tracks reach."""
    track = Track(margin, plots.scale(parts, margin))
    shown = [differences.view(one, track, slices.caution(one), paired=paired) for one in parts]
    return [(by, list(ones)) for by, ones in groupby(shown, key=lambda one: one.by)], figures.reach(track.scale)


def _view(
    side: Json,
    letter: str,
    whole: DifferenceView,
    parts: tuple[list[tuple[str, list[DifferenceView]]], str],
    links: Mapping[str, str],
) -> CandidateView:
    return CandidateView(
        letter=letter,
        ref=figures.visible(side["endpoint"]),
        whole=whole,
        slices=parts[0],
        slice_reach=parts[1],
        lines=operations.lines(side),
        apart=_apart(side["text"]),
        breaks=_breaks(side, links),
        chance=_chance(side["breaks_by_chance"]),
        unsteady=[(figures.visible(one), links[one]) for one in side["unsteady"] if one in links],
        not_compared=[(_lack(reason, letter), count) for reason, count in side["not_compared"].items()],
        readers=readers.views(side, letter, links),
    )


def _apart(found: Json) -> str:
    if not found["n"]:
        return ""
    distance = figures.percent(found["median_distance"])
    return f"{found['same']:,} of {found['n']:,} first answers have the same words; half differ by {distance} or less"


def _breaks(side: Json, links: Mapping[str, str]) -> list[tuple[str, list[BreakView]]]:
    """Return the breaks of the prompts that are left by kind, in the order of the document's counts."""
    found: defaultdict[str, list[BreakView]] = defaultdict(list)
    for one in side["breaks"]:
        if one["prompt"] in links:
            found[one["kind"]].append(_break(one, links[one["prompt"]]))
    return [(figures.words(kind), found[kind]) for kind in side["breaks_by_kind"] if kind in found]


def _break(one: Json, href: str) -> BreakView:
    repeats = f"A passed {one['a_repeats']} of {one['a_repeats']}, here 0 of {one['b_repeats']}"
    return BreakView(figures.visible(one["prompt"]), href, figures.visible(one["reason"]), repeats)


def _chance(found: Json | None) -> str:
    if found is None:
        return "How many are chance is not known: A was asked once."
    noise = found["noise"]
    ends = figures.span(figures.percent(noise["low"]), figures.percent(noise["high"]))
    return (
        f"A's own noise, {figures.percent(noise['value'])} of answers ({ends}, n\u00a0{noise['n']}), "
        f"would make {figures.about(found['expected'])} of them, {figures.about(found['high'])} at its upper end."
    )


def _lack(reason: str, letter: str) -> str:
    """Return why a prompt is in no pair, for people: "a: unanswered" is A's lack, else the candidate's."""
    who, _, lack = reason.partition(": ")
    return f"{figures.words(lack)} at {'A' if who == 'a' else letter}"
