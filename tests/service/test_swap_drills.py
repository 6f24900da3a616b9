"""Swap drills over HTTP: what is asked for, what is wrong with it, the document and the files of the pack."""

import json

import pytest

from scorecards.catalog import Endpoint
from scorecards.compare import report
from scorecards.compare.cells import Cell, record
from scorecards.exchanges import Ask
from service.store import catalog, comparisons, db
from tests.scorecards.probes.making import said

from .conftest import CITED, COMPARISON, ENDPOINT, MODEL, PUBLISHED_AT

PATH = "/v1/swap-drills"
HERE = ("here:one", "here:two")
APP = {"name": "mine", "baseline": HERE[0], "candidates": [HERE[1]], "repeats": 2, "limits": {"max_usd": "0.5"}}
ROWS = [{"id": "hello", "prompt": "Say hello.", "checks": [{"kind": "contains", "texts": ["hello"]}]}]


@pytest.fixture
def served(site):
    with db.write(site.engine) as session:
        for ref in HERE:
            catalog.save(
                session, Endpoint(ref, MODEL, "here", ref, "openai_chat", "http://127.0.0.1:9/v1", CITED), "api"
            )
    return site


def post(site, body):
    return site.client.post(PATH, json=body, headers=site.auth("comparisons:run"))


def get(site, path):
    return site.client.get(path, headers=site.auth("comparisons:run"))


def finished(site, text="hello"):
    """Return the id of a drill that has ended, at which B said this."""
    key = post(site, {"app": APP, "prompts": ROWS}).json["id"]
    with db.write(site.engine) as session:
        one = comparisons.get(session, key)
        [prompt] = one.order.plan.prompts
        texts = {HERE[0]: "hello", HERE[1]: text}
        records = [
            record(Cell(prompt.id, ref, repeat), prompt, said(texts[ref], Ask()), None)
            for ref in HERE
            for repeat in (0, 1)
        ]
        comparisons.end(session, key, "done", "", PUBLISHED_AT)
        comparisons.conclude(session, one, report.build(one.order.plan, records, one.order.method), PUBLISHED_AT)
    return key


def test_a_drill_is_taken_in_listed_and_shown(served):
    answer = post(served, {"app": APP, "prompts": ROWS})
    assert answer.status_code == 201, answer.json
    made = answer.json
    assert (made["kind"], made["state"], made["drill"], made["pack"]) == ("drill", "waiting", None, [])
    assert (made["name"], made["cap_usd"], [one["cells"] for one in made["progress"]]) == ("mine", "0.5", [2, 2])
    assert [one["id"] for one in get(served, PATH).json["items"]] == [made["id"]]
    assert get(served, f"{PATH}/{made['id']}").json == made


def test_a_drill_that_ended_has_its_document_and_its_pack(served):
    key = finished(served, "bye")
    shown = get(served, f"{PATH}/{key}").json
    [candidate] = shown["drill"]["candidates"]
    assert [one["kind"] for one in candidate["may_be_chance"]] == ["wrong_answer"]
    assert "litellm.yaml" in shown["pack"]
    answer = get(served, f"{PATH}/{key}/pack/failing_prompts.jsonl")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert json.loads(answer.text)["b"]["text"] == "bye"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="failing_prompts.jsonl"'
    assert get(served, f"{PATH}/{key}/pack/report.md").mimetype == "text/markdown"
    assert get(served, f"{PATH}/{key}/pack/report.json?candidate={HERE[1]}").json == shown["drill"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("nothing.txt", "wants one of README.md, report.json"),
        ("report.md?candidate=x:y", "candidate: wants one of here:two, has 'x:y'"),
    ],
)
def test_a_file_that_is_none_is_not_found(served, name, message):
    answer = get(served, f"{PATH}/{finished(served)}/pack/{name}")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert message in answer.json["detail"]


def test_before_it_has_ended_there_is_no_file(served):
    key = post(served, {"app": APP, "prompts": ROWS}).json["id"]
    assert "none before the drill has ended" in get(served, f"{PATH}/{key}/pack/report.md").json["detail"]


def test_a_comparison_is_no_drill(served):
    assert "wants the id of a drill" in get(served, f"{PATH}/{COMPARISON}").json["detail"]


WRONG = [
    ({}, "app", "Missing data"),
    ({"app": {}}, "name", "wants one line of text, has nothing"),
    ({"app": APP | {"colour": "red"}, "prompts": ROWS}, "colour", "is not known here"),
    ({"app": APP}, "prompts", "wants a file of prompts, or sets, has neither"),
    ({"app": APP | {"prompts": "mine.jsonl"}}, "prompts", "wants a prompt to ask"),
    ({"app": APP, "prompts": [{"prompt": ""}]}, "prompts", "left out: 1"),
    ({"app": APP | {"candidates": [ENDPOINT]}, "prompts": ROWS}, "limits.max_tokens", "no price"),
    ({"app": APP | {"limits": {"max_usd": 0.5}}, "prompts": ROWS}, "limits.max_usd", "wants a number from 0.000001"),
]


@pytest.mark.parametrize(("body", "field", "message"), WRONG)
def test_what_is_wrong_is_a_problem_that_names_the_field(served, body, field, message):
    answer = post(served, body)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    found = {one["pointer"].split("/")[-1]: one["detail"] for one in answer.json["errors"]}
    assert message in found[field]


def test_a_drill_that_ended_has_a_page_with_its_advice_and_its_pack(served):
    key = finished(served, "<b>bye</b>")
    served.client.set_cookie("pellucid_token", served.tokens["comparisons:run"], path="/console")
    shown = served.client.get(f"/console/comparisons/{key}").get_data(as_text=True)
    told = get(served, f"{PATH}/{key}").json["drill"]["candidates"][0]["recommendation"]
    assert f"</bdi>: {told['advice']}</h2>" in shown
    assert "May be chance" in shown
    assert "<b>bye</b>" not in shown
    file = served.client.get(f"/console/comparisons/{key}/files/litellm.yaml")
    assert (file.status_code, "drop_params: false" in file.get_data(as_text=True)) == (200, True)


def test_a_drill_that_runs_has_a_page_too(served):
    key = post(served, {"app": APP, "prompts": ROWS}).json["id"]
    served.client.set_cookie("pellucid_token", served.tokens["comparisons:run"], path="/console")
    assert served.client.get(f"/console/comparisons/{key}").status_code == 200
