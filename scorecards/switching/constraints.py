"""Whether a candidate keeps to what a program demands: met, unmet, or unknown, each with what was found."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from scorecards.compare.shown import Json, digits
from scorecards.switching import quality
from scorecards.switching.app import App, Constraints
from scorecards.switching.party import Party


class State(StrEnum):
    """Of a constraint."""

    MET = "met"
    UNMET = "unmet"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Checked:
    """One constraint at one candidate; `found` None = it could not be found out, and `reason` says why."""

    name: str
    wanted: str
    found: str | None
    state: State
    reason: str


@dataclass(frozen=True, slots=True)
class Basis:
    """What constraints are checked against; `side` is what the comparison says of the candidate, {} when not asked."""

    party: Party
    side: Mapping[str, Any]
    languages: Mapping[str, int]
    margin: Decimal


def check(app: App, basis: Basis) -> list[Checked]:
    """Return every constraint of the app at a candidate, in the order of `CHECKS`."""
    return [one for checks in CHECKS for one in checks(app.constraints, basis)]


def document(one: Checked) -> Json:
    """Return a checked constraint as JSON."""
    return {
        "name": one.name,
        "wanted": one.wanted,
        "found": one.found,
        "state": one.state.value,
        "reason": one.reason,
    }


def _at_most(name: str, wanted: Decimal | None, found: str | None, n: int, why: str) -> Iterator[Checked]:
    if wanted is None:
        return
    limit = f"at most {digits(wanted, 6)}"
    if found is None:
        yield Checked(name, limit, None, State.UNKNOWN, why)
    else:
        state = State.MET if Decimal(found) <= wanted else State.UNMET
        yield Checked(name, limit, found, state, f"on {n} prompts of this drill")


def _price(wanted: Constraints, basis: Basis) -> Iterator[Checked]:
    cost = basis.side.get("cost_usd") or {"b_per_1k": None, "n": 0}
    why = "no price is known for both, or nothing was asked"
    yield from _at_most("max_usd_per_1k_requests", wanted.max_usd_per_1k_requests, cost["b_per_1k"], cost["n"], why)


def _p95(wanted: Constraints, basis: Basis) -> Iterator[Checked]:
    times = basis.side.get("e2e_ms") or {"b_p95": None, "n": 0}
    yield from _at_most("max_p95_ms", wanted.max_p95_ms, times["b_p95"], times["n"], "wants 20 answered prompts")


def _context(wanted: Constraints, basis: Basis) -> Iterator[Checked]:
    if wanted.context_tokens is None:
        return
    found = basis.party.model.context_tokens if basis.party.model else None
    state = State.UNKNOWN if found is None else State.MET if found >= wanted.context_tokens else State.UNMET
    reason = "the catalogue says none" if found is None else "as the catalogue says"
    yield Checked("context_tokens", f"at least {wanted.context_tokens}", _said(found), state, reason)


def _one_of(name: str, wanted: Sequence[str], found: str | None) -> Iterator[Checked]:
    if not wanted:
        return
    state = State.UNKNOWN if found is None else State.MET if found in wanted else State.UNMET
    reason = "the catalogue says none" if found is None else "as the catalogue says"
    yield Checked(name, f"one of {', '.join(wanted)}", found, state, reason)


def _region(wanted: Constraints, basis: Basis) -> Iterator[Checked]:
    yield from _one_of("regions", wanted.regions, basis.party.endpoint.region)


def _licence(wanted: Constraints, basis: Basis) -> Iterator[Checked]:
    model = basis.party.model
    if wanted.licences and model and model.open_weights is False:
        found = "the weights are not published"
        yield Checked("licences", f"one of {', '.join(wanted.licences)}", found, State.UNMET, "as the catalogue says")
    else:
        yield from _one_of("licences", wanted.licences, model.licence if model else None)


LANGUAGE_STATES = {"worse": State.UNMET, "undecided": State.UNKNOWN, "equivalent": State.MET, "better": State.MET}


def _languages(wanted: Constraints, basis: Basis) -> Iterator[Checked]:
    slices = {one["name"]: one for one in basis.side.get("slices", ()) if one["by"] == "language"}
    for name in wanted.languages:
        # With one language alone there are no slices: the whole is that language.
        one = slices.get(name) or (basis.side.get("quality") if [*basis.languages] == [name] else None)
        if one is None:
            yield Checked(f"language {name}", "not worse than A", None, State.UNKNOWN, "no prompt in it was asked")
        else:
            found = quality.verdict(one, basis.margin)
            state = LANGUAGE_STATES[found]
            yield Checked(f"language {name}", "not worse than A", found, state, quality.told(one))


def _said(found: int | None) -> str | None:
    return None if found is None else str(found)


CHECKS: Sequence[Callable[[Constraints, Basis], Iterator[Checked]]] = (
    _price,
    _p95,
    _context,
    _region,
    _licence,
    _languages,
)
