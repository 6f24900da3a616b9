"""Tables of Markdown and HTML as rows of cells that know their place; merged cells stand in every place they cover."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from scorecards.transparency.reading.text import Flat, flatten

MAX_CELLS = 20_000
"""Of one table, places that merged cells cover included; what lies behind is left out."""

MAX_COLUMNS = 200

MAX_SPAN = 200
_PIPE = re.compile(r"(?<!\\)\|")
_RULE = re.compile(r"^[\s|:\-]*$")
_HTML_PART = re.compile(r"<(?P<close>/?)(?P<name>tr|td|th|table)\b(?P<attributes>[^<>]{0,500})>", re.IGNORECASE)
_SPAN = {name: re.compile(name + r"\s*=\s*[\"']?(\d{1,3})", re.IGNORECASE) for name in ("rowspan", "colspan")}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text and where it stands in the source."""

    flat: Flat
    start: int
    end: int
    header: bool = False

    @property
    def text(self) -> str:
        """What it says, without markup."""
        return self.flat.text


Rows = tuple[tuple[Cell, ...], ...]


def from_pipes(source: str, lines: list[tuple[int, int]]) -> Rows:
    """Return the rows of a Markdown table on these lines; the rule under the header is left out."""
    kept = (line for line in lines if not _RULE.match(source[line[0] : line[1]]))
    return tuple(tuple(_pipe_cells(source, *line)) for line in kept)


def _pipe_cells(source: str, start: int, end: int) -> Iterator[Cell]:
    text = source[start:end]
    start += len(text) - len(text.lstrip())
    end -= len(text) - len(text.rstrip())
    start += source[start : start + 1] == "|"
    end -= source[end - 1 : end] == "|" and end > start
    edges = [start, *(bar.end() for bar in _PIPE.finditer(source, start, end))]
    stops = [*(edge - 1 for edge in edges[1:]), end]
    for left, right in zip(edges, stops, strict=True):
        yield Cell(flatten(source, left, right), left, right)


def from_html(source: str, start: int, end: int) -> Rows:
    """Return the rows of an HTML table, `rowspan` and `colspan` filled in."""
    rows: list[tuple[Cell, ...]] = []
    filled = 0
    hanging: dict[int, tuple[int, Cell]] = {}
    for cells in _html_rows(source, start, end):
        row: list[Cell] = []
        for cell, down, across in [*cells, (None, 0, 0)]:
            while (above := hanging.get(len(row))) is not None and len(row) < MAX_COLUMNS:
                left = above[0] - 1
                row.append(above[1])
                hanging[len(row) - 1] = (left, above[1])
                if not left:
                    del hanging[len(row) - 1]
            if cell is None:
                break
            for _ in range(min(across, MAX_COLUMNS - len(row))):
                row.append(cell)
                if down > 1:
                    hanging[len(row) - 1] = (down - 1, cell)
        rows.append(tuple(row))
        filled += len(row)
        if filled > MAX_CELLS:
            break
    return tuple(rows)


def _html_rows(source: str, start: int, end: int) -> Iterator[list[tuple[Cell, int, int]]]:
    """Yield each row's cells with how many rows and columns they cover; unclosed cells end where the next begins."""
    row: list[tuple[Cell, int, int]] = []
    opened: tuple[int, str, bool] | None = None
    count = 0
    for part in _HTML_PART.finditer(source, start, end):
        if opened is not None:
            cell = Cell(flatten(source, opened[0], part.start()), opened[0], part.start(), opened[2])
            row.append((cell, _span("rowspan", opened[1]), _span("colspan", opened[1])))
            opened = None
        name = part["name"].lower()
        if name == "tr" and row:
            yield row
            row = []
        if name in ("td", "th") and not part["close"]:
            count += 1
            if count > MAX_CELLS:
                return
            opened = (part.end(), part["attributes"], name == "th")
    if row:
        yield row


def _span(name: str, attributes: str) -> int:
    found = _SPAN[name].search(attributes)
    return min(max(int(found[1]), 1), MAX_SPAN) if found else 1
