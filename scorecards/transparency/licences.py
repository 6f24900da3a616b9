"""Knows licences: one spelling of a name, whether it leaves use free, and which licence a whole text is."""

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from license_expression import (
    ExpressionError,
    LicenseExpression,
    LicenseSymbol,
    LicenseWithExceptionSymbol,
    Licensing,
)

DATA = Path(__file__).parents[1] / "data" / "licences.toml"

MAX_TEXT = 65_536
"""Characters of a licence text; the longest one known here has 11,400."""

_NOISE = {"the", "license", "licence", "licensed", "agreement", "version", "international", "unported", "universal"}
"""Words that tell no two licences apart."""

_KIND = re.compile(r"^(?:(?:an?|the|custom|commercial|bespoke) )*licen[sc]e\s?[,:]\s?(?=\w)", re.IGNORECASE)
"""What some put before the name: "a custom commercial license, the Llama 3.1 Community License"."""

_ZH_NOISE = re.compile(r"(?:开源|使用)?(?:许可证|许可协议|许可|协议)")
_ZERO = re.compile(r"(?:\.0)+$")
_PART = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+|\++")
_OPERATOR = re.compile(r"\s(?:and|or|with)\s", re.IGNORECASE)
_EXPRESSIONS = Licensing()
MAX_EXPRESSION = 200
"""Characters of an SPDX expression; a longer one is a text."""

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


@dataclass(frozen=True, slots=True)
class Licence:
    """One licence of the table.

    Attributes:
        id: Its one spelling: the SPDX id in lower case, or the name that most people use.
        osi: Whether the Open Source Initiative approved it.
        open: Whether use is free of limits on field, number of users, region or competition.
    """

    id: str
    name: str
    osi: bool
    open: bool
    aliases: tuple[str, ...] = ()


@lru_cache
def table() -> Mapping[str, Licence]:
    """Return every known licence by its id."""
    raw = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return {key: Licence(key, **{**row, "aliases": tuple(row.get("aliases", ()))}) for key, row in raw.items()}


@lru_cache
def _spellings() -> Mapping[str, Licence]:
    return {_key(name): one for one in table().values() for name in (one.id, one.name, *one.aliases)}


def _key(name: str) -> str:
    """Return what all spellings of one licence share: no case, marks, noise words, `v` before a number or `.0`."""
    text = _ZH_NOISE.sub(" ", _KIND.sub("", unicodedata.normalize("NFKC", name).strip().lower()))
    parts = [_ZERO.sub("", one) for one in _PART.findall(re.sub(r"v(?=\d)", " ", text))]
    return "".join(one for one in parts if one not in _NOISE)


def normalised(name: str) -> str:
    """Return the one spelling of a licence's name or of an SPDX expression; of an unknown one its words with hyphens.

    >>> normalised("Apache License, Version 2.0"), normalised("The MIT License (MIT)"), normalised("Acme Terms")
    ('apache-2.0', 'mit', 'acme-terms')
    >>> normalised("MIT OR Apache-2.0"), normalised("Llama 3.1 Community License Agreement")
    ('apache-2.0 OR mit', 'llama-3.1-community')
    """
    found = _find(name)
    if found:
        return found.id
    expression = _expression(name)
    return str(expression) if expression is not None else re.sub(r"[\s,_-]+", "-", name.strip().lower())


def known(name: str) -> bool:
    """Tell whether the table has this licence, or every licence of this expression or list with commas."""
    if _find(name) is not None or _expression(name) is not None:
        return True
    return "," in name and all(known(one) for one in name.split(","))


def is_open(name: str) -> bool | None:
    """Tell whether a licence leaves use free; of an expression as it combines them; None when one is unknown.

    Names with commas between them all hold at once, as in a card that lists several.
    """
    found = _find(name)
    if found:
        return found.open
    expression = _expression(name)
    if expression is not None:
        return _opened(expression)
    return _all([is_open(one) for one in name.split(",")]) if "," in name else None


def _find(name: str) -> Licence | None:
    found = _spellings().get(_key(name))
    if found:
        return found
    # "The MIT License (MIT)": name and id; "MIT License (modified)" is another one.
    outside, _, inside = name.strip().removesuffix(")").partition("(")
    pair = [_spellings().get(_key(one)) for one in (outside, inside)]
    return pair[0] if name.strip().endswith(")") and pair[0] is pair[1] else None


def _expression(name: str) -> LicenseExpression | None:
    """Return the SPDX expression that a text is, in one order and spelling; None unless every part is known."""
    if len(name) > MAX_EXPRESSION or not _OPERATOR.search(name):
        return None
    try:
        parsed = _EXPRESSIONS.parse(name)
        symbols = {one: _symbol(one) for one in parsed.symbols}
        return parsed.subs(symbols).simplify() if None not in symbols.values() else None
    except ExpressionError:
        return None


def _symbol(symbol: LicenseSymbol | LicenseWithExceptionSymbol) -> LicenseSymbol | None:
    if isinstance(symbol, LicenseWithExceptionSymbol):
        found = _find(symbol.license_symbol.key)
        exception = symbol.exception_symbol.key.lower()
        named = found and "exception" in exception
        return LicenseSymbol(f"{found.id} WITH {exception}") if found and named else None
    found = _find(symbol.key)
    return LicenseSymbol(found.id) if found else None


def _opened(expression: LicenseExpression) -> bool | None:
    """Combine what the table says; every licence of an expression is in it."""
    if isinstance(expression, LicenseSymbol):
        return table()[expression.key.partition(" WITH ")[0]].open
    parts = [_opened(one) for one in expression.args]
    return _all(parts) if isinstance(expression, _EXPRESSIONS.AND) else any(parts)


def _all(parts: Sequence[bool | None]) -> bool | None:
    """Return whether all of these hold: False when one does not, None when one is unknown and no other is false."""
    return False if False in parts else None if None in parts else True


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
