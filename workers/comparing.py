"""The jobs of a comparison: ask one endpoint its share of the prompts, and write what the answers say."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from scorecards.catalog import Endpoint
from scorecards.compare import duties, report
from scorecards.compare.breaks import REJECTIONS
from scorecards.compare.cells import Cell, Record
from scorecards.compare.duties import Duty, Role
from scorecards.compare.order import Order
from scorecards.cost.engine import Tariff
from scorecards.exchanges import Ask, Exchange, Outcome
from scorecards.probes._probe import Target
from service.store import budgets, catalog, comparisons, db, jobs, prices
from service.store.comparisons import LIMITED
from service.store.jobs import Lease
from workers import asking
from workers.addresses import policy
from workers.ask import exchange
from workers.asking import obstacle
from workers.budget import Budget, Purse, cost
from workers.comparison_purse import ComparisonPurse
from workers.context import Context
from workers.day_purse import DayPurse, MoneyPurse
from workers.http import Client
from workers.probing import networks
from workers.quiet import QUIET

SLICE_S = 30.0
"""After so long others who wait for the host have their turn."""
TRIES_LIMITED = 3
"""How often a prompt is asked again that was refused for coming too soon; nobody bills such a refusal."""
DOWN_AFTER, REST_S, RESTS = 3, 20, 3
"""So many failures in a row are a pause of so many seconds; so many pauses without an answer, and the rest is left."""
INTERRUPTED = "it was sent before a restart; whether it was answered and billed is not known, so it is not asked again"


@dataclass(frozen=True, slots=True)
class _Share:
    """What one endpoint is to be asked.

    Attributes:
        name: Of its part in the comparison.
        todo: Cells that wait, in the order of the plan.
        lost: Cells that were sent before a restart, and of which nobody knows what came.
        failures: How many requests in a row were not answered lately.
        held: Until when its provider wants no request; None = it may be asked.
    """

    key: str
    order: Order
    name: str
    duty: Duty
    endpoint: Endpoint
    tariff: Tariff | None
    local: bool
    todo: Sequence[Cell]
    lost: Sequence[Cell]
    failures: int
    held: datetime | None

    def ask(self, cell: Cell) -> Ask:
        """Return the request of a cell."""
        return self.duty.ask(cell, Target(self.endpoint, nonce="").temperature)

    def record(self, cell: Cell, found: Exchange) -> Record:
        """Return what became of a cell."""
        return self.duty.record(cell, found, self._usd(found))

    def _usd(self, found: Exchange) -> Decimal | None:
        used = cost(found) if self.tariff else None
        if self.tariff is None or used is None:
            return None
        priced = self.tariff.cost(used, found.started_at)
        return priced.in_usd(priced.total) if priced.total is not None else None


def compare(context: Context, lease: Lease) -> None:
    """Ask an endpoint its share for a while; come back for what is left, and end the comparison after the last one."""
    share = _share(context, lease)
    until = _asked(context, lease, share) if share else None
    with db.write(context.engine) as session:
        now = context.clock()
        # First, so that of two endpoints that have nothing left to ask the second sees that the first has not.
        comparisons.lock(session, lease.args["comparison"])
        jobs.finish(session, lease, now, until) if until else jobs.stop(session, lease)
        if until is None:
            _perhaps_done(session, lease, now)


def _share(context: Context, lease: Lease) -> _Share | None:
    """Return what is left to ask; None when the comparison has ended, or the endpoint left the catalogue."""
    key, name = lease.args["comparison"], lease.args["endpoint"]
    with db.read(context.engine) as session:
        one = comparisons.get(session, key)
        part = duties.named(one.order, name)
        endpoint, ref = catalog.get(session, Endpoint, part.ref), part.ref
        if not one.is_open or endpoint is None:
            return None
        duty = comparisons.duty(session, one, part)
        mine = list(duty.cells())
        asked, priced = comparisons.cells(session, key, name), prices.history(session, ref)
        local = catalog.origin(session, ref) == "local"
        lost = [cell for cell in mine if asked.get(cell) == ""]
        return _Share(
            key,
            one.order,
            name,
            duty,
            endpoint,
            Tariff(ref, priced) if priced else None,
            local,
            [cell for cell in mine if asked.get(cell, LIMITED) == LIMITED or (local and cell in lost)],
            () if local else lost,
            comparisons.failures(session, key, name),
            budgets.held_until(session, endpoint.provider, context.clock()),
        )


def _asked(context: Context, lease: Lease, share: _Share) -> datetime | None:
    """Ask until the slice is over; return when to come back, None = there is nothing left to ask."""
    _give_up_lost(context, share)
    if not share.todo or share.failures >= DOWN_AFTER * RESTS:
        return None
    if reason := obstacle(share.endpoint):
        _end(context, share, "failed", f"{share.name}: {reason}")
        return None
    if share.held is not None:
        return share.held
    with Client(policy("model", networks(context.settings, local=share.local))) as client:
        return _Slice(context, lease, share, client).run()


def _give_up_lost(context: Context, share: _Share) -> None:
    """Give up what was sent before a restart and may have been billed; what runs here is asked again instead."""
    with db.write(context.engine) as session:
        for cell in share.lost:
            found = Exchange(share.ask(cell), share.endpoint.ref, context.clock(), Outcome.INCOMPLETE, INTERRUPTED)
            comparisons.settle(session, share.key, share.record(cell, found))


class _Slice:
    """One stretch of asking one endpoint, cell after cell."""

    def __init__(self, context: Context, lease: Lease, share: _Share, client: Client) -> None:
        self._context, self._lease, self._share = context, lease, share
        self._channel = asking.channel(client, share.endpoint)
        self._budget = budget(context, share)
        self._failures = share.failures
        self._until: datetime | None = None
        self._over = False

    def run(self) -> datetime | None:
        """Ask; return when to come back, None = there is nothing left to ask, or nothing may be asked any more."""
        ends = time.monotonic() + SLICE_S
        for cell in self._share.todo:
            self._one(cell)
            if self._over:
                return self._until
            if time.monotonic() > ends:
                return self._context.clock()
        return None

    def _one(self, cell: Cell) -> None:
        ask, at = self._share.ask(cell), self._context.clock()
        if reason := self._budget.take(ask, at):
            self._stop()
            _end(self._context, self._share, "out_of_money", f"{self._share.name}: {reason}")
            return
        with db.write(self._context.engine) as session:
            jobs.renew(session, self._lease, self._context.lease_until())
            if not comparisons.begin(session, self._share.key, cell, at):
                self._stop()
        if self._over:
            found = Exchange(ask, self._share.endpoint.ref, at, Outcome.OVER_BUDGET)  # never sent
        else:
            with QUIET.measuring():
                found = exchange(self._channel, ask, at)
            self._heard(cell, found)
        self._budget.settle(found)

    def _heard(self, cell: Cell, found: Exchange) -> None:
        limited = found.outcome is Outcome.RATE_LIMITED
        with db.write(self._context.engine) as session:
            if limited and comparisons.limited(session, self._share.key, cell, TRIES_LIMITED):
                self._stop(found.not_before or self._context.clock() + timedelta(seconds=REST_S))
                return
            comparisons.settle(session, self._share.key, self._share.record(cell, found))
        up = found.answered or limited or found.outcome in REJECTIONS
        self._failures = 0 if up else self._failures + 1
        if self._failures and self._failures % DOWN_AFTER == 0:
            given_up = self._failures >= DOWN_AFTER * RESTS
            self._stop(None if given_up else self._context.clock() + timedelta(seconds=REST_S))

    def _stop(self, until: datetime | None = None) -> None:
        self._over, self._until = True, until


def budget(context: Context, share: _Share) -> Budget:
    """Return every purse that has to be asked: the comparison's own, and the provider's day where it is not here."""
    settings, provider = context.settings, share.endpoint.provider
    own: Purse = ComparisonPurse(context.engine, share.key, share.order.cap_tokens, share.order.cap_usd)
    tokens = DayPurse(context.engine, provider, settings.tokens_per_day)
    money = MoneyPurse(context.engine, provider, settings.usd_per_day)
    return Budget((own,) if share.local else (own, tokens, money), share.tariff)


def _end(context: Context, share: _Share, state: str, reason: str) -> None:
    with db.write(context.engine) as session:
        comparisons.end(session, share.key, state, reason, context.clock())


def _perhaps_done(session: Session, lease: Lease, now: datetime) -> None:
    """Go on to who reads the answers, or end the comparison, when nobody has anything left to be asked."""
    one = comparisons.get(session, lease.args["comparison"])
    if not one.is_open or comparisons.asking(session, one):
        return
    answered = duties.named(one.order, lease.args["endpoint"]).role is Role.ANSWER
    if answered and comparisons.request(session, one, now, readers=True):
        return
    left = comparisons.not_asked(session, one)
    reason = "; ".join(f"{name}: {count} not asked, it did not answer" for name, count in left.items() if count)
    comparisons.end(session, one.id, "done", reason, now)


def conclude(context: Context, lease: Lease) -> None:
    """Write what a comparison that ended says, and tell that it is finished."""
    with db.read(context.engine) as session:
        one = comparisons.get(session, lease.args["comparison"])
        found = comparisons.records(session, one.id)
        beside = duties.beside(one.order, found, comparisons.developers(session, one))
    document = report.build(one.order.plan, found, one.order.method, beside)
    with db.write(context.engine) as session:
        if one.report is None:
            comparisons.conclude(session, one, document, context.clock())
        jobs.stop(session, lease)
