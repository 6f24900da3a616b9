"""The page on which webhooks are kept: what its forms offer. It holds nothing of anybody; its reader's token does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scorecards.events.filters import KINDS, PILLARS
from scorecards.events.subscribing import ALLOWED_HEADERS, MAX_GRACE_HOURS, MAX_PER_MINUTE
from service import targets
from service.pages.bars import PILLARS as PILLAR_TITLES
from service.pages.changes import KINDS as KIND_WORDS
from service.store import delivery_log


@dataclass(frozen=True, slots=True)
class ConsoleView:
    """What can be chosen.

    Attributes:
        targets, pillars, kinds: Name → words for people.
        states: Of deliveries.
        headers: Names of headers that a subscription may have sent along.
    """

    targets: Mapping[str, str]
    pillars: Mapping[str, str]
    kinds: Mapping[str, str]
    states: Sequence[str]
    headers: Sequence[str]
    max_per_minute: int
    max_grace_hours: int


def view() -> ConsoleView:
    """Return what the page offers."""
    return ConsoleView(
        targets={name: one.title for name, one in targets.load().items()},
        pillars={name: PILLAR_TITLES[name] for name in PILLARS},
        kinds={name: KIND_WORDS[name] for name in KINDS},
        states=delivery_log.STATES,
        headers=ALLOWED_HEADERS,
        max_per_minute=MAX_PER_MINUTE,
        max_grace_hours=MAX_GRACE_HOURS,
    )
