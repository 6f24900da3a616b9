"""Each source's form by short files of our own making, and what none of them is believed."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from scorecards.cost import published, refs, seed, sources, windows
from scorecards.cost.checking import listing
from scorecards.cost.engine import Tariff
from scorecards.cost.fact import Basis, Conditions
from scorecards.cost.listing import Entry, PriceFile, PriceSourceError, Stated
from scorecards.cost.refs import Refs
from scorecards.cost.sources import genai_prices, litellm, model_prices
from scorecards.cost.usage import Usage

NOW = datetime(2026, 11, 25, tzinfo=UTC)
DAY = datetime(2026, 11, 20, tzinfo=UTC)


def read(name, content, provider="", currency=""):
    text = content if isinstance(content, str) else json.dumps(content)
    return seed.read(name, PriceFile(text.encode(), f"made/{name}", DAY, provider, currency), NOW)


def brief(found):
    """Return facts as `endpoint meter amount currency [conditions] [from] [to]`, sorted."""
    lines = []
    for one in found.facts:
        where = one.conditions
        parts = [one.endpoint, one.meter, f"{one.amount}", one.currency]
        parts += [f">{where.input_above}"] if where.input_above else []
        parts += [f"<={where.input_upto}"] if where.input_upto else []
        parts += [part for part in (where.tier, where.window) if part not in ("", "standard")]
        parts += [f"from {one.valid_from:%Y-%m-%d}"] if one.valid_from not in (None, DAY) else []
        parts += [f"to {one.valid_to:%Y-%m-%d}"] if one.valid_to else []
        lines.append(" ".join(parts))
    return sorted(lines)


def change(start, valid_from, **rates):
    source = {"source": "https://example.org", "valid_from": valid_from, "valid_from_basis": "documented"}
    return {"start": start, "rates": {**rates, **source} if rates else None}


def snapshot(prices, schedules=()):
    return {
        "schema": 1,
        "updated_at": "2026-10-26T18:46:35Z",
        "prices": prices,
        "schedules": {"schedule": list(schedules)},
    }


PEAK = {
    "provider": "deepseek", "peak_hours_utc": [["01:00", "04:00"], ["06:00", "10:00"]], "peak_multiplier": 2.0,
    "holidays": "cn", "weekdays_only": True, "valid_from": "2026-08-16T16:00:00Z",
}  # fmt: skip
A, B, C = "2026-01-01T00:00:00Z", "2026-06-01T00:00:00Z", "2026-09-01T00:00:00Z"
FORMS = {
    "model_prices: a past": (
        "model_prices",
        snapshot(
            {
                "openai": {
                    "x": {"standard": [change(None, A, input=2, output=0.30000000000000004), change(B, B, input=1)]}
                }
            }
        ),
        [
            "openai:x input 1 USD from 2026-06-01",
            "openai:x input 2 USD from 2026-01-01 to 2026-06-01",
            "openai:x output 0.3 USD from 2026-01-01 to 2026-06-01",
        ],
    ),
    "model_prices: a mode that came later, and was withdrawn": (
        "model_prices",
        snapshot(
            {
                "openai": {
                    "x": {"batch": [change(None, None), change("2024-01-01T00:00:00Z", A, input=1), change(B, None)]}
                }
            }
        ),
        ["openai:x input 1 USD batch from 2026-01-01 to 2026-06-01"],
    ),
    "model_prices: a correction from before the entry that it corrects": (
        "model_prices",
        snapshot({"openai": {"x": {"standard": [change(None, B, input=9), change(A, A, input=1)]}}}),
        ["openai:x input 1 USD from 2026-01-01"],
    ),
    "model_prices: context tiers and longer cache writes": (
        "model_prices",
        snapshot(
            {
                "openai": {
                    "x": {
                        "standard": [
                            change(
                                None,
                                A,
                                input=2,
                                cache_write=3,
                                cache_write_1h_multiple=2.5,
                                tiers=[{"above": 272000, "input": 4}],
                            )
                        ]
                    }
                }
            }
        ),
        [
            "openai:x cache_write 3 USD from 2026-01-01",
            "openai:x cache_write_12h 10 USD >272000 from 2026-01-01",
            "openai:x cache_write_12h 5 USD <=272000 from 2026-01-01",
            "openai:x input 2 USD <=272000 from 2026-01-01",
            "openai:x input 4 USD >272000 from 2026-01-01",
        ],
    ),
    "model_prices: peak hours begin": (
        "model_prices",
        snapshot({"deepseek": {"x": {"standard": [change(None, A, input=0.15)]}}}, [PEAK]),
        [
            "deepseek:x input 0.15 USD deepseek_off_peak from 2026-08-16",
            "deepseek:x input 0.15 USD from 2026-01-01 to 2026-08-16",
            "deepseek:x input 0.3 USD deepseek_peak from 2026-08-16",
        ],
    ),
    "model_prices: what was turned from yuan into dollars is no listed price": (
        "model_prices",
        snapshot({"tencent-tokenhub": {"hy3": {"standard": [change(None, A, input=0.139)]}}}),
        [],
    ),
    "model_prices: regions of Bedrock by the beginnings of ids": (
        "model_prices",
        snapshot(
            {
                "amazon-bedrock": {
                    one: {"standard": [change(None, A, input=1)]}
                    for one in ("amazon.n:0", "us.amazon.n:0", "mx.amazon.n:0")
                }
            }
        ),
        [
            "amazon-bedrock@us-east-1:amazon.n:0 input 1 USD from 2026-01-01",
            "amazon-bedrock@us:us.amazon.n:0 input 1 USD from 2026-01-01",
        ],
    ),
    "genai_prices: start dates, tiers of 271999": (
        "genai_prices",
        [
            {
                "id": "openai",
                "pricing_urls": ["https://example.org"],
                "models": [
                    {
                        "id": "o3",
                        "prices": [
                            {"prices": {"input_mtok": 10}},
                            {
                                "constraint": {"type": "start_date", "start_date": "2025-06-10"},
                                "prices": {"input_mtok": 2, "web_searches_kcount": 10},
                            },
                        ],
                    },
                    {"id": "t", "prices": {"input_mtok": {"base": 5, "tiers": [{"start": 271999, "price": 10}]}}},
                ],
            }
        ],
        [
            "openai:o3 input 10 USD to 2025-06-10",
            "openai:o3 input 2 USD from 2025-06-10",
            "openai:t input 10 USD >272000",
            "openai:t input 5 USD <=272000",
        ],
    ),
    "genai_prices: hours of every day": (
        "genai_prices",
        [
            {
                "id": "deepseek",
                "models": [
                    {
                        "id": "x",
                        "prices": [
                            {"prices": {"input_mtok": 0.15}},
                            *(
                                {
                                    "constraint": {"type": "time_of_date", "start_time": start, "end_time": end},
                                    "prices": {"input_mtok": 0.3},
                                }
                                for start, end in (("01:00:00Z", "04:00:00Z"), ("06:00:00Z", "10:00:00Z"))
                            ),
                        ],
                    }
                ],
            }
        ],
        ["deepseek:x input 0.15 USD deepseek_off_peak_daily", "deepseek:x input 0.3 USD deepseek_peak_daily"],
    ),
    "litellm: per token, tiers, batch, by providers": (
        "litellm",
        {
            "sample_spec": {"litellm_provider": "openai", "input_cost_per_token": 1},
            "x": {
                "litellm_provider": "openai",
                "input_cost_per_token": 4e-06,
                "input_cost_per_token_above_272k_tokens": 8e-06,
                "input_cost_per_token_batches": 2e-06,
                "cache_creation_input_token_cost_above_12hr": 1e-05,
            },
            "dashscope/q": {
                "litellm_provider": "dashscope",
                "tiered_pricing": [
                    {"range": [0, 32000.0], "output_cost_per_token": 6e-06},
                    {"range": [32000.0, 128000.0], "output_cost_per_token": 1.2e-05},
                ],
            },
            "tencent/deepseek-v4-pro": {"litellm_provider": "tencent", "input_cost_per_token": 1e-06},
        },
        [
            "alibaba@ap-southeast-1:q output 12 USD >32000",
            "alibaba@ap-southeast-1:q output 6 USD <=32000",
            "openai:x cache_write_12h 10 USD",
            "openai:x input 2 USD batch",
            "openai:x input 4 USD <=272000",
            "openai:x input 8 USD >272000",
        ],
    ),
    "litellm: off-peak hours": (
        "litellm",
        {
            "deepseek/x": {
                "litellm_provider": "deepseek",
                "input_cost_per_token": 3e-07,
                "cache_creation_input_token_cost": 0.0,
                "off_peak_pricing": {
                    "input_cost_per_token": 1.5e-07,
                    "windows": [
                        {"hours_utc": ["00:00-01:00", "04:00-06:00", "10:00-00:00"], "weekdays": [1, 2, 3, 4, 5]},
                        {"hours_utc": "00:00-00:00", "weekdays": [6, 7]},
                    ],
                },
            }
        },
        [
            "deepseek:x cache_write 0 USD",
            "deepseek:x input 0.15 USD deepseek_off_peak_weekdays",
            "deepseek:x input 0.3 USD deepseek_peak_weekdays",
        ],
    ),
    "models_dev: tiers, and what says that it is free": (
        "models_dev",
        {
            "openai": {
                "models": {
                    "x": {
                        "cost": {
                            "input": 2.5,
                            "output": 15,
                            "tiers": [{"input": 5, "tier": {"type": "context", "size": 272000}}],
                        }
                    },
                    "y": {},
                }
            },
            "openrouter": {"models": {"a/b:free": {"cost": {"input": 0, "output": 0}}}},
            "alibaba-cn": {"models": {"q": {"cost": {"input": 1}}}},
        },
        [
            "openai:x input 2.5 USD <=272000",
            "openai:x input 5 USD >272000",
            "openai:x output 15 USD",
            "openrouter:a/b:free input 0 USD",
            "openrouter:a/b:free output 0 USD",
        ],
    ),
    "openrouter: text per token; -1 is no price": (
        "openrouter",
        {
            "data": [
                {
                    "id": "a/b",
                    "pricing": {"prompt": "0.00000014", "completion": "0.00000028", "internal_reasoning": "0"},
                },
                {"id": "openrouter/auto", "pricing": {"prompt": "-1", "completion": "-1"}},
            ]
        },
        ["openrouter:a/b input 0.14 USD", "openrouter:a/b output 0.28 USD"],
    ),
    "azure_retail: declared meters of the region, per thousand or million": (
        "azure_retail",
        {
            "Items": [
                {
                    "meterName": "o3 0416 Inp glbl Tokens",
                    "retailPrice": 0.002,
                    "unitOfMeasure": "1K",
                    "currencyCode": "USD",
                    "armRegionName": "eastus",
                    "effectiveStartDate": "2025-06-01T00:00:00Z",
                },
                {
                    "meterName": "GPT 5 Batch outpt Glbl 1M Tokens",
                    "retailPrice": 5.0,
                    "unitOfMeasure": "1M",
                    "currencyCode": "USD",
                    "armRegionName": "eastus",
                    "effectiveStartDate": "2025-08-01T00:00:00Z",
                },
                {
                    "meterName": "o3 0416 Outp glbl Tokens",
                    "retailPrice": 0.008,
                    "unitOfMeasure": "1K",
                    "armRegionName": "westus",
                    "effectiveStartDate": "2025-06-01T00:00:00Z",
                },
                {"meterName": "o3 of a new kind", "retailPrice": 1, "unitOfMeasure": "1K", "armRegionName": "eastus"},
            ]
        },
        [
            "microsoft-foundry@global:gpt-5 output 5 USD batch from 2025-08-01",
            "microsoft-foundry@global:o3 input 2 USD from 2025-06-01",
        ],
    ),
    "hand: two currencies, a window, an end, one fact for each data set": (
        "hand",
        """
        [[price]]
        endpoint = "deepseek:x"
        currency = "CNY"
        window = "deepseek_peak"
        prices = { input = 2.0, output = 8.0 }
        valid_from = 2026-09-10T04:00:00Z
        valid_to = 2026-12-01
        basis = "documented"
        source = "https://example.org"
        checked = 2026-11-01
        [[price]]
        endpoint = "deepseek:x"
        currency = "USD"
        prices = { input = 0.3 }
        valid_from = 2026-09-10
        basis = "imported"
        source = "https://example.org"
        checked = 2026-11-01
        via = ["model_prices", "litellm"]
        """,
        [
            "deepseek:x input 0.3 USD from 2026-09-10",
            "deepseek:x input 0.3 USD from 2026-09-10",
            "deepseek:x input 2 CNY deepseek_peak from 2026-09-10 to 2026-12-01",
            "deepseek:x output 8 CNY deepseek_peak from 2026-09-10 to 2026-12-01",
        ],
    ),
}


@pytest.mark.parametrize(("name", "content", "expected"), FORMS.values(), ids=FORMS)
def test_a_source_is_read_as_it_is_written(name, content, expected):
    found = read(name, content)
    assert brief(found) == sorted(expected)
    assert found.quarantined == ()


@pytest.mark.parametrize(
    "models",
    [
        {"data": [{"id": "a/b", "pricing": {"input": 0.3, "output": 0.6, "cached_input": 0}}]},
        [{"id": "a/b", "pricing": {"input": 0.3, "output": 0.6}}],
        {"data": [{"id": "a/b", "metadata": {"pricing": {"input_tokens": 0.3, "output_tokens": 0.6}}}]},
    ],
)
def test_a_providers_own_list_counts_as_its_own_source(models):
    found = read("models_list", models, provider="together", currency="USD")
    assert brief(found) == ["together:a/b input 0.3 USD", "together:a/b output 0.6 USD"]
    assert {one.origin.importer for one in found.facts} == {"models_list:together"} == {found.source}


def test_a_list_whose_currency_nobody_says_is_not_taken_for_dollars():
    found = read("models_list", [{"id": "a/b", "pricing": {"input": 0.3}}], provider="together")
    assert (found.facts, found.quarantined[0].reason) == ((), "wants a currency, has none")
    yuan = read("models_list", [{"id": "a/b", "pricing": {"input": 0.3}}], provider="together", currency="CNY")
    assert brief(yuan) == ["together:a/b input 0.3 CNY"]


def test_hours_that_no_window_has_are_told_not_guessed():
    odd = {**PEAK, "peak_hours_utc": [["02:00", "03:00"]]}
    found = read("model_prices", snapshot({"deepseek": {"x": {"standard": [change(None, A, input=0.15)]}}}, [odd]))
    assert brief(found) == ["deepseek:x input 0.15 USD from 2026-01-01 to 2026-08-16"]
    assert [(one.subject, one.reason) for one in found.quarantined] == [
        ("deepseek:x", "wants hours that a window of ours has")
    ]


@pytest.mark.parametrize("name", list(sources.load()))
@pytest.mark.parametrize(
    "content", ["", "null", "[]", "{}", "nonsense", '{"data": 1}', "\x00", "[1, {}]", '{"a": {"models": 3}}']
)
def test_what_is_not_the_sources_file_is_refused_with_its_name(name, content):
    if name == "genai_prices" and content == "[]":
        assert read(name, content).facts == ()
        return
    with pytest.raises(PriceSourceError, match=f"made/{name}: wants"):
        read(name, content)


GOOD = Entry("p", "x", "input", Decimal(2), DAY - timedelta(days=9), currency="USD")
PAIR = replace(GOOD, meter="output", amount=Decimal(4))
BAD = {
    "negative": (replace(GOOD, amount=Decimal(-1)), "negative"),
    "zero": (replace(GOOD, amount=Decimal(0)), "zero where nothing says it is free"),
    "NaN": (replace(GOOD, amount=Decimal("NaN")), "finite"),
    "infinite": (replace(GOOD, amount=Decimal("Infinity")), "finite"),
    "no number": (replace(GOOD, amount="cheap"), "finite"),
    "a truth value": (replace(GOOD, amount=True), "finite"),
    "per token for per million": (replace(GOOD, amount=Decimal("0.000002")), "like that of a token"),
    "scaled twice": (replace(GOOD, amount=Decimal(2_000_000)), "far above any"),
    "no currency": (replace(GOOD, currency=None), "wants a currency"),
    "a strange currency": (replace(GOOD, currency="XXX"), "known currency"),
    "a strange unit": (replace(GOOD, unit="1 fortnight"), "known unit"),
    "a strange meter": (replace(GOOD, meter="vibes"), "known meter"),
    "read in the future": (replace(GOOD, read_at=NOW + timedelta(days=1)), "day that has come"),
    "begins in the future": (replace(GOOD, valid_from=NOW + timedelta(days=3)), "start in the past"),
    "announced too early": (replace(GOOD, valid_from=NOW + timedelta(days=500), basis=Basis.DOCUMENTED), "400 days"),
    "ends before it begins": (replace(GOOD, valid_to=DAY - timedelta(days=10)), "end behind its start"),
    "a band turned round": (replace(GOOD, conditions=Conditions(9, 3)), "band of input tokens"),
    "an id with a blank": (replace(GOOD, model_id="a b"), "endpoint ref"),
}  # fmt: skip
REFS = Refs({"p": "p"}, {})


def believed(*entries, looked_at=DAY):
    return listing("made", PriceFile(b"", "made", DAY), Stated(entries, "1", looked_at), REFS, NOW)


@pytest.mark.parametrize(("entry", "reason"), BAD.values(), ids=BAD)
def test_what_cannot_be_true_is_quarantined_with_the_reason_and_the_rest_is_taken(entry, reason):
    found = believed(entry, PAIR)
    assert [(one.meter, str(one.amount)) for one in found.facts] == [("output", "4")]
    (wrong,) = found.quarantined
    assert reason in wrong.reason


EARLIER = DAY - timedelta(days=3)
SEVERAL = {
    "a thousand times its sibling": ((GOOD, replace(PAIR, amount=Decimal(2001))), "within 1000 times"),
    "two prices at once": ((GOOD, replace(GOOD, amount=Decimal(3))), "one price at a time"),
    "spans that overlap": (
        (replace(GOOD, valid_to=DAY), replace(GOOD, valid_from=EARLIER, amount=Decimal(3))),
        "do not overlap",
    ),
    "bands that overlap": (
        (replace(GOOD, conditions=Conditions(None, 300)), replace(GOOD, conditions=Conditions(200))),
        "bands of input tokens",
    ),
}


@pytest.mark.parametrize(("entries", "reason"), SEVERAL.values(), ids=SEVERAL)
def test_what_contradicts_itself_is_quarantined_whole(entries, reason):
    found = believed(*entries)
    assert found.facts == ()
    assert len(found.quarantined) == 2
    assert all(reason in one.reason for one in found.quarantined)


def test_a_whole_file_of_tomorrow_is_not_believed():
    found = believed(GOOD, PAIR, looked_at=NOW + timedelta(days=1))
    assert found.facts == ()
    assert "day that has come" in found.quarantined[0].reason


@pytest.mark.parametrize(
    "entry",
    [
        replace(GOOD, amount=Decimal(0), free=True),
        replace(GOOD, amount=Decimal(0), meter="cache_write"),
        replace(GOOD, valid_from=NOW + timedelta(days=40), basis=Basis.DOCUMENTED),
        replace(GOOD, amount=2),
        replace(GOOD, amount="2.50"),
    ],
)
def test_what_may_be_true_is_taken(entry):
    found = believed(entry)
    assert len(found.facts) == 1
    assert found.quarantined == ()


def test_models_are_never_found_by_a_part_of_their_name():
    table = refs.parse(
        '[s]\nopenai = "openai"\n[[id]]\nsource = "s"\nprovider = "q"\nid = "old"\nendpoint = "openai:new"\n', "s"
    )
    assert table.ref("openai", "gpt-5-turbo") == "openai:gpt-5-turbo"
    assert table.ref("q", "old") == "openai:new"
    assert table.ref("q", "older") is None
    assert table.ref("open", "gpt-5") is None


def test_the_bundled_prices_are_all_believed_and_cover_the_ten_named_players():
    hand, snapshot_ = seed.seed(NOW)
    assert hand.quarantined == ()
    assert (hand.source, snapshot_.source) == ("hand", "model_prices")
    players = {one.endpoint.partition(":")[0].partition("@")[0] for one in hand.facts}
    assert players == {"alibaba", "amazon-bedrock", "baidu", "deepseek", "google-gemini", "meta", "microsoft-foundry",
                       "openai", "tencent", "xiaomi"}  # fmt: skip
    yuan = {one.endpoint.partition(":")[0].partition("@")[0] for one in hand.facts if one.currency == "CNY"}
    assert yuan == {"alibaba", "baidu", "deepseek", "tencent", "xiaomi"}
    assert all(one.origin.url.startswith("https://") and one.origin.snippet for one in hand.facts)


def test_every_window_of_a_price_is_a_window_that_is_known():
    used = {one.conditions.window for found in seed.seed(NOW) for one in found.facts} - {""}
    tables = (model_prices.WINDOWS, genai_prices.WINDOWS, litellm.WINDOWS)
    declared = {name for one in tables for pair in one.values() for name in pair}
    assert used | declared <= windows.load().keys()
    assert "deepseek_peak" in used


def genai(provider, model_id, *changes):
    return "genai_prices", [{"id": provider, "models": [{"id": model_id, "prices": list(changes)}]}]


def by_hours(rates, *hours):
    return [
        {"constraint": {"type": "time_of_date", "start_time": start, "end_time": end}, "prices": rates}
        for start, end in hours
    ]


def per_token(key, provider, **rates):
    return "litellm", {key: {"litellm_provider": provider, **rates}}


def of_models_dev(provider, model_id, **rates):
    return "model_prices", snapshot({provider: {model_id: {"standard": [change(None, A, **rates)]}}})


def noted(endpoint, via, **rates):
    prices = ", ".join(f"{meter} = {amount}" for meter, amount in rates.items())
    return (
        "hand",
        f"""[[price]]
endpoint = "{endpoint}"
currency = "USD"
prices = {{ {prices} }}
valid_from = 2026-11-10
basis = "imported"
source = "https://example.org/prices"
checked = 2026-11-20
via = ["{via}"]
snippet = "in our words"
""",
    )


SATURDAY, WEEKDAY = datetime(2026, 11, 21, 2, tzinfo=UTC), datetime(2026, 11, 23, 12, tzinfo=UTC)
PEAK_HOURS = (("01:00:00Z", "04:00:00Z"), ("06:00:00Z", "10:00:00Z"))
DISPUTES = {
    "deepseek-flash on a Saturday: the rule leaves weekends out, hours of every day do not": (
        "deepseek:deepseek-flash",
        SATURDAY,
        1_000,
        [
            genai("deepseek", "deepseek-flash", {"prices": {"input_mtok": 0.15, "output_mtok": 0.6}},
                  *by_hours({"input_mtok": 0.3, "output_mtok": 1.2}, *PEAK_HOURS)),
            ("model_prices", snapshot({"deepseek": {"deepseek-flash": {"standard": [
                change(None, C, input=0.15, output=0.6)]}}}, [PEAK])),
        ],
        {"input": {"0.15", "0.3"}, "output": {"0.6", "1.2"}},
    ),
    "deepseek-chat: numbers of July 2025 against those of 2026": (
        "deepseek:deepseek-chat",
        WEEKDAY,
        1_000,
        [
            genai("deepseek", "deepseek-chat", {"prices": {"input_mtok": 0.135, "output_mtok": 0.55}},
                  *by_hours({"input_mtok": 0.27, "output_mtok": 1.1}, ("00:30:00Z", "16:30:00Z"))),
            of_models_dev("deepseek", "deepseek-chat", input=0.14, output=0.28),
        ],
        {"input": {"0.14", "0.27"}, "output": {"0.28", "1.1"}},
    ),
    "Nova 2 Lite: with the uplift of a region and without": (
        "amazon-bedrock@us-east-1:amazon.nova-2-lite-v1:0",
        WEEKDAY,
        1_000,
        [
            per_token("amazon.nova-2-lite-v1:0", "bedrock_converse",
                      input_cost_per_token=3e-07, output_cost_per_token=2.5e-06),
            of_models_dev("amazon-bedrock", "amazon.nova-2-lite-v1:0", input=0.33, output=2.75),
        ],
        {"input": {"0.3", "0.33"}, "output": {"2.5", "2.75"}},
    ),
    "Mistral Large 4: what two data sets have against a third's": (
        "mistral:mistral-large-4",
        WEEKDAY,
        1_000,
        [
            genai("mistral", "mistral-large-4", {"prices": {"input_mtok": 1.36, "output_mtok": 4.18}}),
            noted("mistral:mistral-large-4", "pi_ai", input="0.70", output="2.10"),
        ],
        {"input": {"0.7", "1.36"}, "output": {"2.1", "4.18"}},
    ),
    "qwen-plus above 256K: one price for all against a tier": (
        "alibaba@ap-southeast-1:qwen-plus",
        WEEKDAY,
        300_000,
        [
            per_token("dashscope/qwen-plus", "dashscope", input_cost_per_token=4e-07, output_cost_per_token=1.2e-06),
            of_models_dev("alibaba", "qwen-plus", input=0.4, output=1.2,
                          tiers=[{"above": 256000, "input": 1.2, "output": 3.6}]),
        ],
        {"input": {"0.4", "1.2"}, "output": {"1.2", "3.6"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("endpoint", "at", "tokens", "files", "amounts"), DISPUTES.values(), ids=DISPUTES)
def test_disputes_that_were_found_in_the_sources_are_published_with_both_numbers(endpoint, at, tokens, files, amounts):
    facts = [fact for name, content in files for fact in read(name, content).facts]
    cost = Tariff(endpoint, facts).cost(Usage(input=tokens, output=1_000), at)
    bill = published.bill(cost)
    assert bill["state"] == "disputed"
    assert {one["meter"]: one["state"] for one in bill["facts"]} == dict.fromkeys(amounts, "disputed")
    said = {one["meter"]: {source["amount"] for source in one["sources"]} for one in bill["facts"]}
    assert said == amounts
    assert all(one["amount"] in said[one["meter"]] for one in bill["facts"])
