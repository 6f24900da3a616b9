"""How a company's total moved over the editions of an index; editions that ask other questions are not compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scorecards.ratings.rating import Figure, Rating


@dataclass(frozen=True, slots=True)
class Step:
    """The headline of one edition.

    Attributes:
        comparable: Whether this edition asks what the one before asks; None = there is none before.
    """

    edition: str
    subject: str
    total: Figure
    comparable: bool | None


def steps(ratings: Iterable[Rating]) -> list[Step]:
    """Return one step for each of a company's ratings, oldest edition first."""
    ordered = sorted(ratings, key=lambda one: one.edition)
    asked = [[one.title for one in rating.judgements] for rating in ordered]
    comparable = [None, *(before == after for before, after in pairwise(asked))]
    return [
        Step(one.edition, one.subject, one.figures[0], same) for one, same in zip(ordered, comparable, strict=False)
    ]


def lines(found: Sequence[Step]) -> list[list[Step]]:
    """Return the steps in runs that may be joined by a line."""
    runs: list[list[Step]] = []
    for step in found:
        if not (runs and step.comparable):
            runs.append([])
        runs[-1].append(step)
    return runs


def sentence(step: Step) -> str:
    """Return a step in words."""
    said = f"{step.edition}: {step.subject} {step.total.value} {step.total.unit}"
    return f"{said}, not comparable with the edition before" if step.comparable is False else said
