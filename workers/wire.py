"""The sockets of `workers.http`: they dial only checked addresses, and every read and write keeps the deadlines.

There is no watchdog thread: a socket's time-out is set anew before each single read from what is left of the deadlines,
so that a far end which sends one byte a second cannot stretch it.
"""

import socket
import ssl
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from time import monotonic_ns
from typing import TYPE_CHECKING, Any, ClassVar, cast

from urllib3.connection import HTTPConnection, HTTPSConnection

from workers import addresses
from workers.addresses import Address, Kind, OutboundError, Policy, Resolver
from workers.framing import Answer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _typeshed import ReadableBuffer, WriteableBuffer

NS = 1_000_000_000
FRAMING = 8
"""A body of one-byte chunks takes six bytes on the wire for each of its own."""
TAIL_BYTES = 1024
SPLIT_BYTES = 64 * 1024
"""A longer piece may block in the kernel's buffer, so its last bytes go out by themselves, after their stamp."""


class Call:
    """The deadlines, caps and stamps of one request on one connection.

    Attributes:
        dns_ns, connect_ns, tls_ns: Durations; 0 on a reused connection.
        sent_ns: Monotonic, just before the last request byte went to the kernel.
        headers_ns: Monotonic, of the read that completed the status line; 0 before.
        read_ns: Monotonic, of the last read.
        received: Bytes read so far.
        ended: Whether the last read found the end of the connection.
        answer: What the head told, as soon as there is one.
    """

    answer: Answer

    def __init__(self, policy: Policy, deadline_ns: int) -> None:
        self.policy = policy
        self.dns_ns = self.connect_ns = self.tls_ns = 0
        self.sent_ns = self.headers_ns = self.read_ns = self.received = 0
        self.reused = True
        self.in_head = True
        self.ended = False
        self.flowing = False
        self._cap_bytes = policy.max_head_bytes
        self._deadline_ns = deadline_ns
        self._idle_ns = int(policy.idle_s * NS)
        self._phase: Kind = "deadline"
        self._phase_ends_ns = deadline_ns

    def begin(self, phase: Kind, seconds: float) -> int:
        """Start a phase which may last `seconds`, and return its monotonic beginning in ns."""
        begun_ns = monotonic_ns()
        self._phase, self._phase_ends_ns = phase, begun_ns + int(seconds * NS)
        return begun_ns

    def wind_up(self, seconds: float) -> None:
        """Let what is left of the answer take no longer than this, all in all."""
        self._deadline_ns = min(self._deadline_ns, monotonic_ns() + int(seconds * NS))

    def left_s(self) -> float:
        """Return the seconds until the nearest deadline, always above 0.

        Raises:
            OutboundError: it has passed.
        """
        now_ns = monotonic_ns()
        if self.flowing:  # each wait for more of a body begins anew
            self._phase, self._phase_ends_ns = "idle", now_ns + self._idle_ns
        left_ns = min(self._phase_ends_ns, self._deadline_ns) - now_ns
        if left_ns <= 0:
            raise self.late()
        return left_ns / NS

    def late(self) -> OutboundError:
        """Return the error of the nearest deadline."""
        if self._deadline_ns <= self._phase_ends_ns:
            return OutboundError("deadline", f"wanted the whole answer within {self.policy.total_s:g} s, found less")
        wanted, seconds = {
            "timeout_connect": ("a connection", self.policy.connect_s),
            "timeout_first_byte": ("the first byte of an answer", self.policy.first_byte_s),
            "idle": ("more of the body", self.policy.idle_s),
        }[self._phase]
        return OutboundError(self._phase, f"wanted {wanted} within {seconds:g} s, found silence")

    def read(self, sock: socket.socket, receive: Callable[[], int], buffer: "WriteableBuffer") -> int:
        """Do one read within the deadlines, stamp it at once, and return its size; 0 at the end.

        Raises:
            OutboundError: a time-out, `deadline`, `reset` or `tls`; `bad_framing` for a head cut short; `too_big`
                for the head, and for framing without content.
        """
        sock.settimeout(self.left_s())
        try:
            size = receive()
            self.read_ns = monotonic_ns()
        except OSError as error:
            raise self.named(error, "more bytes") from error
        self.received += size
        self.ended = not size
        if not self.headers_ns and b"\n" in bytes(memoryview(buffer)[:size]):
            self.headers_ns = self.read_ns
        if self.received > self._cap_bytes:
            raise OutboundError("too_big", f"wanted at most {self._cap_bytes} bytes on the wire, found more")
        if self.in_head and self.received and not size:  # http.client would take the end for a blank line
            raise OutboundError("bad_framing", f"wanted a whole head, found its end after {self.received} bytes")
        return size

    def end_head(self) -> None:
        """Let the body begin: what follows counts against a cap that only framing without content can reach."""
        self.in_head = False
        self._cap_bytes += FRAMING * self.policy.max_body_bytes

    @contextmanager
    def naming_errors(self, wanted: str) -> "Iterator[None]":
        """Turn what a socket raises into an OutboundError.

        Raises:
            OutboundError: always in place of an OSError.
        """
        try:
            yield
        except OSError as error:
            raise self.named(error, wanted) from error

    def named(self, error: OSError, wanted: str) -> OutboundError:
        """Return what an error of a socket means."""
        if isinstance(error, TimeoutError):
            return self.late()
        if isinstance(error, ssl.SSLError):
            return OutboundError("tls", f"wanted {wanted} over verified TLS, found {error}")
        return OutboundError("reset", f"wanted {wanted}, found {error}")


class Line:
    """What the connections of one client share: how names are looked up, and the call being made now."""

    def __init__(self, getaddrinfo: Resolver) -> None:
        self.getaddrinfo = getaddrinfo
        self.call: Call


class WatchedSocket(socket.socket):
    """A TCP socket that reads only within the deadlines of its call."""

    call: Call

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int = 0, flags: int = 0) -> int:
        """Read within the deadlines of the call."""
        receive = super().recv_into
        return self.call.read(self, lambda: receive(buffer, nbytes, flags), buffer)


class WatchedTlsSocket(ssl.SSLSocket):
    """A TLS socket that reads and writes only within the deadlines of its call."""

    call: Call

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int | None = None, flags: int = 0) -> int:
        """Read within the deadlines of the call."""
        receive = super().recv_into
        return self.call.read(self, lambda: receive(buffer, nbytes, flags), buffer)

    def send(self, data: "ReadableBuffer", flags: int = 0) -> int:
        """Write within the deadlines; `ssl` sends piece by piece, each with the full time-out of the socket."""
        self.settimeout(self.call.left_s())
        return super().send(data, flags)


class PinnedConnection(HTTPConnection):
    """A connection to an address that was checked, whatever its name resolves to a moment later."""

    scheme: ClassVar[str] = "http"
    response_class = Answer

    def __init__(self, line: Line, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - urllib3's own arguments
        super().__init__(*args, **kwargs)
        self._line = line
        self._call = line.call
        self._held = b""

    def connect(self) -> None:
        """Resolve, check, dial and shake hands.

        Raises:
            OutboundError: `bad_url`, `dns`, `refused_address`, `timeout_connect`, `deadline`, `tls` or `reset`.
        """
        self._call = call = self._line.call
        call.reused = False
        with call.naming_errors(f"a connection to {self.host}"):
            super().connect()
        if self.scheme == "https":
            call.tls_ns = monotonic_ns() - self._dialled_ns
        self._watch()

    def request(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - urllib3's own arguments
        """Send the request as the call that is being made now, dialling where no connection was kept."""
        self._call = self._line.call
        if self.sock is not None:
            self._watch()
        self._held = b""
        super().request(*args, **kwargs)
        if self.sock is None:
            self.connect()
        for piece in _split(self._held):
            self._send(piece)

    def send(self, data: Any) -> None:  # noqa: ANN401 - urllib3 sends bytes
        """Hold a piece of the request back: head and body go out together, and wake the other side once."""
        self._held += data

    def _send(self, data: bytes) -> None:
        """Send what is due, and stamp the moment before; of several the last one stays."""
        self._call.sent_ns = self._call.begin("timeout_first_byte", self._call.policy.first_byte_s)
        self.sock.settimeout(self._call.left_s())
        try:
            self.sock.sendall(data)
        except TimeoutError as error:
            raise self._call.late() from error

    def _new_conn(self) -> socket.socket:
        call, begun_ns = self._call, monotonic_ns()
        checked = addresses.resolve(self._dns_host, self.port, call.policy, self._line.getaddrinfo)
        addresses.check_scheme(self.scheme, checked, call.policy)
        resolved_ns = call.begin("timeout_connect", call.policy.connect_s)
        sock = _dial(checked, call)
        self._dialled_ns = monotonic_ns()
        call.dns_ns, call.connect_ns = resolved_ns - begun_ns, self._dialled_ns - resolved_ns
        sock.settimeout(call.left_s())  # the TLS handshake has what is left, as a whole
        return sock

    def _watch(self) -> None:
        cast("WatchedSocket | WatchedTlsSocket", self.sock).call = self._call


class PinnedTlsConnection(PinnedConnection, HTTPSConnection):
    """The same over TLS; the certificate is verified against the name, which is also what SNI says."""

    scheme: ClassVar[str] = "https"


def _split(request: bytes) -> tuple[bytes, ...]:
    return (request[:-TAIL_BYTES], request[-TAIL_BYTES:]) if len(request) > SPLIT_BYTES else (request,)


def _dial(checked: Sequence[Address], call: Call) -> WatchedSocket:
    """Return a socket to the first address that answers; each has an even share of the time that is left."""
    for waiting, address in zip(range(len(checked), 1, -1), checked, strict=False):
        try:
            return _connected(address, call.left_s() / waiting)
        except OSError:
            continue
    return _connected(checked[-1], call.left_s())


def _connected(address: Address, timeout_s: float) -> WatchedSocket:
    sock = WatchedSocket(address.family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.settimeout(timeout_s)
        sock.connect((str(address.ip), address.port))
    except BaseException:
        sock.close()
        raise
    return sock
