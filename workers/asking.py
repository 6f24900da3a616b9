"""Sends the asks of a plan, one after the other or several at once, and says when to stop. No retries in here."""

import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock, Thread

from scorecards.catalog import Endpoint
from scorecards.exchanges import Ask, Exchange, Outcome
from scorecards.probes._probe import Probe, Target
from workers import credentials, dialects
from workers.addresses import Policy
from workers.ask import Channel, exchange
from workers.budget import Budget
from workers.clock import Clock
from workers.http import Client
from workers.quiet import QUIET

DIALECTS = dialects.load()
GIVE_UP_AFTER = 3
"""So many failures in a row end a run: an endpoint that is down answers no faster when asked twenty times."""

Progress = Callable[[int, int], None]
"""Called with how many asks are done, and how many there are."""


def silent(done: int, of: int) -> None:
    """Show nothing."""


@dataclass(frozen=True, slots=True)
class Way:
    """How an endpoint is reached, under which caps."""

    endpoint: Endpoint
    policy: Policy
    budget: Budget
    clock: Clock


@dataclass(slots=True)
class _Round:
    """The asks that wait, the exchanges that came, and whether to go on."""

    asks: Sequence[Ask]
    progress: Progress
    found: dict[int, Exchange] = field(default_factory=dict)
    failures: int = 0
    over: bool = False
    _next: int = 0
    _lock: Lock = field(default_factory=Lock)

    def places(self) -> Iterator[int]:
        """Yield the place of each next ask until all are taken, or the run is over."""
        while True:
            with self._lock:
                if self.over or self._next == len(self.asks):
                    return
                place, self._next = self._next, self._next + 1
            yield place

    def add(self, place: int, one: Exchange) -> None:
        with self._lock:
            self.found[place] = one
            self.failures = 0 if one.answered or _refused_trial(one) else self.failures + 1
            held = one.outcome == Outcome.RATE_LIMITED and one.not_before is not None
            self.over |= held or one.outcome == Outcome.OVER_BUDGET or self.failures >= GIVE_UP_AFTER
            done = len(self.found)
        self.progress(done, len(self.asks))  # it may write to the database; the other threads need not wait for that

    def exchanges(self) -> list[Exchange]:
        """Return what came, in the order of the plan."""
        return [self.found[place] for place in sorted(self.found)]


def _refused_trial(one: Exchange) -> bool:
    """Tell whether a request that may be refused was: by an answer with a status, or because it cannot be said."""
    return one.ask.trial and (one.status is not None or one.outcome == Outcome.UNSUPPORTED)


def ask_all(way: Way, asks: Sequence[Ask], *, concurrency: int = 1, progress: Progress = silent) -> list[Exchange]:
    """Return the exchanges of these asks in their order; fewer when the run ended early.

    It ends after three failures in a row, when the endpoint wants to be left alone for a while, when a budget is used
    up, and on Ctrl-C. Each of `concurrency` threads has connections of its own.

    Raises:
        Interrupted: on Ctrl-C, with what came until then.
    """
    one_round = _Round(asks, progress)
    try:
        if concurrency == 1:
            _work(way, one_round)
        else:
            _work_at_once(way, one_round, min(concurrency, len(asks)))
    except KeyboardInterrupt:
        one_round.over = True
        raise Interrupted(one_round.exchanges()) from None
    return one_round.exchanges()


def ask_probe(way: Way, probe: Probe, target: Target, *, concurrency: int, progress: Progress) -> list[Exchange]:
    """Return the exchanges of a probe's plan, and of what it asks after that.

    Raises:
        Interrupted: on Ctrl-C, with what came until then.
    """
    first = ask_all(way, probe.plan(target), concurrency=concurrency, progress=progress)
    more = probe.then(target, first) if probe.then and first else ()
    if not more:
        return first
    done = len(first)
    try:
        later = ask_all(way, more, concurrency=concurrency, progress=lambda now, of: progress(done + now, done + of))
    except Interrupted as stopped:
        raise Interrupted([*first, *stopped.exchanges]) from None
    return [*first, *later]


class Interrupted(KeyboardInterrupt):
    """Somebody pressed Ctrl-C; `exchanges` came before."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        super().__init__()
        self.exchanges = exchanges


def _work_at_once(way: Way, one_round: _Round, threads: int) -> None:
    """Work in daemon threads: on Ctrl-C nobody waits for the far ends of what is under way."""
    workers = [_Worker(way, one_round) for _ in range(threads)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
        if one.error:
            raise one.error


class _Worker(Thread):
    """One of the threads; `error` is what ended it, if it is our own."""

    def __init__(self, way: Way, one_round: _Round) -> None:
        super().__init__(daemon=True)
        self._way, self._round = way, one_round
        self.error: BaseException | None = None

    def run(self) -> None:
        """Ask until nothing is left."""
        try:
            _work(self._way, self._round)
        except BaseException as error:  # noqa: BLE001 - whoever joins this thread raises it
            self.error, self._round.over = error, True


def _work(way: Way, one_round: _Round) -> None:
    with Client(way.policy) as client:
        one_channel = channel(client, way.endpoint)
        for place in one_round.places():
            one_round.add(place, _asked(way, one_channel, one_round.asks[place]))


def _asked(way: Way, over: Channel, ask: Ask) -> Exchange:
    at = way.clock()
    if reason := way.budget.take(ask, at):
        return Exchange(ask, way.endpoint.ref, at, Outcome.OVER_BUDGET, reason)
    with QUIET.measuring():
        one = exchange(over, ask, at)
    way.budget.settle(one)
    return one


def channel(client: Client, endpoint: Endpoint) -> Channel:
    """Return the channel to an endpoint that has no obstacle."""
    return Channel(client, DIALECTS[endpoint.dialect], filled(endpoint), credentials.key(endpoint))


def obstacle(endpoint: Endpoint) -> str | None:
    """Return why an endpoint cannot be asked at all: no key, or no such dialect; None when it can."""
    return credentials.missing_key(endpoint) or _no_dialect(endpoint)


def _no_dialect(endpoint: Endpoint) -> str | None:
    if endpoint.dialect in DIALECTS:
        return None
    return f"wants a dialect among {', '.join(sorted(DIALECTS))}, the endpoint speaks {endpoint.dialect}"


def filled(endpoint: Endpoint) -> Endpoint:
    """Return the endpoint with the {VARIABLES} of its base URL filled in; an unset one stays and fails by name."""
    names = [name for _, name, _, _ in string.Formatter().parse(endpoint.base_url) if name]
    url = endpoint.base_url
    for name in names:
        url = url.replace("{" + name + "}", credentials.variable(name) or "{" + name + "}")
    return replace(endpoint, base_url=url)
