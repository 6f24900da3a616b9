"""Comparisons over HTTP: what is asked for, what is wrong with it, how far it came, and stopping it."""

import pytest
from sqlalchemy import select

from scorecards.catalog import Endpoint
from service.store import catalog, db
from service.store.tables import ComparisonRow, JobRow

from .conftest import CITED, COMPARISON, ENDPOINT, MODEL, PROMPT

PATH = "/v1/comparisons"
HERE = ("here:one", "here:two")
ROWS = [{"prompt": "Say hello.", "checks": [{"kind": "contains", "texts": ["hello"]}]}]


@pytest.fixture
def served(site):
    with db.write(site.engine) as session:
        for ref in HERE:
            catalog.save(
                session, Endpoint(ref, MODEL, "here", ref, "openai_chat", "http://127.0.0.1:9/v1", CITED), "api"
            )
    return site


def post(site, body, path=PATH, **headers):
    return site.client.post(path, json=body, headers=site.auth("comparisons:run") | headers)


def get(site, path):
    return site.client.get(path, headers=site.auth("comparisons:run")).json


def test_a_comparison_is_taken_in_and_its_endpoints_are_asked(served):
    answer = post(served, {"endpoints": HERE, "prompts": ROWS, "name": "Two of mine"})
    assert answer.status_code == 201, answer.json
    made = answer.json
    assert (made["state"], made["prompts"], made["report"]) == ("waiting", 1, None)
    assert [one["cells"] for one in made["progress"]] == [2, 1]
    with db.read(served.engine) as session:
        keys = set(session.scalars(select(JobRow.key)))
    assert keys == {f"compare:{made['id']}:{ref}" for ref in HERE}
    assert served.nudges[-1] == ("sweep",)
    assert [one["id"] for one in get(served, PATH)["items"]] == [made["id"], COMPARISON]
    assert get(served, f"{PATH}?kind=drill")["items"] == []


def test_who_reads_the_answers_is_asked_for_and_counted_beside(served):
    made = post(served, {"endpoints": HERE, "prompts": ROWS, "judge": HERE[1], "embedder": HERE[0]}).json
    assert (made["judge"], made["embedder"]) == (HERE[1], HERE[0])
    assert {one["endpoint"]: one["cells"] for one in made["progress"]} == {
        HERE[0]: 2,
        HERE[1]: 1,
        f"judge {HERE[1]}": 2,
        f"embedder {HERE[0]}": 2,
    }


def test_lists_are_pages(served):
    for _ in range(3):
        post(served, {"endpoints": HERE, "prompts": ROWS})
    first = get(served, f"{PATH}?limit=3")
    second = get(served, f"{PATH}?limit=3&after={first['next']}")
    assert len({one["id"] for one in (*first["items"], *second["items"])}) == 4


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({}, "endpoints", "Missing data"),
        ({"endpoints": [HERE[0]] * 2, "prompts": ROWS}, "endpoints", "that differ"),
        ({"endpoints": HERE}, "prompts", "wants a prompt to ask"),
        ({"endpoints": HERE, "sets": ["none"]}, "sets", "has 'none'"),
        ({"endpoints": HERE, "prompts": [{"prompt": ""}]}, "prompts", "left out: 1"),
        ({"endpoints": [HERE[0], ENDPOINT], "prompts": ROWS, "cap_tokens": 9}, "endpoints", "PELLUCID_PROMPTS_TO"),
        ({"endpoints": [HERE[0], ENDPOINT], "sets": ["basics_en"]}, "cap_tokens", "no price is held"),
        ({"endpoints": HERE, "prompts": ROWS, "judge": "no:where"}, "judge", "has 'no:where'"),
        ({"endpoints": HERE, "prompts": ROWS, "judge": ENDPOINT}, "judge", "PELLUCID_PROMPTS_TO"),
        ({"endpoints": HERE, "prompts": ROWS, "embedder": ENDPOINT}, "embedder", "PELLUCID_PROMPTS_TO"),
        ({"endpoints": HERE, "prompts": ROWS, "margin": "2"}, "margin", "wants 0.001 to 0.5"),
        ({"endpoints": HERE, "prompts": ROWS, "colour": "red"}, "colour", "Unknown field"),
    ],
)
def test_what_is_wrong_is_a_problem_that_names_the_field(served, body, field, message):
    answer = post(served, body)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    found = {one["pointer"].split("/")[2]: one["detail"] for one in answer.json["errors"]}
    assert message in found[field]


def test_a_cancelled_one_asks_nothing_more_and_is_reported(site):
    first, again = (post(site, {}, f"{PATH}/{COMPARISON}/cancel").json for _ in range(2))
    assert (first["state"], again["state"]) == ("cancelled", "cancelled")
    with db.read(site.engine) as session:
        assert list(session.scalars(select(JobRow.key))) == [f"conclude:{COMPARISON}"]


def test_outputs_of_one_prompt_stand_side_by_side(site):
    shown = get(site, f"{PATH}/{COMPARISON}/outputs/{PROMPT}")
    assert shown["prompt"]["text"] == "Say hello."
    assert shown["endpoints"] == {ENDPOINT: [], "elsewhere:example-2": []}
    assert get(site, f"{PATH}/{COMPARISON}/outputs/none")["status"] == 404


def test_it_can_be_taken_along_as_a_promptfoo_file(site):
    answer = site.client.get(f"{PATH}/{COMPARISON}/promptfoo.yaml", headers=site.auth("comparisons:run"))
    assert (answer.mimetype, "Say hello." in answer.text) == ("application/yaml", True)


def test_a_deleted_one_is_gone(site):
    path = f"{PATH}/{COMPARISON}"
    assert site.client.delete(path, headers=site.auth("comparisons:run")).status_code == 204
    assert get(site, path)["status"] == 404
    with db.read(site.engine) as session:
        assert session.scalars(select(ComparisonRow)).all() == []
