"""The page of one model: its card turned into what the template shows, in the order of the page."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scorecards.exports import latency_svg
from service.pages import bars, changes, endpoints, formats
from service.pages.answers import AnswerView
from service.pages.bars import Bar
from service.pages.changes import ChangeView
from service.pages.endpoints import EndpointView
from service.pages.formats import Moment

STATES = {
    "contradicted": "two sources, or a source and a probe, disagree; both are shown",
    "verified": "we executed a check on an artifact or an endpoint",
    "disclosed": "the developer's own document says so, quoted from a stored snapshot",
    "partial": "vague, incomplete, or only for some members",
    "claimed": "submitted or said by a third party; not found in public yet",
    "absent": "we looked through everything named and it is not there",
    "unchecked": "we could not look; never counted as absent",
    "not_applicable": "the question does not arise for this model",
}
"""Every state with its meaning, in the order in which a sceptical reader wants them."""

DOMAINS = {
    "identity": "Identity",
    "access": "Access and licence",
    "interface": "Interface",
    "data": "Data",
    "compute": "Compute",
    "evaluation": "Evaluation",
    "operation": "Operation",
    "price": "Price and portability",
}


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One source of a verdict; `href` is None when a reader cannot or should not follow it."""

    id: str
    short: str
    url: str
    href: str | None
    quote: str | None
    language: str | None


@dataclass(frozen=True, slots=True)
class VerdictView:
    """One answer; `id` is its anchor."""

    id: str
    title: str
    state: str
    state_words: str
    value: str | None
    unit: str
    reason: str
    taken: Moment | None
    expires: Moment | None
    stale: bool
    evidence: list[EvidenceView]


@dataclass(frozen=True, slots=True)
class StateGroup:
    """All verdicts of one state."""

    state: str
    words: str
    meaning: str
    verdicts: list[VerdictView]


@dataclass(frozen=True, slots=True)
class DomainView:
    """One domain as a small multiple: a mark per verdict, and how many are checked of those that apply."""

    title: str
    marks: list[VerdictView]
    counts: list[tuple[str, str, int]]
    checked: int
    applicable: int


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One earlier or present card."""

    short: str
    sequence: int
    published: Moment | None
    bars: list[Bar]
    summary: str
    href: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a model's documents are."""

    page: str
    card: str
    history: str
    badge: str
    answers: str


@dataclass(frozen=True, slots=True)
class ModelView:
    """Everything on the page of one model.

    Attributes:
        latency: Sentences that say what the picture shows; empty when nothing was measured.
        as_of: When the card was made.
    """

    ref: str
    name: str
    developer: str
    jurisdiction: str
    facts: list[tuple[str, str]]
    card_id: str
    sequence: int
    rubric: str
    as_of: Moment | None
    bars: list[Bar]
    contradictions: list[VerdictView]
    domains: list[DomainView]
    groups: list[StateGroup]
    stale: int
    endpoints: list[EndpointView]
    latency: list[str]
    changes: list[ChangeView]
    history: list[HistoryRow]
    addresses: Addresses
    answers: Sequence[AnswerView] = field(default=())


def model(
    card: Mapping[str, Any],
    card_id: str,
    history: Sequence[HistoryRow],
    now: datetime,
    answers: Sequence[AnswerView] = (),
) -> ModelView:
    """Return the view of a published card as seen at `now`, with the answers from outside, newest first."""
    about = card["model"]
    verdicts = [verdict(one, now) for one in card["verdicts"]]
    served = [endpoints.endpoint(one, now) for one in card["endpoints"]]
    return ModelView(
        ref=about["ref"],
        name=about["name"],
        developer=about["developer"]["name"],
        jurisdiction=about["developer"]["jurisdiction"],
        facts=facts(about),
        card_id=card_id,
        sequence=card["sequence"],
        rubric=card["rubric"]["id"],
        as_of=formats.moment(formats.instant(card["as_of"]), now),
        bars=bars.bars(card),
        contradictions=[one for one in verdicts if one.state == "contradicted"],
        domains=domains(card["verdicts"], verdicts),
        groups=groups(verdicts),
        stale=sum(one.stale for one in verdicts),
        endpoints=served,
        latency=latency_svg.summary(card) if any(one.has_latency for one in served) else [],
        changes=changes.changes(card),
        history=list(history),
        addresses=addresses(about["ref"]),
        answers=answers,
    )


def facts(about: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return name and value of what is known of a model; what no source says reads "not known"."""
    weights = {True: "open", False: "not published"}.get(about["open_weights"], "not known")
    found = [
        ("Weights", weights),
        ("Released", about["released"] or "not known"),
        ("Lifecycle", about["lifecycle"] or "not known"),
    ]
    return [*found, ("Shutdown", about["shutdown"])] if about.get("shutdown") else found


def addresses(ref: str) -> Addresses:
    """Return where the documents of a model are."""
    card = f"/v1/scorecards/{formats.path(ref)}"
    return Addresses(
        f"/models/{formats.path(ref)}",
        card,
        f"{card}/history",
        f"{card}/badge.svg",
        f"/v1/challenges?model={formats.query(ref)}",
    )


def verdict(published: Mapping[str, Any], now: datetime) -> VerdictView:
    """Return a published verdict ready to be shown."""
    return VerdictView(
        id=published["indicator"],
        title=published["title"],
        state=published["state"],
        state_words=formats.words(published["state"]),
        value=formats.value(published["value"], published["unit"]),
        unit=published["unit"],
        reason=published["reason"],
        taken=formats.moment(formats.instant(published["taken_at"]), now),
        expires=formats.moment(formats.instant(published["expires_at"]), now),
        stale=published["stale"],
        evidence=[evidence(one) for one in published["evidence"]],
    )


def evidence(source: Mapping[str, Any]) -> EvidenceView:
    """Return a source ready to be shown."""
    quote = source["quote"]["text"] if source["quote"] else None
    return EvidenceView(
        id=source["id"],
        short=formats.short(source["id"]),
        url=source["url"],
        href=formats.link(source["url"]),
        quote=quote,
        language=formats.language(quote) if quote else None,
    )


def groups(verdicts: Iterable[VerdictView]) -> list[StateGroup]:
    """Return the verdicts by state in the order of `STATES`; states that nothing has are left out."""
    found: dict[str, list[VerdictView]] = {state: [] for state in STATES}
    for one in verdicts:
        found.setdefault(one.state, []).append(one)
    return [
        StateGroup(state, formats.words(state), STATES.get(state, ""), members)
        for state, members in found.items()
        if members
    ]


def domains(published: Sequence[Mapping[str, Any]], verdicts: Sequence[VerdictView]) -> list[DomainView]:
    """Return the verdicts by domain, in the order of `DOMAINS`; a domain unknown to this page comes last."""
    found: dict[str, list[VerdictView]] = {name: [] for name in DOMAINS}
    for raw, one in zip(published, verdicts, strict=True):
        found.setdefault(raw["domain"], []).append(one)
    return [_domain(name, members) for name, members in found.items() if members]


def _domain(name: str, members: Sequence[VerdictView]) -> DomainView:
    counted = Counter(one.state for one in members)
    order = [*STATES, *sorted(counted.keys() - STATES.keys())]
    applicable = len(members) - counted["not_applicable"]
    return DomainView(
        title=DOMAINS.get(name, formats.words(name).capitalize()),
        marks=sorted(members, key=lambda one: order.index(one.state)),
        counts=[(state, formats.words(state), counted[state]) for state in order if counted[state]],
        checked=applicable - counted["unchecked"],
        applicable=applicable,
    )


def history_row(card: Mapping[str, Any], card_id: str, published_at: datetime, now: datetime) -> HistoryRow:
    """Return one card of a model's past."""
    return HistoryRow(
        short=formats.short(card_id),
        sequence=card["sequence"],
        published=formats.moment(published_at, now),
        bars=bars.bars(card),
        summary=changes.summary(card),
        href=f"{addresses(card['model']['ref']).card}?id={card_id}",
    )
