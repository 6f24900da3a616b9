"""Comparisons in the console: who is let in, what forms do and refuse, and that what models wrote stays text."""

import html
import json
import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import update

from scorecards.catalog import Endpoint
from service.pages import signing_in
from service.store import catalog, comparisons, db, tokens
from service.store.tables import ComparisonRow
from tests.service import compared
from tests.service.compared import ATTACK

from .conftest import CITED, COMPARISON, MODEL, PROMPT
from .test_api import ACCESS, SIGNED_IN, address

LIST = "/console/comparisons"
HERE = ["here:one", "here:two"]
ROW = json.dumps({"prompt": "Say hello.", "checks": [{"kind": "contains", "texts": ["hello"]}]})
PAGES = sorted(rule for (method, rule), scope in ACCESS.items() if scope is SIGNED_IN and method == "GET")
FORMS = sorted(
    rule for (method, rule), scope in ACCESS.items() if scope is SIGNED_IN and method == "POST" and rule[-5:] != "login"
)
SECRET = "Say hello."
"""What the waiting comparison of the tests asks; nobody who is not let in may read it."""
ESCAPED = html.escape(ATTACK, quote=True).replace("&#x27;", "&#39;")


def path(rule):
    return address(rule.replace("<comparison_id>", COMPARISON).replace("<name>", "report.json"))


def csrf_of(page):
    return re.search('name="csrf" value="([0-9a-f]{64})"', page.get_data(as_text=True))[1]


def sign_in(site, token, **how):
    page = site.client.get("/console/login", **how)
    data = {"csrf": csrf_of(page), "token": token}
    return site.client.post("/console/login", data=data, **how)


@pytest.fixture
def inside(site):
    """The site, with endpoints on this machine and a client that is signed in."""
    with db.write(site.engine) as session:
        for ref in HERE:
            one = Endpoint(ref, MODEL, "here", ref, "openai_chat", "http://127.0.0.1:9/v1", CITED)
            catalog.save(session, one, "api")
    assert sign_in(site, site.tokens["comparisons:run"]).status_code == 303
    return site


def post(site, where, **fields):
    return site.client.post(where, data={"csrf": csrf_of(site.client.get(LIST)), **fields})


def held(site):
    with db.read(site.engine) as session:
        return [comparisons.get(session, one.id) for one in comparisons.page(session)]


def kept(site, *args, **how):
    with db.write(site.engine) as session:
        compared.keep(session, *args, **how)


def assert_sent_to_sign_in(answer):
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/console/login")
    assert SECRET not in answer.get_data(as_text=True)


@pytest.mark.parametrize("rule", PAGES)
def test_who_is_not_signed_in_is_sent_to_sign_in_and_sees_nothing(site, rule):
    assert_sent_to_sign_in(site.client.get(path(rule)))
    assert_sent_to_sign_in(site.client.get(path(rule), headers=site.auth("comparisons:run")))
    with db.write(site.engine) as session:
        gone = tokens.create(session, ["comparisons:run"], "gone", datetime.now(UTC))
        tokens.revoke(session, gone.split("_")[1], datetime.now(UTC))
    for token in (gone, site.tokens["expired"], site.tokens["evidence:read"], "", "\\000", "é", "x" * 3000):
        site.client.set_cookie(signing_in.TOKEN, token, path="/console")
        assert_sent_to_sign_in(site.client.get(path(rule)))


@pytest.mark.parametrize("rule", FORMS)
def test_a_form_of_nobody_or_of_somebody_else_does_nothing(inside, rule):
    mine = csrf_of(inside.client.get(LIST))
    stranger = inside.app.test_client()
    assert_sent_to_sign_in(stranger.post(path(rule), data={"csrf": mine}))
    stranger.set_cookie(signing_in.TOKEN, inside.tokens["admin"], path="/console")
    for client, csrf in ((stranger, mine), (inside.client, ""), (inside.client, "é"), (inside.client, mine[::-1])):
        answer = client.post(path(rule), data={"csrf": csrf, "endpoint": HERE, "prompts": ROW})
        assert answer.status_code == 403
        assert "Nothing was done" in answer.get_data(as_text=True)
    assert [one.state for one in held(inside)] == ["waiting"]
    assert inside.client.get(LIST).status_code == 200


def test_the_api_never_looks_at_the_cookie(inside):
    assert inside.client.get("/v1/comparisons").status_code == 401
    assert inside.client.post("/v1/comparisons", json={}).status_code == 401


@pytest.mark.parametrize(("scheme", "is_secure"), [("http", False), ("https", True)])
def test_the_token_is_kept_where_only_these_pages_see_it(site, scheme, is_secure):
    answer = sign_in(site, site.tokens["comparisons:run"], base_url=f"{scheme}://localhost")
    cookies = {one.partition("=")[0]: one for one in answer.headers.getlist("Set-Cookie")}
    flags = set(cookies[signing_in.TOKEN].split("; ")[1:])
    assert flags == {"HttpOnly", "SameSite=Strict", "Path=/console"} | ({"Secure"} if is_secure else set())
    assert answer.headers["Cache-Control"] == "no-store"
    assert site.tokens["comparisons:run"] not in answer.get_data(as_text=True)


@pytest.mark.parametrize("scope", ["evidence:read", "expired", None])
def test_a_token_that_may_not_compare_is_not_kept(site, scope):
    answer = sign_in(site, site.tokens[scope] if scope else "pellucid_x_y")
    assert answer.status_code == 403
    assert "wants a token with scope comparisons:run" in answer.get_data(as_text=True)
    assert signing_in.TOKEN not in "".join(answer.headers.getlist("Set-Cookie"))


def test_one_is_signed_in_only_by_a_form_of_this_browser(site):
    csrf = csrf_of(site.client.get("/console/login"))
    fields = {"token": site.tokens["comparisons:run"]}
    stranger = site.app.test_client()
    for client, sent in ((stranger, csrf), (site.client, ""), (site.client, csrf[::-1])):
        answer = client.post("/console/login", data={**fields, "csrf": sent})
        assert (answer.status_code, signing_in.TOKEN in str(answer.headers)) == (403, False)


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        (f"{LIST}/cmp_1?language=zh", f"{LIST}/cmp_1?language=zh"),
        ("https://evil.example", LIST),
        ("//evil.example", LIST),
        ("/console/\\evil.example", LIST),
        ("/console/\r\nSet-Cookie: a=b", LIST),
        ("/v1/comparisons", LIST),
        ("", LIST),
    ],
)
def test_after_signing_in_one_is_where_one_wanted_to_be_in_the_console(site, back, leads_to):
    page = site.client.get("/console/login", query_string={"next": back})
    fields = {"csrf": csrf_of(page), "token": site.tokens["admin"], "next": back}
    assert site.client.post("/console/login", data=fields).headers["Location"] == leads_to


def test_who_signs_out_is_out(inside):
    assert post(inside, "/console/logout").headers["Location"] == "/console/login"
    assert_sent_to_sign_in(inside.client.get(LIST))


def test_a_comparison_is_started_by_the_form(inside):
    fields = {"endpoint": [*HERE, "", " "], "prompts": f"{ROW}\r\n", "cap_tokens": "9,000", "name": " Two "}
    answer = post(inside, LIST, set=["basics_zh"], per_set="3", repeats_a="3", judge=HERE[1], **fields)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    made = held(inside)[0]
    assert answer.headers["Location"] == f"{LIST}/{made.id}"
    plan = made.order.plan
    assert (list(plan.endpoints), plan.asked(HERE[0]), plan.asked(HERE[1])) == (HERE, 3, 1)
    assert [one.set for one in plan.prompts] == ["basics_zh"] * 3 + ["own"]
    assert (made.order.name, made.order.cap_tokens, made.order.cap_usd) == ("Two", 9000, None)
    assert inside.nudges[-1] == ("sweep",)
    page = inside.client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "judge here:two" in page
    assert "data-poll" in page


@pytest.mark.parametrize(
    ("fields", "name", "problem"),
    [
        ({"endpoint": [HERE[0]], "prompts": ROW}, "endpoints", "wants 2 to 8, has 1"),
        ({"endpoint": [HERE[0]] * 2, "prompts": ROW}, "endpoints", "that differ"),
        ({"endpoint": [HERE[0], ATTACK], "prompts": ROW}, "endpoints", ESCAPED),
        ({"endpoint": HERE}, "prompts", "wants a prompt to ask"),
        ({"endpoint": HERE, "prompts": "not json"}, "prompts", "left out: 1"),
        ({"endpoint": HERE, "set": ["none"]}, "sets", "has &#39;none&#39;"),
        ({"endpoint": HERE, "prompts": ROW, "cap_usd": "much"}, "cap_usd", "wants US dollars such as 0.50, has"),
        ({"endpoint": HERE, "prompts": ROW, "cap_usd": "NaN"}, "cap_usd", "wants US dollars"),
        ({"endpoint": HERE, "prompts": ROW, "cap_tokens": "1.5"}, "cap_tokens", "wants a whole number"),
        ({"endpoint": HERE, "prompts": ROW, "margin": "2"}, "margin", "wants 0.001 to 0.5"),
        ({"endpoint": HERE, "prompts": ROW, "repeats": "0"}, "repeats", "wants 1 to 10"),
        ({"endpoint": HERE, "prompts": ROW, "judge": "no:where"}, "judge", "has &#39;no:where&#39;"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(inside, fields, name, problem):
    answer = post(inside, LIST, **fields)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert problem in re.search(f'id="{name}-problem">([^<]*)<', text)[1]
    assert f'value="{HERE[0]}"' in text
    assert len(held(inside)) == 1
    if fields.get("prompts"):
        assert html.escape(fields["prompts"]).replace("&quot;", "&#34;").replace("&#x27;", "&#39;") in text


def test_a_comparison_is_cancelled_by_its_button(inside):
    kept(inside, "cmp_2", "running", found=compared.records()[:9])
    assert f'action="{LIST}/cmp_2/cancel"' in inside.client.get(LIST).get_data(as_text=True)
    answer = post(inside, f"{LIST}/cmp_2/cancel")
    assert answer.headers["Location"] == f"{LIST}/cmp_2"
    text = inside.client.get(f"{LIST}/cmp_2").get_data(as_text=True)
    assert "cancelled: what came before is kept" in text
    assert "/cancel" not in text
    assert "The report is being written" in text


def test_a_comparison_that_is_not_there_is_told(inside):
    for where in (f"{LIST}/none", f"{LIST}/none/prompts/{PROMPT}", f"{LIST}/none/files/report.json"):
        answer = inside.client.get(where)
        assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert inside.client.get(f"{LIST}/{COMPARISON}/prompts/none").status_code == 404
    assert inside.client.get(f"{LIST}/{COMPARISON}/files/report.json").status_code == 404
    assert post(inside, f"{LIST}/none/cancel").status_code == 404


@pytest.fixture
def reported(inside):
    kept(inside, "cmp_2", name=ATTACK, told=compared.document())
    return inside


@pytest.mark.parametrize(
    "where",
    [
        LIST,
        f"{LIST}/cmp_2",
        f"{LIST}/cmp_2?language=en&domain={ATTACK}",
        f"{LIST}/cmp_2/prompts/{ATTACK}",
        f"{LIST}/cmp_2/prompts/ticket-3?domain=support",
        f"{LIST}/cmp_2/files/report.html",
    ],
)
def test_what_models_and_people_wrote_stays_text(reported, where):
    answer = reported.client.get(where)
    assert answer.status_code == 200
    text = answer.get_data(as_text=True)
    assert ESCAPED in text
    assert "<img" not in text
    assert re.findall("<script(?! src=)", text) == []
    assert re.findall(" on[a-z]+=(?!document)| style=", text) == []
    assert "\u202e" not in text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_a_report_says_what_a_candidate_is_and_leads_to_the_outputs(reported):
    text = reported.client.get(f"{LIST}/cmp_2?domain=support").get_data(as_text=True)
    assert "20 of 42 prompts" in text
    assert "undecided: about" in text
    [href] = set(re.findall('href="([^"]*ticket-3[^"]*)"', text))
    assert href == f"{LIST}/cmp_2/prompts/ticket-3?domain=support"
    page = reported.client.get(href).get_data(as_text=True)
    assert "<del>urgency</del><ins>urgency_level</ins>" in page
    assert re.findall('href="([^"]*)" rel="(prev|next)"', page)[:2] == [
        (f"{LIST}/cmp_2/prompts/ticket-2?domain=support", "prev"),
        (f"{LIST}/cmp_2/prompts/ticket-4?domain=support", "next"),
    ]


def test_outputs_are_whole_in_the_json(reported):
    page = reported.client.get(f"{LIST}/cmp_2/prompts/long").get_data(as_text=True)
    href = re.search('10,000 characters in all; <a href="([^"]+)"', page)[1]
    body = reported.client.get(href).get_json()
    assert [(len(one["text"]), one["cut"]) for one in body["endpoints"]["two:model-b"]] == [(10_000, False)] * 2
    api = reported.client.get("/v1/comparisons/cmp_2/outputs/long", headers=reported.auth("comparisons:run"))
    assert api.get_json() == body


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("report.html", "text/html"), ("report.json", "application/json"), ("promptfooconfig.yaml", "application/yaml")],
)
def test_a_report_can_be_taken_home(reported, name, media_type):
    answer = reported.client.get(f"{LIST}/cmp_2/files/{name}")
    assert (answer.status_code, answer.mimetype) == (200, media_type)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_while_it_runs_what_came_can_be_read(inside):
    kept(inside, "cmp_2", "running", found=compared.records()[:1])
    text = inside.client.get(f"{LIST}/cmp_2").get_data(as_text=True)
    assert "1 of 84" in text
    page = inside.client.get(f"{LIST}/cmp_2/prompts/ticket-0").get_data(as_text=True)
    assert "✓ passed" in page
    assert "Not asked yet." in page


def test_the_list_goes_on_where_it_ended(inside):
    for at in range(51):
        kept(inside, f"cmp_n{at:02}", found=[])
    first = inside.client.get(LIST).get_data(as_text=True)
    href = html.unescape(re.search('href="([^"]*)" rel="next"', first)[1])
    second = inside.client.get(LIST + href).get_data(as_text=True)
    found = [re.findall('href="/console/comparisons/(cmp_[^"/]+)"', one) for one in (first, second)]
    assert [len(one) for one in found] == [50, 2]
    assert not set(found[0]) & set(found[1])


def test_a_swap_drill_is_shown_by_the_same_pages(reported):
    with db.write(reported.engine) as session:
        session.execute(update(ComparisonRow).where(ComparisonRow.id == "cmp_2").values(kind="drill"))
    assert "swap drill · " in reported.client.get(LIST).get_data(as_text=True)
    assert "undecided: about" in reported.client.get(f"{LIST}/cmp_2").get_data(as_text=True)
