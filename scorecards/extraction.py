"""What a set of documents says about one model, without a database: every quantity with its state, value and quote.

`extract` is the whole way from documents to answers; `gold` names answers as the hand-made labels do.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from scorecards import judge, rubric
from scorecards.evidence import Document, Identity, Quote, Reading, Source, Value
from scorecards.transparency import collectors, reading
from scorecards.transparency.collectors import prose
from scorecards.transparency.reading import Cues
from scorecards.verdict import State, Verdict

NEVER = datetime.min.replace(tzinfo=UTC)


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


Second = Callable[[Identity, Document, Sequence[Reading]], Iterable[Reading]]
"""A second reader: `(who it is about, document, what was read in it) -> what it adds`."""


def nothing(_identity: Identity, _document: Document, _found: Sequence[Reading]) -> Iterable[Reading]:
    """Add nothing."""
    return ()


def extract(
    identity: Identity, documents: Sequence[Document], cues: Cues | None = None, second: Second = nothing
) -> list[Answer]:
    """Return an answer for every fact of the rubric that documents can answer, in the order of the rubric.

    Args:
        identity: The model that it is about; whatever is said about another one is nothing.
        documents: In any order. All are taken as the developer's own.
        cues: Other cues than the bundled ones.
        second: Who reads each document once more.
    """
    known, rules = cues or reading.cues(), rubric.load()
    ours = [replace(document, first_party=True) for document in documents]
    found = [one for document in ours for one in _read(identity, document, known, second)]
    readable = {one for collector in collectors.load().values() for one in collector.quantities} | known.kinds.keys()
    as_of = max((one.taken_at for one in found), default=NEVER)
    verdicts = judge.facts(rules, found, as_of)
    return [_answer(verdict) for name, verdict in verdicts.items() if name in readable]


def _read(identity: Identity, document: Document, cues: Cues, second: Second) -> list[Reading]:
    found: list[Reading] = []
    for one in collectors.load().values():
        if one.accepts(document):
            found += prose.read_by(cues, identity, document) if one is prose.COLLECTOR else one.read(identity, document)
    return [*found, *second(identity, document, found)]


def _answer(verdict: Verdict) -> Answer:
    quoted = [one for one in verdict.evidence if one.quote] or list(verdict.evidence)
    source = next((one for one in quoted if _says(one, verdict)), quoted[0] if quoted else None)
    where = (source.quote, source.url, source.id.removeprefix("sha256:")) if source else (None, "", "")
    return Answer(verdict.indicator, verdict.state, verdict.value, verdict.unit, *where, verdict.reason)


def _says(source: Source, verdict: Verdict) -> bool:
    """Tell whether the quote is the one whose words are the value, of statements."""
    return (
        source.quote is not None
        and isinstance(verdict.value, str)
        and verdict.value[:40] in " ".join(source.quote.text.split())
    )


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

_STRENGTH = (
    State.CONTRADICTED,
    State.VERIFIED,
    State.DISCLOSED,
    State.PARTIAL,
    State.NOT_APPLICABLE,
    State.ABSENT,
    State.UNCHECKED,
)


def gold(answers: Sequence[Answer]) -> dict[str, Answer]:
    """Return the answers by the names of the hand-made labels; of several quantities the strongest speaks."""
    by_quantity = {one.quantity: one for one in answers}
    return {
        name: min((by_quantity[one] for one in quantities), key=lambda one: _STRENGTH.index(one.state))
        for name, quantities in GOLD.items()
    }
