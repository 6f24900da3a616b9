"""What a kind of receiver has to say: how it wants to be told of an event, and whether its answer means yes."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from scorecards.event_text import cut
from scorecards.events import Told
from service.signatures import Keys

MAX_SAID_CHARACTERS = 200
"""How much of a receiver's own words is repeated."""
JSON = "application/json"


class Message(NamedTuple):
    """What is sent by POST, these bytes and no others: they are what is signed."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Target:
    """One kind of receiver.

    Attributes:
        name: That of its file; subscriptions name it.
        title: What it is, for people.
        request: Make the message that tells of an event: the event, the link to all of it, whether it is to be thin,
            the keys with the newest first, and the time of this attempt.
        accepted: Read an answer of status 2xx: "" = it means yes, else why not, in one line.
    """

    name: str
    title: str
    request: Callable[[Told, str, bool, Sequence[Keys], datetime], Message]
    accepted: Callable[[int, bytes], str]


def of_json(value: Mapping[str, Any]) -> Message:
    """Return a message of JSON."""
    return Message({"Content-Type": JSON}, json.dumps(value, ensure_ascii=False).encode())


def read_json(answer: bytes) -> dict[str, Any]:
    """Return the object that an answer is; {} when it is none."""
    try:
        value = json.loads(answer)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def said(text: object) -> str:
    """Return what a receiver says as one short line."""
    return cut(str(text), MAX_SAID_CHARACTERS)
