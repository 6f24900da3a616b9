"""What a source of prices is to the outside: an address, and how its bytes are had."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from scorecards.cost.listing import PriceFile, PriceSourceError
from workers.addresses import MIB, Policy
from workers.http import Fetched, Request

MAX_BYTES = 32 * MIB
"""Of one source; the largest one known has 3 MB."""
OK, NOT_MODIFIED = 200, 304

Send = Callable[[Request], Fetched]
Fetch = Callable[[Send, str, str, datetime], PriceFile | None]
"""(Send, address, ETag of what is held or "", now) → the file; None = it is what it was."""


@dataclass(frozen=True, slots=True)
class PriceSource:
    """Where a source publishes.

    Attributes:
        url: None = nowhere that can be fetched: it comes as a file.
        fetch: None = one GET.
        dated: Whether the data themselves say of which day they are.
        named: Whether it must be told whose list it is.
        bare: Whether it says no currency, so that it must be told.
    """

    url: str | None
    fetch: Fetch | None = None
    dated: bool = False
    named: bool = False
    bare: bool = False


def policy_of(disclosure: Policy) -> Policy:
    """Return the policy of documents with room for a source; redirects, deadlines and addresses stay as they are."""
    return replace(disclosure, name="prices", max_body_bytes=MAX_BYTES)


def whole(send: Send, url: str, etag: str, now: datetime) -> PriceFile | None:
    """Return what stands at an address; None = it is what it was.

    Raises:
        OutboundError: of every kind.
        PriceSourceError: the server answered with anything but the file.
    """
    answer = send(Request("GET", url, (("If-None-Match", etag),) if etag else ()))
    if answer.status == NOT_MODIFIED and etag:
        return None
    if answer.status != OK:
        raise PriceSourceError(f"{url}: wants status {OK}, has {answer.status}")
    return PriceFile(answer.body, url, now, etag=answer.headers.get("etag", "")[:200])


def from_disk(path: Path, now: datetime) -> PriceFile:
    """Return a file's bytes, as if they had been fetched now.

    Raises:
        PriceSourceError: it is no file that can be read, or is too large.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise PriceSourceError(f"{path}: wants a readable file, {error.strerror}") from error
    if len(content) > MAX_BYTES:
        raise PriceSourceError(f"{path}: wants at most {MAX_BYTES} bytes, has more")
    return PriceFile(content, str(path), now)
