"""A model server for tests: real HTTP on loopback, the OpenAI chat protocol, and answers at once."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread

MODEL_ID = "tiny-1"
WORDS = 12
GAP_S = 0.001
"""Between two words, so that they come one by one and speed can be measured."""

NOTE = re.compile(r"Note ([0-9a-f]{8})\b")


class FakeEndpoint(ThreadingHTTPServer):
    """Serves one model; `notes` holds the mark of every probe run that asked anything.

    With `silent` it takes requests and never answers.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.notes: set[str] = set()
        self.silent = False
        self.asked, self.closing = Event(), Event()

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class _Handler(BaseHTTPRequestHandler):
    server: FakeEndpoint
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def parse_request(self) -> bool:
        parsed = super().parse_request()
        self.server.asked.set()
        if self.server.silent:
            self.server.closing.wait(60)
            self.close_connection = True
            return False
        return parsed

    def do_GET(self) -> None:
        if self.path == "/v1/models":
            self._json(200, {"object": "list", "data": [{"id": MODEL_ID, "object": "model"}]})
        else:
            self._error("no such path")

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = asked["messages"][0]["content"]
        self.server.notes.update(NOTE.findall(text))
        if self.path != "/v1/chat/completions" or asked["model"] != MODEL_ID:
            self._error(f"no model {asked['model']!r} at {self.path}")
            return
        words = min(WORDS, asked["max_tokens"])
        usage = {"prompt_tokens": len(text.split()), "completion_tokens": words}
        usage["total_tokens"] = sum(usage.values())
        if asked.get("stream"):
            self._stream(words, usage)
        else:
            message = {"role": "assistant", "content": "word " * words}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            self._json(200, {"model": MODEL_ID, "choices": [choice], "usage": usage})

    def _stream(self, words: int, usage: dict) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for _ in range(words):
            self._event({"choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": None}]})
            time.sleep(GAP_S)
        self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        self._event({"choices": [], "usage": usage})
        self._chunk(b"data: [DONE]\n\n")
        self._chunk(b"")

    def _event(self, body: dict) -> None:
        self._chunk(b"data: " + json.dumps({"model": MODEL_ID, **body}).encode() + b"\n\n")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def _error(self, message: str) -> None:
        self._json(404, {"error": {"message": message, "type": "invalid_request_error"}})

    def _json(self, status: int, body: dict) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests look at what was measured."""


@contextmanager
def serving() -> Iterator[FakeEndpoint]:
    """Serve until the block ends."""
    with FakeEndpoint() as server:
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join(5)
