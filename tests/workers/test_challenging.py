"""A challenge from the POST to the new card: a real API, real jobs, and a developer's site with TLS on loopback."""

import json
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

import pytest
from click.testing import CliRunner
from sqlalchemy import select

import workers.http
import workers.jobs
from scorecards.catalog import Catalog, Cited, Developer, DocumentSource, Model
from scorecards.exports import badge_json
from service import secrets
from service.api import create_app
from service.config import Settings
from service.store import cards, catalog, challenges, db, jobs, migrate, tokens
from service.store.tables import ChallengeStateRow, DocumentRow, EventRow, RunRow
from workers import challenging, planning
from workers.cli import cli
from workers.context import Context

from .test_http import certificate

LOOPBACK = (ip_network("127.0.0.0/8"),)
MASTER_KEY = "bWFzdGVyLWtleS1vZi10aGUtdGVzdHMtMzItYnl0ZXM="
MODEL = "maker/model-1"
QUOTE = "license: mit"
CARD = f"---\n{QUOTE}\n---\n# Model 1\n"
BARE = "---\ntags: [text]\n---\n# Model 1\n\nWe will publish our license: mit or another, soon.\n"


MINE, THEIRS = "127.0.0.1", "localhost"


class Site(ThreadingHTTPServer):
    """A web site with TLS: 127.0.0.1 is the developer's name, localhost is somebody else's."""

    daemon_threads = True

    def __init__(self, context):
        super().__init__(("127.0.0.1", 0), _Pages)
        self.socket = context.wrap_socket(self.socket, server_side=True)
        self.pages = {}

    def url(self, path="/card.md", host=MINE):
        return f"https://{host}:{self.server_port}{path}"

    def handle_error(self, request, client_address):
        """A client that trusts nobody hangs up; that is what one test is about."""


class _Pages(BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""

    def do_GET(self):
        page = self.server.pages.get(self.path)
        if page is None or page.startswith("https://"):
            self.send_response(302 if page else 404)
            self.send_header("Location", page or "")
        else:
            self.send_response(200)
            self.send_header("Content-Type", "text/html" if self.path.endswith(".html") else "text/markdown")
        self.end_headers()
        self.wfile.write((page or "").encode())


@pytest.fixture
def site(tmp_path, monkeypatch):
    file, context = certificate(tmp_path, "127.0.0.1", "localhost")
    monkeypatch.setattr(workers.http, "DEFAULT_CA_BUNDLE_PATH", file)
    workers.http._tls_context.cache_clear()
    with Site(context) as there:
        thread = threading.Thread(target=there.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield there
        there.shutdown()
        thread.join(5)
    workers.http._tls_context.cache_clear()


class Clock:
    """Stands still until it is told to go on."""

    def __init__(self):
        self.now = datetime.now(UTC)

    def __call__(self):
        return self.now

    def go_on(self, **time):
        self.now += timedelta(**time)


@dataclass
class World:
    """One Pellucid without processes of its own: its API, and its workers when `work` is called."""

    context: Context
    clock: Clock
    site: Site
    token: str

    def client(self):
        return create_app(self.context.engine, lambda *_: None, self.context.settings).test_client()

    def file(self, **fields):
        said = {"model": MODEL, "indicator": "B3", "url": self.site.url(), "quote": QUOTE} | fields
        answer = self.client().post("/v1/challenges", json=said, headers={"Authorization": f"Bearer {self.token}"})
        assert answer.status_code == 201, answer.json
        assert answer.json["state"] == "received"
        return answer.json["id"]

    def work(self):
        """Do all that is due, as workers would."""
        while True:
            with db.read(self.context.engine) as session:
                due = jobs.due(session, self.clock())
            if not due:
                return
            for job_id in due:
                workers.jobs.run(self.context, job_id)

    def collect(self, place):
        with db.write(self.context.engine) as session:
            jobs.request(session, planning.collect_job(MODEL, [str(place)]), self.clock())
        self.work()
        self.clock.go_on(minutes=1)

    def settled(self, **fields):
        """File a challenge, have it checked, and return it with its last state."""
        filed = self.file(**fields)
        self.work()
        return self.challenge(filed)

    def challenge(self, filed):
        found = self.client().get(f"/v1/challenges/{filed}").json
        return found | found["states"][-1]

    def card(self):
        return self.client().get(f"/v1/scorecards/{MODEL}").json

    def verdict(self, indicator="B3"):
        return next(one for one in self.card()["verdicts"] if one["indicator"] == indicator)

    def page(self):
        return self.client().get(f"/models/{MODEL}").get_data(as_text=True)

    def rows(self, table):
        with db.read(self.context.engine) as session:
            return session.scalars(select(table)).all()


@pytest.fixture
def world(site, tmp_path):
    settings = Settings(
        tmp_path, f"sqlite:///{tmp_path / 'pellucid.db'}", master_key=MASTER_KEY, allow_networks=LOOPBACK
    )
    engine, clock = db.connect(settings.database_url), Clock()
    migrate.upgrade(engine)
    context = Context(
        engine, settings, lambda *_: None, secrets.signing_key(secrets.master_key(settings)), clock, lambda _: None
    )
    with db.write(engine) as session:
        catalog.add(session, known(site), "bundled")
        token = tokens.create(session, ["challenges:write"], "maker", clock())
        jobs.request(session, jobs.publish_job(MODEL), clock())
    made = World(context, clock, site, token)
    made.work()
    clock.go_on(minutes=1)
    yield made
    engine.dispose()


def known(site):
    cited = Cited("test", date(2026, 11, 23))
    documents = (DocumentSource("card", site.url(), cited),)
    model = Model(MODEL, "Model 1", "maker", cited, open_weights=True, documents=documents)
    return Catalog({"maker": Developer("maker", "Maker", "CN", cited)}, {MODEL: model}, {})


def test_what_the_developer_publishes_is_upheld_and_the_card_corrected(world):
    world.site.pages["/card.md"] = CARD
    assert world.verdict()["state"] == "unchecked"
    filed = world.file(name="Maker", note="It is in the front matter")
    first = world.card()["id"]
    world.work()
    found = world.challenge(filed)
    assert [one["state"] for one in found["states"]] == ["received", "checking", "upheld"]
    assert "weights_licence is known, the quote stands byte for byte" in found["reason"]
    assert "the verdict was unchecked and is disclosed" in found["reason"]
    card, verdict = world.card(), world.verdict()
    assert (verdict["state"], verdict["value"]) == ("disclosed", "mit")
    (source,) = verdict["evidence"]
    assert source["url"] == world.site.url()
    assert world.rows(DocumentRow)[0].content[source["quote"]["start"] : source["quote"]["end"]].decode() == QUOTE
    assert card["id"] != first
    assert {one["state"] for one in card["disputes"]} == {"upheld"}
    kinds = {one["path"]: one["kind"] for one in card["changes"]}
    assert kinds["verdicts.B3.state"] == kinds[f"disputes.{filed}.state"] == "correction"
    told = [one for one in world.rows(EventRow) if one.type == "challenge.updated"]
    assert [one.body["state"] for one in told] == ["received", "checking", "upheld"]
    assert {one.subject for one in told} == {f"{MODEL}#B3"}


def test_a_dispute_is_on_page_card_and_badge_as_long_as_it_is_open(world):
    filed = world.file()
    with db.read(world.context.engine) as session:
        publishing = jobs.id_of(session, f"publish:{MODEL}")
    workers.jobs.run(world.context, publishing)
    assert [(one["id"], one["state"]) for one in world.card()["disputes"]] == [(filed, "received")]
    assert "1 open dispute" in badge_json.render(world.card())
    for suffix in ("badge.json", "badge.svg"):
        assert "1 open dispute" in world.client().get(f"/v1/scorecards/{MODEL}/{suffix}").get_data(as_text=True)
    assert f'<a href="#answer-{filed}">Answer no. {filed}</a> says a point is missing: received' in world.page()
    world.site.pages["/card.md"] = CARD
    world.work()
    assert "open dispute" not in world.client().get(f"/v1/scorecards/{MODEL}/badge.svg").get_data(as_text=True)
    assert "Answers from outside" in world.page()
    assert "the verdict was unchecked and is disclosed" in world.page()


TO_MINE, TO_THEIRS = ({"/a": f"https://{host}:PORT/card.md", "/card.md": CARD} for host in (MINE, THEIRS))


@pytest.mark.parametrize(
    ("pages", "place", "outcome", "verdict"),
    [
        ({"/card.md": "# Model 1\n"}, (MINE, "/card.md"), "rejected: the quote is not in the document", "unchecked"),
        ({"/card.md": BARE}, (MINE, "/card.md"), "rejected: a mention is not a disclosure", "unchecked"),
        ({"/card.md": CARD}, (THEIRS, "/card.md"), "rejected: not where Maker publishes, so it stays", "claimed"),
        (TO_THEIRS, (MINE, "/a"), "rejected: not where Maker publishes, so it stays claimed", "claimed"),
        (TO_MINE, (THEIRS, "/a"), "upheld: weights_licence is known", "disclosed"),
        ({"/a": "https://10.1.2.3/card.md"}, (MINE, "/a"), f"unchecked: {challenging.NOT_PUBLIC}", "unchecked"),
        (
            {},
            (MINE, "/card.md"),
            "unchecked: https://127.0.0.1:PORT/card.md: missing: wanted HTTP 200, found 404",
            "unchecked",
        ),
    ],
)
def test_the_machine_decides_by_what_it_reads(world, pages, place, outcome, verdict):
    (host, path), port = place, str(world.site.server_port)
    world.site.pages |= {at: page.replace("PORT", port) for at, page in pages.items()}
    found = world.settled(url=world.site.url(path, host))
    assert f"{found['state']}: {found['reason']}".startswith(outcome.replace("PORT", port))
    assert "10.1.2.3" not in found["reason"]
    assert (world.verdict()["state"], world.card()["disputes"][0]["state"]) == (verdict, found["state"])


PROSE = "<h1>Our models</h1><p>Model-1 is <b>released</b> under\nthe MIT license.</p><p>{}</p>"


@pytest.mark.parametrize(
    ("second", "quote", "outcome"),
    [
        ("Model-2 is released under Apache-2.0.", "Model-1 is released under the MIT license.", "upheld"),
        ("Model-2 is released under Apache-2.0.", "Model-2 is released under Apache-2.0.", "rejected"),
        ("The licence of Model-1 will follow.", "The licence of Model-1 will follow.", "rejected"),
    ],
)
def test_of_a_page_about_many_models_only_what_is_said_of_this_one_counts(world, second, quote, outcome):
    world.site.pages["/models.html"] = PROSE.format(second)
    found = world.settled(url=world.site.url("/models.html"), quote=quote)
    assert found["state"] == outcome
    words = {"upheld": "in the page's text, not byte for byte", "rejected": "a mention is not a disclosure"}
    assert words[outcome] in found["reason"]
    assert world.verdict()["state"] == {"upheld": "disclosed", "rejected": "unchecked"}[outcome]


def test_a_name_that_has_come_to_mean_a_private_address_is_refused_without_saying_which(world):
    filed = world.file(url=world.site.url(host="localhost"))
    closed = Settings(world.context.settings.data_dir, world.context.settings.database_url, master_key=MASTER_KEY)
    world.context = Context(
        world.context.engine, closed, lambda *_: None, world.context.signing_key, world.clock, lambda _: None
    )
    world.work()
    found = world.challenge(filed)
    assert (found["state"], found["reason"]) == ("unchecked", challenging.NOT_PUBLIC)


def test_a_url_that_could_not_be_read_is_tried_again_until_it_can(world):
    filed = world.file()
    world.work()
    for _ in range(3):
        world.clock.go_on(seconds=challenges.RETRY_S)
        world.work()
    assert [one["state"] for one in world.challenge(filed)["states"]] == ["received", "checking", "unchecked"]
    cards_before = world.card()["sequence"]
    world.site.pages["/card.md"] = CARD
    world.clock.go_on(seconds=challenges.RETRY_S - 1)
    world.work()
    assert world.challenge(filed)["state"] == "unchecked"
    world.clock.go_on(seconds=1)
    world.work()
    assert world.challenge(filed)["state"] == "upheld"
    assert world.card()["sequence"] == cards_before + 1
    world.clock.go_on(days=3)
    world.site.pages.clear()
    world.work()
    assert world.challenge(filed)["state"] == "upheld"


def test_a_point_that_the_document_does_not_earn_any_more_is_taken_back(world):
    world.site.pages["/card.md"] = CARD
    world.collect(world.site.url())
    assert world.verdict()["state"] == "disclosed"
    still = world.settled(kind="wrong")
    assert (still["state"], world.verdict()["state"]) == ("rejected", "disclosed")
    assert "the verdict stays disclosed" in still["reason"]
    world.clock.go_on(minutes=1)
    world.site.pages["/card.md"] = "# Model 1 has moved\n"
    gone = world.settled(kind="wrong")
    assert "the verdict was disclosed and is absent" in gone["reason"]
    assert (gone["state"], world.verdict()["state"]) == ("upheld", "absent")
    assert {one["path"]: one["kind"] for one in world.card()["changes"]}["verdicts.B3.state"] == "correction"


def test_only_what_a_verdict_rests_on_can_be_called_wrong(world):
    world.site.pages |= {"/card.md": CARD, "/other.md": CARD}
    world.collect(world.site.url())
    found = world.settled(kind="wrong", url=world.site.url("/other.md"))
    assert found["state"] == "rejected"
    assert "the verdict, disclosed, does not rest on these words" in found["reason"]
    found = world.settled(kind="missing")
    assert found["reason"] == "nothing is missing: the verdict is disclosed already"


def test_a_file_that_was_handed_in_rises_by_itself_once_it_is_public(world, tmp_path):
    file = tmp_path / "README.md"
    file.write_text(CARD)
    world.collect(file)
    assert (world.verdict()["state"], world.verdict()["points"]) == ("claimed", "0")
    world.site.pages["/card.md"] = CARD
    world.collect(world.site.url())
    assert (world.verdict()["state"], world.verdict()["points"]) == ("disclosed", "1")


def test_a_third_partys_word_rises_by_itself_once_the_developer_says_it(world):
    world.site.pages |= {"/theirs.md": CARD, "/card.md": CARD}
    filed = world.settled(url=world.site.url("/theirs.md", "localhost"))
    assert (filed["state"], world.verdict()["state"]) == ("rejected", "claimed")
    assert [one["state"] for one in world.card()["verdicts"] if one["indicator"] == "A6"] == ["unchecked"]
    world.clock.go_on(minutes=1)
    world.collect(world.site.url())
    assert world.verdict()["state"] == "disclosed"


def test_what_a_challenger_writes_is_text_and_nothing_else(world):
    attack = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    world.site.pages["/a.md"] = f"{attack}\n"
    found = world.settled(
        quote=attack, note=f"{attack}\nmark everything disclosed", name=attack, url=world.site.url("/a.md")
    )
    assert found["state"] == "rejected"
    assert (found["quote"], found["name"]) == (attack, attack)
    page = world.page()
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 3
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert {one["state"] for one in world.card()["verdicts"]} <= {"unchecked", "not_applicable"}


def test_nobody_learns_whose_token_filed_a_challenge(world):
    world.settled()
    token_id = world.token.split("_")[1]
    for path in ("/v1/challenges", "/v1/challenges/1", f"/v1/scorecards/{MODEL}", f"/models/{MODEL}"):
        assert token_id not in world.client().get(path).get_data(as_text=True)
    assert token_id not in json.dumps([one.body for one in world.rows(EventRow)])


def test_a_check_that_was_killed_after_it_read_is_done_again_and_once(world, monkeypatch):
    world.site.pages["/card.md"] = CARD
    filed = world.file()
    real = challenging.visit

    def killed(*arguments):
        real(*arguments)
        raise SystemExit("killed")

    monkeypatch.setattr(challenging, "visit", killed)
    with pytest.raises(SystemExit):
        world.work()
    assert world.challenge(filed)["state"] == "checking"
    assert world.rows(DocumentRow) == []
    monkeypatch.setattr(challenging, "visit", real)
    world.clock.go_on(seconds=world.context.settings.lease_s)
    world.work()
    assert [one["state"] for one in world.challenge(filed)["states"]] == ["received", "checking", "upheld"]
    assert len(world.rows(DocumentRow)) == 1


def test_a_worker_that_slept_over_its_lease_records_nothing(world, monkeypatch):
    world.site.pages["/card.md"] = CARD
    filed = world.file()
    real = challenging.visit

    def sleepy(*arguments):
        monkeypatch.setattr(challenging, "visit", real)
        found = real(*arguments)
        world.clock.go_on(seconds=world.context.settings.lease_s)
        world.work()
        return found

    monkeypatch.setattr(challenging, "visit", sleepy)
    world.work()
    assert [one["state"] for one in world.challenge(filed)["states"]] == ["received", "checking", "upheld"]
    assert [one.reader for one in world.rows(RunRow)] == ["challenge"]


def test_of_two_challenges_at_once_each_gets_its_answer(world):
    world.site.pages |= {"/card.md": CARD, "/other.md": BARE}
    good, bad = world.file(), world.file(url=world.site.url("/other.md"))
    world.work()
    assert (world.challenge(good)["state"], world.challenge(bad)["state"]) == ("upheld", "rejected")
    assert [one["state"] for one in world.card()["disputes"]] == ["upheld", "rejected"]


def test_a_challenge_to_a_model_that_left_the_catalogue_rests(world):
    filed = world.file()
    with db.write(world.context.engine) as session:
        catalog.follow(session, Catalog({}, {}, {}), "bundled")
    world.work()
    found = world.challenge(filed)
    assert found["state"] == "unchecked"
    assert "has left the catalogue" in found["reason"]
    world.clock.go_on(days=30)
    world.work()
    assert len(world.rows(ChallengeStateRow)) == 3


def test_the_command_line_files_checks_and_tells(world, monkeypatch):
    monkeypatch.setenv("PELLUCID_DATA_DIR", str(world.context.settings.data_dir))
    monkeypatch.setenv("PELLUCID_ALLOW_NETWORKS", "127.0.0.0/8")
    monkeypatch.setenv("PELLUCID_MASTER_KEY", MASTER_KEY)
    world.site.pages["/card.md"] = CARD
    command = ["challenge", MODEL, "B3", "--url", world.site.url(), "--quote", QUOTE]
    done = CliRunner().invoke(cli, [*command, "--json"], catch_exceptions=False)
    told = json.loads(done.stdout)
    assert (told["state"], told["states"][-1]["state"]) == ("upheld", "upheld")
    with db.read(world.context.engine) as session:
        published = cards.latest(session, MODEL)
    assert told["card"] == published.card_id
    assert published.card["disputes"][0]["state"] == "upheld"
    done = CliRunner().invoke(cli, command, catch_exceptions=False)
    assert done.stdout == "challenge 2: rejected, nothing is missing: the verdict is disclosed already\n"
