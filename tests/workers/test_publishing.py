"""The publish job over a real database and a clock that tests set."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

import workers.jobs
from scorecards import card as card_of
from scorecards.catalog import Catalog, Cited, Developer, Endpoint, Model
from scorecards.cost.fact import Basis as PriceBasis
from scorecards.cost.fact import Origin, PriceFact
from scorecards.cost.listing import Listing
from scorecards.cost.usage import Usage
from scorecards.evidence import Basis, Document, Finding, Quote, Reading, Source
from scorecards.probes._probe import Probe
from service.config import Settings
from service.store import cards, catalog, db, evidence, jobs, migrate, prices
from service.store.cards import Published
from service.store.evidence import Found
from service.store.jobs import Wanted
from service.store.tables import EventRow
from workers import planning, publishing
from workers.context import Context

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CITED = Cited("test", NOON.date())
MODEL = Model("maker/model-1", "Model 1", "maker", CITED, open_weights=True)
ENDPOINT = Endpoint("host:model-1", MODEL.ref, "host", "model-1", "openai_chat", "https://host.example/v1", CITED)
CARD_URL = "https://maker.example/card.md"


@dataclass
class Clock:
    now: datetime = NOON

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def context(tmp_path, clock):
    engine = db.connect(f"sqlite:///{tmp_path / 'pellucid.db'}")
    migrate.upgrade(engine)
    with db.write(engine) as session:
        maker = Developer("maker", "Maker", "CN", CITED)
        catalog.add(session, Catalog({"maker": maker}, {MODEL.ref: MODEL}, {ENDPOINT.ref: ENDPOINT}), "bundled")
    settings = Settings(data_dir=tmp_path, database_url=str(engine.url))
    yield Context(engine, settings, lambda *_: None, Ed25519PrivateKey.generate(), clock=clock)
    engine.dispose()


def document(text, at=NOON):
    return Document.of(text.encode(), CARD_URL, "text/markdown", at, first_party=True)


def said(found, words, quantity="weights_licence"):
    start = found.content.index(words.encode())
    source = Source(f"sha256:{found.sha256}", found.url, Quote(words, start, start + len(words.encode())))
    return Reading(quantity, MODEL.ref, Finding.KNOWN, Basis.FIRST_PARTY, found.fetched_at, "document/1",
                   value=words, n=1, sources=(source,))  # fmt: skip


def probed(at=NOON, *, listed=True):
    source = Source("sha256:exchange", ENDPOINT.ref)
    return Reading("served_model_listed", ENDPOINT.ref, Finding.KNOWN, Basis.EXECUTED, at, "identity/1",
                   value=listed, n=1, note="the id is listed", sources=(source,))  # fmt: skip


def record(context, documents=(), readings=()):
    now = context.clock()
    with db.write(context.engine) as session:
        jobs.request(session, Wanted(f"collect:{now}", "collect", {}), now)
        lease = jobs.claim(session, jobs.id_of(session, f"collect:{now}"), "me", now, 60)
        evidence.record(session, lease, Found(MODEL.ref, "collect", documents=documents, readings=readings), now)
        jobs.request(session, jobs.publish_job(MODEL.ref), now)
        jobs.finish(session, lease, now)


def sweep_and_run(context):
    """Do everything that is due now, as the sweeper and a worker would."""
    with db.read(context.engine) as session:
        due = jobs.due(session, context.clock())
    return [job for job in due if workers.jobs.run(context, job)]


def newest(context):
    with db.read(context.engine) as session:
        return cards.latest(session, MODEL.ref).card


def told(context, kind):
    with db.read(context.engine) as session:
        return list(session.scalars(select(EventRow).where(EventRow.type == kind).order_by(EventRow.id)))


def changed(card):
    """Return what changed among the verdicts; measurements come and go with their window."""
    return [(one["path"], one["kind"], one["after"]) for one in card["changes"] if one["path"].startswith("verdicts.")]


def states(card, part="verdicts", name="indicator"):
    return {one[name]: one for one in card[part]}


def test_eight_days_later_a_new_card_says_what_is_stale_and_an_event_tells_of_each(context, clock):
    record(context, [page := document("license: mit")], [said(page, "mit"), probed()])
    sweep_and_run(context)
    first = newest(context)
    assert not any(one["stale"] for one in first["verdicts"])
    assert told(context, "evidence.stale") == []

    clock.now = NOON + timedelta(days=6)
    assert sweep_and_run(context) == []

    clock.now = NOON + timedelta(days=8)
    assert sweep_and_run(context)
    second = newest(context)
    assert second["sequence"] == first["sequence"] + 1
    assert changed(second) == [("verdicts.A2.stale", "evidence_refresh", "true")]
    assert states(second)["A2"]["state"] == states(first)["A2"]["state"] == "verified"
    assert states(second)["A2"]["stale"]
    assert not states(second)["B3"]["stale"]
    (event,) = told(context, "evidence.stale")
    assert event.subject == f"{MODEL.ref}#A2"
    assert event.at == clock.now
    assert event.body["card"] == told(context, "scorecard.published")[-1].body["card"]
    assert (event.body["indicator"], event.body["before"], event.body["after"]) == ("A2", "false", "true")

    assert sweep_and_run(context) == []  # nothing is told twice
    clock.now = NOON + timedelta(days=31)
    sweep_and_run(context)
    assert {one.subject for one in told(context, "evidence.stale")} == {f"{MODEL.ref}#{i}" for i in ("A2", "B3", "B4")}


def test_a_failed_publication_writes_no_event(context, clock, monkeypatch):
    record(context, readings=[probed()])
    sweep_and_run(context)
    clock.now = NOON + timedelta(days=8)
    monkeypatch.setattr(jobs, "finish", _fails)
    with pytest.raises(RuntimeError):
        sweep_and_run(context)
    assert told(context, "evidence.stale") == []
    assert newest(context)["sequence"] == 1


def meanwhile(monkeypatch, happens):
    """Have something happen, once, after a card was composed and before it is written."""
    real, waiting = publishing.compose, [happens]

    def composed(*arguments):
        card = real(*arguments)
        if waiting:
            waiting.pop()(card)
        return card

    monkeypatch.setattr(publishing, "compose", composed)


def test_a_card_that_another_was_published_before_is_composed_anew(context, monkeypatch):
    def another(card):
        other = Published(card_of.card_id(card), NOON, card_of.canonical(card), "")
        with db.write(context.engine) as session:  # and nobody holds the lock while composing
            cards.publish(session, other, {}, [])
            evidence.record(session, elsewhere, Found(MODEL.ref, "collect", readings=[probed(listed=False)]), NOON)

    record(context, readings=[probed()])
    with db.write(context.engine) as session:
        jobs.request(session, Wanted("elsewhere", "collect", {}), NOON + timedelta(days=1))
        elsewhere = jobs.claim(session, jobs.id_of(session, "elsewhere"), "me", NOON + timedelta(days=1), 60)
    meanwhile(monkeypatch, another)
    sweep_and_run(context)
    with db.read(context.engine) as session:
        second, first = cards.history(session, MODEL.ref)
    assert (second.card["sequence"], second.card["previous"]) == (2, first.card_id)
    assert [one.body["card"]["sequence"] for one in told(context, "scorecard.published")] == [2]


def test_a_publisher_that_lost_its_lease_while_composing_writes_nothing(context, monkeypatch):
    def overtaken(_card):
        with db.write(context.engine) as session:
            job = jobs.id_of(session, f"publish:{MODEL.ref}")
            assert jobs.claim(session, job, "other", NOON + timedelta(days=1), 60)

    record(context, readings=[probed()])
    with db.write(context.engine) as session:
        lease = jobs.claim(session, jobs.id_of(session, f"publish:{MODEL.ref}"), "me", NOON, 60)
    meanwhile(monkeypatch, overtaken)
    with pytest.raises(jobs.LeaseLost):
        publishing.publish(context, lease)
    assert told(context, "scorecard.published") == []
    with db.read(context.engine) as session:
        assert cards.latest(session, MODEL.ref) is None


def _fails(*_arguments, **_more):
    raise RuntimeError("the machine stopped")


def test_fresh_evidence_after_a_stale_one_is_told_as_a_refresh(context, clock):
    record(context, readings=[probed()])
    sweep_and_run(context)
    clock.now = NOON + timedelta(days=8)
    sweep_and_run(context)
    record(context, readings=[probed(clock.now)])
    sweep_and_run(context)
    third = newest(context)
    assert changed(third) == [("verdicts.A2.stale", "evidence_refresh", "false")]
    assert len(told(context, "evidence.stale")) == 1


def test_every_awarded_point_has_url_quote_hash_and_date_and_its_document_is_listed(context):
    record(context, [page := document("license: mit")], [said(page, "mit")])
    sweep_and_run(context)
    card = newest(context)
    expected = {"url": CARD_URL, "id": f"sha256:{page.sha256}", "taken_at": "2026-11-23T12:00:00Z",
                "quote": {"text": "mit", "start": 9, "end": 12}}  # fmt: skip
    assert states(card)["B3"]["evidence"] == [expected]
    assert card["documents"] == [
        {"url": CARD_URL, "id": f"sha256:{page.sha256}", "fetched_at": "2026-11-23T12:00:00Z", "first_party": True}
    ]


def test_of_a_document_the_newest_version_is_listed_with_the_day_it_was_last_seen(context, clock):
    old, new = document("license: mit"), document("license: gemma", NOON + timedelta(hours=1))
    record(context, [old], [said(old, "mit")])
    clock.now = NOON + timedelta(hours=1)
    record(context, [new], [said(new, "gemma")])
    clock.now = NOON + timedelta(hours=2)
    again = document("license: gemma", clock.now)
    record(context, [again], [said(again, "gemma")])
    sweep_and_run(context)
    (listed,) = newest(context)["documents"]
    assert (listed["id"], listed["fetched_at"]) == (f"sha256:{new.sha256}", "2026-11-23T14:00:00Z")


LIVE = {"lifecycle": "current", "shutdown": None}


def revised(context, **facts):
    """Have the catalogue say something else of the model."""
    with db.write(context.engine) as session:
        catalog.add(session, Catalog(models={MODEL.ref: replace(MODEL, **facts)}), "bundled")
        jobs.request(session, jobs.publish_job(MODEL.ref), context.clock())
    sweep_and_run(context)


def test_a_verdict_that_changed_is_told_with_its_states_and_why(context, clock):
    record(context, readings=[probed()])
    sweep_and_run(context)
    clock.now += timedelta(hours=1)
    record(context, [page := document("license: mit", clock.now)], [said(page, "mit")])
    sweep_and_run(context)
    (event,) = [one for one in told(context, "verdict.changed") if one.subject == f"{MODEL.ref}#B3"]
    published = told(context, "scorecard.published")[-1].body
    assert event.body == {
        "model": MODEL.ref,
        "card": published["card"],
        "indicator": "B3",
        "kinds": ["evidence_refresh"],
        "before": "unchecked",
        "after": "disclosed",
    }
    assert published["card"] == {"id": card_of.card_id(newest(context)), "sequence": 2}
    assert published["kinds"] == ["evidence_refresh"]
    assert published["pillars"]["transparency"]["before"]["score"] is not None


def test_a_day_of_shutdown_is_told_of_each_endpoint_when_it_appears_moves_and_is_taken_back(context, clock):
    record(context, readings=[probed()])
    sweep_and_run(context)
    assert told(context, "lifecycle.announced") == []
    legacy = {"lifecycle": "legacy"}
    for facts in (legacy | {"shutdown": date(2027, 3, 1)}, legacy | {"shutdown": date(2027, 6, 1)}, legacy):
        clock.now += timedelta(hours=1)
        revised(context, **facts)
    days = [LIVE, *({"lifecycle": "legacy", "shutdown": day} for day in ("2027-03-01", "2027-06-01", None))]
    events = told(context, "lifecycle.announced")
    assert [(one.body["before"], one.body["after"]) for one in events] == list(pairwise(days))
    assert {(one.subject, one.body["endpoint"], *one.body["kinds"]) for one in events} == {
        (ENDPOINT.ref, ENDPOINT.ref, "vendor_change")
    }
    assert [one.body["card"]["sequence"] for one in events] == [2, 3, 4]


def test_a_first_card_announces_the_end_of_its_model_if_there_is_a_day(context):
    revised(context, lifecycle="legacy", shutdown=date(2027, 3, 1))
    (event,) = told(context, "lifecycle.announced")
    assert event.body["before"] == {"lifecycle": None, "shutdown": None}
    assert event.body["after"] == {"lifecycle": "legacy", "shutdown": "2027-03-01"}


def listed(source, amount, since=NOON, until=None, meter="input"):
    return PriceFact(
        ENDPOINT.ref, meter, "1M tokens", Decimal(amount), "USD", since, PriceBasis.DOCUMENTED, NOON,
        Origin(f"https://{source}.example", source, "1"), until,
    )  # fmt: skip


def priced(context, source, *facts):
    now = context.clock()
    with db.write(context.engine) as session:
        run = prices.keep(session, Listing(source, "1", f"https://{source}.example", f"{now}", now, facts), now)
        jobs.request(session, jobs.publish_job(MODEL.ref), now)
    assert run.refused == ""


def price_changes(card):
    return [
        (one["path"], one["kind"], one["before"], one["after"]) for one in card["changes"] if "price" in one["path"]
    ]


LABEL = f"endpoints.{ENDPOINT.ref}.input price in USD per 1M tokens"


def test_prices_make_a_cost_pillar_and_the_first_ones_are_one_change(context):
    record(context)
    sweep_and_run(context)
    assert newest(context)["pillars"]["cost"]["basis"] == "no price facts are held yet"
    priced(context, "hand", listed("hand", "1"), listed("hand", "1", meter="output"))
    sweep_and_run(context)
    card = newest(context)
    pillar = card["pillars"]["cost"]
    assert (pillar["score"], pillar["low"], pillar["high"], pillar["basis"]) == ("50.0", "50.0", "50.0", ENDPOINT.ref)
    assert [(one["meter"], one["amount"], one["state"]) for one in card["endpoints"][0]["prices"]] == [
        ("input", "1", "single_source"),
        ("output", "1", "single_source"),
    ]
    assert price_changes(card) == [(f"endpoints.{ENDPOINT.ref}.prices", "evidence_refresh", None, "2")]
    assert told(context, "price.changed") == []


def test_an_announced_price_is_told_when_it_is_announced_and_again_when_it_takes_effect(context, clock):
    priced(context, "hand", listed("hand", "1"), listed("hand", "1", meter="output"))
    sweep_and_run(context)
    clock.now = NOON + timedelta(hours=1)
    ahead = NOON + timedelta(days=2)
    priced(
        context,
        "hand",
        listed("hand", "1", until=ahead),
        listed("hand", "3", since=ahead),
        listed("hand", "1", meter="output"),
    )
    sweep_and_run(context)
    label = LABEL.replace("input price", "announced input price")
    assert price_changes(newest(context)) == [(label, "vendor_change", "1", "3")]
    assert newest(context)["endpoints"][0]["announced"][0]["valid_from"] == "2026-11-25T12:00:00Z"

    clock.now = ahead - timedelta(seconds=1)
    sweep_and_run(context)
    clock.now = ahead
    assert sweep_and_run(context)
    assert price_changes(newest(context)) == [(LABEL, "vendor_change", "1", "3")]
    events = told(context, "price.changed")
    assert [one.subject for one in events] == [f"{ENDPOINT.ref}#input"] * 2
    shown = [(one.body["phase"], one.body["before"], one.body["after"], one.body["effective"]) for one in events]
    assert shown == [(phase, "1", "3", "2026-11-25T12:00:00Z") for phase in ("announced", "in_force")]
    assert [one.body["kinds"] for one in events] == [["vendor_change"]] * 2


def test_a_second_source_that_disagrees_changes_our_evidence_and_not_the_vendors_price(context, clock):
    priced(context, "litellm", listed("litellm", "1"), listed("litellm", "1", meter="output"))
    sweep_and_run(context)
    clock.now = NOON + timedelta(hours=1)
    priced(context, "hand", listed("hand", "2"), listed("hand", "1", meter="output"))
    sweep_and_run(context)
    card = newest(context)
    output = LABEL.replace("input", "output")
    assert price_changes(card) == [
        (LABEL, "evidence_refresh", "1", "2"),
        (f"{output} state", "evidence_refresh", "single_source", "agreed"),
    ]
    (price,) = [one for one in card["endpoints"][0]["prices"] if one["meter"] == "input"]
    assert (price["state"], [one["amount"] for one in price["sources"]]) == ("disputed", ["2", "1"])
    assert [one.body["kinds"] for one in told(context, "price.changed")] == [["evidence_refresh"]]


def test_nobody_looking_for_a_month_makes_a_price_stale_on_a_new_card(context, clock):
    priced(context, "hand", listed("hand", "1"), listed("hand", "1", meter="output"))
    sweep_and_run(context)
    clock.now = NOON + timedelta(days=30, seconds=2)
    assert sweep_and_run(context)
    assert {one["state"] for one in newest(context)["endpoints"][0]["prices"]} == {"stale"}
    assert {kind for _, kind, *_ in price_changes(newest(context))} == {"evidence_refresh"}


def test_a_job_of_a_probe_that_is_no_more_is_stopped_and_not_tried_again(context, clock):
    gone = Wanted(
        "probe:token_accounting:x", "probe", {"endpoint": ENDPOINT.ref, "probe": "token_accounting"}, None, 60
    )
    with db.write(context.engine) as session:
        jobs.ensure(session, gone, clock())
    assert len(sweep_and_run(context)) == 1
    clock.now += timedelta(days=1)
    with db.read(context.engine) as session:
        assert jobs.due(session, clock()) == []
        assert jobs.backlog(session, clock()).dead == ()


@pytest.mark.parametrize(
    ("value", "interval", "points"),
    [("0.1", None, 0), ("0.000001", ("0.000001", "0.000001"), 100)],
)
def test_a_measured_cost_joins_the_cost_pillar_and_is_shown_with_its_interval(context, value, interval, points):
    measured = tuple(map(Decimal, interval)) if interval else None
    cited = (Source("sha256:exchange", ENDPOINT.ref),)
    one = Reading("cost_per_success_usd", ENDPOINT.ref, Finding.KNOWN, Basis.EXECUTED, NOON, "task_cost/1",
                  value=Decimal(value), unit="USD", n=20, sources=cited, interval=measured)  # fmt: skip
    record(context, readings=[one])
    priced(context, "hand", listed("hand", "1"), listed("hand", "1", meter="output"))
    sweep_and_run(context)
    card = newest(context)
    assert card["pillars"]["cost"]["score"] == f"{(6 * 50 + points) / 7:.1f}"
    assert card["pillars"]["cost"]["checked"] == 7
    (shown,) = card["endpoints"][0]["readings"]
    assert (shown["value"], shown["n"], shown.get("low")) == (value, 20, interval and interval[0])


def test_a_probe_is_given_the_prices_of_its_endpoint_and_whether_we_serve_it(context, clock, monkeypatch):
    targets = []
    spy = Probe("spy", 1, "What is it told?", ("spied",), lambda one: targets.append(one) or (), lambda *_: (), 60)
    monkeypatch.setitem(planning.PROBES, "spy", spy)
    priced(context, "hand", listed("hand", "1"), listed("hand", "1", meter="output"))
    with db.write(context.engine) as session:
        jobs.request(session, planning.probe_job(ENDPOINT, spy, context.settings), clock())
    sweep_and_run(context)
    (target,) = targets
    assert target.tariff.cost(Usage(1_000_000, 1_000_000), clock()).usd == 2
    assert not target.local
