"""On PostgreSQL, where transactions wait for each other: who changes a subscription and who writes events go on."""

import threading
from datetime import UTC, datetime

import pytest

from scorecards.events import Event
from scorecards.events import delivery as rules
from scorecards.events.delivery import Attempt
from scorecards.events.filters import Filters
from scorecards.events.subscribing import Wish
from service import secrets
from service.store import db, deliveries, events, subscriptions
from service.store.deliveries import Settled
from service.store.subscriptions import Desk

from .conftest import settings_of

NOW = datetime(2026, 11, 25, tzinfo=UTC)
PUBLISHED = Event("scorecard.published", "a/b", {"model": "a/b"})
WAIT_S = 10


@pytest.fixture
def engine(postgres, postgres_template):
    name = postgres.create(postgres_template)
    made = db.connect(postgres.url(name))
    yield made
    made.dispose()
    postgres.drop(name)


@pytest.fixture
def desk(tmp_path):
    return Desk(secrets.vault(secrets.master_key(settings_of(tmp_path))), "a test", NOW, ("standard",))


@pytest.fixture
def key(engine, desk):
    with db.write(engine) as session:
        wish = Wish("https://receiver.example.org/hook", Filters(("scorecard.published",)))
        return subscriptions.create(session, wish, desk)[0].id


def publish(engine):
    with db.write(engine) as session:
        events.record(session, [PUBLISHED], NOW)


def beside(act):
    """Begin to act in another thread; return what waits for its end, and raises what it raised."""
    raised = []

    def run():
        try:
            act()
        except BaseException as error:  # noqa: BLE001 - raised again below
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()

    def ended():
        thread.join(WAIT_S)
        assert not thread.is_alive(), "wants it done, waits crosswise"
        if raised:
            raise raised[0]

    return ended


@pytest.fixture
def active(engine, key):
    """A subscription whose ping was answered."""
    with db.write(engine) as session:
        turn = deliveries.claim(session, key, "me", NOW, 60)
    with db.read(engine) as session:
        (waiting,) = deliveries.batch(session, turn, NOW, 10)
    with db.write(engine) as session:
        deliveries.settle(session, turn, [Settled(waiting, Attempt(NOW, 204, 1), None)], NOW, NOW)
        deliveries.release(session, turn)
    return key


def test_a_publisher_goes_on_while_somebody_changes_the_subscription_that_he_writes_for(engine, active, desk):
    with db.write(engine) as session:
        subscriptions.get(session, active, desk.vault)  # has the row now, and wants the counter of events next
        beside(lambda: publish(engine))()
        subscriptions.enable(session, active, desk)
    with db.read(engine) as session:
        assert [one.event.type for one in events.page(session, 0, ("scorecard.published", "subscription.test"))] == [
            "subscription.test",
            "scorecard.published",
            "subscription.test",
        ]


def test_a_sender_that_tells_of_a_failure_and_a_publisher_do_not_wait_crosswise(engine, active):
    publish(engine)
    with db.write(engine) as session:
        turn = deliveries.claim(session, active, "me", NOW, 60)
    with db.read(engine) as session:
        (waiting,) = deliveries.batch(session, turn, NOW, 10)
    gone = Settled(waiting, Attempt(NOW, rules.GONE, 1, "gone"), NOW)
    with db.write(engine) as session:
        events.record(session, [PUBLISHED], NOW)  # has the counter, and has written a delivery for the subscription

        def settle():
            with db.write(engine) as other:
                deliveries.settle(other, turn, [gone], NOW, NOW)

        ended = beside(settle)
    ended()
    with db.read(engine) as session:
        assert [one.sequence for one in events.page(session, 0, ("subscription.disabled",))] == [2]


def test_a_turn_is_taken_by_one_of_many_at_once(engine, key):
    taken, start = [], threading.Barrier(6)

    def claim(number):
        start.wait(WAIT_S)
        with db.write(engine) as session:
            taken.append(deliveries.claim(session, key, f"owner {number}", NOW, 60))

    for ended in [beside(lambda number=number: claim(number)) for number in range(6)]:
        ended()
    assert [one.fence for one in taken if one] == [1]
