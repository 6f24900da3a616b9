"""Reads a weights file in GGUF: what its header holds, and that there is a file at all."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from scorecards.evidence import Basis, Collector, Document, Finding, Identity, Reading, Source, Value
from scorecards.transparency import licences
from scorecards.transparency.gguf_header import Array, GgufError, GgufHeader, parse

BROKEN_KEPT_BYTES = 64 * 1024
HEAD_BYTES = 32 * 2**20
"""The two local models' headers have 1.8 and 6.5 MB; a vocabulary of 256 Ki with merges stays below 20 MB."""

MAX_NAME = 200
"""Characters of a name that a card may have to carry."""
_GUESSED = 1024
"""Flag in `general.file_type`: llama.cpp guessed it from the tensors."""
_FILE_TYPES = {
    0: ("F32", "F32"), 1: ("F16", "F16"), 2: ("Q4_0", "Q4_0"), 3: ("Q4_1", "Q4_1"), 7: ("Q8_0", "Q8_0"),
    8: ("Q5_0", "Q5_0"), 9: ("Q5_1", "Q5_1"), 10: ("Q2_K", "Q2_K"), 11: ("Q3_K_S", "Q3_K"), 12: ("Q3_K_M", "Q3_K"),
    13: ("Q3_K_L", "Q3_K"), 14: ("Q4_K_S", "Q4_K"), 15: ("Q4_K_M", "Q4_K"), 16: ("Q5_K_S", "Q5_K"),
    17: ("Q5_K_M", "Q5_K"), 18: ("Q6_K", "Q6_K"), 19: ("IQ2_XXS", "IQ2_XXS"), 20: ("IQ2_XS", "IQ2_XS"),
    21: ("Q2_K_S", "Q2_K"), 22: ("IQ3_XS", "IQ3_S"), 23: ("IQ3_XXS", "IQ3_XXS"), 24: ("IQ1_S", "IQ1_S"),
    25: ("IQ4_NL", "IQ4_NL"), 26: ("IQ3_S", "IQ3_S"), 27: ("IQ3_M", "IQ3_S"), 28: ("IQ2_S", "IQ2_XS"),
    29: ("IQ2_M", "IQ2_S"), 30: ("IQ4_XS", "IQ4_XS"), 31: ("IQ1_M", "IQ1_M"), 32: ("BF16", "BF16"),
    36: ("TQ1_0", "TQ1_0"), 37: ("TQ2_0", "TQ2_0"), 38: ("MXFP4_MOE", "MXFP4"), 39: ("NVFP4", "NVFP4"),
    40: ("Q1_0", "Q1_0"),
}  # fmt: skip
"""`general.file_type` → its name and the tensor type that such a file is mostly made of (llama.cpp's llama_ftype)."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What came of looking for one quantity, before it is bound to a model."""

    finding: Finding
    value: Value | None = None
    unit: str = ""
    note: str = ""


_Reader = Callable[[GgufHeader, Document], _Found]


def accepts(document: Document) -> bool:
    """Return whether it is called a GGUF file, by its media type or its address."""
    return document.media_type == "application/x-gguf" or urlsplit(document.url).path.lower().endswith(".gguf")


def read(subject: Identity, document: Document) -> Sequence[Reading]:
    """Return every quantity of the weights file; all of them UNMEASURED, with the reason, when it is broken."""
    found = _look(document)
    source = Source(f"sha256:{document.sha256}", document.url)
    return [
        Reading(
            quantity,
            subject.ref,
            one.finding,
            Basis.EXECUTED,
            document.fetched_at,
            COLLECTOR.reader,
            one.value,
            one.unit,
            n=int(one.value is not None),
            note=one.note,
            sources=(source,),
        )
        for quantity, one in found.items()
    ]


def _look(document: Document) -> Mapping[str, _Found]:
    try:
        header = parse(document.content)
        _check(header, document)
        return {quantity: reader(header, document) for quantity, reader in _READERS.items()}
    except GgufError as error:
        return dict.fromkeys(_READERS, _Found(Finding.UNMEASURED, note=str(error)))


def _check(header: GgufHeader, document: Document) -> None:
    """Refuse a file that is not the weights of a model, or that ends before the data that its header promises.

    Raises:
        GgufError: says which.
    """
    kind = header.metadata.get("general.type", "model")
    if kind != "model":
        raise GgufError(f"general.type: wants 'model', found {str(kind)[:40]!r}")
    if not header.tensors:
        raise GgufError("wants tensors, found none (a vocabulary only)")
    wanted = header.least_file_bytes
    if wanted is not None and wanted > document.size_bytes:
        raise GgufError(f"truncated in the tensor data: wants at least {wanted} bytes, has {document.size_bytes}")


def _text(header: GgufHeader, key: str) -> str | None:
    value = header.metadata.get(key)
    if not isinstance(value, str):
        return None
    if len(value) > MAX_NAME:
        raise GgufError(f"{key}: wants at most {MAX_NAME} characters, found {len(value)}")
    return value.strip() or None


def _known(value: Value, unit: str = "", note: str = "") -> _Found:
    return _Found(Finding.KNOWN, value, unit, note)


def _absent(document: Document, key: str) -> _Found:
    name = urlsplit(document.url).path.rpartition("/")[2]
    return _Found(Finding.ABSENT, note=f"{name} has no {key}")


def _architecture(header: GgufHeader, document: Document) -> _Found:
    name = _text(header, "general.architecture")
    return _known(name) if name else _absent(document, "general.architecture")


def _parameters(header: GgufHeader, _document: Document) -> _Found:
    """Count the weights of all tensors; trusted only when the file is long enough to hold them."""
    if header.metadata.get("split.count", 1) not in (0, 1):
        return _Found(Finding.UNMEASURED, note="the weights are split; this file holds a part of the tensors")
    if header.least_file_bytes is None:
        unknown = sorted({tensor.type_name for tensor in header.tensors if tensor.data_bytes is None})
        return _Found(Finding.UNMEASURED, note=f"cannot tell how much data belongs to tensors of {', '.join(unknown)}")
    note = f"sum over the shapes of {len(header.tensors)} tensors"
    return _known(Decimal(header.parameter_count), "parameters", note)


def _context(header: GgufHeader, document: Document) -> _Found:
    key = f"{_text(header, 'general.architecture')}.context_length"
    length = header.metadata.get(key)
    if isinstance(length, int) and not isinstance(length, bool) and length > 0:
        return _known(Decimal(length), "tokens", "as trained; an endpoint may serve less")
    return _absent(document, key)


def _tokenizer(header: GgufHeader, document: Document) -> _Found:
    kind, vocabulary = _text(header, "tokenizer.ggml.model"), header.metadata.get("tokenizer.ggml.tokens")
    if kind is None:
        return _absent(document, "tokenizer.ggml.model")
    if not isinstance(vocabulary, Array):
        return _Found(Finding.PARTIAL, kind, note="the kind only, without the vocabulary")
    return _known(f"{kind}/{vocabulary.count}")


def _licence(header: GgufHeader, document: Document) -> _Found:
    named = [_text(header, key) for key in ("general.license", "general.license.name")]
    licence = named[1] if named[0] == "other" and named[1] else named[0]
    if licence is None:
        return _absent(document, "general.license")
    return _known(licences.normalised(licence), note="general.license of the weights file")


def _quantisation(header: GgufHeader, _document: Document) -> _Found:
    """Name the file type where the tensors bear it out, else the type that holds most weights."""
    weights: Counter[str] = Counter()
    for tensor in header.tensors:
        weights[tensor.type_name] += tensor.count
    stated = header.metadata.get("general.file_type")
    name, mostly = _FILE_TYPES.get(stated & ~_GUESSED, ("", "")) if isinstance(stated, int) else ("", "")
    note = ", ".join(_shares(weights))
    return _known(name if mostly in weights else weights.most_common(1)[0][0], note=note)


def _shares(weights: Counter[str]) -> Iterator[str]:
    """Yield `Q4_K 38.1 %` for the types that hold most weights."""
    total = max(weights.total(), 1)
    for name, count in weights.most_common(4):
        yield f"{name} {Decimal(100 * count) / total:.1f} %"


def _sha256(_header: GgufHeader, document: Document) -> _Found:
    return _known(document.sha256, "sha256", "of the whole file")


def _available(_header: GgufHeader, _document: Document) -> _Found:
    return _known(value=True, note="a file that parses as weights is held")


_READERS: Mapping[str, _Reader] = {
    "architecture": _architecture,
    "parameter_count": _parameters,
    "context_tokens": _context,
    "tokenizer": _tokenizer,
    "weights_licence": _licence,
    "quantisation": _quantisation,
    "weights_sha256": _sha256,
    "weights_available": _available,
}


def _keeps(content: bytes) -> bytes:
    """Return the header alone: what was read ahead of it is tensors, by the megabyte."""
    try:
        return content[: parse(content).header_bytes]
    except GgufError:
        return content[:BROKEN_KEPT_BYTES]


COLLECTOR = Collector(
    name="gguf",
    version=1,
    question="What does the weights file itself hold?",
    quantities=tuple(_READERS),
    accepts=accepts,
    read=read,
    head_bytes=HEAD_BYTES,
    keeps=_keeps,
)
