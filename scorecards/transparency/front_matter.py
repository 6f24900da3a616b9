"""Reads the YAML front matter of a model card as texts with their places, whatever stands in it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from scorecards.evidence import MAX_QUOTE, Quote

MAX_BYTES = 65_536
MAX_DEPTH = 8
MAX_KEYS = 256
_OPENING = re.compile(rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n")
_LATER = re.compile(
    rb"^---[ \t]*\r?\n(?=(?:[a-z][\w-]*:[^\n]*\n|[ \t]*-[ \t][^\n]*\n|[ \t]+[^\n]*\n|#[^\n]*\n){1,256}?---[ \t]*\r?$)",
    re.MULTILINE,
)
WITHIN_BYTES = 20_000
"""Front matter that begins behind these bytes is none; before it may stand what somebody put on top of a card."""

_CLOSING = re.compile(rb"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_LINE_END = re.compile(r"[\r\n]")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_NULLS = ("", "~", "null", "Null", "NULL")


class FrontMatterError(Exception):
    """There is front matter, but it cannot be read; the message says what was wanted and what was found."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One key of the front matter.

    Attributes:
        values: Its text or texts as written (`no` stays `no`), () when it has none; None when it is anything else.
        quote: The key's lines, at most `MAX_QUOTE` characters of them.
    """

    values: tuple[str, ...] | None
    quote: Quote


def entries(content: bytes) -> Mapping[str, Entry] | None:
    """Return the keys of the document's front matter; None when it has none.

    Raises:
        FrontMatterError: not UTF-8, too long, nested too deep, not YAML, a key that stands twice, or a YAML alias,
            anchor or tag: nobody needs those to name a licence, and a few lines of them unfold to gigabytes.
    """
    place = _block(content)
    if place is None:
        return None
    start, end = place
    try:
        text = content[start:end].decode()
        _check_shape(text)
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except UnicodeDecodeError as error:
        raise FrontMatterError(f"front matter: wants UTF-8, found byte 0x{content[start + error.start]:02x}") from error
    except yaml.YAMLError as error:
        raise FrontMatterError(f"front matter: wants YAML, found: {_problem(error)}") from error
    except (ValueError, OverflowError) as error:  # PyYAML hands the number of an escape to chr() unchecked
        raise FrontMatterError("front matter: wants characters, found an escape that is none") from error
    return dict(_entries(root, text, start)) if isinstance(root, yaml.MappingNode) else None


def _problem(error: yaml.YAMLError) -> str:
    """Return what the YAML parser objects to and where, without the document's own words."""
    mark = getattr(error, "problem_mark", None)
    where = f", line {mark.line + 2} of the document" if mark else ""
    return f"{getattr(error, 'problem', None) or 'characters that are not allowed'}{where}"


def _block(content: bytes) -> tuple[int, int] | None:
    """Return where the YAML between the first line `---` and the next stands."""
    if content.startswith(_UTF_16):
        raise FrontMatterError("document: wants UTF-8, found UTF-16")
    opening = _OPENING.match(content) or _later(content)
    if opening is None:
        return None
    start = opening.end()
    closing = _CLOSING.search(content, start, start + MAX_BYTES)
    if closing is not None:
        return start, closing.start()
    if len(content) > start + MAX_BYTES:
        raise FrontMatterError(f"front matter: wants its end within {MAX_BYTES} bytes, found none")
    return None


def _later(content: bytes) -> re.Match[bytes] | None:
    """Return the opening of front matter that something was put before; one that is shown in a code block is none."""
    found = _LATER.search(content, 0, WITHIN_BYTES)
    return found if found and content.count(b"```", 0, found.start()) % 2 == 0 else None


def _check_shape(text: str) -> None:
    """Refuse what unfolds or recurses, from the flat stream of events, before any tree is built."""
    depth = 0
    for event in yaml.parse(text, Loader=yaml.BaseLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise FrontMatterError("front matter: wants plain YAML, found an alias, an anchor or a tag")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise FrontMatterError(f"front matter: wants at most {MAX_DEPTH} levels, found more")
        if isinstance(event, yaml.ScalarEvent):
            if event.value == "<<":
                raise FrontMatterError("front matter: wants plain YAML, found a merge key")
            event.value.encode()  # fails on half of a surrogate pair, which no quote could hold


def _entries(root: yaml.MappingNode, text: str, offset: int) -> Iterator[tuple[str, Entry]]:
    if len(root.value) > MAX_KEYS:
        raise FrontMatterError(f"front matter: wants at most {MAX_KEYS} keys, found {len(root.value)}")
    seen = set()
    for key, value in root.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else ""
        if name in seen:
            raise FrontMatterError(f"front matter: wants each key once, found {name[:80]!r} twice")
        seen.add(name)
        yield name, Entry(_texts(value), _quote(text, offset, key.start_mark.index, _end(value)))


def _texts(node: yaml.Node) -> tuple[str, ...] | None:
    items = node.value if isinstance(node, yaml.SequenceNode) else [node]
    scalars = [item for item in items if isinstance(item, yaml.ScalarNode)]
    if len(scalars) < len(items):
        return None
    texts = (" ".join(item.value.split()) for item in scalars if item.style or item.value not in _NULLS)
    return tuple(text for text in texts if text)


def _end(node: yaml.Node) -> int:
    """Return where a value's last word ends; PyYAML lets a block end only where the next key starts."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(node, yaml.MappingNode) else last)
    return int(node.end_mark.index)


def _quote(text: str, offset: int, first: int, last: int) -> Quote:
    """Return the whole lines that `first`..`last` touch, so that a comment behind the value is quoted with it."""
    start = max(text.rfind("\n", 0, first), text.rfind("\r", 0, first)) + 1
    end = len(text[:last].rstrip())
    end += len(_LINE_END.split(text[end:], maxsplit=1)[0])
    return quote_at(text, offset, start, min(end, start + MAX_QUOTE))


def quote_at(text: str, offset: int, start: int, end: int) -> Quote:
    """Return the quote of `text[start:end]`, where `text` begins at byte `offset` of its document."""
    at = offset + len(text[:start].encode())
    words = text[start:end]
    return Quote(words, at, at + len(words.encode()))
