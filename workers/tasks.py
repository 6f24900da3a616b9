"""Celery's view of the jobs: arguments in, nothing out, no logic."""

from celery import Celery

from service.queue import Task
from workers import jobs
from workers.context import Context


def register(app: Celery, context: Context) -> None:
    """Add a task for each name of `service.queue.Task`."""

    @app.task(name=Task.SWEEP.value)
    def sweep() -> None:
        jobs.sweep(context)

    @app.task(name=Task.RUN.value)
    def run(job_id: int) -> None:
        jobs.run(context, job_id)
