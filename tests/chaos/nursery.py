"""A receiver, and senders forked as often as somebody asks: all is imported once, so that a start takes milliseconds.

Speaks over standard input and output: prints the receiver's port, then for each line it reads the number of a new
process that sends until it is killed.
"""

import hashlib
import os
import signal
import socketserver
import sys
import threading
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

from service.config import Settings
from service.store import db, deliveries
from workers import deliver, jobs
from workers.context import make_context, owner_is_alive
from workers.post_office import PostOffice

LOG = "received.log"
SWEEP_S = 0.02
"""Nobody nudges these senders, so they look often."""


class _Taker(socketserver.StreamRequestHandler):
    """Writes down each message before it is answered."""

    disable_nagle_algorithm = True

    def handle(self):
        while line := self.rfile.readline():
            path, headers = line.split(b" ")[1].decode(), {}
            while (line := self.rfile.readline()) not in (b"\r\n", b""):
                name, _, value = line.decode().strip().partition(": ")
                headers[name.lower()] = value
            body = self.rfile.read(int(headers["content-length"]))
            told = f"{path} {headers['webhook-id']} {hashlib.sha256(body).hexdigest()} {body.hex()}\n"
            os.write(self.server.log, told.encode())
            self.wfile.write(b"HTTP/1.1 204 No Content\r\n\r\n")


class _Receiver(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """A sender that is killed in the middle is what this is about."""


def receive(server, folder):
    server.log = os.open(folder / LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    server.serve_forever()


def warmed(settings):
    """Return a context whose statements are compiled and whose modules are at hand: a turn was made with it."""
    context = make_context(settings, lambda *_: None)
    with db.read(context.engine) as session:
        due = deliveries.due(session, context.clock())
    turn_s, deliver.TURN_S = deliver.TURN_S, 0.1
    for one in due:
        deliver.turn(context, one.subscription)
    deliver.TURN_S = turn_s
    context.engine.dispose()  # no connection may be shared by two processes
    return context


def send(context):
    mine = make_context(context.settings, context.enqueue)
    mine = replace(context, owner=mine.owner, post=mine.post)
    jobs.recover(mine, owner_is_alive)
    with PostOffice(mine).open():
        threading.Event().wait()


def main(folder, url):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # so that who was killed is gone
    opened = (ip_network("127.0.0.0/8"),)
    settings = Settings(folder, url, webhook_networks=opened, sweep_s=SWEEP_S, public_url="https://p.example")
    server = _Receiver(("127.0.0.1", 0), _Taker)
    if not os.fork():
        receive(server, folder)
    port = server.server_address[1]
    server.server_close()
    print(port, flush=True)  # noqa: T201 - how it speaks
    context = None
    while sys.stdin.readline():
        context = context or warmed(settings)
        if not (child := os.fork()):
            send(context)
        print(child, flush=True)  # noqa: T201 - as above


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
