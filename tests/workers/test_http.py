"""The outbound client against servers that are slow, broken, greedy or lying; all of them on loopback."""

import contextlib
import datetime as dt
import gzip
import ipaddress
import itertools
import socket
import ssl
import struct
import threading
import time
import traceback
import tracemalloc
import zlib
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from workers import http
from workers.http import Client, OutboundError, Request

KB = 1024
MODEL = http.policy("model", ["127.0.0.1/32"])
HASTY = replace(MODEL, connect_s=0.4, first_byte_s=0.3, idle_s=0.2, total_s=1.0, max_body_bytes=256 * KB)
"""Bounds that a test can wait for; each differs, so that the error tells which one ended it."""
PATIENT = replace(HASTY, first_byte_s=20.0, idle_s=20.0, total_s=20.0, redirects=3)
SLACK_S = 1.5
"""What a busy machine may add to a deadline."""
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
RST = struct.pack("ii", 1, 0)


class Server:
    """A raw server on a free port: `serve(peer, n)` has each connection, counted from 1, in its own thread."""

    def __init__(self, serve, host="127.0.0.1", context=None):
        self.serve, self.context = serve, context
        self.over = threading.Event()
        self.heads, self.accepted = [], 0
        self.listener = socket.create_server((host, 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"http://{host}:{self.port}/"
        self.threads = [threading.Thread(target=self.accept)]

    def __enter__(self):
        self.threads[0].start()
        return self

    def __exit__(self, *error):
        self.over.set()
        self.listener.shutdown(socket.SHUT_RDWR)
        for thread in self.threads:
            thread.join()
        self.listener.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            self.threads.append(threading.Thread(target=self.handle, args=(connection, self.accepted)))
            self.threads[-1].start()

    def handle(self, connection, number):
        with contextlib.suppress(OSError), contextlib.closing(connection):
            connection.settimeout(20)
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            with contextlib.closing(connection):
                self.serve(Peer(self, connection), number)


class Peer:
    """The server's side of one connection."""

    def __init__(self, server, connection):
        self.server, self.connection = server, connection

    def request(self):
        """Read one request, or nothing when the client has gone."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = self.connection.recv(65536)
            if not piece:
                raise ConnectionResetError("the client has gone")
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        headers = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        body = bytearray(body)
        while len(body) < int(headers.get(b"content-length", 0)):
            body += self.connection.recv(65536)
        self.server.heads.append(head)
        return head, bytes(body)

    def send(self, *pieces, every_s=0.0):
        for piece in pieces:
            self.connection.sendall(piece)
            if every_s and self.server.over.wait(every_s):
                return

    def wait(self):
        """Keep the connection open until the client closes it or the test is over."""
        while not self.server.over.wait(0.005):
            self.connection.settimeout(0.005)
            with contextlib.suppress(TimeoutError):
                if not self.connection.recv(1):
                    return

    def reset(self):
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST)


def answering(*pieces, hold=False, **how):
    """A server's `serve` that answers each connection's first request so."""

    def serve(peer, _number):
        peer.request()
        peer.send(*pieces, **how)
        if hold:
            peer.wait()

    return serve


def keeping_alive(answer):
    def serve(peer, _number):
        while True:
            head, body = peer.request()
            peer.send(answer(head, body))

    return serve


def resetting(*pieces):
    def serve(peer, _number):
        peer.request()
        peer.send(*pieces)
        peer.reset()

    return serve


def resolver(*ips):
    return lambda _host, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ips]


def get(url, *headers):
    return Request("GET", url, headers)


def failure(serve, policy=HASTY, request=get, **server):
    """Return (kind of the error, seconds it took) of fetching from a server that serves so."""
    with Server(serve, **server) as there, Client(policy) as client:
        begun = time.monotonic()
        with pytest.raises(OutboundError) as caught:
            client.fetch(request(there.url))
    return caught.value.kind, time.monotonic() - begun


def body_of(serve, policy=PATIENT):
    with Server(serve) as there, Client(policy) as client:
        return client.fetch(get(there.url)).body


def redirect(to, status=302, body=b""):
    return b"HTTP/1.1 %d Found\r\nLocation: %s\r\nContent-Length: %d\r\n\r\n" % (status, to.encode(), len(body)) + body


def zeros(size):
    """The gzip of so many zero bytes, never having them all."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([packer.compress(bytes(1 << 20)) for _ in range(size >> 20)] + [packer.flush()])


# What a good server gets and gives.


def test_an_answer_is_fetched():
    def echo(head, body):
        return HEAD + b"Content-Length: %d\r\nX-Twice: a\r\nX-Twice: b\r\n\r\n%s" % (len(body), body)

    with Server(keeping_alive(echo)) as there, Client(PATIENT) as client:
        found = client.fetch(
            Request("POST", there.url + "a?b=c#d", (("X-Key", "k"), ("accept", "text/html")), b"hello")
        )
    assert (found.status, found.body, found.url) == (200, b"hello", there.url + "a?b=c#d")
    assert found.headers["x-twice"] == "a, b"
    assert found.headers["CONTENT-LENGTH"] == "5"
    head = there.heads[0].decode()
    assert head.startswith("POST /a?b=c HTTP/1.1\r\n")
    for line in ("X-Key: k", f"Host: 127.0.0.1:{there.port}", "Accept-Encoding: gzip, deflate", "User-Agent: pellucid"):
        assert line in head
    assert head.lower().count("\naccept: ") == 1


@pytest.mark.parametrize(
    "answer",
    [
        OK,
        CHUNKED + b"1\r\no\r\n1;ext\r\nk\r\n0\r\nTrailer: x\r\n\r\n",
        HEAD + b"Connection: close\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\n\r\nok",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
        HEAD + b"Connection: close\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(b"ok", mtime=0),
        HEAD + b"Connection: close\r\nContent-Encoding: deflate\r\n\r\n" + zlib.compress(b"ok"),
        HEAD
        + b"Connection: close\r\nContent-Encoding: gzip, gzip\r\n\r\n"
        + gzip.compress(gzip.compress(b"ok", mtime=0), mtime=0),
    ],
)
def test_every_framing_and_coding_is_read(answer):
    assert body_of(answering(answer)) == b"ok"
    assert body_of(answering(*(bytes([one]) for one in answer))) == b"ok"


def test_an_answer_without_body_is_read():
    assert body_of(answering(b"HTTP/1.1 204 No Content\r\n\r\n")) == b""
    with Server(answering(HEAD + b"Content-Length: 5\r\n\r\n")) as there, Client(PATIENT) as client:
        assert client.fetch(Request("HEAD", there.url)).headers["content-length"] == "5"


def test_a_connection_is_kept_and_its_phases_count_once():
    with Server(keeping_alive(lambda *_: OK)) as there, Client(PATIENT) as client:
        cold, warm = (client.fetch(get(there.url)).timing for _ in range(2))
    assert there.accepted == 1
    assert (cold.reused, warm.reused) == (False, True)
    assert cold.dns_ns > 0
    assert cold.connect_ns > 0
    assert (cold.tls_ns, warm.dns_ns, warm.connect_ns, warm.stale_connections) == (0, 0, 0, 0)


def test_an_unread_answer_costs_its_connection_and_nothing_else():
    with Server(keeping_alive(lambda *_: OK)) as there, Client(PATIENT) as client:
        with client.open(get(there.url)) as response:
            assert response.status == 200
        assert client.fetch(get(there.url)).body == b"ok"
        with client.open(get(there.url)) as outer:
            inner = client.fetch(get(there.url))
            assert inner.body == b"".join(data for data, _ in outer.chunks())
    assert there.accepted == 3


def test_stamps_are_in_the_order_of_what_happened():
    begun = time.monotonic_ns()
    serve = answering(CHUNKED, b"1\r\na\r\n", b"1\r\nb\r\n", b"0\r\n\r\n", every_s=0.02)
    with Server(serve) as there, Client(PATIENT) as client, client.open(get(there.url)) as response:
        chunks = list(response.chunks())
    instants = [begun, response.timing.sent_ns, response.timing.headers_ns, *(at for _, at in chunks)]
    assert [data for data, _ in chunks] == [b"a", b"b"]
    assert instants == sorted(instants)
    assert chunks[1][1] - chunks[0][1] > 15_000_000


def test_the_last_byte_of_a_long_request_has_its_own_stamp():
    released = threading.Event()

    def serve(peer, _number):
        peer.server.over.wait(0.2)  # the kernel's buffers fill meanwhile
        peer.request()
        released.set()
        peer.send(OK)

    with Server(serve) as there, Client(PATIENT) as client:
        begun = time.monotonic_ns()
        found = client.fetch(Request("POST", there.url, (), bytes(32 * KB * KB)))
    assert released.is_set()
    assert found.timing.sent_ns - begun > 150_000_000


def test_cookies_are_not_kept():
    answer = HEAD + b"Set-Cookie: a=b\r\nContent-Length: 0\r\n\r\n"
    with Server(keeping_alive(lambda *_: answer)) as there, Client(PATIENT) as client:
        client.fetch(get(there.url))
        client.fetch(get(there.url))
    assert b"cookie" not in b"".join(there.heads).lower()


def test_proxies_and_netrc_of_the_environment_are_ignored(monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\ndefault login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with Server(answering(OK)) as there, Client(PATIENT) as client:
        assert client.fetch(get(there.url)).body == b"ok"
    assert b"authorization" not in there.heads[0].lower()


def test_the_second_address_is_dialled_when_the_first_does_not_answer():
    policy = replace(PATIENT, allow_networks=http.policy("model", ["127.0.0.0/8"]).allow_networks)
    with Server(answering(OK)) as there, Client(policy, getaddrinfo=resolver("127.0.0.2", "127.0.0.1")) as client:
        assert client.fetch(get(f"http://two.test:{there.port}/")).body == b"ok"
    assert f"host: two.test:{there.port}".encode() in there.heads[0].lower()


def test_nobody_listening_is_a_reset():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with Client(PATIENT) as client, pytest.raises(OutboundError, match="refused") as caught:
        client.open(get(f"http://127.0.0.1:{port}/"))
    assert caught.value.kind == "reset"


@pytest.mark.parametrize("header", [("X", "a\r\nY: b"), ("X\n", "a"), ("X", "\u2028"), ("X:", "b")])
def test_a_header_that_would_break_the_request_is_not_sent(header):
    with Server(answering(OK)) as there, Client(PATIENT) as client, pytest.raises(OutboundError) as caught:
        client.open(get(there.url, header))
    assert caught.value.kind == "bad_url"
    assert there.heads == []


@pytest.mark.parametrize("key", ["secret\n", "secret\r\nX: y", " secret\n", "secret\u2028"])
def test_a_key_that_cannot_be_sent_is_not_told(key):
    with Client(PATIENT) as client, pytest.raises(OutboundError) as caught:
        client.open(get("http://127.0.0.1:9/", ("Authorization", f"Bearer {key}")))
    assert "secret" not in "".join(traceback.format_exception(caught.value))


# Time.


@pytest.mark.parametrize(
    ("serve", "kind", "after_s"),
    [
        (answering(hold=True), "timeout_first_byte", 0.3),
        (answering(*(bytes([one]) for one in OK * 10), every_s=0.05), "timeout_first_byte", 0.3),
        (answering(HEAD, *itertools.repeat(b"X: y\r\n", 80), every_s=0.02), "timeout_first_byte", 0.3),
        (answering(CHUNKED, hold=True), "timeout_first_byte", 0.3),
        (answering(CHUNKED, b"1\r\na\r\n", hold=True), "idle", 0.2),
        (answering(CHUNKED, b"1\r\na\r\n", b"5\r\nab", hold=True), "idle", 0.2),
        (answering(HEAD + b"Content-Length: 99\r\n\r\n", *[b"x"] * 99, every_s=0.1), "deadline", 1.0),
        (answering(CHUNKED, *[b"1\r\na\r\n"] * 99, every_s=0.1), "deadline", 1.0),
        (answering(CHUNKED, *[b"0"] * 99, every_s=0.1), "timeout_first_byte", 0.3),
    ],
    ids=[
        "silence",
        "slow bytes of a head",
        "slow lines of a head",
        "a head and silence",
        "a body that stops",
        "a chunk that stops",
        "a slow body",
        "slow chunks",
        "a slow chunk size",
    ],
)
def test_a_slow_server_is_left_when_its_time_is_over(serve, kind, after_s):
    found, took_s = failure(serve)
    assert found == kind
    assert after_s <= took_s < after_s + SLACK_S


def test_a_server_that_does_not_read_is_left():
    def serve(peer, _number):
        peer.server.over.wait(10)

    kind, took_s = failure(serve, request=lambda url: Request("POST", url, (), bytes(32 * KB * KB)))
    assert kind == "timeout_first_byte"
    assert 0.3 <= took_s < 0.3 + SLACK_S


@contextlib.contextmanager
def black_hole(host, port=0):
    """An address that answers no connect, and its port: what Linux makes of a listener whose queue is full."""
    with socket.socket() as full, contextlib.ExitStack() as waiting:
        full.bind((host, port))
        full.listen(0)
        for _ in range(4):
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(full.getsockname())
        yield full.getsockname()[1]


def test_an_address_that_does_not_answer_is_left():
    begun = time.monotonic()
    with black_hole("127.0.0.1") as port, Client(HASTY) as client, pytest.raises(OutboundError) as caught:
        client.open(get(f"http://127.0.0.1:{port}/"))
    assert caught.value.kind == "timeout_connect"
    assert 0.4 <= time.monotonic() - begun < 0.4 + SLACK_S


def test_an_address_that_does_not_answer_leaves_time_for_the_next_one():
    policy = replace(HASTY, allow_networks=http.policy("model", ["127.0.0.0/8"]).allow_networks)
    with (
        Server(answering(OK)) as there,
        black_hole("127.0.0.2", there.port),
        Client(policy, getaddrinfo=resolver("127.0.0.2", "127.0.0.1")) as client,
    ):
        assert client.fetch(get(f"http://two.test:{there.port}/")).body == b"ok"


def test_the_deadline_holds_for_an_answer_read_in_pieces():
    serve = answering(CHUNKED, *[b"1\r\na\r\n"] * 99, every_s=0.05)
    policy = replace(HASTY, total_s=0.4)
    with (
        Server(serve) as there,
        Client(policy) as client,
        client.open(get(there.url)) as response,
        pytest.raises(OutboundError) as caught,
    ):
        list(response.chunks())
    assert caught.value.kind == "deadline"


def test_the_deadline_holds_over_redirects():
    hops = iter(range(100))

    def serve(peer, _number):
        peer.request()
        peer.server.over.wait(0.2)
        peer.send(redirect(f"/{next(hops)}"))

    kind, took_s = failure(serve, replace(HASTY, redirects=20, total_s=0.5))
    assert kind == "deadline"
    assert took_s < 0.5 + SLACK_S


def test_a_pause_of_the_reader_is_not_a_pause_of_the_server():
    serve = answering(CHUNKED, b"1\r\na\r\n", b"1\r\nb\r\n", b"0\r\n\r\n", every_s=0.02)
    with Server(serve) as there, Client(HASTY) as client, client.open(get(there.url)) as response:
        chunks = response.chunks()
        first, _ = next(chunks)
        there.over.wait(2 * HASTY.idle_s)
        assert first + b"".join(data for data, _ in chunks) == b"ab"


# Size.


@pytest.mark.parametrize(
    "serve",
    [
        answering(HEAD + b"X: " + b"y" * 70_000),
        answering(HEAD, *[b"X: %s\r\n" % (b"y" * 1000)] * 90),
        answering(HEAD, *[b"X: y\r\n"] * 200),
        answering(b"HTTP/1.1 200 " + b"y" * 70_000),
        answering(*[b"HTTP/1.1 100 Continue\r\n\r\n"] * 4000),
        answering(HEAD + b"Connection: close\r\n\r\n", *[b"y" * KB] * 300),
        answering(HEAD + b"Content-Length: 99999999\r\n\r\n", *[b"y" * KB] * 300),
        answering(CHUNKED, b"ffffffff\r\n", *[b"y" * KB] * 300),
        answering(CHUNKED + b"0\r\n", *[b"X: %s\r\n" % (b"y" * 60_000)] * 50),
    ],
    ids=[
        "a long header",
        "a long head",
        "many headers",
        "a long status line",
        "endless continuation",
        "an endless body",
        "a large body",
        "a large chunk",
        "endless trailers",
    ],
)
def test_what_is_too_big_is_left(serve):
    kind, _ = failure(serve, replace(PATIENT, max_body_bytes=256 * KB))
    assert kind == "too_big"


@pytest.mark.parametrize("coding", ["gzip", "gzip, gzip"])
def test_a_gzip_bomb_is_left_before_it_is_unpacked(coding):
    bomb = zeros(128 << 20)
    packed = gzip.compress(bomb, mtime=0) if "," in coding else bomb
    answer = HEAD + f"Content-Encoding: {coding}\r\nContent-Length: {len(packed)}\r\n\r\n".encode() + packed
    with Server(answering(answer)) as there, Client(replace(PATIENT, max_body_bytes=2 << 20)) as client:
        tracemalloc.start()
        with pytest.raises(OutboundError) as caught:
            client.fetch(get(there.url))
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert caught.value.kind == "too_big"
    assert peak_bytes < 12 << 20


def test_a_body_of_just_the_cap_is_read():
    answer = HEAD + b"Content-Length: 262144\r\n\r\n" + b"y" * 256 * KB
    assert len(body_of(answering(answer))) == 256 * KB


# Broken answers.


@pytest.mark.parametrize(
    ("serve", "kind"),
    [
        (resetting(), "reset"),
        (answering(), "reset"),
        (resetting(CHUNKED, b"1\r\na\r\n"), "reset"),
        (answering(b"HTTP/1."), "bad_framing"),
        (answering(HEAD + b"Content-Type: text/plain"), "bad_framing"),
        (answering(HEAD), "bad_framing"),
        (answering(HEAD + b"Content-Length: 9\r\n\r\nshort"), "incomplete"),
        (answering(CHUNKED + b"9\r\nshort"), "incomplete"),
        (answering(CHUNKED + b"1\r\na\r\n"), "incomplete"),
        (answering(CHUNKED + b"nine\r\n123456789\r\n"), "bad_framing"),
        (answering(CHUNKED + b"-1\r\na\r\n"), "bad_framing"),
        (answering(CHUNKED + b"0x1\r\na\r\n"), "bad_framing"),
        (answering(CHUNKED + b"1\r\nabc\r\n0\r\n\r\n"), "bad_framing"),
        (answering(CHUNKED + b"1;" + b"x" * 9000), "too_big"),
        (answering(HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), "bad_framing"),
        (answering(b"<html>no HTTP</html>\r\n\r\n"), "bad_framing"),
        (answering(b"HTTP/1.1 abc OK\r\n\r\n"), "bad_framing"),
        (answering(b"\x00\xff\x15\x03\x01\r\n\r\n"), "bad_framing"),
        (answering(HEAD + b"Connection: close\r\nContent-Encoding: gzip\r\n\r\nnot gzip"), "bad_framing"),
        (answering(HEAD + b"Connection: close\r\nContent-Encoding: br\r\n\r\n\x0b"), "bad_framing"),
        (
            answering(HEAD + b"Connection: close\r\nContent-Encoding: gzip" + b", gzip" * 9 + b"\r\n\r\nx"),
            "bad_framing",
        ),
    ],
)
def test_a_broken_answer_is_named(serve, kind):
    assert failure(serve, PATIENT)[0] == kind


def test_a_broken_answer_does_not_spoil_the_next_one():
    def serve(peer, number):
        peer.request()
        peer.send(CHUNKED + b"zz\r\n" if number == 1 else OK)

    with Server(serve) as there, Client(PATIENT) as client:
        with pytest.raises(OutboundError):
            client.fetch(get(there.url))
        assert client.fetch(get(there.url)).body == b"ok"


# Kept connections that died.


def dying(last):
    """Answer one request per connection, and let the connection die at the next; connection `last` is a good one."""

    def serve(peer, number):
        peer.request()
        peer.send(OK)
        while number == last:
            peer.request()
            peer.send(OK)
        peer.request()

    return serve


def test_a_stale_connection_is_replaced_once_and_counted():
    with Server(dying(last=2)) as there, Client(PATIENT) as client:
        assert client.fetch(get(there.url)).timing.stale_connections == 0
        again = client.fetch(Request("POST", there.url, (), b"x"))
    assert (again.body, again.timing.stale_connections, again.timing.reused) == (b"ok", 1, False)
    assert (there.accepted, len(there.heads)) == (2, 3)


def test_a_connection_closed_while_idle_is_not_reused():
    def serve(peer, _number):
        peer.request()
        peer.send(OK)

    with Server(serve) as there, Client(PATIENT) as client:
        client.fetch(get(there.url))
        there.threads[1].join()
        again = client.fetch(get(there.url)).timing
    assert (again.reused, again.stale_connections, there.accepted) == (False, 0, 2)


def test_a_fresh_connection_that_dies_is_not_replaced():
    with Server(answering()) as there, Client(PATIENT) as client, pytest.raises(OutboundError):
        client.fetch(get(there.url))
    assert there.accepted == 1


def test_the_replacement_is_not_replaced():
    def serve(peer, number):
        peer.request()
        if number == 1:
            peer.send(OK)
            peer.request()

    with Server(serve) as there, Client(PATIENT) as client:
        client.fetch(get(there.url))
        with pytest.raises(OutboundError) as caught:
            client.fetch(get(there.url))
    assert (caught.value.kind, there.accepted) == ("reset", 2)


@pytest.mark.parametrize("resets", [True, False])
def test_a_kept_connection_that_dies_in_its_answer_is_not_replaced(resets):
    def serve(peer, _number):
        peer.request()
        peer.send(OK)
        peer.request()
        peer.send(b"H", every_s=0.1)  # a reset at once would take the byte away from the client
        if resets:
            peer.reset()

    with Server(serve) as there, Client(PATIENT) as client:
        client.fetch(get(there.url))
        with pytest.raises(OutboundError) as caught:
            client.fetch(get(there.url))
    assert (caught.value.kind, there.accepted) == ("reset" if resets else "bad_framing", 1)


def test_a_closed_client_has_no_connections_even_when_an_answer_is_still_held():
    with Server(keeping_alive(lambda *_: OK)) as there:
        with Client(PATIENT) as client:
            response = client.open(get(there.url))
            assert [data for data, _ in response.chunks()] == [b"ok"]
        there.threads[1].join(SLACK_S)
        assert not there.threads[1].is_alive()
        assert response.status == 200


# Redirects.


def routes(**answers):
    return keeping_alive(lambda head, _: answers[head.split()[1].decode().strip("/")])


def test_redirects_are_followed_by_fetch_and_not_by_open():
    with Server(routes(a=redirect("/b"), b=redirect("c", 308), c=OK)) as there, Client(PATIENT) as client:
        found = client.fetch(get(there.url + "a"))
        assert (found.body, found.url) == (b"ok", there.url + "c")
        with client.open(get(there.url + "a")) as response:
            assert (response.status, response.headers["location"]) == (302, "/b")


@pytest.mark.parametrize("redirects", [0, 3])
def test_redirects_end_after_as_many_as_the_policy_says(redirects):
    policy = replace(PATIENT, redirects=redirects)
    with Server(routes(a=redirect("/a"))) as there, Client(policy) as client, pytest.raises(OutboundError) as caught:
        client.fetch(get(there.url + "a"))
    assert caught.value.kind == "redirect_refused"
    assert len(there.heads) == redirects + 1


def test_a_redirect_to_a_private_address_is_refused_and_never_dialled():
    with Server(answering(OK), host="127.0.0.2") as private:
        kind, _ = failure(answering(redirect(private.url)), PATIENT)
    assert kind == "refused_address"
    assert private.accepted == 0


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("file:///etc/passwd", "bad_url"),
        ("ftp://127.0.0.1/", "bad_url"),
        ("http://me:secret@127.0.0.1/", "bad_url"),
        ("http://[::1/", "bad_url"),
        ("//127.0.0.2/", "refused_address"),
        ("http://169.254.169.254/latest/meta-data/", "refused_address"),
    ],
)
def test_a_redirect_elsewhere_is_refused(location, kind):
    assert failure(answering(redirect(location)), PATIENT)[0] == kind


def test_a_post_is_not_repeated_elsewhere():
    serve = answering(redirect("/b", 307))
    with Server(serve) as there, Client(PATIENT) as client, pytest.raises(OutboundError) as caught:
        client.fetch(Request("POST", there.url, (), b"secret"))
    assert (caught.value.kind, len(there.heads)) == ("redirect_refused", 1)


def test_secrets_stay_with_their_origin():
    secrets = (("Authorization", "Bearer k"), ("X-Api-Key", "k"), ("Accept", "text/html"))
    with Server(keeping_alive(lambda *_: OK)) as other:
        there = Server(routes(a=redirect("/b"), b=redirect(other.url)))
        with there, Client(PATIENT) as client:
            client.fetch(get(there.url + "a", *secrets))
    assert all(b"Bearer k" in head for head in there.heads)
    assert len(there.heads) == 2
    assert b"Bearer k" not in other.heads[0]
    assert b"X-Api-Key" not in other.heads[0]
    assert b"text/html" in other.heads[0]


def test_the_body_of_a_redirect_is_not_read():
    bomb = zeros(16 << 20)
    answer = (
        b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s"
    )

    def serve(peer, _number):
        head, _ = peer.request()
        peer.send(OK if b" /b " in head else answer % (len(bomb), bomb))
        peer.wait()

    assert body_of(serve) == b"ok"


# TLS.


def certificate(folder, *names):
    """Write a self-signed certificate for the names, and return (its file, a server's context)."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
    now = dt.datetime.now(dt.UTC)
    alternatives = [
        x509.IPAddress(ipaddress.ip_address(name)) if name[0].isdigit() else x509.DNSName(name) for name in names
    ]
    made = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{names[0]}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return str(file), context


def failure_over_tls(serve, policy=PATIENT, host="127.0.0.1", **both):
    """Return the kind of the error of fetching from a server that serves so; `both` may give context and ca_file."""
    with (
        Server(serve, context=both.get("context")) as there,
        Client(policy, getaddrinfo=resolver("127.0.0.1"), ca_file=both.get("ca_file")) as client,
        pytest.raises(OutboundError) as caught,
    ):
        client.fetch(get(f"https://{host}:{there.port}/"))
    return caught.value.kind


def test_tls_is_verified_against_the_name_and_not_the_address(tmp_path):
    file, context = certificate(tmp_path, "model.test")
    asked = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    with (
        Server(keeping_alive(lambda *_: OK), context=context) as there,
        Client(PATIENT, getaddrinfo=resolver("127.0.0.1"), ca_file=file) as client,
    ):
        cold, warm = (client.fetch(get(f"https://model.test:{there.port}/")) for _ in range(2))
    assert (cold.body, warm.body, asked) == (b"ok", b"ok", ["model.test"])
    assert cold.timing.tls_ns > 0
    assert (warm.timing.reused, warm.timing.tls_ns) == (True, 0)


@pytest.mark.parametrize(
    ("names", "host", "trusted"),
    [
        (["model.test"], "other.test", True),
        (["model.test"], "127.0.0.1", True),
        (["127.0.0.1"], "model.test", True),
        (["model.test"], "model.test", False),
    ],
)
def test_a_certificate_for_another_name_or_from_nobody_is_refused(tmp_path, names, host, trusted):
    file, context = certificate(tmp_path, *names)
    kind = failure_over_tls(answering(OK), host=host, context=context, ca_file=file if trusted else None)
    assert kind == "tls"


def test_a_certificate_for_the_address_serves_the_address(tmp_path):
    file, context = certificate(tmp_path, "127.0.0.1")
    with Server(answering(OK), context=context) as there, Client(PATIENT, ca_file=file) as client:
        assert client.fetch(get(f"https://127.0.0.1:{there.port}/")).body == b"ok"


def test_a_handshake_that_stops_is_a_timeout_of_the_connection():
    begun = time.monotonic()
    assert failure_over_tls(lambda peer, _: peer.wait(), HASTY) == "timeout_connect"
    assert 0.4 <= time.monotonic() - begun < 0.4 + SLACK_S


def test_plain_http_on_a_tls_port_is_a_tls_failure():
    def serve(peer, _number):
        peer.connection.recv(65536)
        peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    assert failure_over_tls(serve) == "tls"


@pytest.mark.parametrize(
    ("serve", "kind", "policy"),
    [
        (answering(CHUNKED, b"1\r\na\r\n", hold=True), "idle", HASTY),
        (answering(*(bytes([one]) for one in OK * 10), every_s=0.05), "timeout_first_byte", HASTY),
        (answering(HEAD + b"Connection: close\r\n\r\n", *[b"y" * KB] * 300), "too_big", PATIENT),
        (answering(HEAD + b"Content-Length: 9\r\n\r\nshort"), "incomplete", PATIENT),
    ],
    ids=["idle", "slow head", "too big", "short"],
)
def test_bounds_hold_over_tls(tmp_path, serve, kind, policy):
    file, context = certificate(tmp_path, "127.0.0.1")
    assert failure_over_tls(serve, policy, context=context, ca_file=file) == kind


def test_a_server_that_does_not_read_is_left_over_tls(tmp_path):
    file, context = certificate(tmp_path, "127.0.0.1")

    def serve(peer, _number):
        peer.server.over.wait(10)

    with Server(serve, context=context) as there, Client(HASTY, ca_file=file) as client:
        with pytest.raises(OutboundError) as caught:
            client.open(Request("POST", f"https://127.0.0.1:{there.port}/", (), bytes(16 * KB * KB)))
        assert caught.value.kind == "timeout_first_byte"


def test_a_stale_tls_connection_is_replaced(tmp_path):
    file, context = certificate(tmp_path, "127.0.0.1")
    with Server(dying(last=2), context=context) as there, Client(PATIENT, ca_file=file) as client:
        client.fetch(get(f"https://127.0.0.1:{there.port}/"))
        assert client.fetch(get(f"https://127.0.0.1:{there.port}/")).timing.stale_connections == 1
