"""Nobody computes while somebody measures, and nobody waits for ever."""

import gc
import threading

from workers.quiet import Quiet, settle

WAIT_S = 5


def started(act):
    thread = threading.Thread(target=act, daemon=True)
    thread.start()
    return thread


def test_requests_may_be_under_way_at_once():
    quiet = Quiet()
    with quiet.measuring(), quiet.measuring():
        pass


def test_computing_waits_for_the_requests_that_are_under_way():
    quiet, told = Quiet(), []
    done = threading.Event()

    def compute():
        with quiet.computing():
            told.append("computed")
        done.set()

    with quiet.measuring():
        thread = started(compute)
        assert not done.wait(0.05)
        told.append("measured")
    thread.join(WAIT_S)
    assert told == ["measured", "computed"]


def test_a_new_request_waits_for_who_computes():
    quiet, done = Quiet(), threading.Event()

    def measure():
        with quiet.measuring():
            done.set()

    with quiet.computing():
        thread = started(measure)
        assert not done.wait(0.05)
    thread.join(WAIT_S)
    assert done.is_set()


def test_patience_ends():
    quiet = Quiet(patience_s=0.01)
    with quiet.measuring(), quiet.computing():
        pass
    with quiet.computing(), quiet.measuring():
        pass


def test_what_a_ready_process_holds_is_not_looked_through_again():
    held = [[] for _ in range(1000)]
    try:
        settle()
        assert gc.get_freeze_count() > 1000
        assert not any(one is held for one in gc.get_objects())
    finally:
        gc.unfreeze()
