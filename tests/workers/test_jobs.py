"""Leases, fences and lanes: who may do what, when."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

import workers.jobs
from service.queue import JobKind
from service.store import db, jobs, migrate
from service.store.jobs import FIRST_RETRY_S, LAST_RETRY_S, MAX_ATTEMPTS, LeaseLost, Wanted

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEASE_S = 60


@pytest.fixture
def engine(tmp_path):
    made = db.connect(f"sqlite:///{tmp_path / 'jobs.db'}")
    migrate.upgrade(made)
    yield made
    made.dispose()


def wanted(key="a", lane=None, every_s=None):
    return Wanted(key, "probe", {}, lane, every_s)


def after(seconds):
    return NOON + timedelta(seconds=seconds)


def do(engine, act, *arguments, **more):
    with db.write(engine) as session:
        return act(session, *arguments, **more)


def claim(engine, key="a", owner="me", now=NOON):
    return do(engine, lambda session: jobs.claim(session, jobs.id_of(session, key), owner, now, LEASE_S))


def due(engine, now=NOON):
    return len(do(engine, jobs.due, now))


def test_a_job_has_one_lease_at_a_time(engine):
    do(engine, jobs.ensure, wanted(), NOON)
    assert claim(engine).occurrence == 1
    assert claim(engine, owner="other") is None
    assert due(engine) == 0


def test_jobs_of_one_lane_wait_for_each_other(engine):
    for key in ("a", "b"):
        do(engine, jobs.ensure, wanted(key, lane="host"), NOON)
    lease = claim(engine, "a")
    assert claim(engine, "b") is None
    assert due(engine) == 0
    do(engine, jobs.finish, lease, NOON)
    assert claim(engine, "b") is not None


def test_whoever_lost_the_lease_can_record_nothing(engine):
    do(engine, jobs.ensure, wanted(), NOON)
    old = claim(engine)
    new = claim(engine, owner="other", now=after(LEASE_S))
    assert new.fence > old.fence
    assert new.occurrence == old.occurrence
    with pytest.raises(LeaseLost):
        do(engine, jobs.finish, old, after(LEASE_S))
    do(engine, jobs.finish, new, after(LEASE_S))


def test_an_expired_lease_frees_its_lane_for_others_and_is_fenced_off(engine):
    for key in ("a", "b"):
        do(engine, jobs.ensure, wanted(key, lane="host"), NOON)
    old = claim(engine, "a")
    assert claim(engine, "b", now=after(LEASE_S)) is not None
    with pytest.raises(LeaseLost):
        do(engine, jobs.finish, old, after(LEASE_S))


def test_a_request_while_the_job_runs_makes_it_run_again(engine):
    do(engine, jobs.request, wanted(), NOON)
    lease = claim(engine)
    do(engine, jobs.request, wanted(), after(1))
    do(engine, jobs.finish, lease, after(2))
    assert claim(engine, now=after(2)).occurrence == 2


def test_a_job_that_is_done_once_is_done(engine):
    do(engine, jobs.request, wanted(), NOON)
    do(engine, jobs.finish, claim(engine), NOON)
    assert due(engine, after(10**6)) == 0


def test_a_cadence_sets_the_next_run_and_ensuring_keeps_it(engine):
    do(engine, jobs.ensure, wanted(every_s=100), NOON)
    do(engine, jobs.finish, claim(engine), NOON)
    do(engine, jobs.ensure, wanted(every_s=100), NOON)
    assert (due(engine, after(99)), due(engine, after(100))) == (0, 1)


def test_failures_wait_longer_each_time_and_end_in_death_with_the_reason(engine):
    do(engine, jobs.ensure, wanted(), NOON)
    now, wait_s = NOON, FIRST_RETRY_S
    for _ in range(MAX_ATTEMPTS):
        do(engine, jobs.fail, claim(engine, now=now), now, "no luck")
        assert due(engine, now + timedelta(seconds=wait_s - 1)) == 0
        now, wait_s = now + timedelta(seconds=wait_s), min(wait_s * 2, LAST_RETRY_S)
    assert due(engine, now) == 0
    assert do(engine, jobs.backlog, now).dead == (("a", "no luck"),)
    do(engine, jobs.request, wanted(), now)
    assert due(engine, now) == 1


def test_the_first_retry_comes_after_ten_seconds(engine):
    do(engine, jobs.ensure, wanted(), NOON)
    do(engine, jobs.fail, claim(engine), NOON, "no luck")
    assert (due(engine, after(FIRST_RETRY_S - 1)), due(engine, after(FIRST_RETRY_S))) == (0, 1)


def test_leases_of_the_dead_are_freed_and_those_of_the_living_are_not(engine):
    for key in ("a", "b"):
        do(engine, jobs.ensure, wanted(key), NOON)
    gone = claim(engine, "a", "gone")
    kept = claim(engine, "b", "alive")
    assert do(engine, jobs.release_dead, lambda owner: owner == "alive") == 1
    with pytest.raises(LeaseLost):
        do(engine, jobs.finish, gone, NOON)
    do(engine, jobs.finish, kept, NOON)
    assert claim(engine, "a") is not None


def test_of_many_workers_that_claim_at_once_one_gets_the_job(engine):
    do(engine, jobs.ensure, wanted(), NOON)
    leases, gate = [], threading.Barrier(8)

    def work(owner):
        gate.wait(10)
        leases.append(claim(engine, owner=owner))

    threads = [threading.Thread(target=work, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(leases) == 8
    assert sum(lease is not None for lease in leases) == 1


def test_every_kind_of_job_has_its_function():
    assert set(workers.jobs.HANDLERS) == set(JobKind)


def test_a_stopped_job_rests_until_it_is_planned_again(engine):
    do(engine, jobs.ensure, wanted(every_s=100), NOON)
    do(engine, jobs.stop, claim(engine))
    assert due(engine, after(10**6)) == 0
    do(engine, jobs.ensure, wanted(every_s=100), after(5))
    assert claim(engine, now=after(5)).occurrence == 1


def test_of_each_lane_the_job_that_waits_longest_is_told_and_no_other(engine):
    for seconds, key, lane in ((0, "late", "host"), (-5, "early", "host"), (-2, "other", None)):
        do(engine, jobs.ensure, wanted(key, lane=lane), after(seconds))
    ids = [do(engine, lambda session, key=key: jobs.id_of(session, key)) for key in ("early", "other")]
    assert do(engine, jobs.due, NOON) == ids


def test_what_somebody_waits_for_comes_first_in_its_lane(engine):
    do(engine, jobs.ensure, wanted("probe", lane="host"), NOON)
    asked = Wanted("comparison", JobKind.COMPARE, {}, "host")
    do(engine, jobs.request, asked, after(30))
    found = do(engine, jobs.due, after(60))
    assert found == [do(engine, jobs.id_of, "comparison")]
