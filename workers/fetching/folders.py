"""Files that somebody hands in: one, or a whole folder, perhaps a copy of what stands at an address."""

import csv
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from scorecards.errors import Expected
from scorecards.evidence import Document
from scorecards.transparency import collectors, places
from workers.fetching import media

MANIFEST = "manifest.csv"
MAX_FILES = 5_000
MAX_NAME = 1_000
MAX_DOCUMENT_BYTES = 5 * 1024 * 1024
READ_BYTES = 1024 * 1024
HEAD_BYTES = max((one.head_bytes or 0 for one in collectors.load().values()), default=0)
WEIGHTS = (media.GGUF, media.BY_SUFFIX[".safetensors"])
"""Files of which the header is enough, however long they are."""

_HOST = re.compile(r"(?:[a-z0-9-]+\.)+[a-z]{2,}", re.IGNORECASE)


class CannotCollect(Expected):
    """A document could not be had; the message says what was wanted and what was found."""


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file, and the address it is a copy of: `file:…` for one that is only handed in."""

    path: Path
    url: str


def files(path: Path, mirror_of: str | None) -> list[LocalFile]:
    """Return the file, or all files of the folder but hidden ones, in the order of their names.

    Args:
        mirror_of: What the operator says that these files are a copy of: a file gets the address that a `manifest.csv`
            of the folder (columns `file` and `url`) or a layout of host/path gives it, if that begins so; without
            either, it lies below this address. None = they are nobody's publication.

    Raises:
        CannotCollect: there is nothing, more than MAX_FILES, or a manifest that cannot be read.
    """
    if not path.is_dir():
        return [
            LocalFile(
                path, _below(mirror_of, _spelt(Path(path.name))) if mirror_of else f"file:{_spelt(Path(path.name))}"
            )
        ]
    named = _manifest(path / MANIFEST)
    found = [one for one in sorted(path.rglob("*")) if one.is_file() and not _is_hidden(one.relative_to(path))]
    found = [one for one in found if one != path / MANIFEST]
    if not 0 < len(found) <= MAX_FILES:
        raise CannotCollect(f"{path.name}: wants 1 to {MAX_FILES} files, has {len(found)}")
    return [LocalFile(one, _url(_spelt(one.relative_to(path)), named, mirror_of)) for one in found]


def _url(name: str, named: Mapping[str, str], mirror_of: str | None) -> str:
    if mirror_of is None:
        return f"file:{name}"
    host, _, rest = name.partition("/")
    laid_out = f"https://{name}" if rest and _HOST.fullmatch(host) else None
    given = named.get(name) or laid_out
    if given is None:
        return _below(mirror_of, name)
    return given if given.startswith(mirror_of) else f"file:{name}"


def _below(mirror_of: str, name: str) -> str:
    """Return the address of a file below another; the address itself when it already is the file's."""
    if not urlsplit(mirror_of).hostname:
        return f"file:{name}"
    return mirror_of if urlsplit(mirror_of).path.endswith(f"/{name}") else places.file_url(mirror_of, name)


def _spelt(name: Path) -> str:
    """Return a name as it can be stored: those of files may be no text at all, and of any length."""
    return name.as_posix().encode(errors="replace").decode()[-MAX_NAME:]


def _is_hidden(name: Path) -> bool:
    return any(part.startswith(".") and part != ".well-known" for part in name.parts)


def _manifest(path: Path) -> dict[str, str]:
    """Return file → URL; nothing when there is no manifest or it has no such columns."""
    if not path.is_file():
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [(row.get("file"), row.get("url")) for row in csv.DictReader(file)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CannotCollect(f"{path.name}: wants a CSV file in UTF-8 with the columns file and url, {error}") from error
    return {file: url for file, url in rows if file and url}


def read(file: LocalFile, now: datetime, speaks_for: Callable[[str], bool]) -> Document:
    """Return a file as a document; of a weights file only the header is kept, the hash is of all of it.

    Raises:
        CannotCollect: it is no regular file, cannot be read, or is too long.
    """
    path = file.path
    if path.exists() and not path.is_file():
        raise CannotCollect("wants a regular file, has something else")
    try:
        size, weights = path.stat().st_size, media.of_name(path.name) in WEIGHTS
        if not weights and size > MAX_DOCUMENT_BYTES:
            raise CannotCollect(f"wants at most {MAX_DOCUMENT_BYTES} bytes, has {size}")
        with path.open("rb") as opened:
            head = opened.read(min(size, HEAD_BYTES if weights else MAX_DOCUMENT_BYTES))
            sha256 = hashlib.sha256(head)
            while part := opened.read(READ_BYTES):
                sha256.update(part)
    except OSError as error:
        raise CannotCollect(f"wants a readable file, {error.strerror}") from error
    kind = media.sniffed(head, "", path.name)
    # A file that somebody hands in is nobody's publication: the developer's word must be found in public.
    return Document(sha256.hexdigest(), head, file.url, kind, now, size, first_party=speaks_for(file.url))
