"""How jurisdictions stood on the days of a span: cards are read once, and each point is found out once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy.orm import Session

from scorecards import ecosystems
from scorecards.ecosystems import Point, Standing
from scorecards.events.filters import PILLARS
from service.store import cards
from service.store.cards import Edition

MOST_POINTS = 2_000
"""Points remembered, four for each day."""

_point = lru_cache(MOST_POINTS)(ecosystems.point)


@dataclass(frozen=True, slots=True)
class Course:
    """A span of days.

    Attributes:
        pillars: Per pillar its points, oldest first.
        standings: Per day, the newest card of each model.
    """

    pillars: Mapping[str, Sequence[Point]]
    standings: Sequence[Sequence[Standing]]


class Standings:
    """What was read of the cards that were asked for; they are immutable, so none of it can be out of date.

    Only cards that were the newest of their model at the end of a wanted day are read: of 100,000 cards of 1,000
    models, 13,000 for the weeks of a quarter.
    """

    def __init__(self) -> None:
        self._editions: list[Edition] = []
        self._known: dict[str, Standing] = {}

    def course(self, session: Session, since: date, until: date, pillars: Sequence[str] = PILLARS) -> Course:
        """Return how jurisdictions stood in these pillars over a span."""
        days = ecosystems.days(since, until)
        standings = [tuple(one) for one in self._at(session, days)]
        told = {pillar: [_point(*pair, pillar) for pair in zip(standings, days, strict=True)] for pillar in pillars}
        return Course(told, standings)

    def _at(self, session: Session, days: Sequence[date]) -> list[list[Standing]]:
        if len(self._editions) != cards.count(session):
            self._editions = cards.editions(session)
        known, at = self._known, {}
        chosen = ecosystems.in_force(self._editions, days)
        for one in (one for each in chosen for one in each if one.card not in known):
            at[one.card] = one.at
        for card_id, found in cards.parts(session, sorted(at)):
            known[card_id] = ecosystems.standing(found, card_id, at[card_id])
        return [[known[one.card] for one in each] for each in chosen]
