"""Ecosystems over HTTP and as a page: what was published is what they rest on."""

import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest

from service.api import create_app
from service.standings import Standings
from service.store import cards, db

from .conftest import MODEL, PUBLISHED_AT, first_card, publish, settings_of
from .test_api import assert_problem, misfits

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
UNKNOWN = {"score": None, "low": "0.0", "high": "100.0", "coverage": "0.00", "sufficient": False}


@pytest.fixture
def client(site):
    """The site at a fixed instant: the golden card of a model of CN, and three models of US, one without coverage."""
    site.app.extensions["pellucid"] = dataclasses.replace(site.app.extensions["pellucid"], clock=lambda: NOW)
    for i, score in enumerate(("50.0", "60.0", "90.0")):
        fields = {"score": score, "low": "40.0", "high": "95.0", "coverage": "0.40" if i == 2 else "0.80"}
        publish(site.engine, american(f"us-lab/us-{i}", fields), PUBLISHED_AT - timedelta(days=10 - i))
    return site.client


def american(ref, transparency, sequence=1):
    card = first_card(ref)
    card["model"] |= {"name": ref, "developer": {"id": "us-lab", "name": "US Lab", "jurisdiction": "US"}}
    card["pillars"] = {name: {**one, **UNKNOWN} for name, one in card["pillars"].items()}
    card["pillars"]["transparency"] |= transparency
    return card | {"sequence": sequence}


def asked(client, query=""):
    return client.get(f"/v1/ecosystems{query}").get_json()


def test_the_answer_fits_its_schema_and_names_all_four_pillars(client):
    body, spec = asked(client), client.get("/openapi.json").get_json()
    assert misfits(spec, spec["components"]["schemas"]["Ecosystems"], body) == []
    assert [one["pillar"] for one in body["pillars"]] == ["transparency", "cost", "switching", "performance"]
    assert (body["since"], body["until"], body["step_days"]) == ("2026-09-02", "2026-11-25", 7)


def test_a_point_rests_on_the_cards_that_it_names(client, site):
    (pillar,) = asked(client, "?pillar=transparency")["pillars"]
    cn, us = pillar["points"][-1]["jurisdictions"]
    assert (cn["n"], cn["best"]["value"], cn["best"]["cards"]) == (1, "70", [site.card.card_id])
    assert (us["n"], us["n_left_out"], us["best"]["value"], us["median"]["value"]) == (2, 1, "60", None)
    (gap,) = pillar["points"][-1]["gaps"]
    assert (gap["best"]["value"], gap["best"]["low"], gap["best"]["high"]) == ("10", "-33.2", "33.5")
    for card in (*cn["counted"], *us["counted"], *us["left_out"]):
        with db.read(site.engine) as session:
            assert cards.by_id(session, card) is not None


def test_the_past_is_told_as_it_was(client):
    (pillar,) = asked(client, "?pillar=transparency&since=2026-11-12&until=2026-11-25")["pillars"]
    counts = {
        point["day"]: {one["jurisdiction"]: one["n"] + one["n_left_out"] for one in point["jurisdictions"]}
        for point in pillar["points"]
    }
    assert len(counts) == 14
    assert [counts[f"2026-11-{day}"] for day in (13, 14, 15, 23, 24)] == [
        {},
        {"US": 1},
        {"US": 2},
        {"US": 3},
        {"CN": 1, "US": 3},
    ]


def test_only_the_asked_pillar_is_told(client):
    body = asked(client, "?pillar=cost")
    assert [one["pillar"] for one in body["pillars"]] == ["cost"]
    assert {name for one in body["cards"] for name in one["pillars"]} == {"cost"}


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("pillar=overall", "overall"),
        ("since=yesterday", "since"),
        ("until=2026-11-26", "until"),
        ("since=2026-11-25&until=2026-11-24", "since"),
        ("since=2020-01-01", "since"),
    ],
)
def test_a_span_or_pillar_that_makes_no_sense_is_a_problem(client, query, named):
    body = assert_problem(client.get(f"/v1/ecosystems?{query}"), 422)
    assert named in body["detail"] + str(body.get("errors"))


def test_a_new_card_is_seen_at_once(client, site):
    before = client.get("/v1/ecosystems")
    assert client.get("/v1/ecosystems", headers={"If-None-Match": before.headers["ETag"]}).status_code == 304
    fields = {"score": "81.0", "low": "70.0", "high": "90.0", "coverage": "0.90"}
    one = publish(site.engine, american("us-lab/us-0", fields, sequence=2), NOW)
    us = asked(client, "?pillar=transparency")["pillars"][0]["points"][-1]["jurisdictions"][1]
    assert us["best"]["cards"] == [one.card_id]


def test_no_card_is_read_that_no_day_needs(site):
    standings, day = Standings(), date(2026, 11, 24)
    card = first_card() | {"previous": site.card.card_id}
    newest = [publish(site.engine, card | {"sequence": n}, PUBLISHED_AT + timedelta(minutes=n)) for n in (2, 3, 4)][-1]
    with db.read(site.engine) as session:
        course = standings.course(session, day, day)
    assert [one.card for each in course.standings for one in each] == [newest.card_id]
    assert list(standings._known) == [newest.card_id]


def test_what_the_database_cuts_out_of_a_card_is_what_the_card_says(site):
    with db.read(site.engine) as session:
        ((card_id, found),) = cards.parts(session, [site.card.card_id])
    assert card_id == site.card.card_id
    assert found == {name: site.card.card[name] for name in cards.PARTS}


def test_parts_of_more_cards_than_are_read_at_once(site, monkeypatch):
    monkeypatch.setattr(cards, "BATCH", 2)
    made = [publish(site.engine, first_card(f"a/{i}")).card_id for i in range(5)]
    with db.read(site.engine) as session:
        assert sorted(card_id for card_id, _ in cards.parts(session, made)) == sorted(made)
        assert (cards.count(session), len(cards.editions(session))) == (6, 6)


@pytest.mark.parametrize("weeks", ["", "?weeks=4", "?weeks=52", "?weeks=many"])
def test_the_page_shows_intervals_numbers_and_models(client, weeks):
    page = client.get(f"/ecosystems{weeks}").get_data(as_text=True)
    for text in ("How far apart ecosystems are", "CN against US", "not told", MODEL, "too little coverage to count"):
        assert text in page
    assert page.count('class="intervals"') == 2  # transparency and performance; the others have no coverage


def test_an_instance_without_a_card_says_so(empty_site):
    body = asked(empty_site)
    assert (body["cards"], body["pillars"][0]["points"][-1]["jurisdictions"]) == ([], [])
    assert "No card has been published yet" in empty_site.get("/ecosystems").get_data(as_text=True)


@pytest.fixture
def empty_site(engine, tmp_path):
    return create_app(engine, lambda *_: None, settings_of(tmp_path)).test_client()
