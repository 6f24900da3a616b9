"""The publish job: judge what is known of a model and publish its card if it says something new."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from scorecards import card as cards_of
from scorecards import diff, prober, rubric
from scorecards.card import Json, Previous, Subject
from scorecards.catalog import Developer, Model
from scorecards.cost.engine import Tariff
from scorecards.dispute import Dispute
from scorecards.events import Event
from scorecards.events import of_cards as card_events
from scorecards.exports import latency_svg
from scorecards.rubric import Rubric
from service import secrets
from service.store import cards, catalog, challenges, db, evidence, jobs, prices
from service.store.cards import Published
from service.store.jobs import Lease
from workers import credentials
from workers.context import Context

PICTURES = (latency_svg.EXPORT,)
"""Drawn when a card is published, never in a request."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """What is to be written about a model.

    Attributes:
        before: The card that it was composed against; None = there was none.
        edition: Card, pictures and events to insert; None = there is nothing new to say.
        next_at: When the card then in force stops being true by itself; None = never.
    """

    before: Published | None
    edition: tuple[Published, dict[str, str], list[Event]] | None
    next_at: datetime | None


def publish(context: Context, lease: Lease) -> None:
    """Publish the model's card if it is worth it; run again when the first evidence expires."""
    done = False
    while not done:
        now = context.clock()
        done = _written(context, lease, _drafted(context, lease.args["model"], now), now)


def _drafted(context: Context, model_ref: str, now: datetime) -> _Draft | None:
    """Gather and compose, which takes long, while others may write; None when the model has left the catalogue."""
    rules = rubric.load()
    with db.read(context.engine) as session:
        before, subject = cards.latest(session, model_ref), gathered(session, model_ref, rules, now)
    if subject is None:
        return None
    fresh = compose(subject, rules, now, before)
    edition = _edition(context, fresh, before, now) if fresh is not None else None
    return _Draft(before, edition, _next(fresh or (before.card if before else {}), subject, now))


def _written(context: Context, lease: Lease, draft: _Draft | None, now: datetime) -> bool:
    """End the job with what was drafted; False, and nothing is written, when there is another card by now."""
    with db.write(context.engine) as session:
        if draft is None:
            jobs.stop(session, lease)
            return True
        if cards.latest(session, lease.args["model"]) != draft.before:
            return False
        if draft.edition is not None:
            cards.publish(session, *draft.edition)
        jobs.finish(session, lease, now, next_at=draft.next_at)
    return True


def gathered(session: Session, model_ref: str, rules: Rubric, now: datetime) -> Subject | None:
    """Return everything the database holds about a model; None when it has left the catalogue."""
    model = catalog.get(session, Model, model_ref)
    developer = catalog.get(session, Developer, model.developer) if model else None
    if model is None or developer is None:
        return None
    endpoints = catalog.endpoints_of(session, model_ref)
    refs = [one.ref for one in endpoints]
    since = now - timedelta(hours=rules.window_hours)
    return Subject(
        model=model,
        developer=developer,
        endpoints=endpoints,
        readings=[*evidence.readings(session, [model_ref]), *evidence.current(session, refs, since)],
        outcomes={ref: evidence.outcomes(session, ref, since) for ref in refs},
        unreachable={one.ref: reason for one in endpoints if (reason := credentials.missing_key(one))},
        prober=evidence.since(session, prober.SUBJECT, now - prober.KEPT),
        disputes=[Dispute.of(one) for one in challenges.of_model(session, model_ref)],
        tariffs={ref: Tariff(ref, facts) for ref in refs if (facts := prices.history(session, ref))},
    )


def compose(subject: Subject, rules: Rubric, now: datetime, before: Published | None) -> Json | None:
    """Return the card to publish now, its changes included; None when it would say nothing new."""
    previous = Previous(before.card_id, before.card) if before else None
    card = cards_of.build(subject, rules, now, previous)
    found = diff.changes(previous.card, card, rules) if previous else []
    if not diff.worth_publishing(previous.card if previous else None, card, found):
        return None
    return {**card, "changes": [one.as_json() for one in found]}


def _edition(
    context: Context, card: Json, before: Published | None, now: datetime
) -> tuple[Published, dict[str, str], list[Event]]:
    body, card_id = cards_of.canonical(card), cards_of.card_id(card)
    published = Published(card_id, now, body, secrets.sign(context.signing_key, body))
    pictures = {one.suffix: one.render(card) for one in PICTURES}
    return published, pictures, card_events.events(before.card if before else None, card, card_id)


def _next(card: Json, subject: Subject, now: datetime) -> datetime | None:
    """Return when the card in force stops being true by itself: evidence expires, a price changes; None = never."""
    expires_at = diff.next_expiry(card) if card else None
    instants = [datetime.fromisoformat(expires_at)] if expires_at else []
    instants += [edge for one in subject.tariffs.values() if (edge := one.next_edge(now))]
    return max(min(instants), now + timedelta(seconds=1)) if instants else None
