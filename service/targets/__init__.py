"""Where events are sent: one file is one TARGET, a form of message that some kind of receiver takes."""

import sys

from scorecards.gather import gather
from service.targets._target import Message, Target

__all__ = ["Message", "Target", "load"]


def load() -> dict[str, Target]:
    """Return every target by name."""
    return gather(sys.modules[__name__], "TARGET")
