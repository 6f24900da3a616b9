"""Which statements of a document are about this model: by heading, the sentence's own subject, or table column."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from scorecards.transparency.reading import strangers
from scorecards.transparency.reading.layout import Block, Kind
from scorecards.transparency.reading.names import Mention, Names, Who
from scorecards.transparency.reading.rivals import (
    TRAILING,
    as_name,
    introduced,
    is_a_name,
    opening,
)
from scorecards.transparency.reading.strangers import MODEL_COLUMN, PAIR
from scorecards.transparency.reading.tables import Cell
from scorecards.transparency.reading.text import Flat, sentences

LINK_OPENING = 600
"""Characters of markup that may stand between where a link begins and its words."""

_ANAPHORA = re.compile(
    r"(?:It|Its|They|Their|These models?|This model|The models?|Moreover|In addition|Additionally)\b|[该它其此]"
)
_SUBJECT_END = re.compile(
    r"\b(?:is|was|are|were|has|have|had|features?|supports?|offers?|uses?|comes|delivers?|achieves?|contains?"
    r"|comprises?|provides?|costs?|requires?|can|will|may|must|should|outperforms?|surpass(?:es)?|employed|underwent|utilizes?|utilized|adopts?|leverages?|belongs?|builds?|extends?|follows?|shares?)\b|[是为有采支使用提]|:",
)
_LEAD = re.compile(
    r"^(?:In|On|For|With|Unlike|Compared|Following|Building|Based|From|Since|To|By|As|Like|Beyond|Despite|Similar"
    r"|After|Before|At|See|与|相比|基于)\b"
)
_WE = re.compile(r"(?:(?:When|If|As|Since|While|Once|After|Before|For \w+|In \w+),? )?(?:We|we|Our|our|I)\b")
_SENTENCE = re.compile(r"[.!?。！？](?:\s|$)|[。，,]")
_ATTRIBUTIVE = re.compile(r"[^,，。;；]{1,24}的\s?")
_JOINED = re.compile(r"\W{0,3}(?:and|or|&|和|及|、|,|/)?\W{0,3}")
_CODE_NAME = re.compile(
    r"from_pretrained\(\s*[\"'][\w.\-]{1,60}/(?P<repository>[\w.\-]{1,80})[\"']"
    r"|^\s*(?:model|model_name|name)\s*[:=]\s*[\"']?(?P<key>[^\"'\n#]{2,60}?)[\"']?\s*$"
    r"|^\s*title\s*=\s*[{\"]+(?P<title>[^}\"\n]{2,200})",
    re.MULTILINE,
)
MAX_NAMING = 4_000
"""Characters of code in which names are looked for."""

_PLAIN_COLUMN = re.compile(
    r"^(?:values?|details?|descriptions?|notes?|specifications?|settings?|results?|scores?|metrics?|yes|no)\b",
    re.IGNORECASE,
)
_MEMBER = re.compile(
    r"^(?:~?\d+(?:\.\d+)?\s?[BMT]|base|instruct|chat|pretrain(?:ed)?|pt|it|fp8|bf16|large|small|medium)"
    r"(?:[ -].{0,20})?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Link:
    """A link: `words -> address`, and whose name its last part is; None = no model's."""

    text: str
    who: Who | None


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of text that a statement can be read in.

    Attributes:
        kind: sentence | label | cell | code | heading.
        flat, start, end: The passage is `flat.text[start:end]`.
        headings: Headings above it, outermost first.
        label: The key, row and column header of a value, or the question that a sentence answers; "" = none.
        ours: Whether it is about this model; False = about another one.
        mentions: Names in it, places counted in `flat`.
        quoted: Where the quote of a cell stands in the source: its row; None = the passage itself.
    """

    kind: str
    flat: Flat
    start: int
    end: int
    headings: tuple[str, ...] = ()
    label: str = ""
    ours: bool = True
    mentions: tuple[Mention, ...] = ()
    quoted: tuple[int, int] | None = None
    links: tuple[Link, ...] = ()

    @property
    def text(self) -> str:
        """What it says."""
        return self.flat.text[self.start : self.end]

    def ours_at(self, at: int) -> bool:
        """Tell whether what stands at a place of `text` is about this model: the nearest name before it decides.

        Where a stranger is named and this model is not, all of it is about the stranger.
        """
        if any(one.stranger for one in self.mentions) and all(one.who is Who.OTHER for one in self.mentions):
            return False
        described = [
            one for one in self.mentions if _ATTRIBUTIVE.fullmatch(self.text[at : max(one.start - self.start, at)])
        ]
        before = described[:1] or [one for one in self.mentions if one.start - self.start <= at]
        if not before:
            return self.ours
        nearest = before.pop()
        if _LEAD.match(self.text):  # "Compared with this one, that one" is no list
            return nearest.who is not Who.OTHER
        while nearest.who is Who.OTHER and before and _JOINED.fullmatch(self.flat.text[before[-1].end : nearest.start]):
            nearest = before.pop()
        return nearest.who is not Who.OTHER


def passages(blocks: Sequence[Block], names: Names, is_label: Callable[[str], bool]) -> list[Passage]:
    """Return every passage of these blocks in order, each bound to this model or to another one.

    Args:
        is_label: Tells whether a cell names something that is asked about ("Total parameters").
    """
    ordinary = strangers.small_words(blocks)
    names.knows_rivals(strangers.found(blocks, names, is_label, ordinary))
    names_ours = any(names.owns(block.flat.text) for block in blocks)
    if not names_ours and strangers.is_of_others(blocks, names):
        return []
    walk = _Walk(names, is_label, ordinary, names_ours=names_ours)
    return [one for block in blocks for one in walk.read(block)]


class _Walk:
    """Goes through the blocks of one document and remembers what they are about."""

    def __init__(
        self, names: Names, is_label: Callable[[str], bool], ordinary: frozenset[str], *, names_ours: bool
    ) -> None:
        self._names = names
        self._is_label = is_label
        self._ordinary = ordinary
        self._names_ours = names_ours
        self._headings: list[tuple[int, str, Who | None]] = []
        self._running: Who | None = None
        self._lead: Who | None = None
        self._heads: list[tuple[int, Who | None]] = []
        self._seen_ours = False
        self._rival = False

    def read(self, block: Block) -> Iterator[Passage]:
        if block.kind is Kind.HEADING:
            yield self._heading(block)
        elif block.kind is Kind.TABLE:
            yield from self._table(block)
        elif block.kind is Kind.FIELD:
            yield self._field(block)
        elif block.kind is Kind.CODE:
            yield self._passage("code", block.flat, (0, len(block.flat.text)), ours=self._code_is_ours(block.flat.text))
        else:
            yield from self._prose(block)

    def _code_is_ours(self, text: str) -> bool:
        """Code is about the models it loads or cites; where it names none, about what the text before it is."""
        found = _CODE_NAME.finditer(text[:MAX_NAMING])
        named = [next(filter(None, one.groups())) for one in found]
        if not named:
            return self._ours()
        whose = [self._names.who(name) for name in named]
        if any(who in (Who.OURS, Who.FAMILY) for who in whose) or any(map(self._names.is_own, named)):
            return True
        return not self._names_ours

    def _titles(self) -> tuple[str, ...]:
        return tuple(text for _, text, _ in self._headings)

    def _passage(self, kind: str, flat: Flat, span: tuple[int, int], *, ours: bool, label: str = "") -> Passage:
        mentions = tuple(self._names.mentions(flat.text, *span)) if kind != "code" else ()
        return Passage(kind, flat, *span, self._titles(), label, ours, mentions, links=self._links(flat, *span))

    def _links(self, flat: Flat, start: int, end: int) -> tuple[Link, ...]:
        if not flat.links or start >= end:
            return ()
        first, last = flat.source(start, end)
        inside = [(words, address) for at, words, address in flat.links if first - LINK_OPENING <= at < last]
        return tuple(Link(f"{words} -> {address}", self._names.who(_last_part(address))) for words, address in inside)

    def _ours(self) -> bool:
        """Return what the running text is about: its last subject, else the innermost heading that names a model."""
        if self._running is not None:
            return self._running is not Who.OTHER
        innermost = len(self._headings) - 1
        # A title about another model speaks for what directly follows it: the document is in this model's folder.
        named = [
            who
            for at, (level, _, who) in enumerate(self._headings)
            if who is not None and (who is not Who.OTHER or level > 1 or at == innermost or not self._names_ours)
        ]
        return named[-1] is not Who.OTHER if named else True

    def _heading(self, block: Block) -> Passage:
        text = block.flat.text
        while self._headings and self._headings[-1][0] >= block.level:
            self._headings.pop()
        who = self._subject_of_heading(text)
        self._headings.append((block.level, text, who))
        self._running = self._lead = None
        self._heads = []
        return self._passage("heading", block.flat, (0, len(text)), ours=self._ours())

    def _subject_of_heading(self, text: str) -> Who | None:
        found = self._names.mentions(text)
        if not found:
            return None
        if any(one.who is Who.OURS for one in found):
            self._claim()
            return Who.OURS
        return found[0].who

    def _claim(self) -> None:
        """The document speaks of our model again: headings about others that stand above no longer count."""
        self._seen_ours = True
        self._headings = [(level, text, None if who is Who.OTHER else who) for level, text, who in self._headings]

    def _prose(self, block: Block) -> Iterator[Passage]:
        text = block.flat.text
        # An item goes on with what led to its list, not with the item before it.
        self._running = self._heads_list(block) if block.kind is Kind.ITEM else self._lead
        anew = self._seen_ours or not self._names_ours or not _SENTENCE.search(text)
        if block.kind is Kind.PARAGRAPH and anew and not _ANAPHORA.match(text):
            self._running = None
        question = ""
        for start, end in sentences(text):
            sentence = text[start:end]
            self._turn(self._subject(sentence), sentence)
            yield self._passage("sentence", block.flat, (start, end), ours=self._ours(), label=question)
            question = sentence if sentence.rstrip().endswith(("?", "？")) else ""
        if block.kind is Kind.PARAGRAPH:
            self._lead, self._heads = self._running, []
        else:
            self._heads.append((block.level, self._running))

    def _heads_list(self, block: Block) -> Who | None:
        """Return whom the item is about under which this one stands, else who led to the list."""
        while self._heads and self._heads[-1][0] >= block.level:
            self._heads.pop()
        return self._heads[-1][1] if self._heads else self._lead

    def _turn(self, who: Who | None, text: str) -> None:
        if who is not None:
            self._running = who
            self._rival = who is Who.OTHER and introduced(text) is not None
        if who is Who.OURS:
            self._claim()

    def _subject(self, text: str) -> Who | None:
        """Return whom a sentence is about, when it says so before its verb; the maker's own "we" is about its model."""
        found = self._names.mentions(text)
        if not found and self._running is Who.OTHER and not self._rival and _WE.match(text):
            return Who.FAMILY
        if found and text.rstrip().endswith(("?", "？")):
            return next((one.who for one in found if one.who is Who.OURS), found[0].who)
        if found and TRAILING.search(text):
            return found[-1].who
        if not found or _LEAD.match(text):
            return None
        verb = _SUBJECT_END.search(text)
        limit = max(verb.start() if verb else 0, opening(text) + 3)
        subjects = [one for one in found if one.start <= min(limit, 120)]
        if not subjects:
            return None
        return next((one.who for one in subjects if one.who is Who.OURS), subjects[0].who)

    def _field(self, block: Block) -> Passage:
        ours = self._mapping_is_ours(block.of)
        return self._passage("label", block.flat, (0, len(block.flat.text)), ours=ours, label=block.label)

    def _mapping_is_ours(self, names: Sequence[str]) -> bool:
        """A mapping is about what it is named: a stranger's stands inside one that is named, or beside this model's."""
        for at, name in enumerate(names):
            who = self._names.who(name)
            if who is not None:
                return who is not Who.OTHER
            beside_ours = at < len(names) - 1 or self._names_ours
            if beside_ours and is_a_name(name, self._ordinary) and not self._is_label(name):
                return False
        return True

    def _table(self, block: Block) -> Iterator[Passage]:
        """Yield the cells that are about this model, each with the headers of its row and column as label."""
        rows = [row for row in block.rows if any(cell.text for cell in row)]
        if not rows:
            return
        headers = max(1, next((at for at, row in enumerate(rows) if not all(cell.header for cell in row)), len(rows)))
        top = rows[min(headers, len(rows)) - 1]
        by_column = [self._names.who(cell.text) for cell in top]
        if self._compares_strangers(top, rows):
            by_column = [None, *(Who.OTHER for _ in top[1:])]
        named = [who for who in by_column[1:] if who is not None]
        if self._is_of_a_stranger(rows):
            self._running, named = Who.OTHER, []
        for at, row in enumerate(rows):
            yield from self._row(top, row, by_column if named else None, header=at < headers)

    def _row(
        self, top: Sequence[Cell], row: Sequence[Cell], columns: list[Who | None] | None, *, header: bool
    ) -> Iterator[Passage]:
        whose = self._row_is_about(top, row) if columns is None and not header else None
        label_cells = [cell.text for cell in row[:2]]
        for at, cell in enumerate(row):
            if not cell.text:
                continue
            heading = top[at].text if at < len(top) and not header else ""
            if columns is not None:
                who = columns[at] if at < len(columns) else None
                ours = who is not Who.OTHER if who is not None else True
                is_value = who is not None
            else:
                ours = whose if whose is not None else self._ours()
                is_value = at > 0
            label = " | ".join(one for one in (*(label_cells[:at][:2]), heading) if one and one != cell.text)
            # Of two columns the first row is a pair of its own as often as a header.
            kind = "cell" if is_value and (not header or len(row) == PAIR) else "header"
            passage = self._passage(kind, cell.flat, (0, len(cell.text)), ours=ours, label=label)
            yield replace(passage, quoted=self._line(row))

    def _compares_strangers(self, top: Sequence[Cell], rows: Sequence[Sequence[Cell]]) -> bool:
        """Tell whether the columns are models that nobody knows: properties stand in the first column, none on top."""
        heads = [cell.text for cell in top[1:]]
        if len(heads) < PAIR or any(self._names.who(one) or self._is_label(one) for one in heads):
            return False
        strange = all(
            (one[:1].isupper() or as_name(one, self._ordinary))
            and not _MEMBER.match(one)
            and not _PLAIN_COLUMN.match(one)
            for one in heads
        )
        return strange and any(self._is_label(row[0].text) for row in rows if row)

    def _is_of_a_stranger(self, rows: Sequence[Sequence[Cell]]) -> bool:
        """Tell whether a table of pairs says, in its head or as "Model", that it is about another model."""
        if any(len(row) != PAIR for row in rows):
            return False
        said = [row[1].text for row in rows if MODEL_COLUMN.match(row[0].text)]
        said += [rows[0][0].text] if not rows[0][1].text else []
        return any(self._names.who(one) is Who.OTHER for one in said)

    def _row_is_about(self, top: Sequence[Cell], row: Sequence[Cell]) -> bool | None:
        """Return whether a row of a table of models is this model's; None when its first cells name no model."""
        for at, cell in enumerate(row[:2]):
            who = self._names.who(cell.text)
            if who is not None:
                return who is not Who.OTHER
            if at < len(top) and MODEL_COLUMN.match(top[at].text):
                return bool(_MEMBER.match(cell.text)) and self._ours()
        return None

    def _line(self, row: Sequence[Cell]) -> tuple[int, int]:
        return row[0].start, row[-1].end


def _last_part(address: str) -> str:
    return address.partition("?")[0].rstrip("/").rpartition("/")[2]
