"""Every behaviour of the calibration server, and what the prober makes of it: the outcome, the facts, the bounds."""

import json
import re
import socket
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from scorecards.catalog import Cited, Endpoint
from scorecards.exchanges import Ask
from workers import dialects
from workers.addresses import policy
from workers.ask import Channel, exchange
from workers.http import Client, Request

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MODEL = policy("model", ["127.0.0.0/8"])
PATIENT = replace(MODEL, first_byte_s=8.0, idle_s=8.0, total_s=10.0, max_body_bytes=1024 * 1024)
HASTY = replace(PATIENT, first_byte_s=0.6, idle_s=0.4, total_s=1.2)
"""Bounds that a test can wait for; each differs, so that the outcome tells which one ended it."""
SLACK_S = 1.0
MEMORY_MB = 50
NUMBERS = re.compile(r"[a-z_]+\d+")
WORDS = "one two three four five six seven eight"


def at_least(least):
    return lambda found: found >= least


def below(most):
    return lambda found: found < most


def some(found):
    return bool(found)


def facts(found):
    """Return what the table speaks about, each in one word."""
    at = [delta.at_ns for delta in found.output]
    usage = found.usage
    return {
        "events": len(found.deltas),
        "kinds": " ".join(kind for kind, _ in groupby(delta.kind for delta in found.deltas)),
        "text": found.text,
        "reason": found.finish_reason,
        "status": found.status,
        "headers_ms": None if found.headers_ns is None else found.headers_ns / 1e6,
        "ttft_ms": at[0] / 1e6 if at else None,
        "ttfo_ms": next((delta.at_ns / 1e6 for delta in found.deltas if delta.kind == "content"), None),
        "empty_before": next((place for place, delta in enumerate(found.deltas) if delta.text), None),
        "longest_gap_ms": max((b - a for a, b in pairwise(at)), default=0) / 1e6,
        "after_last_ms": (found.end_ns - found.last_ns) / 1e6 if at and found.end_ns else None,
        "at_one_instant": max(Counter(at).values(), default=0),
        "usage": None if usage is None else (usage.input, usage.output, usage.total),
        "reasoning": usage and usage.reasoning,
        "malformed": usage and len(usage.malformed),
        "repeated": found.repeated_events,
        "pings": found.pings,
        "models": found.served_models,
        "fingerprints": found.fingerprints,
        "calls": [(one.name, one.arguments) for one in found.tool_calls],
        "wait": found.not_before and found.not_before - NOON,
    }


TEXT = {"text": WORDS, "reason": "stop", "usage": (12, 8, 20), "events": at_least(8), "status": 200}
HALF = {"text": "one two three four", "reason": None, "status": 200}
PLAIN = {"stream": False}

# Row: what the server is asked to do (between ttft20-itl2-n8 and the row's own numbers), what we ask, the outcome, and
# the facts that the server's own description promises.
TABLE = [
    # What real servers do before the first token.
    (
        "role_first-ttft60",
        {},
        "ok",
        TEXT | {"empty_before": 1, "ttft_ms": at_least(60), "kinds": "empty content empty"},
    ),
    ("empty_first-ttft60", {}, "ok", TEXT | {"empty_before": 3, "ttft_ms": at_least(60), "repeated": 0}),
    ("n200-itl0.1", {"max_output_tokens": 200}, "ok", {"usage": (12, 200, 212), "events": 201, "empty_before": 0}),
    ("late_headers-ttft60", {}, "ok", TEXT | {"headers_ms": at_least(60), "ttft_ms": at_least(60)}),
    ("ping20-ttft90", {}, "ok", TEXT | {"pings": 4, "ttft_ms": at_least(90), "empty_before": 0}),
    (
        "reasoning-k3-itl20-ttft40",
        {},
        "ok",
        TEXT | {"kinds": "reasoning content empty", "ttft_ms": at_least(40), "ttfo_ms": at_least(100)},
    ),
    ("reason_tok", {}, "ok", TEXT | {"reasoning": 4}),
    # Streaming in name only: tokens are those of the usage, whatever the events.
    ("burst", {}, "ok", TEXT | {"events": 3}),
    ("batch", {}, "ok", TEXT | {"at_one_instant": at_least(4)}),
    ("buffered", {}, "ok", TEXT | {"at_one_instant": at_least(8)}),
    ("ignore_stream", {}, "ok", TEXT | {"events": 1}),
    # Nothing is lost, however it is cut.
    ("split-itl10", {}, "ok", TEXT),
    ("unicode", {}, "ok", {"text": "é漢🙂\u200bñΩé漢"}),
    ("unicode-split-itl10", {}, "ok", {"text": "é漢🙂\u200bñΩé漢"}),
    ("linesep", {}, "ok", {"text": "a\u2028bc\u0085de\u2029fg h" * 2}),
    # Silences.
    ("stall-gap300", {}, "ok", TEXT | {"longest_gap_ms": at_least(250)}),
    ("late_done-gap300", {}, "ok", TEXT | {"after_last_ms": at_least(250), "longest_gap_ms": below(250)}),
    ("stall_forever-max_s5", {}, "idle", HALF),
    ("endless-itl50-max_s5", {"max_output_tokens": 1000}, "deadline", {"events": at_least(8), "text": some}),
    # Legal forms.
    *((form, {}, "ok", TEXT) for form in ("norole", "crlf", "cr_only", "nospace", "event_field", "multiline", "bom")),
    *(
        (form, {}, "ok", TEXT)
        for form in ("gzip_sse", "close_delimited", "ts", "no_done", "usage_each", "usage_always")
    ),
    # Ends that are none.
    ("fin_none", {}, "incomplete", {"text": WORDS, "reason": None}),
    ("fin_none", PLAIN, "incomplete", {"text": WORDS, "reason": None}),
    ("eof", {}, "incomplete", HALF),
    ("disconnect", {}, "reset", HALF),
    ("bad_chunk", {}, "bad_framing", HALF),
    ("error_event", {}, "server_error", HALF),
    ("garbage", {}, "bad_json", HALF),
    ("bad_event", {}, "bad_json", HALF),
    ("nonutf8", {}, "bad_json", HALF),
    # What is reported and cannot be; our own count stands beside it.
    ("usage_missing", {}, "ok", TEXT | {"usage": None}),
    ("usage_null", {}, "ok", TEXT | {"usage": None}),
    ("usage_wrong", {}, "ok", TEXT | {"usage": (12, 16, 28), "events": 9}),
    ("usage_negative", {}, "ok", TEXT | {"usage": (12, None, 20), "malformed": 1}),
    ("usage_string", {}, "ok", TEXT | {"usage": (None, None, None), "malformed": 3}),
    ("usage_sum", {}, "ok", TEXT | {"usage": (12, 8, 27), "malformed": 0}),
    ("dup", {}, "ok", {"repeated": 8, "usage": (12, 8, 20)}),
    # Error statuses.
    ("code401", {}, "auth", {"status": 401}),
    ("code402", {}, "forbidden", {"status": 402}),
    ("code403", {}, "forbidden", {"status": 403}),
    ("code404", {}, "not_found", {"status": 404}),
    ("code413", {}, "too_large", {"status": 413}),
    ("code422", {}, "bad_request", {"status": 422}),
    ("code500", {}, "server_error", {"status": 500, "wait": None}),
    ("code502", {}, "server_error", {"status": 502}),
    ("code500-html_error", {}, "server_error", {"status": 500}),
    ("code429-html_error-ra9", {}, "rate_limited", {"wait": timedelta(seconds=9)}),
    ("code429-ra30", {}, "rate_limited", {"status": 429, "wait": timedelta(seconds=30)}),
    ("code429-ra2.5", {}, "rate_limited", {"wait": timedelta(seconds=2.5)}),
    ("code429-ra900000", {}, "rate_limited", {"wait": timedelta(days=7)}),
    ("code429-ra0", {}, "rate_limited", {"wait": None}),
    ("code429-ra_none", {}, "rate_limited", {"wait": None}),
    ("code503-ra30", {}, "overloaded", {"status": 503, "wait": timedelta(seconds=30)}),
    ("code529-ra30", {}, "overloaded", {"status": 529, "wait": timedelta(seconds=30)}),
    # No answer, or one that attacks.
    ("hang-max_s5", {}, "timeout_first_byte", {"status": None}),
    ("slow_headers-gap100-max_s5", {}, "timeout_first_byte", {"status": None}),
    ("reset", {}, "reset", {"status": None}),
    ("short_body", PLAIN, "incomplete", {"status": 200, "text": ""}),
    ("huge_headers", {}, "too_big", {"status": None}),
    ("huge_body", PLAIN, "too_big", {"text": ""}),
    ("huge_line", {}, "too_big", {"text": ""}),
    ("gzip_bomb-mb512", PLAIN, "too_big", {"text": ""}),
    ("deep_json", PLAIN, "bad_json", {"text": ""}),
    ("nan", PLAIN, "bad_json", {"text": ""}),
    ("bad_json", PLAIN, "bad_json", {"text": ""}),
    ("nonutf8", PLAIN, "bad_json", {"text": ""}),
    ("wrong_type", PLAIN, "wrong_type", {"text": ""}),
    ("wrong_type", {}, "wrong_type", {"text": ""}),
    ("empty_choices", PLAIN, "wrong_type", {"text": ""}),
    ("null_content", PLAIN, "ok", {"text": "", "kinds": "empty", "ttft_ms": None}),
    ("redirect_private", {}, "redirect_refused", {"status": 302}),
    ("redirect_loop", {}, "redirect_refused", {"status": 307}),
    ("redirect_other_host", {}, "redirect_refused", {"status": 302}),
    # What the model made of it.
    ("tool", {}, "ok", {"calls": [("get_weather", '{"city":"Paris","unit":"celsius"}')], "reason": "tool_calls"}),
    ("tool-ttft60", {}, "ok", {"kinds": "tool empty", "ttft_ms": at_least(60)}),
    ("tool", PLAIN, "ok", {"calls": [("get_weather", '{"city":"Paris","unit":"celsius"}')], "text": ""}),
    ("refusal-ttft60", {}, "refusal", {"kinds": "refusal empty", "ttft_ms": at_least(60), "text": ""}),
    ("refusal", PLAIN, "refusal", {"kinds": "refusal"}),
    ("filter", {}, "content_filter", {"text": WORDS, "reason": "content_filter"}),
    # Who answered.
    ("substitute", {}, "ok", TEXT | {"models": ("some-cheaper-model-2024",)}),
    ("model_flip", {}, "ok", TEXT | {"models": ("cal-ttft20-itl2-n8-model_flip", "some-cheaper-model-2024")}),
    ("fp_flip", {}, "ok", TEXT | {"fingerprints": ("fp_cal0", "fp_other")}),
    ("fp_none", {}, "ok", TEXT | {"fingerprints": ()}),
    # Caps.
    ("truncate", {}, "ok", {"text": "one two three four", "reason": "stop", "usage": (12, 4, 16)}),
    ("ignore_max", {"max_output_tokens": 4}, "ok", TEXT),
    ("n8", {"max_output_tokens": 4}, "ok", {"text": "one two three four", "reason": "length"}),
    ("n8", {"max_output_tokens": 4, "whole": True}, "truncated", {"text": "one two three four"}),
]
BETWEEN = {
    "fp_drift": lambda one, two: one.fingerprints != two.fingerprints,
    "same_id": lambda one, two: one.answer_id == two.answer_id,
    "n8": lambda one, two: one.answer_id != two.answer_id and one.fingerprints == two.fingerprints,
    "every2-code500": lambda one, two: {one.outcome, two.outcome} == {"ok", "server_error"},
}
"""What shows only between two answers."""
DATED = "ra_date-code429-ra60"


@pytest.fixture(scope="module")
def told(calibration):
    """Return a function that gets what the server says about itself."""
    with Client(PATIENT) as client:
        yield lambda page: json.loads(client.fetch(Request("GET", f"{calibration}/_cal/{page}")).body)


def asked(client, base_url, behaviour, **fields):
    name = f"cal-ttft20-itl2-n8-{behaviour}"
    endpoint = Endpoint(f"cal:{name}", "c/m", "cal", name, "openai_chat", base_url, Cited("t", date(2026, 11, 1)))
    channel = Channel(client, dialects.load()["openai_chat"], endpoint, "key")
    return exchange(channel, Ask(text="hi", **fields), NOON)


def reset_peak():
    Path("/proc/self/clear_refs").write_text("5")


def peak_mb():
    """Return the most memory this process had resident since `reset_peak`; Linux only."""
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024


IDS = ["-".join([behaviour, *map(str, fields.values())]) for behaviour, fields, *_ in TABLE]


@pytest.mark.parametrize(("behaviour", "fields", "outcome", "wanted"), TABLE, ids=IDS)
def test_each_behaviour_is_told_as_what_it_is_within_time_and_memory(calibration, behaviour, fields, outcome, wanted):
    bounds = HASTY if outcome in ("idle", "deadline", "timeout_first_byte") else PATIENT
    reset_peak()
    before_mb, begun = peak_mb(), time.monotonic()
    with Client(bounds) as client:
        found = asked(client, f"{calibration}/v1", behaviour, **fields)
    assert time.monotonic() - begun <= bounds.total_s + SLACK_S
    assert peak_mb() - before_mb <= MEMORY_MB
    assert found.outcome == outcome, found.detail
    assert bool(found.detail) == (outcome != "ok")
    assert "\n" not in found.detail
    known = facts(found)
    assert {name: known[name] for name, one in wanted.items() if not _agrees(known[name], one)} == {}


def _agrees(known, wanted):
    return wanted(known) if callable(wanted) else known == wanted


@pytest.mark.parametrize("behaviour", BETWEEN)
def test_what_changes_between_answers_is_seen(calibration, behaviour):
    with Client(PATIENT) as client:
        one, two = (asked(client, f"{calibration}/v1", behaviour) for _ in range(2))
    assert BETWEEN[behaviour](one, two)


def test_a_wait_until_a_date_is_honoured(calibration):
    with Client(PATIENT) as client:
        found = asked(client, f"{calibration}/v1", DATED)
    assert timedelta(seconds=40) < found.not_before - datetime.now(UTC) <= timedelta(seconds=60)


def test_the_tables_name_every_behaviour_of_the_server(told):
    named = {part for behaviour in [*(row[0] for row in TABLE), *BETWEEN, DATED] for part in behaviour.split("-")}
    assert set(told("modes")) - named == set()
    assert {one for one in named - set(told("modes")) if not NUMBERS.match(one)} == set()


def test_no_redirect_is_followed_and_no_key_told(calibration, told):
    with Client(PATIENT) as client:
        for mode in ("redirect_private", "redirect_loop", "redirect_other_host"):
            asked(client, f"{calibration}/v1", mode)
    stats = told("stats")
    assert (stats["private_hits"], stats["leaked_auth"]) == (0, 0)


@pytest.mark.parametrize("behaviour", ["n8", "gzip_sse", "late_done-gap10"])
def test_a_stream_that_ended_leaves_its_connection_to_the_next_ask(calibration, behaviour):
    with Client(PATIENT) as client:
        found = [asked(client, f"{calibration}/v1", behaviour) for _ in range(3)]
    assert [one.phases.reused for one in found] == [False, True, True]
    assert [one.phases.connect_ns > 0 for one in found] == [True, False, False]


def test_a_fresh_connection_is_opened_when_the_ask_wants_one(calibration):
    with Client(PATIENT) as client:
        assert not any(asked(client, f"{calibration}/v1", "n8", fresh=True).phases.reused for _ in range(2))


def received(connection):
    data = b""
    while not data.endswith(b"}"):
        data += connection.recv(65536)


def dying(listener, answers):
    """Answer one request per connection and hang up on the next, as a server does whose keep-alive is none."""
    body = json.dumps({"choices": [{"message": {"content": "hi"}, "finish_reason": "stop"}]}).encode()
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    for number in range(answers):
        connection, _ = listener.accept()
        with connection:
            received(connection)
            connection.sendall(head + body)
            if number < answers - 1:
                received(connection)


def test_a_kept_connection_that_died_is_replaced_once_and_counted():
    with socket.create_server(("127.0.0.1", 0)) as listener, Client(PATIENT) as client:
        server = threading.Thread(target=dying, args=(listener, 3), daemon=True)
        server.start()
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
        found = [asked(client, base_url, "any", **PLAIN) for _ in range(3)]
        server.join(5)
    assert [one.outcome for one in found] == ["ok"] * 3
    assert [(one.phases.reused, one.phases.stale_connections) for one in found] == [(False, 0), (False, 1), (False, 1)]


def test_a_stream_is_over_at_its_mark_even_if_that_is_cut_and_the_connection_stays_open():
    event = {"choices": [{"delta": {"content": "hi"}, "finish_reason": "stop"}]}
    pieces = [b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"]
    pieces += [b"data: %b\n\ndata: [DO" % json.dumps(event).encode(), b"NE]\n\n"]

    def serve(listener):
        connection, _ = listener.accept()
        with connection:
            received(connection)
            for piece in pieces:
                connection.sendall(piece)
                threading.Event().wait(0.05)
            connection.recv(1)  # until the client goes

    with socket.create_server(("127.0.0.1", 0)) as listener, Client(PATIENT) as client:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        begun = time.monotonic()
        found = asked(client, f"http://127.0.0.1:{listener.getsockname()[1]}/v1", "any")
    assert (found.outcome, found.text) == ("ok", "hi")
    assert time.monotonic() - begun < PATIENT.idle_s / 2
