"""Whom a document speaks of: names of models that no list holds, told by how and where they stand."""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice, zip_longest

from scorecards.transparency.reading.layout import Block, Kind
from scorecards.transparency.reading.names import Names, Who
from scorecards.transparency.reading.rivals import as_name, introduced_in, is_numbered
from scorecards.transparency.reading.text import sentences

PAIR = 2
"""Cells of a row that is a key and its value."""

OFTEN = 4
"""Times that a document must name known other models to be theirs."""

_OPENS_CARD = re.compile(r"(?:We (?:present|introduce|release)\b|(?:The|Our|This) model\b)|[本该此]模型")
_CARD_TITLE = re.compile(r"\b(?:model card|introducing)\b|模型介绍|模型简介", re.IGNORECASE)
MODEL_COLUMN = re.compile(
    r"^(?:models?(?: name| id| variant)?s?|names?|variants?|version|checkpoint|模型(?:名称)?|名称|版本|型号)$",
    re.IGNORECASE,
)
_SMALL_WORD = re.compile(r"(?<![A-Za-z])[a-z]{2,}")


def found(
    blocks: Sequence[Block], names: Names, is_label: Callable[[str], bool], ordinary: frozenset[str]
) -> list[str]:
    """Return the strangers of a document, by what its sentences say of them and by where they stand.

    Args:
        is_label: Tells whether a text names something that is asked about ("Total parameters").
        ordinary: The words that the document also writes small.
    """
    return [*introduced_in(_sentences(blocks), names, ordinary), *_placed(blocks, names, is_label, ordinary)]


def is_of_others(blocks: Sequence[Block], names: Names) -> bool:
    """Tell whether a document that never names this model nor who makes it names others again and again."""
    texts = [block.flat.text for block in blocks]
    if any(names.names_maker(text) for text in texts):
        return False
    named = (one for text in texts for one in names.mentions(text) if one.who is Who.OTHER and not one.stranger)
    return sum(1 for _ in islice(named, OFTEN)) == OFTEN


def _sentences(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        if block.kind in (Kind.PARAGRAPH, Kind.ITEM, Kind.HEADING):
            yield from (block.flat.text[start:end] for start, end in sentences(block.flat.text))


def _placed(
    blocks: Sequence[Block], names: Names, is_label: Callable[[str], bool], ordinary: frozenset[str]
) -> Iterator[str]:
    """Yield names of strangers that are told by their place: a title, the head of a list or table, a first cell."""
    for block, following in zip_longest(blocks, blocks[1:]):
        for text, anyhow in _places(block, following, is_label):
            name = as_name(text, ordinary)
            told = name is not None and (anyhow or is_numbered(name)) and not is_label(name)
            if name and told and names.who(name) is None and not names.is_own(name):
                yield name


def _places(block: Block, following: Block | None, is_label: Callable[[str], bool]) -> Iterator[tuple[str, bool]]:
    """Yield texts of a block that may be a name, and whether what stands beside them leaves no doubt that they are."""
    text, then = block.flat.text, following.flat.text if following else ""
    if block.kind is Kind.HEADING:
        yield text, bool(_CARD_TITLE.search(text) or _OPENS_CARD.match(then))
    elif block.kind is Kind.ITEM:
        deeper = following is not None and following.kind is Kind.ITEM and following.level > block.level
        yield text, deeper and _is_pair(then, is_label)
        head, _, rest = text.partition(":")
        if _is_pair(rest, is_label):
            yield head, True
    elif block.kind is Kind.TABLE:
        pairs = [row for row in block.rows if len(row) == PAIR]
        yield from ((row[1].text, True) for row in pairs if MODEL_COLUMN.match(row[0].text))
        if len(pairs) == len(block.rows) and pairs and not pairs[0][1].text:
            yield pairs[0][0].text, True


def _is_pair(text: str, is_label: Callable[[str], bool]) -> bool:
    """Tell whether a text is something that is asked about and, behind a colon, its value."""
    label, colon, _ = text.partition(":")
    return bool(colon) and is_label(label.strip())


def small_words(blocks: Sequence[Block]) -> frozenset[str]:
    """Return the words that the document writes without a capital somewhere; those of addresses do not count."""
    texts = (word for block in blocks for word in block.flat.text.split() if "/" not in word and "@" not in word)
    return frozenset(small for word in texts for small in _SMALL_WORD.findall(word))
