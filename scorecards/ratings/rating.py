"""A rating by somebody else as its source states it, and the files it is read from."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from scorecards.errors import Expected


class RatingError(Expected, ValueError):
    """An input cannot be read as its source's format; the message names file and place, wanted and found."""


MAX_NAME = 300
"""Characters of an edition, a producer or a subject; PostgreSQL would refuse longer ones, SQLite would not."""


@dataclass(frozen=True, slots=True)
class File:
    """One file of the input; `name` is as messages give it."""

    name: str
    text: str
    sha256: str


def sha256_of(files: Iterable[File]) -> str:
    """Return the hash of what `sha256sum FILES` prints for these files, in the order of their names."""
    lines = (f"{one.sha256}  {one.name}\n" for one in sorted(files, key=lambda one: one.name))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Figure:
    """One number or class of a rating.

    Attributes:
        value: A decimal as text, or a class by its name.
        published: Whether the source prints it; False = we computed it from the source's judgements.
    """

    name: str
    value: str
    unit: str
    published: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the source says to one of its questions; `verdict` is in the source's own words, `source` as it cites."""

    indicator: str
    title: str
    verdict: str
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Rating:
    """What one edition of one source says of one subject.

    Attributes:
        source: Name of the importer.
        producer: Who makes the subject, as the source names it; "" where it does not.
        dated: Year and month, or day, that the source gives; None = it gives none.
        figures: The first one is the headline.
        sha256: Of the input, see `sha256_of`.
    """

    source: str
    edition: str
    producer: str
    subject: str
    dated: str | None
    figures: tuple[Figure, ...]
    judgements: tuple[Judgement, ...]
    attribution: str
    licence: str
    link: str
    sha256: str

    def __post_init__(self) -> None:
        """Refuse names that are too long to be kept."""
        for name in (self.edition, self.producer, self.subject, self.dated or ""):
            if len(name) > MAX_NAME:
                raise RatingError(f"{self.source}: wants names of at most {MAX_NAME} characters, has {name[:40]!r}…")


@dataclass(frozen=True, slots=True)
class Check:
    """What a recomputation found.

    Attributes:
        notes: What a reader should know though nothing is wrong with it.
        mismatches: Every number or class that differs from the one to compare with, by name.
        summary: The last line.
    """

    notes: tuple[str, ...]
    mismatches: tuple[str, ...]
    summary: str
