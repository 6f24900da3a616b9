"""Reads a model's `config.json`: what the modelling code is told, whatever the README says."""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from scorecards.evidence import Collector, Document, Finding, Identity, Reading
from scorecards.transparency.collectors._fields import (
    Said,
    absent,
    at_most,
    file_name,
    host_and_path,
    known,
    partial,
    read_json,
)
from scorecards.transparency.json_text import JsonText

INNER = ("text_config", "llm_config", "language_config", "thinker_config")
"""Where a model of several modalities keeps what is about its language model."""
CONTEXT = ("max_position_embeddings", "max_sequence_length", "seq_length", "max_seq_len", "n_positions")
DETAILS = {
    "layers": ("num_hidden_layers", "n_layers", "num_layers", "n_layer"),
    "hidden size": ("hidden_size", "dim", "d_model", "n_embd"),
    "attention heads": ("num_attention_heads", "n_heads", "n_head"),
    "key-value heads": ("num_key_value_heads",),
    "vocabulary": ("vocab_size",),
    "experts": ("num_experts", "n_routed_experts", "num_local_experts", "moe_num_experts"),
    "experts per token": ("num_experts_per_tok", "n_activated_experts", "moe_topk", "moe_k"),
}
"""What is told of an architecture → the keys by which different modelling codes call it."""
ENOUGH = ("layers", "hidden size", "attention heads", "vocabulary")
SCALING_TYPE, SCALING_SHOWN = ("rope_type", "type"), ("rope_type", "type", "factor", "alpha")
ORIGINAL = "original_max_position_embeddings"

_NAME = re.compile(r"config[^/]*\.json", re.IGNORECASE)
_KEYS = (b'"model_type"', b'"architectures"', b'"vocab_size"', b'"hidden_size"')


def accepts(document: Document) -> bool:
    """Return whether it is called so and, once it is there, has a key that such a file has."""
    host, path = host_and_path(document)
    if not _NAME.fullmatch(file_name(document) if host else path.rpartition("/")[2]):
        return False
    return not document.content or any(key in document.content for key in _KEYS)


def read(subject: Identity, document: Document) -> Sequence[Reading]:
    """Return one reading for each quantity."""
    return read_json(COLLECTOR, READERS, subject, document)


def _where(found: JsonText, keys: Sequence[str]) -> tuple[str, ...] | None:
    """Return the path of the first of these keys that holds something, the language model's own part first."""
    for prefix in (*((one,) for one in INNER), ()):
        for key in keys:
            if found.get(*prefix, key) is not None:
                return (*prefix, key)
    return None


def _architecture(found: JsonText) -> Said:
    """Return layers, sizes and heads; of a file that does not give them all only the family's name."""
    details = _details(found)
    if details.finding is Finding.KNOWN:
        return details
    for path in (("model_type",), ("architectures", 0)):
        name = found.text(*path)
        if name:
            return partial(name, found.quote(*path[:1]), note="the family's name in the modelling code")
    return details


def _details(found: JsonText) -> Said:
    paths = {what: path for what, keys in DETAILS.items() if (path := _where(found, keys))}
    values = {what: _number(found, path) for what, path in paths.items()}
    if not values:
        return absent("has no layers, sizes or heads")
    told = ", ".join(f"{value} {what}" for what, value in values.items())
    quote = found.quote(*paths[next(iter(paths))])
    missing = [what for what in ENOUGH if what not in values]
    return partial(told, quote, note=f"without {', '.join(missing)}") if missing else known(told, quote)


def _number(found: JsonText, path: tuple[str, ...]) -> int | None:
    """Return a number; of a list with one for each layer the first."""
    return found.count(*path, 0) if isinstance(found.get(*path), list) else found.count(*path)


def _context(found: JsonText) -> Said:
    """Read the positions, which a declared length may not pass; scaling beyond those trained first is an extension."""
    path = _where(found, CONTEXT)
    length = found.count(*path) if path else None
    if path is None or not length:
        return absent(f"has none of {', '.join(CONTEXT)}")
    scaling, quote = found.get(*path[:-1], "rope_scaling"), found.quote(*path)
    if not isinstance(scaling, dict) or not scaling:
        return at_most(known(Decimal(length), quote, "tokens", "positions, no rope scaling"))
    told = ", ".join(f"{key} {scaling[key]}" for key in SCALING_SHOWN if _is_short(scaling.get(key)))
    state = partial if _stretches(scaling, length) else known
    return at_most(state(Decimal(length), quote, "tokens", f"positions, with rope scaling ({told})"))


def _is_short(value: object) -> bool:
    return isinstance(value, int | str | Decimal) and str(value).isprintable() and len(str(value)) < 20  # noqa: PLR2004 - for a note


def _stretches(scaling: Mapping[str, object], length: int) -> bool:
    original, factor = scaling.get(ORIGINAL), scaling.get("factor")
    if isinstance(original, int) and original < length:
        return True
    return isinstance(factor, int | Decimal) and factor > 1


def _quantisation(found: JsonText) -> Said:
    method = _where(found, ("quantization_config",))
    if method:
        for key in ("quant_method", "quant_algo", "fmt"):
            name = found.text(*method, key)
            if name:
                bits = found.get(*method, "bits")
                return known(name, found.quote(*method, key), note=f"{bits} bits" if isinstance(bits, int) else "")
    path = _where(found, ("torch_dtype", "dtype"))
    name = found.text(*path) if path else None
    return known(name, found.quote(*path)) if path and name else absent("has no `torch_dtype`")


READERS: Mapping[str, Callable[[JsonText], Said]] = {
    "architecture": _architecture,
    "context_tokens": _context,
    "quantisation": _quantisation,
}

COLLECTOR = Collector(
    name="config_json",
    version=1,
    question="What is the modelling code told about this model?",
    quantities=tuple(READERS),
    accepts=accepts,
    read=read,
)
