"""Texts of others in Markdown: shown as they are, never obeyed as marks, links or HTML."""

import re
from collections.abc import Iterable, Sequence

LONGEST = 300
_MARKS = re.compile(r"[\\`*_\[\]<>|~&$@]|:(?=//)|(?<=www)\.|\A[#+=-](?=[#+=\s-]|\Z)")
"""What means something within a line, what some readers make links of, and what means something at its begin."""
_LISTED = re.compile(r"\A(\d{1,9})([.)])(?=\s|\Z)")


def plain(text: object, longest: int = LONGEST) -> str:
    r"""Return a text on one line that no reader of Markdown takes for marks, cut at so many characters.

    >>> print(plain("<b>|[x](http://y) 1.5 - 2"))
    \<b\>\|\[x\](http\://y) 1.5 - 2
    """
    line = " ".join(str(text).split())
    shown = line if len(line) <= longest else line[: longest - 1] + "…"
    printable = "".join(one if one.isprintable() else "\ufffd" for one in shown)
    return _LISTED.sub(r"\1\\\2", _MARKS.sub(r"\\\g<0>", printable))


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table whose cells are texts of others; None is told as `–`."""
    lines = [head, ["---"] * len(head), *([_cell(one) for one in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(value: object) -> str:
    return "–" if value is None else plain(value)
