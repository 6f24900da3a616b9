"""What a set of documents says about one model, without a database: every quantity with its state, value and quote.

`extract` is the whole way from documents to answers; `gold` names answers as the hand-made labels do.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from scorecards.evidence import Document, Finding, Identity, Quote, Reading, Value
from scorecards.transparency import collectors, reading
from scorecards.transparency.collectors import prose
from scorecards.transparency.reading import Cues
from scorecards.verdict import State


@dataclass(frozen=True, slots=True)
class Answer:
    """What the documents answer on one quantity.

    Attributes:
        value: In `unit`; None when nothing was found.
        quote, url, sha256: Where it says so; None and "" when nothing says anything.
    """

    quantity: str
    state: State
    value: Value | None
    unit: str
    quote: Quote | None
    url: str
    sha256: str
    reason: str


def extract(identity: Identity, documents: Sequence[Document], cues: Cues | None = None) -> list[Answer]:
    """Return an answer for every quantity that prose can answer, in the order of the cue files.

    Args:
        identity: The model that it is about; whatever is said about another one is nothing.
        documents: In any order. All are taken as the developer's own.
        cues: Other cues than the bundled ones.
    """
    known = cues or reading.cues()
    found = [one for document in documents for one in _read(identity, replace(document, first_party=True), known)]
    return [_answer(quantity, [one for one in found if one.quantity == quantity]) for quantity in known.kinds]


def _read(identity: Identity, document: Document, cues: Cues) -> Iterable[Reading]:
    for one in collectors.load().values():
        if one.accepts(document):
            yield from prose.read_by(cues, identity, document) if one is prose.COLLECTOR else one.read(identity, document)


_ORDER = {Finding.KNOWN: 0, Finding.PARTIAL: 1, Finding.ABSENT: 2, Finding.UNMEASURED: 3}
_STATES = {Finding.KNOWN: State.DISCLOSED, Finding.PARTIAL: State.PARTIAL, Finding.ABSENT: State.ABSENT, Finding.UNMEASURED: State.UNCHECKED}


def _answer(quantity: str, found: list[Reading]) -> Answer:
    best = min(found, key=lambda one: (_ORDER[one.finding], one.sources[0].quote is None), default=None)
    if best is None:
        return Answer(quantity, State.UNCHECKED, None, "", None, "", "", "no document could say")
    source = best.sources[0]
    return Answer(quantity, _STATES[best.finding], best.value, best.unit, source.quote, source.url, source.id.removeprefix("sha256:"), best.note)


GOLD: Mapping[str, tuple[str, ...]] = {
    "license_weights": ("weights_licence",),
    "license_restrictions": ("licence_restrictions",),
    "params_total": ("parameter_count",),
    "params_active": ("active_parameters",),
    "architecture": ("architecture",),
    "context_length": ("context_tokens",),
    "training_tokens": ("training_tokens",),
    "training_data_sources": ("training_data_sources",),
    "data_cutoff": ("knowledge_cutoff",),
    "data_governance": ("data_governance",),
    "languages": ("languages",),
    "training_compute": ("training_compute",),
    "energy_co2": ("training_co2", "training_energy"),
    "post_training_method": ("post_training",),
    "evaluation_results": ("evaluation_results",),
    "safety_evaluation": ("safety_evaluation",),
    "limitations": ("limitations",),
    "intended_use": ("intended_use",),
    "prohibited_use": ("prohibited_use",),
    "weights_available": ("weights_available",),
    "inference_code": ("inference_code",),
    "training_code": ("training_code",),
    "tokenizer": ("tokenizer",),
    "api_availability": ("api_availability",),
    "price": ("list_price",),
    "deprecation_policy": ("deprecation_policy",),
    "contact": ("contact",),
    "release_date": ("release_date",),
}
"""Indicator of the hand-made labels → the quantities that answer it."""

_STRENGTH = (State.CONTRADICTED, State.VERIFIED, State.DISCLOSED, State.PARTIAL, State.NOT_APPLICABLE, State.ABSENT, State.UNCHECKED)


def gold(answers: Sequence[Answer]) -> dict[str, Answer]:
    """Return the answers by the names of the hand-made labels; of several quantities the strongest speaks."""
    by_quantity = {one.quantity: one for one in answers}
    return {
        name: min((by_quantity[one] for one in quantities), key=lambda one: _STRENGTH.index(one.state))
        for name, quantities in GOLD.items()
    }
