"""Prices from addresses and files: what is sent, what is kept, what the command says."""

import csv
import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from scorecards.catalog import Cited, Endpoint
from scorecards.cost import seed, sources
from scorecards.cost.fact import Conditions
from scorecards.cost.listing import PriceFile, PriceSourceError
from service.config import Settings
from service.store import catalog, db, migrate, prices
from service.store.tables import JobRow
from workers import price_sources, pricing
from workers.cli import _opened, _shared
from workers.cli import prices as command
from workers.context import Context, make_context
from workers.http import Fetched, Timing
from workers.price_sources._source import MAX_BYTES, from_disk

NOW = datetime(2026, 11, 25, tzinfo=UTC)
TIMING = Timing(0, 0, 0, reused=False, stale_connections=0, sent_ns=0, headers_ns=0)
SHARED = Path(__file__).parents[2].parent / "shared"
SOURCES = price_sources.load()


class Clock:
    def __init__(self):
        self.now = NOW

    def __call__(self):
        return self.now


@pytest.fixture
def context(tmp_path):
    settings = Settings(tmp_path, f"sqlite:///{tmp_path / 'pellucid.db'}")
    engine = db.connect(settings.database_url)
    migrate.upgrade(engine)
    yield Context(engine, settings, lambda *_: None, Ed25519PrivateKey.generate(), clock=Clock())
    engine.dispose()


class Server:
    """Answers by address; an address that it knows no answer for is a mistake of the test."""

    def __init__(self):
        self.answers, self.asked = {}, []

    def says(self, url, body, status=200, etag=None):
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.answers[url] = Fetched(status, {"etag": etag} if etag else {}, content, TIMING, url)

    def __call__(self, request):
        self.asked.append((request.url, dict(request.headers).get("If-None-Match")))
        return self.answers[request.url]


def model(amount):
    return {"x": {"litellm_provider": "openai", "input_cost_per_token": amount}}


def snapshot(amount):
    rates = {"input": amount, "source": "s", "valid_from": "2026-01-01T00:00:00Z", "valid_from_basis": "documented"}
    return {
        "schema": 1,
        "updated_at": "2026-10-26T00:00:00Z",
        "schedules": {"schedule": []},
        "prices": {"openai": {"x": {"standard": [{"start": None, "rates": rates}]}}},
    }


def now_of(context, endpoint="openai:x"):
    with db.read(context.engine) as session:
        return prices.facts(session, endpoint, context.clock())


def test_every_source_that_can_be_read_has_a_way_to_be_had():
    assert list(SOURCES) == list(sources.load())


def test_a_source_is_asked_with_the_etag_of_what_is_held_and_304_is_a_look(context):
    server, url = Server(), SOURCES["litellm"].url
    server.says(url, model(2e-06), etag='"one"')
    assert pricing.fetched(context, "litellm", SOURCES["litellm"], server).added == 1
    server.says(url, b"", status=304)
    context.clock.now += timedelta(days=40)
    assert pricing.fetched(context, "litellm", SOURCES["litellm"], server).added == 0
    assert server.asked == [(url, None), (url, '"one"')]
    (found,) = now_of(context)
    assert (found.amount, found.valid_from, found.observed_at) == (Decimal(2), NOW, NOW + timedelta(days=40))


def test_an_answer_that_is_no_file_takes_nothing(context):
    server, url = Server(), SOURCES["litellm"].url
    for status, body in ((500, b""), (404, b"{}"), (200, b"<html>"), (304, b"")):
        server.says(url, body, status)
        with pytest.raises(PriceSourceError, match="wants"):
            pricing.fetched(context, "litellm", SOURCES["litellm"], server)
    with db.read(context.engine) as session:
        assert prices.runs(session) == []


def test_a_snapshot_is_what_the_small_file_names_by_its_hash(context):
    server, url = Server(), SOURCES["model_prices"].url
    content = json.dumps(snapshot(2)).encode()
    name = hashlib.sha256(content).hexdigest()
    place = url.replace("latest.json", f"{name}.json")
    server.says(url, {"sha256": name}, etag='"one"')
    server.says(place, content)
    assert pricing.fetched(context, "model_prices", SOURCES["model_prices"], server).added == 1
    server.says(url, b"", status=304)
    assert pricing.fetched(context, "model_prices", SOURCES["model_prices"], server).added == 0
    assert [one for one, _ in server.asked] == [url, place, url]
    assert now_of(context)[0].observed_at == datetime(2026, 10, 26, tzinfo=UTC)  # the data's own day, not ours
    server.says(url, {"sha256": name})
    server.says(place, json.dumps(snapshot(9)).encode())
    with pytest.raises(PriceSourceError, match="by their hash"):
        pricing.fetched(context, "model_prices", SOURCES["model_prices"], server)


def meter(amount, name="o3 0416 Inp glbl Tokens"):
    return {
        "meterName": name,
        "retailPrice": amount,
        "unitOfMeasure": "1K",
        "currencyCode": "USD",
        "armRegionName": "eastus",
        "effectiveStartDate": "2025-06-01T00:00:00Z",
    }


def test_pages_of_azure_are_one_file_and_stay_on_their_host(context):
    server, url = Server(), SOURCES["azure_retail"].url
    second = "https://prices.azure.com/api/retail/prices?$skip=1000"
    server.says(url, {"Items": [meter(0.002)], "NextPageLink": second})
    server.says(second, {"Items": [meter(0.008, "o3 0416 Outp glbl Tokens")], "NextPageLink": None})
    assert pricing.fetched(context, "azure_retail", SOURCES["azure_retail"], server).added == 2
    server.says(url, {"Items": [], "NextPageLink": "https://elsewhere.example/"})
    with pytest.raises(PriceSourceError, match="same host"):
        pricing.fetched(context, "azure_retail", SOURCES["azure_retail"], server)
    server.says(url, {"Items": [], "NextPageLink": url})
    with pytest.raises(PriceSourceError, match="at most 50 pages"):
        pricing.fetched(context, "azure_retail", SOURCES["azure_retail"], server)


def test_a_file_that_is_too_large_or_missing_is_refused(tmp_path):
    large = tmp_path / "large.json"
    with large.open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    for path in (large, tmp_path / "missing.json", tmp_path):
        with pytest.raises(PriceSourceError, match="wants"):
            from_disk(path, NOW)


def test_the_bundled_prices_are_taken_once(context):
    first, again = pricing.stock(context), pricing.stock(context)
    assert all(one.added > 400 and not one.refused for one in first)
    assert [(one.added, one.refused) for one in again] == [(0, ""), (0, "")]
    with db.read(context.engine) as session:
        assert len(prices.runs(session)) == 2


def test_what_is_held_of_the_bundled_prices_is_what_they_say_without_a_database(context):
    pricing.stock(context)
    told = seed.seed_facts(NOW)
    for endpoint in (
        "deepseek:deepseek-flash",
        "openai:gpt-5.6-sol",
        "baidu@cn:ernie-5.1",
        "alibaba@ap-southeast-1:qwen-plus",
    ):
        with db.read(context.engine) as session:
            held = {
                (one.key, one.origin.importer, one.valid_from, one.valid_to, one.amount)
                for one in prices.history(session, endpoint)
            }
        assert held == {
            (one.key, one.origin.importer, one.valid_from, one.valid_to, one.amount)
            for one in told
            if one.endpoint == endpoint
        }


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Return the command at an instant of ours: prices that nobody looks at for a month are stale."""

    def at_now(settings, enqueue):
        return replace(make_context(settings, enqueue), clock=Clock())

    def invoke(*arguments):
        return CliRunner(env={"PELLUCID_DATA_DIR": str(tmp_path / "data"), "COLUMNS": "160"}).invoke(
            command.COMMAND, arguments
        )

    monkeypatch.setattr(_opened, "make_context", at_now)
    return invoke


def test_the_command_imports_a_file_twice_and_says_what_it_did(run, tmp_path):
    path = tmp_path / "map.json"
    path.write_text(json.dumps({**model(2e-06), "y": {"litellm_provider": "openai", "input_cost_per_token": -1}}))
    first = run("import", "litellm", str(path), "--as-of", "2026-11-20")
    assert (first.exit_code, first.stdout) == (0, "litellm 2026-11-20: 1 added, 0 unchanged, 1 quarantined\n")
    assert "quarantined openai:y input" in first.stderr
    again = run("import", "litellm", str(path), "--as-of", "2026-11-20", "--json")
    assert json.loads(again.stdout) | {"sha256": ""} == {
        "source": "litellm",
        "version": "2026-11-20",
        "sha256": "",
        "looked_at": "2026-11-20T00:00:00+00:00",
        "added": 0,
        "unchanged": 1,
        "quarantined": 0,
        "refused": "",
        "quarantine": [],
    }


def test_a_providers_list_is_in_the_currency_that_is_said(run, tmp_path):
    path = tmp_path / "list.json"
    path.write_text(json.dumps([{"id": "a/b", "pricing": {"input": 2, "output": 4}}]))
    assert run("import", "models_list", str(path), "--provider", "together", "--currency", "cny").exit_code == 0
    found = json.loads(run("list", "together:a/b", "--json").stdout)["prices"]
    assert {one["currency"] for one in found} == {"CNY"}


REGIONAL = """[[price]]
endpoint = "openai:x"
currency = "USD"
prices = { input = 2 }
valid_from = 2026-11-01
basis = "documented"
source = "https://example.org/contract"
checked = 2026-11-20
"""


def test_the_price_of_a_region_is_told_where_it_is_asked_for(context, tmp_path):
    with db.write(context.engine) as session:
        listing = seed.read("hand", PriceFile(REGIONAL.encode(), "made", NOW, "contract"), NOW)
        (fact,) = listing.facts
        near, far = (
            replace(fact, amount=amount, conditions=Conditions(region=region))
            for region, amount in (("near", Decimal(2)), ("far", Decimal(3)))
        )
        prices.keep(session, replace(listing, facts=(near, far)), NOW)
    env = {"PELLUCID_DATA_DIR": str(tmp_path)}
    asked = ["cost", "openai:x", "--input", "1000000", "--at", "2026-11-20", "--json"]
    totals = {
        region: json.loads(CliRunner(env=env).invoke(command.COMMAND, [*asked, "--region", region]).stdout)["total"]
        for region in ("near", "far", "")
    }
    assert totals == {"near": "2", "far": "3", "": None}


def test_an_endpoint_that_lost_its_prices_gets_a_new_card_and_one_that_kept_them_none(context):
    model_of = {"openai:o3": "openai/kept", "openai:gpt-5.6-sol": "openai/lost"}
    cited = Cited("test", date(2026, 11, 1))
    ends = [
        Endpoint(ref, model, "openai", ref.partition(":")[2], "openai_chat", "https://a.example/v1", cited)
        for ref, model in model_of.items()
    ]
    both = {name.partition(":")[2]: model(2e-06)["x"] for name in model_of}
    kept = {"o3": both["o3"]}

    def take(content):
        file = PriceFile(json.dumps(content).encode(), "made", context.clock())
        pricing.take(context, "litellm", file)

    take(both)
    with db.write(context.engine) as session:
        for one in ends:
            catalog.save(session, one, "test")
    context.clock.now += timedelta(days=1)
    take(kept)
    with db.read(context.engine) as session:
        wanted = {one.key for one in session.scalars(select(JobRow))}
    assert wanted == {"publish:openai/lost"}


def test_an_older_price_comes_from_another_source(run, tmp_path):
    path = tmp_path / "data.json"
    path.write_text(
        json.dumps(
            [
                {
                    "id": "openai",
                    "models": [
                        {
                            "id": "o3",
                            "prices": [
                                {"prices": {"input_mtok": 10, "output_mtok": 40}},
                                {
                                    "constraint": {"type": "start_date", "start_date": "2025-06-10"},
                                    "prices": {"input_mtok": 2, "output_mtok": 8},
                                },
                            ],
                        }
                    ],
                }
            ]
        )
    )
    assert run("import", "genai_prices", str(path)).exit_code == 0
    for day, total in (("2025-05-01", 50), ("2025-07-01", 10)):
        asked = ("cost", "openai:o3", "--input", "1000000", "--output", "1000000", "--at", day, "--json")
        assert Decimal(json.loads(run(*asked).stdout)["total"]) == total


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("hand",), "wants a FILE"),
        (("models_list", "{file}"), "wants the provider whose list it is"),
        (("models_list", "{file}", "--provider", "together"), "wants the currency its prices are in"),
        (("litellm", "{file}", "--currency", "USD"), "wants no currency: it says that itself"),
        (("hand", "{file}"), "wants the provider whose list it is"),
        (("litellm", "{file}", "--provider", "together"), "wants no provider"),
        (("litellm", "{file}"), "wants models with litellm_provider"),
    ],
)
def test_what_cannot_be_imported_is_told_in_one_line(run, tmp_path, arguments, message):
    path = tmp_path / "empty.json"
    path.write_text("{}")
    found = run("import", *(one.format(file=path) for one in arguments))
    assert isinstance(found.exception, PriceSourceError)
    assert message in str(found.exception)


def test_an_operators_own_price_stands_beside_the_bundled_ones_and_is_chosen(run, tmp_path):
    path = tmp_path / "mine.toml"
    block = """[[price]]
    endpoint = "openai:gpt-6.1-sol"
    currency = "USD"
    input_upto = 272_000
    prices = { input = 1.5 }
    valid_from = 2026-11-01
    basis = "documented"
    source = "https://example.org/contract"
    checked = 2026-11-20
    """
    path.write_text(block)
    assert run("import", "hand", str(path), "--provider", "contract").stdout.endswith(
        "1 added, 0 unchanged, 0 quarantined\n"
    )
    found = json.loads(run("list", "openai:gpt-6.1-sol", "--json").stdout)["prices"]
    (price,) = [one for one in found if one["meter"] == "input" and one["conditions"] == {
        "input_above": None, "input_upto": 272000, "tier": "standard", "region": "", "window": ""}]  # fmt: skip
    assert (price["amount"], price["state"], price["facts"][0]["source"]) == ("1.5", "disputed", "hand:contract")
    assert "hand:litellm" in {one["source"] for one in price["facts"]}
    path.write_text(f'{block}via = ["litellm"]')
    assert "wants no via" in str(run("import", "hand", str(path), "--provider", "contract").exception)


def test_a_source_that_was_refused_whole_ends_with_failure(run, tmp_path):
    path = tmp_path / "map.json"
    path.write_text(json.dumps({f"x{number}": model(2e-06)["x"] for number in range(10)}))
    assert run("import", "litellm", str(path), "--as-of", "2026-11-20").exit_code == 0
    path.write_text(json.dumps(model(3e-06)))
    found = run("import", "litellm", str(path), "--as-of", "2026-11-21")
    assert isinstance(found.exception, _shared.Failed)
    assert "at least half" in str(found.exception)


def test_prices_are_listed_with_state_and_every_sources_number(run):
    assert "baidu@cn:ernie-5.1" in run("list").stdout.splitlines()
    table = run("list", "deepseek:deepseek-flash").stdout
    assert "off peak" in " ".join(table.split())
    assert "hand 0.15, model_prices 0.15" in table
    found = json.loads(run("list", "deepseek:deepseek-flash", "--json").stdout)["prices"]
    assert {one["currency"] for one in found} == {"CNY", "USD"}
    assert all(fact["url"].startswith("https://") for one in found for fact in one["facts"])
    assert isinstance(run("list", "no:such").exception, _shared.Failed)


OWN = {
    "deepseek",
    "alibaba",
    "baidu",
    "tencent",
    "xiaomi",
    "openai",
    "amazon-bedrock",
    "meta",
    "microsoft-foundry",
    "google-gemini",
}


def test_every_official_price_of_the_catalogue_is_in_our_files():
    path = SHARED / "catalogue" / "prices.csv"
    if not path.is_file():
        pytest.skip("needs shared/catalogue/prices.csv, which is not beside this checkout")
    ours = {(one.endpoint, one.meter, one.currency, one.conditions.tier, one.amount) for one in seed.seed(NOW)[0].facts}
    with path.open(encoding="utf-8") as table:
        rows = [row for row in csv.DictReader(table) if row["endpoint_id"].partition(":")[0].partition("@")[0] in OWN]
    wanted = {
        (row["endpoint_id"], row["meter"], row["currency"], row["mode"], Decimal(row["amount"]))
        for row in rows
        # A model that Alibaba resells is none of its own.
        if row["confidence"] == "high" and row["unit"] == "per_1m_tokens" and "ZHIPU/" not in row["endpoint_id"]
    }
    assert len(wanted) > 100
    assert wanted - ours == set()
