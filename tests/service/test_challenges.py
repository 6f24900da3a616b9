"""Challenges over HTTP and in the database: what is taken in, what is refused, what everybody may read."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from scorecards.dispute import State
from service.store import challenges, db, jobs
from service.store.tables import ChallengeRow, EventRow, JobRow

from .conftest import FILING, MODEL, PUBLISHED_AT

PATH = "/v1/challenges"
GOOD = {"model": MODEL, "indicator": "C4", "url": "https://example.org/card", "quote": "128K tokens of context"}


def post(site, scope="challenges:write", headers=(), **fields):
    said = {key: one for key, one in (GOOD | fields).items() if one is not None}
    return site.client.post(PATH, json=said, headers=site.auth(scope) | dict(headers))


def rows(site, table):
    with db.read(site.engine) as session:
        return session.scalars(select(table)).all()


def move(site, challenge_id, *states):
    with db.write(site.engine) as session:
        for number, state in enumerate(states):
            now = PUBLISHED_AT + timedelta(minutes=number)
            challenges.move(session, challenges.get(session, challenge_id), state, f"because {number}", now)


def test_a_challenge_is_received_shown_to_all_and_waits_to_be_checked(site):
    answer = post(site, note="See table 2", name="Example Lab")
    assert answer.status_code == 201
    body = answer.json
    assert {key: body[key] for key in GOOD} == GOOD
    assert (body["kind"], body["note"], body["name"], body["state"]) == (
        "missing",
        "See table 2",
        "Example Lab",
        "received",
    )
    assert site.client.get(f"{PATH}/{body['id']}").json == body
    assert {one.key for one in rows(site, JobRow)} == {f"challenge:{body['id']}", f"publish:{MODEL}"}
    told = rows(site, EventRow)[-1]
    assert (told.type, told.subject) == ("challenge.updated", f"{MODEL}#C4")
    assert told.body == {
        "model": MODEL,
        "indicator": "C4",
        "challenge": body["id"],
        "state": "received",
        "reason": "",
        "kind": "missing",
    }
    assert site.nudges == [("sweep",)]


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"model": "nobody/nothing"}, {"model": "wants a model of the catalogue, has 'nobody/nothing'"}),
        ({"indicator": "Z9"}, {"indicator": "wants an indicator of the rubric in force, has 'Z9'"}),
        ({"url": "http://example.org/"}, {"url": "wants an https URL, has the scheme 'http'"}),
        ({"url": "https://10.0.0.7/"}, {"url": "wants a host on the public internet, has 10.0.0.7"}),
        ({"url": "https://me:secret@example.org/"}, {"url": "wants a URL without user and password, has one with"}),
        ({"quote": ""}, {"quote": "wants words, has none"}),
        ({"quote": "x" * 301}, {"quote": "wants at most 300 characters, has 301"}),
        ({"note": "x" * 1001}, {"note": "wants at most 1000 characters, has 1001"}),
        ({"name": "x" * 81}, {"name": "wants at most 80 characters, has 81"}),
        ({"quote": "a\x00b"}, {"quote": "wants text without control characters, has some"}),
        ({"model": "a\x00b"}, {"model": "wants a model of the catalogue, has 'a\\x00b'"}),
        ({"model": "\ud800"}, {"model": "wants a model of the catalogue, has '\\ud800'"}),
        ({"kind": "rude"}, {"kind": "wants one of missing, wrong, has rude"}),
        ({"quote": None, "url": None}, {"quote": None, "url": None}),
        ({"quote": 7}, {"quote": None}),
        ({"filed_by": "me"}, {"filed_by": None}),
        (dict.fromkeys(GOOD, " "), dict.fromkeys(GOOD)),
    ],
)  # fmt: skip
def test_every_wrong_field_is_pointed_at_and_nothing_is_taken_in(site, fields, wrong):
    answer = post(site, **fields)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert {one["pointer"] for one in answer.json["errors"]} == {f"#/json/{field}" for field in wrong}
    for one in answer.json["errors"]:
        wanted = wrong[one["pointer"].rpartition("/")[2]]
        assert wanted is None or one["detail"] == wanted
    assert "secret" not in answer.get_data(as_text=True)
    assert len(rows(site, ChallengeRow)) == 1
    assert rows(site, JobRow) == []


def test_the_same_challenge_is_taken_in_once_as_long_as_it_is_open(site):
    first = post(site).json["id"]
    again = post(site, note="in other words")
    assert again.status_code == 409
    assert f"challenge {first} says the same and is received" in again.json["detail"]
    for other in ({"quote": "other words"}, {"url": "https://example.org/b"}, {"indicator": "B3"}, {"kind": "wrong"}):
        assert post(site, **other).status_code == 201
    move(site, first, State.CHECKING)
    assert post(site).status_code == 409
    move(site, first, State.UNCHECKED)
    assert post(site).status_code == 409
    move(site, first, State.REJECTED)
    assert post(site).status_code == 201


def test_of_many_who_file_the_same_at_once_one_is_taken_in(site):
    answers, gate = [], threading.Barrier(6)

    def file():
        client = site.app.test_client()
        gate.wait(10)
        answers.append(client.post(PATH, json=GOOD, headers=site.auth("challenges:write")).status_code)

    threads = [threading.Thread(target=file) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == [201, 409, 409, 409, 409, 409]
    assert len(rows(site, ChallengeRow)) == 2


def test_a_challenge_sent_twice_with_one_key_is_filed_once(site):
    first, again = (post(site, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert len(rows(site, ChallengeRow)) == 2
    assert post(site, headers={"Idempotency-Key": "k"}, quote="others").status_code == 422


def test_challenges_are_listed_newest_first_and_by_model_and_state(site):
    filed = [post(site, quote=f"words {number}").json["id"] for number in range(5)]
    post(site, model="example-lab/example-2")
    move(site, filed[0], State.CHECKING, State.UPHELD)
    move(site, filed[1], State.CHECKING, State.REJECTED)

    def listed(query):
        return [one["id"] for one in site.client.get(f"{PATH}?{query}").json["items"]]

    assert listed("model=example-lab/example-1-instruct") == [*reversed(filed), 1]
    assert listed("state=upheld") == [filed[0]]
    assert listed("state=checking") == []
    assert listed(f"state=received&model={MODEL}") == [*reversed(filed[2:]), 1]
    assert listed("model=nobody/nothing") == []
    page = site.client.get(f"{PATH}?limit=4").json
    rest = site.client.get(f"{PATH}?limit=4&after={page['next']}").json
    assert [one["id"] for one in page["items"] + rest["items"]] == list(range(7, 0, -1))
    assert rest["next"] is None


@pytest.mark.parametrize("query", ["state=lost", "limit=0", "after=x", "after=bm9uZQ=="])
def test_a_list_that_makes_no_sense_is_a_problem(site, query):
    assert site.client.get(f"{PATH}?{query}").status_code == 422


@pytest.mark.parametrize("which", ["99", "999999999", "9999999999", "x", "-1", "1.5"])
def test_a_challenge_that_is_not_there_is_a_problem(site, which):
    answer = site.client.get(f"{PATH}/{which}")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_states_follow_each_other_only_as_they_may(site):
    with pytest.raises(ValueError, match="wants checking after received, has upheld"):
        move(site, 1, State.UPHELD)
    move(site, 1, State.CHECKING, State.UPHELD)
    with pytest.raises(ValueError, match="after upheld, has rejected"):
        move(site, 1, State.REJECTED)
    states = site.client.get(f"{PATH}/1").json["states"]
    assert [(one["state"], one["reason"]) for one in states] == [
        ("received", ""),
        ("checking", "because 0"),
        ("upheld", "because 1"),
    ]
    assert all(one["at"].endswith("Z") for one in states)


def test_saying_the_same_again_is_no_new_state_and_no_event(site):
    move(site, 1, State.CHECKING)
    before = len(rows(site, EventRow))
    with db.write(site.engine) as session:
        found = challenges.get(session, 1)
        assert challenges.move(session, found, State.UNCHECKED, "HTTP 403", PUBLISHED_AT)
        assert not challenges.move(session, challenges.get(session, 1), State.UNCHECKED, "HTTP 403", PUBLISHED_AT)
        assert challenges.move(session, challenges.get(session, 1), State.UNCHECKED, "HTTP 404", PUBLISHED_AT)
    assert len(rows(site, EventRow)) == before + 2


def test_a_state_and_its_event_come_together_or_not_at_all(site):
    before = len(rows(site, EventRow))

    def killed():
        with db.write(site.engine) as session:
            assert challenges.move(session, challenges.get(session, 1), State.CHECKING, "", PUBLISHED_AT)
            raise SystemExit

    with pytest.raises(SystemExit):
        killed()
    assert site.client.get(f"{PATH}/1").json["state"] == "received"
    assert len(rows(site, EventRow)) == before


def test_a_check_waits_for_other_looks_at_the_same_host(site):
    with db.write(site.engine) as session:
        made = challenges.challenge_job(challenges.get(session, 1))
        jobs.request(session, made, PUBLISHED_AT)
    assert (made.lane, made.every_s) == ("host:example.org", challenges.RETRY_S)
    assert made.args == {"challenge": 1}


def test_whoever_files_is_told_nobody_and_a_name_only_where_it_was_given(site):
    shown = site.client.get(f"{PATH}/1").json
    assert (shown["name"], shown["note"]) == (FILING.name, FILING.note)
    assert "somebody" not in site.client.get(PATH).get_data(as_text=True)
    assert "somebody" not in site.client.get(f"/models/{MODEL}").get_data(as_text=True)
    assert post(site).json["name"] == ""
