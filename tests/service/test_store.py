"""What the database promises, on a real SQLite file and a real PostgreSQL."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from alembic import command
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from scorecards.catalog import Catalog, Endpoint, Model
from scorecards.events import Event
from scorecards.evidence import Basis, Document, Finding, Quote, Reading, Source
from scorecards.exchanges import Ask, Exchange
from service.store import cards, catalog, challenges, db, documents, evidence, jobs, migrate, ratings, tokens
from service.store.db import StoreError
from service.store.documents import Fetch
from service.store.evidence import Found
from service.store.jobs import Lease
from service.store.tables import Base, CardRow, JobRow, TokenRow
from service.store.tokens import TokenError

from .conftest import ALIASES, CATALOG, ENDPOINT, FILING, MODEL, PUBLISHED_AT, RATINGS, first_card, publish, published

NOW = datetime(2026, 11, 24, 0, 12, 31, tzinfo=UTC)
OURS = set(Base.metadata.tables)


def tables(engine):
    return set(inspect(engine).get_table_names()) & OURS


def lease(occurrence=1):
    return Lease(7, "probe:x", "probe", {}, None, fence=1, wanted=1, occurrence=occurrence, attempts=1)


def reading(**fields):
    common = {"quantity": "ttft_ms", "subject": ENDPOINT, "basis": Basis.EXECUTED, "taken_at": NOW, "reader": "x/1"}
    return Reading(**{"finding": Finding.KNOWN, "value": Decimal("1.50"), **common, **fields})


def found(**fields):
    return Found(ENDPOINT, "latency/1", **fields)


def exchange(at):
    return Exchange(Ask(), ENDPOINT, at, "ok")


def test_migrations_make_every_table_and_take_all_of_them_away_again(empty_engine):
    migrate.upgrade(empty_engine)
    migrate.upgrade(empty_engine)
    assert (tables(empty_engine), migrate.found(empty_engine)) == (OURS, migrate.wanted())
    migrate.downgrade(empty_engine)
    assert (tables(empty_engine), migrate.found(empty_engine)) == (set(), None)
    migrate.upgrade(empty_engine)
    assert tables(empty_engine) == OURS


def test_migrations_and_tables_say_the_same(engine):
    command.check(migrate._config(engine))


def test_a_database_of_a_newer_version_is_refused(engine):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="made by a newer Pellucid"):
        migrate.upgrade(engine)


def test_a_database_that_cannot_be_opened_is_named_without_its_password():
    pytest.importorskip("psycopg")
    engine = db.connect("postgresql+psycopg://me:hidden@127.0.0.1:1/none")
    with pytest.raises(StoreError) as told:
        migrate.found(engine)
    assert "127.0.0.1:1/none" in str(told.value)
    assert "hidden" not in str(told.value)


@pytest.fixture
def filled(engine):
    """A database with at least one row in each table that is only ever added to."""
    document = Document.of(b"hello", "https://example.org/card", "text/plain", NOW, first_party=True)
    with db.write(engine) as session:
        looked = Fetch(document.url, NOW, "read", sha256=document.sha256, document_url=document.url)
        evidence.record(session, lease(), found(documents=[document], fetches=[looked], readings=[reading()]), NOW)
        catalog.add(session, CATALOG, "bundled")
        challenges.file(session, FILING, "somebody", NOW)
        ratings.keep(session, RATINGS, ALIASES, NOW)
    publish(engine, first_card())
    return engine


APPEND_ONLY = [
    "readings",
    "documents",
    "fetches",
    "cards",
    "events",
    "runs",
    "pictures",
    "ratings",
    "challenges",
    "challenge_states",
]


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_evidence_and_cards_can_neither_be_changed_nor_deleted(filled, table):
    column = next(iter(Base.metadata.tables[table].columns)).name
    before = dump(filled, table)
    assert before
    for statement in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
        with pytest.raises(DBAPIError, match=f"{table} is append-only"), filled.begin() as connection:
            connection.execute(text(statement))
    assert dump(filled, table) == before


def dump(engine, table):
    with engine.connect() as connection:
        return connection.execute(text(f"SELECT * FROM {table}")).all()


def test_a_naive_datetime_is_refused(engine):
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(StatementError, match="wants an aware datetime"), db.write(engine) as session:
        jobs.request(session, jobs.publish_job(MODEL), naive)


def test_an_instant_of_another_zone_comes_back_as_utc(engine):
    at = datetime.fromisoformat("2026-11-24T08:00:00+08:00")
    with db.write(engine) as session:
        jobs.request(session, jobs.publish_job(MODEL), at)
    with db.read(engine) as session:
        (row,) = session.query(JobRow).all()
    assert (row.next_at, row.next_at.utcoffset()) == (datetime(2026, 11, 24, tzinfo=UTC), timedelta(0))


INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
QUOTES = st.builds(Quote, TEXTS, st.integers(0, 2**40), st.integers(0, 2**40))
SOURCES = st.builds(Source, TEXTS, TEXTS, st.none() | QUOTES)
VALUES = st.one_of(
    st.tuples(st.sampled_from([Finding.KNOWN, Finding.PARTIAL]), DECIMALS | TEXTS | st.booleans()),
    st.tuples(st.sampled_from([Finding.ABSENT, Finding.UNMEASURED]), st.none()),
)
READINGS = st.builds(
    lambda known, **fields: reading(finding=known[0], value=known[1], **fields),
    VALUES,
    basis=st.sampled_from(Basis),
    taken_at=INSTANTS,
    n=st.integers(0, 2**40),
    note=TEXTS,
    unit=TEXTS,
    sources=st.lists(SOURCES, max_size=2).map(tuple),
    samples=st.lists(DECIMALS, max_size=3).map(tuple),
)


def test_readings_come_back_as_they_were_oldest_first(engine):
    occurrences = iter(range(10_000))

    @settings(max_examples=40, deadline=None, database=None)
    @given(st.lists(READINGS, max_size=4))
    def comes_back(given_readings):
        number = next(occurrences)
        kept = [replace(one, subject=f"subject-{number}") for one in given_readings]
        with db.write(engine) as session:
            evidence.record(session, lease(number), found(readings=kept), NOW)
        with db.read(engine) as session:
            back = evidence.readings(session, [f"subject-{number}"])
        assert back == sorted(kept, key=lambda one: one.taken_at)
        kinds = {id(one): type(one.value) for one in kept}
        assert [type(one.value) for one in back] == [
            kinds[id(one)] for one in sorted(kept, key=lambda one: one.taken_at)
        ]

    comes_back()


def test_one_occurrence_is_recorded_once(engine):
    with db.write(engine) as session:
        evidence.record(session, lease(), found(readings=[reading()]), NOW)
    with pytest.raises(IntegrityError), db.write(engine) as session:
        evidence.record(session, lease(), found(readings=[reading()]), NOW)
    with db.write(engine) as session:
        evidence.record(session, lease(2), found(), NOW)
        assert len(evidence.readings(session, [ENDPOINT])) == 1


def test_a_document_that_did_not_change_is_kept_once(engine):
    document = Document.of(b"hello", "https://example.org/card", "text/plain", NOW, first_party=True)
    for _ in range(2):
        with db.write(engine) as session:
            documents.keep(session, document)
    assert len(dump(engine, "documents")) == 1


CARD_URL = "https://example.org/card"


def looks(engine, *fetches):
    """Record one look in each occurrence."""
    for occurrence, one in enumerate(fetches, start=1):
        with db.write(engine) as session:
            evidence.record(session, lease(occurrence), found(fetches=[one]), NOW)


def look_at(days, outcome, content=None, **more):
    sha256 = Document.of(content, CARD_URL, "text/plain", NOW, first_party=True).sha256 if content else None
    return Fetch(
        CARD_URL, NOW + timedelta(days=days), outcome, sha256=sha256, document_url=content and CARD_URL, **more
    )


def test_every_version_of_a_document_is_kept_with_when_it_stood_there(engine):
    for content in (b"old", b"new"):
        with db.write(engine) as session:
            documents.keep(session, Document.of(content, CARD_URL, "text/plain", NOW, first_party=True))
    looks(
        engine,
        look_at(0, "read", b"old"),
        look_at(2, "unchanged", b"old", etag='"1"'),
        look_at(3, "read", b"new"),
        look_at(4, "forbidden", status=403, detail="wanted HTTP 200,\x00 found 403"),
    )
    with db.read(engine) as session:
        old, new = documents.versions(session, CARD_URL)
        newest, (good, document) = documents.newest(session, CARD_URL), documents.held(session, CARD_URL)
        assert documents.held(session, "https://example.org/other") is None
    assert (old.first_seen, old.last_seen) == (NOW, NOW + timedelta(days=2))
    assert new.first_seen == new.last_seen == NOW + timedelta(days=3)
    assert (newest.outcome, newest.found, newest.detail) == ("forbidden", False, "wanted HTTP 200,  found 403")
    assert (good.at, document.content) == (NOW + timedelta(days=3), b"new")


def test_a_host_is_known_by_its_newest_look_whatever_the_place(engine):
    other = Fetch("https://example.org:443/x", NOW, "rate_limited", not_before=NOW + timedelta(hours=1))
    looks(engine, look_at(-1, "missing"), other, Fetch("https://EXAMPLE.org/y", NOW, "missing"))
    looks_that_asked_nothing = Fetch("https://example.org/z", NOW, "robots_disallowed")
    with db.write(engine) as session:
        evidence.record(session, lease(9), found(fetches=[looks_that_asked_nothing]), NOW)
    with db.read(engine) as session:
        assert documents.of_host(session, "example.org").url == "https://EXAMPLE.org/y"
        assert documents.of_host(session, "example.org:443").not_before == NOW + timedelta(hours=1)
        assert documents.of_host(session, "example.com") is None


def test_whatever_somebody_put_into_an_address_or_a_reason_is_stored(engine):
    looks(engine, Fetch("https://" + "x" * 9_000 + "\ud800", NOW, "bad_url", "\x00\ud800" * 9_000))
    with db.read(engine) as session:
        assert len(documents.newest(session, "https://" + "x" * 1_992).detail) == documents.MAX_DETAIL


def test_documents_of_the_first_version_stay_when_the_database_is_migrated(empty_engine):
    migrate.upgrade(empty_engine)
    migrate.downgrade(empty_engine, "0001")
    with empty_engine.begin() as connection:
        connection.execute(
            text("INSERT INTO documents VALUES ('0', :url, 'text/plain', :at, 5, true, :content)"),
            {"url": CARD_URL, "at": NOW, "content": b"hello"},
        )
    migrate.upgrade(empty_engine)
    with empty_engine.connect() as connection:
        assert connection.execute(text("SELECT content, derived_from FROM documents")).one() == (b"hello", None)


def test_a_lease_whose_work_goes_on_is_kept_and_a_lost_one_is_not(engine):
    def claimed(owner, at):
        with db.write(engine) as session:
            return jobs.claim(session, jobs.id_of(session, f"publish:{MODEL}"), owner, at, 300)

    with db.write(engine) as session:
        jobs.request(session, jobs.publish_job(MODEL), NOW)
    mine = claimed("me", NOW)
    with db.write(engine) as session:
        jobs.renew(session, mine, NOW + timedelta(seconds=600))
    assert claimed("other", NOW + timedelta(seconds=500)) is None
    assert claimed("other", NOW + timedelta(seconds=601)) is not None
    with pytest.raises(jobs.LeaseLost), db.write(engine) as session:
        jobs.renew(session, mine, NOW + timedelta(seconds=900))


def test_what_was_asked_to_see_whether_it_is_refused_is_no_outcome_of_serving(engine):
    served = exchange(NOW)
    refused = replace(served, ask=replace(served.ask, trial=True, role="trial"), outcome="bad_request")
    with db.write(engine) as session:
        evidence.record(session, lease(), found(exchanges=[served, refused]), NOW)
        assert evidence.outcomes(session, ENDPOINT, NOW - timedelta(days=1)) == {"ok": 1}


def test_raw_exchanges_are_forgotten_by_age_and_their_readings_stay(engine):
    old, young = NOW - timedelta(days=31), NOW - timedelta(days=29)
    with db.write(engine) as session:
        both = [exchange(old), exchange(young)]
        evidence.record(session, lease(), found(exchanges=both, readings=[reading(taken_at=old)]), NOW)
        assert evidence.outcomes(session, ENDPOINT, NOW - timedelta(days=40)) == {"ok": 2}
    with db.write(engine) as session:
        evidence.forget_exchanges(session, NOW - timedelta(days=30))
    with db.read(engine) as session:
        assert evidence.outcomes(session, ENDPOINT, NOW - timedelta(days=40)) == {"ok": 1}
        assert len(evidence.readings(session, [ENDPOINT])) == 1


@pytest.fixture
def three(engine):
    """Three cards of one model an hour apart, oldest first, and one of another."""
    told, previous = [], None
    for sequence in (1, 2, 3):
        card = first_card() | {"sequence": sequence, "previous": previous}
        told.append(publish(engine, card, PUBLISHED_AT + timedelta(hours=sequence - 1)))
        previous = told[-1].card_id
    publish(engine, first_card("another-lab/a"))
    return told


def test_the_card_in_force_is_the_newest_of_its_instant(engine, three):
    with db.read(engine) as session:
        second = timedelta(seconds=1)
        assert cards.at(session, MODEL, PUBLISHED_AT - second) is None
        assert cards.at(session, MODEL, PUBLISHED_AT) == three[0]
        assert cards.at(session, MODEL, three[1].published_at - second) == three[0]
        assert cards.at(session, MODEL, three[1].published_at) == three[1]
        assert cards.latest(session, MODEL) == three[2]


def test_a_card_is_found_by_its_id_and_its_bytes_are_those_published(engine, three):
    with db.read(engine) as session:
        assert cards.by_id(session, three[1].card_id) == three[1]
        assert cards.by_id(session, "sha256:none") is None
        assert cards.latest(session, "no/model") is None


def test_history_is_newest_first_and_goes_on_behind_a_sequence(engine, three):
    with db.read(engine) as session:
        assert cards.history(session, MODEL) == three[::-1]
        assert cards.history(session, MODEL, before=3, limit=1) == [three[1]]
        assert cards.history(session, MODEL, before=1) == []


def test_the_index_has_the_newest_card_of_each_model_in_the_order_of_refs(engine, three):
    with db.read(engine) as session:
        listed = cards.index(session)
        assert [one.card["model"]["ref"] for one in listed] == ["another-lab/a", MODEL]
        assert cards.index(session, after="another-lab/a") == [three[2]]
        assert cards.index(session, limit=1) == listed[:1]


def test_two_cards_of_one_sequence_are_refused_with_all_that_comes_with_the_second(engine, three):
    twin = published(three[2].card | {"as_of": "2026-11-25T00:00:00Z"})
    event = Event("scorecard.published", MODEL, {})
    with pytest.raises(IntegrityError), db.write(engine) as session:
        cards.publish(session, twin, {"svg": "<svg/>"}, [event])
    assert len(dump(engine, "events")) == len(dump(engine, "pictures")) == len(dump(engine, "cards")) == 4


def test_a_picture_belongs_to_its_card(engine, three):
    with db.read(engine) as session:
        assert cards.picture(session, three[0].card_id, "svg").startswith("<svg")
        assert cards.picture(session, three[0].card_id, "none") is None


def test_the_catalogue_comes_back_as_it_was(engine):
    with db.write(engine) as session:
        catalog.follow(session, CATALOG, "bundled")
    with db.read(engine) as session:
        assert catalog.whole(session) == CATALOG
        assert [one.ref for one in catalog.endpoints_of(session, MODEL)] == [ENDPOINT]
        assert catalog.get(session, Model, "no/model") is None


def test_following_a_file_removes_what_left_it_and_keeps_what_people_added(engine):
    added = replace(CATALOG.endpoints[ENDPOINT], ref="added:one", provider="added", model_id="one", region=None)
    with db.write(engine) as session:
        catalog.follow(session, CATALOG, "bundled")
        catalog.save(session, added, "api")
    fewer = Catalog(CATALOG.developers, {MODEL: replace(CATALOG.models[MODEL], name="Renamed")}, {})
    with db.write(engine) as session:
        catalog.follow(session, fewer, "bundled")
    with db.read(engine) as session:
        assert [one.ref for one in catalog.page(session, Endpoint)] == ["added:one"]
        assert [(one.ref, one.name) for one in catalog.page(session, Model)] == [(MODEL, "Renamed")]
        assert catalog.origin(session, "added:one") == "api"
        assert catalog.origin(session, ENDPOINT) is None


@pytest.fixture
def token(engine):
    with db.write(engine) as session:
        return tokens.create(session, ["catalog:write", "probe:run"], "for a test", NOW, days=1)


def check(engine, said, now=NOW):
    with db.read(engine) as session:
        return tokens.check(session, said, now)


def test_a_token_has_its_scopes_and_no_others(engine, token):
    held = check(engine, token)
    allowed = {scope for scope in tokens.SCOPES if held.allows(scope)}
    assert (allowed, held.note) == ({"catalog:write", "probe:run"}, "for a test")


def test_admin_is_allowed_everything(engine):
    with db.write(engine) as session:
        said = tokens.create(session, ["admin"], "", NOW)
    assert all(check(engine, said).allows(scope) for scope in tokens.SCOPES)


def test_the_database_holds_no_more_of_a_token_than_its_hash(engine, token):
    secret = token.split("_", 2)[2]
    with closing(engine.raw_connection()) as raw, closing(raw.cursor()) as cursor:
        cursor.execute("SELECT * FROM tokens")
        assert secret not in str(cursor.fetchall())
    with db.read(engine) as session:
        assert len(session.query(TokenRow).one().sha256) == 64


def test_a_token_is_worth_nothing_once_expired_revoked_or_changed(engine, token):
    assert check(engine, token, NOW + timedelta(days=1) - timedelta(seconds=1)) is not None
    assert check(engine, token, NOW + timedelta(days=1)) is None
    other = "A" if token[-1] != "A" else "B"
    for wrong in (token[:-1] + other, token.upper(), token + "x", token.replace("pellucid", "else"), "pellucid__", ""):
        assert check(engine, wrong) is None
    with db.write(engine) as session:
        (held,) = tokens.list_all(session)
        assert tokens.revoke(session, held.id, NOW)
        assert not tokens.revoke(session, "none", NOW)
    assert check(engine, token) is None


@pytest.mark.parametrize(("scopes", "days"), [([], 1), (["everything"], 1), (["admin", "x"], 1), (["admin"], 0)])
def test_a_token_of_no_or_unknown_scope_or_without_a_life_is_not_made(engine, scopes, days):
    with pytest.raises(TokenError, match="wants"), db.write(engine) as session:
        tokens.create(session, scopes, "", NOW, days)
    assert dump(engine, "tokens") == []


def test_a_write_that_fails_leaves_nothing(engine):
    one = published(first_card())

    def fails_late():
        with db.write(engine) as session:
            cards.publish(session, one, {}, [])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails_late()
    with db.read(engine) as session:
        assert session.get(CardRow, one.card_id) is None
