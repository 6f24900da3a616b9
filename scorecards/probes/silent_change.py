"""Whether the model behind a name has changed without saying so."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from scorecards import statistics
from scorecards.evidence import Reading
from scorecards.exchanges import Ask, Exchange
from scorecards.probes import _canaries
from scorecards.probes._canaries import Digest
from scorecards.probes._probe import Probe, Target
from scorecards.probes._reading import Reader, why

FALSE_ALARM = 0.0001
"""Chance that a run of an endpoint that did not change is called a change, at most: at a run a day, once in 27 years.

A canary has changed when none of its two answers is one of its two answers of the run before. Without a change this
happens at most as often as two answers of one run differ; that rate is estimated from both runs' pairs, one flip and
one steady pair added. The alarm is given when as many changes or more have a binomial chance below this.
What that finds, of 16 canaries: five that changed where none flips; ten where one answer in thirty wavers; all where
one in five does. Where half of the answers waver even a whole new model stays unseen.
"""

BASELINE = "the first run at this endpoint lays the baseline"


def _plan(target: Target) -> Sequence[Ask]:
    return _canaries.asks(target)


def _read(target: Target, exchanges: Sequence[Exchange]) -> Sequence[Reading]:
    reader = Reader(target.endpoint, PROBE.reader, exchanges)
    now = Digest.of(exchanges, target.endpoint.model_id)
    if len(now.pairs) < _canaries.FEWEST:
        few = f"wants {_canaries.FEWEST} canaries answered twice, has {len(now.pairs)}"
        note = why(exchanges) if any(not one.ok for one in exchanges) else few
        return [reader.unmeasured(quantity, note) for quantity in PROBE.quantities]
    before = earlier(target, target.endpoint.ref)
    answered = [one for one in exchanges if one.ok]
    flips = f"{sum(now.flips)} of {len(now.flips)} canaries were answered in two ways"
    return [
        reader.known("canary_digest", str(now), answered, note=f"{flips}, served as {now.served}"),
        reader.share("canary_flip_share", now.flips, answered, flips),
        _changed(reader, now, before),
        _fingerprint(reader, now, before),
        _shifted(reader, now, before),
    ]


def earlier(target: Target, subject: str) -> Digest | None:
    """Return the newest digest of an endpoint; None without one of the canaries that are asked now."""
    found = target.last("canary_digest", subject)
    if found is None or found.reader != PROBE.reader or not isinstance(found.value, str):
        return None
    return Digest.parse(found.value)


def is_beyond_chance(changes: int, of: int, flips: Sequence[bool]) -> bool:
    """Tell whether so many changed canaries are more than an endpoint's own flips explain; see `FALSE_ALARM`."""
    rate = (sum(flips) + 1) / (len(flips) + 2)
    return statistics.at_least(changes, of, rate) < FALSE_ALARM


def _changed(reader: Reader, now: Digest, before: Digest | None) -> Reading:
    if before is None:
        return reader.unmeasured("silent_change", BASELINE)
    if now.served != before.served:
        note = f"changed openly: served as {before.served} before, as {now.served} now"
        return reader.known("silent_change", value=False, exchanges=_answered(reader), note=note)
    apart = _canaries.apart(now, before)
    if len(apart) < _canaries.FEWEST:
        few = f"wants {_canaries.FEWEST} canaries answered twice in both runs, has {len(apart)}"
        return reader.unmeasured("silent_change", few)
    flips = [*now.flips, *before.flips]
    note = (
        f"{sum(apart)} of {len(apart)} canaries are answered otherwise than before; "
        f"{sum(flips)} of {len(flips)} pairs of one run differ; false alarms below {FALSE_ALARM:.2%}"
    )
    changed = is_beyond_chance(sum(apart), len(apart), flips)
    return replace(reader.known("silent_change", changed, _answered(reader), note=note), n=len(apart))


def _fingerprint(reader: Reader, now: Digest, before: Digest | None) -> Reading:
    if before is None:
        return reader.unmeasured("fingerprint_changed", BASELINE)
    if not now.fingerprints or not before.fingerprints:
        return reader.unmeasured("fingerprint_changed", "the answers carry no fingerprint")
    told = f"{', '.join(before.fingerprints)} before, {', '.join(now.fingerprints)} now"
    if now.served != before.served:
        return reader.known(
            "fingerprint_changed", value=False, exchanges=_answered(reader), note=f"with the name: {told}"
        )
    changed = set(now.fingerprints).isdisjoint(before.fingerprints)
    return reader.known("fingerprint_changed", changed, _answered(reader), note=told)


def _shifted(reader: Reader, now: Digest, before: Digest | None) -> Reading:
    if before is None:
        return reader.unmeasured("canary_logprob_shift", BASELINE)
    gaps = [gap for role in now.tops if (gap := _canaries.shift(now.tops[role], before.tops.get(role, ()))) is not None]
    own = [gap for found in now.tops.values() if (gap := _canaries.noise(found)) is not None]
    if not gaps:
        return reader.unmeasured("canary_logprob_shift", "no log probabilities of the same tokens in both runs")
    asked = [one for one in _answered(reader) if one.ask.top_logprobs]
    note = f"the greatest of {len(gaps)} canaries; within this run {max(own, default=Decimal(0))} nats"
    return reader.known("canary_logprob_shift", max(gaps), asked, unit="nats", note=note)


def _answered(reader: Reader) -> list[Exchange]:
    return [one for one in reader.exchanges if one.ok]


PROBE = Probe(
    name="silent_change",
    version=2,
    question="Do fixed questions still get the answers they got, under the same model name?",
    quantities=("canary_digest", "canary_flip_share", "silent_change", "fingerprint_changed", "canary_logprob_shift"),
    plan=_plan,
    read=_read,
    every_s=24 * 3600,
)
