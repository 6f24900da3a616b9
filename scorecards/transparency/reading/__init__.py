"""Documents → candidate statements → facts bound to one model, each with its place.

`text` takes markup away and knows the way back; `layout` and `tables` cut a document into pieces; `names` and `binding`
say which of them are about this model; `lexicon` holds the cues and `find` runs them; `values` reads numbers, dates,
languages and licences; `choose` keeps the best statement of each quantity.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from scorecards.evidence import Document, Identity, Quote
from scorecards.transparency import text_files
from scorecards.transparency.reading import binding, choose, find, layout, lexicon, licence_text
from scorecards.transparency.reading.binding import Passage
from scorecards.transparency.reading.find import Candidate
from scorecards.transparency.reading.lexicon import Cues
from scorecards.transparency.reading.names import Names

__all__ = ["Candidate", "Cues", "Passage", "Text", "UnreadableError", "answerable", "cues", "passages", "statements"]

cues = lexicon.load

HUBS = ("huggingface.co", "modelscope.cn", "www.modelscope.cn")
"""Hosts whose repositories hold the weights themselves, so that a licence file there is the weights'."""

_BROKEN = re.compile("[\ud800-\udfff]")
MAX_BROKEN = 0.01
"""Share of characters that may be no UTF-8, such as a last one that was cut off; beyond it the text is none."""


class UnreadableError(Exception):
    """The document is no text that can be read; the message says what was wanted and what was found."""


@dataclass(frozen=True, slots=True)
class Text:
    """A document as text.

    Attributes:
        source: Its characters; bytes that are no UTF-8 stand as lone surrogates, so that places stay countable.
        file: Its file name in lower case.
    """

    source: str
    file: str
    media_type: str
    host: str | None

    @classmethod
    def of(cls, document: Document) -> "Text":
        """Return the text of a document.

        Raises:
            UnreadableError: it is not UTF-8.
        """
        if document.content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in document.content[:1000]:
            raise UnreadableError("document: wants UTF-8, found UTF-16 or no text")
        source = document.content.decode("utf-8", errors="surrogateescape")
        broken = len(_BROKEN.findall(source))
        if broken > max(3, MAX_BROKEN * len(source)):
            raise UnreadableError(f"document: wants UTF-8, found {broken} bytes that are not")
        return cls(source, text_files.name(document).lower(), document.media_type, urlsplit(document.url).hostname)

    @property
    def is_licence(self) -> bool:
        """Whether the document is a licence, by its name."""
        return licence_text.is_licence(self.file)

    def quote(self, start: int, end: int) -> Quote | None:
        """Return the quote of `source[start:end]`, offsets in bytes; None when a broken character stands in it."""
        words = self.source[start:end]
        at = len(self.source[:start].encode("utf-8", errors="surrogateescape"))
        size = len(words.encode("utf-8", errors="surrogateescape"))
        return None if _BROKEN.search(words) else Quote(words, at, at + size)


def passages(text: Text, identity: Identity, known: Cues, first: int = 0) -> list[Passage]:
    """Return every passage of the text from character `first` on, each bound to this model or to another one."""
    blocks = [one for one in layout.blocks(text.source, text.file, text.media_type) if one.start >= first]
    return binding.passages(blocks, Names(identity), lambda label: bool(known.of("label", label)))


def statements(text: Text, identity: Identity, known: Cues) -> Mapping[str, Candidate]:
    """Return the best statement of each quantity that the text makes about this model."""
    first = licence_text.begins(text.source) if text.is_licence else 0
    found = list(find.candidates(passages(text, identity, known, first), known, text.file))
    if text.is_licence:
        found = [one for one in found if one.quantity in licence_text.SAYS]
        found += licence_text.candidates(text.source, text.file, first, of_weights=text.host in HUBS)
    return choose.best(found, known.kinds)


def answerable(text: Text, known: Cues) -> Sequence[str]:
    """Return the quantities on which the silence of such a document means something."""
    return licence_text.SAYS + licence_text.IS if text.is_licence else tuple(known.kinds)
