"""How the machine decides a challenge: the same rules for whoever files it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scorecards.catalog import Developer, Model
from scorecards.dispute import Filing, Kind, State
from scorecards.evidence import Basis, Document, Finding, Reading, Source
from scorecards.rubric import Indicator
from scorecards.transparency import quoting
from scorecards.transparency.provenance import is_first_party, is_of_another_model
from scorecards.transparency.quoting import Standing

Verdict = Mapping[str, Any]
"""A verdict as cards publish it."""

FOUND = (Finding.KNOWN, Finding.PARTIAL)
AWARDED = ("verified", "disclosed")
"""States of a verdict at which nothing is missing."""


@dataclass(frozen=True, slots=True)
class Case:
    """A filing with what it is about."""

    filing: Filing
    indicator: Indicator
    developer: Developer
    model: Model


@dataclass(frozen=True, slots=True)
class Decision:
    """What came of a challenge, why, and the evidence that is to be recorded with it."""

    state: State
    reason: str
    documents: tuple[Document, ...] = ()
    readings: tuple[Reading, ...] = ()


def decide(
    case: Case, documents: Sequence[Document], readings: Sequence[Reading], before: Verdict, after: Verdict
) -> Decision:
    """Return what comes of a challenge, from what was read at its URL.

    Args:
        documents: What the URL led to; none when it could not be read.
        readings: What the collectors read there; of a place that could not be read, why.
        before: The verdict on the indicator without these readings.
        after: The verdict with them.
    """
    if not documents:
        return Decision(State.UNCHECKED, _why(readings) or f"{case.filing.url}: could not be read")
    return RULES[case.filing.kind](case, documents, readings, (before, after))


def withdrawals(
    case: Case, documents: Sequence[Document], readings: Sequence[Reading], held: Sequence[Reading]
) -> list[Reading]:
    """Return readings that say what the challenged document no longer says.

    A collector that finds nothing in a document any more may return nothing at all, and then what it found there
    before would stand for ever.

    Args:
        held: Every reading of the model so far.
    """
    ours = _ours(case, readings)
    if not documents or case.filing.kind is not Kind.WRONG or any(one.finding is Finding.UNMEASURED for one in ours):
        return []
    document, read = documents[0], {(one.reader, one.quantity) for one in ours}
    gone = {
        (one.reader, one.quantity, one.basis)
        for one in _ours(case, held)
        if one.finding in FOUND and (one.reader, one.quantity) not in read and _cites(one, case.filing.url)
    }
    return [_withdrawal(case, document, reader, quantity, basis) for reader, quantity, basis in sorted(gone)]


def _withdrawal(case: Case, document: Document, reader: str, quantity: str, basis: Basis) -> Reading:
    return Reading(
        quantity,
        case.model.ref,
        Finding.ABSENT,
        basis,
        document.fetched_at,
        reader,
        note="read again after a challenge: the document does not say it any more",
        sources=(Source(f"sha256:{document.sha256}", case.filing.url),),
    )


def _missing(
    case: Case, documents: Sequence[Document], readings: Sequence[Reading], verdicts: tuple[Verdict, Verdict]
) -> Decision:
    """Decide whether the document earns a point that was not awarded."""
    before, after = verdicts
    if before["state"] in AWARDED:
        return Decision(State.REJECTED, f"nothing is missing: the verdict is {before['state']} already")
    found = [standing for one in documents if (standing := quoting.find(case.filing.quote, one))]
    if not found:
        return _not_found(documents[0])
    standing, document = found[0], found[0].document
    read = _supporting(case, readings, standing)
    if against := _against(case, document, read):
        # A third party's word counts for nothing, and rises once the developer's own document says the same.
        claimed = bool(read) and not is_first_party(document.url, case.developer, case.model)
        kept = ((document,), tuple(read)) if claimed else ((), ())
        return Decision(State.REJECTED, f"{against}, {_seen(document)}", *kept)
    where = "byte for byte" if standing.exact else "in the page's text, not byte for byte"
    said = f"{read[0].quantity} is {read[0].finding}, the quote stands {where}"
    reason = f"{said}, {_seen(document)}; {_moved(before, after)}"
    return Decision(State.UPHELD, reason, tuple(documents), tuple(readings))


def _against(case: Case, document: Document, read: Sequence[Reading]) -> str | None:
    """Return why words that stand in the document earn nothing; None when they do.

    Args:
        read: What collectors read in just these words in answer to the indicator.
    """
    if not is_first_party(document.url, case.developer, case.model):
        return f"not where {case.developer.name} publishes{', so it stays claimed' if read else ''}"
    if is_of_another_model(document.url, case.model):
        return f"the document is about another model than {case.model.ref}"
    if not read:
        asked = " or ".join(_quantities(case.indicator))
        return f"a mention is not a disclosure: no statement of {asked} was read in the quote"
    return None


def _not_found(document: Document) -> Decision:
    try:
        document.content.decode()
    except UnicodeDecodeError:
        return Decision(
            State.UNCHECKED, f"wants a document whose text can be searched, has other bytes: {_seen(document)}"
        )
    return Decision(State.REJECTED, f"the quote is not in the document, {_seen(document)}")


def _wrong(
    case: Case, documents: Sequence[Document], readings: Sequence[Reading], verdicts: tuple[Verdict, Verdict]
) -> Decision:
    """Decide whether a point is lost once the document it rests on is read again."""
    before, after = verdicts
    if not any(_rests_on(source, case.filing) for source in before["evidence"]):
        reason = f"the verdict, {before['state']}, does not rest on these words of {case.filing.url}"
        return Decision(State.REJECTED, reason)
    unread = [one for one in _ours(case, readings) if one.finding is Finding.UNMEASURED]
    if unread:
        return Decision(State.UNCHECKED, _why(unread))
    reason = f"read again, {_seen(documents[0])}; {_moved(before, after)}"
    if (before["state"], before["value"]) == (after["state"], after["value"]):
        return Decision(State.REJECTED, reason)
    return Decision(State.UPHELD, reason, tuple(documents), tuple(_ours(case, readings)))


RULES: Mapping[Kind, Callable[..., Decision]] = {Kind.MISSING: _missing, Kind.WRONG: _wrong}


def _quantities(indicator: Indicator) -> tuple[str, ...]:
    return indicator.facts


def _ours(case: Case, readings: Sequence[Reading]) -> list[Reading]:
    """Return the readings that answer the challenged indicator."""
    return [one for one in readings if one.quantity in _quantities(case.indicator) and one.subject == case.model.ref]


def _supporting(case: Case, readings: Sequence[Reading], standing: Standing) -> list[Reading]:
    """Return the readings that answer the indicator from the words that the challenger quotes."""
    document = f"sha256:{standing.document.sha256}"
    return [
        one
        for one in _ours(case, readings)
        if one.finding in FOUND
        and any(source.id == document and source.quote and standing.overlaps(source.quote) for source in one.sources)
    ]


def _rests_on(source: Mapping[str, Any], filing: Filing) -> bool:
    """Tell whether a verdict's source is the contested one; a source without a quote is contested by its URL alone."""
    words = source["quote"]["text"] if source["quote"] else filing.quote
    return bool(source["url"] == filing.url) and (filing.quote in words or words in filing.quote)


def _cites(reading: Reading, url: str) -> bool:
    return any(source.url == url for source in reading.sources)


def _why(readings: Sequence[Reading]) -> str:
    return next((one.note for one in readings if one.note), "")


def _seen(document: Document) -> str:
    return f"{document.url}, sha256 {document.sha256}, fetched {document.fetched_at:%Y-%m-%dT%H:%M:%SZ}"


def _moved(before: Verdict, after: Verdict) -> str:
    if before["state"] == after["state"]:
        return f"the verdict stays {before['state']}" + (
            "" if before["value"] == after["value"] else ", its value changes"
        )
    return f"the verdict was {before['state']} and is {after['state']}"
