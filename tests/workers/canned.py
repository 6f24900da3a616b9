"""A server on loopback that gives every request the same answer, and keeps what it was asked."""

import contextlib
import threading
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from scorecards.catalog import Cited, Endpoint
from workers import dialects
from workers.addresses import policy
from workers.ask import Channel, exchange
from workers.http import Client

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
CITED = Cited("a test", date(2026, 11, 25))
LOADED = dialects.load()


class _Handler(BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""

    def do_GET(self):
        self.server.asked.append((self.command, self.path, dict(self.headers), self._body()))
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.body)

    do_POST = do_GET  # noqa: N815 - http.server looks for this name

    def _body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))


@contextlib.contextmanager
def answering(body, media_type="application/json", status=200, **headers):
    """Serve one answer; the server's `asked` holds method, path, headers and body of each request."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Handler) as server:
        server.body, server.status, server.asked = body, status, []
        server.headers = {"Content-Type": media_type, **headers}
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join(5)


def endpoint(dialect, base_url, model_id="m-1", **more):
    return Endpoint(f"p:{model_id}", "d/m", "p", model_id, dialect, base_url, CITED, **more)


def asked(dialect, server, ask, key=None, **more):
    """Return what comes of asking a server on loopback in a dialect."""
    at = endpoint(dialect, f"http://127.0.0.1:{server.server_port}", **more)
    with Client(policy("model", ["127.0.0.0/8"])) as client:
        return exchange(Channel(client, LOADED[dialect], at, key), ask, NOON)
