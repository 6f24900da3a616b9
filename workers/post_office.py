"""Sends what is due to subscriptions from threads of its own, so that neither probes nor dead receivers delay it.

Each subscription has one thread at a time at most. One whose last attempt failed takes its turn among the doubtful, of
which few are served at once: however many receivers hang, those that answer find a thread.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import structlog
from sqlalchemy.exc import SQLAlchemyError

from service.store import db, deliveries
from workers import deliver
from workers.context import Context

log = structlog.get_logger()

HEALTHY, DOUBTFUL = 32, 16
"""Threads at once for receivers that answered last, and for the others."""
CLOSE_S = 2.0
Turn = Callable[[Context, str], float | None]


class PostOffice:
    """Looks what is due whenever it is told to, and every few seconds; `turn` does one subscription's share."""

    def __init__(self, context: Context, turn: Turn = deliver.turn) -> None:
        self._context = context
        self._turn = turn
        self._lanes: Mapping[bool, threading.Semaphore] = {
            False: threading.Semaphore(HEALTHY),
            True: threading.Semaphore(DOUBTFUL),
        }
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        self._again_s: list[float] = []
        self._closing = False

    @contextmanager
    def open(self) -> Iterator[None]:
        """Send from now on, until the block ends; a turn under way then may end by itself for a moment."""
        loop = threading.Thread(target=self._run, name="post-office", daemon=True)
        loop.start()
        try:
            yield
        finally:
            self._closing = True
            self._context.post.set()
            loop.join(CLOSE_S)
            self._wait_for_turns()

    def _run(self) -> None:
        post, every_s = self._context.post, float(self._context.settings.sweep_s)
        while not self._closing:
            post.clear()
            self._begin_turns()
            post.wait(self._wait_s(every_s))

    def _begin_turns(self) -> None:
        try:
            with db.read(self._context.engine) as session:
                due = deliveries.due(session, self._context.clock())
        except SQLAlchemyError as error:  # it may be back in a moment; until then nothing can be sent
            log.warning("deliveries_unread", detail=str(error).splitlines()[0])
            return
        for one in due:
            self._begin(one.subscription, self._lanes[one.doubtful])

    def _begin(self, subscription: str, lane: threading.Semaphore) -> None:
        with self._lock:
            if self._closing or subscription in self._busy or not lane.acquire(blocking=False):
                return
            self._busy.add(subscription)
        threading.Thread(target=self._serve, args=(subscription, lane), name="delivering", daemon=True).start()

    def _serve(self, subscription: str, lane: threading.Semaphore) -> None:
        again_s: float | None = None
        try:
            again_s = self._turn(self._context, subscription)
        except SQLAlchemyError as error:  # what was sent and not recorded is sent again, under the same id
            log.warning("delivery_unrecorded", subscription=subscription, detail=str(error).splitlines()[0])
            again_s = float(self._context.settings.sweep_s)
        finally:
            with self._lock:
                self._busy.discard(subscription)
                if again_s:
                    self._again_s.append(time.monotonic() + again_s)
            lane.release()
        # Somebody may have waited for the thread, or for this subscription; an error waits for the next sweep.
        if not again_s:
            self._context.post.set()

    def _wait_s(self, every_s: float) -> float:
        """Return how long to wait for news: until the next sweep, or until a slow subscription may be sent to."""
        now = time.monotonic()
        with self._lock:
            self._again_s = [one for one in self._again_s if one > now]
            return min([every_s, *(one - now for one in self._again_s)])

    def _wait_for_turns(self) -> None:
        ends = time.monotonic() + CLOSE_S
        while self._busy and time.monotonic() < ends:
            self._context.post.clear()
            if self._busy:
                self._context.post.wait(CLOSE_S)
