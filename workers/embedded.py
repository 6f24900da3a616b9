"""One process: the API (waitress), a Celery worker and beat over memory://, and SQLite."""

import signal
import socket
import threading
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

API_THREADS = 8
STOP_WORKER_S = 6


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
    threads = [threading.Thread(target=worker.start, name="worker", daemon=True), _beat(app)]
    for thread in threads:
        thread.start()
    try:
        yield context
    finally:
        threads[1].stop()  # type: ignore[attr-defined] # Celery's own thread class
        # Process-wide in Celery: the worker's loop looks at it between messages.
        celery.worker.state.should_stop = 0
        threads[0].join(STOP_WORKER_S)
        celery.worker.state.should_stop = None
        context.engine.dispose()


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
    """Answer requests until SIGINT or SIGTERM."""
    app = create_app(context.engine, context.enqueue, context.settings)
    server = create_server(app, sockets=[listener], threads=API_THREADS, ident="pellucid")
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        server.run()
    finally:
        server.close()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
