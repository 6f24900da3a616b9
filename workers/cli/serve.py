"""pellucid serve: the API alone, on gunicorn."""

import os
import sys

import click

from service.config import from_env


@click.command()
@click.option("--workers", default=2, show_default=True, help="API processes.")
def COMMAND(workers: int) -> None:  # noqa: N802 - the name that the folder gathers
    """Serve API and pages; probes and deliveries are done by `pellucid worker`."""
    settings = from_env()
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    arguments = ["--bind", f"{host}:{settings.port}", "--workers", str(workers), "--threads", "8", "--worker-class"]
    os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *arguments, "gthread", "workers.wsgi:app"])  # noqa: S606 - our own words
