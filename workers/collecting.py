"""The collect job: look at documents about a model, keep them, read them, record what they say and what came of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from scorecards.catalog import Developer, Model
from scorecards.evidence import Basis, Collector, Document, Finding, Reading, Source
from scorecards.transparency import collectors, places
from scorecards.transparency.identity import identity
from scorecards.transparency.places import Place
from scorecards.transparency.provenance import is_first_party
from service.store import catalog, db, documents, evidence, jobs
from service.store.documents import READ, UNCHANGED, Fetch
from service.store.evidence import Found
from service.store.jobs import Lease
from workers import proposing
from workers.addresses import policy
from workers.asking import Progress, silent
from workers.context import Context
from workers.fetching import folders, media
from workers.fetching.deriving import CannotRead, readable
from workers.fetching.fetcher import Fetcher, Look
from workers.fetching.folders import CannotCollect
from workers.http import Client

COLLECTORS = collectors.load()
Keep = Callable[[Sequence[Document]], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a collect job is asked to look at.

    Attributes:
        places: Files, folders and URLs; () = the places that the catalogue knows.
        mirror_of: Address that the files are a copy of; None = they are nobody's publication.
    """

    developer: Developer
    model: Model
    places: tuple[str, ...] = ()
    mirror_of: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of one place.

    Attributes:
        trouble: Why what stands there could not be read; "" when it could.
    """

    fetch: Fetch
    readings: Sequence[Reading] = ()
    trouble: str = ""


def collect(context: Context, lease: Lease, progress: Progress = silent) -> list[Seen]:
    """Look at the places that the job names, and record them with what they say."""
    wish = _wish(context, lease)
    if wish is None:
        with db.write(context.engine) as session:
            jobs.stop(session, lease)
        return []

    def step(done: int, of: int) -> None:
        with db.write(context.engine) as session:
            jobs.renew(session, lease, context.lease_until())
        progress(done, of)

    seen = visit(context, wish, partial(_keep, context), step)
    readings = [reading for one in seen for reading in one.readings]
    found = Found(wish.model.ref, "collect", fetches=[one.fetch for one in seen], readings=readings)
    now = context.clock()
    with db.write(context.engine) as session:
        evidence.record(session, lease, found, now)
        jobs.request(session, jobs.publish_job(wish.model.ref), now)
        jobs.finish(session, lease, now)
    return seen


def _wish(context: Context, lease: Lease) -> Wish | None:
    """Return what to look at; None when the model has left the catalogue, or the operator wants no more rounds."""
    if lease.every_s is not None and context.settings.collect_every_s is None:
        return None
    with db.read(context.engine) as session:
        model = catalog.get(session, Model, lease.args["model"])
        developer = catalog.get(session, Developer, model.developer) if model else None
    if model is None or developer is None:
        return None
    return Wish(developer, model, tuple(lease.args["places"]), lease.args.get("mirror_of"))


def visit(context: Context, wish: Wish, keep: Keep, step: Progress = silent) -> list[Seen]:
    """Return what came of every place that is wished for; see `gather`."""
    with Client(policy("disclosure", context.settings.allow_networks)) as client:
        return gather(context, wish, Fetcher(context, wish.developer, wish.model, client.fetch), keep, step)


def gather(context: Context, wish: Wish, fetcher: Fetcher, keep: Keep, step: Progress = silent) -> list[Seen]:
    """Return what came of every place, robots.txt files on the way included; `keep` gets the documents as they come.

    A place that cannot be read gives readings that say why; the others are read all the same.
    """
    seen = [_read(context, wish, place, look, keep) for place, look in _looks(context, wish, fetcher, step)]
    known = {one.fetch.url for one in seen}
    others = [look for look in fetcher.looks if look.fetch.url not in known]
    keep([look.document for look in others if look.document])
    return seen + [Seen(look.fetch) for look in others]


def _looks(context: Context, wish: Wish, fetcher: Fetcher, step: Progress) -> Iterator[tuple[Place, Look]]:
    """Yield each place with what stands there; a repository's own list of files adds places."""
    queue = list(_planned(context, wish, fetcher))
    known = {place for place, _ in queue}
    for done, (place, look_at) in enumerate(queue):  # which grows while it is gone through
        step(done, len(queue))
        look = look_at()
        more = places.listed(look.document) if look.document is not None and not wish.places else ()
        queue += [(one, partial(fetcher.look, one.url)) for one in more if one not in known]
        known.update(more)
        yield place, look
    step(len(queue), len(queue))


def _planned(context: Context, wish: Wish, fetcher: Fetcher) -> Iterator[tuple[Place, Callable[[], Look]]]:
    """Yield each place with how to look at it."""
    asked = [Place(one) for one in wish.places if is_url(one)] if wish.places else places.of(wish.model, wish.developer)
    for place in asked:
        yield place, partial(fetcher.look, place.url)
    for path in (Path(one.removeprefix("file://")) for one in wish.places if not is_url(one)):
        try:
            for file in folders.files(path, wish.mirror_of):
                yield Place(file.url), partial(_local, context, wish, file)
        except CannotCollect as error:
            yield Place("file:"), partial(_unreadable, context, "file:", error)


def is_url(place: str) -> bool:
    """Tell whether a place is an address of the network and not a file's path."""
    return "://" in place and not place.startswith("file://")


def _local(context: Context, wish: Wish, file: folders.LocalFile) -> Look:
    now = context.clock()
    try:
        document = folders.read(file, now, lambda url: is_first_party(url, wish.developer, wish.model))
    except CannotCollect as error:
        return _unreadable(context, file.url, error)
    with db.read(context.engine) as session:
        held = documents.held(session, file.url)
    outcome = UNCHANGED if held is not None and held[1].sha256 == document.sha256 else READ
    return Look(Fetch(file.url, now, outcome, sha256=document.sha256, document_url=file.url), document)


def _unreadable(context: Context, url: str, error: CannotCollect) -> Look:
    return Look(Fetch(url, context.clock(), "unreadable", str(error)))


def _read(context: Context, wish: Wish, place: Place, look: Look, keep: Keep) -> Seen:
    """Keep the document of a place and return what it says."""
    if look.document is None:
        if place.guessed and look.fetch.outcome == "missing":
            return Seen(look.fetch, trouble=look.fetch.detail)
        kind = media.of_name(place.url)
        return _unread(context, wish, look, kind, f"{look.fetch.outcome}: {look.fetch.detail}")
    try:
        text = readable(look.document, look.charset)
    except CannotRead as error:
        keep([look.document])
        return _unread(context, wish, look, media.TEXT, str(error))
    readers = _readers(text)
    subject = identity(wish.model, wish.developer)
    readings = [reading for one in readers for reading in one.read(subject, text)]
    readings += proposing.readings(context, subject, text, readings)
    keep([look.document, text] if text is not look.document else [_shortened(text, readers)])
    return Seen(look.fetch, readings)


def _readers(document: Document) -> list[Collector]:
    return [one for one in COLLECTORS.values() if one.accepts(document)]


def _shortened(document: Document, readers: Sequence[Collector]) -> Document:
    """Return the document with what of its bytes is worth keeping."""
    content = min((one.keeps(document.content) for one in readers), key=len, default=document.content)
    return replace(document, content=content)


def _keep(context: Context, found: Sequence[Document]) -> None:
    """Store documents now: all those of a run together could fill the memory, and none is worth less if it fails."""
    with db.write(context.engine) as session:
        for one in found:
            documents.keep(session, one)


def _unread(context: Context, wish: Wish, look: Look, media_type: str, reason: str) -> Seen:
    """Say of every quantity that a document of this kind could have told why it did not."""
    now = context.clock()
    unseen = Document("", b"", look.fetch.url, media_type, now, 0, first_party=False)
    readings = [
        _unmeasured(wish.model.ref, quantity, one, now, Source("", look.fetch.url), f"{look.fetch.url}: {reason}")
        for one in _readers(unseen)
        for quantity in one.quantities
    ]
    return Seen(look.fetch, readings, reason)


def _unmeasured(model: str, quantity: str, one: Collector, now: datetime, source: Source, reason: str) -> Reading:
    return Reading(quantity, model, Finding.UNMEASURED, Basis.EXECUTED, now, one.reader, note=reason, sources=(source,))
