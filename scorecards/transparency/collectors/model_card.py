"""Reads the front matter of a model card: what it says leaves no doubt about who is meant."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from scorecards.evidence import Basis, Collector, Document, Finding, Identity, Quote, Reading, Source
from scorecards.transparency import front_matter, licences, text_files
from scorecards.transparency.front_matter import Entry, FrontMatterError
from scorecards.transparency.reading.names import Names

MAX_VALUE = 2_000
"""Characters of one value; a longer one is no name and would be published on every card."""

_CARD_KEYS = {"license", "license_name", "license_link", "base_model", "base_model_relation", "datasets", "language"}
_CARD_KEYS |= {"library_name", "pipeline_tag", "tags", "model-index", "model_name", "metrics", "widget", "inference"}
"""A front matter without any of these is not a model card's (documentation pages carry `title` and the like)."""
_ISO_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class _Said:
    """What a document says on one quantity, before it is bound to a model."""

    quantity: str
    finding: Finding
    value: str | None = None
    note: str = ""
    quote: Quote | None = None


def read(subject: Identity, document: Document) -> Sequence[Reading]:
    """Return what the front matter says about `subject`; nothing when the document has none of a card.

    A quantity that a card's front matter leaves out is ABSENT; one that could not be read is UNMEASURED.
    """
    try:
        card = front_matter.entries(document.content)
    except FrontMatterError as error:
        said = [_Said(quantity, Finding.UNMEASURED, note=str(error)) for quantity in QUANTITIES]
    else:
        said = _card(card, text_files.name(document)) if card and not _names_another(card, subject) else []
    return [_reading(subject.ref, document, one) for one in said]


def _names_another(card: Mapping[str, Entry], subject: Identity) -> bool:
    """Tell whether a card says by its `model_name` that it is another model's; a Chinese name may be this one's."""
    entry = card.get("model_name")
    said = [one for one in (entry.values if entry else None) or () if one.isascii()]
    return bool(said) and not any(Names(subject).owns(one) for one in said)


def _reading(model: str, document: Document, said: _Said) -> Reading:
    return Reading(
        said.quantity,
        model,
        said.finding,
        Basis.FIRST_PARTY if document.first_party else Basis.THIRD_PARTY,
        document.fetched_at,
        COLLECTOR.reader,
        said.value,
        n=int(said.value is not None),
        note=said.note,
        sources=(Source(f"sha256:{document.sha256}", document.url, said.quote),),
    )


def _card(card: Mapping[str, Entry], file_name: str) -> list[_Said]:
    if not _CARD_KEYS & card.keys():
        return []
    return [_key(card, quantity, key, file_name) for quantity, key in QUANTITIES.items()]


def _key(card: Mapping[str, Entry], quantity: str, key: str, file_name: str) -> _Said:
    entry = card.get(key)
    if entry is None:
        return _Said(quantity, Finding.ABSENT, note=f"the front matter of {file_name} has no key `{key}`")
    if entry.values is None:
        return _Said(quantity, Finding.UNMEASURED, note=f"`{key}`: wants a text or a list of texts, found a mapping")
    if not entry.values:
        return _Said(quantity, Finding.ABSENT, note=f"`{key}` in {file_name} has no value", quote=entry.quote)
    said = _READERS[key](quantity, entry, card)
    if said.value is not None and len(said.value) > MAX_VALUE:
        return _Said(quantity, Finding.UNMEASURED, note=f"`{key}`: wants at most {MAX_VALUE} characters, found more")
    return said


def _names(quantity: str, entry: Entry, _card: Mapping[str, Entry]) -> _Said:
    return _Said(quantity, Finding.KNOWN, _joined(entry.values or ()), quote=entry.quote)


def _licence(quantity: str, entry: Entry, card: Mapping[str, Entry]) -> _Said:
    """Read `license`; the hub's ids `other` and `unknown` name no licence, but `license_name` may."""
    value = _joined(licences.normalised(one) for one in entry.values or ())
    if value == "unknown":
        return _Said(quantity, Finding.ABSENT, note="the card says that the licence is unknown", quote=entry.quote)
    if value != "other":
        return _Said(quantity, Finding.KNOWN, value, quote=entry.quote)
    named = card.get("license_name")
    if named is None or not named.values:
        return _Said(quantity, Finding.PARTIAL, value, "`license: other` without a `license_name`", entry.quote)
    return _Said(quantity, Finding.KNOWN, _joined(map(licences.normalised, named.values)), quote=named.quote)


def _languages(quantity: str, entry: Entry, _card: Mapping[str, Entry]) -> _Said:
    """Read `language`: ISO codes count; `multilingual`, `code` or a name are kept in the note."""
    listed = {one.lower() for one in entry.values or ()}
    codes = {one for one in listed if _ISO_LANGUAGE.fullmatch(one)}
    others = _joined(listed - codes)[:MAX_VALUE]
    if not codes:
        return _Said(quantity, Finding.PARTIAL, others, "no ISO language code", entry.quote)
    return _Said(quantity, Finding.KNOWN, _joined(codes), f"listed besides: {others}" if others else "", entry.quote)


def _joined(values: Iterable[str]) -> str:
    return ",".join(sorted(set(values)))


QUANTITIES = {
    "weights_licence": "license",
    "base_model": "base_model",
    "training_datasets": "datasets",
    "languages": "language",
}
"""Quantity → key of a model card's front matter."""
_READERS: Mapping[str, Callable[[str, Entry, Mapping[str, Entry]], _Said]] = {
    "license": _licence,
    "base_model": _names,
    "datasets": _names,
    "language": _languages,
}

COLLECTOR = Collector(
    name="model_card",
    version=1,
    question="What does the front matter of the model card say?",
    quantities=tuple(QUANTITIES),
    accepts=text_files.is_text,
    read=read,
)
