"""Documents cut into headings, paragraphs, items, tables, fields and code, each with its place in the source."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from markdown_it import MarkdownIt
from markdown_it.token import Token

from scorecards.transparency.reading import tables
from scorecards.transparency.reading.tables import Rows
from scorecards.transparency.reading.text import Flat, flatten


class Kind(StrEnum):
    """What a block is. COMMENTs and scripts are no blocks: nobody sees them."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    TABLE = "table"
    FIELD = "field"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a document.

    Attributes:
        flat: Its text; of a table the empty text, of a field its value.
        level: Of a heading 1..6; of an item how deep its list is nested; else 0.
        label: Of a field its key in words, else "".
        rows: Of a table.
        of: Of a field what the mapping that holds it is named (its `name:`), innermost first; () = it has no name.
    """

    kind: Kind
    flat: Flat
    start: int
    end: int
    level: int = 0
    label: str = ""
    rows: Rows = ()
    of: tuple[str, ...] = ()


_MARKDOWN = MarkdownIt("commonmark").enable("table").disable("code")
_MARKDOWN.core.ruler.enableOnly(["normalize", "block"])

_LINE_END = re.compile(r"\r\n?|\n")
_HIDDEN = re.compile(
    r"<!--.*?(?:-->|\Z)|<(?P<name>script|style|svg|head)\b[^<>]{0,500}>.*?(?:</(?P=name)\s*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
_HTML_TABLE = re.compile(r"<table\b[^<>]{0,500}>", re.IGNORECASE)
_HTML_TABLE_END = re.compile(r"</table\s*>", re.IGNORECASE)
_HTML_BLOCK = re.compile(
    r"<(?P<close>/?)(?P<name>h[1-6]|p|li|ul|ol|div|section|article|main|header|footer|nav|details|summary|blockquote"
    r"|center|dl|dt|dd|pre|hr|body|html|title|br(?=\s*/?>\s*<br))\b[^<>]{0,1000}>",
    re.IGNORECASE,
)
_TITLES = {"title": 1, "summary": 6}
"""Tags that are headings, and of which level."""

_FIELD = re.compile(
    r"^[ \t]*(?:-[ \t]+)?(?P<q>[\"']?)(?P<key>[A-Za-z_$\u4e00-\u9fff][\w$ .\-\u4e00-\u9fff]{0,60}?)(?P=q)[ \t]*[:：]"
    r"[ \t]*(?P<value>\S[^\r\n]*)?$",
    re.MULTILINE,
)
_INLINE = re.compile(
    r"(?<=[{,])[ \t]*(?P<q>[\"']?)(?P<key>[A-Za-z_$][\w$]{0,40})(?P=q)[ \t]*:[ \t]*(?P<value>[^,{}\[\]\r\n]{1,200})"
)
_LISTED = re.compile(r"(?:[ \t]*(?:\r\n?|\n))?(?:[ \t]*-[ \t]+[^\r\n]*(?:\r\n?|\n|\Z))+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\-.$]+")
_FRONT_MATTER = re.compile(
    r"^---[ \t]*\r?\n(?=[A-Za-z_])(?P<body>.{0,60000}?)^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE | re.DOTALL
)
FRONT_MATTER_WITHIN = 20_000
"""Characters; front matter that starts behind is none, even where something was put before it."""

MAX_TEXT_VALUE = 20_000
"""Characters of a value that goes on over several lines."""

_OBJECT_END = re.compile(r"^[ \t]{0,1}[}\])]", re.MULTILINE)
NAMING = ("name", "model", "model name", "model id")
"""Keys, in words, whose value says what a mapping is about."""

MAX_DEPTH = 20
DATA_SUFFIXES = (".yaml", ".yml", ".json", ".ts", ".js", ".toml")


def blocks(source: str, name: str, media_type: str) -> list[Block]:
    """Return the visible blocks of a document in their order; the file's name and media type say how it is read."""
    if name.endswith(DATA_SUFFIXES):
        return list(_fields(source, 0, len(source)))
    if "html" in media_type or name.endswith((".html", ".htm")):
        return list(_html(source, 0, len(source)))
    return list(_markdown(source))


def _markdown(source: str) -> Iterator[Block]:
    masked, found = _without_tables(_without_hidden(source))
    for matter in _FRONT_MATTER.finditer(masked, 0, FRONT_MATTER_WITHIN):
        masked = _blanked(masked, *matter.span())  # scorecards.transparency.front_matter reads it
    lines = _lines(masked)
    found += [one for token, depth in _tokens(masked) for one in _block(masked, lines, token, depth)]
    yield from sorted(found, key=lambda one: one.start)


def _without_hidden(source: str) -> str:
    return _HIDDEN.sub(lambda found: _spaces(found[0]), source)


def _spaces(text: str) -> str:
    return "".join("\n" if one == "\n" else "\r" if one == "\r" else " " for one in text)


def _blanked(source: str, start: int, end: int) -> str:
    return source[:start] + _spaces(source[start:end]) + source[end:]


def _without_tables(source: str) -> tuple[str, list[Block]]:
    """Return the source with its HTML tables blanked, and these tables: a blank line in one ends it for Markdown."""
    parts, found, at = [], [], 0
    while opening := _HTML_TABLE.search(source, at):
        closing = _HTML_TABLE_END.search(source, opening.end())
        if closing is None:
            break
        found.append(
            _table(tables.from_html(source, opening.start(), closing.end()), *opening.span()[:1], closing.end())
        )
        parts += [source[at : opening.start()], _spaces(source[opening.start() : closing.end()])]
        at = closing.end()
    return "".join([*parts, source[at:]]), found


def _table(rows: Rows, start: int, end: int) -> Block:
    return Block(Kind.TABLE, Flat("", (0,), (start,), (0,)), start, end, rows=rows)


def _lines(source: str) -> list[int]:
    return [0, *(found.end() for found in _LINE_END.finditer(source)), len(source) + 1]


def _tokens(source: str) -> Iterator[tuple[Token, int]]:
    """Yield the leaf tokens of the Markdown, and in how many list items each stands."""
    depth = 0
    for token in _MARKDOWN.parse(source):
        depth += (token.type == "list_item_open") - (token.type == "list_item_close")
        if token.map:
            yield token, depth


def _block(source: str, lines: Sequence[int], token: Token, depth: int) -> Iterator[Block]:
    first, last = token.map or (0, 0)
    start, end = lines[first], min(lines[min(last, len(lines) - 1)], len(source))
    if token.type in ("fence", "code_block"):
        yield Block(Kind.CODE, flatten_code(source, start, end), start, end)
    elif token.type == "html_block":
        yield from _html(source, start, end)
    elif token.type == "table_open":
        spans = [(lines[one], min(lines[one + 1] - 1, len(source))) for one in range(first, last)]
        yield _table(tables.from_pipes(source, spans), start, end)
    elif token.type == "heading_open":
        start = start + len(source[start:end]) - len(source[start:end].lstrip(" \t>#"))
        yield Block(
            Kind.HEADING, flatten(source, start, _heading_end(source, start, end)), start, end, int(token.tag[1])
        )
    elif token.type == "paragraph_open":
        start = start + len(source[start:end]) - len(source[start:end].lstrip(" \t>*+-"))
        yield from _html(source, start, end, Kind.ITEM if depth else Kind.PARAGRAPH, depth)


def _heading_end(source: str, start: int, end: int) -> int:
    """Return where a heading's words end: before closing marks and a line of = or - under it."""
    return start + len(re.sub(r"[\s#]*(?:\r?\n[=\-]+\s*)?$", "", source[start:end]))


def flatten_code(source: str, start: int, end: int) -> Flat:
    """Return code as it stands: no character of it is markup."""
    return Flat(source[start:end], (0,), (start,), (0,))


def _html(source: str, start: int, end: int, kind: Kind = Kind.PARAGRAPH, depth: int = 0) -> Iterator[Block]:
    """Yield the runs of text between block tags."""
    if kind is Kind.PARAGRAPH and _HTML_TABLE.search(source, start, end):
        text, found = _without_tables(source[:end])
        yield from (one for one in found if one.start >= start)
        source = text
    at, inside, level = start, kind, depth
    for tag in [*_HTML_BLOCK.finditer(source, start, end), None]:
        stop = tag.start() if tag else end
        flat = flatten_code(source, at, stop) if inside is Kind.CODE else flatten(source, at, stop)
        if flat.text:
            yield Block(inside, flat, at, stop, level)
        if tag is None:
            return
        name, opens = tag["name"].lower(), not tag["close"]
        at, inside, level = tag.end(), kind, depth
        if opens and name[0] == "h" and name[1:].isdigit():
            inside, level = Kind.HEADING, int(name[1])
        elif opens and name in _TITLES:
            inside, level = Kind.HEADING, _TITLES[name]
        elif name == "details" and not opens:  # what comes behind is under its summary no more
            yield Block(Kind.HEADING, flatten(source, at, at), at, at, _TITLES["summary"])
        elif opens and name in ("li", "dd"):
            inside = Kind.ITEM
        elif opens and name == "pre":
            inside = Kind.CODE


@dataclass(slots=True)
class _Mapping:
    """A mapping of a data file; `column` is where its keys stand."""

    column: int
    parent: "_Mapping | None"
    name: str = ""

    def names(self) -> tuple[str, ...]:
        outer = self.parent.names() if self.parent else ()
        return (self.name, *outer) if self.name else outer


class _Mappings:
    """Tells which mapping each key of a data file stands in, by indentation and by braces."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._open: list[_Mapping] = []
        self._inline: dict[int, _Mapping] = {}
        self._last = 0

    def of(self, start: int, key: int, *, inline: bool) -> _Mapping:
        """Return the mapping of the key that stands at `key` in the pair that begins at `start`."""
        line = self._source.rfind("\n", 0, key) + 1
        if inline:
            brace = self._source.rfind("{", line, key)
            parent = self._open[-1] if self._open else None
            return self._inline.setdefault(brace, _Mapping(key - line, parent))
        if _OBJECT_END.search(self._source, self._last, start):
            self._open.clear()
        self._last = start
        column, item = key - line, "-" in self._source[start:key]
        while self._open and (self._open[-1].column > column or (item and self._open[-1].column == column)):
            self._open.pop()
        if not self._open or self._open[-1].column < column:
            deep = len(self._open) >= MAX_DEPTH
            self._open.append(_Mapping(column, None if deep or not self._open else self._open[-1]))
        return self._open[-1]


def _fields(source: str, start: int, end: int) -> Iterator[Block]:
    """Yield `key: value` lines of YAML, JSON and their like, each a field; a list under a key is its value."""
    mappings = _Mappings(source)
    lines = ((found, False) for found in _FIELD.finditer(source, start, end))
    inline = ((found, True) for found in _INLINE.finditer(source, start, end))
    found_in: list[tuple[Block, _Mapping]] = []
    for found, is_inline in sorted([*lines, *inline], key=lambda one: one[0].start()):
        mapping = mappings.of(found.start(), found.start("key"), inline=is_inline)
        first, last = found.span("value")
        if first < 0:
            listed = _LISTED.match(source, found.end(), end)
            if listed is None:
                continue
            first, last = listed.span()
        label = " ".join(_CAMEL.sub(" ", found["key"]).split()).lower()
        last = _closed(source, first, last, end)
        last = first + len(source[first:last].rstrip(" \t\r\n,"))
        if first < last:
            flat = flatten(source, first, last)
            found_in.append((Block(Kind.FIELD, flat, found.start(), last, label=label), mapping))
            if label in NAMING and not mapping.name:
                mapping.name = flat.text.strip("'\" ,")
    yield from (replace(block, of=mapping.names()) for block, mapping in found_in)


def _closed(source: str, first: int, last: int, end: int) -> int:
    """Return where a value ends whose quotation mark is closed on a later line."""
    mark = source[first]
    if mark not in "'\"`" or source.find(mark, first + 1, last) >= 0:
        return last
    closing = source.find(mark, last, min(end, last + MAX_TEXT_VALUE))
    return closing + 1 if closing > 0 else last
