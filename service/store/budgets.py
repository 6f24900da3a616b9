"""How many tokens each provider has cost today, over all workers, and which of them wants to be left alone."""

from datetime import date, datetime

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from service.store.tables import BudgetRow


def reserve(session: Session, provider: str, day: date, tokens: int, cap: int) -> bool:
    """Set tokens of this UTC day aside; False, and nothing set aside, when `cap` would be passed."""
    _begin_day(session, provider, day)
    within = (BudgetRow.provider == provider, BudgetRow.tokens + tokens <= cap)
    taken = update(BudgetRow).where(*within).values(tokens=BudgetRow.tokens + tokens).returning(BudgetRow.tokens)
    return session.scalar(taken) is not None


def give_back(session: Session, provider: str, day: date, tokens: int) -> None:
    """Return tokens that were set aside on this day and not used; of a day that is over they are of no use."""
    same_day = (BudgetRow.provider == provider, BudgetRow.day == day)
    session.execute(update(BudgetRow).where(*same_day).values(tokens=BudgetRow.tokens - tokens))


def used(session: Session, provider: str, day: date) -> int:
    """Return the tokens used and set aside on this UTC day."""
    found = select(BudgetRow.tokens).where(BudgetRow.provider == provider, BudgetRow.day == day)
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


def _begin_day(session: Session, provider: str, day: date) -> None:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = insert(BudgetRow).values(provider=provider, day=day, tokens=0)
    anew = {"day": day, "tokens": 0}
    session.execute(row.on_conflict_do_update(index_elements=["provider"], set_=anew, where=BudgetRow.day < day))
