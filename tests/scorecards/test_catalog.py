"""The catalogue: its bundled files, its checks, its refs."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.catalog import Catalog, CatalogError, Endpoint, Model, split_endpoint_ref
from scorecards.catalog_files import BUNDLED, load, merge, parse
from scorecards.catalog_rows import developer_row, endpoint_row, model_row

JURISDICTIONS = {
    "ai2": "US",
    "alibaba": "CN",
    "amazon": "US",
    "anthropic": "US",
    "baidu": "CN",
    "deepseek": "CN",
    "google": "US",
    "meta": "US",
    "microsoft": "US",
    "mistral": "FR",
    "moonshot": "CN",
    "openai": "US",
    "tencent": "CN",
    "xiaomi": "CN",
    "zhipu": "CN",
}
CITED = {"source": "the vendor's page", "checked": "2026-11-10"}
DEVELOPER = {"id": "acme", "name": "Acme", "jurisdiction": "DE", **CITED}
MODEL = {"ref": "acme/one-1.0", "name": "One", **CITED}
ENDPOINT = {
    "ref": "acme@eu:one",
    "model": "acme/one-1.0",
    "dialect": "openai_chat",
    "base_url": "https://api.acme.example/v1",
    **CITED,
}
USER_FILE = """
[developer]
id = "acme"
name = "Acme"
jurisdiction = "DE"
source = "typed in by the operator"
checked = 2026-11-10

[[model]]
ref = "acme/one-1.0"
name = "One"
released = 2026-11-01
source = "typed in by the operator"
checked = 2026-11-10

[[model.document]]
kind = "card"
url = "https://acme.example/one"

[[endpoint]]
ref = "acme:one"
model = "acme/one-1.0"
dialect = "openai_chat"
base_url = "http://127.0.0.1:8080/v1"
source = "typed in by the operator"
checked = 2026-11-10
"""


@pytest.fixture(scope="module")
def bundled():
    return load([BUNDLED])


def shared_weights(catalog):
    return [model for model in catalog.models.values() if model.hub_repo]


# What comes with Pellucid.


def test_every_developer_is_there_with_its_jurisdiction(bundled):
    assert {id_: developer.jurisdiction for id_, developer in bundled.developers.items()} == JURISDICTIONS


@pytest.mark.parametrize("developer", JURISDICTIONS)
def test_every_developer_has_at_least_two_models_in_service(bundled, developer):
    models = [model for model in bundled.models.values() if model.developer == developer]
    assert sum(model.lifecycle in ("current", "preview") for model in models) >= 2


def test_every_developer_has_a_document_to_start_from(bundled):
    assert [d.id for d in bundled.developers.values() if not any(s.kind == "documentation" for s in d.documents)] == []


def test_every_fact_says_where_and_when_it_was_read(bundled):
    rows = [row for table in (bundled.developers, bundled.models, bundled.endpoints) for row in table.values()]
    documents = [document for row in rows for document in getattr(row, "documents", ())]
    assert all(fact.cited.source and isinstance(fact.cited.checked, date) for fact in rows + documents)
    assert len(documents) > len(bundled.developers)


def test_nothing_was_read_before_it_came_out(bundled):
    released = {ref: model.released for ref, model in bundled.models.items() if model.released}
    facts = [(ref, bundled.models[ref].cited.checked) for ref in released]
    facts += [(e.model, e.cited.checked) for e in bundled.endpoints.values() if e.model in released]
    assert [ref for ref, checked in facts if checked.isoformat() < released[ref]] == []


def test_published_weights_have_a_card_at_their_own_repository(bundled):
    cards = {model.ref: [d.url for d in model.documents if d.kind == "card"] for model in shared_weights(bundled)}
    assert cards == {m.ref: [f"https://huggingface.co/{m.hub_repo}"] for m in shared_weights(bundled)}


def test_no_two_models_claim_the_same_weights(bundled):
    repositories = [model.hub_repo for model in shared_weights(bundled)]
    assert len(repositories) == len(set(repositories))


@pytest.mark.parametrize(
    ("model", "china", "international"),
    [
        ("qwen3.8-max", "alibaba@cn-beijing", "alibaba@ap-southeast-1"),
        ("hy3", "tencent@cn-guangzhou", "tencent@ap-singapore"),
        ("kimi-k3", "moonshot@cn", "moonshot@intl"),
        ("glm-5.3", "zhipu@cn", "zhipu@intl"),
    ],
)
def test_china_and_international_endpoints_are_apart(bundled, model, china, international):
    one, other = bundled.endpoints[f"{china}:{model}"], bundled.endpoints[f"{international}:{model}"]
    assert one.model == other.model
    assert one.base_url != other.base_url
    assert one.key_env != other.key_env


def test_one_host_with_two_price_tables_is_two_endpoints(bundled):
    one, other = (bundled.endpoints[f"xiaomi@{region}:mimo-v2.6-pro"] for region in ("cn", "overseas"))
    assert one.base_url == other.base_url


def test_an_alias_is_an_endpoint_of_the_version_it_serves(bundled):
    assert bundled.endpoints["deepseek:deepseek-flash"].model == "deepseek/deepseek-v4.1-flash-1017"


def test_a_host_of_other_peoples_weights_is_not_first_party(bundled):
    hosts = {"fireworks", "groq", "huggingface", "openrouter", "publicai", "together"}
    assert {endpoint.provider for endpoint in bundled.endpoints.values() if not endpoint.first_party} == hosts


def test_bundled_addresses_are_https_and_every_key_has_a_variable(bundled):
    assert [e.ref for e in bundled.endpoints.values() if not (e.base_url.startswith("https://") and e.key_env)] == []


def test_a_key_variable_never_goes_to_hosts_of_two_providers(bundled):
    pairs = {(endpoint.key_env, endpoint.provider) for endpoint in bundled.endpoints.values()}
    assert len(pairs) == len({key for key, _ in pairs})


@pytest.mark.parametrize("path", sorted(BUNDLED.glob("*.toml")), ids=lambda path: path.stem)
def test_every_file_begins_with_one_comment_and_has_no_other(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [at for at, line in enumerate(lines) if line.startswith("#")] == [0]


# One row.


def test_a_row_may_leave_out_what_its_ref_tells():
    assert model_row(MODEL, "model").developer == "acme"
    endpoint = endpoint_row(ENDPOINT, "endpoint")
    assert (endpoint.provider, endpoint.region, endpoint.model_id) == ("acme", "eu", "one")


def test_null_is_the_same_as_left_out():
    assert model_row({**MODEL, "licence": None, "note": None}, "model") == model_row(MODEL, "model")


def test_a_day_may_be_text_since_json_has_no_dates():
    assert model_row({**MODEL, "shutdown": "2027-01-14"}, "model").shutdown == date(2027, 1, 14)


@pytest.mark.parametrize("released", ["2026-11", "2026-11-03"])
def test_a_release_is_a_day_or_a_month(released):
    assert model_row({**MODEL, "released": released}, "model").released == released


def test_a_document_is_cited_like_its_row_unless_it_says_otherwise():
    plain = {"kind": "card", "url": "https://acme.example/one"}
    row = developer_row({**DEVELOPER, "document": [plain, {**plain, "source": "a mirror"}]}, "developer")
    assert [document.cited.source for document in row.documents] == ["the vendor's page", "a mirror"]
    assert {document.cited.checked for document in row.documents} == {date(2026, 11, 10)}


URL = "an http or https URL without a user name"
BASE_URL = "an http or https URL without user name, query or fragment, {NAME} only for a variable that holds no secret"
DAY = "a date such as 2026-11-23"
DIALECTS = "anthropic_messages, bedrock_converse, gemini, openai_chat, openai_responses"
KINDS = "card, documentation, licence, lifecycle, pricing, privacy, repository, security, status, terms"
VARIABLE = "the name of an environment variable, not one of Pellucid's own"


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("ref", "acme", 'm.ref: wants developer/model, has "acme"'),
        ("ref", "acme/..", 'm.ref: wants developer/model, has "acme/.."'),
        ("name", None, "m.name: wants one line of text, has nothing"),
        ("name", " ", 'm.name: wants one line of text, has " "'),
        ("source", None, "m.source: wants one line of text, has nothing"),
        ("source", "a\nb", 'm.source: wants one line of text, has "a\\nb"'),
        ("checked", None, f"m.checked: wants {DAY}, has nothing"),
        ("checked", "2026-02-30", f'm.checked: wants {DAY}, has "2026-02-30"'),
        ("checked", "20261110", f'm.checked: wants {DAY}, has "20261110"'),
        ("released", "2026-13", f'm.released: wants {DAY} or a month such as 2026-11, has "2026-13"'),
        ("context_tokens", "1M", 'm.context_tokens: wants a positive whole number, has "1M"'),
        ("context_tokens", 0, "m.context_tokens: wants a positive whole number, has 0"),
        ("context_tokens", True, "m.context_tokens: wants a positive whole number, has true"),
        ("open_weights", "yes", 'm.open_weights: wants true or false, has "yes"'),
        ("hub_repo", "one", 'm.hub_repo: wants owner/repository, has "one"'),
        ("input_modalities", "text", 'm.input_modalities: wants a list of words such as ["text", "image"], has "text"'),
        ("developer", "other", 'm.developer: wants "acme" as in its ref, has "other"'),
        ("lifecycle", "alive", 'm.lifecycle: wants one of current, preview, legacy, deprecated, retired, has "alive"'),
        ("document", ["x"], 'm.document: wants a list of tables, has ["x"]'),
        (
            "document",
            [{"kind": "blog", "url": "https://acme.example"}],
            f'm.document[0].kind: wants one of {KINDS}, has "blog"',
        ),
        (
            "document",
            [{"kind": "card", "url": "ftp://acme.example"}],
            f'm.document[0].url: wants {URL}, has "ftp://acme.example"',
        ),
    ],
)
def test_a_broken_model_is_refused_in_one_line(key, value, message):
    with pytest.raises(CatalogError, match=f"^{re.escape(message)}$"):
        model_row({**MODEL, key: value}, "m")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("ref", "acme", 'e.ref: wants provider[@region]:model-id, has "acme"'),
        ("ref", 7, "e.ref: wants provider[@region]:model-id, has 7"),
        ("provider", "other", 'e.provider: wants "acme" as in its ref, has "other"'),
        ("region", "us", 'e.region: wants "eu" as in its ref, has "us"'),
        ("model_id", "two", 'e.model_id: wants "one" as in its ref, has "two"'),
        ("dialect", "grpc", f'e.dialect: wants one of {DIALECTS}, has "grpc"'),
        ("base_url", "acme.example/v1", f'e.base_url: wants {BASE_URL}, has "acme.example/v1"'),
        ("base_url", "file:///v1", f'e.base_url: wants {BASE_URL}, has "file:///v1"'),
        ("base_url", "https://a.example/?k=1", f'e.base_url: wants {BASE_URL}, has "https://a.example/?k=1"'),
        ("base_url", "https://a.example:port", f'e.base_url: wants {BASE_URL}, has "https://a.example:port"'),
        ("base_url", "https://{region}.example", f'e.base_url: wants {BASE_URL}, has "https://{{region}}.example"'),
        (
            "base_url",
            "https://{OPENAI_API_KEY}.example",
            f'e.base_url: wants {BASE_URL}, has "https://{{OPENAI_API_KEY}}.example"',
        ),
        ("base_url", "https://me:pw@a.example", f'e.base_url: wants {BASE_URL}, has "https://…@a.example"'),
        ("key_env", "sk-abc", f'e.key_env: wants {VARIABLE}, has "sk-abc"'),
        ("key_env", "PELLUCID_MASTER_KEY", f'e.key_env: wants {VARIABLE}, has "PELLUCID_MASTER_KEY"'),
        ("first_party", 1, "e.first_party: wants true or false, has 1"),
    ],
)
def test_a_broken_endpoint_is_refused_in_one_line(key, value, message):
    with pytest.raises(CatalogError, match=f"^{re.escape(message)}$"):
        endpoint_row({**ENDPOINT, key: value}, "e")


def test_a_region_that_the_ref_does_not_name_is_refused():
    with pytest.raises(CatalogError, match=r'^e\.region: wants nothing as in its ref, has "eu"$'):
        endpoint_row({**ENDPOINT, "ref": "acme:one", "region": "eu"}, "e")


def test_an_unknown_key_is_named_with_the_known_ones():
    with pytest.raises(CatalogError, match=r"^e\.basurl: unknown key, wants one of base_url, checked, dialect, "):
        endpoint_row({**ENDPOINT, "basurl": "https://acme.example"}, "e")


@pytest.mark.parametrize("jurisdiction", ["de", "DEU", "", 49])
def test_a_jurisdiction_is_two_capital_letters(jurisdiction):
    with pytest.raises(CatalogError, match=r"^d\.jurisdiction: wants two capital letters \(ISO 3166-1\), has "):
        developer_row({**DEVELOPER, "jurisdiction": jurisdiction}, "d")


def test_a_placeholder_stands_for_an_environment_variable():
    url = "https://{AZURE_RESOURCE}.services.ai.azure.com/openai/v1"
    assert endpoint_row({**ENDPOINT, "base_url": url}, "e").base_url == url


def row_or_message(raw):
    try:
        return model_row(raw, "m")
    except CatalogError as error:
        return str(error)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5), st.text())
def test_whatever_a_user_types_gives_a_row_or_one_line(value, unknown):
    for key in (*MODEL, "released", "context_tokens", "input_modalities", "document", unknown):
        found = row_or_message({**MODEL, key: value})
        assert isinstance(found, Model) or found.isprintable()


# Files.


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[model]\nref = "x"', "x.toml: wants TOML, has Expected ']]' at the end of an array declaration (at line 1"),
        ("[modle]", "x.toml: modle: unknown key, wants one of developer, endpoint, model"),
        ("model = 3", "x.toml: model: wants a list of tables, has 3"),
        ("[developer]", "x.toml: developer.source: wants one line of text, has nothing"),
        (USER_FILE + "context_tokens = '1M'", "x.toml: endpoint[0].context_tokens: unknown key, wants one of "),
        (USER_FILE.replace('"DE"', '"Germany"'), "x.toml: developer.jurisdiction: wants two capital letters (ISO "),
        (USER_FILE.replace("2026-11-01", "1.5"), f"x.toml: model[0].released: wants {DAY} or a month such as 2026-11"),
        (
            USER_FILE + '[[model]]\nref = "acme/one-1.0"\nname = "One"\nsource = "s"\nchecked = 2026-11-10',
            'x.toml: model[1].ref: wants a ref not used above, has "acme/one-1.0"',
        ),
    ],
)
def test_a_broken_file_is_refused_by_name_and_place(text, message):
    with pytest.raises(CatalogError, match=f"^{re.escape(message)}") as caught:
        parse(text, "x.toml")
    assert "\n" not in str(caught.value)


def test_an_operators_folder_adds_to_the_bundled_models(tmp_path, bundled):
    (tmp_path / "acme.toml").write_text(USER_FILE, encoding="utf-8")
    both = load([BUNDLED, tmp_path])
    assert set(both.models) - set(bundled.models) == {"acme/one-1.0"}
    assert both.endpoints["acme:one"].base_url == "http://127.0.0.1:8080/v1"
    assert both.developers.keys() - bundled.developers.keys() == {"acme"}


def test_a_file_may_hold_endpoints_of_another_files_models(bundled):
    host = parse(
        USER_FILE[USER_FILE.index("[[endpoint]]") :].replace("acme/one-1.0", "openai/gpt-oss-20b"), "host.toml"
    )
    assert merge({"bundled": bundled, "host.toml": host}).endpoints["acme:one"].model == "openai/gpt-oss-20b"


def test_two_files_may_not_describe_the_same_thing():
    with pytest.raises(CatalogError) as caught:
        merge({name: parse(USER_FILE, name) for name in ("a.toml", "b.toml")})
    assert str(caught.value).splitlines() == [
        'b.toml: developer "acme": is already in a.toml',
        'b.toml: model "acme/one-1.0": is already in a.toml',
        'b.toml: endpoint "acme:one": is already in a.toml',
    ]


def test_two_files_of_one_name_are_told_apart_by_their_folders(tmp_path):
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
        (folder / "acme.toml").write_text(USER_FILE, encoding="utf-8")
    one, other = (folder / "acme.toml" for folder in folders)
    with pytest.raises(CatalogError, match=f'^{re.escape(f"""{other}: developer "acme": is already in {one}""")}'):
        load(folders)


def test_a_row_that_names_what_nobody_describes_is_refused():
    model, endpoint = model_row(MODEL, "m"), endpoint_row({**ENDPOINT, "model": "acme/two"}, "e")
    with pytest.raises(CatalogError) as caught:
        merge({"x.toml": Catalog(models={model.ref: model}, endpoints={endpoint.ref: endpoint})})
    assert str(caught.value).splitlines() == [
        'x.toml: model "acme/one-1.0": wants a developer of the catalogue, has "acme"',
        'x.toml: endpoint "acme@eu:one": wants a model of the catalogue, has "acme/two"',
    ]


def test_every_broken_file_gets_its_line(tmp_path):
    (tmp_path / "a.toml").write_text("x = 1", encoding="utf-8")
    (tmp_path / "b.toml").write_bytes(b"\xff")
    with pytest.raises(CatalogError) as caught:
        load([tmp_path])
    first, second = str(caught.value).splitlines()
    assert first == "a.toml: x: unknown key, wants one of developer, endpoint, model"
    assert second.startswith("b.toml: wants readable UTF-8 text, has 'utf-8' codec can't decode byte 0xff")


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CatalogError, match=r"missing: wants a folder of \*\.toml files, has none$"):
        load([tmp_path / "missing"])


# Refs.

IDS = st.from_regex(r"[a-z0-9][a-z0-9._-]{0,12}", fullmatch=True)


@given(IDS, st.none() | IDS, st.from_regex(r"[A-Za-z0-9:/@._-]{1,30}", fullmatch=True))
def test_a_ref_splits_into_what_it_was_joined_from(provider, region, model_id):
    assert split_endpoint_ref(_joined(provider, region, model_id)) == (provider, region, model_id)


@pytest.mark.parametrize("ref", ["", "acme", ":one", "acme:", "acme@:one", "@eu:one", "Acme:one", "acme:o ne", "a/b:c"])
def test_what_is_no_ref_is_refused(ref):
    with pytest.raises(CatalogError, match=r"^endpoint ref: wants provider\[@region\]:model-id, has "):
        split_endpoint_ref(ref)


def test_bundled_endpoints_are_keyed_by_what_they_say(bundled):
    keys = {ref: _joined(e.provider, e.region, e.model_id) for ref, e in bundled.endpoints.items()}
    assert all(ref == joined for ref, joined in keys.items())
    assert all(isinstance(endpoint, Endpoint) for endpoint in bundled.endpoints.values())


def _joined(provider, region, model_id):
    place = f"{provider}@{region}" if region else provider
    return f"{place}:{model_id}"
