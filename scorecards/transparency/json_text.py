"""Reads JSON together with where each member stands, whatever somebody put into it.

Why not a library: those that keep positions recurse, and build an object for each of a vocabulary's 150,000 words.
The values come from `json`; a flat scan over its tokens finds the places.
"""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from scorecards.evidence import MAX_QUOTE, Quote

MAX_TEXT = 200
"""Characters of a text that a card may have to carry."""
INDEXED_DEPTH = 4
INDEXED_ITEMS = 2_000
"""Members of one container whose places are kept; what is longer is a vocabulary, not a statement."""
INDEXED_PLACES = 50_000

_BOM = b"\xef\xbb\xbf"
_OPENING, _CLOSING = (b"{", b"["), (b"}", b"]")

Path = tuple[str | int, ...]

_BRACKET = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]]', re.DOTALL)
_TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]:,]|[^\s"{}\[\]:,]++', re.DOTALL)


class JsonTextError(ValueError):
    """These bytes are not the JSON that is wanted; the message says what was wanted and what was found."""


class JsonText:
    """A parsed document and the bytes it was parsed from; numbers are int or Decimal."""

    def __init__(self, content: bytes, value: Any) -> None:  # noqa: ANN401 - JSON is what it is
        self.value = value
        self._content = content

    def get(self, *path: str | int) -> Any:  # noqa: ANN401 - JSON is what it is
        """Return what stands at a path; None when nothing does, or null."""
        found = self.value
        for step in path:
            if isinstance(found, dict) and isinstance(step, str):
                found = found.get(step)
            elif isinstance(found, list) and isinstance(step, int) and step < len(found):
                found = found[step]
            else:
                return None
        return found

    def length(self, *path: str | int) -> int:
        """Return how many items of the list at a path can be quoted; 0 when there is no list."""
        found = self.get(*path)
        return min(len(found), INDEXED_ITEMS) if isinstance(found, list) else 0

    def text(self, *path: str | int) -> str | None:
        """Return the text at a path, without outer blanks; None when there is none.

        Raises:
            JsonTextError: it is no single line of at most `MAX_TEXT` printable characters.
        """
        found = self.get(*path)
        if found is None or found == "":
            return None
        if not isinstance(found, str) or not found.isprintable() or len(found) > MAX_TEXT:
            raise JsonTextError(f"{_name(path)}: wants a line of at most {MAX_TEXT} characters, has {_kind(found)}")
        return found.strip() or None

    def texts(self, *path: str | int) -> tuple[str, ...]:
        """Return the texts of a list, or the one text, at a path; () when there is none.

        Raises:
            JsonTextError: one of them is no line of printable text.
        """
        if not isinstance(self.get(*path), list):
            one = self.text(*path)
            return (one,) if one else ()
        named = (self.text(*path, at) for at in range(self.length(*path)))
        return tuple(one for one in named if one)

    def count(self, *path: str | int) -> int | None:
        """Return the whole number of at least 0 at a path; None when there is none.

        Raises:
            JsonTextError: it is something else.
        """
        found = self.get(*path)
        if found is None:
            return None
        if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < 10**18:
            raise JsonTextError(f"{_name(path)}: wants a whole number, has {_kind(found)}")
        return found

    def quote(self, *path: str | int) -> Quote | None:
        """Return the first characters of the member or item at a path; None when its place is not known."""
        place = self._places.get(path)
        if place is None:
            return None
        words = self._content[slice(*place)].decode()[:MAX_QUOTE]
        return Quote(words, place[0], place[0] + len(words.encode()))

    @cached_property
    def _places(self) -> Mapping[Path, tuple[int, int]]:
        return _places(self._content)


def parse(content: bytes) -> JsonText:
    """Return the document.

    Raises:
        JsonTextError: not UTF-8, not JSON, nested too deep, a key that stands twice, NaN, or an endless number.
    """
    try:
        value = json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_members, parse_float=Decimal, parse_constant=_refuse
        )
    except UnicodeDecodeError as error:
        raise JsonTextError(f"JSON: wants UTF-8, found byte 0x{content[error.start]:02x}") from error
    except RecursionError as error:
        raise JsonTextError("JSON: wants few levels, found more than can be read") from error
    except json.JSONDecodeError as error:
        raise JsonTextError(f"JSON: {error.msg} at line {error.lineno} column {error.colno}") from error
    except JsonTextError:
        raise
    except ValueError as error:  # a number of thousands of digits
        raise JsonTextError("JSON: wants numbers that can be read, found one that is too long") from error
    return JsonText(content, value)


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise JsonTextError("JSON: wants each key of an object once, found one twice")
    return found


def _refuse(constant: str) -> None:
    raise JsonTextError(f"JSON: wants numbers, found {constant}")


class _Scan:
    """Follows valid JSON token by token; for each open container, what its current member is and where it began."""

    def __init__(self) -> None:
        self.places: dict[Path, tuple[int, int]] = {}
        self.steps: list[Any] = []
        self.starts: list[int] = []
        self.counts: list[int] = []
        self.wants_key = False

    @property
    def is_full(self) -> bool:
        """Whether nothing more of the innermost container is kept, so that its rest can be passed over."""
        return bool(self.steps) and (len(self.steps) > INDEXED_DEPTH or self.counts[-1] >= INDEXED_ITEMS)

    def value(self, start: int, end: int) -> None:
        """Take a text, number or name; one in an object's key position begins a member."""
        self.begin(start)
        self.end(end)

    def key(self, token: bytes, start: int) -> None:
        self.steps[-1], self.starts[-1], self.wants_key = json.loads(token), start, False

    def open(self, start: int, *, is_object: bool) -> None:
        self.begin(start)
        self.steps.append("" if is_object else 0)
        self.starts.append(start)
        self.counts.append(0)
        self.wants_key = is_object

    def close(self, end: int) -> None:
        for one in (self.steps, self.starts, self.counts):
            one.pop()
        self.wants_key = False
        self.end(end)

    def comma(self) -> None:
        self.wants_key = isinstance(self.steps[-1], str)
        if not self.wants_key:
            self.steps[-1] += 1

    def begin(self, start: int) -> None:
        """Start an item; a member of an object has started with its key."""
        if self.steps and isinstance(self.steps[-1], int):
            self.starts[-1] = start

    def end(self, end: int) -> None:
        """Keep the place of what ends here."""
        if self.steps and len(self.steps) <= INDEXED_DEPTH and len(self.places) < INDEXED_PLACES:
            self.counts[-1] += 1
            self.places[tuple(self.steps)] = (self.starts[-1], end)


def _places(content: bytes) -> dict[Path, tuple[int, int]]:
    """Return where the members and items of the first levels stand."""
    scan, at = _Scan(), len(_BOM) if content.startswith(_BOM) else 0
    while found := _TOKEN.search(content, at):
        token, at = found[0], found.end()
        if token in _OPENING:
            scan.open(found.start(), is_object=token == b"{")
        elif token in _CLOSING:
            scan.close(at)
        elif token == b",":
            scan.comma()
        elif scan.wants_key and token != b":":
            scan.key(token, found.start())
        elif token != b":":
            scan.value(found.start(), at)
        if scan.is_full:
            at = _closing(content, at)
    return scan.places


def _closing(content: bytes, at: int) -> int:
    """Return where the bracket stands that closes the container which is open at `at`."""
    depth = 0
    for found in _BRACKET.finditer(content, at):
        if found[0] in _OPENING:
            depth += 1
        elif found[0] in _CLOSING:
            if depth == 0:
                return found.start()
            depth -= 1
    return len(content)


def _name(path: Path) -> str:
    return "`" + ".".join(map(str, path))[:80] + "`"


def _kind(found: object) -> str:
    return {dict: "an object", list: "a list", bool: "true or false", str: "another text"}.get(type(found), "a number")
