"""What every job needs, passed in: database, settings, clock, the nudge, and the key that signs cards."""

import os
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from socket import gethostname

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine

from service import secrets
from service.config import Settings
from service.queue import Enqueue
from service.store import db
from workers.clock import Clock, utc_now


def _owner() -> str:
    return f"{gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def owner_is_alive(owner: str) -> bool:
    """Tell whether a lease's owner can still run; owners on other machines are taken as alive until they expire.

    Only for a process that holds no lease yet: in a container each start has the process number of the one before,
    so an owner of this number is the predecessor.
    """
    host, _, rest = owner.rpartition(":")[0].rpartition(":")
    if host != gethostname():
        return True
    if int(rest) == os.getpid():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@dataclass(frozen=True, slots=True)
class Context:
    """The world as a job sees it.

    Attributes:
        wait: Sleeps so many seconds.
        owner: Names this process in leases.
        post: Set when there may be something to deliver; whoever sends waits for it.
    """

    engine: Engine
    settings: Settings
    enqueue: Enqueue
    signing_key: Ed25519PrivateKey
    clock: Clock = utc_now
    wait: Callable[[float], None] = time.sleep
    owner: str = field(default_factory=_owner)
    post: threading.Event = field(default_factory=threading.Event)

    def lease_until(self) -> datetime:
        """Return until when a lease that is taken or renewed now holds."""
        return self.clock() + timedelta(seconds=self.settings.lease_s)


def make_context(settings: Settings, enqueue: Enqueue) -> Context:
    """Return the context of these settings; the database is not opened yet."""
    key = secrets.signing_key(secrets.master_key(settings))
    return Context(db.connect(settings.database_url), settings, enqueue, key)
