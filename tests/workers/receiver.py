"""A receiver of webhooks on loopback that does what a test asks of it, well or badly."""

import contextlib
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

STEP_S = 0.03
CHUNK = bytes(64 * 1024)


@dataclass(frozen=True)
class Got:
    """One message as it came: path, headers by lower-case name, the very bytes, and the monotonic time."""

    path: str
    headers: dict[str, str]
    body: bytes
    head: bytes
    at_s: float = field(default_factory=time.monotonic)


class Receiver:
    """Takes POSTs; `behave` is one of the functions below and may be another for each message."""

    def __init__(self, behave=None, tls=None):
        self.behave = behave or answering(204)
        self.got, self.sent_bytes, self.closing = [], 0, threading.Event()
        self._tls, self._changed = tls, threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self):
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self.port}/hook"

    @property
    def ids(self):
        """The ids of what came, in order."""
        return [one.headers["webhook-id"] for one in self.got]

    def wait_for(self, count, within_s=10):
        """Return what came once it is so many messages; fail when it is not in time."""
        with self._changed:
            enough = self._changed.wait_for(lambda: len(self.got) >= count, within_s)
        assert enough, f"wants {count} messages within {within_s} s, has {len(self.got)}"
        return list(self.got)

    def send(self, connection, data):
        connection.sendall(data)
        self.sent_bytes += len(data)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.closing.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with contextlib.suppress(OSError):  # of TLS too: a sender that trusts nobody hangs up
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as reader:
                while (got := self._read(reader)) and self.behave(self, connection, got):
                    pass

    def _read(self, reader):
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = reader.readline()
            if not line:
                return None
            head += line
        first, *lines = head.decode("latin-1").split("\r\n")[:-2]
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        got = Got(first.split(" ")[1], headers, reader.read(int(headers.get("content-length", 0))), head)
        with self._changed:
            self.got.append(got)
            self._changed.notify_all()
        return got


def answering(status, body=b"", **headers):
    """Answer at once, and keep the connection; `retry_after=…` is the header Retry-After."""

    def behave(receiver, connection, got):
        named = {name.replace("_", "-"): value for name, value in headers.items()} | {"content-length": len(body)}
        head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
        receiver.send(connection, f"HTTP/1.1 {status} So\r\n{head}\r\n".encode() + body)
        return True

    return behave


def echoing(before=b""):
    """Answer 200 with what was sent, behind `before`."""

    def behave(receiver, connection, got):
        return answering(200, before + got.head + got.body)(receiver, connection, got)

    return behave


def raw(data):
    """Answer with these bytes, whatever they are, and hang up."""

    def behave(receiver, connection, got):
        receiver.send(connection, data)
        return False

    return behave


def silent(receiver, connection, got):
    receiver.closing.wait(30)


def resetting(receiver, connection, got):
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def parroting(receiver, connection, got):
    """Send back what came as it came, as the echo service does: no HTTP."""
    receiver.send(connection, got.head.partition(b"\r\n")[2] + got.body)


def dripping(start, byte=b"x"):
    """Begin with `start` and go on byte by byte without end."""

    def behave(receiver, connection, got):
        receiver.send(connection, start)
        while not receiver.closing.wait(STEP_S):
            receiver.send(connection, byte)

    return behave


def flooding(size):
    """Answer 200 with a body of so many bytes."""

    def behave(receiver, connection, got):
        receiver.send(connection, b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size)
        for _ in range(0, size, len(CHUNK)):
            receiver.send(connection, CHUNK)
        return True

    return behave
