"""Reads what documents say in sentences, tables, labelled lines and data fields, bound to one model by its names."""

from collections.abc import Mapping, Sequence

from scorecards.evidence import Basis, Bound, Collector, Document, Finding, Identity, Quote, Reading, Source
from scorecards.transparency import reading, text_files
from scorecards.transparency.reading import Candidate, Cues, UnreadableError

FINDINGS = {"known": Finding.KNOWN, "partial": Finding.PARTIAL, "absent": Finding.ABSENT}


def read(subject: Identity, document: Document) -> Sequence[Reading]:
    """Return what the document says about `subject`; what one of its kind could say and does not is ABSENT."""
    return read_by(reading.cues(), subject, document)


def read_by(cues: Cues, subject: Identity, document: Document) -> list[Reading]:
    """Return what these cues find in the document; a document that is no text gives UNMEASURED with the reason."""
    try:
        text = reading.Text.of(document)
    except UnreadableError as error:
        return [_reading(subject, document, quantity, Finding.UNMEASURED, note=str(error)) for quantity in cues.kinds]
    found = reading.statements(text, subject, cues)
    return [_said(subject, document, text, quantity, found) for quantity in reading.answerable(text, cues)]


def _said(
    subject: Identity, document: Document, text: reading.Text, quantity: str, found: Mapping[str, Candidate]
) -> Reading:
    one = found.get(quantity)
    if one is None:
        return _reading(subject, document, quantity, Finding.ABSENT, note=f"{text.file} does not say")
    quote = text.quote(one.start, one.end)
    if one.earns == "absent":
        return _reading(subject, document, quantity, Finding.ABSENT, quote, f"{text.file} refuses to say")
    finding = FINDINGS[one.earns]
    return Reading(
        quantity,
        subject.ref,
        finding,
        basis(document),
        document.fetched_at,
        COLLECTOR.reader,
        one.value,
        one.unit,
        n=1,
        note=one.note,
        sources=(Source(f"sha256:{document.sha256}", document.url, quote),),
        bound=Bound.AT_LEAST if one.of_family else Bound.EXACT,
    )


def _reading(
    subject: Identity, document: Document, quantity: str, finding: Finding, quote: Quote | None = None, note: str = ""
) -> Reading:
    source = Source(f"sha256:{document.sha256}", document.url, quote)
    reader = COLLECTOR.reader
    return Reading(
        quantity, subject.ref, finding, basis(document), document.fetched_at, reader, note=note, sources=(source,)
    )


def basis(document: Document) -> Basis:
    """Return whose word stands in a document."""
    return Basis.FIRST_PARTY if document.first_party else Basis.THIRD_PARTY


COLLECTOR = Collector(
    name="prose",
    version=1,
    question="What do the developer's own words say about this model?",
    quantities=tuple(reading.cues().kinds),
    accepts=text_files.is_text,
    read=read,
)
