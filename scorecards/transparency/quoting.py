"""Where a quote stands in a document: byte for byte, or in the text that a page of HTML shows."""

import html
import re
from dataclasses import dataclass
from typing import AnyStr

from scorecards.evidence import Document, Quote

# Neither pattern lets one `<` run past the next, so both are linear whatever the page holds.
_INLINE = re.compile(
    r"</?(?:a|abbr|b|bdi|cite|code|em|i|kbd|mark|q|s|small|span|strong|sub|sup|u|wbr)(?:\s[^<>]*)?/?>", re.IGNORECASE
)
"""Tags that stand within a word; all others part words."""
_TAG = re.compile(r"<[^<>]*>")
_HUGE = re.compile(r"&#[0-9]{8,}")
"""No character; Python would refuse to read such a number at all once it is long enough."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A quote that was found in a document.

    Attributes:
        exact: Byte for byte; else in the page's text, with white space collapsed.
    """

    document: Document
    quote: str
    exact: bool

    def overlaps(self, other: Quote) -> bool:
        """Tell whether the quote, at one of the places where it stands, shares a word or a part of one with `other`."""
        content = self.document.content
        if self.exact:
            return _meets(content, self.quote.encode(), other.start, other.end)
        start, end = (len(shown(content[:offset])) for offset in (other.start, other.end))
        return _meets(shown(content), _collapsed(self.quote), start, end)


def find(quote: str, document: Document) -> Standing | None:
    r"""Return where the quote stands in the document; None when it does not.

    >>> from datetime import datetime
    >>> page = Document.of(b"<p>8,192\n tokens</p>", "https://a.example", "text/html", datetime.min, first_party=True)
    >>> find("8,192 tokens", page).exact, find("tokens</p>", page).exact, find("8192 tokens", page)
    (False, True, None)
    """
    if quote.encode() in document.content:
        return Standing(document, quote, exact=True)
    if "html" in document.media_type and _collapsed(quote) in shown(document.content):
        return Standing(document, quote, exact=False)
    return None


def shown(content: bytes) -> str:
    """Return the text of a page of HTML in UTF-8, tags left out and white space collapsed."""
    text = _TAG.sub(" ", _INLINE.sub("", content.decode(errors="replace")))
    return _collapsed(html.unescape(_HUGE.sub(" ", text)))


def _collapsed(text: str) -> str:
    return " ".join(text.split())


def _meets(text: AnyStr, words: AnyStr, start: int, end: int) -> bool:
    """Tell whether `words` stand in `text` at a place that shares something with `start`..`end`."""
    return words in text[max(0, start - len(words) + 1) : end + len(words) - 1]
