"""What a subscription keeps secret: what its payloads are signed with, and headers of its own; encrypted at rest."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken

from scorecards.errors import Expected
from service import signatures
from service.signatures import Keys


class SealError(Expected):
    """What is stored was encrypted by another master key."""


@dataclass(frozen=True, slots=True)
class Held:
    """Keys that sign, until an instant; None = until others take their place."""

    keys: Keys
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """Secrets of one subscription, newest keys first."""

    held: tuple[Held, ...]
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def signing(self, now: datetime) -> list[Keys]:
        """Return the keys that sign at this instant: while keys change, the old ones too."""
        return [one.keys for one in self.held if one.until is None or one.until > now]

    def rotated(self, keys: Keys, until: datetime) -> "Sealed":
        """Return the same with new keys; those of before sign until an instant, earlier ones no more."""
        return Sealed((Held(keys), Held(self.held[0].keys, until)), self.headers)

    @property
    def changing_until(self) -> datetime | None:
        """Until when the keys of before sign as well; None when no others are held."""
        return self.held[1].until if len(self.held) > 1 else None


def fresh(secret: str | None = None) -> Keys:
    """Return new keys, with this secret where one is given."""
    return Keys(secret or signatures.new_secret(), signatures.new_key())


def seal(sealed: Sealed, vault: Fernet) -> bytes:
    """Return the secrets encrypted."""
    held = [
        {"secret": one.keys.secret, "key": one.keys.key, "until": one.until.isoformat() if one.until else None}
        for one in sealed.held
    ]
    return vault.encrypt(json.dumps({"held": held, "headers": dict(sealed.headers)}).encode())


def unseal(token: bytes, vault: Fernet) -> Sealed:
    """Return what `seal` encrypted.

    Raises:
        SealError: it was encrypted by another master key.
    """
    try:
        stored = json.loads(vault.decrypt(token))
    except InvalidToken:
        raise SealError(
            "a subscription's secrets: want the master key they were encrypted by, have another (PELLUCID_MASTER_KEY)"
        ) from None
    held = tuple(
        Held(Keys(one["secret"], one["key"]), datetime.fromisoformat(one["until"]) if one["until"] else None)
        for one in stored["held"]
    )
    return Sealed(held, stored["headers"])
