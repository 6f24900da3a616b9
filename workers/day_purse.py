"""The cap of a provider's day over all workers."""

from dataclasses import dataclass

from sqlalchemy import Engine

from service.store import budgets, db
from workers.clock import Clock


@dataclass(frozen=True, slots=True)
class DayPurse:
    """The tokens that a provider may cost in one UTC day, in the database that all workers share."""

    engine: Engine
    provider: str
    cap: int
    clock: Clock

    def take(self, tokens: int) -> str:
        """Set tokens aside."""
        with db.write(self.engine) as session:
            if budgets.reserve(session, self.provider, self.clock().date(), tokens, self.cap):
                return ""
            used = budgets.used(session, self.provider, self.clock().date())
        wanted = f"wants at most {self.cap} tokens a day from {self.provider} (PELLUCID_TOKENS_PER_DAY)"
        return f"{wanted}, {used} are used and the next may take {tokens}"

    def give_back(self, tokens: int) -> None:
        """Return what was not used."""
        with db.write(self.engine) as session:
            budgets.give_back(session, self.provider, self.clock().date(), tokens)
