"""Source text without its markup, with the way back: every character of the flat text knows its place in the source."""

import html
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

MAX_SENTENCE = 1_500
"""Characters; a longer run without an end is cut, so that no pattern ever sees more at once."""

_SAME_LENGTH = str.maketrans(
    {
        **dict.fromkeys(
            "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000", " "
        ),
        **dict.fromkeys("\u2018\u2019\u02bc", "'"),
        **dict.fromkeys("\u201c\u201d", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2212", "-"),
        **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    }
)
"""Characters that differ only in look: kinds of blanks, quotes and hyphens, full-width ASCII."""

_MARKUP = re.compile(
    r"""
      (?P<comment><!--.*?(?:-->|\Z))
    | (?P<break></?(?:br|p|li|div|tr)\b[^<>]{0,400}>)
    | (?P<tag></?[a-zA-Z][^<>]{0,1000}>)
    | (?P<image>!\[[^\]\n]{0,300}\]\([^()\s]{0,1000}\))
    | (?P<link>\]\([^()\s]{0,1000}(?:\([^()\s]{0,200}\)[^()\s]{0,200})?(?:\s"[^"\n]{0,200}")?\) | \]\[[^\]\n]{0,100}\])
    | (?P<open>\[(?=[^\[\]\n]{1,300}\](?:\(|\[)))
    | (?P<entity>&(?:[a-zA-Z]{2,10}|\#\d{1,6}|\#x[0-9a-fA-F]{1,5});?)
    | (?P<escape>\\(?=[!-/:-@\[-`{-~]))
    | (?P<emphasis>\*{1,3} | (?<![A-Za-z0-9])_{1,3}(?=\S) | (?<=\S)_{1,3}(?![A-Za-z0-9]) | ~~ | `{1,3})
    | (?P<blank>[ \t\r\n\u00a0\u3000]*[\r\n\t][ \t\r\n>\u00a0\u3000]* | [ \u00a0\u3000]{2,})
    """,
    re.VERBOSE | re.DOTALL,
)
_LINK = re.compile(
    r"\[(?P<words>[^\[\]\n]{0,200})\]\((?P<address>[^()\s]{1,500})"
    r"|<a\b[^<>]{0,300}?href\s*=\s*[\"'](?P<href>[^\"'\s]{1,500})[\"'][^<>]{0,300}>(?P<inner>.{0,300}?)</a>",
    re.IGNORECASE | re.DOTALL,
)
_TAG = re.compile(r"<[^<>]{0,1000}>")
_DROPPED = {"comment", "image", "link", "open", "escape", "emphasis", "tag"}
_SENTENCE_END = re.compile(
    r"(?<=[.!?;])(?<!\be\.g\.)(?<!\bi\.e\.)(?<!\bvs\.)(?<!\bNo\.)(?<!\bet al\.)\s+(?=[^a-z\s])"
    r"|(?<=[。！？；])|\s[|·•]\s"
)


@dataclass(frozen=True, slots=True)
class Flat:
    """Text without markup.

    Attributes:
        text: Markup dropped, look-alikes unified, each run of blanks one blank.
        starts, raws, widths: Per piece: where it begins in `text` and in the source, and how many characters of the
            source its last character stands for (0 = one for one).
        links: Of each link its place in the source, its words and its address, both as they stand there.
    """

    text: str
    starts: tuple[int, ...]
    raws: tuple[int, ...]
    widths: tuple[int, ...]
    links: tuple[tuple[int, str, str], ...] = ()

    def source(self, start: int, end: int) -> tuple[int, int]:
        """Return where `text[start:end]` stands in the source, markup within it included."""
        return self._place(start)[0], sum(self._place(end - 1))

    def _place(self, at: int) -> tuple[int, int]:
        piece = bisect_right(self.starts, at) - 1
        if self.widths[piece]:
            return self.raws[piece], self.widths[piece]
        return self.raws[piece] + at - self.starts[piece], 1


def flatten(source: str, start: int, end: int) -> Flat:
    """Return `source[start:end]` without markup; Markdown and HTML alike."""
    pieces = list(_pieces(source, start, end))
    texts, starts, at = [], [], 0
    for text, _, _ in pieces:
        texts.append(text)
        starts.append(at)
        at += len(text)
    raws, widths = tuple(raw for _, raw, _ in pieces), tuple(width for *_, width in pieces)
    return Flat("".join(texts), tuple(starts), raws, widths, tuple(_links(source, start, end)))


def _links(source: str, start: int, end: int) -> Iterator[tuple[int, str, str]]:
    if source.find("](", start, end) >= 0 or source.find("href", start, end) >= 0:
        for found in _LINK.finditer(source, start, end):
            words, address = found["words"] or found["inner"] or "", found["address"] or found["href"]
            yield found.start(), _TAG.sub("", words).strip(" *_`\n"), address


def _pieces(source: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Yield text, place in the source and width; blanks at both ends and next to each other are left out."""
    blank: tuple[int, int] | None = None
    empty = True
    at = start
    for found in [*_MARKUP.finditer(source, start, end), None]:
        stop = found.start() if found else end
        if at < stop:
            words = source[at:stop].translate(_SAME_LENGTH)
            kept = words.lstrip(" ") if blank or empty else words
            raw = at + len(words) - len(kept)
            if kept:
                if blank and not empty:
                    yield " ", *blank
                blank = None
                solid = kept.rstrip(" ")
                yield solid or kept, raw, 0
                if solid and len(solid) < len(kept):
                    blank = (raw + len(solid), len(kept) - len(solid))
                empty = False
        if found is None:
            return
        at = found.end()
        kind = found.lastgroup or ""
        replaced = _replacement(kind, found[0])
        if replaced == " ":
            blank = blank or (found.start(), found.end() - found.start())
        elif replaced:
            if blank and not empty:
                yield " ", *blank
            blank, empty = None, False
            yield replaced, found.start(), found.end() - found.start()


def _replacement(kind: str, matched: str) -> str:
    if kind in _DROPPED:
        return ""
    if kind == "entity":
        text = html.unescape(matched).translate(_SAME_LENGTH)
        return text if len(text) == 1 else matched[:1]
    return " "


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each sentence of a flat text begins and ends; none is longer than MAX_SENTENCE."""
    at = 0
    for found in _SENTENCE_END.finditer(text):
        yield from _cut(at, found.start())
        at = found.end()
    yield from _cut(at, len(text))


def _cut(start: int, end: int) -> Iterator[tuple[int, int]]:
    for at in range(start, end, MAX_SENTENCE):
        yield at, min(at + MAX_SENTENCE, end)
