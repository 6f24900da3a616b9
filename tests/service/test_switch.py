"""Moving between endpoints over HTTP: what two cards say, and what is asked wrongly."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from scorecards import card as cards_of
from scorecards import rubric
from scorecards.card import Subject
from scorecards.evidence import Basis, Finding, Reading, Source
from scorecards.switching.portability import ALL
from service.store import catalog, db

from .conftest import CATALOG, DEVELOPER, ENDPOINT, MODEL, publish
from .test_api import assert_problem, misfits

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
OTHER, LONELY = "other-host:example-2", "other-host:example-1"
SECOND = "example-lab/example-2"


def readings(ref, **results):
    return [
        Reading(
            f"conformance:{name}",
            ref,
            Finding.KNOWN,
            Basis.EXECUTED,
            NOW,
            "conformance/1",
            value=results.get(name, "pass"),
            n=2,
            sources=(Source("sha256:" + "ab" * 32, ref),),
        )
        for name in ALL
    ]


@pytest.fixture
def client(site):
    """Two models with a probed endpoint each, and an endpoint that no card tells of."""
    first = CATALOG.endpoints[ENDPOINT]
    second = replace(first, ref=OTHER, model=SECOND, provider="other-host", region=None, first_party=False)
    with db.write(site.engine) as session:
        catalog.save(session, second, "api")
        catalog.save(session, replace(second, ref=LONELY, model=MODEL), "api")
    built = [
        (CATALOG.models[MODEL], first, readings(ENDPOINT, vision="fail"), 2),
        (CATALOG.models[SECOND], second, readings(OTHER, seed="ignored", tool_turn="rejected"), 1),
    ]
    for model, endpoint, found, sequence in built:
        subject = Subject(model, DEVELOPER, [endpoint], found, {}, {})
        publish(site.engine, cards_of.build(subject, rubric.load(), NOW, None) | {"sequence": sequence}, NOW)
    return site.client


def address(here=ENDPOINT, there=OTHER, features=""):
    return f"/v1/switch?from={quote(here, safe='')}&to={quote(there, safe='')}" + (features and f"&features={features}")


def names(rows):
    return [one["name"] for one in rows]


def test_a_report_says_what_is_lost_and_gained(client):
    body = client.get(address()).get_json()
    found = body["features"]
    assert sorted(names(found["lost"])) == ["seed", "tool_turn"]
    assert names(found["gained"]) == ["vision"]
    assert (found["ignored_there"], found["rejected_there"]) == (["seed"], ["tool_turn"])
    assert (body["from"]["endpoint"], body["to"]["endpoint"]) == (ENDPOINT, OTHER)
    for one in ("from", "to"):
        card = client.get(f"/v1/scorecards/{body[one]['model']}")
        assert body[one]["card"] == card.headers["Pellucid-Card"]


def test_only_the_features_of_the_program_are_told(client):
    found = client.get(address(features="tools,vision")).get_json()["features"]
    assert (names(found["lost"]), names(found["gained"]), names(found["kept"])) == (
        ["tool_turn"],
        ["vision"],
        ["tool_call"],
    )


def test_the_answer_fits_its_schema(client):
    spec = client.get("/openapi.json").get_json()
    assert misfits(spec, spec["components"]["schemas"]["Switch"], client.get(address()).get_json()) == []


def test_an_answer_that_one_has_already_is_not_sent_again(client):
    first = client.get(address())
    again = client.get(address(), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        (address(here="no:such"), 404, "from: wants an endpoint of the catalogue, has 'no:such'"),
        (address(there="no:such"), 404, "to: wants an endpoint of the catalogue, has 'no:such'"),
        (address(there=ENDPOINT), 422, "to: wants another endpoint than from"),
        (
            address(there=LONELY),
            404,
            f"to: wants an endpoint that a published card tells of, '{LONELY}' is on none yet",
        ),
        (address(here=LONELY), 404, f"from: wants an endpoint that a published card tells of, '{LONELY}'"),
        (address(features="tools,telepathy"), 422, "has telepathy"),
    ],
)
def test_what_is_asked_wrongly_is_named_by_its_parameter(client, path, status, said):
    assert said in assert_problem(client.get(path), status)["detail"]


@pytest.mark.parametrize(("query", "missing"), [("from=a:b", "to"), ("to=a:b", "from"), ("", "from")])
def test_both_ends_are_wanted(client, query, missing):
    body = assert_problem(client.get(f"/v1/switch?{query}"), 422)
    assert f"#/query/{missing}" in [one["pointer"] for one in body["errors"]]


PAGE = f"/endpoints/{quote(ENDPOINT, safe='')}"


def test_the_endpoint_s_page_answers_where_a_move_leads(client):
    page = client.get(f"{PAGE}?to={quote(OTHER)}&features=tools,seed,vision").get_data(as_text=True)
    for text in (
        "Lost, 2",
        "Gained, 1",
        "Accepted there without effect: seed.",
        "Refused there: tool turn.",
        "1 feature kept",
    ):
        assert text in page
    assert f"{address(features=quote('tools,seed,vision', safe=''))}".replace("&", "&amp;") in page


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("to=no:such", "to: wants an endpoint of the catalogue"),
        (f"to={quote(OTHER)}&features=telepathy", "has telepathy"),
        ("to=%3Cimg%20src=x%3E", "&lt;img src=x&gt;"),
    ],
)
def test_what_is_put_in_wrongly_is_said_beside_the_form(client, query, said):
    answer = client.get(f"{PAGE}?{query}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert said in page
    assert "<img src=x" not in page
    assert "as JSON" not in page


def test_without_a_question_there_is_only_the_form(client):
    page = client.get(PAGE).get_data(as_text=True)
    assert "Switch to another endpoint" in page
    assert "The whole report" not in page
