"""Names of the work that workers do, and the port through which anybody asks for it."""

from collections.abc import Callable
from enum import StrEnum

Enqueue = Callable[..., None]
"""`enqueue(name, *ids)`: a nudge to look now. Losing one loses nothing, the rows in SQL are the truth."""


class Task(StrEnum):
    """What goes over the broker. Arguments are ids."""

    SWEEP = "sweep"
    RUN = "run"


class JobKind(StrEnum):
    """What a job row asks for; each has its function in the table of workers/jobs.py."""

    PROBE = "probe"
    CALIBRATE = "calibrate"
    COLLECT = "collect"
    PUBLISH = "publish"
    CHALLENGE = "challenge"
    COMPARE = "compare"
    CONCLUDE = "conclude"
    CLEAN = "clean"
