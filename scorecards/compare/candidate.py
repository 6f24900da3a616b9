"""One candidate beside A: the difference of quality, time and cost, in every slice, and what breaks."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from scorecards import statistics
from scorecards.checks._keys import Drift
from scorecards.compare import breaks, operations, paired, power, text
from scorecards.compare.breaks import Break, Records
from scorecards.compare.cells import Plan, Record, mean_score
from scorecards.compare.paired import Conclusion, Delta, Pair
from scorecards.compare.prompt_rows import Prompt
from scorecards.compare.shown import Json, digits, interval, output, p_value, share

SLICES: Mapping[str, Callable[[Prompt], str]] = {
    "language": lambda prompt: prompt.lang.partition("-")[0],
    "domain": lambda prompt: prompt.domain,
    "set": lambda prompt: prompt.set,
}
SMALLEST_SLICE = 20


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
class Side:
    """The records of a candidate beside those of A."""

    endpoint: str
    a: Records
    b: Records
    plan: Plan
    method: Method

    def seed(self, *parts: str) -> str:
        """Return a seed of its own for each number, so that none hangs on which others are made."""
        return "/".join((self.method.seed, self.endpoint, *parts))


def document(side: Side, quality: Json) -> Json:
    """Return what a document says of a candidate beside A."""
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
        "breaks_by_chance": _chance(breaks.by_chance(side.a, side.b)),
        "key_drifts": [{"prompt": prompt, **_drift(one)} for prompt, one in breaks.drifts(side.a, side.b)],
        "unsteady": breaks.unsteady(side.a, side.b),
    }


def _pairs(side: Side, prompts: Sequence[Prompt]) -> list[Pair]:
    means = ((one, mean_score(side.a.get(one.id, ())), mean_score(side.b.get(one.id, ()))) for one in prompts)
    return [Pair(one.id, a, b, one.cluster) for one, a, b in means if a is not None and b is not None]


def delta_of(side: Side, prompts: Sequence[Prompt], *parts: str) -> Delta | None:
    """Return the difference of scores on some prompts; None where none is scored at both. `parts` name it."""
    return paired.compare(_pairs(side, prompts), side.seed("score", *parts), side.method.resamples)


MEASURED = (
    "a", "b", "difference", "low", "high", "interval_by", "wins", "losses", "p_mcnemar", "p_sign", "p", "p_holm",
    "detectable", "more_needed",
)  # fmt: skip
"""What a difference of scores is told by, beside n and verdict; all null where nothing was scored at both."""


def quality_of(delta: Delta | None, p_holm: Decimal | None, method: Method) -> Json:
    """Return a difference of scores with its verdict; undecided without a pair, and where no p was corrected."""
    if delta is None:
        return {"n": 0, "units": 0, "verdict": Conclusion.UNDECIDED.value, **dict.fromkeys(MEASURED)}
    verdict = Conclusion.UNDECIDED if p_holm is None else paired.conclude(delta, p_holm, method.margin)
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
        "p_mcnemar": p_value(delta.p_mcnemar),
        "p_sign": p_value(delta.p_sign),
        "p": p_value(delta.p),
        "p_holm": p_value(p_holm),
        "detectable": digits(delta.detectable),
        "more_needed": power.more_needed(delta.difference, delta.units, delta.spread, method.margin)
        if undecided
        else None,
    }


def _not_compared(side: Side) -> Json:
    """Return how many prompts are not in the test of pairs, by what is missing at A or else at B."""
    reasons = Counter[str]()
    for one in side.plan.prompts:
        a, b = side.a.get(one.id, ()), side.b.get(one.id, ())
        lacking = "a" if mean_score(a) is None else "b" if mean_score(b) is None else ""
        if lacking:
            reasons[f"{lacking}: {_lack(a if lacking == 'a' else b)}"] += 1
    return dict(sorted(reasons.items()))


def _lack(records: Sequence[Record]) -> str:
    return Counter(one.state.value for one in records).most_common(1)[0][0] if records else "not asked"


def _slices(side: Side) -> list[Json]:
    """Return the difference in each language, domain and set, where there are several.

    Holm's correction is over all that have SMALLEST_SLICE prompts; smaller ones are shown and decide nothing.
    """
    groups = [(by, name, prompts) for by in SLICES for name, prompts in _groups(side.plan.prompts, by)]
    deltas = {(by, name): delta_of(side, prompts, by, name) for by, name, prompts in groups}
    corrected = paired.holm(
        {f"{by}/{name}": one.p for (by, name), one in deltas.items() if one and one.n >= SMALLEST_SLICE}
    )
    return [
        {"by": by, "name": name, **quality_of(one, corrected.get(f"{by}/{name}"), side.method)}
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
        **interval(found.interval, 1),
        "a_p95": digits(found.a_p95, 1),
        "b_p95": digits(found.b_p95, 1),
        "p95": interval(found.p95_interval, 1),
    }


def _costs(found: operations.Costs | None) -> Json | None:
    """Return the costs of a thousand requests, and how many times as dear B is."""
    if found is None:
        return None
    ends = found.interval and (1000 * found.interval[0], 1000 * found.interval[1])
    return {
        "n": found.n,
        "a_per_1k": digits(1000 * found.a, 6),
        "b_per_1k": digits(1000 * found.b, 6),
        "difference_per_1k": digits(1000 * found.difference, 6),
        **interval(ends, 6),
        "times": {"value": digits(found.times), **interval(found.times_interval, 4)},
    }


def _text(side: Side) -> Json:
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


def _drift(one: Drift) -> Json:
    return {
        "renamed": dict(one.renamed or {}),
        "missing": list(one.missing),
        "added": list(one.added),
        "mistyped": dict(one.mistyped or {}),
    }


def _chance(found: breaks.Chance | None) -> Json | None:
    if found is None:
        return None
    return {"expected": digits(found.expected), "high": digits(found.high), "noise": share(found.noise)}


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
