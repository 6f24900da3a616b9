"""Reads CSV tables; a mistake is named by file and row, counted as a spreadsheet counts them."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence

from scorecards.ratings.rating import File, RatingError


def rows(file: File, columns: Sequence[str]) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield each row below the header with its place; columns beyond `columns` are passed along.

    Raises:
        RatingError: a column is missing, a row has more or fewer cells than the header, or it is not CSV.
    """
    reader = csv.DictReader(io.StringIO(file.text, newline=""), strict=True)
    number = 1
    try:
        lacking = [name for name in columns if name not in (reader.fieldnames or ())]
        if lacking:
            raise RatingError(f"{file.name} row 1: wants the columns {', '.join(columns)}, lacks {', '.join(lacking)}")
        for number, row in enumerate(reader, start=2):
            if None in row or None in row.values():
                raise RatingError(f"{file.name} row {number}: wants as many cells as the header has, has others")
            yield f"{file.name} row {number}", row
    except csv.Error as error:
        raise RatingError(f"{file.name} row {number + 1}: wants CSV, has {error}") from error
