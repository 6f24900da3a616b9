"""What collectors of structured documents share: how a field becomes a statement, and a statement a reading."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import unquote, urlsplit

from scorecards.evidence import Basis, Bound, Collector, Document, Finding, Identity, Quote, Reading, Source, Value
from scorecards.transparency import json_text
from scorecards.transparency.json_text import JsonText, JsonTextError

MAX_VALUE = 2_000
"""Characters of one value; it is published on every card."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a document says on one quantity, before it is bound to a model."""

    finding: Finding
    value: Value | None = None
    unit: str = ""
    note: str = ""
    quote: Quote | None = None
    bound: Bound = Bound.EXACT


def known(value: Value, quote: Quote | None, unit: str = "", note: str = "") -> Said:
    """Return a statement that is quoted; one whose place is not known is none."""
    return _stated(Finding.KNOWN, value, quote, unit, note)


def partial(value: Value, quote: Quote | None, unit: str = "", note: str = "") -> Said:
    """Return a statement that is vague or incomplete, as the note says."""
    return _stated(Finding.PARTIAL, value, quote, unit, note)


def at_most(said: Said) -> Said:
    """Return a statement whose number is the most that can be: a smaller one elsewhere agrees with it."""
    return replace(said, bound=Bound.AT_MOST)


def _stated(finding: Finding, value: Value, quote: Quote | None, unit: str, note: str) -> Said:
    if quote is None:
        return Said(Finding.UNMEASURED, note="wants a place that can be quoted, found none within the first members")
    return Said(finding, value[:MAX_VALUE] if isinstance(value, str) else value, unit, note, quote)


def absent(note: str, quote: Quote | None = None) -> Said:
    """Return that the document was looked through and does not say it."""
    return Said(Finding.ABSENT, note=note, quote=quote)


def joined(values: Iterable[str]) -> str:
    """Return a list as a value holds it."""
    return ",".join(sorted(set(values)))


def file_name(document: Document) -> str:
    """Return the last part of the document's address."""
    return unquote(urlsplit(document.url).path.rpartition("/")[2])


def host_and_path(document: Document) -> tuple[str, str]:
    """Return where a document stands; of a handed-in file "" and its name."""
    parts = urlsplit(document.url)
    return parts.netloc.lower(), parts.path


def is_another_models(subject: Identity, document: Document) -> bool:
    """Tell whether it lies in a repository of the hub that has none of the model's names: such files name no model."""
    host, path = host_and_path(document)
    steps = path.removeprefix("/api/models").split("/")
    if host != "huggingface.co" or len(steps) < 3 or not subject.names:  # noqa: PLR2004 - "", owner, name
        return False
    return unquote(steps[2]).casefold() not in {one.casefold() for one in subject.names}


def reading(collector: Collector, quantity: str, subject: Identity, document: Document, said: Said) -> Reading:
    """Return a statement as a reading of the model that the document is about."""
    prefix = f"{file_name(document)}: " if said.finding in (Finding.ABSENT, Finding.UNMEASURED) else ""
    return Reading(
        quantity,
        subject.ref,
        said.finding,
        Basis.FIRST_PARTY if document.first_party else Basis.THIRD_PARTY,
        document.fetched_at,
        collector.reader,
        said.value,
        said.unit,
        n=int(said.value is not None),
        note=prefix + said.note,
        sources=(Source(f"sha256:{document.sha256}", document.url, said.quote),),
        bound=said.bound,
    )


def read_json(
    collector: Collector, readers: Mapping[str, Callable[[JsonText], Said]], subject: Identity, document: Document
) -> Sequence[Reading]:
    """Return one reading for each quantity, by its own reader; none of a document that is another model's.

    A document that is no JSON, and a field that holds what it must not, are UNMEASURED with the reason.
    """
    if is_another_models(subject, document):
        return []
    try:
        found = json_text.parse(document.content)
    except JsonTextError as error:
        broken = Said(Finding.UNMEASURED, note=str(error))
        return [reading(collector, quantity, subject, document, broken) for quantity in readers]
    return [reading(collector, name, subject, document, _said(one, found)) for name, one in readers.items()]


def _said(reader: Callable[[JsonText], Said], found: JsonText) -> Said:
    try:
        return reader(found)
    except JsonTextError as error:
        return Said(Finding.UNMEASURED, note=str(error))
