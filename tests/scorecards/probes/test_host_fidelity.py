"""Tool calls of a host: named as offered, arguments that follow their schema."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

from scorecards.catalog import Cited, Endpoint
from scorecards.evidence import Finding
from scorecards.exchanges import Exchange, Outcome, ToolCall
from scorecards.probes import host_fidelity
from scorecards.probes._probe import Target

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ENDPOINT = Endpoint(
    "host:m-1", "maker/m", "host", "m-1", "openai_chat", "https://host.example/v1", Cited("t", date(2026, 11, 1))
)
TARGET = Target(ENDPOINT, "0a1b2c3d", samples=6)
ASKS = host_fidelity.PROBE.plan(TARGET)
BREAKING = ToolCall("get_weather", '{"city": 7}')


def good(ask):
    [item] = [one for one in host_fidelity.items() if one.id == ask.role.removeprefix("call/")]
    return tuple(
        ToolCall(name, json.dumps({key: accepted[0] for key, accepted in arguments.items() if accepted[0] != ""}))
        for one in item.answer
        for name, arguments in one.items()
    )


def answered(ask, calls, outcome=Outcome.OK):
    return Exchange(ask, ENDPOINT.ref, NOON, outcome, "" if outcome is Outcome.OK else "why", tool_calls=tuple(calls))


def share(exchanges):
    return host_fidelity.PROBE.read(TARGET, exchanges)[0]


def test_every_question_offers_functions_and_wants_a_call():
    assert len(ASKS) == 6
    assert all(ask.tools and ask.calling is None for ask in ASKS)
    assert len(host_fidelity.PROBE.plan(Target(ENDPOINT, "n"))) >= 25


def test_calls_that_follow_their_schema_count():
    found = share([answered(ask, good(ask)) for ask in ASKS])
    assert (found.value, found.n) == (1, 6)


def test_what_is_wrong_with_the_others_is_told():
    calls = [
        good(ASKS[0]),
        (),
        (BREAKING,),
        (ToolCall("made_up", "{}"),),
        (ToolCall("get_weather", "{"),),
        good(ASKS[5]),
    ]
    found = share([answered(ask, one) for ask, one in zip(ASKS, calls, strict=True)])
    assert found.value == Decimal(2) / 6
    assert found.note == "2 of 6 called as asked; 3 made a call that breaks its schema, 1 made no call"


def test_a_failure_is_no_bad_call_and_order_does_not_matter():
    exchanges = [answered(ASKS[0], good(ASKS[0])), answered(ASKS[1], ()), answered(ASKS[2], (), Outcome.RESET)]
    found = share(exchanges)
    assert (found.value, found.n) == (Decimal(1) / 2, 2)
    assert found.note.endswith("1 not answered")
    assert share(exchanges[::-1]).value == found.value


def test_an_endpoint_without_tools_is_unmeasured():
    found = share([answered(ask, (), Outcome.BAD_REQUEST) for ask in ASKS])
    assert (found.finding, found.note) == (Finding.UNMEASURED, "bad_request: why")
