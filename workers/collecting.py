"""The collect job: fetch documents about a model, read them, record both."""

import hashlib
import mimetypes
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from scorecards.catalog import Developer, Model
from scorecards.evidence import Basis, Collector, Document, Finding, Reading
from scorecards.transparency import collectors
from scorecards.transparency.identity import identity
from scorecards.transparency.provenance import is_first_party
from service.store import catalog, db, evidence, jobs
from service.store.evidence import Found
from service.store.jobs import Lease
from workers import proposing
from workers.addresses import OutboundError, policy
from workers.context import Context
from workers.http import Client, Request

COLLECTORS = collectors.load()
HEAD_BYTES = max((one.head_bytes or 0 for one in COLLECTORS.values()), default=0)
MAX_DOCUMENT_BYTES = 5 * 1024 * 1024
READ_BYTES = 1024 * 1024
MEDIA_TYPES = {".gguf": "application/x-gguf", ".md": "text/markdown"}
OK = 200


class CannotCollect(Exception):
    """A document could not be had; the message says what was wanted and what was found."""


def collect(context: Context, lease: Lease) -> Found:
    """Read the places the job names, record the documents with what they say, and return that."""
    with db.read(context.engine) as session:
        model = catalog.get(session, Model, lease.args["model"])
        developer = catalog.get(session, Developer, model.developer) if model else None
    if model is None or developer is None:  # it has left the catalogue
        with db.write(context.engine) as session:
            jobs.stop(session, lease)
        return Found(lease.args["model"], "collect")
    documents, readings = gather(context, developer, model, lease.args["places"])
    found = Found(model.ref, "collect", documents=documents, readings=readings)
    now = context.clock()
    with db.write(context.engine) as session:
        evidence.record(session, lease, found, now)
        jobs.request(session, jobs.publish_job(model.ref), now)
        jobs.finish(session, lease, now)
    return found


def gather(
    context: Context, developer: Developer, model: Model, places: Sequence[str]
) -> tuple[list[Document], list[Reading]]:
    """Return the documents of these files and URLs, and everything the collectors read in them.

    A place that cannot be read gives readings that say why; the others are read all the same.
    """
    subject = identity(model, developer)
    documents: list[Document] = []
    readings: list[Reading] = []
    for place in places:
        try:
            document = obtain(context, developer, model, place)
        except CannotCollect as error:
            readings += _unmeasured(context, model, place, str(error))
            continue
        readers = list(_readers(document))
        read = [reading for one in readers for reading in one.read(subject, document)]
        readings += [*read, *proposing.readings(context, subject, document, read)]
        documents.append(_stored(document, readers))
    return documents, readings


def _stored(document: Document, readers: Sequence[Collector]) -> Document:
    """Return the document with what of its bytes is worth keeping."""
    content = min((one.keeps(document.content) for one in readers), key=len, default=document.content)
    return replace(document, content=content)


def _readers(document: Document) -> Iterator[Collector]:
    return (one for one in COLLECTORS.values() if one.accepts(document))


def obtain(context: Context, developer: Developer, model: Model, place: str) -> Document:
    """Return the document at a path or URL, as it is now.

    Raises:
        CannotCollect: naming what was wanted and what was found.
    """
    if "://" in place and not place.startswith("file://"):
        return _fetched(context, developer, model, place)
    return read_file(Path(place.removeprefix("file://")), context.clock())


def _fetched(context: Context, developer: Developer, model: Model, url: str) -> Document:
    try:
        with Client(policy("disclosure", context.settings.allow_networks)) as client:
            answer = client.fetch(Request("GET", url))
    except OutboundError as error:
        raise CannotCollect(f"{url}: {error}") from error
    if answer.status != OK:
        raise CannotCollect(f"{url}: wants HTTP 200, has {answer.status}")
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip() or _media_type(url)
    # Where it came from after redirects decides whose word it is.
    ours = is_first_party(answer.url, developer, model)
    return Document.of(answer.body, answer.url, media_type, context.clock(), first_party=ours)


def read_file(path: Path, now: datetime) -> Document:
    """Return a file as a document; of a weights file only the header is kept, the hash is of all of it.

    Raises:
        CannotCollect: it is no readable file, or too large.
    """
    media_type = _media_type(path.name)
    if path.exists() and not path.is_file():
        raise CannotCollect(f"{path}: wants a regular file, has something else")
    try:
        size = path.stat().st_size
        if media_type != MEDIA_TYPES[".gguf"] and size > MAX_DOCUMENT_BYTES:
            raise CannotCollect(f"{path.name}: wants at most {MAX_DOCUMENT_BYTES} bytes, has {size}")
        with path.open("rb") as file:
            head = file.read(min(size, max(HEAD_BYTES, MAX_DOCUMENT_BYTES)))
            whole = hashlib.sha256(head)
            while part := file.read(READ_BYTES):
                whole.update(part)
    except OSError as error:
        raise CannotCollect(f"{path}: wants a readable file, {error.strerror}") from error
    # A file that somebody hands in is nobody's publication: the developer's word must be found in public.
    return Document(whole.hexdigest(), head, f"file:{path.name}", media_type, now, size, first_party=False)


def _media_type(name: str) -> str:
    suffix = Path(urlsplit(name).path).suffix.lower()
    return MEDIA_TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "text/plain"


def _unmeasured(context: Context, model: Model, place: str, reason: str) -> list[Reading]:
    wanted = "gguf" if place.lower().endswith(".gguf") else "prose"
    one = COLLECTORS[wanted]
    now = context.clock()
    return [
        Reading(quantity, model.ref, Finding.UNMEASURED, Basis.EXECUTED, now, one.reader, note=reason)
        for quantity in one.quantities
    ]
