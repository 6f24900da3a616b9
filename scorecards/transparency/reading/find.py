"""Runs the cues over passages: every candidate statement with its value and its place, bound to this model."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from typing import NamedTuple

from scorecards.evidence import MAX_QUOTE, Value
from scorecards.transparency.reading import speech, valuing
from scorecards.transparency.reading.binding import Passage
from scorecards.transparency.reading.lexicon import Cue, Cues
from scorecards.transparency.reading.names import Who
from scorecards.transparency.reading.valuing import Match

MAX_MATCHES = 20
"""Of one cue in one passage."""

MAX_CODE = 50_000
"""Characters of a code block that are searched."""

QUOTE_MARGIN = 60
"""Characters quoted on both sides of a match in a long sentence."""

SHORTEST_STATEMENT = 12
"""Characters; what is shorter says nothing on what its heading is about."""

NEARBY_HEADINGS = 2
"""How many of the headings above a passage say what it is under."""

_BETWEEN_CLAUSES = re.compile(
    r"[,;，；] ?(?!\d)|\b(?:and|while|whereas) (?=(?:is|was|has|supports?|trained|features?)\b)"
)
_LABELLED = re.compile(
    r"^\W{0,4}(?P<label>[A-Za-z\u4e00-\u9fff#][^:：。.!?]{1,60}?)\s?[:：]\s*(?P<value>\S.*)$", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One statement that may answer a quantity.

    Attributes:
        earns: known | partial | absent.
        order: Its place in the document; earlier ones win among equals.
        start, end: Of the quote, in characters of the source.
        note: Why it is only partial, or what it is, for people.
        of_family: The largest of several numbers, each of another member of the family.
    """

    quantity: str
    earns: str
    value: Value
    unit: str
    rank: int
    order: int
    start: int
    end: int
    cue: str
    note: str = ""
    of_family: bool = False


class _Attempt(NamedTuple):
    """A cue to try on a text of a passage.

    Attributes:
        at: Where the value begins in the passage.
        beside: What stands beside a label or under a heading.
    """

    cue: Cue
    text: str
    at: int = 0
    beside: str | None = None


def candidates(passages: Sequence[Passage], cues: Cues, file: str) -> Iterator[Candidate]:
    """Yield what these passages say about this model, in no wise yet about which statement is best."""
    for order, passage in enumerate(passages):
        if _is_of_others(passage) or speech.instructs(passage.text):
            continue
        for attempt in _attempts(passage, cues):
            if attempt.cue.files is None or attempt.cue.files.search(file):
                yield from _found(passage, attempt, cues, order)
        yield from _refusals(passage, cues, order)


def _is_of_others(passage: Passage) -> bool:
    """Tell whether a passage stands under another model and names this one nowhere, so that nothing in it counts."""
    return not passage.ours and all(one.who is Who.OTHER for one in passage.mentions)


def _attempts(passage: Passage, cues: Cues) -> Iterator[_Attempt]:
    text = passage.text
    if passage.kind == "code":
        yield from (_Attempt(cue, text[:MAX_CODE]) for cue in cues.of_code(text[:MAX_CODE]))
        return
    for link in passage.links:
        ours = link.who in (Who.OURS, Who.FAMILY)
        yield from (_Attempt(cue, link.text) for cue in cues.of("link", link.text) if ours or not cue.names_us)
    if passage.kind == "heading":
        yield from (_Attempt(cue, text) for cue in cues.of("title", text))
        return
    for mention in passage.mentions:
        if mention.who is not Who.OTHER:
            name = passage.flat.text[mention.start : mention.end]
            yield from (_Attempt(cue, name) for cue in cues.of("name", name))
    for label, beside, at in _labelled(passage):
        yield from (_Attempt(cue, label, at, beside) for cue in cues.of("label", label))
    if passage.kind != "header":
        yield from (_Attempt(cue, text) for cue in cues.said(text))
    if passage.kind in ("sentence", "cell") and len(text) >= SHORTEST_STATEMENT:
        for heading in passage.headings[-NEARBY_HEADINGS:]:
            yield from (_Attempt(cue, heading, 0, text) for cue in cues.of("under", heading))


def _labelled(passage: Passage) -> Iterator[tuple[str, str, int]]:
    """Yield label, value and the value's place in the passage, wherever something stands beside its name."""
    text = passage.text
    if passage.kind == "sentence":
        found = _LABELLED.match(text)
        if found:
            yield found["label"].strip(), found["value"], found.start("value")
        elif passage.label:  # the question before it
            yield passage.label, text, 0
    elif passage.kind in ("cell", "label"):
        for label in passage.label.split(" | "):
            yield from _paired(label, text)


def _paired(label: str, text: str) -> Iterator[tuple[str, str, int]]:
    """Yield `active / total` beside `15B / 309B` as two labels with a value each."""
    names, parts = label.split("/"), text.split("/")
    if len(names) == len(parts) > 1:
        yield from ((name.strip(), part, text.find(part)) for name, part in zip(names, parts, strict=True))
    elif label:
        yield label.strip(), text, 0


def _found(passage: Passage, attempt: _Attempt, cues: Cues, order: int) -> Iterator[Candidate]:
    cue, kind = attempt.cue, cues.kinds[attempt.cue.quantity]
    matches = list(islice(cue.pattern.finditer(attempt.text), MAX_MATCHES))
    if not _in_place(passage, attempt) or _withheld(passage.text, cue, kind.kind):
        return
    for found in matches:
        if not _about_us(passage, attempt, found) or _excluded(passage, attempt, found):
            continue
        value = valuing.value(Match(cue, kind, found, attempt.beside, passage.text))
        if value is not None:
            unit = kind.unit if isinstance(value, Decimal) else ""
            span = found.span() if cue.form in ("says", "code") else None
            place = _quote(passage, span)
            yield Candidate(cue.quantity, cue.earns, value, unit, cue.rank, order, *place, cue.id, cue.note)


def _in_place(passage: Passage, attempt: _Attempt) -> bool:
    """Tell whether what stands around a match lets it count."""
    cue = attempt.cue
    if cue.below and not any(cue.below.search(one) for one in passage.headings):
        return False
    beside = attempt.beside if cue.form in ("label", "under") and attempt.beside else passage.text
    return not (cue.context and not cue.context.search(beside))


def _excluded(passage: Passage, attempt: _Attempt, found: re.Match[str]) -> bool:
    """Tell whether the cue's `unless` stands with the match: for a number in prose, in the clause it stands in."""
    cue = attempt.cue
    if cue.unless is None:
        return False
    if cue.form == "says" and "n" in cue.pattern.groupindex:
        return bool(cue.unless.search(_clause(attempt.text, found)))
    return bool(cue.unless.search((attempt.beside or "") if cue.form == "under" else passage.text))


def _clause(text: str, found: re.Match[str]) -> str:
    start = max((one.end() for one in _BETWEEN_CLAUSES.finditer(text, 0, found.start())), default=0)
    end = _BETWEEN_CLAUSES.search(text, found.end())
    return text[start : end.start() if end else None]


def _withheld(text: str, cue: Cue, kind: str) -> bool:
    """Tell whether the sentence refuses or only promises what the cue looks for."""
    if kind == "count" and "n" in cue.pattern.groupindex:
        return speech.promises_number(text)
    if speech.promises(text):
        return True
    refused = speech.refuses(text) if cue.earns == "known" else speech.conceals(text)
    return refused and kind != "flag"


def _about_us(passage: Passage, attempt: _Attempt, found: re.Match[str]) -> bool:
    """Tell whether a match speaks of this model and not of one that is named nearer."""
    cue = attempt.cue
    if cue.form == "name":
        return True
    if cue.form in ("link", "code"):
        return passage.ours
    if cue.about_us and not _nearest_is_us(passage, found):
        return False
    if found.groupdict().get("us") and not _names_us(passage, found):
        return False
    return passage.ours_at(_place(attempt, found))


def _place(attempt: _Attempt, found: re.Match[str]) -> int:
    """Return where in the passage the value of a match stands: the names before it say whose it is."""
    if found.groupdict().get("n") is not None:
        return found.start("n")
    return found.end() if attempt.cue.form == "says" else attempt.at


def _nearest_is_us(passage: Passage, found: re.Match[str]) -> bool:
    """Tell whether the name in or before the match, else the first one behind it, is this model's."""
    who = {one.who for one in passage.mentions}
    if Who.OTHER in who and Who.OURS not in who:
        return False
    start, end = passage.start + found.start(), passage.start + found.end()
    before = [one for one in passage.mentions if one.start < end]
    inside = [one for one in before if one.end > start and one.who is not Who.FAMILY]
    named = inside[:1] or before[-1:] or passage.mentions[:1]
    return bool(named) and named[0].who is not Who.OTHER


def _names_us(passage: Passage, found: re.Match[str]) -> bool:
    start, end = found.span("us")
    return any(
        one.start < passage.start + end and one.end > passage.start + start and one.who is not Who.OTHER
        for one in passage.mentions
    )


def _quote(passage: Passage, span: tuple[int, int] | None) -> tuple[int, int]:
    """Return where the quote stands in the source: the row, else the sentence, at most MAX_QUOTE around the match."""
    if passage.quoted and passage.quoted[1] - passage.quoted[0] <= MAX_QUOTE:
        return passage.quoted
    start, end = passage.start, passage.end
    if span and end - start > MAX_QUOTE // 2:
        start, end = start + max(span[0] - QUOTE_MARGIN, 0), min(end, start + span[1] + QUOTE_MARGIN)
    first, last = passage.flat.source(start, max(end, start + 1))
    return first, min(last, first + MAX_QUOTE)


def _refusals(passage: Passage, cues: Cues, order: int) -> Iterator[Candidate]:
    """Yield a refusal to say something: absent, with the refusal quoted."""
    text = passage.text
    if passage.kind not in ("sentence", "cell") or not passage.ours or not speech.refuses(text):
        return
    about = " ".join((*passage.headings[-1:], text))
    for quantity, kind in cues.kinds.items():
        if kind.topic is not None and kind.topic.search(about):
            yield Candidate(quantity, "absent", text[:MAX_QUOTE], "", 9, order, *_quote(passage, None), "refusal")
