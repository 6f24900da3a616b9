"""One endpoint of a drill: what is known of it before anything is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from scorecards.catalog import Endpoint, Model
from scorecards.switching.conformance._conformance import Grade

NOT_PROBED = "no conformance probe has run yet"
GONE = ("deprecated", "retired")


@dataclass(frozen=True, slots=True)
class Graded:
    """What a conformance probe found; `grade` None = unknown, and `reason` says why."""

    grade: Grade | None = None
    reason: str = NOT_PROBED

    @property
    def word(self) -> str:
        """The grade, or `unknown`."""
        return self.grade.value if self.grade else "unknown"


UNKNOWN = Graded()


@dataclass(frozen=True, slots=True)
class Party:
    """An endpoint with its model and its matrix of conformance, by probe; None = the model is in no catalogue."""

    endpoint: Endpoint
    model: Model | None = None
    matrix: Mapping[str, Graded] = field(default_factory=dict)

    @property
    def ref(self) -> str:
        """The endpoint's ref."""
        return self.endpoint.ref

    def graded(self, probe: str) -> Graded:
        """Return what a probe found; unknown where it never ran."""
        return self.matrix.get(probe, UNKNOWN)

    @property
    def ends(self) -> date | None:
        """The day from which it is no longer served; None = none was announced."""
        return self.model.shutdown if self.model else None

    @property
    def lifecycle(self) -> str | None:
        """One of catalog.LIFECYCLES; None = not known."""
        return self.model.lifecycle if self.model else None


def matrix(rows: Iterable[Mapping[str, Any]]) -> dict[str, Graded]:
    """Return the matrix out of the rows that `published.portability` makes of it."""
    return {row["name"]: Graded(_grade(row["result"]), row["reason"]) for row in rows}


def _grade(word: str) -> Grade | None:
    return None if word == "unknown" else Grade(word)
