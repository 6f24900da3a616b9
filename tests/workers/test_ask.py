"""Asks that are no conversation, and asks that cannot be made; what may go wrong stands in test_faults."""

from datetime import UTC, date, datetime

import pytest

from scorecards.catalog import DIALECTS, Cited, Endpoint
from scorecards.exchanges import Ask, AskKind
from workers import dialects
from workers.addresses import policy
from workers.ask import Channel, exchange
from workers.http import Client

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
LOADED = dialects.load()


def test_the_catalogue_knows_every_dialect_that_is_built():
    assert set(LOADED) <= set(DIALECTS)


@pytest.fixture
def ask_for(chat_server):
    """Return a function that asks a small server for anything."""
    endpoint = Endpoint(
        "stub:m0", "stub/m0", "stub", "m0", "openai_chat", chat_server.base_url, Cited("t", date(2026, 11, 1))
    )
    with Client(policy("model", ["127.0.0.0/8"])) as client:
        yield lambda **fields: exchange(Channel(client, LOADED["openai_chat"], endpoint, "key"), Ask(**fields), NOON)


def test_a_model_list_is_read(ask_for, chat_server):
    found = ask_for(kind=AskKind.LIST_MODELS)
    assert found.ok
    assert found.listed == chat_server.model_ids


def test_a_call_the_dialect_has_not_is_unsupported(ask_for, chat_server):
    found = ask_for(kind=AskKind.COUNT_TOKENS)
    assert (found.outcome, found.detail) == ("unsupported", "openai_chat: wants a way to count_tokens, has none")
    assert chat_server.requests == 0
