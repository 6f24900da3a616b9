"""The published document of a comparison: counts, rates, differences, slices, breaks; same input, same bytes.

Scores, shares, times and money are texts of decimal digits; null = not measured. Every number stands beside its n and,
where it is an estimate, its 95 % interval.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scorecards import statistics
from scorecards.compare import breaks, operations, paired, text
from scorecards.compare.breaks import Break, Records
from scorecards.compare.cells import Plan, Record, State
from scorecards.compare.operations import Interval
from scorecards.compare.paired import Conclusion, Delta, Pair
from scorecards.compare.prompt_rows import Prompt

SCHEMA = "pellucid/comparison/1"
VERSION = 1
"""Of the method; whoever changes a rule or a formula raises it."""
LONGEST_OUTPUT = 4000
"""Characters of an output that a break shows."""
SLICES: Mapping[str, Callable[[Prompt], str]] = {
    "language": lambda prompt: prompt.lang.partition("-")[0],
    "domain": lambda prompt: prompt.domain,
    "set": lambda prompt: prompt.set,
}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Method:
    """How the numbers are made.

    Attributes:
        seed: Of every resample; the same seed gives the same document.
        margin: Differences of scores (0..1) within ± this much are of no matter.
    """

    seed: str
    margin: Decimal = paired.MARGIN
    resamples: int = paired.RESAMPLES


@dataclass(frozen=True, slots=True)
class _Side:
    """A candidate beside A."""

    endpoint: str
    a: Records
    b: Records
    plan: Plan
    method: Method

    def seed(self, *parts: str) -> str:
        return "/".join((self.method.seed, self.endpoint, *parts))


def build(plan: Plan, records: Iterable[Record], method: Method) -> Json:
    """Return the document of a comparison as far as it came; cells without a record are counted as not asked."""
    by_endpoint = _by_endpoint(plan, records)
    baseline, *candidates = plan.endpoints
    sides = [_Side(one, by_endpoint[baseline], by_endpoint[one], plan, method) for one in candidates]
    deltas = {side.endpoint: _delta(side, plan.prompts) for side in sides}
    corrected = paired.holm({name: one.p for name, one in deltas.items() if one})
    return {
        "schema": SCHEMA,
        "method": _method(method),
        "baseline": baseline,
        "prompts": _prompts(plan),
        "endpoints": [_endpoint(plan, one, by_endpoint[one]) for one in plan.endpoints],
        "candidates": [
            _candidate(side, _quality(deltas[side.endpoint], corrected.get(side.endpoint), method)) for side in sides
        ],
        "rows": [_row(one, plan, by_endpoint) for one in plan.prompts],
    }


def _by_endpoint(plan: Plan, records: Iterable[Record]) -> dict[str, dict[str, list[Record]]]:
    """Return the records of each endpoint by prompt, in the plan's order; those of no cell of the plan are left."""
    cells = {cell: place for place, cell in enumerate(plan.cells())}
    found: dict[str, dict[str, list[Record]]] = {one: {} for one in plan.endpoints}
    mine = sorted((one for one in records if one.cell in cells), key=lambda one: cells[one.cell])
    order = {one.id: place for place, one in enumerate(plan.prompts)}
    for one in sorted(mine, key=lambda one: order[one.cell.prompt]):
        found[one.cell.endpoint].setdefault(one.cell.prompt, []).append(one)
    return found


def _method(method: Method) -> Json:
    return {
        "version": VERSION,
        "seed": method.seed,
        "resamples": method.resamples,
        "margin": digits(method.margin),
        "interval": "95 % paired percentile bootstrap over prompts, or over clusters where prompts have one; "
        f"Bonett and Price where fewer than {paired.FEWEST_CHANGED} changed",
        "test": "exact McNemar; Holm's correction over candidates, and over a candidate's slices",
    }


def _prompts(plan: Plan) -> Json:
    return {
        "n": len(plan.prompts),
        "with_checks": sum(bool(one.checks) for one in plan.prompts),
        "clusters": len({one.cluster for one in plan.prompts if one.cluster}),
        "left_out": [{"row": one.row, "wanted": one.wanted, "found": one.found} for one in plan.left_out],
        **{by: dict(sorted(Counter(map(named, plan.prompts)).items())) for by, named in SLICES.items()},
    }


def _endpoint(plan: Plan, ref: str, found: Records) -> Json:
    records = [one for repeats in found.values() for one in repeats]
    states = Counter(one.state for one in records)
    cost, interval, n = operations.cost_per_success(records)
    return {
        "ref": ref,
        "repeats": plan.asked(ref),
        "cells": len(plan.prompts) * plan.asked(ref),
        "not_asked": len(plan.prompts) * plan.asked(ref) - len(records),
        "states": {one.value: states[one] for one in State},
        "unanswered": _counts(one.outcome for one in records if not one.answered),
        "pass_rate": _pass_rate(plan, found),
        "flips": _share(paired.flips([_scores(one) for one in found.values()])),
        **{name: _samples(records, quantity) for name, quantity in operations.TIMES.items()},
        "output_tokens": _samples(records, lambda one: _decimal(one.output_tokens)),
        "cost_usd": {
            "total": digits(sum((one.cost_usd for one in records if one.cost_usd is not None), Decimal(0)), 8)
            if any(one.cost_usd is not None for one in records)
            else None,
            "unpriced": sum(one.cost_usd is None for one in records),
            "per_success": digits(cost, 8),
            "n": n,
            **_interval(interval, 8),
        },
    }


def _counts(found: Iterable[str]) -> dict[str, int]:
    return {str(name): count for name, count in sorted(Counter(found).items())}


def _scores(records: Sequence[Record]) -> list[Decimal]:
    return [one.score for one in records if one.score is not None]


def _mean(records: Sequence[Record]) -> Decimal | None:
    scores = _scores(records)
    return sum(scores, Decimal(0)) / len(scores) if scores else None


def _pass_rate(plan: Plan, found: Records) -> Json | None:
    """Return the mean share of passed answers per prompt; its interval counts a cluster, or a prompt, once."""
    means = {prompt: mean for prompt, records in found.items() if (mean := _mean(records)) is not None}
    if not means:
        return None
    clusters = {one.id: one.cluster or one.id for one in plan.prompts}
    units = len({clusters[one] for one in means})
    rate = sum(means.values(), Decimal(0)) / len(means)
    low, high = statistics.wilson(rate * units, units) or (None, None)
    return {"value": digits(rate), "low": digits(low), "high": digits(high), "n": len(means), "units": units}


def _share(found: statistics.Share | None) -> Json | None:
    if found is None:
        return None
    return {"value": digits(found.value), "low": digits(found.low), "high": digits(found.high), "n": found.n}


def _samples(records: Sequence[Record], quantity: Callable[[Record], Decimal | None]) -> Json:
    samples = [value for one in records if (value := quantity(one)) is not None]
    found = statistics.percentiles(samples)
    return {"p50": digits(found["p50"], 1), "p95": digits(found["p95"], 1), "n": len(samples)}


def _decimal(count: int | None) -> Decimal | None:
    return None if count is None else Decimal(count)


def _pairs(side: _Side, prompts: Sequence[Prompt]) -> list[Pair]:
    means = ((one, _mean(side.a.get(one.id, ())), _mean(side.b.get(one.id, ()))) for one in prompts)
    return [Pair(one.id, a, b, one.cluster) for one, a, b in means if a is not None and b is not None]


def _delta(side: _Side, prompts: Sequence[Prompt], *parts: str) -> Delta | None:
    return paired.compare(_pairs(side, prompts), side.seed("score", *parts), side.method.resamples)


def _quality(delta: Delta | None, p_holm: Decimal | None, method: Method) -> Json:
    """Return a difference of scores with its verdict; undecided without a pair."""
    if delta is None or p_holm is None:
        return {"n": 0, "verdict": Conclusion.UNDECIDED.value, "difference": None, "low": None, "high": None}
    verdict = paired.conclude(delta, p_holm, method.margin)
    undecided = verdict is Conclusion.UNDECIDED
    return {
        "n": delta.n,
        "units": delta.units,
        "verdict": verdict.value,
        "a": digits(delta.a),
        "b": digits(delta.b),
        "difference": digits(delta.difference),
        "low": digits(delta.low),
        "high": digits(delta.high),
        "interval_by": delta.by,
        "wins": delta.wins,
        "losses": delta.losses,
        "p_mcnemar": _p(delta.p_mcnemar),
        "p": _p(delta.p),
        "p_holm": _p(p_holm),
        "detectable": digits(delta.detectable),
        "more_needed": paired.more_needed(delta, method.margin) if undecided else None,
    }


def _candidate(side: _Side, quality: Json) -> Json:
    found = breaks.find(side.a, side.b)
    kinds = Counter(one.kind for one in found)
    return {
        "endpoint": side.endpoint,
        "quality": quality,
        "not_compared": _not_compared(side),
        "slices": _slices(side),
        **{
            name: _times(operations.times(operations.both(side.a, side.b, quantity), side.seed(name)))
            for name, quantity in operations.TIMES.items()
        },
        "cost_usd": _costs(operations.costs(operations.both(side.a, side.b, lambda one: one.cost_usd))),
        "text": _text(side),
        "breaks_by_kind": {one.value: kinds[one] for one in breaks.ORDER if kinds[one]},
        "breaks": [_break(one) for one in found],
        "breaks_by_chance": digits(breaks.by_chance(side.a, side.b)),
        "unsteady": breaks.unsteady(side.a, side.b),
    }


def _not_compared(side: _Side) -> Json:
    """Return how many prompts are not in the test of pairs, by what is missing at A or else at B."""
    reasons = Counter[str]()
    for one in side.plan.prompts:
        a, b = side.a.get(one.id, ()), side.b.get(one.id, ())
        lacking = "a" if _mean(a) is None else "b" if _mean(b) is None else ""
        if lacking:
            reasons[f"{lacking}: {_lack(a if lacking == 'a' else b)}"] += 1
    return dict(sorted(reasons.items()))


def _lack(records: Sequence[Record]) -> str:
    return Counter(one.state.value for one in records).most_common(1)[0][0] if records else "not asked"


def _slices(side: _Side) -> list[Json]:
    """Return the difference in each language, domain and set, where there are several; Holm's over all of them."""
    groups = [(by, name, prompts) for by in SLICES for name, prompts in _groups(side.plan.prompts, by)]
    deltas = {(by, name): _delta(side, prompts, by, name) for by, name, prompts in groups}
    corrected = paired.holm({f"{by}/{name}": one.p for (by, name), one in deltas.items() if one})
    return [
        {"by": by, "name": name, **_quality(one, corrected.get(f"{by}/{name}"), side.method)}
        for (by, name), one in deltas.items()
    ]


def _groups(prompts: Sequence[Prompt], by: str) -> list[tuple[str, list[Prompt]]]:
    groups: defaultdict[str, list[Prompt]] = defaultdict(list)
    for one in prompts:
        groups[SLICES[by](one)].append(one)
    return sorted((name, found) for name, found in groups.items() if name) if len(groups) > 1 else []


def _times(found: operations.Times | None) -> Json | None:
    if found is None:
        return None
    return {
        "n": found.n,
        "a_p50": digits(found.a_p50, 1),
        "b_p50": digits(found.b_p50, 1),
        "difference": digits(found.difference, 1),
        **_interval(found.interval, 1),
        "a_p95": digits(found.a_p95, 1),
        "b_p95": digits(found.b_p95, 1),
        "p95": _interval(found.p95_interval, 1),
    }


def _costs(found: operations.Costs | None) -> Json | None:
    """Return the costs of a thousand requests, and how many times as dear B is."""
    if found is None:
        return None
    interval = found.interval and (1000 * found.interval[0], 1000 * found.interval[1])
    return {
        "n": found.n,
        "a_per_1k": digits(1000 * found.a, 6),
        "b_per_1k": digits(1000 * found.b, 6),
        "difference_per_1k": digits(1000 * found.difference, 6),
        **_interval(interval, 6),
        "times": {"value": digits(found.times), **_interval(found.times_interval, 4)},
    }


def _interval(interval: Interval, places: int) -> Json:
    low, high = interval or (None, None)
    return {"low": digits(low, places), "high": digits(high, places)}


def _text(side: _Side) -> Json:
    """Return how far apart the first answers are; which of them is right no distance can tell."""
    firsts = [(_first(side.a[one]), _first(side.b[one])) for one in side.a if one in side.b]
    distances = [text.distance(a.text, b.text) for a, b in firsts if a and b]
    return {
        "n": len(distances),
        "same": sum(one == 0 for one in distances),
        "median_distance": digits(statistics.median(distances)),
    }


def _first(records: Sequence[Record]) -> Record | None:
    return next((one for one in records if one.answered), None)


def _break(one: Break) -> Json:
    return {
        "prompt": one.prompt,
        "kind": one.kind.value,
        "reason": one.reason,
        "a_repeats": one.a_repeats,
        "b_repeats": one.b_repeats,
        "a": output(one.a),
        "b": output(one.b),
    }


def output(record: Record) -> Json:
    """Return one answer as a document shows it, cut at LONGEST_OUTPUT characters."""
    return {
        "repeat": record.cell.repeat,
        "state": record.state.value,
        "outcome": record.outcome.value,
        "detail": record.detail,
        "text": record.text[:LONGEST_OUTPUT],
        "cut": len(record.text) > LONGEST_OUTPUT,
        "tool_calls": [{"name": one.name, "arguments": one.arguments} for one in record.tool_calls],
        "checks": {label: {"result": one.result.value, "reason": one.reason} for label, one in record.scores.items()},
    }


def _row(prompt: Prompt, plan: Plan, found: Mapping[str, Records]) -> Json:
    of_all = {one: found[one].get(prompt.id, ()) for one in plan.endpoints}
    return {
        "id": prompt.id,
        **{by: named(prompt) for by, named in SLICES.items()},
        "cluster": prompt.cluster,
        "endpoints": {
            ref: {"score": digits(_mean(records)), "states": [one.state.value for one in records]}
            for ref, records in of_all.items()
        },
    }


def digits(value: Decimal | None, places: int = 4) -> str | None:
    """Return a number in plain decimal digits, rounded to so many places; None for None.

    >>> digits(Decimal(2) / 3), digits(Decimal("0.10")), digits(Decimal("-0.00001"))
    ('0.6667', '0.1', '0')
    """
    if value is None:
        return None
    plain = format(round(value, places), "f")
    short = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if short in ("-0", "") else short


def _p(value: Decimal | None) -> str | None:
    """Return a p with three significant digits; a small one is never 0."""
    return None if value is None else f"{float(value):.3g}"
