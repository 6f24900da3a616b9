"""The published document of a comparison: counts, rates, differences, slices, breaks; same input, same bytes.

Scores, shares, times and money are texts of decimal digits; null = not measured. Every number stands beside its n and,
where it is an estimate, its 95 % interval.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType

from scorecards import statistics
from scorecards.compare import candidate, operations, paired, power
from scorecards.compare.breaks import Records
from scorecards.compare.candidate import SLICES, Method, Side
from scorecards.compare.cells import Plan, Record, State, mean_score, scores
from scorecards.compare.prompt_rows import Prompt
from scorecards.compare.shown import Json, digits, interval, share

SCHEMA = "pellucid/comparison/1"
VERSION = 1
"""Of the method; whoever changes a rule or a formula raises it."""


def build(
    plan: Plan, records: Iterable[Record], method: Method, beside: Mapping[str, Json] = MappingProxyType({})
) -> Json:
    """Return the document of a comparison as far as it came; cells without a record are counted as not asked.

    `beside`: candidate → what others say of it, told below its own numbers and part of none of them.
    """
    by_endpoint = _by_endpoint(plan, records)
    baseline, *others = plan.endpoints
    sides = [Side(one, by_endpoint[baseline], by_endpoint[one], plan, method) for one in others]
    deltas = {side.endpoint: candidate.delta_of(side, plan.prompts) for side in sides}
    corrected = paired.holm({name: one.p for name, one in deltas.items() if one})
    return {
        "schema": SCHEMA,
        "method": _method(method),
        "baseline": baseline,
        "prompts": _prompts(plan),
        "endpoints": [_endpoint(plan, one, by_endpoint[one]) for one in plan.endpoints],
        "candidates": [
            candidate.document(side, candidate.quality_of(deltas[side.endpoint], corrected.get(side.endpoint), method))
            | beside.get(side.endpoint, {})
            for side in sides
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
        "test": "exact McNemar; Holm's correction over candidates, and over a candidate's slices of "
        f"{candidate.SMALLEST_SLICE} prompts and more",
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
    cost, ends, n = operations.cost_per_success(records)
    return {
        "ref": ref,
        "repeats": plan.asked(ref),
        "cells": len(plan.prompts) * plan.asked(ref),
        "not_asked": len(plan.prompts) * plan.asked(ref) - len(records),
        "states": {one.value: states[one] for one in State},
        "unanswered": _counts(one.outcome for one in records if not one.answered),
        "pass_rate": _pass_rate(plan, found),
        "flips": share(power.flips([scores(one) for one in found.values()])),
        **{name: _samples(records, quantity) for name, quantity in operations.TIMES.items()},
        "output_tokens": _samples(records, lambda one: _decimal(one.output_tokens)),
        "cost_usd": {
            "total": digits(sum((one.cost_usd for one in records if one.cost_usd is not None), Decimal(0)), 8)
            if any(one.cost_usd is not None for one in records)
            else None,
            "unpriced": sum(one.cost_usd is None for one in records),
            "per_success": digits(cost, 8),
            "n": n,
            **interval(ends, 8),
        },
    }


def _counts(found: Iterable[str]) -> dict[str, int]:
    return {str(name): count for name, count in sorted(Counter(found).items())}


def _pass_rate(plan: Plan, found: Records) -> Json | None:
    """Return the mean share of passed answers per prompt; its interval counts a cluster, or a prompt, once."""
    means = {prompt: mean for prompt, records in found.items() if (mean := mean_score(records)) is not None}
    if not means:
        return None
    clusters = {one.id: one.cluster or one.id for one in plan.prompts}
    units = len({clusters[one] for one in means})
    rate = sum(means.values(), Decimal(0)) / len(means)
    low, high = statistics.wilson(rate * units, units) or (None, None)
    return {"value": digits(rate), "low": digits(low), "high": digits(high), "n": len(means), "units": units}


def _samples(records: Sequence[Record], quantity: Callable[[Record], Decimal | None]) -> Json:
    samples = [value for one in records if (value := quantity(one)) is not None]
    found = statistics.percentiles(samples)
    return {"p50": digits(found["p50"], 1), "p95": digits(found["p95"], 1), "n": len(samples)}


def _decimal(count: int | None) -> Decimal | None:
    return None if count is None else Decimal(count)


def _row(prompt: Prompt, plan: Plan, found: Mapping[str, Records]) -> Json:
    of_all = {one: found[one].get(prompt.id, ()) for one in plan.endpoints}
    return {
        "id": prompt.id,
        **{by: named(prompt) for by, named in SLICES.items()},
        "cluster": prompt.cluster,
        "endpoints": {
            ref: {"score": digits(mean_score(records)), "states": [one.state.value for one in records]}
            for ref, records in of_all.items()
        },
    }
