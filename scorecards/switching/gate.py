"""The gate before a drill: what a program uses and would lose at B, found from conformance alone, without a request."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scorecards.compare.shown import Json
from scorecards.switching import features
from scorecards.switching.app import App
from scorecards.switching.conformance import load
from scorecards.switching.conformance._conformance import Grade
from scorecards.switching.party import Graded, Party


class Fate(StrEnum):
    """What becomes of a feature by moving; the first of `RULES` that holds."""

    AT_NEITHER = "at_neither"
    IGNORED = "ignored"
    LOST = "lost"
    UNKNOWN = "unknown"
    WEAKER = "weaker"
    KEPT = "kept"


class Use(StrEnum):
    """What a feature is to the program."""

    NEEDED = "needed"
    OPTIONAL = "optional"
    NOT_USED = "not_used"


NONE = (Grade.REJECTED, Grade.FAIL)
RULES: Sequence[tuple[Fate, Callable[[Grade | None, Grade | None], bool]]] = (
    # A program whose parameter A ignores works; at a B that rejects it every request fails, so that is LOST.
    (Fate.AT_NEITHER, lambda a, b: b is Grade.IGNORED and (a is Grade.IGNORED or a in NONE)),
    (Fate.AT_NEITHER, lambda a, b: a in NONE and b in NONE),
    (Fate.IGNORED, lambda _, b: b is Grade.IGNORED),
    (Fate.LOST, lambda _, b: b in NONE),
    (Fate.UNKNOWN, lambda _, b: b is None),
    (Fate.WEAKER, lambda a, b: a is Grade.PASS and b is Grade.PARTIAL),
    (Fate.KEPT, lambda _a, _b: True),
)
STOPPING = (Fate.LOST, Fate.IGNORED)


@dataclass(frozen=True, slots=True)
class Feature:
    """One conformance probe at both endpoints."""

    probe: str
    use: Use
    a: Graded
    b: Graded

    @property
    def fate(self) -> Fate:
        """What becomes of it by moving from A to B."""
        return next(fate for fate, holds in RULES if holds(self.a.grade, self.b.grade))


@dataclass(frozen=True, slots=True)
class Gate:
    """Every conformance probe at A and B, in the order of what the program uses most."""

    features: Sequence[Feature]

    def of(self, *fates: Fate, use: Sequence[Use] = (Use.NEEDED, Use.OPTIONAL)) -> list[Feature]:
        """Return what has one of these fates, as far as the program uses it."""
        return [one for one in self.features if one.fate in fates and one.use in use]

    @property
    def stops(self) -> list[Feature]:
        """What the program needs and B does not do: nothing has to be asked to know that it cannot move."""
        return self.of(*STOPPING, use=[Use.NEEDED])


def build(app: App, a: Party, b: Party) -> Gate:
    """Return what becomes of every feature by moving the app from A to B."""
    needed = features.probes(app.features)
    optional = [one for one in features.probes(app.optional_features) if one not in needed]
    rest = [one for one in load() if one not in (*needed, *optional)]
    uses = ((Use.NEEDED, needed), (Use.OPTIONAL, optional), (Use.NOT_USED, rest))
    return Gate([Feature(probe, use, a.graded(probe), b.graded(probe)) for use, probes in uses for probe in probes])


def document(gate: Gate) -> Json:
    """Return the gate as JSON: all that is used, and by name what would be lost and is not used."""
    unused = [Use.NOT_USED]
    return {
        "passes": not gate.stops,
        "stopped_by": [one.probe for one in gate.stops],
        "features": [_row(one) for one in gate.features if one.use is not Use.NOT_USED],
        "features_lost": [one.probe for one in gate.of(Fate.LOST)],
        "params_ignored": [one.probe for one in gate.of(Fate.IGNORED)],
        "unknown": [one.probe for one in gate.of(Fate.UNKNOWN)],
        "not_used": {fate.value: [one.probe for one in gate.of(fate, use=unused)] for fate in STOPPING},
    }


def _row(one: Feature) -> Json:
    return {
        "name": one.probe,
        "use": one.use.value,
        "fate": one.fate.value,
        "a": {"result": one.a.word, "reason": one.a.reason},
        "b": {"result": one.b.word, "reason": one.b.reason},
    }
