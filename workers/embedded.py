"""One process: the API (waitress), a Celery worker and beat over memory://, and SQLite."""

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import celery.beat
import celery.worker.state
from celery import Celery
from waitress.server import create_server

from service.api import create_app
from service.config import ConfigError, Settings
from workers import jobs, tasks
from workers.app import enqueue_over, make_app
from workers.context import Context, make_context, owner_is_alive
from workers.post_office import PostOffice
from workers.quiet import settle

API_THREADS = 8
STOP_WORKER_S = 5
WORKER = "worker"
SAME_STOP_S = 2
"""A second signal this soon is the first one told twice: `timeout` and terminals signal process and group."""


def end_on_signals() -> None:
    """Have SIGINT and SIGTERM end this process as Ctrl-C does, from now on.

    Both are set by hand: a shell starts background jobs with SIGINT ignored, and Python leaves that as it is.
    """
    signal.signal(signal.SIGINT, _STOP)
    signal.signal(signal.SIGTERM, _STOP)


def ignore_signals() -> None:
    """Let no signal disturb the last steps of an end that is under way."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


class _Stop:
    """The handler: raises KeyboardInterrupt, once for signals that belong together.

    What it raises is lost where Python calls back without a caller, as in the end of an object; `told` keeps it.
    """

    def __init__(self) -> None:
        self.told = False
        self._told_s = float("-inf")

    def __call__(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - how handlers are called
        self.told = True
        now_s = time.monotonic()
        same, self._told_s = now_s - self._told_s < SAME_STOP_S, now_s
        if not same:
            raise KeyboardInterrupt


_STOP = _Stop()


def bind(settings: Settings) -> socket.socket:
    """Return the listening socket.

    Raises:
        ConfigError: the port is taken, or the address is not this machine's.
    """
    listener = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        wanted = f"wants to listen on {settings.host} port {settings.port}"
        raise ConfigError(f"{wanted}, {error.strerror} (set PELLUCID_PORT)") from error
    return listener


@contextmanager
def working(settings: Settings) -> Iterator[Context]:
    """Run a worker and beat in threads of this process; ends when both have stopped."""
    app = make_app(settings)
    context = make_context(settings, enqueue_over(app))
    tasks.register(app, context)
    jobs.recover(context, owner_is_alive)
    worker = _worker(app, settings)
    threads = [threading.Thread(target=worker.start, name=WORKER, daemon=True), _beat(app)]
    settle()
    for thread in threads:
        thread.start()
    try:
        with PostOffice(context).open():
            yield context
    finally:
        threads[1].stop()  # type: ignore[attr-defined] # Celery's own thread class
        # Process-wide in Celery: the worker's loop looks at it between messages.
        celery.worker.state.should_stop = 0
        threads[0].join(STOP_WORKER_S)
        if threads[0].is_alive():
            # What it had begun is due at once for whoever starts next.
            jobs.recover(context, lambda owner: owner != context.owner)
        celery.worker.state.should_stop = None
        context.engine.dispose()


def leave() -> None:
    """End now if a job still waits for a far end: its thread would hold the interpreter until that answers."""
    if any(one.name == WORKER for one in threading.enumerate()):
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _worker(app: Celery, settings: Settings) -> Any:  # noqa: ANN401 - Celery ships no types
    return app.Worker(
        pool="threads",
        concurrency=settings.threads,
        quiet=True,
        without_mingle=True,
        without_gossip=True,
        without_heartbeat=True,
    )


def _beat(app: Celery) -> threading.Thread:
    thread: threading.Thread = celery.beat.EmbeddedService(app, thread=True, scheduler_cls=celery.beat.Scheduler)
    thread.daemon = True
    return thread


def serve(context: Context, listener: socket.socket) -> None:
    """Answer requests until interrupted."""
    app = create_app(context.engine, context.enqueue, context.settings)
    server = create_server(app, sockets=[listener], threads=API_THREADS, ident="pellucid")
    try:
        if _STOP.told:
            raise KeyboardInterrupt
        server.run()
    finally:
        server.close()
