"""pellucid listen: a receiver of webhooks for development, which verifies each message and says what came."""

import json
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any

import click

from scorecards.events.text import cut
from service import signatures
from service.config import from_env
from service.targets._target import read_json
from workers.cli import _shared

MAX_BODY_BYTES = 65_536
TIMEOUT_S = 10
"""How long a sender may keep silent."""
SHOWN_CHARACTERS = 120
NO_BODY = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


@click.command()
@click.option("--secret", help="whsec_… or whpk_….  [default: PELLUCID_LISTEN_SECRET, else it is asked for]")
@click.option("--port", default=8099, show_default=True, type=click.IntRange(0, 65535), help="0 = any that is free.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--status", default=204, show_default=True, type=click.IntRange(200, 599), help="Answer to what is verified."
)
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each message, with its document.")
def COMMAND(secret: str | None, port: int, host: str, status: int, as_json: bool) -> None:  # noqa: N802, FBT001 - gathered by name; click passes flags
    """Receive webhooks, verify them and print a line for each; Ctrl-C ends it.

    What is not verified is answered 401. With --status 503 or 410 you see what the sender makes of it.
    """
    book = _Book(_verifier(secret), status, as_json)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with _bound(host, port, book) as server:
        shown = f"[{host}]" if ":" in host else host
        click.echo(f"listening on http://{shown}:{server.server_address[1]}, Ctrl-C ends it", err=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo(book.summary(), err=True)


def _verifier(given: str | None) -> str:
    """Return the secret or public key to verify with, from wherever it comes; it is never repeated."""
    text = given or from_env().listen_secret
    if text is None and not sys.stdin.isatty():
        raise click.UsageError("wants --secret or PELLUCID_LISTEN_SECRET, has neither")
    text = text or click.prompt("Secret (whsec_…) or public key (whpk_…)", hide_input=True)
    if complaint := signatures.check_verifier(text.strip()):
        raise click.UsageError(f"--secret {complaint} (a public key begins with {signatures.PUBLIC_KEY})")
    return text.strip()


@dataclass(slots=True)
class _Book:
    """What has come so far, whichever thread brought it.

    Attributes:
        status: What is answered to a message that is verified.
        seen: Ids of verified messages: a sender repeats what it does not know to have arrived.
    """

    verifier: str
    status: int
    as_json: bool
    seen: set[str] = field(default_factory=set)
    verified: int = 0
    refused: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, headers: Mapping[str, str], body: bytes) -> int:
        """Verify a message, print its line and return the status to answer."""
        now = datetime.now(UTC)
        why = _why_not(headers, body, self.verifier, now)
        with self.lock:
            message_id = headers.get(signatures.ID, "")
            repeated = why is None and message_id in self.seen
            status = self._count(message_id, why)
            told = {"id": message_id, "verified": why is None, "why": why, "repeated": repeated, "answered": status}
            self._print(now, told, read_json(body))
        return status

    def summary(self) -> str:
        """Return how many messages came."""
        repeated = self.verified - len(self.seen)
        return f"{self.verified} verified, {repeated} of them repeated; {self.refused} refused"

    def _count(self, message_id: str, why: str | None) -> int:
        if why is not None:
            self.refused += 1
            return HTTPStatus.UNAUTHORIZED
        self.verified += 1
        self.seen.add(message_id)
        return self.status

    def _print(self, now: datetime, told: dict[str, Any], document: dict[str, Any]) -> None:
        if self.as_json:
            click.echo(json.dumps({"at": now.isoformat(), **told, "document": document or None}))
            return
        data = document.get("data")
        named = {"type": document.get("type"), **(data if isinstance(data, dict) else {})}
        # What is printed comes from outside, and a terminal obeys control characters.
        type_, subject, sequence = (
            cut(str(named.get(name, "-")), SHOWN_CHARACTERS) for name in ("type", "subject", "sequence")
        )
        end = f"not verified: {told['why']}" if told["why"] else "verified" + ", repeated" * told["repeated"]
        click.echo(f"{now:%H:%M:%S}  {type_}  {subject}  {sequence}  {end}")


def _why_not(headers: Mapping[str, str], body: bytes, verifier: str, now: datetime) -> str | None:
    try:
        signatures.verify(headers, body, verifier, now.timestamp())
    except signatures.SignatureError as error:
        return str(error)
    return None


class _Server(ThreadingTCPServer):
    """Not `HTTPServer`, which looks its own name up on the network."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    book: _Book

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - socketserver's interface
        """Say nothing of a sender that hangs up."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "pellucid-listen", ""
    timeout = TIMEOUT_S
    server: _Server

    def do_POST(self) -> None:
        size = self.headers.get("Content-Length", "")
        if not (size.isascii() and size.isdigit()):
            self.send_error(HTTPStatus.LENGTH_REQUIRED)
        elif len(size) > len(str(MAX_BODY_BYTES)) or int(size) > MAX_BODY_BYTES:
            self.send_error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        else:
            self._answer(self.rfile.read(int(size)))

    def _answer(self, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        status = self.server.book.take(headers, body)
        self.send_response(status)
        if status not in NO_BODY:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's interface
        """Say nothing: the lines are for events."""


def _bound(host: str, port: int, book: _Book) -> _Server:
    try:
        server = (_Server6 if ":" in host else _Server)((host, port), _Handler)
    except OSError as error:
        raise _shared.Failed(f"wants to listen on {host} port {port}: {error.strerror or error}") from None
    server.book = book
    return server
