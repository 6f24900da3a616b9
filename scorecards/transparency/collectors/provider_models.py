"""Reads a provider's own list of models: OpenAI's `GET /v1/models` and Bedrock's ListFoundationModels.

Source of the fields: OpenAI's API reference (`created`, `owned_by`, `shutdown_date`) and AWS's API reference
(`modelLifecycle`); read by protocol, never live.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from scorecards.evidence import Collector, Document, Identity, Reading
from scorecards.transparency.collectors._fields import Said, absent, host_and_path, known, partial, read_json
from scorecards.transparency.json_text import JsonText

LISTS = (("data", ("id", "canonical_slug", "name")), ("modelSummaries", ("modelId", "modelName")))
"""Key of the list → keys by which an entry names its model."""
LIFECYCLE = ("legacyTime", "publicExtendedAccessTime", "endOfLifeTime")
LATEST_S = 32_503_680_000


class _Entry(NamedTuple):
    """Where this model's entry stands."""

    list: str
    at: int


def accepts(document: Document) -> bool:
    """Return whether it is such a list, by its address or, of a file, by its keys."""
    host, path = host_and_path(document)
    if host and (path.endswith(("/models", "/foundation-models")) and not document.content):
        return True
    head = document.content[:4096]
    return document.media_type == "application/json" and (
        b'"modelSummaries"' in head or (b'"data"' in head and (b'"created"' in head or b'"owned_by"' in head))
    )


def read(subject: Identity, document: Document) -> Sequence[Reading]:
    """Return one reading for each quantity; a list without this model says nothing of it."""
    names = {_plain(one) for one in (*subject.names, subject.ref)}
    readers = {quantity: _of(reader, names) for quantity, reader in READERS.items()}
    return read_json(COLLECTOR, readers, subject, document)


def _plain(name: str) -> str:
    """Return a name as it is compared: without case and outer owner, blanks as hyphens.

    >>> _plain("deepseek-ai/DeepSeek V3.2"), _plain("amazon.nova-pro-v1:0")
    ('deepseek-v3.2', 'amazon.nova-pro-v1:0')
    """
    return name.rpartition("/")[2].strip().casefold().replace(" ", "-")


def _of(reader: Callable[[JsonText, _Entry], Said], names: set[str]) -> Callable[[JsonText], Said]:
    def read_entry(found: JsonText) -> Said:
        entry = _entry(found, names)
        return reader(found, entry) if entry else absent("does not list this model")

    return read_entry


def _entry(found: JsonText, names: set[str]) -> _Entry | None:
    for key, named_by in LISTS:
        for at in range(found.length(key)):
            told = (found.get(key, at, one) for one in named_by)
            if any(isinstance(one, str) and _plain(one) in names for one in told):
                return _Entry(key, at)
    return None


def _available(found: JsonText, entry: _Entry) -> Said:
    name = "id" if entry.list == "data" else "modelId"
    return known(value=True, quote=found.quote(*entry, name), note="listed by the provider")


def _deprecation(found: JsonText, entry: _Entry) -> Said:
    shutdown = found.text(*entry, "shutdown_date")
    if shutdown:
        return known(f"shutdown {shutdown[:10]}", found.quote(*entry, "shutdown_date"))
    days = {key: day[:10] for key in LIFECYCLE if (day := found.text(*entry, "modelLifecycle", key))}
    status = found.text(*entry, "modelLifecycle", "status")
    if days:
        told = ", ".join(f"{key.removesuffix('Time')} {day}" for key, day in days.items())
        return known(told, found.quote(*entry, "modelLifecycle", next(iter(days))))
    if status:
        return partial(status, found.quote(*entry, "modelLifecycle", "status"), note="a state without days")
    return absent("has no day of shutdown for this model")


def _release(found: JsonText, entry: _Entry) -> Said:
    started = found.text(*entry, "modelLifecycle", "startOfLifeTime")
    if started:
        quote = found.quote(*entry, "modelLifecycle", "startOfLifeTime")
        return partial(started[:10], quote, note="day from which this provider serves it")
    created = found.count(*entry, "created")
    if not created or created > LATEST_S:
        return absent("has no day for this model")
    day = datetime.fromtimestamp(created, UTC).date().isoformat()
    return partial(day, found.quote(*entry, "created"), note="day of the entry in the provider's list")


READERS: Mapping[str, Callable[[JsonText, _Entry], Said]] = {
    "api_availability": _available,
    "deprecation_policy": _deprecation,
    "release_date": _release,
}

COLLECTOR = Collector(
    name="provider_models",
    version=1,
    question="What does the provider's own list say of the model?",
    quantities=tuple(READERS),
    accepts=accepts,
    read=read,
)
