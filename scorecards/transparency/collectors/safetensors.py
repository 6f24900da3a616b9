"""Reads weights in safetensors: the header of a file, or the index of weights that are split into many."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from scorecards.evidence import Basis, Collector, Document, Finding, Identity, Reading
from scorecards.transparency import safetensors_header
from scorecards.transparency.collectors._fields import (
    Said,
    absent,
    file_name,
    is_another_models,
    known,
    read_json,
    reading,
)
from scorecards.transparency.json_text import JsonText, JsonTextError
from scorecards.transparency.safetensors_header import SafetensorsError, SafetensorsHeader

HEAD_BYTES = safetensors_header.MAX_HEADER_BYTES + 8
BROKEN_KEPT_BYTES = 64 * 1024
FLOATS = {"F64", "F32", "F16", "BF16", "F8_E4M3", "F8_E5M2"}
"""Types of which one element is one parameter; integers are packed ones, or tables."""

_PART = re.compile(r"-\d{5}-of-(?!00001)\d{5}\.safetensors$")


def accepts(document: Document) -> bool:
    """Return whether it is called so: the file or the index."""
    return file_name(document).lower().endswith((".safetensors", ".safetensors.index.json"))


def read(subject: Identity, document: Document) -> Sequence[Reading]:
    """Return every quantity of the file, or of the index; all UNMEASURED, with the reason, when it is broken."""
    if file_name(document).lower().endswith(".json"):
        return read_json(COLLECTOR, INDEX, subject, document)
    if is_another_models(subject, document):
        return []
    # The weights speak for themselves, whoever hands them in.
    return [
        replace(reading(COLLECTOR, quantity, subject, document, said), basis=Basis.EXECUTED)
        for quantity, said in _look(document).items()
    ]


def _look(document: Document) -> Mapping[str, Said]:
    try:
        header = safetensors_header.parse(document.content)
        _check(header, document)
    except SafetensorsError as error:
        return dict.fromkeys(FILE, Said(Finding.UNMEASURED, note=str(error)))
    return {quantity: reader(header, document) for quantity, reader in FILE.items()}


def _check(header: SafetensorsHeader, document: Document) -> None:
    """Refuse a file without tensors, or that ends before the data that its header promises.

    Raises:
        SafetensorsError: says which.
    """
    if not header.tensors:
        raise SafetensorsError("wants tensors, found none")
    if header.least_file_bytes > document.size_bytes:
        wanted = f"wants at least {header.least_file_bytes} bytes, has {document.size_bytes}"
        raise SafetensorsError(f"truncated in the tensor data: {wanted}")


def _weights(header: SafetensorsHeader) -> Counter[str]:
    """Return the elements of each type, those with most first."""
    found: Counter[str] = Counter()
    for one in header.tensors.values():
        found[one.type_name] += one.count
    return found


def _parameters(header: SafetensorsHeader, document: Document) -> Said:
    if _PART.search(file_name(document)):
        return Said(Finding.UNMEASURED, note="the weights are split; this file holds a part of the tensors")
    packed = sorted(_weights(header).keys() - FLOATS)
    note = f"sum over the shapes of {len(header.tensors)} tensors"
    if packed:
        note = f"{note}, {', '.join(packed)} as stored"
    finding = Finding.PARTIAL if packed else Finding.KNOWN
    return Said(finding, Decimal(header.parameter_count), "parameters", note)


def _quantisation(header: SafetensorsHeader, _document: Document) -> Said:
    weights = _weights(header)
    total = max(weights.total(), 1)
    shares = ", ".join(f"{name} {Decimal(100 * count) / total:.1f} %" for name, count in weights.most_common(4))
    return Said(Finding.KNOWN, weights.most_common(1)[0][0], note=shares)


def _sha256(_header: SafetensorsHeader, document: Document) -> Said:
    if _PART.search(file_name(document)):
        return Said(Finding.PARTIAL, document.sha256, "sha256", "of one of the files that the weights are split into")
    return Said(Finding.KNOWN, document.sha256, "sha256", "of the whole file")


def _available(_header: SafetensorsHeader, _document: Document) -> Said:
    return Said(Finding.KNOWN, value=True, note="a file that parses as weights is held")


FILE: Mapping[str, Callable[[SafetensorsHeader, Document], Said]] = {
    "parameter_count": _parameters,
    "quantisation": _quantisation,
    "weights_sha256": _sha256,
    "weights_available": _available,
}


def _indexed(found: JsonText) -> Said:
    files = found.get("weight_map")
    if not isinstance(files, dict) or not all(isinstance(one, str) for one in files.values()):
        raise JsonTextError("`weight_map`: wants the file of each tensor, has something else")
    note = f"an index of {len(files)} tensors in {len(set(files.values()))} files"
    return known(value=True, quote=found.quote("weight_map"), note=note)


def _total(found: JsonText) -> Said:
    total = found.count("metadata", "total_parameters")
    if total is None:
        return absent("has no `total_parameters`")
    return known(Decimal(total), found.quote("metadata", "total_parameters"), "parameters", "as the index says")


INDEX: Mapping[str, Callable[[JsonText], Said]] = {"parameter_count": _total, "weights_available": _indexed}


def _keeps(content: bytes) -> bytes:
    """Return the header alone; an index is kept whole."""
    if content[:1] == b"{":
        return content
    try:
        return content[: safetensors_header.header_bytes(content)]
    except SafetensorsError:
        return content[:BROKEN_KEPT_BYTES]


COLLECTOR = Collector(
    name="safetensors",
    version=1,
    question="What do the weights files themselves hold?",
    quantities=tuple(FILE),
    accepts=accepts,
    read=read,
    head_bytes=HEAD_BYTES,
    keeps=_keeps,
)
