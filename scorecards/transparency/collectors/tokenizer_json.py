"""Reads a tokenizer's own files: `tokenizer.json` and `tokenizer_config.json`."""

from collections.abc import Callable, Mapping, Sequence

from scorecards.evidence import Collector, Document, Identity, Reading
from scorecards.transparency.collectors._fields import Said, absent, file_name, known, partial, read_json
from scorecards.transparency.json_text import JsonText

NAMES = ("tokenizer.json", "tokenizer_config.json")


def accepts(document: Document) -> bool:
    """Return whether it is called so."""
    return file_name(document) in NAMES


def read(subject: Identity, document: Document) -> Sequence[Reading]:
    """Return which tokenizer it is."""
    return read_json(COLLECTOR, READERS, subject, document)


def _tokenizer(found: JsonText) -> Said:
    kind = found.text("model", "type")
    vocabulary = found.get("model", "vocab")
    if kind and isinstance(vocabulary, dict | list):
        more = found.get("added_tokens")
        size = len(vocabulary) + (len(more) if isinstance(more, list) else 0)
        return known(kind, found.quote("model", "type"), note=f"at most {size} entries, added tokens included")
    name = found.text("tokenizer_class")
    if name:
        return known(name, found.quote("tokenizer_class"), note="the class that loads it")
    return partial(kind, found.quote("model", "type")) if kind else absent("has neither `model` nor `tokenizer_class`")


READERS: Mapping[str, Callable[[JsonText], Said]] = {"tokenizer": _tokenizer}

COLLECTOR = Collector(
    name="tokenizer_json",
    version=1,
    question="Which tokenizer comes with the weights?",
    quantities=tuple(READERS),
    accepts=accepts,
    read=read,
)
