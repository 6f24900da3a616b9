"""pellucid serve: the API alone, on gunicorn."""

import os
import sys

import click

from service.config import from_env

END_S = 8
"""How long requests under way may still take at the end; containers are killed after ten seconds."""


@click.command()
@click.option("--workers", default=2, show_default=True, help="API processes.")
def COMMAND(workers: int) -> None:  # noqa: N802 - the name that the folder gathers
    """Serve API and pages; probes and deliveries are done by `pellucid worker`."""
    settings = from_env()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    bind = ["--bind", f"{host}:{settings.port}", "--no-control-socket", "--graceful-timeout", str(END_S)]
    pool = ["--workers", str(workers), "--worker-class", "gthread", "--threads", "8"]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *bind, *pool, "workers.wsgi:app"])  # noqa: S606 - our own words
