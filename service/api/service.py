"""What request handlers need, kept on the app and passed to nobody else."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.fernet import Fernet
from flask import current_app
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from service import secrets
from service.config import Settings
from service.queue import Enqueue
from service.store import db
from service.tariffs import Tariffs


@dataclass(frozen=True, slots=True)
class Service:
    """The database, the nudge, the settings and the clock of one app."""

    engine: Engine
    enqueue: Enqueue
    settings: Settings
    clock: Callable[[], datetime]
    tariffs: Tariffs = field(default_factory=Tariffs)

    def vault(self) -> Fernet:
        """Return what encrypts secrets at rest."""
        return secrets.vault(secrets.master_key(self.settings))

    def session(self) -> AbstractContextManager[Session]:
        """Open a session that only reads."""
        return db.read(self.engine)

    def writing(self) -> AbstractContextManager[Session]:
        """Open a session in one transaction."""
        return db.write(self.engine)


def service() -> Service:
    """Return the service of the running request's app."""
    found = current_app.extensions["pellucid"]
    if not isinstance(found, Service):
        raise TypeError(f"wants the app made by create_app, has {type(found).__name__}")
    return found
