"""`pellucid listen` as a process on a real socket: what it prints, what it answers, what it survives."""

import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection  # noqa: TID251 - our own server on loopback
from pathlib import Path

import pytest

from service import signatures
from service.signatures import Keys
from workers.cli.listen import MAX_BODY_BYTES

from .test_cli import FAILED, WRONG_USE, complaint

KEYS = Keys(signatures.new_secret(), signatures.new_key())
EVENT = {"type": "verdict.changed", "data": {"subject": "acme/a-1#B3", "sequence": 4}}
BODY = json.dumps(EVENT).encode()


def signed(body=BODY, message_id="evt_1", age_s=0, keys=KEYS):
    return signatures.headers(message_id, int(time.time()) - age_s, body, [keys])


class Listening:
    """A `pellucid listen` and what it printed."""

    def __init__(self, environment, *arguments, stdin=subprocess.DEVNULL):
        command = [Path(sys.executable).with_name("pellucid"), "listen", "--port", "0", *arguments]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "stdin": stdin, "text": True}
        self.child = subprocess.Popen(command, env=environment, **pipes)
        line = self.child.stderr.readline()
        self.port = int(re.search(r":(\d+), Ctrl-C", line)[1])

    def post(self, body=BODY, headers=None):
        """Send a message; return the status and the line that it made."""
        status = self.send(body, signed(body) if headers is None else headers)
        return status, self.child.stdout.readline().rstrip("\n")

    def send(self, body, headers):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", "/any/path", body, headers)
        answer = connection.getresponse()
        assert answer.read() == b"" or answer.status in {411, 413}
        connection.close()
        return answer.status

    def end(self, how=signal.SIGINT):
        """End it; return its exit code and its last words."""
        self.child.send_signal(how)
        printed, said = self.child.communicate(timeout=10)
        assert printed == ""
        assert "Traceback" not in said
        return self.child.returncode, said.strip()


@pytest.fixture
def listen(make_instance):
    started, environment = [], make_instance().env

    def start(*arguments, secret=KEYS.secret, **more):
        started.append(Listening(environment | more, *(("--secret", secret) if secret else ()), *arguments))
        return started[-1]

    try:
        yield start
    finally:
        for one in started:
            if one.child.poll() is None:
                one.child.kill()
            one.child.communicate(timeout=10)


def test_each_message_is_verified_answered_and_one_line(listen):
    receiver = listen()
    status, line = receiver.post()
    assert status == 204
    assert re.fullmatch(r"\d\d:\d\d:\d\d  verdict.changed  acme/a-1#B3  4  verified", line)
    assert receiver.post()[1].endswith("  4  verified, repeated")
    assert receiver.post(headers=signed(message_id="evt_2"))[1].endswith("  4  verified")
    for headers, why in (
        ({}, "wants a header webhook-id, has none"),
        (signed(age_s=400), "webhook-timestamp too old: wants at most 300 s from now, has "),
        (signed(b"other"), "no matching signature: "),
        (signed(keys=Keys(signatures.new_secret(), KEYS.key)), "no matching signature: "),
    ):
        status, line = receiver.post(headers=headers)
        assert status == 401
        assert f"  not verified: {why}" in line
    assert receiver.end() == (0, "3 verified, 1 of them repeated; 4 refused")


def test_a_public_key_verifies_and_lines_are_json(listen):
    receiver = listen("--json", secret=signatures.public_key(KEYS.key))
    receiver.post()
    status, line = receiver.post()
    told = json.loads(line)
    assert told.pop("at").endswith("+00:00")
    known = {"id": "evt_1", "verified": True, "why": None, "repeated": True, "answered": 204, "document": EVENT}
    assert (status, told) == (204, known)
    told = json.loads(receiver.post(b"x", headers={})[1])
    assert (told["verified"], told["answered"], told["document"]) == (False, 401, None)
    assert receiver.end(signal.SIGTERM) == (0, "2 verified, 1 of them repeated; 1 refused")


def _has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not _has_ipv6(), reason="wants the loopback address of IPv6, this machine has none")
def test_it_listens_on_ipv6(listen):
    receiver = listen("--host", "::1")
    with socket.create_connection(("::1", receiver.port), 10) as connection:
        connection.sendall(b"POST / HTTP/1.0\r\nContent-Length: 0\r\n\r\n")
        assert b" 401 " in connection.makefile("rb").readline()


def test_failures_can_be_tried(listen):
    receiver = listen("--status", "503", secret=None, PELLUCID_LISTEN_SECRET=KEYS.secret)
    assert receiver.post()[0] == 503
    assert receiver.post(headers={})[0] == 401


@pytest.mark.parametrize(
    "body",
    [b"", b"\xff\x00", b"[" * 60_000, b"[1]", b'{"data":[]}', json.dumps({"type": "\x1b[2J\n", "data": None}).encode()],
)
def test_what_is_no_event_is_one_harmless_line(listen, body):
    receiver = listen()
    status, line = receiver.post(body)
    assert status == 204
    assert line.isprintable()
    assert line.endswith("  verified")


def test_garbage_ends_nothing(listen):
    receiver = listen()
    for raw in (
        b"\x16\x03\x01\x02\x00" * 100,
        b"GET / HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -5\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        f"POST / HTTP/1.1\r\nContent-Length: {MAX_BODY_BYTES + 1}\r\n\r\n".encode(),
        b"POST / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"POST / HTTP/1.1\r\n" + b"A: b\r\n" * 500 + b"\r\n",
    ):
        with socket.create_connection(("127.0.0.1", receiver.port), 10) as connection:
            connection.sendall(raw)
            connection.shutdown(socket.SHUT_WR)
            answer = connection.makefile("rb").read()
        assert b" 204 " not in answer
    with socket.create_connection(("127.0.0.1", receiver.port), 10) as silent:
        silent.sendall(b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf")
        assert receiver.post()[0] == 204
    assert receiver.send(b"x" * MAX_BODY_BYTES, {}) == 401


def test_a_terminal_is_asked_for_the_secret_and_does_not_show_it(make_instance):
    ours, theirs = pty.openpty()
    command = [Path(sys.executable).with_name("pellucid"), "listen", "--port", "0"]
    pipes = {"stdin": theirs, "stdout": theirs, "stderr": subprocess.PIPE, "start_new_session": True}
    child = subprocess.Popen(command, env=make_instance().env, **pipes)
    os.close(theirs)
    try:
        _said(child, b"(whpk_\xe2\x80\xa6): ")  # what is typed before it asks is thrown away
        os.write(ours, KEYS.secret.encode() + b"\n")
        _said(child, b"listening on")
        os.set_blocking(ours, False)
        with pytest.raises(BlockingIOError):
            os.read(ours, 1000)
    finally:
        child.kill()
        child.communicate(timeout=10)
        os.close(ours)


def _said(child, text):
    """Read what it says until this."""
    heard = b""
    while text not in heard:
        piece = os.read(child.stderr.fileno(), 1000)
        assert piece, heard
        heard += piece


@pytest.mark.parametrize(
    ("arguments", "settings", "code", "message"),
    [
        ([], {}, WRONG_USE, "wants --secret or PELLUCID_LISTEN_SECRET, has neither"),
        (["--secret", "hunter2"], {}, WRONG_USE, "--secret wants whsec_ and 24 to 64 bytes in base64, has another"),
        (["--secret", KEYS.key], {}, WRONG_USE, "a public key begins with whpk_"),
        (["--secret", "whpk_AAAA"], {}, WRONG_USE, "--secret wants whpk_ and 32 bytes in base64, has 3 bytes"),
        ([], {"LISTEN_SECRET": "whsec_hunter2"}, WRONG_USE, "wants whsec_ and 24 to 64 bytes"),
        (["--secret", KEYS.secret, "--status", "100"], {}, WRONG_USE, "100 is not in the range 200<=x<=599"),
        (["--secret", KEYS.secret, "--host", "192.0.2.1"], {}, FAILED, "wants to listen on 192.0.2.1 port 8099: "),
    ],
)
def test_wrong_use_is_said_and_no_secret_repeated(make_instance, arguments, settings, code, message):
    done = make_instance(**settings).run("listen", *arguments)
    assert message in complaint(done, code)
    assert "hunter2" not in done.stderr
    assert KEYS.key not in done.stderr


def test_a_port_that_is_taken_is_said(make_instance):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = make_instance().run("listen", "--secret", KEYS.secret, "--port", str(port))
    assert f"wants to listen on 127.0.0.1 port {port}: Address already in use" in complaint(done)
