"""Texts of others in Markdown: shown as they are, never obeyed as marks, links or HTML."""

import re
from collections.abc import Iterable, Sequence

LONGEST = 300
_MARKS = re.compile(r"([!-/:-@\[-`{-~])")
"""All of ASCII's punctuation: CommonMark lets each be escaped, and none of it then means anything."""


def plain(text: object, longest: int = LONGEST) -> str:
    r"""Return a text on one line that no reader of Markdown takes for marks, cut at so many characters.

    >>> print(plain("<b>|[x](http://y)"))
    \<b\>\|\[x\]\(http\:\/\/y\)
    """
    line = " ".join(str(text).split())
    shown = line if len(line) <= longest else line[: longest - 1] + "…"
    return _MARKS.sub(r"\\\1", "".join(one if one.isprintable() else "\ufffd" for one in shown))


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table whose cells are texts of others; None is told as `–`."""
    lines = [head, ["---"] * len(head), *([_cell(one) for one in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(value: object) -> str:
    return "–" if value is None else plain(value)
