"""Prices over HTTP and on pages: every number with its state and sources, and what work costs."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import quote

import pytest

from scorecards.catalog import Endpoint
from scorecards.cost.fact import Basis, Conditions, Origin, PriceFact
from scorecards.cost.listing import Listing
from service.store import catalog, db, prices

from .conftest import CITED, ENDPOINT, MODEL

NOW = datetime.now(UTC).replace(microsecond=0)
PATH = f"/v1/prices/{quote(ENDPOINT, safe='')}"
HOST = "other@eu-1:example-1"
CHANGED = NOW - timedelta(days=40)
AHEAD = NOW + timedelta(days=40)


def fact(meter, amount, currency="CNY", *, since=CHANGED, until=None, source="hand", endpoint=ENDPOINT, **conditions):
    return PriceFact(
        endpoint=endpoint,
        meter=meter,
        unit="1M tokens",
        amount=Decimal(amount),
        currency=currency,
        valid_from=since,
        basis=Basis.DOCUMENTED,
        observed_at=NOW,
        origin=Origin(f"https://{source}.example/prices", source, "1", "ab" * 32, f"{meter}: <b>{amount}</b>"),
        valid_to=until,
        conditions=Conditions(**conditions),
    )


def kept(engine, *facts):
    with db.write(engine) as session:
        for source in {one.origin.importer for one in facts}:
            ones = tuple(one for one in facts if one.origin.importer == source)
            run = prices.keep(session, Listing(source, "1", f"https://{source}.example", source, NOW, ones), NOW)
            assert run.refused == ""


@pytest.fixture
def priced(site):
    """An endpoint with two currencies, a past, a future and a dispute, and another one of the same model."""
    kept(
        site.engine,
        fact("input", "4", since=None, until=CHANGED),
        fact("input", "2", until=AHEAD),
        fact("input", "1", since=AHEAD),
        fact("output", "8"),
        fact("output", "12", source="litellm"),
        fact("input", "0.3", "USD"),
        fact("output", "1.2", "USD"),
        fact("output", "0.6", "USD", tier="batch"),
        fact("input", "9", "USD", endpoint=HOST),
        fact("output", "9", "USD", endpoint=HOST),
    )
    host = Endpoint(HOST, MODEL, "other", "example-1", "openai_chat", "https://o.example/v1", CITED, first_party=False)
    with db.write(site.engine) as session:
        catalog.save(session, host, "bundled")
    return site.client


def work(body, name):
    return next(one for one in [*body["workloads"], *body["blends"]] if one["workload"] == name)


def test_prices_come_with_state_sources_and_what_work_costs(priced):
    body = priced.get(PATH).get_json()
    assert (body["endpoint"], body["currencies"], body["state"]) == (ENDPOINT, ["USD", "CNY"], "disputed")
    listed = {(one["currency"], one["meter"], one["conditions"].get("tier")): one for one in body["prices"]}
    assert (listed["USD", "input", None]["amount"], listed["USD", "input", None]["state"]) == ("0.3", "single_source")
    disputed = listed["CNY", "output", None]
    assert (disputed["state"], disputed["spread_percent"]) == ("disputed", "50")
    assert [(one["importer"], one["amount"]) for one in disputed["sources"]] == [("hand", "8"), ("litellm", "12")]
    chat = work(body, "chat")
    assert (chat["usd"], chat["currency"], chat["rate"], chat["state"]) == ("0.78", "USD", None, "single_source")
    assert chat["mix"] == {"input": 1200, "output": 350}


def test_a_meter_without_a_batch_price_is_said_to_be_priced_as_it_is_listed(priced):
    extraction = work(priced.get(PATH).get_json(), "extraction")
    assert extraction["usd"] == "1.08"
    assert any("input: no price is listed for tier batch" in one for one in extraction["flags"])


def test_another_currency_is_shown_as_listed_with_a_view_at_a_dated_rate(priced):
    body = priced.get(f"{PATH}?currency=CNY").get_json()
    assert {one["currency"] for one in body["prices"]} == {"CNY"}
    chat = work(body, "chat")
    assert (chat["total"], chat["low"], chat["high"], chat["currency"]) == ("5.2", "5.2", "6.6", "CNY")
    assert (chat["usd"], chat["rate"]["per_usd"], chat["rate"]["date"]) == ("0.77185553", "6.737012", "2026-08-26")


def test_the_past_and_what_is_announced_are_told_with_their_instants(priced):
    body = priced.get(f"{PATH}?currency=CNY").get_json()
    steps = next(one["steps"] for one in body["history"] if one["meter"] == "input")
    assert [(one["start"] and one["start"][:10], one["low"]) for one in steps] == [
        (None, "4"),
        (f"{CHANGED:%Y-%m-%d}", "2"),
        (f"{AHEAD:%Y-%m-%d}", "1"),
    ]
    assert [(one["amount"], one["valid_from"]) for one in body["announced"]] == [("1", f"{AHEAD:%Y-%m-%dT%H:%M:%SZ}")]
    assert body["lifecycle"]["shutdown"] == "2027-01-31"


def test_prices_of_an_earlier_instant(priced):
    before = (CHANGED - timedelta(seconds=1)).isoformat().replace("+", "%2B")
    body = priced.get(f"{PATH}?at={before}").get_json()
    assert [(one["currency"], one["amount"]) for one in body["prices"]] == [("CNY", "4")]
    assert work(body, "chat")["state"] == "unknown"


def test_an_endpoint_without_prices_is_unknown_and_no_error(site):
    body = site.client.get(PATH).get_json()
    assert (body["state"], body["prices"], body["history"], body["currencies"]) == ("unknown", [], [], [])
    assert {one["usd"] for one in body["workloads"]} == {None}


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("/v1/prices/no:such", 404, "wants an endpoint with prices"),
        (f"{PATH}?currency=EUR", 422, "currency: wants one of USD, CNY, has EUR"),
        (f"{PATH}?currency=yuan", 422, ""),
        (f"{PATH}?at=yesterday", 422, ""),
        ("/v1/prices", 422, ""),
        ("/v1/prices?model=no/such", 404, "wants a model of the catalogue"),
        ("/v1/rankings?workload=none", 422, "workload: wants one of chat, "),
    ],
)
def test_what_cannot_be_answered_says_what_was_wanted(priced, address, status, said):
    answer = priced.get(address)
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert said in answer.get_json()["detail"]


def test_all_endpoints_of_a_model_are_compared(priced):
    body = priced.get(f"/v1/prices?model={MODEL}").get_json()
    found = [(one["endpoint"], one["first_party"], work(one, "chat")["usd"]) for one in body["endpoints"]]
    assert found == [(ENDPOINT, True, "0.78"), (HOST, False, "13.95")]


def test_positions_are_dated_and_say_where_an_endpoint_could_stand(priced):
    body = priced.get("/v1/rankings?workload=chat").get_json()
    (ranking,) = body["rankings"]
    found = [(one["position"], one["best"], one["worst"], one["endpoint"]) for one in ranking["positions"]]
    assert found == [(1, 1, 1, ENDPOINT), (2, 2, 2, HOST)]
    assert body["at"].endswith(":00Z")
    assert len(priced.get("/v1/rankings").get_json()["rankings"]) == 8


def test_a_cost_that_is_not_known_has_no_position(site):
    kept(site.engine, fact("input", "1", "USD"))
    (ranking,) = site.client.get("/v1/rankings?workload=chat").get_json()["rankings"]
    assert (ranking["positions"], ranking["without_position"]) == (
        [],
        [{"endpoint": ENDPOINT, "why": ["output: no price is listed"]}],
    )


def test_the_page_has_the_table_the_dispute_and_the_past(priced):
    text = priced.get(f"/models/{MODEL}").get_data(as_text=True)
    for said in ("0.3 USD", "disputed", "litellm", "12 ", "Announced: input: 1 CNY per 1M tokens", '<h2 id="prices">'):
        assert said in text
    assert "<b>8</b>" not in text
    assert 'aria-labelledby="prices-other-eu-1-example-1-title' not in text


def test_the_page_of_a_model_without_prices_says_so(site):
    assert "No price of an endpoint of this model is held." in site.client.get(f"/models/{MODEL}").get_data(
        as_text=True
    )
