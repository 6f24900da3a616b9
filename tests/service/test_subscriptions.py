"""Webhooks over HTTP: who is told of what, what is wrong with what was asked for, and having things sent again."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from scorecards.events import EVENT_TYPES, MAX_PAYLOAD_BYTES, Event, Told, payload
from scorecards.events import of_cards as card_events
from scorecards.events.filters import Filters, warnings
from service import signatures
from service.store import db, deliveries, events, subscriptions
from service.store.tables import AttemptRow, AuditRow, DeliveryRow, EventRow, IdempotencyRow, SubscriptionRow

from .conftest import EVENT, MODEL, PUBLISHED_AT, SUBSCRIPTION, first_card

PATH = "/v1/subscriptions"
ASKED = {"url": "https://receiver.example.org/hook", "types": ["scorecard.published", "verdict.changed"]}
CHANGE = {"kind": "vendor_change", "path": "verdicts.B3.state", "before": "absent", "after": "disclosed"}
TARGETS = Path(__file__).parents[2].parent / "shared" / "addresses" / "targets.csv"


def post(site, path, body=None, scope="subscriptions:write", **headers):
    return site.client.post(path, json=body or {}, headers=site.auth(scope) | headers)


def get(site, path, scope="subscriptions:read"):
    return site.client.get(path, headers=site.auth(scope)).json


def made(site, **more):
    answer = post(site, PATH, ASKED | more)
    assert answer.status_code == 201, answer.json
    return answer.json


def happen(site, *happened):
    with db.write(site.engine) as session:
        return events.record(session, happened, datetime.now(UTC))


def activate(site, key):
    with db.write(site.engine) as session:
        session.execute(update(SubscriptionRow).where(SubscriptionRow.id == key).values(state="active"))


def verdict(model=MODEL, indicator="B3", kind="vendor_change"):
    body = {"model": model, "indicator": indicator, "kinds": [kind], "before": "absent", "after": "disclosed"}
    return Event("verdict.changed", f"{model}#{indicator}", body)


def rows(site, table):
    with db.read(site.engine) as session:
        return list(session.scalars(select(table)))


def waiting(site, key):
    return [one["event"] for one in get(site, f"{PATH}/{key}/deliveries?state=waiting")["items"]]


def test_a_new_subscription_is_pinged_before_it_is_active(site):
    new = made(site)
    assert new["state"] == "pending"
    assert "pinged" in new["reason"]
    assert [one["type"] for one in get(site, f"{PATH}/{new['id']}/deliveries")["items"]] == ["subscription.test"]
    assert site.nudges[-1] == ("sweep",)
    happen(site, verdict())
    assert len(waiting(site, new["id"])) == 1


def test_its_secret_is_shown_once_and_kept_encrypted(site):
    new = made(site, headers={"X-Api-Key": "its own key"})
    assert signatures.check_secret(new["secret"]) is None
    assert signatures.check_public_key(new["public_key"]) is None
    shown = get(site, f"{PATH}/{new['id']}")
    assert "secret" not in shown
    assert shown["headers"] == ["x-api-key"]
    kept = [one.sealed for one in rows(site, SubscriptionRow)]
    assert not any(new["secret"].encode() in one or b"its own key" in one for one in kept)
    assert new["secret"] not in json.dumps([one.detail for one in rows(site, AuditRow)])


def test_a_repeated_creation_is_one_subscription_with_the_same_secret_which_is_kept_encrypted(site):
    first, again = (post(site, PATH, ASKED, **{"Idempotency-Key": "1"}) for _ in range(2))
    assert first.json == again.json
    assert len(rows(site, SubscriptionRow)) == 2
    assert first.json["secret"].encode() not in rows(site, IdempotencyRow)[0].sealed


def test_a_secret_may_be_brought_along(site):
    secret = signatures.new_secret()
    assert made(site, secret=secret)["secret"] == secret


WRONG = [
    ({"url": "http://receiver.example.org"}, "url", "wants an https URL"),
    ({"url": "https://10.0.0.1/x"}, "url", "wants a host on the public internet"),
    ({"url": "https://user:word@receiver.example.org"}, "url", "without user and password"),
    ({"url": "nonsense"}, "url", "wants an https URL"),
    ({"url": 7}, "url", "Not a valid string"),
    ({"types": []}, "types", "at least one"),
    ({"types": ["card.published"]}, "types", "has 'card.published'"),
    ({"kinds": ["vendor"]}, "kinds", "has 'vendor'"),
    ({"pillars": ["price"]}, "pillars", "has 'price'"),
    ({"min_points": "-1"}, "min_points", "wants 0 to 100, has -1"),
    ({"min_price_percent": "101"}, "min_price_percent", "wants 0 to 100"),
    ({"rate_per_minute": 0}, "rate_per_minute", "wants 1 to 6000, has 0"),
    ({"headers": {"Host": "x"}}, "headers", "has 'host'"),
    ({"headers": {"X-Api-Key": "a\r\nb"}}, "headers", "visible ASCII"),
    ({"headers": {"X-Api-Key": ""}}, "headers", "visible ASCII"),
    ({"secret": "hunter2"}, "secret", "wants whsec_"),
    ({"secret": "whsec_aGVsbG8="}, "secret", "has 5 bytes"),
    ({"target": "pager"}, "target", "has 'pager'"),
    ({"payload": "fat"}, "payload", "wants full or thin"),
    ({"description": "x" * 201}, "description", "at most 200"),
    ({"models": ["\x00"]}, "models", "control characters"),
    ({"colour": "red"}, "colour", "Unknown field"),
]


@pytest.mark.parametrize(("wrong", "field", "message"), WRONG, ids=[f"{one[1]}-{at}" for at, one in enumerate(WRONG)])
def test_a_wrong_field_is_a_problem_that_names_it(site, wrong, field, message):
    answer = post(site, PATH, ASKED | wrong)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    found = {one["pointer"]: one["detail"] for one in answer.json["errors"]}
    pointer = next(one for one in found if one.startswith(f"#/json/{field}"))
    assert message in found[pointer]
    assert "hunter2" not in answer.text
    assert len(rows(site, SubscriptionRow)) == 1


def refused_hosts():
    if not TARGETS.exists():
        return []
    lines = TARGETS.read_text().splitlines()[1:]
    return [(host, resolves) for host, resolves, *_ in (line.split(",") for line in lines) if host != "pub.test"]


@pytest.mark.skipif(not TARGETS.exists(), reason="wants ../shared/addresses/targets.csv beside the project")
@pytest.mark.parametrize("host", [host for host, resolves in refused_hosts() if not resolves])
def test_no_address_of_the_matrix_is_taken_in(site, host):
    answer = post(site, PATH, ASKED | {"url": f"https://{host}/hook"})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "#/json/url"


def test_there_is_an_end_to_how_many_there_are(site, monkeypatch):
    monkeypatch.setattr(subscriptions, "MAX_SUBSCRIPTIONS", 2)
    key = made(site)["id"]
    answer = post(site, PATH, ASKED)
    assert (answer.status_code, "at most 2" in answer.json["detail"]) == (409, True)
    site.client.delete(f"{PATH}/{key}", headers=site.auth("subscriptions:write"))
    made(site)


def test_filters_that_never_match_are_warned_of(site):
    asked = {"developers": ["nobody"], "models": [MODEL], "pillars": ["cost"], "min_price_percent": "5"}
    found = made(site, types=["verdict.changed"], **asked)["warnings"]
    assert [one.partition(":")[0] for one in found] == ["developers", "models", "pillars", "min_price_percent"]
    assert made(site)["warnings"] == []


@pytest.mark.parametrize(
    ("filters", "matches"),
    [
        ({}, True),
        ({"developers": ("example-lab",)}, True),
        ({"developers": ("other",)}, False),
        ({"models": (MODEL,)}, True),
        ({"models": ("example-lab/example-2",)}, False),
        ({"pillars": ("transparency",)}, True),
        ({"pillars": ("cost",)}, False),
        ({"kinds": ("vendor_change",)}, True),
        ({"kinds": ("correction",)}, False),
        ({"min_points": "3"}, True),
        ({"min_points": "3.5"}, False),
    ],
)
def test_a_card_is_told_to_those_who_want_it(filters, matches):
    before, after = first_card(), first_card()
    for card, score in ((before, "61.0"), (after, "64.0")):
        card["pillars"] = {name: {**one, "score": "50.0"} for name, one in card["pillars"].items()}
        card["pillars"]["transparency"]["score"] = score
    after["changes"] = [CHANGE]
    event = card_events.events(before, after, "sha256:new")[0]
    asked = Filters(("scorecard.published",)).as_json() | filters
    assert Filters.of(asked).match(event) is matches


def test_filters_let_pass_what_has_nothing_to_be_filtered_by():
    wanted = Filters(("comparison.finished",), ("example-lab",), (MODEL,), ("cost",), ("correction",))
    assert wanted.match(Event("comparison.finished", "comparison/1", {}))
    assert "kinds" in " ".join(warnings(wanted, {"example-lab"}, {MODEL}))


def test_a_price_is_told_if_it_moved_enough():
    wanted = Filters(("price.changed",), min_price_percent=5)
    for before, after, told in (("1", "1.04", False), ("1", "0.9", True), (None, "1", True), ("0", "1", True)):
        body = {"model": MODEL, "kinds": ["vendor_change"], "before": before, "after": after}
        assert wanted.match(Event("price.changed", "a:b#input", body)) is told


def test_what_is_left_out_of_a_change_stays_as_it_was(site):
    new = made(site, headers={"X-Api-Key": "its own key"}, min_points="2.5", rate_per_minute=30)
    path = f"{PATH}/{new['id']}"
    changed = site.client.patch(path, json={"payload": "thin"}, headers=site.auth("subscriptions:write")).json
    differ = {name for name in new.keys() - {"secret"} if new[name] != changed[name]}
    assert differ == {"payload"}
    assert changed["headers"] == ["x-api-key"]


def test_another_url_is_pinged_before_it_gets_events(site):
    path = f"{PATH}/{SUBSCRIPTION}"
    changed = site.client.patch(path, json={"url": "https://new.example.org"}, headers=site.auth("subscriptions:write"))
    assert changed.json["state"] == "pending"
    assert get(site, f"{path}/deliveries")["items"][0]["type"] == "subscription.test"


def test_a_stopped_one_gets_nothing_until_it_is_enabled_and_pinged(site):
    happen(site, verdict())
    stopped = post(site, f"{PATH}/{SUBSCRIPTION}/disable").json
    assert (stopped["state"], stopped["stopped_after"]) == ("paused", rows(site, EventRow)[-1].uid)
    assert post(site, f"{PATH}/{SUBSCRIPTION}/ping").status_code == 409
    assert post(site, f"{PATH}/{SUBSCRIPTION}/enable").json["state"] == "pending"
    assert [one["action"] for one in get(site, f"{PATH}/{SUBSCRIPTION}/audit")] == ["enabled", "disabled"]


def test_a_new_secret_signs_beside_the_old_one_for_a_while(site):
    key = made(site)["id"]
    answer = post(site, f"{PATH}/{key}/rotate", {"grace_hours": 48}).json
    assert signatures.check_secret(answer["secret"]) is None
    until = datetime.fromisoformat(answer["old_secret_until"])
    assert timedelta(hours=47) < until - datetime.now(UTC) < timedelta(hours=49)
    wrong = post(site, f"{PATH}/{key}/rotate", {"grace_hours": 169})
    assert wrong.json["errors"][0]["detail"] == "wants 0 to 168, has 169"


def test_one_event_is_sent_again_under_its_id(site):
    with db.write(site.engine) as session:
        session.execute(update(DeliveryRow).values(state="failed", tries=10, attempts=10, next_at=None))
    answer = post(site, f"{PATH}/{SUBSCRIPTION}/deliveries/{EVENT}/resend")
    assert (answer.status_code, answer.json["event"], answer.json["state"]) == (202, EVENT, "waiting")
    assert (answer.json["attempts"], rows(site, DeliveryRow)[0].tries) == (10, 0)


def test_a_ping_that_is_sent_again_still_reaches_a_receiver_that_has_not_answered(site):
    key = made(site)["id"]
    (ping,) = waiting(site, key)
    assert post(site, f"{PATH}/{key}/deliveries/{ping}/resend").status_code == 202
    with db.read(site.engine) as session:
        assert key in {one.subscription for one in deliveries.due(session, datetime.now(UTC))}


def test_what_failed_between_two_instants_is_sent_again(site):
    with db.write(site.engine) as session:
        session.execute(update(DeliveryRow).values(state="failed", next_at=None, settled_at=PUBLISHED_AT))
    before, after = ((PUBLISHED_AT + timedelta(hours=one)).isoformat() for one in (-1, 1))
    path = f"{PATH}/{SUBSCRIPTION}/recover"
    assert post(site, path, {"since": after}).json == {"deliveries": 0}
    assert post(site, path, {"since": before, "until": after}).json == {"deliveries": 1}
    assert waiting(site, SUBSCRIPTION) == [EVENT]
    assert post(site, path, {"since": "yesterday"}).status_code == 422


def test_everything_behind_an_event_is_sent_again_or_for_the_first_time(site):
    first, *others = happen(site, verdict(), verdict("example-lab/example-2"), verdict(indicator="C1"))
    new = made(site, models=[MODEL])
    path = f"{PATH}/{new['id']}/replay"
    assert post(site, path, {"after": first.id}).json == {"deliveries": 1}
    assert others[1].id in waiting(site, new["id"])
    assert post(site, path, {"since": "2020-01-01T00:00:00Z"}).json["deliveries"] >= 2
    for wrong in ({}, {"after": first.id, "since": "2020-01-01T00:00:00Z"}, {"after": "evt_none"}):
        assert post(site, path, wrong).status_code == 422


def test_pings_and_its_own_failures_reach_nobody_by_news_or_by_replay(site):
    first = happen(site, verdict())[0]
    new = made(site, types=["subscription.test", "subscription.failing"])
    activate(site, new["id"])
    mine, others = (
        Event("subscription.failing", key, {"subscription": key, "state": "failing"})
        for key in (new["id"], SUBSCRIPTION)
    )
    told = happen(site, Event("subscription.test", SUBSCRIPTION, {"subscription": SUBSCRIPTION}), mine, others)
    ping = get(site, f"{PATH}/{new['id']}/deliveries")["items"][-1]["event"]
    assert waiting(site, new["id"]) == [told[2].id, ping]
    assert post(site, f"{PATH}/{new['id']}/replay", {"after": first.id}).json == {"deliveries": 1}


def test_a_deleted_one_is_gone_with_its_secrets_and_its_past_stays(site):
    path = f"{PATH}/{SUBSCRIPTION}"
    assert site.client.delete(path, headers=site.auth("subscriptions:write")).status_code == 204
    assert get(site, path)["status"] == 404
    assert get(site, PATH)["items"] == []
    assert rows(site, SubscriptionRow)[0].sealed == b""
    assert len(rows(site, DeliveryRow)) == 1


def test_lists_are_pages(site):
    keys = sorted([SUBSCRIPTION, *(made(site)["id"] for _ in range(3))])
    first = get(site, f"{PATH}?limit=2")
    second = get(site, f"{PATH}?limit=2&after={first['next']}")
    assert [one["id"] for one in (*first["items"], *second["items"])] == keys
    happen(site, *(verdict() for _ in range(3)))
    activate(site, keys[0])


def test_the_feed_shows_what_happened_in_its_order_and_skips_nothing(site):
    told = happen(site, *(verdict(indicator=f"B{number}") for number in range(5)))
    seen, after = [], told[0].id
    while True:
        page = site.client.get(f"/v1/events?after={after}&limit=2&model={MODEL}").json
        seen += [one["id"] for one in page["items"]]
        after = page["next"]
        if not page["more"]:
            break
    assert seen == [one.id for one in told[1:]]
    assert site.client.get(f"/v1/events?after={after}&model={MODEL}").json == {
        "items": [],
        "next": after,
        "more": False,
    }


def test_sequence_counts_up_per_model_without_a_gap(site):
    told = happen(site, verdict(), verdict("example-lab/example-2"), verdict(), verdict())
    mine = [one.sequence for one in told if one.event.body["model"] == MODEL]
    assert mine == list(range(mine[0], mine[0] + 3))


def test_the_open_feed_hides_what_is_for_the_operator(site):
    private = happen(site, Event("subscription.failing", SUBSCRIPTION, {"subscription": SUBSCRIPTION}))[0]
    assert private.id not in site.client.get("/v1/events?limit=100").text
    assert site.client.get(f"/v1/events/{private.id}").status_code == 404
    assert get(site, f"/v1/events/{private.id}")["id"] == private.id
    assert private.id in json.dumps(get(site, "/v1/events?type=subscription.failing"))
    assert site.client.get("/v1/events?type=subscription.failing").json["items"] == []
    assert site.client.get("/v1/events", headers={"Authorization": "Bearer wrong"}).status_code == 401


@pytest.mark.parametrize("query", ["after=evt_none", "after=%00", "type=card", "limit=0"])
def test_a_feed_that_makes_no_sense_is_a_problem(client, query):
    answer = client.get(f"/v1/events?{query}")
    assert answer.status_code in (400, 422)
    assert answer.mimetype == "application/problem+json"


def test_the_types_of_events_are_told(client):
    assert {one["type"] for one in client.get("/v1/event-types").json} == set(EVENT_TYPES)


def test_a_payload_that_is_too_big_becomes_thin_and_says_so():
    body = {"model": MODEL, "card": {"id": "sha256:x", "sequence": 2}, "changes": [CHANGE] * 500}
    told = Told(1, EVENT, 1, PUBLISHED_AT, Event("scorecard.published", MODEL, body))
    sent = payload(told, "https://cards.example.org/v1/events/evt_1")
    assert len(sent) <= MAX_PAYLOAD_BYTES
    data = json.loads(sent)["data"]
    assert data == {
        "subject": MODEL,
        "sequence": 1,
        "model": MODEL,
        "card": body["card"],
        "link": "https://cards.example.org/v1/events/evt_1",
        "truncated": True,
    }


def test_an_answer_can_be_read_by_whoever_may_read_subscriptions(site):
    with db.write(site.engine) as session:
        delivery = session.scalars(select(DeliveryRow)).one()
        row = {"status": 500, "latency_ms": 12, "error": "server_error", "detail": "", "answer": "<b>no</b>"}
        session.add(AttemptRow(delivery_id=delivery.id, number=1, at=PUBLISHED_AT, next_at=PUBLISHED_AT, **row))
    shown = get(site, f"{PATH}/{SUBSCRIPTION}/deliveries/{EVENT}")
    assert shown["tries"] == [{"number": 1, "at": "2026-11-24T00:12:31Z", "next_at": "2026-11-24T00:12:31Z", **row}]
    assert (shown["last_status"], shown["last_error"]) == (500, "server_error")
