"""Runs the cues over passages: every candidate statement with its value and its place, bound to this model."""

import re
from itertools import islice
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from scorecards.evidence import Value
from scorecards.transparency.reading import values
from scorecards.transparency.reading.binding import Passage
from scorecards.transparency.reading.lexicon import Cue, Cues, Kind
from scorecards.transparency.reading.names import Who

MONOLINGUAL = "monolingual"
MAX_MATCHES = 20
MAX_CODE = 50_000
MAX_QUOTE = 300
"""Characters of a quote that may be published."""

REFUSED = re.compile(
    r"\b(?:is|are|was|were|been|be|have|has|not|never)? ?(?:not|never)(?: \w+){0,3} (?:disclos\w*|reveal\w*|shared?|publish\w*|released?|publicly available)\b|\b(?:do|does|did|will)(?: not|n't)"
    r"(?: \w+){0,2} (?:disclose|share|publish|reveal|provide|release)\b|\bundisclosed\b|\bnot disclosed\b|\bno (?:public )?information\b|\bdecline[sd]? to\b|未(?:公开|披露|公布)|不(?:公开|披露|予公布)",
    re.IGNORECASE,
)
PROMISED = re.compile(
    r"\b(?:coming soon|forthcoming|stay tuned|TBD|TBA|TODO|WIP|to be (?:released|announced|published|opened|determined|added)|will (?:soon )?(?:be )?(?:released?|published?|open(?:ed|-?sourced?)?|share[d]?|available|provided?|"
    r"report(?:ed)?|disclosed?|announced?)|plan(?:s|ned)? to|in the (?:near |coming )?future|upcoming|soon)\b|即将|敬请期待|待(?:公布|发布|开源)|将(?:会)?(?:于|在)?[^。；]{0,12}(?:公布|发布|开源|披露)|后续(?:将|会)",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"^\W{0,4}(?P<label>[A-Za-z\u4e00-\u9fff#][^:：。.!?]{1,60}?)\s?[:：]\s*(?P<value>\S.*)$", re.DOTALL
)
_BARE = re.compile(r"^\W*(?:n/?a|none|unknown|-|—|\?|null|false|no|tbd|various)?\W*$", re.IGNORECASE)
_INSTRUCTED = re.compile(
    r"\b(?:ignore|disregard|forget)\b[^.;]{0,40}\b(?:previous|prior|above|earlier|instructions?)\b|\bmark\b[^.;]{0,40}\bas (?:disclosed|verified)\b|(?:忽略|无视)[^。；]{0,16}(?:指令|说明)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One statement that may answer a quantity.

    Attributes:
        earns: known | partial | absent.
        note: Why it is only partial, or what it is, for people.
        order: Its place in the document; earlier ones win among equals.
        of_family: The largest of several numbers, each of another member of the family.
        start, end: Of the quote, in characters of the source.
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


def candidates(passages: Sequence[Passage], cues: Cues, file: str) -> Iterator[Candidate]:
    """Yield what these passages say about this model, in no wise yet about which statement is best."""
    for order, passage in enumerate(passages):
        if _INSTRUCTED.search(passage.text[:2000]):
            continue
        for cue, text, at, value_text in _tried(passage, cues):
            yield from _candidate(passage, cue, text, at, value_text, order, cues.kinds[cue.quantity], file)
        yield from _refusals(passage, cues, order)


def _tried(passage: Passage, cues: Cues) -> Iterator[tuple[Cue, str, int, str | None]]:
    """Yield each cue to try on a passage, the text to try it on, where that begins, and the value beside a label."""
    text = passage.text
    if passage.kind == "code":
        text = text[:MAX_CODE]
        yield from ((cue, text, 0, None) for cue in cues.of_code())
        return
    if passage.kind == "heading":
        yield from ((cue, text, 0, None) for cue in cues.of("title", text))
        return
    for mention in passage.mentions:
        if mention.who is not Who.OTHER:
            name = passage.flat.text[mention.start : mention.end]
            yield from ((cue, name, 0, None) for cue in cues.of("name", name))
    for label, value, at in _labelled(passage):
        yield from ((cue, label, at, value) for cue in cues.of("label", label))
    if passage.kind in ("sentence", "cell", "label"):
        yield from ((cue, text, 0, None) for cue in cues.said(text))
    if passage.kind in ("sentence", "cell"):
        for heading in passage.headings[-2:]:
            yield from ((cue, heading, 0, text) for cue in cues.of("under", heading))


def _labelled(passage: Passage) -> Iterator[tuple[str, str, int]]:
    """Yield label, value and the value's place in the passage, wherever something stands beside its name."""
    text = passage.text
    for label in passage.label.split(" | ") if passage.label and passage.kind in ("cell", "label") else ():
        names, parts = label.split("/"), text.split("/")
        if len(names) == len(parts) and len(names) > 1:
            yield from ((name.strip(), part, text.find(part)) for name, part in zip(names, parts, strict=True))
        else:
            yield label.strip(), text, 0
    found = _LABELLED.match(text) if passage.kind == "sentence" else None
    if found:
        yield found["label"].strip(), found["value"], found.start("value")


def _candidate(
    passage: Passage, cue: Cue, text: str, at: int, value_text: str | None, order: int, kind: Kind, file: str
) -> Iterator[Candidate]:
    if cue.files and not cue.files.search(file):
        return
    matches = list(islice(cue.pattern.finditer(text), MAX_MATCHES))
    if not matches or not _in_place(passage, cue, value_text):
        return
    for found in matches:
        yield from _matched(passage, cue, found, at, value_text, order, kind)


def _in_place(passage: Passage, cue: Cue, value_text: str | None) -> bool:
    """Tell whether what stands around a match lets it count."""
    beside = value_text if cue.form in ("label", "under") and value_text else passage.text
    if cue.context and not cue.context.search(beside):
        return False
    return not (cue.unless and cue.unless.search(value_text or "" if cue.form == "under" else passage.text))


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
    return start < 0 or any(
        one.start < passage.start + end and one.end > passage.start + start and one.who is not Who.OTHER
        for one in passage.mentions
    )


def _matched(
    passage: Passage, cue: Cue, found: re.Match[str], at: int, value_text: str | None, order: int, kind: Kind
) -> Iterator[Candidate]:
    whole = passage.text
    if cue.about_us and not _nearest_is_us(passage, found):
        return
    if "us" in cue.pattern.groupindex and not _names_us(passage, found):
        return
    place = (
        found.start("n")
        if "n" in cue.pattern.groupindex and found["n"] is not None
        else found.end()
        if cue.form == "says"
        else at
    )
    if cue.form in ("says", "label", "under", "title") and not passage.ours_at(place):
        return
    if cue.form == "code" and not passage.ours:
        return
    if _withheld(whole, cue, kind):
        return
    value = _value(found, cue, kind, value_text, whole)
    if value is None:
        return
    unit = kind.unit if isinstance(value, Decimal) else ""
    yield Candidate(
        cue.quantity,
        cue.earns,
        value,
        unit,
        cue.rank,
        order,
        *_quote(passage, found.span() if cue.form in ("says", "code") else None),
        cue.id,
        cue.note,
    )


def _withheld(text: str, cue: Cue, kind: Kind) -> bool:
    """Tell whether the sentence refuses or only promises what the cue looks for."""
    if PROMISED.search(text) and kind.kind != "count":
        return True
    return bool(REFUSED.search(text)) and cue.earns == "known" and kind.kind not in ("count", "flag")


def _value(found: re.Match[str], cue: Cue, kind: Kind, value_text: str | None, whole: str) -> Value | None:
    return _READ[kind.kind](found, cue, kind, value_text, whole)


def _count(found: re.Match[str], cue: Cue, kind: Kind, value_text: str | None, whole: str) -> Value | None:
    if value_text is not None and cue.form == "label":
        return _labelled_count(cue, kind, value_text)
    if cue.every:
        sizes = [one for one, has_scale in values.numbers(found[0]) if has_scale]
        return _within(max(sizes, default=None), kind)
    if "n" not in cue.pattern.groupindex:
        return (value_text or whole)[:MAX_QUOTE]
    if found["n"] is None:
        return _within(next((one for one, _ in values.numbers(found[0])), None), kind)
    listed = _listed(found) if cue.earns == "known" else []
    number = max(listed, default=values.scaled(found["n"], found["u"]))
    if kind.unit == "t CO2e" and re.search(r"\bkg|kilogram", found[0]):
        number /= 1000
    if kind.unit == "MWh":
        number *= _MWH.get(next((one for one in _MWH if one in found[0].lower().replace(" ", "")), "mwh"), Decimal(1))
    if kind.unit == "parameters" and found["u"] is None and number < 1_000_000:  # noqa: PLR2004 - "12 parameters" are settings
        return None
    return _within(number, kind)


_LIST_BEFORE = re.compile(
    r"(?:\d+(?:\.\d+)?\s?[BMTKk](?:illion|rillion)?(?:\s?\([^()]{0,30}\))?(?:,? (?:and|or|to) |, ?|/|、|和|至)\s?)+$"
)
_LIST_AFTER = re.compile(
    r"(?:\s?\([^()]{0,30}\))?(?:(?:,? (?:and|or|to) |, (?:and )?|/|、|和|至)\s?\d+(?:\.\d+)?\s?[BMTKk]\b(?:\s?\([^()]{0,30}\))?)+"
)


def _listed(found: re.Match[str]) -> list[Decimal]:
    """Return all numbers of the list that the matched number stands in; [] when it stands alone."""
    text = found.string
    before = _LIST_BEFORE.search(text, max(0, found.start("n") - 80), found.start("n"))
    after = _LIST_AFTER.match(text, found.end("u") if found["u"] else found.end("n"))
    if not before and not after:
        return []
    whole = text[before.start() if before else found.start("n") : after.end() if after else found.end()]
    return [one for one, has_scale in values.numbers(whole) if has_scale]


_MWH = {
    "kwh": Decimal("0.001"),
    "kilowatt": Decimal("0.001"),
    "千瓦时": Decimal("0.001"),
    "度电": Decimal("0.001"),
    "gwh": Decimal(1000),
    "gigawatt": Decimal(1000),
    "mwh": Decimal(1),
    "兆瓦时": Decimal(1),
    "twh": Decimal(10**6),
}


def _labelled_count(cue: Cue, kind: Kind, text: str) -> Value | None:
    """Return the number beside a label; a cell that says something else than a number is a statement."""
    found = [(one, scale) for one, scale in values.numbers(text)[:3]]
    for number, has_scale in found:
        if kind.unit == "parameters" and not has_scale and number < 1_000_000:  # noqa: PLR2004
            continue
        if (inside := _within(number, kind)) is not None:
            return inside
    if cue.earns == "partial" and not _BARE.match(text):
        return text[:MAX_QUOTE]
    return None


def _within(number: Decimal | None, kind: Kind) -> Decimal | None:
    return number if number is not None and kind.low <= number <= kind.high else None


def _date(found: re.Match[str], cue: Cue, kind: Kind, value_text: str | None, whole: str) -> Value | None:
    if found.groupdict().get("date"):
        return values.date(found["date"])
    return values.date(value_text or "")


def _licence(found: re.Match[str], cue: Cue, kind: Kind, value_text: str | None, whole: str) -> Value | None:
    named = found.groupdict().get("licence") or value_text or found[0]
    return None if _BARE.match(named) else values.licence(named.split(", is available")[0][:200])


def _language_list(found: re.Match[str], cue: Cue, kind: Kind, value_text: str | None, whole: str) -> Value | None:
    groups = found.groupdict()
    if any(groups.get(name) for name in ("mono", "mono2", "mono3")):
        return MONOLINGUAL
    if groups.get("count"):
        return f"{groups['count']} languages"
    codes = values.languages(groups.get("list") or value_text or "")
    if codes:
        return ",".join(codes)
    if value_text is not None:
        count = re.search(r"\d{1,3}", value_text)
        return f"{count[0]} languages" if count and re.search("lang|语", value_text.lower() + cue.id) else None
    return found[0][:MAX_QUOTE] if cue.earns == "partial" else None


def _price(found: re.Match[str], cue: Cue, kind: Kind, value_text: str | None, whole: str) -> Value | None:
    return (value_text or whole)[:MAX_QUOTE]


def _flag(found: re.Match[str], cue: Cue, kind: Kind, value_text: str | None, whole: str) -> Value | None:
    if value_text is not None and _BARE.match(value_text):
        return None
    return not (REFUSED.search(whole) or re.match(r"\s*(?:no\b|false)", value_text or whole, re.IGNORECASE))


def _statement(found: re.Match[str], cue: Cue, kind: Kind, value_text: str | None, whole: str) -> Value | None:
    text = (value_text or whole).strip()
    return None if _BARE.match(text) else text[:MAX_QUOTE]


_READ = {
    "count": _count,
    "date": _date,
    "licence": _licence,
    "languages": _language_list,
    "price": _price,
    "flag": _flag,
    "statement": _statement,
}


def _quote(passage: Passage, span: tuple[int, int] | None) -> tuple[int, int]:
    """Return where the quote stands in the source: the row, else the sentence, at most MAX_QUOTE around the match."""
    if passage.quoted and passage.quoted[1] - passage.quoted[0] <= MAX_QUOTE:
        return passage.quoted
    start, end = passage.start, passage.end
    if span and end - start > MAX_QUOTE // 2:
        start, end = start + max(span[0] - 60, 0), min(end, start + span[1] + 60)
    first, last = passage.flat.source(start, max(end, start + 1))
    return first, min(last, first + MAX_QUOTE)


def _refusals(passage: Passage, cues: Cues, order: int) -> Iterator[Candidate]:
    """Yield a refusal to say something: absent, with the refusal quoted."""
    if passage.kind not in ("sentence", "cell") or not passage.ours or not REFUSED.search(passage.text):
        return
    about = " ".join((*passage.headings[-1:], passage.text))
    for quantity, kind in cues.kinds.items():
        if kind.topic is not None and kind.topic.search(about):
            yield Candidate(
                quantity, "absent", passage.text[:MAX_QUOTE], "", 9, order, *_quote(passage, None), "refusal"
            )
