"""What a conformance probe is: a question, its asks, and a pure function that grades what came of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from scorecards.evidence import Reading
from scorecards.exchanges import Ask, Exchange
from scorecards.target import Target


class Grade(StrEnum):
    """What came of asking for a thing, the best first. What could not be found out has none: it is unknown."""

    PASS = "pass"  # noqa: S105 - a grade
    PARTIAL = "partial"
    """It works in part, or with a fault that a caller can live with."""
    REJECTED = "rejected"
    """Refused in so many words, or the protocol has no word for it: nobody is deceived."""
    IGNORED = "ignored"
    """Accepted, and without effect: worse than a refusal."""
    FAIL = "fail"
    """Broken: a server's error on a valid request, or an answer that is none."""


ORDER = list(Grade)


@dataclass(frozen=True, slots=True)
class Result:
    """What one conformance probe found.

    Attributes:
        grade: None = unknown; `reason` says why.
        exchanges: What it rests on.
        reading: The reading of another probe that it rests on instead; None = it rests on exchanges of its own.
    """

    grade: Grade | None
    reason: str
    exchanges: Sequence[Exchange] = ()
    reading: Reading | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """All exchanges of a run, as the conformance probe `name` sees them."""

    name: str
    exchanges: Sequence[Exchange]

    @property
    def own(self) -> list[Exchange]:
        """What came of its own asks."""
        return self.of(self.name)

    @property
    def plain(self) -> list[Exchange]:
        """The canaries in one piece: an ordinary request that everything else is held against."""
        return self.of("plain")

    @property
    def streams(self) -> list[Exchange]:
        """The canaries as streams."""
        return self.of("stream")

    def of(self, name: str) -> list[Exchange]:
        """Return what came of the asks of another one."""
        return [one for one in self.exchanges if one.ask.role.partition("/")[0] == name]

    @property
    def serves(self) -> bool:
        """Whether most of the plain canaries were answered: only then does a failure tell of what was asked."""
        answered = sum(one.answered for one in self.plain)
        return 2 * answered > len(self.plain)


@dataclass(frozen=True, slots=True)
class Conformance:
    """One thing a caller may rely on.

    Attributes:
        name: As the file; `conformance:NAME` is the quantity of its reading.
        question: What it finds out, one sentence.
        dimension: Of the portability score, by its id.
        weight: Points of that dimension, of 100 in all.
        plan: `(target) -> asks`; () where the canaries or another probe's readings answer it.
        read: `(target, what was heard) -> result`.
    """

    name: str
    question: str
    dimension: str
    weight: Decimal
    plan: Callable[[Target], Sequence[Ask]]
    read: Callable[[Target, Heard], Result]


def nothing(_target: Target) -> tuple[Ask, ...]:
    """Plan nothing: it is answered by what is asked anyway."""
    return ()
