"""A receiver of Pellucid's webhooks with Python's standard library: WEBHOOK_SECRET=whsec_… python receiver.py 8099."""

import base64
import hmac
import json
import os
import re
import sqlite3
import sys
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRET = base64.b64decode(os.environ["WEBHOOK_SECRET"].removeprefix("whsec_"))
TOLERANCE_S = 300
MAX_BODY_BYTES = 65_536

# In earnest a file or a server, so that what was answered with 204 is still there after a crash.
db = sqlite3.connect(os.environ.get("INBOX", ":memory:"))
db.execute("CREATE TABLE IF NOT EXISTS inbox (id TEXT PRIMARY KEY, body TEXT)")
db.execute("CREATE TABLE IF NOT EXISTS newest (subject TEXT, family TEXT, sequence INT, PRIMARY KEY (subject, family))")
KEEP_NEWEST = """
    INSERT INTO newest VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET sequence = excluded.sequence WHERE excluded.sequence > newest.sequence
"""


def is_genuine(headers, body):
    """Tell whether the message was signed with our secret in the last five minutes."""
    message_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not re.fullmatch("[0-9]{1,12}", timestamp) or abs(time.time() - int(timestamp)) > TOLERANCE_S:
        return False
    mac = hmac.digest(SECRET, f"{message_id}.{timestamp}.".encode() + body, "sha256")
    wanted = b"v1," + base64.b64encode(mac)
    signatures = headers.get("webhook-signature", "").split(" ")
    return any(hmac.compare_digest(wanted, one.encode()) for one in signatures)


def is_new(message_id, body):
    """Keep the message; False when it is here already: a sender repeats what it does not know to have arrived."""
    with db:
        return db.execute("INSERT OR IGNORE INTO inbox VALUES (?, ?)", (message_id, body.decode())).rowcount == 1


def is_stale(event):
    """Tell whether something newer of the same subject came before: messages may overtake each other."""
    data, family = event["data"], event["type"].partition(".")[0]
    with db:
        return db.execute(KEEP_NEWEST, (data["subject"], family, data["sequence"])).rowcount == 0


class Receiver(BaseHTTPRequestHandler):
    timeout = 10

    def do_POST(self):
        size = self.headers.get("Content-Length", "")
        if re.fullmatch("[0-9]{1,5}", size) and int(size) <= MAX_BODY_BYTES:
            self.receive(self.rfile.read(int(size)))
        else:
            self.answer(413)

    def receive(self, body):
        if not is_genuine(self.headers, body):
            self.answer(401)
            return
        message_id = self.headers["webhook-id"]
        new = is_new(message_id, body)
        self.answer(204)  # first answer, then work: whoever takes longer than 15 seconds is sent it again
        if new:
            handle(json.loads(body))
        else:
            print("repeated", message_id, flush=True)

    def answer(self, status):
        self.send_response(status)
        self.end_headers()
        self.wfile.flush()


def handle(event):
    """Do what your pipeline does; what takes long belongs into another process, which reads the inbox."""
    print("stale" if is_stale(event) else "handled", event["type"], event["data"]["subject"], flush=True)


if __name__ == "__main__":
    with HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver) as server:
        print(f"listening on port {server.server_port}", flush=True)
        server.serve_forever()
