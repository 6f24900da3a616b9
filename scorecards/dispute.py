"""The record of a challenge: what was filed, the states it went through, what a card tells of it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a challenge says of a verdict."""

    MISSING = "missing"
    """No point was awarded, and the document at the URL earns one."""
    WRONG = "wrong"
    """A point was awarded, and the document at the URL, which the verdict cites, does not earn it."""


class State(StrEnum):
    """How far a challenge has come."""

    RECEIVED = "received"
    CHECKING = "checking"
    UPHELD = "upheld"
    REJECTED = "rejected"
    UNCHECKED = "unchecked"
    """The URL could not be read, the reason says why; it is tried again, and this never counts as rejected."""


NEXT: Mapping[State, tuple[State, ...]] = {
    State.RECEIVED: (State.CHECKING,),
    State.CHECKING: (State.UPHELD, State.REJECTED, State.UNCHECKED),
    State.UNCHECKED: (State.UPHELD, State.REJECTED, State.UNCHECKED),
    State.UPHELD: (),
    State.REJECTED: (),
}
"""What may follow each state. A later try that fails as the last one did is no new state."""

OPEN = tuple(state for state, following in NEXT.items() if following)
"""States from which something can still come."""


@dataclass(frozen=True, slots=True)
class Filing:
    """What somebody hands in.

    Attributes:
        url: Where the document is.
        quote: Words of that document, as they stand there.
        note: For readers, may be "".
        name: Of whoever files it, only if they want it to be public; "" = nobody is named.
    """

    model: str
    indicator: str
    url: str
    quote: str
    kind: Kind = Kind.MISSING
    note: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One state that a challenge came to, when, and why; `received` and `checking` need no reason."""

    state: State
    at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Challenge:
    """A filing with every state it went through, oldest first; there is always at least `received`."""

    id: int
    filing: Filing
    steps: tuple[Step, ...]

    @property
    def state(self) -> State:
        """The state it is in."""
        return self.steps[-1].state

    @property
    def is_open(self) -> bool:
        """Whether something can still come of it."""
        return self.state in OPEN

    def as_json(self) -> dict[str, Any]:
        """Return what everybody may know of it: everything but whose token filed it."""
        states = [{"state": one.state.value, "at": _instant(one.at), "reason": one.reason} for one in self.steps]
        filed = {**asdict(self.filing), "kind": self.filing.kind.value}
        return {"id": self.id, **filed, "state": self.state.value, "states": states}


@dataclass(frozen=True, slots=True)
class Dispute:
    """What a card tells of a challenge: the last state it rested in (`checking` is a moment), and since when."""

    id: int
    indicator: str
    state: State
    since: datetime

    @classmethod
    def of(cls, challenge: Challenge) -> "Dispute":
        """Return what a card tells of this challenge."""
        rested = challenge.steps[0]
        for step in challenge.steps:
            if step.state not in (State.CHECKING, rested.state):
                rested = step
        return cls(challenge.id, challenge.filing.indicator, rested.state, rested.at)

    def as_json(self) -> dict[str, Any]:
        """Return the dispute as the card publishes it."""
        return {
            "id": self.id,
            "indicator": self.indicator,
            "state": self.state.value,
            "since": _instant(self.since),
        }


def _instant(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
