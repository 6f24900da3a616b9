"""Reads `generation_config.json`: how the developer sets the model up for answers."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from scorecards.evidence import Collector, Document, Identity, Reading
from scorecards.transparency.collectors._fields import Said, absent, file_name, partial, read_json
from scorecards.transparency.json_text import JsonText

KEYS = ("max_new_tokens", "max_length")


def accepts(document: Document) -> bool:
    """Return whether it is called so."""
    return file_name(document) == "generation_config.json"


def read(subject: Identity, document: Document) -> Sequence[Reading]:
    """Return the one reading."""
    return read_json(COLLECTOR, READERS, subject, document)


def _output(found: JsonText) -> Said:
    for key in KEYS:
        length = found.count(key)
        if length:
            return partial(Decimal(length), found.quote(key), "tokens", f"`{key}`, a default and no limit")
    return absent(f"has none of {', '.join(KEYS)}")


READERS: Mapping[str, Callable[[JsonText], Said]] = {"max_output_tokens": _output}

COLLECTOR = Collector(
    name="generation_config",
    version=1,
    question="How long are answers by default?",
    quantities=tuple(READERS),
    accepts=accepts,
    read=read,
)
