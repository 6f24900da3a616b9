"""One endpoint of a comparison by itself: how often it passed, what it did not answer, what it took."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.reports import figures, plots, slices
from service.reports.plots import Plot

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EndpointView:
    """One endpoint.

    Attributes:
        letter: A is the one in use.
        plot: None = nothing was scored.
        states: How its requests ended, with how many did.
        lacking: What was not answered or never asked.
        facts: What it took, by name.
    """

    letter: str
    ref: str
    plot: Plot | None
    rate: str
    interval: str
    n: int
    states: list[tuple[str, int]]
    lacking: list[str]
    facts: list[tuple[str, str]]


def view(document: Json, one: Json, letter: str, left: Sequence[Json], on: Mapping[str, str]) -> EndpointView:
    """Return an endpoint ready to be shown; its rate is of the prompts that are left, all else of all of them."""
    found = slices.pass_rate(document, one["ref"], left, on)
    return EndpointView(
        letter=letter,
        ref=figures.visible(one["ref"]),
        plot=plots.rate(found) if found else None,
        rate=figures.percent(found["value"]) if found else "not scored",
        interval=figures.span(figures.percent(found["low"]), figures.percent(found["high"])) if found else "",
        n=found["n"] if found else 0,
        states=[(figures.words(name), count) for name, count in one["states"].items() if count],
        lacking=_lacking(one),
        facts=_facts(one),
    )


def _lacking(one: Json) -> list[str]:
    found = [f"{count:,} not answered: {figures.words(outcome)}" for outcome, count in one["unanswered"].items()]
    return [*found, f"{one['not_asked']:,} of {one['cells']:,} not asked"] if one["not_asked"] else found


def _facts(one: Json) -> list[tuple[str, str]]:
    return [
        ("asked", f"{one['repeats']}× each prompt"),
        ("its own flips", _flips(one["flips"])),
        ("first token", _samples(one["ttft_ms"])),
        ("whole answer", _samples(one["e2e_ms"])),
        ("output tokens", _tokens(one["output_tokens"])),
        ("cost", _cost(one["cost_usd"])),
        ("cost of a passed answer", _per_success(one["cost_usd"])),
    ]


def _flips(found: Json | None) -> str:
    if found is None:
        return "not known: it was asked once"
    ends = figures.span(figures.percent(found["low"]), figures.percent(found["high"]))
    return f"{figures.percent(found['value'])} of prompts ({ends}, n\u00a0{found['n']})"


def _samples(found: Json) -> str:
    if found["p50"] is None:
        return figures.NOT_MEASURED
    return f"p50 {figures.ms(found['p50'])}, p95 {figures.ms(found['p95'])} (n\u00a0{found['n']})"


def _tokens(found: Json) -> str:
    if found["p50"] is None:
        return "not told by it"
    return f"p50 {found['p50']}, p95 {found['p95'] or figures.NOT_MEASURED} (n\u00a0{found['n']})"


def _cost(found: Json) -> str:
    unpriced = f"; {found['unpriced']:,} without a price" if found["unpriced"] and found["total"] is not None else ""
    return f"{figures.usd(found['total'])}{unpriced}"


def _per_success(found: Json) -> str:
    if found["per_success"] is None:
        return figures.NOT_MEASURED
    ends = figures.span(figures.usd(found["low"]), figures.usd(found["high"])) if found["low"] is not None else ""
    return f"{figures.usd(found['per_success'])} ({ends}{', ' if ends else ''}n\u00a0{found['n']})"
