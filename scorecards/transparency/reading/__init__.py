"""Documents → candidate statements → facts bound to one model, each with its quote."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from urllib.parse import urlsplit

from scorecards.evidence import Document, Identity, Quote, Value
from scorecards.transparency.reading import binding, choose, find, layout, lexicon, licence_text
from scorecards.transparency.reading.lexicon import Cues
from scorecards.transparency.reading.find import Candidate
from scorecards.transparency.reading.names import Names
from scorecards.verdict import State

cues = lexicon.load

_HUBS = ("huggingface.co", "modelscope.cn", "www.modelscope.cn", "hf-mirror.com")


@dataclass(frozen=True, slots=True)
class Answer:
    quantity: str
    state: State
    value: Value | None
    unit: str
    quote: Quote | None
    url: str
    sha256: str
    reason: str


def read(identity: Identity, document: Document, known: Cues) -> dict[str, Candidate]:
    source = document.content.decode("utf-8", errors="replace")
    file = urlsplit(document.url).path.rpartition("/")[2].lower()
    found: list[Candidate] = []
    is_licence = licence_text.is_licence(file)
    first = licence_text.begins(source) if is_licence else 0
    blocks = [one for one in layout.blocks(source, file, document.media_type) if one.start >= first]
    passages = binding.passages(blocks, Names(identity))
    if is_licence:
        hub = urlsplit(document.url).hostname in _HUBS
        found += licence_text.candidates(source, file, first, of_weights=hub)
        found += [one for one in find.candidates(passages, known, file) if one.quantity in licence_text.SAYS]
    else:
        found += find.candidates(passages, known, file)
    return choose.best(found, dict(known.kinds) | {})


def extract(identity: Identity, documents: Sequence[Document], cues: Cues | None = None) -> list[Answer]:
    known = cues or lexicon.load()
    per: dict[str, list[tuple[Candidate, Document]]] = {}
    for document in documents:
        for quantity, one in read(identity, document, known).items():
            per.setdefault(quantity, []).append((one, document))
    answers = [_answer(quantity, per.get(quantity, [])) for quantity in known.kinds]
    return answers


def _answer(quantity: str, found: list[tuple[Candidate, Document]]) -> Answer:
    states = {"known": State.DISCLOSED, "partial": State.PARTIAL, "absent": State.ABSENT}
    if not found:
        return Answer(quantity, State.ABSENT, None, "", None, "", "", "")
    known = [one for one in found if one[0].earns == "known"]
    candidate, document = min(known or found, key=lambda one: (["known", "partial", "absent"].index(one[0].earns), one[0].rank))
    state = states[candidate.earns]
    text = document.content.decode("utf-8", errors="replace")
    words = text[candidate.start : candidate.end]
    at = len(text[: candidate.start].encode())
    quote = Quote(words, at, at + len(words.encode()))
    value = candidate.value if state is not State.ABSENT else None
    return Answer(quantity, state, value, candidate.unit, quote, document.url, document.sha256, candidate.cue)


GOLD = {
    "license_weights": ("weights_licence",), "license_restrictions": ("licence_restrictions",), "params_total": ("parameter_count",), "params_active": ("active_parameters",),
    "architecture": ("architecture",), "context_length": ("context_tokens",), "training_tokens": ("training_tokens",), "training_data_sources": ("training_data_sources",),
    "data_cutoff": ("knowledge_cutoff",), "data_governance": ("data_governance",), "languages": ("languages",), "training_compute": ("training_compute",),
    "energy_co2": ("training_co2", "training_energy"), "post_training_method": ("post_training",), "evaluation_results": ("evaluation_results",), "safety_evaluation": ("safety_evaluation",),
    "limitations": ("limitations",), "intended_use": ("intended_use",), "prohibited_use": ("prohibited_use",), "weights_available": ("weights_available",), "inference_code": ("inference_code",),
    "training_code": ("training_code",), "tokenizer": ("tokenizer",), "api_availability": ("api_availability",), "price": ("list_price",), "deprecation_policy": ("deprecation_policy",),
    "contact": ("contact",), "release_date": ("release_date",),
}
_STRENGTH = (State.CONTRADICTED, State.VERIFIED, State.DISCLOSED, State.PARTIAL, State.NOT_APPLICABLE, State.ABSENT, State.UNCHECKED)


def gold(answers: Sequence[Answer]) -> dict[str, Answer]:
    by_quantity = {one.quantity: one for one in answers}
    found = {name: min((by_quantity[one] for one in quantities), key=lambda one: _STRENGTH.index(one.state)) for name, quantities in GOLD.items()}
    active, total, architecture = found["params_active"], found["params_total"], found["architecture"]
    if active.state is State.ABSENT and total.value is not None and "moe" not in str(architecture.value).lower() and "mixture" not in str(architecture.value).lower():
        found["params_active"] = replace(active, state=State.NOT_APPLICABLE)
    return found
