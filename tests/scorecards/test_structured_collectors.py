"""Collectors of structured documents on literals written after the public API documents, never recorded live."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards import judge, rubric
from scorecards.evidence import Basis, Bound, Document, Finding, Identity
from scorecards.transparency import collectors
from scorecards.verdict import State

NOW = datetime(2026, 11, 24, tzinfo=UTC)
COLLECTORS = collectors.load()
TINY = Identity("acme/tiny-2", ("Tiny 2", "Tiny-2-Instruct", "tiny-2"), ("Acme", "openai", "acme-ai"))
HUNYUAN = Path(__file__).parents[2].parent / "shared/disclosures/tencent/hunyuan-a13b/config.json"
JSON = "application/json"
HUB = "https://huggingface.co/api/models/acme-ai/Tiny-2"
GITHUB = "https://api.github.com/repos/acme/tiny"
K, P, A, U = Finding.KNOWN, Finding.PARTIAL, Finding.ABSENT, Finding.UNMEASURED


def document(content, url, media_type=JSON, *, first_party=True):
    content = content if isinstance(content, bytes) else json.dumps(content, ensure_ascii=False, indent=1).encode()
    return Document.of(content, url, media_type, NOW, first_party=first_party)


def readings(name, content, url, media_type=JSON, **more):
    """Return each quantity's reading, having checked what holds for all of them."""
    one, found = COLLECTORS[name], document(content, url, media_type, **more)
    assert one.accepts(found)
    read = one.read(TINY, found)
    for reading in read:
        assert reading.quantity in one.quantities
        assert reading.sources[0].id == f"sha256:{found.sha256}"
        quote = reading.sources[0].quote
        assert quote is None or quote.matches(found.content)
        if reading.value is not None and reading.basis is not Basis.EXECUTED:
            assert quote is not None
    return {reading.quantity: reading for reading in read}


def said(name, content, url, quantity, media_type=JSON):
    one = readings(name, content, url, media_type)[quantity]
    return one.finding, one.value


# The hub.

MODEL = {
    "id": "acme-ai/Tiny-2", "modelId": "acme-ai/Tiny-2", "sha": "0" * 40, "createdAt": "2026-10-17T08:00:00.000Z",
    "lastModified": "2026-11-01T08:00:00.000Z", "private": False, "gated": False, "disabled": False,
    "siblings": [{"rfilename": "README.md"}, {"rfilename": "model.safetensors"}, {"rfilename": "tokenizer.json"}],
    "config": {"architectures": ["TinyForCausalLM"], "model_type": "tiny"},
    "safetensors": {"parameters": {"BF16": 7_000_000_000}, "total": 7_000_000_000},
    "cardData": {
        "license": "apache-2.0", "base_model": ["acme-ai/Tiny-2-Base"], "datasets": ["b/two", "a/one"],
        "language": ["en", "zh"], "co2_eq_emissions": {"emissions": 1_500_000, "source": "a meter"},
        "model-index": [{"name": "Tiny", "results": [
            {"task": {"type": "t"}, "dataset": {"name": "MMLU", "type": "m"}, "metrics": [{"type": "acc", "value": 7}]},
            {"task": {"type": "t"}, "dataset": {"name": "GSM8K", "type": "g"},
         "metrics": [{"type": "acc", "value": 9}]},
        ]}],
    },
}  # fmt: skip


def card(**fields):
    return {**MODEL, "cardData": {**MODEL["cardData"], **fields}}


def test_the_hubs_answer_is_read_whole():
    found = readings("hub_api", MODEL, HUB)
    assert {name: (one.finding, one.value) for name, one in found.items()} == {
        "weights_licence": (K, "apache-2.0"),
        "base_model": (K, "acme-ai/Tiny-2-Base"),
        "training_datasets": (K, "a/one,b/two"),
        "languages": (K, "en,zh"),
        "parameter_count": (K, Decimal(7_000_000_000)),
        "weights_available": (K, True),
        "tokenizer": (K, "tokenizer.json"),
        "release_date": (P, "2026-10-17"),
        "architecture": (P, "tiny"),
        "evaluation_results": (K, "2 results: GSM8K, MMLU"),
        "training_co2": (K, Decimal("1.5")),
    }
    assert found["parameter_count"].sources[0].quote.text == '"total": 7000000000'
    assert found["weights_licence"].sources[0].quote.text == '"license": "apache-2.0"'
    assert "multi-token-prediction" in found["parameter_count"].note


@pytest.mark.parametrize(
    ("model", "quantity", "finding", "value"),
    [
        (card(license="other"), "weights_licence", P, "other"),
        (card(license="other", license_name="Tiny Licence"), "weights_licence", K, "tiny-licence"),
        (card(license=None), "weights_licence", A, None),
        (card(license="unknown"), "weights_licence", A, None),
        (card(language=["EN", "multilingual", "zh-Hant"]), "languages", K, "en,zh-hant"),
        (card(language="multilingual"), "languages", P, "multilingual"),
        (card(language=[]), "languages", A, None),
        (card(license=["mit", "apache-2.0"]), "weights_licence", K, "apache-2.0,mit"),
        (card(license={"a": 1}), "weights_licence", U, None),
        (card(co2_eq_emissions=250), "training_co2", K, Decimal("0.00025")),
        (card(co2_eq_emissions="little"), "training_co2", U, None),
        (card(co2_eq_emissions=True), "training_co2", U, None),
        ({**MODEL, "gated": "auto"}, "weights_available", K, True),
        ({**MODEL, "gated": "manual"}, "weights_available", P, True),
        ({**MODEL, "private": True}, "weights_available", A, None),
        ({**MODEL, "siblings": [{"rfilename": "README.md"}]}, "weights_available", A, None),
        ({**MODEL, "siblings": [7, {}, {"rfilename": 7}]}, "tokenizer", A, None),
        ({**MODEL, "createdAt": "2022-03-02T23:29:04.000Z"}, "release_date", A, None),
        ({**MODEL, "safetensors": {"total": 685, "parameters": {"BF16": 4, "F8_E4M3": 681}}}, "parameter_count", P,
         Decimal(685)),
        ({**MODEL, "safetensors": {"total": 1e99}}, "parameter_count", U, None),
        ({**MODEL, "safetensors": None}, "parameter_count", A, None),
        ({**MODEL, "cardData": None}, "evaluation_results", A, None),
        (card(**{"model-index": [{"results": 7}]}), "evaluation_results", A, None),
    ],
)  # fmt: skip
def test_a_field_of_the_hub_earns_what_it_says(model, quantity, finding, value):
    assert said("hub_api", model, HUB, quantity) == (finding, value)


def test_the_hub_speaks_for_the_developer_only_from_its_own_repository():
    assert {one.basis for one in readings("hub_api", MODEL, HUB).values()} == {Basis.FIRST_PARTY}
    handed_in = readings("hub_api", MODEL, "file:answer.json", first_party=False)
    assert {one.basis for one in handed_in.values()} == {Basis.THIRD_PARTY}


@pytest.mark.parametrize("name", ["hub_api", "config_json", "generation_config", "tokenizer_json", "safetensors"])
def test_a_siblings_repository_says_nothing_of_this_model(name):
    sibling = "https://huggingface.co/acme-ai/Tiny-2-Base/resolve/main/"
    files = {"tokenizer_json": "tokenizer.json", "safetensors": "model.safetensors"}
    url = f"{HUB}-Base" if name == "hub_api" else sibling + files.get(name, f"{name}.json")
    found = document({**MODEL, **PLAIN}, url)
    assert COLLECTORS[name].read(TINY, found) == []
    assert COLLECTORS[name].read(TINY, document(found.content, url.replace("Tiny-2-Base", "TINY-2"))) != []


# config.json.

CONFIG = "https://huggingface.co/acme-ai/Tiny-2/resolve/main/config.json"
PLAIN = {
    "model_type": "tiny", "num_hidden_layers": 4, "hidden_size": 8, "num_attention_heads": 2, "vocab_size": 100,
    "max_position_embeddings": 4096, "torch_dtype": "bfloat16",
}  # fmt: skip
YARN = {"type": "yarn", "factor": 4.0, "original_max_position_embeddings": 1024}


@pytest.mark.parametrize(
    ("config", "quantity", "finding", "value", "note"),
    [
        (PLAIN, "context_tokens", K, Decimal(4096), "no rope scaling"),
        ({**PLAIN, "rope_scaling": None}, "context_tokens", K, Decimal(4096), "no rope scaling"),
        ({**PLAIN, "rope_scaling": YARN}, "context_tokens", P, Decimal(4096), "(type yarn, factor 4.0)"),
        ({**PLAIN, "rope_scaling": {"type": "dynamic", "factor": 1.0, "alpha": 1000.0}}, "context_tokens", K,
         Decimal(4096), "(type dynamic, factor 1.0, alpha 1000.0)"),
        ({"model_type": "two", "max_position_embeddings": 7, "text_config": PLAIN}, "context_tokens", K,
         Decimal(4096), ""),
        ({**PLAIN, "max_position_embeddings": "many"}, "context_tokens", U, None, "wants a whole number"),
        ({**PLAIN, "max_position_embeddings": None}, "context_tokens", A, None, "config.json: has none of"),
        (PLAIN, "quantisation", K, "bfloat16", ""),
        ({**PLAIN, "quantization_config": {"quant_method": "fp8"}}, "quantisation", K, "fp8", ""),
        ({**PLAIN, "quantization_config": {"quant_method": "awq", "bits": 4}}, "quantisation", K, "awq", "4 bits"),
        ({"model_type": "tiny"}, "architecture", P, "tiny", "family"),
        (PLAIN, "architecture", K, "4 layers, 8 hidden size, 2 attention heads, 100 vocabulary", ""),
        ({"vocab_size": 100}, "architecture", P, "100 vocabulary", "without layers, hidden size, attention"),
        ({**PLAIN, "moe_topk": [8, 8], "num_experts": 64}, "architecture", K,
         "4 layers, 8 hidden size, 2 attention heads, 100 vocabulary, 64 experts, 8 experts per token", ""),
    ],
)  # fmt: skip
def test_a_configuration_says_what_the_code_is_told(config, quantity, finding, value, note):
    one = readings("config_json", config, CONFIG)[quantity]
    assert (one.finding, one.value) == (finding, value)
    assert note in one.note


def test_a_file_of_another_program_of_this_name_is_no_configuration():
    assert not COLLECTORS["config_json"].accepts(document({"theme": "dark"}, "https://x.example/config.json"))


def test_the_context_of_a_real_configuration_is_quoted():
    if not HUNYUAN.exists():
        pytest.skip("wants ../shared/disclosures/tencent/hunyuan-a13b/config.json")
    one = readings("config_json", HUNYUAN.read_bytes(), CONFIG)["context_tokens"]
    assert (one.finding, one.value) == (K, Decimal(32768))
    assert one.sources[0].quote.text == '"max_position_embeddings": 32768'
    assert one.bound is Bound.AT_MOST


@pytest.mark.parametrize(("declared", "state"), [(32_768, State.DISCLOSED), (131_072, State.CONTRADICTED)])
def test_a_declared_length_may_be_smaller_than_the_positions_but_not_larger(declared, state):
    positions = readings("config_json", {"model_type": "tiny", "max_position_embeddings": 40_960}, CONFIG)[
        "context_tokens"
    ]
    said = replace(positions, reader="prose/1", value=Decimal(declared), bound=Bound.EXACT)
    rules = rubric.load()
    verdict = judge.judge(rules.facts["context_tokens"], [positions, said], positions.taken_at, timedelta(days=1))
    assert verdict.state is state
    assert verdict.value == (declared if state is State.DISCLOSED else None)


def test_what_collectors_read_is_asked_by_the_rubric():
    facts = rubric.load().facts
    assert not [(name, one) for name, found in COLLECTORS.items() for one in found.quantities if one not in facts]


# The others.

RELEASE = {"tag_name": "v2", "published_at": "2026-10-17T08:00:00Z"}
SECURITY = (
    b"# signed\nContact: mailto:sec@acme.example\r\nExpires: 2027-01-01T00:00:00Z\nPolicy: https://acme.example/p\n"
)
LIST = {"object": "list", "data": [
    {"id": "other", "object": "model", "created": 1, "owned_by": "acme"},
    {"id": "tiny-2", "object": "model", "created": 1_760_659_200, "owned_by": "acme", "shutdown_date": "2027-01-31"},
]}  # fmt: skip
BEDROCK = {"modelSummaries": [{"modelId": "acme.tiny-2-v1:0", "modelName": "Tiny 2", "modelLifecycle": {
    "status": "LEGACY", "startOfLifeTime": "2026-01-02T00:00:00Z", "legacyTime": "2026-09-01T00:00:00Z",
    "endOfLifeTime": "2027-03-01T00:00:00Z"}}]}  # fmt: skip
ACTIVE = {"modelSummaries": [{"modelId": "m", "modelName": "tiny-2", "modelLifecycle": {"status": "ACTIVE"}}]}
TXT = "text/plain"
VULN, INCIDENTS, DEPRECATION = "vulnerability_disclosure", "security_incident_reporting", "deprecation_policy"
GENERATION = "file:generation_config.json"
SUMMARY, MODELS = "https://s.example/api/v2/summary.json", "https://api.a.example/v1/models"
FILE, BEDROCK_FILE, MAIL = "file:security.txt", "file:bedrock.json", "mailto:sec@acme.example"


@pytest.mark.parametrize(
    ("name", "content", "url", "media_type", "quantity", "finding", "value"),
    [
        ("tokenizer_json", {"model": {"type": "BPE", "vocab": {"a": 0}}}, "file:tokenizer.json", JSON,
         "tokenizer", K, "BPE"),
        ("tokenizer_json", {"tokenizer_class": "TinyTokenizer"}, "file:tokenizer_config.json",
         JSON, "tokenizer", K, "TinyTokenizer"),
        ("tokenizer_json", {"model": {"type": "BPE"}}, "file:tokenizer.json", JSON, "tokenizer", P, "BPE"),
        ("tokenizer_json", {}, "file:tokenizer_config.json", JSON, "tokenizer", A, None),
        ("generation_config", {"max_new_tokens": 2048}, GENERATION, JSON, "max_output_tokens", P, Decimal(2048)),
        ("generation_config", {"max_length": 99}, GENERATION, JSON, "max_output_tokens", P, Decimal(99)),
        ("generation_config", {"top_p": 1}, GENERATION, JSON, "max_output_tokens", A, None),
        ("github_api", {"license": {"spdx_id": "Apache-2.0"}}, GITHUB, JSON, "code_licence", K, "apache-2.0"),
        ("github_api", {"license": {"spdx_id": "NOASSERTION"}}, GITHUB, JSON, "code_licence", P, "other"),
        ("github_api", {"license": None}, GITHUB, JSON, "code_licence", A, None),
        ("github_api", {"has_issues": True}, GITHUB, JSON, "contact", P, "issues of the repository"),
        ("github_api", {"has_issues": True, "archived": True}, GITHUB, JSON, "contact", A, None),
        ("github_api", [RELEASE, {**RELEASE, "published_at": "2025-01-01T00:00:00Z"}], f"{GITHUB}/releases", JSON,
         "change_log", K, "2 releases from 2025-01-01 to 2026-10-17"),
        ("github_api", [RELEASE], f"{GITHUB}/releases?per_page=100", JSON, "change_log", P, "1 release, 2026-10-17"),
        ("github_api", [{"tag_name": "draft", "published_at": None}], f"{GITHUB}/releases",
         JSON, "change_log", A, None),
        ("security_txt", SECURITY, "https://a.example/.well-known/security.txt", TXT, VULN, K,
         "mailto:sec@acme.example, policy https://acme.example/p"),
        ("security_txt", SECURITY.replace(b"Policy", b"X"), FILE, TXT, VULN, P, MAIL),
        ("security_txt", SECURITY.replace(b"2027", b"2026"), FILE, TXT, VULN, P, MAIL),
        ("security_txt", SECURITY.replace(b"Expires", b"X"), FILE, TXT, VULN, P, MAIL),
        ("security_txt", SECURITY.replace(b"2027-01-01T00:00:00Z", b"soon"), FILE, TXT, VULN, P, MAIL),
        ("security_txt", b"hello", FILE, TXT, VULN, A, None),
        ("security_txt", b"Contact: \xff", FILE, TXT, VULN, U, None),
        ("robots_txt", b"User-agent: *\nDisallow:\n\nUser-agent: GPTBot\nDisallow: /\n", "file:robots.txt", TXT,
         "crawler", P, "GPTBot"),
        ("robots_txt", b"User-agent: ClaudeBot\nDisallow: /\n", "file:robots.txt", TXT, "crawler", A, None),
        ("status_page", {"page": {}, "incidents": []}, SUMMARY, JSON, INCIDENTS, P, "status page, no incident open"),
        ("status_page", {"page": {}, "incidents": [{"name": "n", "created_at": "2026-02-03T00:00:00Z"}]},
         "https://s.example/api/v2/incidents.json", JSON, INCIDENTS, P,
         "status page, 1 incidents from 2026-02-03 to 2026-02-03"),
        ("status_page", {"page": {}}, SUMMARY, JSON, INCIDENTS, A, None),
        ("provider_models", LIST, MODELS, JSON, DEPRECATION, K, "shutdown 2027-01-31"),
        ("provider_models", LIST, MODELS, JSON, "release_date", P, "2025-10-17"),
        ("provider_models", LIST, MODELS, JSON, "api_availability", K, True),
        ("provider_models", {"data": LIST["data"][:1]}, "file:models.json", JSON, "api_availability", A, None),
        ("provider_models", BEDROCK, BEDROCK_FILE, JSON, DEPRECATION, K, "legacy 2026-09-01, endOfLife 2027-03-01"),
        ("provider_models", BEDROCK, BEDROCK_FILE, JSON, "release_date", P, "2026-01-02"),
        ("provider_models", ACTIVE, BEDROCK_FILE, JSON, DEPRECATION, P, "ACTIVE"),
    ],
)  # fmt: skip
def test_a_structured_document_earns_what_it_says(name, content, url, media_type, quantity, finding, value):  # noqa: PLR0917
    assert said(name, content, url, quantity, media_type) == (finding, value)


def test_a_page_that_a_server_shows_instead_is_neither_security_txt_nor_robots_txt():
    for name in ("security_txt", "robots_txt"):
        page = document(b"<html>", f"https://a.example/{name.replace('_', '.')}", "text/html")
        assert not COLLECTORS[name].accepts(page)


# What holds for all.

PLACES = {
    "hub_api": HUB,
    "config_json": CONFIG,
    "generation_config": GENERATION,
    "tokenizer_json": "file:tokenizer.json",
    "github_api": GITHUB,
    "status_page": SUMMARY,
    "provider_models": MODELS,
    "safetensors": "file:model.safetensors.index.json",
}
KEYS = st.sampled_from([
    "cardData", "license", "siblings", "rfilename", "safetensors", "total", "parameters", "model_type", "vocab_size",
    "rope_scaling", "factor", "data", "id", "created", "page", "incidents", "created_at", "modelSummaries", "modelName",
    "modelLifecycle", "status", "weight_map", "metadata", "total_parameters", "model", "type", "vocab", "text_config",
])  # fmt: skip
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9)
)
VALUES = st.recursive(
    SCALARS | st.sampled_from(["tiny-2", "2026-01-01"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)


@pytest.mark.parametrize("name", PLACES)
@given(value=VALUES)
def test_whatever_json_comes_there_is_one_reading_of_each_quantity_or_none(name, value):
    one = COLLECTORS[name]
    found = document(json.dumps(value).encode(), PLACES[name])
    read = one.read(TINY, found)
    assert len({reading.quantity for reading in read}) == len(read)
    for reading in read:
        quote = reading.sources[0].quote
        assert quote is None or quote.matches(found.content)
        assert reading.value is None or quote is not None


@pytest.mark.parametrize("name", PLACES)
@pytest.mark.parametrize("content", [b"", b"\xff\xfe{\x00", b"[" * 99_999, b'{"a":1,"a":2}', b"<html>"])
def test_what_is_no_json_is_unmeasured_and_never_absent(name, content):
    read = COLLECTORS[name].read(TINY, document(content, PLACES[name]))
    assert read
    assert {reading.finding for reading in read} == {Finding.UNMEASURED}
    assert all(reading.note for reading in read)


@pytest.mark.parametrize("name", PLACES)
def test_a_collector_knows_its_document_by_the_address_alone(name):
    """What could not be had is unchecked for the quantities that it would have told."""
    unseen = Document("", b"", PLACES[name], JSON, NOW, 0)
    assert COLLECTORS[name].accepts(unseen)
