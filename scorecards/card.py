"""The published document of one model, built from evidence; same input, same bytes."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import rfc8785

from scorecards import applies, judge, measure, prober, scoring, statistics
from scorecards.catalog import Developer, Endpoint, Model
from scorecards.cost import pillar as costs
from scorecards.cost import published as prices
from scorecards.cost.engine import Tariff
from scorecards.dispute import Dispute
from scorecards.evidence import MAX_QUOTE, Basis, Reading, Source, Value
from scorecards.measure import Measurement
from scorecards.rubric import Fact, Indicator, Rubric
from scorecards.switching import facts as portable
from scorecards.switching import portability, published
from scorecards.switching import rules as switching
from scorecards.switching.portability import Portability
from scorecards.verdict import State, Verdict

SCHEMA = "pellucid/scorecard/1"
NOT_CONTENT = ("previous", "as_of", "sequence", "changes")
"""Left out of the content digest: they differ between two cards that say the same."""


Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Subject:
    """Everything known about one model at one instant.

    Attributes:
        readings: Of the model and of all its endpoints.
        outcomes: Per endpoint ref, how many exchanges of the window ended how.
        unreachable: Per endpoint ref, why it was not probed (`set DEEPSEEK_API_KEY`, …).
        prober: Of the prober itself.
        disputes: Every challenge to the model's verdicts, oldest first.
        tariffs: Per endpoint ref, its prices; an endpoint without prices has none.
    """

    model: Model
    developer: Developer
    endpoints: Sequence[Endpoint]
    readings: Sequence[Reading]
    outcomes: Mapping[str, Mapping[str, int]]
    unreachable: Mapping[str, str]
    disputes: Sequence[Dispute] = field(default=())
    prober: Sequence[Reading] = field(default=())
    tariffs: Mapping[str, Tariff] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Previous:
    """The card that a new one follows."""

    id: str
    card: Json


def build(subject: Subject, rubric: Rubric, as_of: datetime, previous: Previous | None) -> Json:
    """Return the card of this evidence, without changes; `diff.changes` finds those."""
    measured = {one.ref: measure.window(_of(subject, one.ref), rubric, as_of) for one in subject.endpoints}
    chosen = _representative(subject.endpoints, measured, rubric)
    verdicts, facts = _judged(subject, rubric, chosen, as_of)
    portable_to = _portability(subject, facts, as_of)
    return {
        "schema": SCHEMA,
        "model": _model(subject),
        "as_of": instant(as_of),
        "sequence": previous.card["sequence"] + 1 if previous else 1,
        "previous": previous.id if previous else None,
        "rubric": {"id": rubric.id, "sha256": rubric.sha256},
        "pillars": {
            "transparency": _pillar(scoring.transparency(verdicts)),
            "cost": _pillar(_cost(subject, measured, rubric, as_of)),
            "switching": _pillar(_switching(subject, portable_to)),
            "performance": _pillar(_performance(measured.get(chosen, {}), rubric, chosen)),
        },
        "verdicts": [_verdict(one, rubric.indicator(one.indicator)) for one in verdicts],
        "facts": [_fact(one, rubric.facts[one.indicator]) for one in facts if one.state is not State.UNCHECKED],
        "documents": _documents(_of(subject, subject.model.ref)),
        "endpoints": [
            _endpoint(one, subject, measured[one.ref], rubric, as_of)
            | {"portability": _published(portable_to.get(one.ref))}
            for one in subject.endpoints
        ],
        "prober": _prober(subject, as_of),
        "disputes": [one.as_json() for one in subject.disputes],
        "changes": [],
    }


def canonical(card: Json) -> bytes:
    """Return the RFC 8785 bytes of a card."""
    return rfc8785.dumps(card)


def card_id(card: Json) -> str:
    """Return `sha256:` and the hash of the card's canonical bytes."""
    return "sha256:" + hashlib.sha256(canonical(card)).hexdigest()


def content_digest(card: Json) -> str:
    """Return the hash of what the card says, without when and after what it says it."""
    content = {key: value for key, value in card.items() if key not in NOT_CONTENT}
    return "sha256:" + hashlib.sha256(canonical(content)).hexdigest()


def instant(at: datetime | None) -> str | None:
    """Return an aware UTC instant as RFC 3339 to the second; None stays None."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def plain(value: Value | None, digits: int | None = None) -> str | bool | None:
    """Return a value for JSON: decimals as strings without exponent, rounded to `digits` significant ones."""
    if not isinstance(value, Decimal):
        return value
    if digits and value:
        value = round(value, digits - 1 - value.adjusted())
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _of(subject: Subject, ref: str) -> list[Reading]:
    return [one for one in subject.readings if one.subject == ref]


def _representative(
    endpoints: Sequence[Endpoint], measured: Mapping[str, Mapping[str, Measurement]], rubric: Rubric
) -> str:
    """Return the endpoint that speaks for the model: the developer's own if measured, else the median one, else ""."""
    known = [one for one in endpoints if measured[one.ref]]
    candidates = [one for one in known if one.first_party] or known
    ranked = sorted(candidates, key=lambda one: (_performance(measured[one.ref], rubric, "").score or 0, one.ref))
    return ranked[(len(ranked) - 1) // 2].ref if ranked else ""


def _judged(subject: Subject, rubric: Rubric, chosen: str, as_of: datetime) -> tuple[list[Verdict], list[Verdict]]:
    """Return the verdicts on the rubric's indicators, and those on its facts, by name."""
    served = chosen or (subject.endpoints[0].ref if subject.endpoints else "")
    readings = [*_of(subject, subject.model.ref), *_of(subject, served)]
    facts = judge.facts(rubric, readings, as_of)
    verdicts = [_indicator(one, facts, subject, served) for one in rubric.indicators]
    return verdicts, [facts[name] for name in sorted(facts)]


def _indicator(indicator: Indicator, facts: Mapping[str, Verdict], subject: Subject, served: str) -> Verdict:
    if (reason := applies.why_not(indicator.applies_to, subject.model, subject.endpoints)) is not None:
        return judge.not_applicable(indicator.id, reason)
    verdict = judge.combine(indicator, facts)
    if verdict.evidence or indicator.check != "probe" or served not in subject.unreachable:
        return verdict
    return replace(verdict, reason=subject.unreachable[served])


def _performance(measured: Mapping[str, Measurement], rubric: Rubric, chosen: str) -> scoring.Pillar:
    items = []
    for scale in rubric.performance:
        found = measured.get(scale.quantity)
        if found and isinstance(found.value, Decimal):
            items.append(scoring.measured(scale, found.value, found.interval))
        else:
            items.append(scoring.unknown(scale.weight))
    return scoring.pillar(items, chosen or "no endpoint was measured")


def _cost(
    subject: Subject, measured: Mapping[str, Mapping[str, Measurement]], rubric: Rubric, as_of: datetime
) -> scoring.Pillar:
    if rubric.cost is None:
        return scoring.pillar([scoring.unknown()], costs.NO_PRICES)
    priced = [(one, subject.tariffs[one.ref]) for one in subject.endpoints if one.ref in subject.tariffs]
    return costs.of_model(
        [
            costs.of_endpoint(one, tariff, rubric.cost, as_of, _measured_cost(measured[one.ref], rubric))
            for one, tariff in priced
        ]
    )


def _portability(subject: Subject, facts: Sequence[Verdict], as_of: datetime) -> dict[str, Portability]:
    """Return the portability of each endpoint whose conformance was ever probed."""
    rules, by_name = switching.load(), {one.indicator: one for one in facts}
    found = {}
    for one in subject.endpoints:
        readings = _of(subject, one.ref)
        if portability.probed(readings):
            fresh = portability.fresh(readings, rules, as_of)
            known = portable.Known(one, subject.model, subject.endpoints, fresh, by_name)
            found[one.ref] = portability.of_endpoint(known, readings, rules)
    return found


def _switching(subject: Subject, found: Mapping[str, Portability]) -> scoring.Pillar:
    own = [one.ref for one in subject.endpoints if one.first_party]
    ref, how = portability.representative(found, own)
    if not ref:
        unknown = [scoring.unknown(one.points) for one in switching.load().dimensions.values()]
        return scoring.pillar(unknown, "no conformance probe has run yet")
    return replace(found[ref].pillar, basis=f"{ref} ({how})")


def _published(found: Portability | None) -> Json | None:
    return published.portability(found, switching.load()) if found else None


def _measured_cost(measured: Mapping[str, Measurement], rubric: Rubric) -> scoring.Item | None:
    scale = rubric.measured_cost
    found = measured.get(scale.quantity) if scale else None
    if scale is None or found is None or not isinstance(found.value, Decimal):
        return None
    return scoring.measured(scale, found.value, found.interval)


def _model(subject: Subject) -> Json:
    model, developer = subject.model, subject.developer
    return {
        "ref": model.ref,
        "name": model.name,
        "developer": {"id": developer.id, "name": developer.name, "jurisdiction": developer.jurisdiction},
        "open_weights": model.open_weights,
        "released": model.released,
        "lifecycle": model.lifecycle,
        "shutdown": model.shutdown.isoformat() if model.shutdown else None,
    }


def _pillar(pillar: scoring.Pillar) -> Json:
    published: Json = {
        "score": _fixed(pillar.score, 1),
        "low": _fixed(pillar.low, 1),
        "high": _fixed(pillar.high, 1),
        "coverage": _fixed(pillar.coverage, 2),
        "checked": pillar.checked,
        "applicable": pillar.applicable,
        "sufficient": pillar.sufficient,
        "basis": pillar.basis,
    }
    if pillar.contradictions is not None:
        published["verification_rate"] = _fixed(pillar.verification_rate, 2)
        published["contradictions"] = pillar.contradictions
    return published


def _fixed(value: Decimal | None, places: int) -> str | None:
    return None if value is None else format(value, f".{places}f")


def _verdict(verdict: Verdict, indicator: Indicator) -> Json:
    return {
        "indicator": verdict.indicator,
        "domain": indicator.domain,
        "title": indicator.title,
        "state": verdict.state.value,
        "points": plain(verdict.points),
        "value": plain(verdict.value),
        "unit": verdict.unit,
        "reason": verdict.reason,
        "stale": verdict.stale,
        "taken_at": instant(verdict.taken_at),
        "expires_at": instant(verdict.expires_at),
        "evidence": [_source(one) for one in verdict.evidence],
    }


def _fact(verdict: Verdict, fact: Fact) -> Json:
    return {
        "fact": fact.id,
        "title": fact.title or fact.id.replace("_", " "),
        "state": verdict.state.value,
        "value": plain(verdict.value),
        "unit": verdict.unit,
        "reason": verdict.reason,
        "stale": verdict.stale,
        "taken_at": instant(verdict.taken_at),
        "evidence": [_source(one) for one in verdict.evidence],
    }


def _prober(subject: Subject, as_of: datetime) -> Json:
    """Return the prober's own error for each kind of time; {} when it was never measured."""
    return {name: _error(one) for name, one in prober.errors(subject.prober, as_of).items()}


def _error(one: prober.Error) -> Json:
    errors = {"p50_ms": plain(one.p50_ms, 3), "p99_ms": plain(one.p99_ms, 3)}
    return {**errors, "n": one.n, "taken_at": instant(one.taken_at)}


def _documents(readings: Sequence[Reading]) -> list[Json]:
    """Return the newest version of every document that was read about the model, whatever came of it."""
    newest: dict[str, tuple[datetime, str, bool]] = {}
    for one in readings:
        for source in one.sources:
            seen = (one.taken_at, source.id, one.basis is not Basis.THIRD_PARTY)
            newest[source.url] = max(newest.get(source.url, seen), seen)
    return [
        {"url": url, "id": sha256, "fetched_at": instant(at), "first_party": ours}
        for url, (at, sha256, ours) in sorted(newest.items())
    ]


def _source(source: Source) -> Json:
    quote = source.quote
    return {
        "id": source.id,
        "url": source.url,
        "taken_at": instant(source.taken_at),
        "quote": {"text": quote.text[:MAX_QUOTE], "start": quote.start, "end": quote.end} if quote else None,
    }


def _endpoint(
    endpoint: Endpoint, subject: Subject, measured: Mapping[str, Measurement], rubric: Rubric, as_of: datetime
) -> Json:
    reason = measure.why_unmeasured(_of(subject, endpoint.ref)) or subject.unreachable.get(endpoint.ref, "")
    told = any(not rubric.quantities[quantity].get("of_us") for quantity in measured)
    return {
        "ref": endpoint.ref,
        "provider": endpoint.provider,
        "region": endpoint.region,
        "dialect": endpoint.dialect,
        "host": urlsplit(endpoint.base_url).netloc,
        "first_party": endpoint.first_party,
        "status": "measured" if told else "unchecked",
        "reason": "" if told else reason or "no endpoint was probed yet",
        "window": {"from": instant(as_of - timedelta(hours=rubric.window_hours)), "to": instant(as_of)},
        "readings": [measurement(one, rubric) for one in measured.values()],
        "outcomes": dict(sorted(subject.outcomes.get(endpoint.ref, {}).items())),
        **prices.of_card(subject.tariffs.get(endpoint.ref), as_of),
    }


def measurement(one: Measurement, rubric: Rubric) -> Json:
    """Return a measurement as cards and the API publish it."""
    published: Json = {
        "quantity": one.quantity,
        "title": rubric.title_of(one.quantity),
        "value": plain(one.value, 4),
        "unit": one.unit,
        "n": one.n,
        "taken_at": instant(one.taken_at),
        "note": one.note,
    }
    if one.interval:
        published |= {"low": plain(one.interval[0], 4), "high": plain(one.interval[1], 4)}
    if one.samples:
        edges, counts = statistics.histogram(one.samples)
        published |= {
            "p50": plain(one.p50, 4),
            "p95": plain(one.p95, 4),
            "percentiles": {name: plain(value, 4) for name, value in one.percentiles.items()},
            "histogram": {"edges": [plain(edge, 4) for edge in edges], "counts": counts},
        }
    return published
