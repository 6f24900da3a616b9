"""The threads that send: who waits for whom, what ends them, what does not."""

import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise

import pytest
from sqlalchemy import event, update
from sqlalchemy.exc import OperationalError

from service.store import db, deliveries
from service.store.tables import SubscriptionRow
from workers import deliver, post_office
from workers.clock import utc_now
from workers.post_office import DOUBTFUL, HEALTHY, PostOffice

from . import mailroom
from .mailroom import Mailroom
from .receiver import Receiver, answering, silent

SOON_S = 5
NEVER_S = 600
"""A sweep that a test does not live to see: whatever is sent was sent because somebody said so."""


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    return mailroom.template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def mail(tmp_path, template):
    made = Mailroom(tmp_path, template)
    made.settings = replace(made.settings, sweep_s=NEVER_S)
    made.now = utc_now()
    made.context = replace(made.context, settings=made.settings, clock=utc_now, wait=time.sleep)
    yield made
    made.engine.dispose()


@pytest.fixture
def receiver():
    with Receiver() as made:
        yield made


def until(condition, within_s=SOON_S):
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline, f"wants it within {within_s} s"
        time.sleep(0.01)


def threads():
    return sum(one.name == "delivering" for one in threading.enumerate())


class Turns:
    """Turns that hold on until they are let go, and remember whose they were."""

    def __init__(self, *held):
        self.held, self.free, self.begun, self.lock = held, threading.Event(), [], threading.Lock()

    def __call__(self, context, subscription):
        with self.lock:
            self.begun.append(subscription)
        if subscription in self.held:
            self.free.wait(30)
        with db.write(context.engine) as session:
            late = update(SubscriptionRow).where(SubscriptionRow.id == subscription)
            session.execute(late.values(state="paused"))


@contextmanager
def opened(mail, turn=deliver.turn):
    with PostOffice(mail.context, turn).open():
        yield


def test_what_is_posted_is_sent_at_once_and_not_at_the_next_sweep(mail, receiver):
    key, _ = mail.subscribe(receiver.url)
    with opened(mail):
        for count in (1, 2, 3):
            mail.publish()
            mail.context.post.set()
            receiver.wait_for(count, SOON_S)
        until(lambda: len(mail.attempts(key)) == 3)
    assert len(receiver.got) == 3


def test_one_receiver_that_hangs_delays_nobody(mail, receiver):
    with Receiver(silent) as dead:
        mail.subscribe(dead.url)
        mail.subscribe(receiver.url)
        with opened(mail):
            mail.publish(20)
            mail.context.post.set()
            dead.wait_for(1, SOON_S)
            assert len(receiver.wait_for(20, SOON_S)) == 20
            assert len(dead.got) == 1
            dead.closing.set()
        assert receiver.got[-1].at_s - dead.got[0].at_s < SOON_S


def test_however_many_are_doubtful_a_healthy_one_finds_a_thread(mail):
    doubtful = [mail.subscribe(f"https://d{n}.example.org/")[0] for n in range(HEALTHY + DOUBTFUL + 5)]
    with db.write(mail.engine) as session:
        session.execute(update(SubscriptionRow).values(failures=1))
    healthy, _ = mail.subscribe("https://healthy.example.org/")
    mail.publish()
    turns = Turns(*doubtful)
    with opened(mail, turns):
        until(lambda: healthy in turns.begun)
        until(lambda: len(turns.begun) == DOUBTFUL + 1)
        mail.context.post.set()
        assert len(turns.begun) == DOUBTFUL + 1
        turns.free.set()
        until(lambda: set(turns.begun) == {*doubtful, healthy})


def test_who_was_served_longest_ago_is_next_so_nobody_starves(mail, monkeypatch):
    monkeypatch.setattr(post_office, "HEALTHY", 1)
    keys = [mail.subscribe(f"https://r{n}.example.org/")[0] for n in range(3)]
    mail.publish()
    begun, enough = [], threading.Event()

    def endless(context, subscription):
        begun.append(subscription)
        if len(begun) >= 9:
            enough.set()
        return 0.0

    with opened(mail, endless):
        assert enough.wait(SOON_S)
    assert all(sorted(begun[at : at + 3]) == sorted(keys) for at in (0, 3, 6))


def test_a_slow_rate_is_served_in_its_own_time_and_not_at_the_pace_of_the_sweeper(mail, receiver):
    mail.subscribe(receiver.url, rate_per_minute=150)
    mail.publish(4)
    with opened(mail):
        got = receiver.wait_for(4, SOON_S)
    gaps_s = [after.at_s - before.at_s for before, after in pairwise(got)]
    assert min(gaps_s) >= 0.39
    assert max(gaps_s) < NEVER_S


def test_a_database_that_is_away_for_a_moment_ends_nothing(mail, receiver, monkeypatch):
    mail.subscribe(receiver.url)
    away = [True]
    real = deliveries.due

    def due(session, now):
        if away[0]:
            raise OperationalError("select", {}, Exception("the database is away"))
        return real(session, now)

    monkeypatch.setattr(deliveries, "due", due)
    with opened(mail):
        mail.publish()
        for _ in range(3):
            mail.context.post.set()
            until(lambda: not mail.context.post.is_set())
        assert receiver.got == []
        away[0] = False
        mail.context.post.set()
        receiver.wait_for(1, SOON_S)


def test_a_system_without_threads_ends_nothing(mail, receiver, monkeypatch):
    mail.subscribe(receiver.url)
    real, refused = threading.Thread.start, []

    def start(thread):
        if thread.name == "delivering" and not refused:
            refused.append(thread)
            raise RuntimeError("can't start new thread")
        real(thread)

    monkeypatch.setattr(threading.Thread, "start", start)
    with opened(mail):
        mail.publish()
        mail.context.post.set()
        until(lambda: refused)
        mail.context.post.set()
        receiver.wait_for(1, SOON_S)


@pytest.mark.parametrize("error", [OperationalError("commit", {}, Exception("disk full")), RuntimeError("a defect")])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_turn_that_raises_is_not_tried_again_before_the_next_sweep(error, mail):
    mail.subscribe("https://receiver.example.org/")
    mail.publish()
    begun, looked = [], []
    event.listen(mail.engine, "begin", lambda _: looked.append(1))

    def raising(context, subscription):
        begun.append(subscription)
        raise error

    with opened(mail, raising):
        until(lambda: begun and not threads())
        time.sleep(0.3)  # what must not happen has no end to wait for
        assert (len(begun), len(looked)) == (1, 1)
        mail.context.post.set()  # as the next sweep does
        until(lambda: len(begun) == 2)


def test_it_ends_in_time_though_a_receiver_hangs_and_the_next_one_takes_over(mail, receiver):
    with Receiver(silent) as dead:
        key, _ = mail.subscribe(dead.url)
        (told,) = mail.publish()
        with opened(mail):
            dead.wait_for(1, SOON_S)
            began = time.monotonic()
        assert time.monotonic() - began < 2 * post_office.CLOSE_S + 1
    mail.point_at(key, receiver.url)
    successor = replace(mail.context, owner="another host:1:successor", post=threading.Event())
    with PostOffice(successor).open():
        receiver.wait_for(1, SOON_S)
        until(lambda: mail.delivery(key, told).state == "delivered")
    assert receiver.ids == [told.id]
    until(lambda: not threads(), 20)
    assert mail.delivery(key, told).attempts == 1  # who was overtaken has recorded nothing


def test_a_turn_under_way_at_the_end_is_finished(mail, receiver):
    key, _ = mail.subscribe(receiver.url)
    gate = threading.Event()

    def holding(*call):
        gate.wait(10)
        return answering(200)(*call)

    receiver.behave = holding
    (told,) = mail.publish()
    with opened(mail):
        receiver.wait_for(1, SOON_S)
        threading.Timer(0.3, gate.set).start()
    assert mail.delivery(key, told).state == "delivered"
    with db.read(mail.engine) as session:
        assert session.get_one(SubscriptionRow, key).lease_until is None


def test_nothing_begins_once_it_is_closed(mail, receiver):
    mail.subscribe(receiver.url)
    with opened(mail):
        until(lambda: not mail.context.post.is_set())
    mail.publish()
    mail.context.post.set()
    assert receiver.got == []
    assert not any(one.name == "post-office" for one in threading.enumerate())
