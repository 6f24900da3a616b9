"""Texts made of documents that are not UTF-8 themselves, so that a quote is found byte for byte in what is stored."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from scorecards.evidence import Document
from workers import pdf
from workers.fetching import media
from workers.pdf import PdfError

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{1,40})", re.IGNORECASE)
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_TEXT = ("text/", "application/json", "application/yaml", "application/xhtml+xml", "application/xml")


class CannotRead(ValueError):
    """A document was had, but there is no text in it that can be read; the message says why."""


def readable(document: Document, charset: str | None) -> Document:
    """Return the document that collectors read: itself, or a text made of it.

    Args:
        charset: What server or file says of its encoding; None when neither does.

    Raises:
        CannotRead: a PDF without text, or characters that are in no encoding it names.
    """
    if document.media_type in DERIVE:
        return DERIVE[document.media_type](document)
    if not document.media_type.startswith(_TEXT) or _is_utf_8(document.content):
        return document
    return _transcoded(document, charset)


def _pdf(document: Document) -> Document:
    try:
        return _made(document, pdf.text_of(document.content), media.TEXT)
    except PdfError as error:
        raise CannotRead(str(error)) from error


DERIVE: Mapping[str, Callable[[Document], Document]] = {media.PDF: _pdf}


def _transcoded(document: Document, charset: str | None) -> Document:
    """Decode by the byte order mark, else by what server or page says; guessing would make up words."""
    meta = _META_CHARSET.search(document.content, 0, media.HEAD_BYTES)
    named = "utf-16" if document.content.startswith(_UTF_16) else charset or (meta[1].decode() if meta else None)
    if named is None or not _ENCODING.fullmatch(named):
        raise CannotRead("text: wants UTF-8 or a known encoding that it names, found neither")
    text = document.content.decode(_SUPERSETS.get(named.lower(), named), errors="replace")
    if text.count("\ufffd") * BROKEN_PER > len(text):
        raise CannotRead(f"text: wants characters in the encoding that it names ({named}), found others")
    return _made(document, text.encode(), document.media_type)


BROKEN_PER = 1_000
"""Of so many characters one may be broken; more of them are another encoding."""
_ENCODING = re.compile(
    r"utf-?8|utf-?16(?:-?[lb]e)?|gbk|gb2312|gb18030|big5(?:-?hkscs)?|shift_?jis|euc-?(?:jp|kr)|us-ascii|latin-?1"
    r"|(?:windows-|cp)125\d|iso-?8859-(?:[1-9]|1[0-6])|koi8-[ru]",
    re.IGNORECASE,
)
"""A list, because Python knows codecs that take the square of the time, or are none of text."""
_SUPERSETS = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252"}
"""What browsers read these names as (WHATWG); pages in GBK call themselves GB2312."""


def _made(document: Document, content: bytes, media_type: str) -> Document:
    text = Document.of(content, document.url, media_type, document.fetched_at, first_party=document.first_party)
    return replace(text, derived_from=document.sha256)


def _is_utf_8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
