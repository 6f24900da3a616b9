"""The caps of a provider's day over all workers: tokens, and US dollars."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Engine

from service.store import budgets, db
from workers.budget import MICRO, Amount


@dataclass(frozen=True, slots=True)
class DayPurse:
    """The tokens that a provider may cost in one UTC day, in the database that all workers share."""

    engine: Engine
    provider: str
    cap: int

    def take(self, amount: Amount, at: datetime) -> str:
        """Set tokens aside."""
        day = at.date()
        with db.write(self.engine) as session:
            if budgets.reserve(session, self.provider, day, "tokens", amount.tokens, self.cap):
                return ""
            used = budgets.used(session, self.provider, day, "tokens")
        wanted = f"wants at most {self.cap} tokens a day from {self.provider} (PELLUCID_TOKENS_PER_DAY)"
        return f"{wanted}, {used} are used and the next may take {amount.tokens}"

    def give_back(self, amount: Amount, at: datetime) -> None:
        """Return what was not used to the day it was taken from."""
        with db.write(self.engine) as session:
            budgets.give_back(session, self.provider, at.date(), "tokens", amount.tokens)


@dataclass(frozen=True, slots=True)
class MoneyPurse:
    """The US dollars that a provider may cost in one UTC day; what has no known price passes."""

    engine: Engine
    provider: str
    cap_usd: Decimal

    def take(self, amount: Amount, at: datetime) -> str:
        """Set money aside."""
        if not amount.micro_usd:
            return ""
        day, cap = at.date(), int(self.cap_usd * MICRO)
        with db.write(self.engine) as session:
            if budgets.reserve(session, self.provider, day, "micro_usd", amount.micro_usd, cap):
                return ""
            used = budgets.used(session, self.provider, day, "micro_usd")
        wanted = f"wants at most {self.cap_usd} USD a day from {self.provider} (PELLUCID_USD_PER_DAY)"
        return f"{wanted}, {used / MICRO:f} are used and the next may take {amount.micro_usd / MICRO:f}"

    def give_back(self, amount: Amount, at: datetime) -> None:
        """Return what was not used to the day it was taken from."""
        if amount.micro_usd:
            with db.write(self.engine) as session:
                budgets.give_back(session, self.provider, at.date(), "micro_usd", amount.micro_usd)
