"""The caps of one comparison: tokens and US dollars, over all its endpoints and restarts."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Engine

from service.store import comparisons, db
from workers.budget import MICRO, Amount


@dataclass(frozen=True, slots=True)
class ComparisonPurse:
    """The caps of one comparison, in the database, so that they outlive every restart."""

    engine: Engine
    key: str
    cap_tokens: int | None
    cap_usd: Decimal | None

    def take(self, amount: Amount, at: datetime) -> str:  # noqa: ARG002 - as every purse
        """Set tokens and money aside."""
        caps = (self.cap_tokens, int(self.cap_usd * MICRO) if self.cap_usd is not None else None)
        with db.write(self.engine) as session:
            if comparisons.reserve(session, self.key, amount.tokens, amount.micro_usd, caps):
                return ""
        said = [f"{self.cap_tokens} tokens"] if self.cap_tokens is not None else []
        said += [f"{self.cap_usd} USD"] if self.cap_usd is not None else []
        return f"wants at most {' and '.join(said)} for all of it, the next request might pass that"

    def give_back(self, amount: Amount, at: datetime) -> None:  # noqa: ARG002 - as every purse
        """Return what was not used."""
        with db.write(self.engine) as session:
            comparisons.give_back(session, self.key, amount.tokens, amount.micro_usd)
