"""The examples of docs/webhooks.md are run, and what the page says of us is compared with what we do."""

import json
import re
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection  # noqa: TID251 - our own server on loopback
from pathlib import Path

import pytest

from scorecards import events
from scorecards.events import EVENT_TYPES, Event, Told, delivery
from scorecards.events import of_cards as card_events
from service import signatures
from service.signatures import Keys

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLES, PAGE = DOCS / "examples/webhooks", (DOCS / "webhooks.md").read_text(encoding="utf-8")
OLD, NEW = (Keys(signatures.new_secret(), signatures.new_key()) for _ in range(2))
SECRET, PUBLIC = NEW.secret, signatures.public_key(NEW.key)


def needs(tool):
    return pytest.mark.skipif(shutil.which(tool) is None, reason=f"wants {tool} to run this example, it is not here")


def payload(sequence, type_="verdict.changed", subject="acme/größe-1#B3"):
    told = Told(
        sequence, f"evt_{sequence}", sequence, datetime.now(UTC), Event(type_, subject, {"model": "acme/größe-1"})
    )
    return events.payload(told, "https://cards.example/v1/events/evt_1")


def signed(body, message_id="evt_1", age_s=0, keys=(NEW, OLD)):
    return signatures.headers(message_id, int(time.time()) - age_s, body, keys)


TAMPERED = {
    "body": lambda body, headers: (body.replace(b"B3", b"B4"), headers),
    "id": lambda body, headers: (body, headers | {"webhook-id": "evt_2"}),
    "timestamp": lambda body, headers: (body, headers | {"webhook-timestamp": str(int(time.time()) - 7)}),
    "old": lambda body, headers: (body, signed(body, age_s=400)),
    "no timestamp": lambda body, headers: (body, headers | {"webhook-timestamp": "soon"}),
    "no signature": lambda body, headers: (body, headers | {"webhook-signature": ""}),
    "garbage": lambda body, headers: (body, headers | {"webhook-signature": "v1 v1, v1a,AAAA ,,"}),
    "others' keys": lambda body, headers: (
        body,
        signed(body, keys=[Keys(signatures.new_secret(), signatures.new_key())]),
    ),
}


class Receiver:
    """An example that listens."""

    def __init__(self, command, secret):
        self.child = subprocess.Popen(
            [*command, "0"], env={"WEBHOOK_SECRET": secret}, stdout=subprocess.PIPE, encoding="utf-8"
        )
        self.port = int(re.fullmatch(r"listening on port (\d+)", self.line())[1])

    def line(self):
        return self.child.stdout.readline().rstrip("\n")

    def post(self, body, headers):
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", "/", body, headers)
        status = connection.getresponse().status
        connection.close()
        return status


@pytest.fixture(
    params=[
        pytest.param(([sys.executable, "-I", "-W", "error", EXAMPLES / "receiver.py"], SECRET), id="python"),
        pytest.param((["node", EXAMPLES / "receiver.mjs"], SECRET), id="node v1", marks=needs("node")),
        pytest.param((["node", EXAMPLES / "receiver.mjs"], PUBLIC), id="node v1a", marks=needs("node")),
    ]
)
def receiver(request):
    command, secret = request.param
    one = Receiver([shutil.which(command[0]), *command[1:]], secret)
    try:
        yield one
    finally:
        one.child.kill()
        one.child.communicate(timeout=10)


def test_a_receiver_handles_each_event_once_and_drops_what_is_out_of_date(receiver):
    for sequence, message_id, said in (
        (5, "evt_5", "handled verdict.changed acme/größe-1#B3"),
        (5, "evt_5", "repeated evt_5"),
        (4, "evt_4", "stale verdict.changed acme/größe-1#B3"),
        (6, "evt_6", "handled verdict.changed acme/größe-1#B3"),
    ):
        body = payload(sequence)
        assert receiver.post(body, signed(body, message_id)) == 204
        assert receiver.line() == said
    other = payload(2, "price.changed", "acme:größe-1#input")
    assert receiver.post(other, signed(other, "evt_2")) == 204
    assert receiver.line() == "handled price.changed acme:größe-1#input"


def test_a_receiver_refuses_what_is_not_genuine_and_goes_on(receiver):
    body = payload(1)
    for tamper in TAMPERED.values():
        changed, headers = tamper(body, signed(body))
        assert receiver.post(changed, headers) == 401
    assert receiver.post(b"x" * 70_000, signed(body)) == 413
    assert receiver.post(body, signed(body)) == 204
    assert receiver.line() == "handled verdict.changed acme/größe-1#B3"


@needs("openssl")
@pytest.mark.parametrize(
    "secret",
    [SECRET, PUBLIC, OLD.secret, signatures.public_key(OLD.key)],
    ids=["secret", "public key", "old secret", "old public key"],  # the values differ from process to process
)
def test_openssl_tells_what_is_genuine(secret):
    body = payload(1)
    genuine, headers = body, signed(body)
    assert openssl(genuine, headers, secret).returncode == 0
    for tamper in TAMPERED.values():
        done = openssl(*tamper(body, headers), secret)
        assert done.returncode == 1
        assert done.stderr.decode().splitlines()[-1] in {"no matching signature", "not of the last five minutes"}


def openssl(body, headers, secret):
    command = [
        "sh",
        EXAMPLES / "verify.sh",
        *(headers[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")),
    ]
    environment = {"WEBHOOK_SECRET": secret, "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, input=body, env=environment, capture_output=True, timeout=30, check=False)


def test_the_page_names_every_example():
    assert {one.name for one in EXAMPLES.iterdir()} == set(re.findall(r"\(examples/webhooks/([\w.]+)\)", PAGE))


def test_the_page_has_the_table_of_events():
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| `")
    ]
    told = {row[0].strip("`"): row[1:] for row in rows if len(row) == 4}
    assert told == {
        name: [one.subject, one.trigger, "yes" if one.public else "no"] for name, one in EVENT_TYPES.items()
    }


def test_the_page_shows_a_document_as_it_is_sent():
    shown = json.loads(re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)[1])
    data = shown["data"]
    change = {"path": "verdicts.B3.state", "kind": "vendor_change", "before": "absent", "after": "disclosed"}
    before = {"model": {"ref": data["model"]}, "pillars": {}, "endpoints": [], "changes": []}
    card = before | {"sequence": data["card"]["sequence"], "changes": [change]}
    _, changed = card_events.events(before, card, data["card"]["id"])
    told = Told(1, shown["id"], data["sequence"], datetime.fromisoformat(shown["timestamp"]), changed)
    assert events.document(told, data["link"]) == shown


def test_the_page_says_when_it_is_tried_again():
    waits = re.search(r"^Waits: (.*)\.$", PAGE, re.MULTILINE)[1]
    units = {"s": 1, "min": 60, "h": 3600}
    seconds = [int(number) * units[unit] for number, unit in re.findall(r"(\d+) (s|min|h)\b", waits)]
    assert tuple(seconds) == delivery.SCHEDULE_S
    total = timedelta(seconds=sum(delivery.SCHEDULE_S))
    assert f"{total // timedelta(hours=1)} h {total.seconds % 3600 // 60} min {total.seconds % 60} s" in PAGE
    disabled = f"{delivery.DISABLE_AFTER // timedelta(hours=1)} hours and at least {delivery.DISABLE_FAILURES} attempts"
    for part in (
        disabled,
        f"After {delivery.FAILING_AFTER} failures in a row",
        f"{events.MAX_PAYLOAD_BYTES // 1000} kB",
    ):
        assert part in PAGE
