"""Keeps computing out of measuring: threads share one interpreter, and who computes delays who reads a socket.

Measured beside a publish, the error of the time to first token was 7 ms instead of 0.2 (`python bench/probing.py`).
"""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_S = 30.0
"""Longest wait for requests that are under way: a model that thinks for minutes must not hold back every card."""


class Quiet:
    """Many may measure at once; one computes, while nobody measures. Who wants to compute goes before new requests."""

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self._changed = threading.Condition()
        self._measuring = 0
        self._computing = 0

    @contextmanager
    def measuring(self) -> Iterator[None]:
        """Send one request, after those who compute now."""
        with self._changed:
            self._changed.wait_for(lambda: not self._computing, self._patience_s)
            self._measuring += 1
        try:
            yield
        finally:
            with self._changed:
                self._measuring -= 1
                self._changed.notify_all()

    @contextmanager
    def computing(self) -> Iterator[None]:
        """Compute, after the requests that are under way have ended, or were waited for long enough."""
        with self._changed:
            self._computing += 1
            self._changed.wait_for(lambda: not self._measuring, self._patience_s)
        try:
            yield
        finally:
            with self._changed:
                self._computing -= 1
                self._changed.notify_all()


def settle() -> None:
    """Take all that was imported and made so far out of the garbage collector's rounds; once, when a process is ready.

    A full round over it stops every thread: with 128 streams at once, the 99th percentile of the error of the time to
    the first token was 30 ms, and is 5 without (`python bench/probing.py`).
    """
    gc.collect()
    gc.freeze()


QUIET = Quiet()
"""Of this process: it is the interpreter that is shared."""
