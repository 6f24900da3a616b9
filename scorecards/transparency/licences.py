"""Knows licences: one spelling of a licence's name, and which licence a whole text is."""

import hashlib
import re

MAX_TEXT = 65_536
"""Characters of a licence text; the longest one known here has 11,400."""

_ALIASES = {
    "apache-2": "apache-2.0",
    "apache-license-2.0": "apache-2.0",
    "apache-license-version-2.0": "apache-2.0",
    "the-mit-license": "mit",
    "mit-license": "mit",
}
_WORD = re.compile(r"[^\W_]+")
_COPYRIGHT = re.compile(
    r"^[^\w\n]*(?:copyright\s*(?:\(c\)|©|\d{4}|\[|\{)[^\n]{0,120}|all rights reserved[^\w\n]*)$",
    re.IGNORECASE | re.MULTILINE,
)
_TITLE = re.compile(
    r"\W*(apache license\s+version 2\.0, january 2004|(?:the )?mit license(?: \(mit\))?)\s", re.IGNORECASE
)
_TEXTS = {
    "797dc3f7b075ef4c33e8e6f3218cc37a725c5d64cae02dcf7c47a46bff473a8b": "apache-2.0",
    "6f969f3bab5c7eb6e5e365b9f09eb433596a88a751fbd25767410c3bf49232fe": "apache-2.0",
    "81e115b77b402913b81b7ca7149b0857a15ef702ac741f4d77c033bbd1472594": "apache-2.0",
    "0cf21bdfd1964a97a8615e128534845826afbc887edc95aa5c925cbf64386b5c": "mit",
}
"""SHA-256 of every word after the title, in lower case and joined by spaces, copyright lines left out.

A hash of the whole and not a search for known sentences: "MIT License" with one more paragraph behind it is a
licence of its own (MiniMax-M2 and Kimi K2 add a duty for large users and keep every sentence of the MIT text).
Apache-2.0 stands three times: with its appendix, without it, and without the line that ends the terms.
"""


def normalised(name: str) -> str:
    """Return a licence's name in lower case, in SPDX spelling where it is one of the few known by other names.

    >>> normalised("Apache License, Version 2.0"), normalised("MIT"), normalised("Llama 3.1")
    ('apache-2.0', 'mit', 'llama-3.1')
    """
    spelled = re.sub(r"[\s,_-]+", "-", name.strip().lower())
    return _ALIASES.get(spelled, spelled)


def known(name: str) -> bool:
    """Tell whether a normalised name is a licence that is known here."""
    return name in {*_ALIASES.values(), *_TEXTS.values()}


def recognised(text: str) -> tuple[str, int, int] | None:
    """Return the SPDX id, in lower case, of the licence that `text` is, and where its title stands; None if unknown.

    Only the whole licence and nothing but it counts: no mention, no excerpt, no changed or added clause.
    """
    if len(text) > MAX_TEXT:
        return None
    body = _COPYRIGHT.sub(lambda line: " " * len(line[0]), text)
    title = _TITLE.match(body)
    if title is None:
        return None
    found = _TEXTS.get(_words_sha256(body[title.end() :]))
    return (found, *title.span(1)) if found else None


def _words_sha256(text: str) -> str:
    words = _WORD.findall(text.lower().replace("https://", "http://"))
    return hashlib.sha256(" ".join(words).encode()).hexdigest()
