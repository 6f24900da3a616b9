"""What a delivery comes to with every kind of receiver: real sockets, real rows, a clock that stands still."""

import json
import re
import time
import tracemalloc
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime

import pytest
import standardwebhooks
from sqlalchemy import select, update

from scorecards.events import EVENT_TYPES, degradation, payload
from scorecards.events.delivery import SCHEDULE_S
from scorecards.events.filters import Filters
from scorecards.events.subscribing import Wish
from service import secrets, signatures
from service.store import challenges, db, delivery_log, subscriptions
from service.store.tables import AuditRow, EventRow, SubscriptionRow
from workers import addresses, deliver

from . import mailroom, test_health, test_publishing
from .mailroom import NOON, Mailroom
from .receiver import (
    Receiver,
    answering,
    dripping,
    echoing,
    flooding,
    parroting,
    raw,
    resetting,
    silent,
)
from .test_http import certificate

OPEN = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n"
SOON_S, PATIENCE_S = 3.0, 1.0
LATER = format_datetime(NOON + timedelta(seconds=120), usegmt=True)
BEFORE = format_datetime(NOON - timedelta(days=3), usegmt=True)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return mailroom.template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def mail(tmp_path, template, monkeypatch):
    """A mailroom that waits for nobody long, with jitter that is nought."""
    hasty = replace(addresses.POLICIES["webhook"], connect_s=0.5, first_byte_s=0.5, idle_s=0.5, total_s=PATIENCE_S)
    monkeypatch.setitem(addresses.POLICIES, "webhook", hasty)
    monkeypatch.setattr(deliver, "ANSWER_S", 0.2)
    monkeypatch.setattr(deliver.random, "uniform", lambda _low, _high: 0.0)
    made = Mailroom(tmp_path, template)
    yield made
    made.engine.dispose()


@pytest.fixture
def receiver():
    with Receiver() as made:
        yield made


# Row: what the receiver does; status, error, a pattern of the detail; seconds until the next attempt (None =
# delivered), and seconds for which nothing at all is sent (None = the way is free).
TABLE = {
    "200": (answering(200, b"thanks"), 200, "", "", None, None),
    "201": (answering(201), 201, "", "", None, None),
    "204": (answering(204), 204, "", "", None, None),
    "299": (answering(299), 299, "", "", None, None),
    "a redirect to a private address": (
        answering(302, location="http://10.0.0.1/"),
        302,
        "redirect",
        "",
        5,
        None,
    ),
    "a redirect to metadata, kept method": (
        answering(307, location="http://169.254.169.254/latest/meta-data/"),
        307,
        "redirect",
        "",
        5,
        None,
    ),
    "304": (answering(304), 304, "redirect", "", 5, None),
    "400": (answering(400, b"no"), 400, "client_error", "", 5, None),
    "401": (answering(401), 401, "client_error", "", 5, None),
    "404": (answering(404), 404, "client_error", "", 5, None),
    "429": (answering(429), 429, "rate_limited", "", 5, None),
    "429 for seconds": (answering(429, retry_after=120), 429, "rate_limited", "", 120, 120),
    "429 until a date": (answering(429, retry_after=LATER), 429, "rate_limited", "", 120, 120),
    "429 until a date that has passed": (answering(429, retry_after=BEFORE), 429, "rate_limited", "", 5, 1),
    "429 for a year": (answering(429, retry_after=31_536_000), 429, "rate_limited", "", 86_400, 86_400),
    "429 for less than the schedule": (answering(429, retry_after=2), 429, "rate_limited", "", 5, 2),
    "429 for nonsense": (answering(429, retry_after="soon"), 429, "rate_limited", "", 5, None),
    "429 until a year of twenty digits": (
        answering(429, retry_after=f"Mon, 23 Nov {'9' * 20} 12:00:00 GMT"),
        429,
        "rate_limited",
        "",
        5,
        None,
    ),
    "503 for seconds": (answering(503, retry_after=120), 503, "server_error", "", 120, 120),
    "503 until a date": (answering(503, retry_after=LATER), 503, "server_error", "", 120, 120),
    "500": (answering(500), 500, "server_error", "", 5, None),
    "500 for seconds": (answering(500, retry_after=120), 500, "server_error", "", 120, None),
    "599": (answering(599), 599, "server_error", "", 5, None),
    "silence": (silent, None, "timeout_first_byte", "within 0.5 s", 5, None),
    "a reset": (resetting, None, "reset", "", 5, None),
    "a head without end": (dripping(b"HTTP/1.1 200 OK\r\nx: "), None, "timeout_first_byte", "", 5, None),
    "headers without end": (
        raw(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 20_000),
        None,
        "too_big",
        "",
        5,
        None,
    ),
    "a body without end": (dripping(OPEN), 200, "", "", None, None),
    "a body of a gigabyte": (flooding(1_000_000_000), 200, "", "", None, None),
    "a body cut short": (raw(OPEN + b"half"), 200, "", "", None, None),
    "a coding that nobody asked for": (
        raw(b"HTTP/1.1 200 OK\r\ncontent-encoding: br\r\ncontent-length: 3\r\n\r\nabc"),
        200,
        "",
        "",
        None,
        None,
    ),
    "garbage": (raw(b"\0\xff what is this?\r\n\r\n"), None, "bad_framing", "", 5, None),
    "nothing": (raw(b""), None, "reset", "", 5, None),
    "half a head": (raw(b"HTTP/1.1 200 OK\r\ncontent-"), None, "bad_framing", "", 5, None),
}


@pytest.mark.parametrize("case", TABLE)
def test_every_kind_of_receiver_has_its_outcome_and_its_next_attempt(case, mail, receiver):
    behave, status, error, detail, next_s, pause_s = TABLE[case]
    receiver.behave = behave
    key, _ = mail.subscribe(receiver.url)
    (told,) = mail.publish()
    began = time.monotonic()
    mail.turn(key)
    assert time.monotonic() - began < SOON_S
    (tried,) = mail.attempts(key)
    assert (tried.status, tried.error, tried.number) == (status, error, 1)
    assert re.search(detail, tried.detail)
    assert len(tried.answer.encode()) <= 1024
    delivery, health = mail.delivery(key, told), mail.get(key).health
    assert (delivery.tries, delivery.attempts) == (1, 1)
    assert len(receiver.got) == 1
    if error:
        assert delivery.state == "waiting"
        assert delivery.next_at == tried.next_at == NOON + timedelta(seconds=next_s)
        assert health.failures == 1
        assert health.not_before == (NOON + timedelta(seconds=pause_s) if pause_s else None)
    else:
        assert (delivery.state, delivery.next_at, delivery.settled_at) == ("delivered", None, NOON)
        assert (health.failures, health.not_before) == (0, None)
        assert mail.get(key).succeeded_at == NOON
    assert mail.get(key).state == "active"


def test_a_gigabyte_costs_neither_memory_nor_the_receiver_much(mail, receiver):
    receiver.behave = flooding(1_000_000_000)
    key, _ = mail.subscribe(receiver.url)
    mail.publish()
    tracemalloc.start()
    mail.turn(key)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000
    assert receiver.sent_bytes < 50_000_000
    assert len(mail.attempts(key)[0].answer) <= 1024


def test_a_certificate_from_nobody_is_a_failure_and_nothing_is_sent(mail, tmp_path):
    _, context = certificate(tmp_path, "127.0.0.1")
    with Receiver(tls=context) as there:
        key, _ = mail.subscribe(there.url)
        mail.publish()
        mail.turn(key)
        assert there.got == []
    (tried,) = mail.attempts(key)
    assert (tried.status, tried.error) == (None, "tls")


def test_nobody_there_is_a_failure_like_any_other(mail, receiver):
    key, _ = mail.subscribe("http://127.0.0.1:9/hook")
    mail.publish()
    mail.turn(key)
    assert [one.error for one in mail.attempts(key)] == ["reset"]


def test_gone_disables_at_once_and_the_others_are_told(mail, receiver):
    receiver.behave = answering(410)
    key, _ = mail.subscribe(receiver.url)
    with Receiver() as other:
        watcher, _ = mail.subscribe(other.url, ("subscription.disabled",))
        (told,) = mail.publish()
        mail.turn(key)
        found = mail.get(key)
        assert (found.state, found.reason) == ("disabled", "its receiver answered 410 Gone")
        assert found.stopped_after == told.id
        mail.turn(watcher)
        (heard,) = other.got
        assert heard.headers["webhook-id"] != told.id
        assert b'"subscription.disabled"' in heard.body
        assert key.encode() in heard.body
    with db.read(mail.engine) as session:
        audited = select(AuditRow.action, AuditRow.actor).where(AuditRow.subject == key, AuditRow.action == "disabled")
        assert session.execute(audited).all() == [("disabled", "pellucid")]
    mail.publish()
    assert mail.turn(key) is None
    assert len(receiver.got) == 1


# What is sent.


def test_what_is_sent_is_what_is_signed_for_whoever_verifies(mail, receiver):
    key, secret = mail.subscribe(receiver.url, headers={"x-api-key": "of their own"})
    mail.now = mail.desk.now.now(NOON.tzinfo)  # the peer's verifier reads the system's clock
    (told,) = mail.publish()
    mail.turn(key)
    (got,) = receiver.got
    assert got.body == payload(told, f"https://p.example/v1/events/{told.id}")
    assert standardwebhooks.Webhook(secret).verify(got.body, got.headers)["id"] == told.id
    for verifier in (secret, mail.get(key).public_key):
        signatures.verify(got.headers, got.body, verifier, mail.now.timestamp())
    assert got.headers["webhook-id"] == told.id
    assert got.headers["x-api-key"] == "of their own"
    assert got.headers["content-type"] == "application/json"


def test_a_repetition_has_the_same_id_and_body_and_its_own_time(mail, receiver):
    receiver.behave = answering(500)
    key, secret = mail.subscribe(receiver.url)
    (told,) = mail.publish()
    mail.turn(key)
    mail.after(5)
    receiver.behave = answering(200)
    mail.turn(key)
    first, second = receiver.got
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 5
    signatures.verify(second.headers, second.body, secret, mail.now.timestamp())
    assert [(one.number, one.error) for one in mail.attempts(key)] == [(1, "server_error"), (2, "")]
    assert mail.delivery(key, told).state == "delivered"


def test_while_a_secret_changes_both_sign_and_then_the_new_one_alone(mail, receiver):
    key, old = mail.subscribe(receiver.url)
    _, new = mail.do(subscriptions.rotate, key, mail.desk, timedelta(hours=24))
    for _ in range(2):
        mail.publish()
        mail.turn(key)
        mail.after(25 * 3600)
    during, afterwards = receiver.got
    at_s = NOON.timestamp()
    assert [len(one.headers["webhook-signature"].split()) for one in (during, afterwards)] == [4, 2]
    signatures.verify(during.headers, during.body, old, at_s)
    signatures.verify(during.headers, during.body, new, at_s)
    signatures.verify(afterwards.headers, afterwards.body, new, at_s + 25 * 3600)
    with pytest.raises(signatures.SignatureError):
        signatures.verify(afterwards.headers, afterwards.body, old, at_s + 25 * 3600)


# What is kept of an answer.

TOKEN = "Bearer correct-horse-battery"


@pytest.mark.parametrize("before", [b"", b"x" * 700, *(b"x" * size for size in range(890, 1020, 10))])
def test_what_a_receiver_sends_back_of_our_secrets_is_not_kept_wherever_it_is_cut(before, mail, receiver):
    receiver.behave = echoing(before)
    key, _ = mail.subscribe(receiver.url, headers={"authorization": TOKEN})
    mail.publish()
    mail.turn(key)
    (tried,) = mail.attempts(key)
    assert TOKEN.encode() in receiver.got[0].head
    assert not any(TOKEN[at : at + 9] in tried.answer for at in range(len(TOKEN) - 9))
    assert len(tried.answer.encode()) <= 1024


@pytest.mark.parametrize("said", ["whsec_{}", "{}", "\\u0000{}", "a {} b"])
def test_a_secret_that_a_receiver_tells_is_not_kept(said, mail, receiver):
    key, secret = mail.subscribe(receiver.url)
    core = secret.removeprefix("whsec_")
    for text in (said.format(core), said.format(core.replace("/", "\\/"))):
        receiver.behave = answering(500, text.encode())
        mail.publish()
        mail.turn(key)
        mail.after(600)
    for tried in mail.attempts(key):
        assert core[:20] not in tried.answer
        assert "[hidden]" in tried.answer


def test_an_error_that_quotes_us_does_not_keep_our_secrets_either(mail, receiver):
    receiver.behave = parroting
    key, _ = mail.subscribe(receiver.url, headers={"authorization": TOKEN})
    with Receiver(raw(f"{TOKEN}\r\n\r\n".encode())) as rude:
        mail.point_at(key, rude.url)
        mail.publish()
        mail.turn(key)
    mail.point_at(key, receiver.url)
    mail.after(10)
    mail.turn(key)
    tried = mail.attempts(key)
    assert [one.error for one in tried] == ["bad_framing", "bad_framing"]
    assert not any("correct-horse" in one.detail + one.answer for one in tried)


@pytest.mark.parametrize(
    "answer",
    [
        b"\0" * 2000,
        b"\xff\xfe\xff" * 700,
        "漢".encode() * 600,
        b'{"ok":false,"error":"\\ud800 \\u0000"}',
        b"\xed\xa0\x80",
    ],
)
@pytest.mark.parametrize("target", ["standard", "slack", "feishu"])
def test_no_answer_is_too_strange_to_be_kept(target, answer, mail, receiver):
    receiver.behave = answering(200, answer)
    key, _ = mail.subscribe(receiver.url, target=target)
    mail.publish()
    mail.turn(key)
    (tried,) = mail.attempts(key)
    assert len(tried.answer.encode()) <= 1024
    assert "\0" not in tried.answer + tried.detail
    assert tried.error == ("" if target == "standard" or (target, answer[:1]) == ("slack", b"\0") else tried.error)


# Order, rate, and what happens to a subscription in the middle of its turn.


def test_events_go_out_in_their_order_and_a_failure_ends_the_turn(mail, receiver):
    key, _ = mail.subscribe(receiver.url)
    told = mail.publish(5)
    once(receiver, answering(500), at=3)
    mail.turn(key)
    assert receiver.ids == [one.id for one in told[:3]]
    mail.turn(key)
    mail.after(5)
    mail.turn(key)
    assert receiver.ids == [told[at].id for at in (0, 1, 2, 3, 4, 2)]


def test_a_rate_is_kept_within_a_turn_and_by_giving_the_turn_back(mail, receiver):
    quick, _ = mail.subscribe(receiver.url, rate_per_minute=600)
    slow, _ = mail.subscribe(receiver.url, rate_per_minute=30)
    mail.publish(3)
    mail.turn(quick)
    assert mail.waited_s == [0.1] * 3
    mail.waited_s.clear()
    assert mail.turn(slow) == 2.0
    assert mail.waited_s == []
    assert mail.turn(slow) is None  # not before two seconds have passed
    assert len(receiver.got) == 4
    mail.after(2)
    mail.turn(slow)
    assert len(receiver.got) == 5


def once(receiver, behave, at):
    """Have the receiver answer one message differently."""

    def behaving(*call):
        now = behave if len(receiver.got) == at else answering(200)
        return now(*call)

    receiver.behave = behaving


def meanwhile(receiver, happens, at=1):
    """Have something happen while the receiver holds a message, before it answers."""

    def behave(*call):
        if len(receiver.got) == at:
            happens()
        return answering(200)(*call)

    receiver.behave = behave


@pytest.mark.parametrize(
    ("change", "state", "delivered"), [("disable", "paused", "waiting"), ("delete", "deleted", "failed")]
)
def test_one_that_is_stopped_in_the_middle_of_a_turn_gets_no_more(
    change, state, delivered, mail, receiver, monkeypatch
):
    monkeypatch.setattr(deliver, "RECORD_S", 0.0)
    key, _ = mail.subscribe(receiver.url)
    told = mail.publish(5)
    meanwhile(receiver, lambda: mail.do(getattr(subscriptions, change), key, mail.desk))
    mail.turn(key)
    assert receiver.ids == [told[0].id]
    with db.read(mail.engine) as session:
        assert session.get_one(SubscriptionRow, key).state == state
    assert [mail.delivery(key, one).state for one in told] == ["delivered", *([delivered] * 4)]
    assert mail.turn(key) is None


def test_gone_does_not_bring_back_what_was_deleted_meanwhile(mail, receiver):
    key, _ = mail.subscribe(receiver.url)
    mail.publish()

    def gone(*call):
        mail.do(subscriptions.delete, key, mail.desk)
        return answering(410)(*call)

    receiver.behave = gone
    mail.turn(key)
    assert mail.told("subscription.disabled") == []
    with db.read(mail.engine) as session:
        assert session.get_one(SubscriptionRow, key).state == "deleted"
        assert subscriptions.page(session, mail.vault) == []


def test_one_that_moves_in_the_middle_of_a_turn_is_pinged_there_and_misses_nothing(mail, receiver):
    key, _ = mail.subscribe(receiver.url)
    told = mail.publish(2)
    with Receiver(answering(500)) as there:

        def move():
            mail.do(subscriptions.change, key, Wish(there.url, Filters(mailroom.TYPES)), mail.desk)

        meanwhile(receiver, move, at=2)
        mail.turn(key)
        assert mail.get(key).state == "pending"  # the old receiver's answer is no answer of the new one
        mail.turn(key)
        assert b"subscription.test" in there.got[0].body
        assert mail.get(key).state == "pending"
        told += mail.publish()
        there.behave = answering(200)
        mail.after(5)
        mail.turn(key)
        assert mail.get(key).state == "active"
        mail.turn(key)
        assert set(there.ids[2:]) == {one.id for one in told}


def test_one_that_never_moves_beyond_its_ping_is_disabled_when_pings_end(mail, receiver):
    receiver.behave = answering(404)
    made, _ = mail.do(subscriptions.create, Wish(receiver.url, Filters(mailroom.TYPES)), mail.desk)
    for wait_s in SCHEDULE_S:
        mail.after(wait_s)
        mail.turn(made.id)
    assert len(receiver.got) == len(SCHEDULE_S)
    found = mail.get(made.id)
    assert (found.state, found.reason) == ("disabled", "its receiver accepted no ping for as long as pings are sent")
    assert [one.body["reason"] for one in mail.told("subscription.disabled")] == [found.reason]


def test_a_turn_that_was_taken_over_records_nothing(mail, receiver):
    key, _ = mail.subscribe(receiver.url)
    (told,) = mail.publish()

    def taken_over():
        with db.write(mail.engine) as session:
            mine = update(SubscriptionRow).where(SubscriptionRow.id == key)
            session.execute(mine.values(fence=SubscriptionRow.fence + 1))

    meanwhile(receiver, taken_over)
    mail.turn(key)
    assert mail.attempts(key) == []
    assert mail.delivery(key, told).state == "waiting"


def test_what_was_sent_before_a_turn_broke_is_recorded_and_the_turn_given_back(mail, receiver, monkeypatch):
    key, _ = mail.subscribe(receiver.url)
    told = mail.publish(3)
    real = deliver._attempt

    def breaking(way, held, one):
        if one.id == told[2].id:
            raise RuntimeError("the machine stopped")
        return real(way, held, one)

    monkeypatch.setattr(deliver, "_attempt", breaking)
    with pytest.raises(RuntimeError):
        mail.turn(key)
    assert [mail.delivery(key, one).state for one in told] == ["delivered", "delivered", "waiting"]
    with db.read(mail.engine) as session:
        assert session.get_one(SubscriptionRow, key).lease_until is None


def test_secrets_of_another_master_key_disable_and_say_so(mail, receiver):
    key, _ = mail.subscribe(receiver.url)
    mail.publish()
    (mail.settings.data_dir / secrets.MASTER_KEY_FILE).unlink()
    mail.turn(key)
    with db.read(mail.engine) as session:
        row = session.get_one(SubscriptionRow, key)
        assert (row.state, row.lease_until) == ("disabled", None)
        assert "PELLUCID_MASTER_KEY" in row.reason
        assert session.scalar(select(AuditRow.actor).where(AuditRow.subject == key, AuditRow.action == "disabled"))
    assert [one.subject for one in mail.told("subscription.disabled")] == [key]
    assert receiver.got == []


def test_what_was_given_up_is_recovered_and_what_was_delivered_is_sent_again(mail, receiver):
    receiver.behave = answering(500)
    key, _ = mail.subscribe(receiver.url)
    (told,) = mail.publish()
    for _ in range(10):
        mail.turn(key)
        mail.after(86_400 * 1.3)
    assert mail.delivery(key, told).state == "failed"
    assert [one.number for one in mail.attempts(key)] == list(range(1, 11))
    receiver.behave = answering(200)
    mail.do(subscriptions.enable, key, mail.desk)
    mail.turn(key)
    assert mail.get(key).state == "active"
    assert mail.do(delivery_log.recover, key, NOON, mail.now, mail.now) == 1
    mail.turn(key)
    mail.do(delivery_log.resend, key, told.id, mail.now)
    mail.turn(key)
    assert receiver.ids.count(told.id) == 12
    assert len({one.body for one in receiver.got if one.headers["webhook-id"] == told.id}) == 1
    assert mail.delivery(key, told).attempts == 12


# Every type of event, by the code that tells it.


def failing_and_back(mail, receiver, _):
    receiver.behave = answering(500)
    key, _secret = mail.subscribe(receiver.url)
    mail.publish()
    for _ in range(4):
        mail.turn(key)
        mail.after(86_400)
    receiver.behave = answering(200)
    mail.turn(key)
    return mail.engine


def gone(mail, receiver, _):
    receiver.behave = answering(410)
    key, _secret = mail.subscribe(receiver.url)
    mail.publish()
    mail.turn(key)
    return mail.engine


def pinged(mail, receiver, _):
    mail.do(subscriptions.create, Wish(receiver.url, Filters(mailroom.TYPES)), mail.desk)
    return mail.engine


def published(_mail, _receiver, request):
    """A card, one with another verdict, one with another price, one with an end, one with stale evidence."""
    context, clock = request.getfixturevalue("context"), request.getfixturevalue("clock")
    test_publishing.record(context, readings=[test_publishing.probed()])
    test_publishing.priced(context, "hand", test_publishing.listed("hand", "1"))
    test_publishing.sweep_and_run(context)
    clock.now += timedelta(hours=1)
    page = test_publishing.document("license: mit", clock.now)
    test_publishing.record(context, [page], [test_publishing.said(page, "mit")])
    test_publishing.priced(context, "hand", test_publishing.listed("hand", "2", clock.now))
    test_publishing.sweep_and_run(context)
    test_publishing.revised(context, lifecycle="legacy", shutdown=NOON.date() + timedelta(days=90))
    clock.now += timedelta(days=8)
    test_publishing.sweep_and_run(context)
    return context.engine


def probed_down_and_up(_mail, _receiver, request):
    world, server = request.getfixturevalue("world"), request.getfixturevalue("chat_server")
    world.run(server.base_url, times=3)
    world.run(test_health.ENDPOINT.base_url, times=4)
    world.run(server.base_url, "latency")
    world.run(server.base_url, times=4)
    return world.engine


def challenged(_mail, _receiver, request):
    context = request.getfixturevalue("context")
    test_publishing.record(context, readings=[test_publishing.probed()])
    test_publishing.sweep_and_run(context)
    filing = challenges.Filing(test_publishing.MODEL.ref, "B3", "https://maker.example/card.md", "license: mit")
    with db.write(context.engine) as session:
        challenges.file(session, filing, "somebody", context.clock())
    return context.engine


context, clock, world = test_publishing.context, test_publishing.clock, test_health.world
PRODUCED = {
    "scorecard.published": published,
    "verdict.changed": published,
    "price.changed": published,
    "lifecycle.announced": published,
    "evidence.stale": published,
    degradation.DEGRADED: probed_down_and_up,
    degradation.RECOVERED: probed_down_and_up,
    "challenge.updated": challenged,
    "subscription.test": pinged,
    "subscription.failing": failing_and_back,
    "subscription.recovered": failing_and_back,
    "subscription.disabled": gone,
}
ELSEWHERE = {"comparison.finished"}
"""Told by what compares models, and tested there."""


def test_the_table_of_producers_names_every_type_of_event():
    assert PRODUCED.keys() | ELSEWHERE == EVENT_TYPES.keys()


@pytest.mark.parametrize("name", PRODUCED)
def test_every_type_of_event_is_told_by_the_code_that_it_is_about(name, mail, receiver, request):
    engine = PRODUCED[name](mail, receiver, request)
    with db.read(engine) as session:
        assert session.scalar(select(EventRow.uid).where(EventRow.type == name))


def test_what_is_told_of_a_subscription_goes_to_the_others_only(mail, receiver):
    receiver.behave = answering(500)
    types = ("scorecard.published", *(one for one in EVENT_TYPES if one.startswith("subscription.")))
    key, _ = mail.subscribe(receiver.url, types)
    with Receiver() as other:
        watcher, _ = mail.subscribe(other.url, types[1:])
        mail.publish()
        for _ in range(4):
            mail.turn(key)
            mail.after(86_400)
        receiver.behave = answering(200)
        mail.turn(key)
        mail.turn(key)
        mail.turn(watcher)
        heard = [json.loads(one.body) for one in other.got]
        assert [(one["type"], one["data"]["subscription"]) for one in heard] == [
            ("subscription.failing", key),
            ("subscription.recovered", key),
        ]
    assert not any(key.encode() in one.body for one in receiver.got)
    assert [one.type for one in mail.told(*types[1:])].count("subscription.recovered") == 1
