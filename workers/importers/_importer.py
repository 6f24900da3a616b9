"""What an importer is, and how it reads files; what stands in them is decided in `scorecards.ratings`."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from scorecards.ratings.rating import Check, File, Rating, RatingError

MAX_BYTES = 16 * 1024 * 1024
"""Of one file; the largest one known has half a megabyte."""


@dataclass(frozen=True, slots=True)
class Importer:
    """Reads a folder in a source's format.

    Attributes:
        ratings: Returns every rating of the folder.
        check: Recomputes what the folder says was published, or compares with an independent recomputation.
    """

    ratings: Callable[[Path], Sequence[Rating]]
    check: Callable[[Path], Check]


def read(folder: Path, name: str) -> File:
    """Return a file of the folder, `name` with its place in it.

    Raises:
        RatingError: it is not there, is no regular file, is too large, is not UTF-8, or holds a NUL.
    """
    path = folder / name
    if not path.is_file():
        raise RatingError(f"{path}: wants a file, has none")
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise RatingError(f"{path}: wants a readable file, {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise RatingError(f"{path}: wants at most {MAX_BYTES} bytes, has more")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RatingError(f"{path}: wants UTF-8, has byte 0x{content[error.start]:02x} at {error.start}") from error
    if "\0" in text:
        raise RatingError(f"{path}: wants text, has a NUL at character {text.index(chr(0))}")
    return File(name, text, hashlib.sha256(content).hexdigest())


def read_all(folder: Path, pattern: str) -> list[File]:
    """Return the files of a pattern such as `models/*.yml`, in the order of their names.

    Raises:
        RatingError: there is none, or one cannot be read.
    """
    names = sorted(str(path.relative_to(folder)) for path in folder.glob(pattern))
    if not names:
        raise RatingError(f"{folder}: wants {pattern}, has none")
    return [read(folder, name) for name in names]
