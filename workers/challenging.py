"""The challenge job: look again where a challenge points, decide it, record what was found."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from scorecards import card as cards_of
from scorecards import challenge as rules_of
from scorecards import rubric
from scorecards.catalog import Developer, Model
from scorecards.challenge import Case, Decision, Verdict
from scorecards.dispute import Challenge, State
from scorecards.evidence import Document, Reading
from service.store import catalog, challenges, db, evidence, jobs
from service.store.evidence import Found
from service.store.jobs import Lease
from workers import publishing
from workers.collecting import Seen, Wish, visit
from workers.context import Context

GONE = "the model has left the catalogue, or the indicator the rubric"
REFUSED = "refused_address"
NOT_PUBLIC = "the URL leads to an address that is not on the public internet"
"""Said instead of the client's words, which would tell everybody what a name means inside the operator's network."""


def challenge(context: Context, lease: Lease) -> None:
    """Read the challenged URL, decide, and record the decision with its evidence; do nothing if that was done."""
    begun = _begin(context, lease)
    if begun is None:
        return
    one, case = begun
    documents: list[Document] = []
    seen = visit(context, Wish(case.developer, case.model, (one.filing.url,)), documents.extend)
    documents = _of_page(seen[0], documents)
    readings = seen[0].readings
    now = context.clock()
    decision = _decided(context, case, documents, readings, now)
    with db.write(context.engine) as session:
        # First, so that whoever has lost the lease hears just that.
        _end(session, lease, decision.state, now)
        if challenges.move(session, one, decision.state, decision.reason, now):
            jobs.request(session, jobs.publish_job(case.model.ref), now)
        if decision.documents:
            fetches = [each.fetch for each in seen]
            found = Found(case.model.ref, "challenge", (), decision.documents, fetches, decision.readings)
            evidence.record(session, lease, found, now)


def _of_page(seen: Seen, documents: Sequence[Document]) -> list[Document]:
    """Return what is to be read of the challenged page: the text made of it, else the page itself."""
    ours = [one for one in documents if seen.fetch.sha256 in (one.sha256, one.derived_from)]
    return [one for one in ours if one.derived_from] or ours


def _end(session: Session, lease: Lease, state: State, now: datetime) -> None:
    """End the lease; what could not be read is tried again after the job's cadence."""
    if state is State.UNCHECKED:
        jobs.finish(session, lease, now)
    else:
        jobs.stop(session, lease)


def _begin(context: Context, lease: Lease) -> tuple[Challenge, Case] | None:
    """Return the challenge as it is checked now; None, and the lease ended, when there is nothing to check."""
    now = context.clock()
    with db.write(context.engine) as session:
        one = challenges.get(session, lease.args["challenge"])
        if one.state is State.RECEIVED:
            challenges.move(session, one, State.CHECKING, "", now)
            one = challenges.get(session, one.id)
        model = catalog.get(session, Model, one.filing.model)
        developer = catalog.get(session, Developer, model.developer) if model else None
        indicator = {each.id: each for each in rubric.load().indicators}.get(one.filing.indicator)
        if one.is_open and model and developer and indicator:
            return one, Case(one.filing, indicator, developer, model)
        if one.is_open:
            challenges.move(session, one, State.UNCHECKED, GONE, now)
        _end(session, lease, State.UNCHECKED if one.is_open else one.state, now)
    return None


def _decided(
    context: Context, case: Case, documents: Sequence[Document], readings: Sequence[Reading], now: datetime
) -> Decision:
    """Judge the indicator with and without what was read, and decide."""
    rules = rubric.load()
    with db.read(context.engine) as session:
        subject = publishing.gathered(session, case.model.ref, rules, now)
    if subject is None:
        return Decision(State.UNCHECKED, GONE)
    fresh = [*readings, *rules_of.withdrawals(case, documents, readings, subject.readings)]
    known = replace(subject, readings=[*subject.readings, *fresh])
    before, after = (_verdict(cards_of.build(each, rules, now, None), case.indicator.id) for each in (subject, known))
    decision = rules_of.decide(case, documents, fresh, before, after)
    return replace(decision, reason=NOT_PUBLIC) if REFUSED in decision.reason and not documents else decision


def _verdict(card: cards_of.Json, indicator: str) -> Verdict:
    return next(one for one in card["verdicts"] if one["indicator"] == indicator)
