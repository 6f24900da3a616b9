"""What happens here that others may want to know: the kinds of events, and the document that tells of one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scorecards.card import instant

MAX_PAYLOAD_BYTES = 20_000
"""A longer payload is sent thin, with a link to the whole."""

THIN = ("model", "endpoint", "indicator", "meter", "subscription", "comparison", "card", "kinds", "state")
"""What a thin payload keeps beside subject, sequence and link: enough to decide whether to look."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened. One event is told once, however often it is delivered.

    Attributes:
        type: One of EVENT_TYPES.
        subject: What it happened to: a model, `model#indicator`, an endpoint, `endpoint#meter`, ….
        body: What is told of it. `model` is the model concerned where there is one, `kinds` the change kinds,
            `before` and `after` what changed.
    """

    type: str
    subject: str
    body: Mapping[str, Any]

    @property
    def stream(self) -> str:
        """Whose `sequence` counts it: the model, or the subject of what concerns no model."""
        return str(self.body.get("model") or self.subject)


@dataclass(frozen=True, slots=True)
class Told:
    """An event as it was written down.

    Attributes:
        position: Its place among all events; they become visible in this order.
        id: The same for every receiver and every repetition; sent as `webhook-id`.
        sequence: Counts up by one within its stream.
    """

    position: int
    id: str
    sequence: int
    at: datetime
    event: Event


@dataclass(frozen=True, slots=True)
class EventType:
    """One row of the table of events.

    Attributes:
        subject: What it happens to.
        trigger: When it is told.
        pillars: The pillars it is about; () = it can be about any, its body says which, or about none.
        has_kinds: Whether its body names change kinds.
        public: Whether the open feed shows it; the others are for whoever runs this instance.
    """

    name: str
    subject: str
    trigger: str
    pillars: tuple[str, ...] = ()
    has_kinds: bool = False
    public: bool = True


EVENT_TYPES: Mapping[str, EventType] = {
    one.name: one
    for one in (
        EventType("scorecard.published", "model", "a new card; lists what changed and why", has_kinds=True),
        EventType(
            "verdict.changed",
            "model#indicator",
            "its state differs between two cards",
            ("transparency",),
            has_kinds=True,
        ),
        EventType(
            "price.changed", "endpoint#meter", "a price took effect, or was announced", ("cost",), has_kinds=True
        ),
        EventType(
            "endpoint.degraded",
            "endpoint",
            "3 of the last 5 runs failed, or the median is above 3 times that of 72 hours",
            ("performance",),
        ),
        EventType("endpoint.recovered", "endpoint", "5 good runs after it was degraded", ("performance",)),
        EventType(
            "lifecycle.announced",
            "endpoint",
            "a date of deprecation or shutdown appeared or moved",
            ("switching",),
            has_kinds=True,
        ),
        EventType(
            "evidence.stale", "model#indicator", "evidence passed its time to live", ("transparency",), has_kinds=True
        ),
        EventType("challenge.updated", "model#indicator", "a challenge came to another state", ("transparency",)),
        EventType(
            "comparison.finished",
            "comparison",
            "a comparison or drill is done, cancelled or out of money",
            public=False,
        ),
        EventType("subscription.test", "subscription", "somebody asked for a ping, or it is new", public=False),
        EventType("subscription.failing", "subscription", "4 attempts in a row failed", public=False),
        EventType(
            "subscription.disabled",
            "subscription",
            "it failed for 120 hours, answered 410, accepted no ping, or its secrets cannot be read",
            public=False,
        ),
        EventType("subscription.recovered", "subscription", "the first success after failing", public=False),
    )
}
"""Every type of event, by name."""

TEST = "subscription.test"


def data(told: Told, link: str, *, thin: bool) -> dict[str, Any]:
    """Return the `data` of an event's document; `link` is where all of it can be read."""
    body = told.event.body
    kept = {key: body[key] for key in THIN if key in body} if thin else body
    return {"subject": told.event.subject, "sequence": told.sequence, **kept, "link": link}


def document(told: Told, link: str, *, thin: bool = False) -> dict[str, Any]:
    """Return an event as the feed shows it and receivers get it: `{id, type, timestamp, data}`."""
    head = {"id": told.id, "type": told.event.type, "timestamp": instant(told.at)}
    return {**head, "data": data(told, link, thin=thin)}


def payload(told: Told, link: str, *, thin: bool = False) -> bytes:
    """Return the bytes of an event's document, always the same for the same event, at most MAX_PAYLOAD_BYTES.

    What is too big loses what a thin one has not, and says so by `truncated`; `link` leads to all of it.
    """
    full = _bytes(document(told, link, thin=thin))
    if len(full) <= MAX_PAYLOAD_BYTES:
        return full
    short = document(told, link, thin=True)
    return _bytes({**short, "data": {**short["data"], "truncated": True}})


def _bytes(value: Mapping[str, Any]) -> bytes:
    # Half a surrogate pair, which JSON can carry and UTF-8 cannot, becomes a question mark.
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode("utf-8", "replace")
