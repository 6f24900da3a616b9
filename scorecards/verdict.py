"""The answer to one indicator about one model."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from scorecards.evidence import Source, Value


class State(StrEnum):
    """How an indicator is answered. The definitions are fixed by docs/design.md, section 3."""

    VERIFIED = "verified"
    DISCLOSED = "disclosed"
    PARTIAL = "partial"
    CLAIMED = "claimed"
    ABSENT = "absent"
    CONTRADICTED = "contradicted"
    UNCHECKED = "unchecked"
    NOT_APPLICABLE = "not_applicable"


POINTS: dict[State, Decimal] = {
    State.VERIFIED: Decimal(1),
    State.DISCLOSED: Decimal(1),
    State.PARTIAL: Decimal("0.5"),
    State.CLAIMED: Decimal(0),
    State.ABSENT: Decimal(0),
    State.CONTRADICTED: Decimal(0),
}
"""Points of each state that counts as checked; UNCHECKED and NOT_APPLICABLE have none."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """State, reason and evidence of one indicator.

    Attributes:
        value: In `unit`; None when nothing was found or both sides of a contradiction stand in `reason`.
        stale: The evidence is older than the indicator's time to live at the instant of judging.
        taken_at: When the evidence was taken; None when there is none.
        expires_at: When the evidence becomes stale; None when there is none.
    """

    indicator: str
    state: State
    reason: str
    value: Value | None = None
    unit: str = ""
    evidence: tuple[Source, ...] = ()
    stale: bool = False
    taken_at: datetime | None = None
    expires_at: datetime | None = None

    @property
    def points(self) -> Decimal | None:
        """Points earned; None when the verdict does not count."""
        return POINTS.get(self.state)
