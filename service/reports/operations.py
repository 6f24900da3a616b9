"""What a candidate takes beside A: time and money as lines of a table, each with its n and interval."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from service.reports import figures

Json = Mapping[str, Any]
Said = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Line:
    """One quantity at A, at the candidate, and the difference with its interval; `n` = prompts that have it at both."""

    title: str
    a: str
    b: str
    difference: str
    interval: str
    n: int


TIMES: Mapping[str, str] = {"ttft_ms": "first token", "e2e_ms": "whole answer"}


def lines(side: Json) -> list[Line]:
    """Return what is known of a candidate's times and costs beside A's."""
    times = [line for name, title in TIMES.items() if side[name] for line in _times(title, side[name])]
    return [*times, *_costs(side["cost_usd"])]


def _times(title: str, found: Json) -> list[Line]:
    middle = Line(
        f"{title}, p50",
        figures.ms(found["a_p50"]),
        figures.ms(found["b_p50"]),
        figures.ms_more(found["difference"]),
        _span(found, figures.ms_more),
        found["n"],
    )
    if found["a_p95"] is None:
        return [middle]
    tail = Line(
        f"{title}, p95",
        figures.ms(found["a_p95"]),
        figures.ms(found["b_p95"]),
        "",
        _span(found["p95"], figures.ms_more),
        found["n"],
    )
    return [middle, tail]


def _costs(found: Json | None) -> list[Line]:
    if found is None:
        return []
    a, b = figures.usd(found["a_per_1k"]), figures.usd(found["b_per_1k"])
    line = Line(
        "1,000 requests", a, b, figures.usd_more(found["difference_per_1k"]), _span(found, figures.usd_more), found["n"]
    )
    times = found["times"]
    if times["value"] is None:
        return [line]
    return [line, Line("times as dear", "1", times["value"], "", _span(times, str), found["n"])]


def _span(ends: Json, said: Said) -> str:
    return figures.span(*(None if ends[end] is None else said(ends[end]) for end in ("low", "high")))
