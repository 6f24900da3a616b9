"""Our own error, measured against the stream of known timing: it is found, and a slower prober is found slower."""

import statistics
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest

from scorecards.encoding import reading_from_json, to_json
from scorecards.evidence import Basis, Finding
from workers import calibration
from workers.http import Client

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
LATE_MS = 200


class LateToRead(Client):
    """Looks at an answer only some time after it began, as a prober does that is busy with other things."""

    def open(self, request):
        response = super().open(request)
        pieces = response.chunks()

        def chunks():
            threading.Event().wait(LATE_MS / 1000)
            yield from pieces

        response.chunks = chunks
        return response


@pytest.fixture(scope="module")
def base_url():
    with calibration.known_stream() as found:
        yield found


def test_our_error_is_known_with_its_samples_one_at_a_time_and_many_at_once():
    found = calibration.readings(NOON)
    assert [(one.quantity, one.n, len(one.samples)) for one in found] == [
        ("prober_ttft_error_ms", 8, 8),
        ("prober_itl_error_ms", 8, 8),
        ("prober_ttft_error_at_16_ms", 112, 112),
        ("prober_itl_error_at_16_ms", 112, 112),
    ]
    assert {(one.subject, one.reader, one.unit, one.basis) for one in found} == {
        ("prober", "calibration/1", "ms", Basis.EXECUTED)
    }
    assert [reading_from_json(to_json(one)) for one in found] == found


def test_what_is_measured_is_never_before_it_happened(base_url):
    assert min(calibration.calibrate(base_url, 4, 12).ttft_error_ms) > 0


def test_a_late_prober_is_found_late(base_url):
    punctual = calibration.calibrate(base_url, 1, 3)
    late = calibration.calibrate(base_url, 1, 3, LateToRead)
    assert statistics.median(late.ttft_error_ms) > LATE_MS / 2 > statistics.median(punctual.ttft_error_ms)
    assert statistics.median(late.itl_error_ms) < -3  # the words are 4 ms apart, and all of them were waiting


def test_requests_that_fail_bring_no_samples_and_are_counted():
    found = calibration.calibrate("http://127.0.0.1:1/v1", 2, 3)
    assert (found.ttft_error_ms, [one.outcome for one in found.failed]) == ((), ["reset"] * 3)


def test_a_stream_that_cannot_be_started_is_no_measurement(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    found = calibration.readings(NOON)
    assert {(one.finding, one.value) for one in found} == {(Finding.UNMEASURED, None)}
    assert len({one.quantity for one in found}) == 4
    assert all("/nowhere/python" in one.note for one in found)


def test_the_server_ends_with_who_started_it():
    command = [sys.executable, "-m", "workers.known_stream"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        base_url = server.stdout.readline().strip()
        assert len(calibration.calibrate(base_url, 1, 1).ttft_error_ms) == 1
        server.stdin.close()
        assert server.wait(10) == 0
    assert calibration.calibrate(base_url, 1, 1).failed
