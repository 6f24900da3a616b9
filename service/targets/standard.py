"""Standard Webhooks: the event's document, signed; what programs take."""

from collections.abc import Sequence
from datetime import datetime

from scorecards import events
from scorecards.events import Told
from service import signatures
from service.signatures import Keys
from service.targets._target import JSON, Message, Target


def _request(told: Told, link: str, thin: bool, keys: Sequence[Keys], now: datetime) -> Message:  # noqa: FBT001 - Target's shape
    body = events.payload(told, link, thin=thin)
    return Message({"Content-Type": JSON, **signatures.headers(told.id, int(now.timestamp()), body, keys)}, body)


def _accepted(status: int, answer: bytes) -> str:
    return ""


TARGET = Target("standard", "a program, by Standard Webhooks", _request, _accepted)
