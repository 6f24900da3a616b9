"""A server whose behaviour is known, and probes run against it: plan, ask, read."""

import socket
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scorecards.catalog import Endpoint
from scorecards.probes._probe import Target
from tests.scorecards.probes.making import CITED, PROBES
from workers import dialects
from workers.addresses import policy
from workers.ask import Channel, exchange
from workers.http import Client

CALSERVER = Path(__file__).parents[3].parent / "shared" / "calibration" / "calserver.py"
DIALECTS = dialects.load()


@pytest.fixture(scope="session")
def calibration():
    """Return the base URL of a calibration server."""
    if not CALSERVER.exists():
        pytest.skip("needs the calibration server of ../shared, which this checkout lacks")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, str(CALSERVER), "--port", str(port), "--max-seconds", "300"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout.readline().startswith("READY")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.terminate()


@pytest.fixture
def probed(calibration):
    """Return a function that runs one probe against one behaviour and returns its readings by quantity."""
    bounds = {"connect_s": 1.0, "first_byte_s": 1.5, "idle_s": 1.5, "total_s": 3.0}
    with Client(replace(policy("model", ["127.0.0.0/8"]), **bounds)) as client:

        def run(name, behaviour, model=None, samples=None):
            endpoint = Endpoint(f"cal:{behaviour}", "c/m", "cal", behaviour, "openai_chat", calibration, CITED)
            target = Target(endpoint, "0123abcd", model, samples)
            way = Channel(client, DIALECTS["openai_chat"], endpoint, None)
            exchanges = [exchange(way, ask, datetime.now(UTC)) for ask in PROBES[name].plan(target)]
            return {one.quantity: one for one in PROBES[name].read(target, exchanges)}

        yield run
