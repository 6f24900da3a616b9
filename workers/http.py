"""The only way out: one client that checks every address and bounds every answer in bytes and in time.

It rests on requests' adapter without a requests session, so that no proxy, netrc entry, cookie or redirect of a session
can take part. Certificates are those of certifi and of `ca_file`, whatever the environment says.
"""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from http.client import HTTPException, LineTooLong, RemoteDisconnected  # noqa: TID251 - this is workers.http
from socket import getaddrinfo as system_getaddrinfo
from threading import get_ident
from time import monotonic_ns
from types import TracebackType
from typing import Any, Self, cast
from urllib.parse import urljoin, urlsplit
from weakref import WeakSet

import requests  # noqa: TID251 - this is workers.http
from requests.adapters import HTTPAdapter  # noqa: TID251 - this is workers.http
from requests.utils import DEFAULT_CA_BUNDLE_PATH  # noqa: TID251 - this is workers.http
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool
from urllib3.exceptions import DecodeError, HTTPError

from workers import addresses
from workers.addresses import Kind, OutboundError, Policy, Refused, Resolver, policy
from workers.framing import READ_BYTES
from workers.wire import NS, Call, Line, PinnedConnection, PinnedTlsConnection, WatchedTlsSocket

__all__ = ["Client", "Fetched", "OutboundError", "Policy", "Refused", "Request", "Response", "Timing", "policy"]

DRAIN_S = 0.1
"""How long a stream may go on after its own end before its connection is given up."""
REDIRECTS = (301, 302, 303, 307, 308)
DEFAULT_HEADERS = (("Accept", "*/*"), ("Accept-Encoding", "gzip, deflate"), ("User-Agent", "pellucid"))
CODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
"""What urllib3 can decompress in bounded steps without optional packages."""
CROSS_ORIGIN_HEADERS = frozenset({"accept", "accept-encoding", "accept-language", "user-agent"})
"""Kept when a redirect leaves the origin; any other may hold a secret meant for the first host."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request to make; a header named twice keeps its last value."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Timing:
    """When things happened, in ns of `time.monotonic_ns`.

    Attributes:
        dns_ns, connect_ns, tls_ns: Durations; 0 on a reused connection, and `tls_ns` also without TLS.
        stale_connections: 1 when a kept connection turned out dead and the request was sent again on a fresh one.
        sent_ns: Instant just before the last byte of the request went to the kernel.
        headers_ns: Instant of the read that completed the status line.
    """

    dns_ns: int
    connect_ns: int
    tls_ns: int
    reused: bool
    stale_connections: int
    sent_ns: int
    headers_ns: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole answer. `url` is the one that answered, after redirects; header names are case-insensitive."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    timing: Timing
    url: str


class Response:
    """An answer whose body is still on the wire; leaving the `with` block unread drops the connection."""

    def __init__(self, answer: requests.Response, call: Call, stale_connections: int) -> None:
        self.status: int = answer.status_code
        self.headers: Mapping[str, str] = answer.headers
        self.url: str = str(answer.url)
        self.timing = Timing(
            dns_ns=call.dns_ns,
            connect_ns=call.connect_ns,
            tls_ns=call.tls_ns,
            reused=call.reused,
            stale_connections=stale_connections,
            sent_ns=call.sent_ns,
            headers_ns=call.headers_ns,
        )
        self._answer = answer
        self._call = call

    def chunks(self) -> Iterator[tuple[bytes, int]]:
        """Yield the decompressed body as it comes, each piece with the monotonic ns of the read that completed it.

        Raises:
            OutboundError: `timeout_first_byte`, `idle`, `deadline`, `reset`, `incomplete`, `bad_framing` or `too_big`.
        """
        raw, call = cast("HTTPResponse", self._answer.raw), self._call
        # What is not coded is read past urllib3, which would only pass it on.
        read = partial(raw.read1, decode_content=True) if self._is_coded() else call.answer.read1
        taken, cap = 0, call.policy.max_body_bytes
        try:
            while data := read(READ_BYTES):
                call.flowing = True
                taken += len(data)
                if taken > cap:
                    self.close()
                    raise OutboundError("too_big", f"wanted at most {cap} bytes of body, found more")
                yield data, call.read_ns
            raw.release_conn()
        except (HTTPError, HTTPException, OSError) as error:
            raise _ended_early(error) if call.ended else _named(error) from error

    def beginning(self, most_bytes: int, within_s: float) -> bytes:
        """Return the first bytes of the body that come within a time, whatever follows; b"" when none do."""
        self._call.wind_up(within_s)
        found = b""
        with suppress(OutboundError):
            for data, _ in self.chunks():
                found += data
                if len(found) >= most_bytes:
                    break
        return found[:most_bytes]

    def drain(self) -> None:
        """Read past the end of what was wanted, so that the connection can be kept; drop it when that takes long.

        A stream says that it is over before its framing does. Nothing is measured any more.
        """
        self._call.wind_up(DRAIN_S)
        with suppress(OutboundError):
            for _ in self.chunks():
                pass

    def close(self) -> None:
        """Give the connection back when the body was read to its end, else drop it."""
        self._answer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _is_coded(self) -> bool:
        codings = self.headers.get("content-encoding", "").lower()
        if not {one.strip() for one in codings.split(",")} <= CODINGS:
            raise OutboundError("bad_framing", f"wanted gzip, deflate or no coding, found {codings}")
        return bool(codings)


class Client:
    """Makes requests under one policy and keeps connections alive per scheme, host and port.

    For one thread, and one probe run: its kept connections are what makes the second sample a warm one.
    """

    def __init__(self, policy: Policy, getaddrinfo: Resolver = system_getaddrinfo, ca_file: str | None = None) -> None:
        """Keep `policy`; certificates signed by those in the PEM file `ca_file` are trusted besides the public ones."""
        self.policy = policy
        self._line = Line(getaddrinfo)
        self._adapter = _Adapter(self._line, ca_file)

    def open(self, request: Request) -> Response:
        """Return the answer once its head was read; redirects are answers like any other.

        A kept connection that dies before the first byte of an answer is replaced once, by a fresh one.

        Raises:
            OutboundError: of every kind but `redirect_refused`.
        """
        return self._open(request, self._deadline_ns())

    def fetch(self, request: Request) -> Fetched:
        """Return the whole answer, following as many redirects as the policy allows, each checked like the first.

        Raises:
            OutboundError: of every kind; `redirect_refused` for one too many, or for one of anything but GET and HEAD.
        """
        deadline_ns = self._deadline_ns()
        for _ in range(self.policy.redirects + 1):
            with self._open(request, deadline_ns) as response:
                if "location" not in response.headers or response.status not in REDIRECTS:
                    return _whole(response)
                request = _redirected(request, response)
        wanted = f"wanted at most {self.policy.redirects} redirects"
        raise OutboundError("redirect_refused", f"{wanted}, found another to {urlsplit(request.url).hostname}")

    def close(self) -> None:
        """Close the kept connections."""
        self._adapter.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _deadline_ns(self) -> int:
        return monotonic_ns() + int(self.policy.total_s * NS)

    def _open(self, request: Request, deadline_ns: int) -> Response:
        addresses.check_url(request.url, self.policy)
        prepared = _prepared(request)
        call = Call(self.policy, deadline_ns)
        try:
            return Response(self._send(prepared, call), call, stale_connections=0)
        except OutboundError as error:
            if not call.reused or call.received or error.kind not in ("reset", "tls"):
                raise
        call = Call(self.policy, deadline_ns)
        return Response(self._send(prepared, call), call, stale_connections=1)

    def _send(self, prepared: requests.PreparedRequest, call: Call) -> requests.Response:
        self._line.call = call
        try:
            answer = self._adapter.send(prepared, stream=True, timeout=self.policy.total_s)
        except (requests.RequestException, HTTPError, HTTPException, OSError) as error:
            raise _named(error) from error
        except ValueError as error:  # http.client: a header it will not send
            raise _unsendable(error) from None
        call.end_head()
        return answer


class _Adapter(HTTPAdapter):
    """requests' adapter with our connections, one kept per host: after a stale one, the next is always fresh."""

    def __init__(self, line: Line, ca_file: str | None) -> None:
        self._line = line
        self._ca_file = ca_file
        self._pools: WeakSet[HTTPConnectionPool] = WeakSet()
        super().__init__(pool_maxsize=1)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **kwargs: Any) -> None:  # noqa: ANN401, FBT001, FBT002 - requests' signature
        """Make pools of pinned connections."""
        super().init_poolmanager(connections, maxsize, block, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": self._plain_pool, "https": self._tls_pool}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:  # noqa: ANN401, ARG002 - as above
        """Always verify, by the context: requests would load its bundle again for each connection (15 ms)."""
        conn.cert_reqs = "CERT_REQUIRED"

    def close(self) -> None:
        """Close the kept connections now: urllib3 leaves that to the garbage collector."""
        for pool in self._pools:
            pool.close()
        super().close()

    def _plain_pool(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:  # noqa: ANN401 - urllib3's own arguments
        return self._pinned(HTTPConnectionPool(*args, **kwargs), PinnedConnection)

    def _tls_pool(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:  # noqa: ANN401 - urllib3's own arguments
        context = _tls_context(self._ca_file, get_ident())
        return self._pinned(HTTPSConnectionPool(*args, ssl_context=context, **kwargs), PinnedTlsConnection)

    def _pinned(self, pool: HTTPConnectionPool, connection: type[PinnedConnection]) -> HTTPConnectionPool:
        pool.ConnectionCls = cast("Any", partial(connection, self._line))
        self._pools.add(pool)
        return pool


@lru_cache(maxsize=64)
def _tls_context(ca_file: str | None, _thread: int) -> ssl.SSLContext:
    # Loading the bundle takes some 15 ms, hence kept; per thread, because urllib3 sets the ALPN list anew for every
    # connection, which frees the one OpenSSL may be copying for another thread.
    context = ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    context.sslsocket_class = WatchedTlsSocket
    return context


def _prepared(request: Request) -> requests.PreparedRequest:
    headers = requests.structures.CaseInsensitiveDict(DEFAULT_HEADERS)
    headers.update(request.headers)
    try:
        return requests.Request(request.method, request.url, dict(headers), data=request.body or None).prepare()
    except (requests.RequestException, ValueError) as error:
        raise _unsendable(error) from None


def _unsendable(error: Exception) -> OutboundError:
    # Its text, and so its traceback, would quote the header: a key with a line feed at its end is still a key.
    return OutboundError("bad_url", f"wanted a URL and headers that can be sent, found {type(error).__name__}")


def _whole(response: Response) -> Fetched:
    body = b"".join(data for data, _ in response.chunks())
    return Fetched(response.status, response.headers, body, response.timing, response.url)


def _redirected(request: Request, response: Response) -> Request:
    """Return the next hop of `request`, which loses what may be secret when it leaves its origin."""
    if request.method not in ("GET", "HEAD"):
        raise OutboundError("redirect_refused", f"wanted an answer to {request.method}, found {response.status}")
    try:
        url = urljoin(response.url, response.headers["location"])
    except ValueError as error:
        raise OutboundError("bad_url", "wanted a redirect to a URL, found one that cannot be parsed") from error
    if _origin(url) == _origin(response.url):
        return replace(request, url=url)
    kept = tuple(one for one in request.headers if one[0].lower() in CROSS_ORIGIN_HEADERS)
    return replace(request, url=url, headers=kept)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def _ended_early(error: BaseException) -> OutboundError:
    """Return the error of a body whose end came first; http.client calls a broken chunk by the same name."""
    found = _named(error)
    return (
        OutboundError("incomplete", "wanted the rest of the body, found its end")
        if found.kind == "bad_framing"
        else found
    )


FOUND: tuple[tuple[type[BaseException], Kind], ...] = (
    (RemoteDisconnected, "reset"),
    (ConnectionResetError, "reset"),
    (BrokenPipeError, "reset"),
    (ssl.SSLError, "tls"),
    (LineTooLong, "too_big"),
    (DecodeError, "bad_framing"),
    (HTTPException, "bad_framing"),
)
"""What http.client and urllib3 raise at bottom; time-outs never get here, the sockets name them themselves."""


def _named(error: BaseException) -> OutboundError:
    """Return the OutboundError for what requests wrapped, or urllib3, or http.client raised."""
    link: BaseException | None = error
    while link is not None:
        for kind_of_error, kind in FOUND:
            if isinstance(link, kind_of_error):
                # http.client has no type of its own for too many headers.
                big = "got more than" in str(link)
                return OutboundError("too_big" if big else kind, f"wanted an HTTP answer, found {link!r}")
        link = link.__cause__ or link.__context__
    return OutboundError("bad_framing", f"wanted an HTTP answer, found {error!r}")
