"""The API as a client meets it: who may what, what errors look like, and that documents are what was published."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from urllib.parse import quote

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from scorecards.catalog import Cited, Developer, Model
from service.api import API_CSP, PAGES_CSP
from service.store import catalog, db
from service.store.tables import IdempotencyRow, JobRow

from .conftest import (
    CITED,
    COMPARISON,
    ENDPOINT,
    EVENT,
    MODEL,
    PROMPT,
    PUBLISHED_AT,
    SCOPES,
    SUBSCRIPTION,
    first_card,
    publish,
)

OPEN = None
SIGNED_IN = "by cookie"
"""A page of the console: who is not signed in is sent to sign in; test_console_comparisons.py says the rest."""
ACCESS = {
    ("GET", "/"): OPEN,
    ("GET", "/models/<developer>/<path:model>"): OPEN,
    ("GET", "/endpoints/<path:ref>"): OPEN,
    ("GET", "/ecosystems"): OPEN,
    ("GET", "/methodology"): OPEN,
    ("GET", "/console/subscriptions"): OPEN,
    ("GET", "/console/login"): OPEN,
    ("POST", "/console/login"): SIGNED_IN,
    ("POST", "/console/logout"): SIGNED_IN,
    ("GET", "/console/comparisons"): SIGNED_IN,
    ("POST", "/console/comparisons"): SIGNED_IN,
    ("GET", "/console/comparisons/<comparison_id>"): SIGNED_IN,
    ("POST", "/console/comparisons/<comparison_id>/cancel"): SIGNED_IN,
    ("GET", "/console/comparisons/<comparison_id>/prompts/<path:prompt>"): SIGNED_IN,
    ("GET", "/console/comparisons/<comparison_id>/outputs/<path:prompt>"): SIGNED_IN,
    ("GET", "/console/comparisons/<comparison_id>/files/<name>"): SIGNED_IN,
    ("GET", "/methodology/<rubric_id>"): OPEN,
    ("GET", "/static/<path:filename>"): OPEN,
    ("GET", "/docs"): OPEN,
    ("GET", "/openapi.json"): OPEN,
    ("GET", "/healthz"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/metrics"): "metrics:read",
    ("GET", "/v1/signing-key"): OPEN,
    ("GET", "/v1/models"): OPEN,
    ("GET", "/v1/models/<developer>/<model>"): OPEN,
    ("GET", "/v1/models/<developer>/<model>/ratings"): OPEN,
    ("GET", "/v1/ratings"): OPEN,
    ("GET", "/v1/ratings/<int:number>"): OPEN,
    ("GET", "/v1/ratings/fmti/trend"): OPEN,
    ("POST", "/v1/models"): "catalog:write",
    ("GET", "/v1/endpoints"): OPEN,
    ("GET", "/v1/endpoints/<path:ref>"): OPEN,
    ("GET", "/v1/endpoints/<path:ref>/measurements"): OPEN,
    ("GET", "/v1/endpoints/<path:ref>/history"): OPEN,
    ("POST", "/v1/endpoints"): "catalog:write",
    ("GET", "/v1/prices"): OPEN,
    ("GET", "/v1/prices/<path:ref>"): OPEN,
    ("GET", "/v1/rankings"): OPEN,
    ("GET", "/v1/ecosystems"): OPEN,
    ("GET", "/v1/switch"): OPEN,
    ("GET", "/v1/challenges"): OPEN,
    ("GET", "/v1/challenges/<int(max=999999999):challenge>"): OPEN,
    ("POST", "/v1/challenges"): "challenges:write",
    ("GET", "/v1/events"): OPEN,
    ("GET", "/v1/events/<event_id>"): OPEN,
    ("GET", "/v1/event-types"): OPEN,
    ("GET", "/v1/comparisons"): "comparisons:run",
    ("POST", "/v1/comparisons"): "comparisons:run",
    ("GET", "/v1/comparisons/<comparison>"): "comparisons:run",
    ("DELETE", "/v1/comparisons/<comparison>"): "comparisons:run",
    ("POST", "/v1/comparisons/<comparison>/cancel"): "comparisons:run",
    ("GET", "/v1/comparisons/<comparison>/outputs/<path:prompt>"): "comparisons:run",
    ("GET", "/v1/comparisons/<comparison>/promptfoo.yaml"): "comparisons:run",
    ("GET", "/v1/swap-drills"): "comparisons:run",
    ("POST", "/v1/swap-drills"): "comparisons:run",
    ("GET", "/v1/swap-drills/<drill>"): "comparisons:run",
    ("GET", "/v1/swap-drills/<drill>/pack/<name>"): "comparisons:run",
    ("GET", "/v1/subscriptions"): "subscriptions:read",
    ("POST", "/v1/subscriptions"): "subscriptions:write",
    ("GET", "/v1/subscriptions/<key>"): "subscriptions:read",
    ("PATCH", "/v1/subscriptions/<key>"): "subscriptions:write",
    ("DELETE", "/v1/subscriptions/<key>"): "subscriptions:write",
    ("POST", "/v1/subscriptions/<key>/enable"): "subscriptions:write",
    ("POST", "/v1/subscriptions/<key>/disable"): "subscriptions:write",
    ("POST", "/v1/subscriptions/<key>/ping"): "subscriptions:write",
    ("POST", "/v1/subscriptions/<key>/rotate"): "subscriptions:write",
    ("POST", "/v1/subscriptions/<key>/recover"): "subscriptions:write",
    ("POST", "/v1/subscriptions/<key>/replay"): "subscriptions:write",
    ("GET", "/v1/subscriptions/<key>/audit"): "subscriptions:read",
    ("GET", "/v1/subscriptions/<key>/deliveries"): "subscriptions:read",
    ("GET", "/v1/subscriptions/<key>/deliveries/<event>"): "subscriptions:read",
    ("POST", "/v1/subscriptions/<key>/deliveries/<event>/resend"): "subscriptions:write",
    ("GET", "/v1/scorecards"): OPEN,
    ("GET", "/v1/scorecards/<developer>/<model>"): OPEN,
    ("GET", "/v1/scorecards/<developer>/<model>/history"): OPEN,
    ("GET", "/v1/scorecards/<developer>/<model>/diff"): OPEN,
    ("GET", "/v1/scorecards/<developer>/<model>/badge.svg"): OPEN,
    ("GET", "/v1/scorecards/<developer>/<model>/badge.json"): OPEN,
}
"""Every route: open to all, of the console, or the scope it wants. A new one is added by somebody who thought of it."""

ELSEWHERE = {"/v1/switch"}
"""It wants cards of two endpoints, and has them in test_switch.py, where nobody shows a token either."""
GUARDED = sorted(route for route, scope in ACCESS.items() if scope not in (OPEN, SIGNED_IN))
ADDRESSES = {
    "<developer>/<path:model>": MODEL,
    "<developer>/<model>": MODEL,
    "<path:filename>": "pellucid.css",
    "<int(max=999999999):challenge>": "1",
    "<path:ref>": quote(ENDPOINT, safe=""),
    "<int:number>": "1",
    "<rubric_id>": "2026-11-first",
    "<key>": SUBSCRIPTION,
    "<event>": EVENT,
    "<comparison>": COMPARISON,
    "<path:prompt>": PROMPT,
    "<drill>": "drl_none",
    "<name>": "report.md",
    "<event_id>": EVENT,
}
QUERIES = {
    "/v1/scorecards/<developer>/<model>/diff": "?from=1&to=1",
    "/v1/ratings/fmti/trend": "?company=Example+Lab",
    "/v1/endpoints/<path:ref>/history": "?quantity=ttft_ms",
    "/v1/prices": f"?model={MODEL}",
}
CARD = f"/v1/scorecards/{MODEL}"
NEW_MODEL = {
    "ref": "example-lab/example-3",
    "name": "Example-3",
    "source": "https://example.org/models",
    "checked": "2026-11-24",
    "shutdown": "2027-06-30",
}
NEW_ENDPOINT = {
    "ref": "other@eu-1:example-lab/example-2:0",
    "model": "example-lab/example-2",
    "dialect": "openai_chat",
    "base_url": "https://other.example/v1",
    "source": "https://other.example",
    "checked": "2026-11-24",
}


def address(rule):
    path = rule
    for variable, value in ADDRESSES.items():
        path = path.replace(variable, value)
    return path + QUERIES.get(rule, "")


def routes(app):
    found = {(method, rule.rule) for rule in app.url_map.iter_rules() for method in rule.methods}
    return {(method, rule) for method, rule in found if method not in ("HEAD", "OPTIONS")}


def assert_problem(answer, status):
    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    body = json.loads(answer.data)
    assert body["status"] == status
    assert set(body) >= {"type", "title", "status", "detail", "instance"}
    assert body["detail"]
    assert "<" not in body["title"]
    return body


def post(site, path, body, scope="catalog:write", **headers):
    return site.client.post(path, json=body, headers=site.auth(scope) | headers)


def test_every_route_is_declared_open_or_guarded(site):
    assert routes(site.app) == set(ACCESS)


@pytest.mark.parametrize(
    "rule", sorted(rule for (_, rule), scope in ACCESS.items() if scope is OPEN and rule not in ELSEWHERE)
)
def test_open_routes_ask_nobody_for_a_token(client, rule):
    with client.get(address(rule)) as answer:
        assert answer.status_code == 200


@pytest.mark.parametrize(("method", "rule"), GUARDED)
def test_guarded_routes_want_a_living_token_of_their_scope(site, method, rule):
    def ask(**headers):
        return site.client.open(
            address(rule), method=method, headers=headers, json={} if method in ("POST", "PATCH") else None
        )

    for said in ("", "Bearer", "Bearer ", "Basic YTpi", "Bearer pellucid_none_x", f"Bearer {site.tokens['expired']}"):
        answer = ask(Authorization=said)
        assert_problem(answer, 401)
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert_problem(ask(), 401)
    for scope in set(SCOPES) - {"admin", ACCESS[method, rule]}:
        assert ACCESS[method, rule] in assert_problem(ask(**site.auth(scope)), 403)["detail"]
    for scope in ("admin", ACCESS[method, rule]):
        assert ask(**site.auth(scope)).status_code in (200, 202, 204, 404, 422)


def test_an_address_that_leads_nowhere_is_a_problem(client):
    assert "/openapi.json" in assert_problem(client.get("/v1/nothing"), 404)["detail"]
    assert_problem(client.get("/v1/models/no/model"), 404)
    assert_problem(client.get("/v1/scorecards/no/model"), 404)
    assert_problem(client.get("/v1/endpoints/no:endpoint"), 404)


def test_a_wrong_method_is_told_which_are_allowed(client):
    answer = client.delete("/v1/models")
    assert_problem(answer, 405)
    assert {"GET", "POST"} <= {one.strip() for one in answer.headers["Allow"].split(",")}


@pytest.mark.parametrize(
    ("data", "media_type", "status"),
    [
        (b"{}", "text/plain", 415),
        (b'{"ref": ', "application/json", 400),
        (b"\xff", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b" " * (1024 * 1024 + 1), "application/json", 413),
        (b"[]", "application/json", 422),
        (b"null", "application/json", 422),
        (b"{}", "application/json", 422),
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem(site, data, media_type, status):
    headers = site.auth("catalog:write")
    for path in ("/v1/models", "/v1/endpoints"):
        assert_problem(site.client.post(path, data=data, content_type=media_type, headers=headers), status)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=many", "after=%25", "after=AA==", "after=w", "after=%C3%A9"]
)
def test_a_query_that_makes_no_sense_is_a_problem(client, query):
    for path in ("/v1/models", "/v1/endpoints", "/v1/scorecards", f"{CARD}/history"):
        assert_problem(client.get(f"{path}?{query}"), 422)


@pytest.mark.parametrize("cursor", [b"abc", b"-1", b"9" * 30, "٣".encode()])
def test_a_cursor_of_another_list_is_a_problem(client, cursor):
    assert_problem(client.get(f"{CARD}/history?after={base64.urlsafe_b64encode(cursor).decode()}"), 422)


@pytest.mark.parametrize("query", ["at=yesterday", "at=2026-11-24T00:00:00", "colour=red"])
def test_a_card_is_asked_for_by_an_instant_with_its_zone(client, query):
    assert client.get(f"{CARD}?{query}").status_code == (200 if query == "colour=red" else 422)


@pytest.mark.parametrize("path", ["/v1/models/a/b%00", f"{CARD}?id=%00", "/models/a/b%00", "/?q=%00", "/%00"])
def test_a_nul_character_names_nothing(client, path):
    assert_problem(client.get(path), 400)


def documents():
    return [address(rule) for (_, rule), scope in sorted(ACCESS.items(), key=str) if scope is OPEN and rule in TAGGED]


TAGGED = {rule for _, rule in ACCESS if rule.startswith("/v1/") and rule not in ELSEWHERE} | {
    "/openapi.json",
    "/",
    "/models/<developer>/<path:model>",
    "/ecosystems",
    "/methodology",
}


@pytest.mark.parametrize("path", documents())
def test_who_has_a_document_already_is_told_so(client, path):
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", first.headers["ETag"])
    assert client.get(path, headers={"If-None-Match": '"other"'}).data == first.data
    assert first.headers["ETag"].strip('"') == hashlib.sha256(first.data).hexdigest()


def test_a_card_is_named_by_its_bytes_and_signed(client):
    answer = client.get(CARD)
    body = answer.get_json()
    card_id, signature = body.pop("id"), body.pop("signature")
    signed = rfc8785.dumps(body)
    assert card_id == "sha256:" + hashlib.sha256(signed).hexdigest() == answer.headers["Pellucid-Card"]
    told = client.get("/v1/signing-key").get_json()
    assert (signature["algorithm"], signature["public_key"]) == ("ed25519", told["public_key"])
    key = Ed25519PublicKey.from_public_bytes(base64.b64decode(told["public_key"]))
    key.verify(base64.b64decode(signature["value"]), signed)
    with pytest.raises(InvalidSignature):
        key.verify(base64.b64decode(signature["value"]), signed.replace(b"Example", b"Exemple"))


@pytest.mark.parametrize("name", ["core", "eu-mdf", "fmti-2025-mapped", "mof", "osai"])
def test_a_card_is_shown_by_another_rubric(site, name):
    answer = site.client.get(f"{CARD}?view={name}")
    body = answer.get_json()
    assert (answer.status_code, body["view"], body["model"]) == (200, name, MODEL)
    assert body["card"] == answer.headers["Pellucid-Card"] == site.card.card_id
    assert body["items"]
    assert set(body["summary"]) != {"score"}, "never a lone number"
    assert answer.headers["ETag"] != site.client.get(CARD).headers["ETag"]


def test_a_view_of_an_old_card_is_of_that_card(site):
    second = succeed(site, 2)
    assert site.client.get(f"{CARD}?view=mof").get_json()["card"] == second.card_id
    for query in (f"id={site.card.card_id}", "at=2026-11-24T01:00:00Z"):
        assert site.client.get(f"{CARD}?view=mof&{query}").get_json()["card"] == site.card.card_id


def test_a_view_that_there_is_not_is_refused_with_those_that_there_are(client):
    problem = assert_problem(client.get(f"{CARD}?view=all"), 422)
    told = "wants a view among core, eu-mdf, fmti-2025-mapped, mof, osai, asked for 'all'"
    assert problem["errors"] == [{"pointer": "#/query/view", "detail": told}]


def test_badge_page_and_card_carry_the_same_id(site):
    for path in (CARD, f"{CARD}/badge.svg", f"{CARD}/badge.json", f"/models/{MODEL}"):
        assert site.client.get(path).headers["Pellucid-Card"] == site.card.card_id


def visited(client, path, between=lambda: None):
    """Return the items of all pages, asked one by one, and do something between two pages."""
    items, after = [], ""
    while after is not None:
        page = client.get(f"{path}?limit=2&after={after}").get_json()
        assert len(page["items"]) <= 2
        items, after = items + page["items"], page["next"]
        between()
    return items


def test_pages_visit_every_item_once_while_others_arrive(site):
    arriving = iter(f"example-lab/{name}" for name in ("a", "m-new", "zz", "b", "c", "d", "e", "f"))
    before = [f"example-lab/m{number}" for number in range(5)]

    def arrive(ref):
        publish(site.engine, first_card(ref))
        with db.write(site.engine) as session:
            catalog.save(session, Model(ref, ref, "example-lab", CITED), "api")

    for ref in before:
        arrive(ref)
    for path, ref_of in (("/v1/scorecards", lambda one: one["model"]["ref"]), ("/v1/models", lambda one: one["ref"])):
        refs = [ref_of(one) for one in visited(site.client, path, lambda: arrive(next(arriving)))]
        assert set(refs) >= {MODEL, *before}
        assert refs == sorted(set(refs))


def succeed(site, sequence, **fields):
    card = json.loads(site.card.body) | {"sequence": sequence, "previous": site.card.card_id, **fields}
    return publish(site.engine, card, PUBLISHED_AT.replace(hour=sequence))


def test_history_is_paged_newest_first(site):
    for sequence in (2, 3, 4, 5):
        succeed(site, sequence)
    arriving = iter((6, 7, 8, 9))
    listed = visited(site.client, f"{CARD}/history", lambda: succeed(site, next(arriving)))
    assert [one["sequence"] for one in listed] == [5, 4, 3, 2, 1]
    assert listed[0]["previous"] == listed[-1]["id"] == site.card.card_id


def test_an_old_card_is_found_by_its_instant_and_by_its_id(site):
    second = succeed(site, 2)

    def got(query):
        answer = site.client.get(f"{CARD}?{query}")
        return answer.headers.get("Pellucid-Card") or answer.status_code

    assert got("") == got(f"id={second.card_id}") == second.card_id
    assert got(f"id={site.card.card_id}") == site.card.card_id
    assert got("at=2026-11-24T01:00:00Z") == got("at=2026-11-24T09:00:00%2B08:00") == site.card.card_id
    assert got("at=2026-11-24T02:12:31Z") == second.card_id
    assert got("at=2020-01-01T00:00:00Z") == got("id=sha256:none") == 404
    other = publish(site.engine, first_card("example-lab/other"))
    assert got(f"id={other.card_id}") == 404


def test_a_diff_names_every_change_with_its_kind(site):
    card = json.loads(site.card.body)
    card["verdicts"][0] |= {"state": "contradicted"}
    succeed(site, 2, verdicts=card["verdicts"])
    assert site.client.get(f"{CARD}/diff?from=1&to=2").get_json() == {
        "model": MODEL,
        "changes": [
            {"kind": "vendor_change", "path": "verdicts.A2.state", "before": "verified", "after": "contradicted"}
        ],
    }
    assert site.client.get(f"{CARD}/diff?from=2&to=2").get_json()["changes"] == []
    assert_problem(site.client.get(f"{CARD}/diff?from=1&to=3"), 404)
    problem = assert_problem(site.client.get(f"{CARD}/diff?from=1"), 422)
    assert [one["pointer"] for one in problem["errors"]] == ["#/query/to"]


def planned(site):
    with db.read(site.engine) as session:
        return [(row.key, row.kind, row.args, row.wanted) for row in session.query(JobRow).order_by(JobRow.key)]


def test_an_added_model_is_shown_and_gets_a_card(site):
    answer = post(site, "/v1/models", NEW_MODEL)
    assert (answer.status_code, answer.get_json()["shutdown"]) == (201, "2027-06-30")
    shown = site.client.get("/v1/models/example-lab/example-3").get_json()
    assert shown == answer.get_json()
    assert shown["cited"] == {"source": "https://example.org/models", "checked": "2026-11-24", "note": ""}
    assert planned(site) == [
        ("publish:example-lab/example-3", "publish", {"model": "example-lab/example-3"}, 1),
    ]
    assert site.nudges == [("sweep",)]


def test_an_added_endpoint_is_shown_and_its_model_gets_a_new_card(site):
    answer = post(site, "/v1/endpoints", NEW_ENDPOINT)
    assert answer.status_code == 201
    shown = site.client.get(f"/v1/endpoints/{quote(NEW_ENDPOINT['ref'], safe='')}").get_json()
    assert shown == answer.get_json()
    assert (shown["provider"], shown["region"], shown["model_id"]) == ("other", "eu-1", "example-lab/example-2:0")
    assert [key for key, *_ in planned(site)] == ["publish:example-lab/example-2"]
    assert site.nudges == [("sweep",)]


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("/v1/models", NEW_MODEL | {"colour": "red"}, "body.colour: unknown key"),
        ("/v1/models", NEW_MODEL | {"checked": "today"}, "body.checked: wants a date"),
        ("/v1/models", NEW_MODEL | {"ref": "nobody/model"}, "body.ref: wants a known developer"),
        ("/v1/models", NEW_MODEL | {"ref": "example-lab/" + "x" * 300}, "body.ref: wants at most 300 characters"),
        ("/v1/endpoints", NEW_ENDPOINT | {"base_url": "file:///etc/passwd"}, "body.base_url: wants an http"),
        ("/v1/endpoints", NEW_ENDPOINT | {"dialect": "esperanto"}, "body.dialect: wants one of"),
        ("/v1/endpoints", NEW_ENDPOINT | {"key_env": "PELLUCID_MASTER_KEY"}, "body.key_env: wants the name"),
        ("/v1/endpoints", NEW_ENDPOINT | {"model": "example-lab/none"}, "body.model: wants a known model"),
        ("/v1/endpoints", NEW_ENDPOINT | {"ref": "other:" + "x" * 300}, "body.ref: wants at most 300 characters"),
        ("/v1/endpoints", NEW_ENDPOINT | {"ref": "other:a\0b"}, "body.ref: wants provider"),
    ],
)
def test_a_wrong_row_is_told_which_key_and_changes_nothing(site, path, body, told):
    assert told in assert_problem(post(site, path, body, "admin"), 422)["detail"]
    assert (planned(site), site.nudges) == ([], [])


@pytest.mark.parametrize("fields", [{"key_env": "OTHER_API_KEY"}, {"base_url": "https://{CUSTOMER}.example/v1"}])
def test_only_an_admin_decides_to_whom_a_variable_is_shown(site, fields):
    body = NEW_ENDPOINT | fields
    assert_problem(post(site, "/v1/endpoints", body), 403)
    assert site.client.get(f"/v1/endpoints/{NEW_ENDPOINT['ref']}").status_code == 404
    assert post(site, "/v1/endpoints", body, "admin").status_code == 201


def test_what_is_in_the_catalogue_is_not_added_twice(site):
    for path, body in (("/v1/models", NEW_MODEL), ("/v1/endpoints", NEW_ENDPOINT)):
        assert post(site, path, body).status_code == 201
        assert_problem(post(site, path, body), 409)


def test_a_repeated_key_gets_the_first_answer_and_nothing_is_done_again(site):
    first = post(site, "/v1/models", NEW_MODEL, **{"Idempotency-Key": "one"})
    again = post(site, "/v1/models", NEW_MODEL, **{"Idempotency-Key": "one"})
    assert (again.status_code, again.get_json()) == (first.status_code, first.get_json()) == (201, again.get_json())
    assert [wanted for *_, wanted in planned(site)] == [1]
    assert site.nudges == [("sweep",)]


def test_a_key_is_for_one_request_of_one_token_for_a_day(site):
    key = {"Idempotency-Key": "one"}
    assert post(site, "/v1/models", NEW_MODEL, **key).status_code == 201
    assert_problem(post(site, "/v1/models", NEW_MODEL | {"name": "Other"}, **key), 422)
    assert_problem(post(site, "/v1/endpoints", NEW_ENDPOINT, **key), 422)
    assert_problem(post(site, "/v1/models", NEW_MODEL, "admin", **key), 409)
    later = PUBLISHED_AT.replace(year=2026, month=12)
    service = site.app.extensions["pellucid"]
    site.app.extensions["pellucid"] = replace(service, clock=lambda: later)
    assert_problem(post(site, "/v1/models", NEW_MODEL, **key), 409)
    assert_problem(post(site, "/v1/models", NEW_MODEL, **{"Idempotency-Key": "k" * 201}), 400)


def test_a_refused_request_leaves_its_key_unused(site):
    key = {"Idempotency-Key": "one"}
    assert_problem(post(site, "/v1/models", {}, **key), 422)
    with db.read(site.engine) as session:
        assert session.query(IdempotencyRow).count() == 0
    assert post(site, "/v1/models", NEW_MODEL, **key).status_code == 201


def test_measurements_of_an_endpoint_that_was_not_probed_are_none(client):
    body = client.get(address("/v1/endpoints/<path:ref>/measurements")).get_json()
    assert (body["endpoint"], body["readings"]) == (ENDPOINT, [])


def test_metrics_are_for_prometheus(site):
    answer = site.client.get("/metrics", headers=site.auth("metrics:read"))
    assert answer.mimetype == "text/plain"
    assert b"\npellucid_jobs_due 0.0\n" in answer.data


def test_readiness_tells_what_is_missing(site):
    assert site.client.get("/readyz").get_json()["status"] == "ready"
    with site.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    assert "wants version" in assert_problem(site.client.get("/readyz"), 503)["detail"]


@pytest.fixture
def spec(client):
    return client.get("/openapi.json").get_json()


def test_the_openapi_document_describes_every_route(spec):
    described = {
        (method.upper(), path) for path, item in spec["paths"].items() for method in item if method != "parameters"
    }
    own = {"/docs", "/openapi.json"}
    api = {
        (method, plain(rule))
        for method, rule in ACCESS
        if rule.startswith("/v1/") or rule in ("/healthz", "/readyz", "/metrics")
    }
    assert spec["openapi"].startswith("3.1")
    assert described == api
    assert own.isdisjoint(path for _, path in described)


def plain(rule):
    return re.sub(r"<(?:[^<>]*:)?(\w+)>", r"{\1}", rule)


def operations(spec):
    return [
        (method.upper(), path, operation)
        for path, item in spec["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    ]


def test_every_operation_says_what_it_does_answers_and_wants(spec):
    scopes = {(method, plain(rule)): scope for (method, rule), scope in ACCESS.items()}
    for method, path, operation in operations(spec):
        assert operation["summary"].endswith("."), path
        assert {"200", "201", "202", "204"} & set(operation["responses"]), path
        for response in operation["responses"].values():
            assert resolved(spec, response)["description"], path
        security = operation.get("security", [])
        assert security == ([{"token": [scopes[method, path]]}] if scopes[method, path] else []), path


def resolved(spec, node):
    while "$ref" in node:
        *_, section, name = node["$ref"].split("/")
        node = spec["components"][section][name]
    return node


def references(node):
    if isinstance(node, dict):
        yield from [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        for one in node.values():
            yield from references(one)
    elif isinstance(node, list):
        for one in node:
            yield from references(one)


def test_every_reference_leads_somewhere(spec):
    found = list(references(spec))
    assert found
    for one in found:
        assert resolved(spec, {"$ref": one})


def test_errors_are_described_with_their_media_type(spec):
    for response in spec["components"]["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]


def test_numbers_that_are_decimals_are_described_as_strings(spec):
    pillar = spec["components"]["schemas"]["Pillar"]["properties"]
    for name in ("score", "low", "high", "coverage", "verification_rate"):
        assert (pillar[name]["type"], pillar[name]["format"]) == (["string", "null"], "decimal")


def misfits(spec, schema, value, at="$"):
    """Return where a document and its schema name different properties, or have different types."""
    schema = resolved(spec, schema["anyOf"][0] if value is not None and "anyOf" in schema else schema)
    if isinstance(value, list):
        return [wrong for one in value for wrong in misfits(spec, schema.get("items", {}), one, f"{at}[]")]
    if not isinstance(value, dict) or "properties" not in schema:
        return [] if fits(schema, value) else [f"{at}: {value!r} is no {schema['type']}"]
    unknown = [f"{at}.{name}: not in the schema" for name in value.keys() - schema["properties"].keys()]
    inner = [
        wrong
        for name in value.keys() & schema["properties"].keys()
        for wrong in misfits(spec, schema["properties"][name], value[name], f"{at}.{name}")
    ]
    return unknown + inner


TYPES = {"string": str, "boolean": bool, "integer": int, "array": list, "object": dict, "null": type(None)}


def fits(schema, value):
    wanted = schema.get("type", [])
    names = [wanted] if isinstance(wanted, str) else wanted
    return not names or isinstance(value, tuple(TYPES[name] for name in names))


def unused(spec, schema, values, at="$"):
    """Return the properties of a schema that none of these documents has."""
    schema = resolved(spec, schema["anyOf"][0] if "anyOf" in schema else schema)
    values = [one for value in values for one in (value if isinstance(value, list) else [value]) if one is not None]
    if schema.get("type") == "array":
        return unused(spec, schema["items"], values, f"{at}[]")
    found = []
    for name, inner in schema.get("properties", {}).items():
        having = [one[name] for one in values if name in one]
        found += unused(spec, inner, having, f"{at}.{name}") if having else [f"{at}.{name}"]
    return found


ONLY_TRANSPARENCY = tuple(
    f".pillars.{pillar}.{name}"
    for pillar in ("cost", "switching", "performance")
    for name in ("verification_rate", "contradictions")
)
"""The four pillars share one shape; these two fields mean something in the first only."""


def test_the_schemas_and_the_documents_name_the_same_properties(client, spec):
    schemas = spec["components"]["schemas"]
    for path, name in (
        (CARD, "Scorecard"),
        (f"/v1/models/{MODEL}", "Model"),
        (f"/v1/endpoints/{quote(ENDPOINT, safe='')}", "Endpoint"),
        ("/v1/scorecards", "SummaryPage"),
        ("/v1/models", "ModelPage"),
        ("/v1/challenges", "ChallengePage"),
    ):
        body = client.get(path).get_json()
        assert misfits(spec, schemas[name], body) == []
        elsewhere = {one for one in unused(spec, schemas[name], [body]) if not one.endswith(ONLY_TRANSPARENCY)}
        assert elsewhere == set()


@pytest.mark.parametrize(
    "path",
    [
        "/v1/models",
        "/v1/nothing",
        "/healthz",
        "/",
        f"/models/{MODEL}",
        "/models/no/model",
        "/methodology",
        "/docs",
        "/static/pellucid.css",
    ],
)
def test_every_answer_carries_the_headers_that_protect_its_reader(client, path):
    with client.get(path) as answer:
        html, headers = answer.mimetype == "text/html", answer.headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Content-Security-Policy"] == (PAGES_CSP if html else API_CSP)


def test_pages_allow_no_script_or_style_but_their_own_files():
    allowed = dict(one.strip().split(" ", 1) for one in PAGES_CSP.split(";"))
    assert (allowed["default-src"], allowed["script-src"], allowed["style-src"]) == ("'none'", "'self'", "'self'")
    assert "unsafe" not in PAGES_CSP


def test_what_breaks_is_a_problem_that_tells_nobody_why(site):
    def broken():
        raise ZeroDivisionError("a secret of this machine")

    site.app.view_functions["health.get_healthz"] = broken
    answer = site.client.get("/healthz")
    assert_problem(answer, 500)
    assert b"secret" not in answer.data
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_hostile_name_is_shown_as_text(site):
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    card = first_card("evil/model")
    card["model"] |= {"name": attack, "developer": {"id": "evil", "name": attack, "jurisdiction": "XX"}}
    publish(site.engine, card)
    with db.write(site.engine) as session:
        catalog.save(session, Developer("evil", attack, "XX", Cited("x", CITED.checked)), "api")
    for path in (
        "/",
        "/models/evil/model",
        "/ecosystems",
        f"/?q={quote(attack)}",
        f"/models/evil/{quote(attack, safe='')}",
    ):
        page = site.client.get(path).get_data(as_text=True)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert" in page


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59-23:00", "0001-01-01T00:00:00%2B14:00"])
def test_an_instant_outside_the_calendar_is_refused(client, at):
    answer = client.get(f"/v1/scorecards/example/lab-1?at={at}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "#/query/at"


def test_a_doubled_slash_is_not_redirected_to_the_host_that_the_client_names(client):
    answer = client.get("/v1//models", headers={"Host": "evil.example"})
    assert answer.status_code == 404
    assert "Location" not in answer.headers
