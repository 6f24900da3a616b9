"""A drill's document as Markdown for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from scorecards.compare.shown import Json
from scorecards.switching.markdown import plain, table

Found = Mapping[str, Any]


def report(drill: Json) -> str:
    """Return the report: for each candidate what to do and why, then every number with its interval and n."""
    title = f"# Swap drill: {plain(drill['app']['name'])}\n"
    asked = f"In use: `A` = {_ref(drill['baseline'])}. As of {drill['as_of']}.\n"
    parts = [title, asked, *(_candidate(one) for one in drill["candidates"]), *_asked(drill)]
    return "\n".join(parts)


def _ref(party: Found) -> str:
    ends = f", served until {party['shutdown']}" if party["shutdown"] else ""
    return f"{plain(party['ref'])} ({plain(party['lifecycle'] or 'lifecycle unknown')}{ends})"


def _candidate(one: Found) -> str:
    told = one["recommendation"]
    parts = [
        f"## `B` = {_ref(one)}\n",
        f"**{told['advice']}**: {plain(told['reason'])}.\n",
        *(f"- also: {plain(reason)}" for reason in told["also"]),
        "\n### Findings\n",
        _findings(one["findings"]) or "None.\n",
        *_chance(one),
        *_section("Features", _features(one["gate"])),
        *_section("Constraints", _constraints(one["constraints"])),
        *_section("Differences, B less A", _differences(one)),
    ]
    return "\n".join(parts)


def _section(title: str, text: str) -> list[str]:
    return [f"### {title}\n", text] if text else []


def _findings(found: Sequence[Found]) -> str:
    rows = [(one["kind"], one["what"], one["title"], one["detail"], _prompts(one)) for one in found]
    return table(("kind", "what", "in words", "found", "prompts"), rows) if rows else ""


def _prompts(one: Found) -> str | None:
    return f"{len(one['prompts'])}: {', '.join(one['prompts'])}" if one["prompts"] else None


def _chance(one: Found) -> list[str]:
    if not one["may_be_chance"]:
        return []
    expected = one["breaks_expected"]
    why = (
        f"two that are alike may show up to {expected}" if expected else "A was asked once, so its own noise is unknown"
    )
    return [f"### May be chance ({why})\n", _findings(one["may_be_chance"])]


def _features(gate: Found) -> str:
    rows = [
        (one["name"], one["use"], one["fate"], one["a"]["result"], one["b"]["result"], one["b"]["reason"])
        for one in gate["features"]
    ]
    return table(("feature", "use", "by moving", "A", "B", "why"), rows) if rows else ""


def _constraints(found: Sequence[Found]) -> str:
    rows = [(one["name"], one["wanted"], one["found"], one["state"], one["reason"]) for one in found]
    return table(("constraint", "wanted", "found", "state", "why"), rows) if rows else ""


def _differences(one: Found) -> str:
    rows = [*_quality(one), *_cost(one["cost_usd"]), *_times(one)]
    return table(("of", "A", "B", "difference", "95 %", "n", "verdict"), rows) if rows else ""


def _quality(one: Found) -> Iterator[Sequence[object]]:
    if one["quality"]:
        yield _score("score", one["quality"])
    yield from (_score(f"score, {each['by']} {each['name']}", each) for each in one["slices"])


def _score(name: str, of: Found) -> Sequence[object]:
    return name, of["a"], of["b"], of["difference"], _interval(of), of["n"], of["verdict"]


def _cost(cost: Found | None) -> Iterator[Sequence[object]]:
    if cost is None:
        return
    differs = cost["difference_per_1k"]
    yield "USD per 1,000 requests", cost["a_per_1k"], cost["b_per_1k"], differs, _interval(cost), cost["n"], None
    times = cost["times"]
    yield "times the cost", None, times["value"], None, _interval(times), cost["n"], None
    for side, one in cost["per_success"].items():
        columns = (one["per_success"], None) if side == "a" else (None, one["per_success"])
        yield "USD per success", *columns, None, _interval(one), one["n"], None
    if day := cost["difference_per_day"]:
        yield f"USD per day of {day['requests']} requests", None, None, day["usd"], _interval(day), day["n"], None


def _times(one: Found) -> Iterator[Sequence[object]]:
    for name, what in (("ttft_ms", "first token"), ("e2e_ms", "whole answer")):
        if of := one[name]:
            yield f"{what}, p50 ms", of["a_p50"], of["b_p50"], of["difference"], _interval(of), of["n"], None
            yield f"{what}, p95 ms", of["a_p95"], of["b_p95"], None, _interval(of["p95"]), of["n"], None


def _interval(of: Found) -> str | None:
    return None if of["low"] is None else f"{of['low']} to {of['high']}"


def _asked(drill: Json) -> Iterator[str]:
    comparison = drill["comparison"]
    if comparison is None:
        yield "## What was asked\n\nNothing.\n"
        return
    rows = [
        (one["ref"], one["cells"], one["not_asked"], sum(one["unanswered"].values()), _share(one["flips"]))
        for one in comparison["endpoints"]
    ]
    prompts = comparison["prompts"]
    yield f"## What was asked\n\n{prompts['n']} prompts, {prompts['with_checks']} with checks, \
{len(prompts['left_out'])} rows left out.\n"
    yield table(("endpoint", "requests", "not asked", "unanswered", "repeats that differ"), rows)


def _share(of: Found | None) -> str | None:
    return f"{of['value']} ({of['low']} to {of['high']}, n = {of['n']})" if of else None
