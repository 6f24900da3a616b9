"""Which lines of a document are prose, so that a mutation leaves its markup whole."""

import re
from enum import Enum, auto


class Part(Enum):
    """What a line of Markdown is; every other format is PROSE (licences) or DATA."""

    PROSE = auto()
    HEADING = auto()
    BLANK = auto()
    DATA = auto()
    """Front matter, code, tables, HTML, comments, formulas: not to be touched by what changes words."""


_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})\s+\S")
_DATA_LINE = re.compile(r"\s*(?:<|\||\$\$|!\[|\[[^\]]+\]:|(?:[-*_=]\s*){3,}$)|.*\|.*\|| {4,}\S|\t")
_INLINE = re.compile(r"(`[^`]*`|\]\([^)]*\)|\]\[[^\]]*\]|<[^>]*>|&\w+;|https?://\S+|\$[^$]*\$|[\w.+-]+@[\w.-]+)")
_LEAD = re.compile(r"\s*(?:(?:[-*+>]|\d+[.)]|#{1,6})\s+)*")


def parts(text):
    """Return the lines of a Markdown text, ends kept, each with what it is."""
    return list(_parts(text.splitlines(keepends=True)))


def _parts(lines):
    until = re.compile(r"---\s*$") if lines and lines[0].strip() == "---" else None
    for number, line in enumerate(lines):
        if until is not None:
            if number and until.search(line):
                until = None
            yield Part.DATA, line
            continue
        until = _opened(line)
        yield _part(line, until, lines[number + 1] if number + 1 < len(lines) else ""), line


def _opened(line):
    """Return what ends the block that this line opens; None when it opens none that goes on."""
    fence = _FENCE.match(line)
    if fence:
        return re.compile(rf"^ {{0,3}}{fence[1][0]}{{{len(fence[1])},}}\s*$")
    if "<!--" in line and "-->" not in line:
        return re.compile("-->")
    tag = re.match(r"\s*<(table|pre|script|style|svg)\b", line, re.IGNORECASE)
    if tag and f"</{tag[1].lower()}>" not in line.lower():
        return re.compile(f"</{tag[1]}>", re.IGNORECASE)
    return None


def _part(line, until, following):
    if not line.strip():
        return Part.BLANK
    if until is not None or _FENCE.match(line):
        return Part.DATA
    if _HEADING.match(line) or re.match(r" {0,3}(?:=+|-{3,})\s*$", following):
        return Part.HEADING
    return Part.DATA if _DATA_LINE.match(line) else Part.PROSE


def level(line):
    """Return the level of an ATX heading, 1 to 6; 0 = it is none."""
    found = _HEADING.match(line)
    return len(found[1]) if found else 0


def in_words(line, change):
    """Apply `change` to what is words in a line: not its list mark, code, tags, link targets, addresses."""
    lead = _LEAD.match(line)[0]
    pieces = _INLINE.split(line[len(lead) :])
    return lead + "".join(piece if at % 2 else change(piece) for at, piece in enumerate(pieces))


def in_prose(text, change, *, also_headings=False):
    """Apply `change` to the words of every line of prose of a Markdown text."""
    wanted = {Part.PROSE, Part.HEADING} if also_headings else {Part.PROSE}
    return "".join(in_words(line, change) if part in wanted else line for part, line in parts(text))
