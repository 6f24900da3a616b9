"""What the tests share: a small real model server on loopback, a `pellucid up` of one's own, no way out."""

import contextlib
import ipaddress
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request  # noqa: TID251 - our own server on loopback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest


def _is_outside(address):
    if not isinstance(address, tuple):  # AF_UNIX
        return False
    with contextlib.suppress(ValueError):
        return not ipaddress.ip_address(str(address[0]).partition("%")[0]).is_loopback
    return address[0] != "localhost"


@pytest.fixture(autouse=True)
def no_connections_off_loopback(monkeypatch):
    """A refusal alone could be swallowed as a network error, so what was tried is looked at again afterwards."""
    tried = []

    def guarded(name):
        real = getattr(socket.socket, name)

        def connect(self, address):
            if _is_outside(address):
                tried.append(address)
                raise ConnectionRefusedError(f"no connections off loopback: {address}")
            return real(self, address)

        return connect

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, guarded(name))
    yield
    assert not tried, f"wants no connection off loopback, tried {tried}"


WORDS = 12
GAP_S = 0.001
"""Between two words, so that they come one by one and speed can be measured."""

NOTE = re.compile(r"Note ([0-9a-f]{8})\b")
"""The nonce in every prompt of a probe run."""


class _Chat(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Say nothing: pytest's output is for people."""

    def parse_request(self):
        parsed = super().parse_request()
        self.server.asked.set()
        if self.server.silent:
            self.server.closing.wait(60)
            self.close_connection = True
            return False
        return parsed

    def do_GET(self):
        self.server.count()
        self._json(200, {"object": "list", "data": [{"id": one} for one in self.server.model_ids]})

    def do_POST(self):
        self.server.count()
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.vector and "input" in body:
            self._embed(body["input"])
            return
        self.server.notes.update(NOTE.findall(body["messages"][0]["content"]))
        key = self.server.key
        if key and self.headers.get("Authorization") != f"Bearer {key}":
            self._json(401, {"error": {"message": "wrong key"}})
        elif body["model"] not in self.server.model_ids:
            self._json(404, {"error": {"message": f"no model {body['model']}"}})
        elif refusal := self.server.refuse(body):
            self._json(*refusal)
        else:
            self._answer(body)

    def _embed(self, text):
        tokens = len(text.split())
        usage = {"prompt_tokens": tokens, "total_tokens": tokens}
        self._json(200, {"data": [{"index": 0, "embedding": self.server.vector(text)}], "usage": usage})

    def _answer(self, body):
        answer = self.server.answers.get(body["model"], self.server.answer)
        words = answer(body["messages"][-1]["content"]) or ["word "] * min(WORDS, body["max_tokens"])
        finish = "length" if len(words) > body["max_tokens"] else "stop"
        words = words[: body["max_tokens"]]
        tokens = len(body["messages"][0]["content"].split())
        usage = {"prompt_tokens": tokens, "completion_tokens": len(words), "total_tokens": tokens + len(words)}
        if not body.get("stream"):
            choice = {"message": {"role": "assistant", "content": "".join(words)}, "finish_reason": finish}
            self._json(200, {"model": body["model"], "choices": [choice], "usage": usage})
            return
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self._event(body, [{"delta": {"role": "assistant", "content": ""}}])
        for word in words:
            self._event(body, [{"delta": {"content": word}}])
            time.sleep(GAP_S)
        self._event(body, [{"delta": {}, "finish_reason": finish}])
        self._event(body, [], usage=usage)
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def _event(self, body, choices, **more):
        event = {"model": body["model"], "choices": choices, **more}
        self.wfile.write(b"data: " + json.dumps(event).encode() + b"\n\n")
        self.wfile.flush()

    def _json(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class ChatServer(ThreadingHTTPServer):
    """Speaks OpenAI's chat protocol.

    `requests` counts what it was asked, `notes` holds the mark of every probe run that asked anything, `key` None =
    open to all. `answer` turns a prompt into the words to say, None = the usual ones; `answers` those of one model, by
    its id. `refuse` turns a request into status and body of an error, None = it is
    answered. More words than were asked for are cut. `vector` makes one of a text, None = it embeds nothing. While
    `silent` it takes requests and never answers.
    """

    daemon_threads = True

    def __init__(self, model_ids=("m0", "m1", "m2", "m3")):
        super().__init__(("127.0.0.1", 0), _Chat)
        self.model_ids, self.key, self.requests, self._lock = model_ids, None, 0, threading.Lock()
        self.notes, self.silent, self.answer, self.answers = set(), False, lambda _: None, {}
        self.vector = None
        self.refuse = lambda _: None
        self.asked, self.closing = threading.Event(), threading.Event()

    @property
    def base_url(self):
        return f"http://127.0.0.1:{self.server_port}/v1"

    def count(self):
        with self._lock:
            self.requests += 1

    def handle_error(self, request, client_address):
        """A client that was killed in the middle is what some tests are about."""

    def catalog(self, host="127.0.0.1", port=None):
        """Return a catalogue file with one model and one endpoint for each id."""
        cited = 'source = "a test"\nchecked = 2026-11-24\n'
        text = f'[developer]\nid = "stub"\nname = "Stub"\njurisdiction = "CH"\n{cited}'
        for one in self.model_ids:
            text += f'\n[[model]]\nref = "stub/{one}"\nname = "{one}"\n{cited}'
            text += f'\n[[endpoint]]\nref = "stub:{one}"\nmodel = "stub/{one}"\ndialect = "openai_chat"\n'
            text += f'base_url = "http://{host}:{port or self.server_port}/v1"\nfirst_party = true\n{cited}'
        return text


@pytest.fixture
def chat_server():
    with ChatServer() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join(5)


CALSERVER = Path(__file__).parents[2] / "shared" / "calibration" / "calserver.py"


@pytest.fixture(scope="session")
def calibration():
    """Return the root URL of a server whose behaviour is known; the name of the model says what it is to do."""
    if not CALSERVER.exists():
        pytest.skip("needs the calibration server of ../shared, which this checkout lacks")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(CALSERVER), "--port", str(port), "--max-seconds", "3600"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout.readline().startswith("READY")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


class Instance:
    """A Pellucid of one's own: its folder, its port, its command."""

    def __init__(self, folder, **settings):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder, self.children = folder / "data", []
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PELLUCID_")}
        ours = {"DATA_DIR": self.folder, "PORT": self.port, "SWEEP_S": 1, "ALLOW_NETWORKS": "127.0.0.0/8", **settings}
        self.env = kept | {f"PELLUCID_{name}": str(value) for name, value in ours.items()}
        self.log = folder / "up.log"

    def run(self, *arguments):
        return subprocess.run(
            [Path(sys.executable).with_name("pellucid"), *arguments],
            env=self.env,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    def up(self, preexec_fn=None):
        command = [Path(sys.executable).with_name("pellucid"), "up"]
        with self.log.open("ab") as log:
            child = subprocess.Popen(command, env=self.env, stdout=log, stderr=log, preexec_fn=preexec_fn)  # noqa: PLW1509 - it only sets a signal
        self.children.append(child)
        return child

    def ready_in(self, child, within_s=15):
        """Return the seconds until /readyz answers 200."""
        started = time.monotonic()
        self.until(lambda: self._is_ready(child), within_s)
        return time.monotonic() - started

    def _is_ready(self, child):
        assert child.poll() is None, self.log.read_text()
        with contextlib.suppress(OSError), urllib.request.urlopen(self._url("/readyz"), timeout=1) as answer:  # noqa: TID251 - our own server
            return answer.status == 200
        return False

    def _url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    @staticmethod
    def until(condition, within_s):
        deadline = time.monotonic() + within_s
        while not (found := condition()):
            assert time.monotonic() < deadline, f"wants {condition} within {within_s} s"
            time.sleep(0.05)
        return found

    def stop(self, child):
        """End it as Ctrl-C does; return exit code and seconds."""
        started = time.monotonic()
        child.send_signal(signal.SIGINT)
        return child.wait(10), time.monotonic() - started

    def close(self):
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.wait(10)


@pytest.fixture
def make_instance(tmp_path):
    made = []

    def make(**settings):
        made.append(Instance(tmp_path, **settings))
        return made[-1]

    try:
        yield make
    finally:
        for one in made:
            one.close()


class _Hook(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Say nothing: pytest's output is for people."""

    def do_POST(self):
        self.server.got.append((dict(self.headers), self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()


class Receiver(ThreadingHTTPServer):
    """Takes webhooks: `got` holds headers and bytes of each, `status` is what it answers."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Hook)
        self.got, self.status = [], 204

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hook"


@pytest.fixture
def receiver():
    with Receiver() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
