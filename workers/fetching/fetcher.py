"""Looks at places on the network: asks permission, waits its turn, and says what came of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from importlib.metadata import version
from urllib.parse import urlsplit

from scorecards.catalog import Developer, Model
from scorecards.evidence import Document
from scorecards.transparency import robots
from scorecards.transparency.provenance import is_first_party
from scorecards.transparency.robots import Robots
from service.store import db, documents
from service.store.documents import READ, UNCHANGED, Fetch, host_of
from service.store.tables import MAX_URL
from workers import credentials, limits
from workers.addresses import OutboundError
from workers.context import Context
from workers.fetching import media
from workers.http import Fetched, Request

AGENT = "pellucid"
"""The product token that robots.txt files name us by."""
INTERVAL_S = 1.0
"""The least time between two requests to one host."""
MAX_WAIT_S = 30.0
"""Who wants a longer wait is asked another time."""
ROBOTS_KEPT = timedelta(hours=24)
TOKENS = {"huggingface.co": "HF_TOKEN", "api.github.com": "GITHUB_TOKEN"}
"""Host → the variable with the operator's token, which is sent to this host alone."""

OK, NOT_MODIFIED, SERVER_ERROR = 200, 304, 500
OUTCOMES = {
    401: "auth",
    403: "forbidden",
    404: "missing",
    410: "missing",
    429: "rate_limited",
    451: "withheld",
}
"""HTTP status → outcome; any other of 500 and above is `unavailable`, the rest `bad_status`."""
WHY = {
    "auth": "it wants a login",
    "forbidden": "access was refused",
    "missing": "there is nothing",
    "withheld": "withheld for legal reasons",
    "unavailable": "the server failed",
}
NO_RULES = ("missing", "auth", "forbidden", "withheld", "bad_status")
"""Without a robots.txt that can be had everything is allowed; one that could not be asked for closes the host
(RFC 9309, 2.3.1.3 and 2.3.1.4)."""
ALLOWED, CLOSED = Robots(), robots.parse(b"User-agent: *\nDisallow: /")

Send = Callable[[Request], Fetched]


@dataclass(frozen=True, slots=True)
class Look:
    """What came of looking at one place.

    Attributes:
        document: The document that stands there; None when there is none or it could not be had.
        charset: As the server or file says; None when it does not.
    """

    fetch: Fetch
    document: Document | None = None
    charset: str | None = None


class Fetcher:
    """Looks at one place after the other for one model; for one thread.

    Attributes:
        looks: What came of the robots.txt files on the way.
    """

    def __init__(self, context: Context, developer: Developer, model: Model, send: Send) -> None:
        """Keep what is needed; `send` makes one request."""
        self.looks: list[Look] = []
        self._context, self._send = context, send
        self._speaks_for = partial(is_first_party, developer=developer, model=model)
        self._rules: dict[str, Robots] = {}
        self._closed: dict[str, Fetch] = {}
        self._last: dict[str, Fetch] = {}

    def look(self, url: str) -> Look:
        """Return what came of looking at `url`; no failure raises. A robots.txt is looked at once."""
        known = next((one for one in self.looks if one.fetch.url == url), None)
        return known or self._refused(url) or self._asked(url)

    def _refused(self, url: str) -> Look | None:
        """Return why the host's robots.txt closes this place; None when it does not."""
        if urlsplit(url).path == "/robots.txt" or self._robots(url).allows(url, AGENT):
            return None
        unreachable = self._closed.get(host_of(url))
        if unreachable is not None:
            detail = f"robots.txt could not be asked for ({unreachable.outcome}: {unreachable.detail})"
            return Look(Fetch(url, self._now(), "robots_unreachable", detail))
        return Look(Fetch(url, self._now(), "robots_disallowed", f"robots.txt closes it to {AGENT}"))

    def _asked(self, url: str) -> Look:
        limit = self._turn(url)
        if limit is not None:
            detail = f"rate limited until {limit:%Y-%m-%d %H:%M:%S} UTC"
            return self._keep(Look(Fetch(url, self._now(), "rate_limited", detail, not_before=limit)))
        with db.read(self._context.engine) as session:
            held = documents.held(session, url)
        try:
            answer = self._send(Request("GET", url, tuple(self._headers(url, held[0] if held else None))))
        except OutboundError as error:
            return self._keep(Look(Fetch(url, self._now(), error.kind, error.detail)))
        except OSError as error:  # never the network's, which has names of its own
            return Look(Fetch(url, self._now(), "no_token", f"wanted a token that can be read, {error.strerror}"))
        return self._keep(self._understood(url, answer, held))

    def _turn(self, url: str) -> datetime | None:
        """Wait for this host's turn; return until when, if that is too long to wait for."""
        host = host_of(url)
        last, now = self._last.get(host) or self._stored(host), self._now()
        if last is None:
            return None
        gap = timedelta(seconds=max(INTERVAL_S, self._delay_s(host)))
        turn = max(last.at + gap, last.not_before or now)
        wait_s = (turn - now).total_seconds()
        if wait_s > MAX_WAIT_S:
            return turn
        if wait_s > 0:
            self._context.wait(wait_s)
        return None

    def _stored(self, host: str) -> Fetch | None:
        with db.read(self._context.engine) as session:
            return documents.of_host(session, host)

    def _delay_s(self, host: str) -> float:
        return self._rules[host].delay_s(AGENT) if host in self._rules else 0.0

    def _headers(self, url: str, held: Fetch | None) -> Iterator[tuple[str, str]]:
        contact = self._context.settings.contact_url
        yield "User-Agent", f"{AGENT}/{version('pellucid')}" + (f" (+{contact})" if contact else "")
        if held and held.etag:
            yield "If-None-Match", held.etag
        elif held and held.last_modified:
            yield "If-Modified-Since", held.last_modified
        parts = urlsplit(url)
        name = TOKENS.get(parts.netloc)
        if name and parts.scheme == "https" and (token := credentials.variable(name)):
            yield "Authorization", f"Bearer {token}"

    def _understood(self, url: str, answer: Fetched, held: tuple[Fetch, Document] | None) -> Look:
        now = self._now()
        limit = limits.not_before(answer.headers, now)
        if answer.status == NOT_MODIFIED and held is not None:
            fetch, document = held
            ours = self._speaks_for(document.url)
            seen = replace(fetch, at=now, outcome=UNCHANGED, status=NOT_MODIFIED, not_before=limit)
            return Look(seen, replace(document, fetched_at=now, first_party=ours), _charset(answer))
        failure = self._failure(url, answer, limit)
        if failure is not None:
            outcome, detail = failure
            return Look(Fetch(url, now, outcome, detail, answer.status, not_before=limit))
        document = self._document(answer, now)
        same = held is not None and held[1].sha256 == document.sha256
        fetch = Fetch(
            url,
            now,
            UNCHANGED if same else READ,
            status=answer.status,
            sha256=document.sha256,
            document_url=document.url,
            etag=_header(answer, "etag"),
            last_modified=_header(answer, "last-modified"),
            not_before=limit,
        )
        return Look(fetch, document, _charset(answer))

    def _failure(self, url: str, answer: Fetched, limit: datetime | None) -> tuple[str, str] | None:
        """Return outcome and detail of an answer that is no document; None for one that is."""
        if answer.status != OK:
            return _status(answer.status, limit)
        if media.is_challenge(answer.body, answer.headers):
            return "captcha", "the answer is a page that asks whether a human is there"
        if len(answer.url) > MAX_URL:
            return "bad_url", f"wanted an address of at most {MAX_URL} characters, found {len(answer.url)}"
        if host_of(answer.url) != host_of(url) and not self._robots(answer.url).allows(answer.url, AGENT):
            return "robots_disallowed", f"it leads to {host_of(answer.url)}, whose robots.txt closes it"
        return None

    def _document(self, answer: Fetched, now: datetime) -> Document:
        # Where it came from after redirects decides whose word it is.
        kind = media.sniffed(answer.body, answer.headers.get("content-type", ""), answer.url)
        return Document.of(answer.body, answer.url, kind, now, first_party=self._speaks_for(answer.url))

    def _robots(self, url: str) -> Robots:
        """Return the rules of a host, not older than a day."""
        host, place = host_of(url), f"{urlsplit(url).scheme}://{host_of(url)}/robots.txt"
        if host not in self._rules:
            self._rules[host] = self._stored_rules(place) or self._fresh_rules(host, place)
        return self._rules[host]

    def _stored_rules(self, place: str) -> Robots | None:
        with db.read(self._context.engine) as session:
            newest, held = documents.newest(session, place), documents.held(session, place)
        if newest is None or newest.at < self._now() - ROBOTS_KEPT:
            return None
        if newest.found and held is not None:
            return robots.parse(held[1].content)
        return ALLOWED if newest.outcome in NO_RULES else None

    def _fresh_rules(self, host: str, place: str) -> Robots:
        look = self.look(place)
        if look.document is not None:
            return robots.parse(look.document.content)
        if look.fetch.outcome in NO_RULES:
            return ALLOWED
        self._closed[host] = look.fetch
        return CLOSED

    def _keep(self, look: Look) -> Look:
        """Remember when the hosts were asked; of a robots.txt also what it says."""
        for url in (look.fetch.url, look.fetch.document_url or ""):
            self._last[host_of(url)] = look.fetch
        if urlsplit(look.fetch.url).path == "/robots.txt":
            self.looks.append(look)
        return look

    def _now(self) -> datetime:
        return self._context.clock()


def _status(status: int, limit: datetime | None) -> tuple[str, str]:
    outcome = OUTCOMES.get(status, "unavailable" if status >= SERVER_ERROR else "bad_status")
    if limit is not None and outcome in ("rate_limited", "forbidden", "unavailable"):
        return "rate_limited", f"HTTP {status}, rate limited until {limit:%Y-%m-%d %H:%M:%S} UTC"
    return outcome, f"wanted HTTP 200, found {status}" + (f": {WHY[outcome]}" if outcome in WHY else "")


def _header(answer: Fetched, name: str) -> str | None:
    """Return a header fit to be kept and sent back."""
    value = answer.headers.get(name, "")
    return value if value.isascii() and value.isprintable() and 0 < len(value) <= 200 else None  # noqa: PLR2004 - the column's length


def _charset(answer: Fetched) -> str | None:
    return media.charset(answer.headers.get("content-type", ""))
