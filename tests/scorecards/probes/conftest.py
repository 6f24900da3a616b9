"""Probes run against a server whose behaviour is known: plan, ask, read."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scorecards.catalog import Endpoint
from scorecards.probes._probe import Target
from tests.scorecards.probes.making import CITED, PROBES
from workers import dialects
from workers.addresses import policy
from workers.ask import Channel, exchange
from workers.http import Client

DIALECTS = dialects.load()


@pytest.fixture
def probed(calibration):
    """Return a function that runs one probe against one behaviour and returns its readings by quantity."""
    bounds = {"connect_s": 1.0, "first_byte_s": 1.5, "idle_s": 1.5, "total_s": 3.0}
    with Client(replace(policy("model", ["127.0.0.0/8"]), **bounds)) as client:

        def run(name, behaviour, model=None, samples=None):
            base_url = f"{calibration}/v1"
            endpoint = Endpoint(f"cal:{behaviour}", "c/m", "cal", behaviour, "openai_chat", base_url, CITED)
            target = Target(endpoint, "0123abcd", model, samples)
            way = Channel(client, DIALECTS["openai_chat"], endpoint, None)
            exchanges = [exchange(way, ask, datetime.now(UTC)) for ask in PROBES[name].plan(target)]
            return {one.quantity: one for one in PROBES[name].read(target, exchanges)}

        yield run
