"""The document of a swap drill: what becomes of a program that moves from A to each candidate, and what to do.

The path of a drill: `app` (what the program needs) → `gate` (what conformance alone rules out) → `estimate` (what
asking costs) → a comparison of those that pass → `build`. Same input, same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from scorecards import encoding
from scorecards.compare import paired
from scorecards.compare.shown import Json, digits
from scorecards.switching import advice, constraints, findings, gate
from scorecards.switching.advice import Case
from scorecards.switching.app import App
from scorecards.switching.constraints import Basis
from scorecards.switching.findings import Seen
from scorecards.switching.gate import Gate
from scorecards.switching.party import Party

SCHEMA = "pellucid/swap-drill/1"
VERSION = 1
"""Of the rules; whoever changes one raises it."""
EMPTY: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Drill:
    """All that a document is made of.

    Attributes:
        parties: Every endpoint of the app, by ref.
        as_of: The day from which days are counted to an end.
        estimate: What `estimate.document` says of those that pass; None = nobody was to be asked.
        comparison: What `compare.report.build` says of A and the candidates that passed the gate; None = nothing was
            asked, because none passed.
    """

    app: App
    parties: Mapping[str, Party]
    as_of: date
    estimate: Json | None = None
    comparison: Json | None = None

    def gate(self, candidate: str) -> Gate:
        """Return what conformance says of moving to a candidate."""
        return gate.build(self.app, self.parties[self.app.baseline], self.parties[candidate])

    @property
    def passing(self) -> list[str]:
        """The candidates that may be asked."""
        return [one for one in self.app.candidates if not self.gate(one).stops]


def build(drill: Drill) -> Json:
    """Return the document of a drill as far as it came."""
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "as_of": drill.as_of.isoformat(),
        "app": _app(drill.app),
        "baseline": _party(drill.parties[drill.app.baseline]),
        "estimate": drill.estimate,
        "candidates": [_candidate(drill, one) for one in drill.app.candidates],
        "comparison": drill.comparison,
    }


def _app(app: App) -> Json:
    """Return the app as it was asked, amounts as texts."""
    told: Json = encoding.to_json(app)
    for table in ("constraints", "limits"):
        told[table] = {key: one["decimal"] if isinstance(one, dict) else one for key, one in told[table].items()}
    return told


def _party(one: Party) -> Json:
    return {
        "ref": one.ref,
        "model": one.endpoint.model,
        "dialect": one.endpoint.dialect,
        "lifecycle": one.lifecycle,
        "shutdown": one.ends.isoformat() if one.ends else None,
    }


def _found(rows: Sequence[Mapping[str, Any]], key: str, ref: str) -> Mapping[str, Any]:
    return next((one for one in rows if one[key] == ref), EMPTY)


def _candidate(drill: Drill, ref: str) -> Json:
    seen = _seen(drill, ref)
    found = findings.find(seen)
    languages = (drill.comparison or EMPTY).get("prompts", EMPTY).get("language", EMPTY)
    checked = constraints.check(drill.app, Basis(seen.candidate, seen.side, languages, seen.margin))
    case = Case(seen, checked, found, _scored(seen))
    return {
        **_party(seen.candidate),
        "recommendation": advice.advise(case),
        "gate": gate.document(seen.gate),
        "findings": [findings.document(one) for one in found],
        "may_be_chance": [findings.document(one) for one in findings.may_be_chance(seen)],
        "breaks_expected": digits(seen.breaks_expected),
        "constraints": [constraints.document(one) for one in checked],
        "verdict": case.verdict or None,
        "quality": case.quality,
        "slices": [one for one in seen.side.get("slices", ()) if one["by"] in drill.app.slices],
        "cost_usd": _cost(drill.app, seen),
        "ttft_ms": seen.side.get("ttft_ms"),
        "e2e_ms": seen.side.get("e2e_ms"),
        "noise": seen.a.get("flips"),
    }


def _seen(drill: Drill, ref: str) -> Seen:
    comparison = drill.comparison or {"candidates": [], "endpoints": []}
    return Seen(
        gate=drill.gate(ref),
        baseline=drill.parties[drill.app.baseline],
        candidate=drill.parties[ref],
        as_of=drill.as_of,
        side=_found(comparison["candidates"], "endpoint", ref),
        a=_found(comparison["endpoints"], "ref", drill.app.baseline),
        b=_found(comparison["endpoints"], "ref", ref),
        slices=drill.app.slices,
        margin=_margin(drill),
    )


def _margin(drill: Drill) -> Decimal:
    return Decimal(drill.comparison["method"]["margin"]) if drill.comparison else paired.MARGIN


def _scored(seen: Seen) -> int:
    """Return at how many prompts A's answers have a score: only these can break."""
    return int(seen.a["pass_rate"]["n"]) if seen.a.get("pass_rate") else 0


def _cost(app: App, seen: Seen) -> Json | None:
    """Return the costs of both, and what the difference is in a day of the program's requests; None = not known."""
    cost = seen.side.get("cost_usd")
    if not cost:
        return None
    told = ("per_success", "low", "high", "n")
    per_success = {side: {key: one["cost_usd"][key] for key in told} for side, one in (("a", seen.a), ("b", seen.b))}
    return {**cost, "per_success": per_success, "difference_per_day": _per_day(app, cost)}


def _per_day(app: App, cost: Mapping[str, Any]) -> Json | None:
    if app.requests_per_day is None:
        return None
    thousands = Decimal(app.requests_per_day) / 1000

    def daily(value: str | None) -> str | None:
        return None if value is None else digits(Decimal(value) * thousands, 4)

    return {
        "requests": app.requests_per_day,
        "usd": daily(cost["difference_per_1k"]),
        "low": daily(cost["low"]),
        "high": daily(cost["high"]),
        "n": cost["n"],
    }
