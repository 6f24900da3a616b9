"""Keys to the API: scoped, hashed, expiring, shown once."""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from scorecards.errors import Expected
from service.store.tables import TokenRow

PREFIX = "pellucid"
DEFAULT_DAYS = 90
SCOPES = {
    "admin": "everything",
    "catalog:write": "add models and endpoints",
    "challenges:write": "challenge a verdict",
    "probe:run": "ask for probes and collections",
    "evidence:read": "read raw exchanges",
    "subscriptions:read": "read subscriptions, deliveries, and events that are not public",
    "subscriptions:write": "make, change and delete subscriptions, and have things sent again",
    "metrics:read": "read /metrics",
}
"""Every scope and what it allows. `admin` allows all of them."""


class TokenError(Expected, ValueError):
    """A token cannot be made as asked; the message says what was wanted."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it is kept: never the secret itself."""

    id: str
    scopes: tuple[str, ...]
    note: str
    expires_at: datetime
    revoked_at: datetime | None

    def allows(self, scope: str) -> bool:
        """Tell whether this token may do what `scope` names."""
        return "admin" in self.scopes or scope in self.scopes


def create(session: Session, scopes: Sequence[str], note: str, now: datetime, days: int = DEFAULT_DAYS) -> str:
    """Make a token and return its text, which is nowhere kept.

    Raises:
        TokenError: an unknown scope, none at all, or no time to live.
    """
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        raise TokenError(f"wants scopes among {', '.join(SCOPES)}, has {', '.join(unknown) or 'none'}")
    if days < 1:
        raise TokenError(f"wants at least 1 day to live, has {days}")
    token_id, secret = secrets.token_hex(5), secrets.token_urlsafe(32)
    session.add(
        TokenRow(
            id=token_id,
            sha256=_hash(secret),
            scopes=list(scopes),
            note=note,
            created_at=now,
            expires_at=now + timedelta(days=days),
        )
    )
    return f"{PREFIX}_{token_id}_{secret}"


def check(session: Session, text: str, now: datetime) -> Token | None:
    """Return the token that this text is; None when it is unknown, wrong, expired or revoked."""
    prefix, _, rest = text.partition("_")
    token_id, _, secret = rest.partition("_")
    row = session.get(TokenRow, token_id) if prefix == PREFIX else None
    if row is None or not hmac.compare_digest(row.sha256, _hash(secret)):
        return None
    if row.revoked_at is not None or row.expires_at <= now:
        return None
    return _token(row)


def revoke(session: Session, token_id: str, now: datetime) -> bool:
    """Make a token worthless from now on; False when there is none of this id."""
    revoked = update(TokenRow).where(TokenRow.id == token_id).values(revoked_at=now).returning(TokenRow.id)
    return session.scalar(revoked) is not None


def list_all(session: Session) -> list[Token]:
    """Return every token, oldest first."""
    return [_token(row) for row in session.scalars(select(TokenRow).order_by(TokenRow.created_at, TokenRow.id))]


def _token(row: TokenRow) -> Token:
    return Token(row.id, tuple(row.scopes), row.note, row.expires_at, row.revoked_at)


def _hash(secret: str) -> str:
    # The secret is 32 random bytes: a plain hash cannot be searched, a slow one would only slow the API.
    return hashlib.sha256(secret.encode()).hexdigest()
