"""Readings of one fact turned into a verdict, and the verdicts of several facts into that of an indicator.

One rule sets everything that is known of a fact against each other: what we executed and what the developer says,
document against document. Agreement with something executed is `verified`; disagreement is `contradicted`, never
averaged; a check that could not reach far enough proves nothing either way.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import combinations

from scorecards import agreement, derived
from scorecards.evidence import Basis, Bound, Finding, Reading, Source, Value
from scorecards.rubric import Fact, Indicator, Rubric
from scorecards.transparency import licences
from scorecards.verdict import POINTS, State, Verdict

NOBODY_LOOKED = {
    "artifact": "no weights file was collected yet",
    "document": "no document was read for it yet",
    "metadata": "no document was read for it yet",
    "probe": "the probe that answers it has not run yet",
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


@dataclass(frozen=True, slots=True)
class _When:
    """The instant of judging, and how long evidence stays fresh."""

    as_of: datetime
    ttl: timedelta


WEAKEST_FIRST = (State.PARTIAL, State.CLAIMED, State.DISCLOSED, State.VERIFIED)


def judge(fact: Fact, readings: Iterable[Reading], as_of: datetime, ttl: timedelta) -> Verdict:
    """Return the verdict on one fact from every reading of it, in whatever order they come.

    Only the newest reading of each (reader, source) counts. A reading that could not be measured never weighs
    against one that could. Somebody else's word never contradicts and never earns a point; neither does the
    developer's without a quote.
    """
    when = _When(as_of, ttl)
    relevant = [
        _credited(one)
        for one in _newest([one for one in readings if one.quantity == fact.id and one.taken_at <= as_of])
    ]
    found = [one for one in relevant if one.finding in (Finding.KNOWN, Finding.PARTIAL)]
    searched = [one for one in relevant if one.finding is Finding.ABSENT]
    unread = [one for one in relevant if one.finding is Finding.UNMEASURED]
    if found:
        return _weighed(fact, found, when)
    if searched:
        return _absent(fact, searched, unread, when)
    waiting = f"cannot be looked at yet: waits for {fact.awaits}" if fact.awaits else ""
    return Verdict(fact.id, State.UNCHECKED, unread[-1].note if unread else waiting)


def facts(rubric: Rubric, readings: Sequence[Reading], as_of: datetime) -> dict[str, Verdict]:
    """Return the verdict on every fact of a rubric; one that only some models have may not apply."""
    by_fact: defaultdict[str, list[Reading]] = defaultdict(list)
    for one in derived.added(readings):
        by_fact[one.quantity].append(one)
    found = {name: judge(fact, by_fact[name], as_of, rubric.ttl_of(name)) for name, fact in rubric.facts.items()}
    return {name: _asked(rubric.facts[name], one, found) for name, one in found.items()}


def _credited(reading: Reading) -> Reading:
    """Return a reading with what it is worth: the developer's word that nobody can look up is hearsay."""
    quoted = any(source.quote for source in reading.sources)
    return reading if quoted or reading.basis is not Basis.FIRST_PARTY else replace(reading, basis=Basis.THIRD_PARTY)


def _asked(fact: Fact, verdict: Verdict, others: Mapping[str, Verdict]) -> Verdict:
    """Return `not_applicable` for what the documents do not say because the model has no such thing."""
    needed, known = others.get(fact.only_if), others.get(fact.once_known)
    if verdict.state is not State.ABSENT or needed is None or known is None:
        return verdict
    if needed.state is State.ABSENT and known.points:
        return not_applicable(fact.id, f"{fact.only_if.replace('_', ' ')} is not said of it")
    return verdict


def _weighed(fact: Fact, found: Sequence[Reading], when: _When) -> Verdict:
    trusted = [one for one in found if one.basis is not Basis.THIRD_PARTY]
    hearsay = [one for one in found if one.basis is Basis.THIRD_PARTY]
    proves_nothing = all(one.finding is Finding.KNOWN and _falls_short(fact, one, trusted) for one in trusted)
    if hearsay and proves_nothing:  # and so it hides nobody's word
        trusted = []
    known = [one for one in trusted if one.finding is Finding.KNOWN]
    if sides := _disagreeing(fact, known):
        return _contradicted(fact, sides, when)
    candidates = trusted or hearsay
    state = _strongest([one for one in candidates if not _falls_short(fact, one, known)] or candidates)
    if state is State.VERIFIED and all(_falls_short(fact, one, known) for one in known if one.basis is Basis.EXECUTED):
        return Verdict(fact.id, State.UNCHECKED, _newest_of(candidates).note)
    supporting = [one for one in candidates if EARNED[one.basis, one.finding] is state]
    # A document that says what was executed stands beside it, quoted.
    beside = [one for one in known if one not in supporting] if state is State.VERIFIED else []
    return _verdict(fact, state, supporting, when, beside, "" if state is State.VERIFIED else _not_reached(fact, known))


def _disagreeing(fact: Fact, known: Sequence[Reading]) -> list[Reading]:
    """Return the readings that cannot all be true, each once; [] when all agree."""
    pairs = [(one, other) for one, other in combinations(known, 2) if not _both_true(fact, one, other)]
    return [one for one in known if any(one is side for pair in pairs for side in pair)]


def _both_true(fact: Fact, one: Reading, other: Reading) -> bool:
    """Two looks of one reader at one thing replace each other and do not disagree: the newer one counts."""
    if one.basis is other.basis is Basis.EXECUTED and one.reader == other.reader and one.subject != other.subject:
        return True
    return agreement.agree(one, other, fact)


def _falls_short(fact: Fact, one: Reading, known: Sequence[Reading]) -> bool:
    """Tell whether a check could not reach what a document declares, so that it proves nothing about it."""
    if one.basis is not Basis.EXECUTED or one.bound is not Bound.AT_LEAST or not isinstance(one.value, Decimal):
        return False
    declared = [other.value for other in known if other.basis is Basis.FIRST_PARTY and isinstance(other.value, Decimal)]
    return not declared or max(declared) > one.value * (1 + fact.tolerance)


def _not_reached(fact: Fact, known: Sequence[Reading]) -> str:
    short = [one for one in known if _falls_short(fact, one, known)]
    return f"not verified: {short[-1].note or f'could only be checked up to {short[-1].value}'}" if short else ""


def _absent(fact: Fact, searched: Sequence[Reading], unread: Sequence[Reading], when: _When) -> Verdict:
    """Return `absent`; a refusal is quoted, what was searched is counted (the card lists it)."""
    refused = [one for one in searched if any(source.quote for source in one.sources)]
    executed = [one for one in searched if one.basis is Basis.EXECUTED]
    count = len({source.url for one in searched for source in one.sources})
    reason = f"searched in {count} document{'s' if count != 1 else ''}" if not executed else executed[-1].note
    if refused and not executed:
        reason = f"{reason}; {refused[-1].note}"
    if unread:
        reason += f"; {len(unread)} more could not be read"
    taken_at = max(one.taken_at for one in searched)
    expires_at = taken_at + when.ttl
    return Verdict(
        fact.id,
        State.ABSENT,
        reason,
        evidence=_sources(executed or refused),
        stale=expires_at <= when.as_of,
        taken_at=taken_at,
        expires_at=expires_at,
    )


def combine(indicator: Indicator, facts: Mapping[str, Verdict]) -> Verdict:
    """Return the verdict on an indicator from those on its facts.

    Anything contradicted contradicts it. All facts earned: the weakest of them; some: partial; none, though somebody
    looked: absent; nobody looked: unchecked. Facts that do not apply are left out.
    """
    parts = [_held(indicator, facts[one]) for one in indicator.facts]
    parts = [one for one in parts if one.state is not State.NOT_APPLICABLE] or parts[:1]
    if len(parts) == 1:
        only = parts[0]
        reason = only.reason or (NOBODY_LOOKED[indicator.check] if only.state is State.UNCHECKED else "")
        return replace(only, indicator=indicator.id, reason=reason)
    state = _combined_state(parts)
    shown = [one for one in parts if one.state is state or (one.points and state is not State.CONTRADICTED)] or parts
    dates = [one.taken_at for one in shown if one.taken_at]
    ends = [one.expires_at for one in shown if one.expires_at]
    evidence = tuple(dict.fromkeys(source for one in shown for source in one.evidence))
    return Verdict(
        indicator.id,
        state,
        _combined_reason(indicator, parts, state),
        value=_combined_value(shown) if state not in (State.CONTRADICTED, State.ABSENT, State.UNCHECKED) else None,
        evidence=evidence,
        stale=any(one.stale for one in shown),
        taken_at=min(dates, default=None),
        expires_at=min(ends, default=None),
    )


def _combined_state(parts: Sequence[Verdict]) -> State:
    states = [one.state for one in parts]
    if State.CONTRADICTED in states:
        return State.CONTRADICTED
    earned = [one for one in states if POINTS.get(one)]
    if len(earned) == len(states):
        return next(one for one in WEAKEST_FIRST if one in earned)
    if earned:
        return State.PARTIAL
    if State.CLAIMED in states:
        return State.CLAIMED
    return State.ABSENT if State.ABSENT in states else State.UNCHECKED


def _combined_reason(indicator: Indicator, parts: Sequence[Verdict], state: State) -> str:
    if state is State.UNCHECKED:
        return next((one.reason for one in parts if one.reason), NOBODY_LOOKED[indicator.check])
    named: dict[State, list[str]] = {}
    for one in parts:
        named.setdefault(one.state, []).append(one.indicator.replace("_", " "))
    contradictions = [one.reason for one in parts if one.state is State.CONTRADICTED]
    return "; ".join([*contradictions, *(f"{which.value}: {', '.join(names)}" for which, names in named.items())])


def _combined_value(parts: Sequence[Verdict]) -> Value | None:
    texts = [f"{_shown(one.value)} {one.unit}".strip() for one in parts if one.value is not None]
    return "; ".join(texts)[:MAX_VALUE] or None


MAX_VALUE = 300
"""Characters of a value put together from several facts."""


def _shown(value: Value | None) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _held(indicator: Indicator, verdict: Verdict) -> Verdict:
    """Return the verdict on a claim: of one that is earned by a true value, a false one is absent."""
    return HELD[indicator.rule](verdict)


HELD: Mapping[str, Callable[[Verdict], Verdict]] = {
    "present": lambda verdict: verdict,
    "holds": lambda verdict: replace(verdict, state=State.ABSENT) if _is_false(verdict) else verdict,
}


def _is_false(verdict: Verdict) -> bool:
    return verdict.value is False and verdict.state in (State.VERIFIED, State.DISCLOSED, State.PARTIAL)


def not_applicable(name: str, reason: str) -> Verdict:
    """Return the verdict on an indicator or fact that is not asked about this kind of model."""
    return Verdict(name, State.NOT_APPLICABLE, reason)


def _newest(readings: Sequence[Reading]) -> list[Reading]:
    """Drop what a later look of the same reader at the same addresses replaced; oldest first.

    A later look that could not be made does not wipe out what was seen before: evidence ages, it does not vanish.
    Two findings of one look in one document stay, and can contradict each other.
    """
    looks: dict[object, list[Reading]] = {}
    for one in sorted(readings, key=lambda one: (one.finding is not Finding.UNMEASURED, _order(one))):
        last = looks.get(_key(one))
        same_look = last is not None and (_look(last[0]) == _look(one))
        looks[_key(one)] = [*last, one] if last and same_look else [one]
    return sorted((one for look in looks.values() for one in look), key=_order)


def _key(reading: Reading) -> tuple[str, str, tuple[str, ...]]:
    """Return what a look is at and who looks, whichever version of the reader."""
    return (reading.reader.split("/")[0], reading.subject, tuple(sorted(source.url for source in reading.sources)))


def _look(reading: Reading) -> tuple[object, ...]:
    return (reading.taken_at, reading.reader, reading.finding is Finding.UNMEASURED, _ids(reading))


def _ids(reading: Reading) -> tuple[str, ...]:
    return tuple(sorted(source.id for source in reading.sources))


def _order(reading: Reading) -> tuple[object, ...]:
    """Return a total order, so that the order in which evidence arrives never matters."""
    said = (reading.finding, reading.basis, str(reading.value), reading.bound, reading.note, reading.n)
    places = tuple((one.url, one.id, one.quote.start if one.quote else -1) for one in reading.sources)
    return (reading.taken_at, reading.reader, reading.subject, *said, places)


def _newest_of(readings: Sequence[Reading]) -> Reading:
    return max(readings, key=_order)


def _strongest(found: Sequence[Reading]) -> State:
    pairs = {(one.basis, one.finding) for one in found}
    return next(state for pair, state in EARNED.items() if pair in pairs)


def _contradicted(fact: Fact, sides: Sequence[Reading], when: _When) -> Verdict:
    reason = "; ".join(sorted({f"{_shown(one.value)} says {_place(one)}" for one in sides}))
    verdict = _verdict(fact, State.CONTRADICTED, sides, when)
    return replace(verdict, reason=reason, value=None, unit="")


def _place(reading: Reading) -> str:
    return ", ".join(source.url for source in reading.sources) or reading.reader


def _verdict(
    fact: Fact,
    state: State,
    readings: Sequence[Reading],
    when: _When,
    beside: Sequence[Reading] = (),
    remark: str = "",
) -> Verdict:
    """Build the verdict on the reading that speaks best; it goes stale with the newest look at what it rests on."""
    speaker = _speaker(fact, readings)
    taken_at = max(one.taken_at for one in readings)
    expires_at = taken_at + when.ttl
    return Verdict(
        indicator=fact.id,
        state=state,
        reason="; ".join(one for one in (speaker.note, remark) if one),
        value=speaker.value,
        unit=speaker.unit,
        evidence=tuple(dict.fromkeys([*_sources([speaker]), *_sources([*readings, *beside])])),
        stale=expires_at <= when.as_of,
        taken_at=taken_at,
        expires_at=expires_at,
    )


def _speaker(fact: Fact, readings: Sequence[Reading]) -> Reading:
    """Return whose value is shown: the most exact of numbers and dates, a licence that is known, else the newest's."""
    return max(readings, key=lambda one: (EXACTNESS.get(fact.compare, _as_exact)(one), one.taken_at, _url(one)))


def _digits(reading: Reading) -> tuple[bool, int, Decimal]:
    value = reading.value if isinstance(reading.value, Decimal) else Decimal(0)
    return (reading.bound is Bound.EXACT, len(value.normalize().as_tuple().digits), value)


def _as_exact(_reading: Reading) -> int:
    return 0


EXACTNESS: Mapping[str, Callable[[Reading], object]] = {
    "number": _digits,
    "date": lambda one: len(str(one.value)),
    "licence": lambda one: licences.known(licences.normalised(str(one.value))),
}
"""How exact a value is, by how its fact compares; the larger speaks."""


def _url(reading: Reading) -> str:
    return reading.sources[0].url if reading.sources else ""


def _sources(readings: Sequence[Reading]) -> tuple[Source, ...]:
    cited = [replace(source, taken_at=one.taken_at) for one in readings for source in one.sources]
    seen = {(one.id, one.url, one.quote): one for one in cited}
    return tuple(sorted(seen.values(), key=lambda source: (source.url, source.id, repr(source.quote))))
