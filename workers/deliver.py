"""One turn at one subscription: take what waits, send it one after the other, record what came of it."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from time import monotonic, monotonic_ns

import structlog

from scorecards import delivery as rules
from scorecards.delivery import Attempt, Outcome
from scorecards.events import Told
from service import sealed as seals
from service import secrets, targets
from service.sealed import Sealed, SealError
from service.store import db, deliveries
from service.store.deliveries import Settled, Turnover, Waiting
from service.store.jobs import LeaseLost
from service.targets import Target
from workers.addresses import OutboundError, policy
from workers.context import Context
from workers.http import Client, Request, Response

log = structlog.get_logger()

BATCH = 50
TURN_S, RECORD_S = 5.0, 1.0
"""How long a turn goes on with a receiver that answers, and how long what came of it may stay unwritten."""
LEASE_S = 60
"""Above the longest that one attempt and the wait to record it can take."""
ANSWER_BYTES, ANSWER_S = 1024, 2.0
"""How much of an answer is kept, and how long it is waited for once its status is known."""
PAUSE_S = 0.25
"""The longest that a turn waits by itself to keep a rate; for longer it gives the turn back."""
SHORTEST_SECRET = 8
HIDDEN = "[hidden]"
TARGETS = targets.load()


@dataclass(frozen=True, slots=True)
class _Way:
    """Everything it takes to send to one subscription.

    Attributes:
        gap_s: How long to wait between two deliveries; 0 = not at all.
    """

    context: Context
    sealed: Sealed
    target: Target
    client: Client
    gap_s: float


def turn(context: Context, subscription: str) -> float | None:
    """Send what waits for a subscription until nothing does, one fails, or the turn is over.

    Returns seconds after which there may be more to send; None = nothing waits, or it must wait for its receiver.
    """
    with db.write(context.engine) as session:
        held = deliveries.claim(session, subscription, context.owner, context.clock(), LEASE_S)
    if held is None:
        return None
    vault = secrets.vault(secrets.master_key(context.settings))
    try:
        sealed = seals.unseal(held.sealed, vault)
        with Client(policy("webhook", context.settings.webhook_networks)) as client:
            gap_s = 60 / held.rate_per_minute if held.rate_per_minute else 0.0
            held, again_s = _sent(_Way(context, sealed, TARGETS[held.target], client, gap_s), held)
    except LeaseLost as error:
        log.warning("lease_lost", subscription=subscription, detail=str(error))
        return None
    except SealError as error:
        with db.write(context.engine) as session:
            deliveries.stop(session, subscription, "disabled", str(error), context.clock())
        return None
    except BaseException:
        _give_back(context, held, None)
        raise
    _give_back(context, held, again_s)
    return again_s


def _give_back(context: Context, held: Turnover, again_s: float | None) -> None:
    """End a turn; nothing is sent before the rate allows it."""
    until = context.clock() + timedelta(seconds=again_s) if again_s else None
    try:
        with db.write(context.engine) as session:
            deliveries.release(session, held, until)
    except LeaseLost as error:
        log.warning("lease_lost", subscription=held.subscription, detail=str(error))


def _sent(way: _Way, held: Turnover) -> tuple[Turnover, float | None]:
    """Send batch after batch; return the turn as it is then, and when there may be more to send."""
    ends = monotonic() + TURN_S
    while monotonic() < ends:
        with db.read(way.context.engine) as session:
            waiting = deliveries.batch(session, held, way.context.clock(), BATCH)
        if not waiting:
            return held, None
        held = _batch(way, held, waiting)
        if held.health.not_before or held.health.failures:
            return held, 0.0 if held.health.not_before is None else None
        if way.gap_s > PAUSE_S:
            return held, way.gap_s
    return held, 0.0


def _batch(way: _Way, held: Turnover, waiting: Sequence[Waiting]) -> Turnover:
    """Send a batch until one fails, and record what came of it every now and then."""
    done: list[Settled] = []
    recorded = monotonic()
    for settled in _settled(way, held, waiting):
        done.append(settled)
        if monotonic() - recorded > RECORD_S:
            held, done, recorded = _recorded(way, held, done), [], monotonic()
    return _recorded(way, held, done) if done else held


def _recorded(way: _Way, held: Turnover, done: Sequence[Settled]) -> Turnover:
    now = way.context.clock()
    with db.write(way.context.engine) as session:
        health = deliveries.settle(session, held, done, now + timedelta(seconds=LEASE_S), now)
    return replace(held, health=health)


def _settled(way: _Way, held: Turnover, waiting: Sequence[Waiting]) -> Iterator[Settled]:
    """Yield what comes of each delivery; after a failure, or where the rate asks for a long wait, nothing more."""
    for one in waiting:
        attempt = _attempt(way, held, one.told)
        again = rules.next_at(one.tries + 1, attempt, random.uniform(-1, 1)) if attempt.error else None  # noqa: S311 - jitter
        yield Settled(one, attempt, again)
        if attempt.error or way.gap_s > PAUSE_S:
            return
        if way.gap_s:
            way.context.wait(way.gap_s)


def _attempt(way: _Way, held: Turnover, told: Told) -> Attempt:
    """Send one event once; whatever happens is a fact about the receiver."""
    now = way.context.clock()
    link = f"{way.context.settings.public_url}/v1/events/{told.id}"
    headers, body = way.target.request(told, link, held.thin, way.sealed.signing(now), now)
    request = Request("POST", held.url, (*headers.items(), *way.sealed.headers.items()), body)
    begun_ns = monotonic_ns()
    try:
        with way.client.open(request) as response:
            took_ms = (monotonic_ns() - begun_ns) // 1_000_000
            return _answered(way, response, response.beginning(ANSWER_BYTES, ANSWER_S), took_ms)
    except OutboundError as error:
        took_ms = (monotonic_ns() - begun_ns) // 1_000_000
        return Attempt(way.context.clock(), None, took_ms, error.kind, error.detail)


def _answered(way: _Way, response: Response, answer: bytes, took_ms: int) -> Attempt:
    now = way.context.clock()
    found = rules.outcome(response.status)
    why = way.target.accepted(response.status, answer) if found is Outcome.DELIVERED else ""
    if why:
        found = Outcome.NOT_ACCEPTED
    return Attempt(
        at=now,
        status=response.status,
        latency_ms=took_ms,
        error="" if found is Outcome.DELIVERED else found.value,
        detail=why,
        answer=_shown(way.sealed, answer),
        retry_after_s=rules.retry_after_s(response.headers.get("retry-after"), now),
    )


def _shown(sealed: Sealed, answer: bytes) -> str:
    """Return an answer as it may be kept: a receiver may send back what it was sent."""
    # No database keeps a NUL in text.
    text = answer.decode("utf-8", "replace").replace("\0", "")
    for value in (*sealed.headers.values(), *(one.keys.secret for one in sealed.held)):
        if len(value) >= SHORTEST_SECRET:
            text = text.replace(value, HIDDEN)
    return text
