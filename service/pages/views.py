"""The page of one model: its card turned into what the template shows, in the order of the page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scorecards import rubric
from scorecards import views as projections
from scorecards.exports import latency_svg
from scorecards.rubric import Rubric, RubricError
from service.pages import bars, changes, domains, endpoints, formats
from service.pages.answers import AnswerView
from service.pages.bars import Bar
from service.pages.changes import ChangeView
from service.pages.domains import DomainView, FilterView
from service.pages.endpoints import EndpointView
from service.pages.formats import Moment
from service.pages.verdicts import VerdictView, verdict


@dataclass(frozen=True, slots=True)
class DocumentView:
    """One document that was read, whatever came of it."""

    url: str
    href: str | None
    whose: str
    id: str
    short: str
    fetched: Moment | None


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
    methodology: str


@dataclass(frozen=True, slots=True)
class ModelView:
    """Everything on the page of one model.

    Attributes:
        filters: All of them and every state that something has; `filter` is the chosen one, None = all of them.
        documents: None when the card is older than lists of documents.
        own_error: How far off the prober's own times are; "" when the card does not name it.
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
    filters: list[FilterView]
    filter: FilterView | None
    stale: int
    documents: list[DocumentView] | None
    endpoints: list[EndpointView]
    latency: list[str]
    own_error: str
    changes: list[ChangeView]
    history: list[HistoryRow]
    addresses: Addresses
    views: list[tuple[str, str]]
    answers: Sequence[AnswerView] = ()


def model(
    card: Mapping[str, Any],
    card_id: str,
    history: Sequence[HistoryRow],
    now: datetime,
    answers: Sequence[AnswerView] = (),
    wanted: str = "",
) -> ModelView:
    """Return the view of a published card as seen at `now`, with the answers from outside, newest first.

    `wanted` is the name of a filter; one that nothing matches is none.
    """
    about, rules = card["model"], rubric_of(card)
    shown = verdicts(card, rules, now)
    served = [endpoints.endpoint(one, now) for one in card["endpoints"]]
    found = domains.filters(shown, addresses(about["ref"], card["rubric"]["id"]).page, wanted)
    chosen = next((one for one in found if one.chosen and one.name), None)
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
        contradictions=[one for one in shown if one.state == "contradicted"],
        domains=domains.groups(card["verdicts"], shown, rules, chosen.name if chosen else ""),
        filters=found,
        filter=chosen,
        stale=sum(one.stale for one in shown),
        documents=documents(card, now),
        endpoints=served,
        own_error=endpoints.own_error(card.get("prober", {})),
        latency=latency_svg.summary(card) if any(one.has_latency for one in served) else [],
        changes=changes.changes(card),
        history=list(history),
        addresses=addresses(about["ref"], card["rubric"]["id"]),
        views=[(one.title, f"{addresses(about['ref']).card}?view={name}") for name, one in projections.load().items()],
        answers=answers,
    )


def rubric_of(card: Mapping[str, Any]) -> Rubric | None:
    """Return the rubric that a card was judged by; None when this instance does not hold it."""
    try:
        return rubric.load(card["rubric"]["id"])
    except RubricError:
        return None


def verdicts(card: Mapping[str, Any], rules: Rubric | None, now: datetime) -> list[VerdictView]:
    """Return every verdict of a card with the facts it rests on."""
    known = {one["fact"]: one for one in card.get("facts", ())}
    return [verdict(one, known, rules, now) for one in card["verdicts"]]


def facts(about: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return name and value of what is known of a model; what no source says reads "not known"."""
    weights = {True: "open", False: "not published"}.get(about["open_weights"], "not known")
    found = [
        ("Weights", weights),
        ("Released", about["released"] or "not known"),
        ("Lifecycle", about["lifecycle"] or "not known"),
    ]
    return [*found, ("Shutdown", about["shutdown"])] if about.get("shutdown") else found


def addresses(ref: str, rules: str = rubric.CURRENT) -> Addresses:
    """Return where the documents of a model are, and where the rubric that judged it is shown."""
    card = f"/v1/scorecards/{formats.path(ref)}"
    return Addresses(
        f"/models/{formats.path(ref)}",
        card,
        f"{card}/history",
        f"{card}/badge.svg",
        f"/v1/challenges?model={formats.query(ref)}",
        "/methodology" if rules == rubric.CURRENT else f"/methodology/{formats.query(rules)}",
    )


def documents(card: Mapping[str, Any], now: datetime) -> list[DocumentView] | None:
    """Return what was read for a card; None when the card is older than such lists."""
    if "documents" not in card:
        return None
    return [
        DocumentView(
            url=one["url"],
            href=formats.link(one["url"]),
            whose="the developer's own" if one["first_party"] else "not the developer's",
            id=one["id"],
            short=formats.short(one["id"]),
            fetched=formats.moment(formats.instant(one["fetched_at"]), now),
        )
        for one in card["documents"]
    ]


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
