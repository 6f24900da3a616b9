"""Others' ratings as they are kept, served and shown: attributed, versioned, and never mixed with ours."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from scorecards.ratings.aliases import Aliases
from scorecards.ratings.rating import Figure
from service.pages import ratings as views
from service.store import db, ratings
from service.store.tables import RatingRow

from .conftest import ALIASES, MODEL, PUBLISHED_AT, RATINGS, first_card, publish, rated

NOW = datetime(2026, 11, 25, tzinfo=UTC)
ATTACK = "<img src=x onerror=alert(1)>\"'"


def keep(engine, *given, aliases=ALIASES, now=NOW):
    with db.write(engine) as session:
        return ratings.keep(session, given, aliases, now)


def shown(engine, source=None, model=None):
    with db.read(engine) as session:
        return ratings.page(session, source, model, None)


def test_a_rating_comes_back_as_it_was(engine):
    assert keep(engine, *RATINGS) == ratings.Kept(added=3, unchanged=0, mapped=1)
    found = shown(engine)
    assert [one.rating for one in found] == list(RATINGS)
    assert [one.model for one in found] == [None, None, MODEL]
    assert {one.imported_at for one in found} == {NOW}


def test_the_same_input_again_adds_nothing(engine):
    keep(engine, *RATINGS)
    before = shown(engine)
    again = keep(engine, *RATINGS, now=NOW + timedelta(days=1))
    assert again == ratings.Kept(added=0, unchanged=3, mapped=1)
    assert shown(engine) == before


@pytest.mark.parametrize(
    "fields", [{"sha256": "cd" * 32}, {"figures": (Figure("overall", "36", "points of 100", published=True),)}]
)
def test_a_changed_input_adds_a_version_and_the_old_one_stays(engine, fields):
    keep(engine, *RATINGS)
    changed = replace(RATINGS[2], **fields)
    assert keep(engine, *RATINGS[:2], changed) == ratings.Kept(added=1, unchanged=2, mapped=1)
    assert [one.rating for one in shown(engine, model=MODEL)] == [changed]
    with db.read(engine) as session:
        rows = session.query(RatingRow).filter_by(edition="2025-12").order_by(RatingRow.version).all()
        assert [row.version for row in rows] == [1, 2]
        assert ratings.get(session, rows[0].id).rating == RATINGS[2]


def test_what_changed_back_is_a_version_of_its_own(engine):
    changed = replace(RATINGS[2], sha256="cd" * 32)
    for one in (RATINGS[2], changed, RATINGS[2]):
        assert keep(engine, one).added == 1
    assert [one.rating for one in shown(engine)] == [RATINGS[2]]


def test_a_new_alias_is_a_version_about_that_model(engine):
    keep(engine, *RATINGS, aliases=Aliases({}, ()))
    assert shown(engine, model=MODEL) == []
    assert keep(engine, *RATINGS).added == 1
    assert len(shown(engine, model=MODEL)) == 1


def test_two_imports_at_once_cannot_both_win(engine):
    keep(engine, *RATINGS)
    with db.read(engine) as session:
        (row,) = session.query(RatingRow).filter_by(edition="2025-12").all()
        columns = {one.name: getattr(row, one.name) for one in RatingRow.__table__.columns if one.name != "id"}
    with pytest.raises(IntegrityError), db.write(engine) as session:
        session.add(RatingRow(**columns))


def get(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, answer.data
    return json.loads(answer.data)


def test_ratings_are_listed_in_pages_with_their_attribution(client):
    first = get(client, "/v1/ratings?limit=2")
    rest = get(client, f"/v1/ratings?limit=2&after={first['next']}")
    assert [one["edition"] for one in first["items"] + rest["items"]] == ["2023-10", "2024-05", "2025-12"]
    assert rest["next"] is None
    one = rest["items"][0]
    assert "judgements" not in one
    assert one | {"number": 3} == {
        "number": 3,
        "model": MODEL,
        "source": "fmti",
        "edition": "2025-12",
        "producer": "Example Lab",
        "subject": "Example-1",
        "dated": "2025-12",
        "figures": [{"name": "overall", "value": "35", "unit": "points of 100", "published": True}],
        "attribution": "Its Authors: Example Index",
        "licence": "CC-BY-4.0",
        "link": "https://example.org/index",
        "sha256": "ab" * 32,
        "imported_at": PUBLISHED_AT.isoformat(),
    }


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("source=fmti", 3),
        ("source=osai", 0),
        (f"model={MODEL}", 1),
        ("model=no/model", 0),
        (f"source=mof&model={MODEL}", 0),
    ],
)
def test_ratings_are_chosen_by_source_and_model(client, query, count):
    assert len(get(client, f"/v1/ratings?{query}")["items"]) == count


def test_one_rating_has_every_judgement(client):
    number = get(client, f"/v1/ratings?model={MODEL}")["items"][0]["number"]
    judgements = get(client, f"/v1/ratings/{number}")["judgements"]
    assert [one["indicator"] for one in judgements] == ["x", "y", "z"]
    assert judgements[0] == {
        "indicator": "x", "title": "x", "verdict": "1", "note": "said", "source": "https://example.org",
    }  # fmt: skip
    for none in (0, 99, 10**30):
        assert "wants the number of a rating" in get(client, f"/v1/ratings/{none}", 404)["detail"]


def test_a_models_ratings_stand_beside_ours(client, site):
    found = get(client, f"/v1/models/{MODEL}/ratings")
    assert found["ours"]["id"] == site.card.card_id
    assert found["ours"]["transparency"] == site.card.card["pillars"]["transparency"]
    assert [one["subject"] for one in found["external"]] == ["Example-1"]
    assert get(client, "/v1/models/example-lab/example-2/ratings") == {
        "model": "example-lab/example-2", "ours": None, "external": [],
    }  # fmt: skip
    assert "wants a model of the catalogue" in get(client, "/v1/models/no/model/ratings", 404)["detail"]


def test_a_trend_says_that_2025_cannot_be_compared(client):
    found = get(client, "/v1/ratings/fmti/trend?company=Example+Lab")
    steps = [
        (one["edition"], one["subject"], one["total"], one["comparable_with_previous"]) for one in found["editions"]
    ]
    assert steps == [
        ("2023-10", "Example-0", "48", None),
        ("2024-05", "Example-0", "49", True),
        ("2025-12", "Example-1", "35", False),
    ]
    assert found["licence"] == "CC-BY-4.0"
    assert "Bommasani" in found["attribution"]


def test_a_company_nobody_rated_is_told_whom_the_index_rates(client):
    detail = get(client, "/v1/ratings/fmti/trend?company=Nobody", 404)["detail"]
    assert detail == "wants a company of the index (Example Lab), has 'Nobody'"
    assert get(client, "/v1/ratings/fmti/trend", 422)["errors"][0]["pointer"] == "#/query/company"


def test_ratings_and_trends_are_documents_that_need_not_be_sent_twice(client):
    for address in ("/v1/ratings", "/v1/ratings/1", f"/v1/models/{MODEL}/ratings"):
        etag = client.get(address).headers["ETag"]
        assert client.get(address, headers={"If-None-Match": etag}).status_code == 304


def test_the_page_shows_ratings_with_source_edition_licence_and_a_broken_line(client):
    page = client.get(f"/models/{MODEL}").get_data(as_text=True)
    section = page[page.index('<h2 id="ratings">Rated elsewhere') :]
    for wanted in ("FMTI", "edition 2025-12", "overall 35 points of 100", "as published", "Example Lab: Example-1",
                   "Its Authors: Example Index", "CC-BY-4.0", 'href="https://example.org/index"'):  # fmt: skip
        assert wanted in section
    assert section.count('fill="none"') == 1
    assert section.count("<circle") == 3
    assert section.count("not comparable with the edition before") == 2


def test_a_page_without_ratings_says_so(engine, site):
    publish(engine, first_card("example-lab/example-2"))
    page = site.client.get("/models/example-lab/example-2").get_data(as_text=True)
    assert "No rating by others that names exactly this model has been imported." in page
    assert "trend-title" not in page


def test_what_we_computed_ourselves_is_not_said_to_be_published():
    computed = rated(figures=(Figure("class", "III", "", published=False),))
    (row,) = views.view([ratings.Stored(1, MODEL, NOW, computed)], [], NOW).rows
    assert (row.figure, row.basis) == ("class III", views.COMPUTED)


def test_texts_of_others_become_no_markup(site):
    hostile = dict.fromkeys(("producer", "attribution", "licence"), ATTACK) | {"link": "javascript:alert(1)"}
    with db.write(site.engine) as session:
        aliases = Aliases({("fmti", ATTACK, "Example-1"): MODEL}, ())
        given = [rated(one, 40, **hostile, subject="Example-1") for one in ("2023-10", "2024-05")]
        ratings.keep(session, given, aliases, NOW)
    page = site.client.get(f"/models/{MODEL}").get_data(as_text=True)
    assert "<img src=x" not in page
    assert 'href="javascript:' not in page
    assert "&lt;img src=x" in page
