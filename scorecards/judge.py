"""Readings of one quantity and one indicator, turned into a verdict."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from scorecards.evidence import Basis, Finding, Reading, Source
from scorecards.rubric import Indicator
from scorecards.verdict import State, Verdict

NOBODY_LOOKED = {
    "artifact": "no weights file was collected yet",
    "document": "no document was collected yet",
    "probe": "no endpoint was probed yet",
}
EARNED: dict[tuple[Basis, Finding], State] = {
    (Basis.EXECUTED, Finding.KNOWN): State.VERIFIED,
    (Basis.FIRST_PARTY, Finding.KNOWN): State.DISCLOSED,
    (Basis.EXECUTED, Finding.PARTIAL): State.PARTIAL,
    (Basis.FIRST_PARTY, Finding.PARTIAL): State.PARTIAL,
    (Basis.THIRD_PARTY, Finding.KNOWN): State.CLAIMED,
    (Basis.THIRD_PARTY, Finding.PARTIAL): State.CLAIMED,
}
"""Strongest first: of several readings that agree, the first row that matches is the verdict."""


def judge(indicator: Indicator, readings: Iterable[Reading], as_of: datetime) -> Verdict:
    """Return the verdict on `indicator` from every reading of its quantity, in whatever order they come.

    Only the newest reading of each (reader, source) counts. A reading that could not be measured never weighs
    against one that could; disagreement between those that could is `contradicted`, never averaged.
    """
    relevant = _newest([one for one in readings if one.quantity == indicator.quantity and one.taken_at <= as_of])
    found = [one for one in relevant if one.finding in (Finding.KNOWN, Finding.PARTIAL)]
    if found:
        return RULES[indicator.rule](indicator, found, as_of)
    searched = [one for one in relevant if one.finding is Finding.ABSENT]
    if searched:
        return _verdict(indicator, State.ABSENT, searched, as_of)
    reason = relevant[-1].note if relevant else NOBODY_LOOKED[indicator.check]
    return Verdict(indicator.id, State.UNCHECKED, reason)


def not_applicable(indicator: Indicator, reason: str) -> Verdict:
    """Return the verdict of an indicator that does not ask about this kind of model."""
    return Verdict(indicator.id, State.NOT_APPLICABLE, reason)


def _newest(readings: Sequence[Reading]) -> list[Reading]:
    """Drop what a later reading of the same reader and the same sources' addresses replaced; oldest first."""
    ordered = sorted(readings, key=_order)
    kept = {(one.reader, one.subject, tuple(sorted(source.url for source in one.sources))): one for one in ordered}
    # A later look that could not be made does not wipe out what was seen before: evidence ages, it does not vanish.
    for one in ordered:
        key = (one.reader, one.subject, tuple(sorted(source.url for source in one.sources)))
        if kept[key].finding is Finding.UNMEASURED and one.finding is not Finding.UNMEASURED:
            kept[key] = one
    return sorted(kept.values(), key=_order)


def _order(reading: Reading) -> tuple[datetime, str, str, str, tuple[str, ...]]:
    """Return a total order, so that the order in which evidence arrives never matters."""
    return (reading.taken_at, reading.reader, reading.subject, repr(reading), tuple(s.id for s in reading.sources))


def _present(indicator: Indicator, found: Sequence[Reading], as_of: datetime) -> Verdict:
    """Judge a claim that is earned by a known value."""
    trusted = [one for one in found if one.basis is not Basis.THIRD_PARTY]
    if len({_same(one) for one in trusted}) > 1:
        return _contradicted(indicator, trusted, as_of)
    state = _strongest(trusted or found)
    return _verdict(indicator, state, _supporting(trusted or found, state), as_of)


def _holds(indicator: Indicator, found: Sequence[Reading], as_of: datetime) -> Verdict:
    """Judge a claim that is earned by a true value; a check that was run and failed is `absent`."""
    trusted = [one for one in found if one.basis is not Basis.THIRD_PARTY]
    sides = {one.value for one in trusted}
    if len(sides) > 1 and len({one.basis for one in trusted}) > 1:
        return _contradicted(indicator, trusted, as_of)
    if trusted and trusted[-1].value is False:
        return _verdict(indicator, State.ABSENT, trusted[-1:], as_of)
    state = _strongest(trusted or found)
    return _verdict(indicator, state, _supporting(trusted or found, state), as_of)


RULES: dict[str, Callable[[Indicator, Sequence[Reading], datetime], Verdict]] = {"present": _present, "holds": _holds}


def _same(reading: Reading) -> object:
    """Return what two readings must share to agree: text without regard to case and outer blanks."""
    return reading.value.strip().casefold() if isinstance(reading.value, str) else reading.value


def _strongest(found: Sequence[Reading]) -> State:
    pairs = {(one.basis, one.finding) for one in found}
    return next(state for pair, state in EARNED.items() if pair in pairs)


def _supporting(found: Sequence[Reading], state: State) -> list[Reading]:
    return [one for one in found if EARNED[one.basis, one.finding] is state]


def _contradicted(indicator: Indicator, sides: Sequence[Reading], as_of: datetime) -> Verdict:
    reason = "; ".join(f"{one.value} says {_place(one)}" for one in sides)
    verdict = _verdict(indicator, State.CONTRADICTED, sides, as_of)
    return replace(verdict, reason=reason, value=None, unit="")


def _place(reading: Reading) -> str:
    return ", ".join(source.url for source in reading.sources) or reading.reader


def _verdict(indicator: Indicator, state: State, readings: Sequence[Reading], as_of: datetime) -> Verdict:
    """Build the verdict on the newest of these readings; it goes stale with the oldest evidence it needs."""
    newest, taken_at = readings[-1], max(one.taken_at for one in readings)
    expires_at = taken_at + indicator.ttl
    return Verdict(
        indicator=indicator.id,
        state=state,
        reason=newest.note,
        value=newest.value,
        unit=newest.unit,
        evidence=_sources(readings),
        stale=expires_at <= as_of,
        taken_at=taken_at,
        expires_at=expires_at,
    )


def _sources(readings: Sequence[Reading]) -> tuple[Source, ...]:
    seen = {(source.id, source.url, source.quote): source for one in readings for source in one.sources}
    return tuple(sorted(seen.values(), key=lambda source: (source.url, source.id, repr(source.quote))))
