"""What each provider has cost today, over all workers, and which of them wants to be left alone."""

from datetime import date, datetime
from typing import Literal

from sqlalchemy import or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.store import db
from service.store.tables import BudgetRow

Counter = Literal["tokens", "micro_usd"]
"""What is counted: a column of the table."""


def reserve(session: Session, provider: str, day: date, counter: Counter, amount: int, cap: int) -> bool:
    """Set an amount of this UTC day aside; False, and nothing set aside, when `cap` would be passed."""
    _begin_day(session, provider, day)
    column = _column(counter)
    within = (BudgetRow.provider == provider, column + amount <= cap)
    taken = update(BudgetRow).where(*within).values({column: column + amount}).returning(column)
    return session.scalar(taken) is not None


def give_back(session: Session, provider: str, day: date, counter: Counter, amount: int) -> None:
    """Return what was set aside on this day and not used; of a day that is over it is of no use."""
    column = _column(counter)
    same_day = (BudgetRow.provider == provider, BudgetRow.day == day)
    session.execute(update(BudgetRow).where(*same_day).values({column: column - amount}))


def used(session: Session, provider: str, day: date, counter: Counter) -> int:
    """Return what was used and set aside on this UTC day."""
    found = select(_column(counter)).where(BudgetRow.provider == provider, BudgetRow.day == day)
    return session.scalar(found) or 0


def hold(session: Session, provider: str, day: date, until: datetime) -> None:
    """Ask nothing of this provider before `until`; a later instant that was told before stays."""
    _begin_day(session, provider, day)
    sooner = or_(BudgetRow.not_before.is_(None), BudgetRow.not_before < until)
    session.execute(update(BudgetRow).where(BudgetRow.provider == provider, sooner).values(not_before=until))


def held_until(session: Session, provider: str, now: datetime) -> datetime | None:
    """Return until when this provider wants no request; None when it may be asked now."""
    until = session.scalar(select(BudgetRow.not_before).where(BudgetRow.provider == provider))
    return until if until and until > now else None


def _column(counter: Counter) -> InstrumentedAttribute[int]:
    return {"tokens": BudgetRow.tokens, "micro_usd": BudgetRow.micro_usd}[counter]


def _begin_day(session: Session, provider: str, day: date) -> None:
    anew = {"day": day, "tokens": 0, "micro_usd": 0}
    row = db.insert_into(session, BudgetRow).values(provider=provider, **anew)
    session.execute(row.on_conflict_do_update(index_elements=["provider"], set_=anew, where=BudgetRow.day < day))
