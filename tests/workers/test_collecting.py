"""Looking at documents over the network: a polite guest, typed outcomes, nothing lost of what was read before."""

import gzip
import json
import threading
import time
import tracemalloc
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from scorecards.catalog import Catalog, Cited, Developer, DocumentSource, Model
from scorecards.evidence import Finding
from service.config import Settings
from service.store import catalog, db, documents, evidence
from workers import addresses, collecting, planning, start
from workers.collecting import Wish
from workers.context import make_context
from workers.fetching.fetcher import Fetcher
from workers.http import Client

from .conftest import written

CITED = Cited("a test", date(2026, 11, 24))
ACME = Developer(
    "acme", "Acme", "CH", CITED, (DocumentSource("documentation", "https://docs.acme.example/api", CITED),)
)
TINY = Model("acme/tiny", "Tiny", "acme", CITED, hub_repo="acme-ai/Tiny")
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CARD = b"---\nlicense: mit\nlanguage: en\n---\n# Tiny\n"
CARD_READER = collecting.COLLECTORS["model_card"].reader
MIB = 1024 * 1024
BOUNDS = addresses.policy("disclosure", ["127.0.0.0/8"])


class Site(ThreadingHTTPServer):
    """A web of hosts on one port: `pages` maps host + path to (status, headers, body), or to a function of a handler.

    `asked` holds (host + path, headers) of every request.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answer)
        self.pages, self.asked, self.over = {}, [], threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def page(self, path, body=b"", status=200, **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (status, {"Content-Type": "text/plain; charset=utf-8", **named}, body)

    def paths(self):
        return [path for path, _ in self.asked]

    def handle_error(self, request, client_address):
        """A client that hangs up is what some tests are about."""


class _Answer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Say nothing: pytest's output is for people."""

    def do_GET(self):
        path = self.path.removeprefix("/")
        self.server.asked.append((path, {name.lower(): value for name, value in self.headers.items()}))
        page = self.server.pages.get(path, (404, {}, b""))
        if callable(page):
            page(self)
            return
        status, headers, body = page
        if headers.get("ETag") and self.headers.get("If-None-Match") == headers["ETag"]:
            status, body = 304, b""
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def site():
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.over.set()
            server.shutdown()
            thread.join(5)


class Clock:
    """A clock that only waiting moves, and that remembers each wait."""

    def __init__(self):
        self.now, self.waits = NOW, []

    def __call__(self):
        return self.now

    def wait(self, seconds):
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def context(tmp_path, clock):
    settings = Settings(tmp_path, f"sqlite:///{tmp_path}/p.db", allow_networks=BOUNDS.allow_networks)
    start.migrated(settings).dispose()
    made = replace(make_context(settings, lambda *_: None), clock=clock, wait=clock.wait)
    with db.write(made.engine) as session:
        catalog.add(session, Catalog(developers={"acme": ACME}, models={TINY.ref: TINY}), "files")
    yield made
    made.engine.dispose()


@pytest.fixture
def look(site, context, clock):
    """Return a function that looks at the site's hosts as if they were on the internet, and returns what came of it."""

    def run(*urls, model=TINY, bounds=BOUNDS):
        with Client(bounds) as client:

            def send(request):
                parts = urlsplit(request.url)
                here = f"{site.url}/{parts.netloc}{parts.path}" + (f"?{parts.query}" if parts.query else "")
                answer = client.fetch(replace(request, url=here))
                return replace(answer, url=answer.url.replace(f"{site.url}/", "https://"))

            fetcher = Fetcher(context, ACME, model, send)
            keep = partial(collecting._keep, context)
            return {one.fetch.url: one for one in collecting.gather(context, Wish(ACME, model, urls), fetcher, keep)}

    return run


@pytest.fixture
def collect(site, context, clock):
    """Return a function that runs the whole job on paths of the site, and returns what came of the last one."""

    def run(*paths):
        wanted = planning.collect_job(TINY.ref, [f"{site.url}/{path}" for path in paths])
        with db.write(context.engine) as session:
            collecting.jobs.request(session, wanted, clock())
            job_id = collecting.jobs.id_of(session, wanted.key)
            lease = collecting.jobs.claim(session, job_id, "test", clock(), 300)
        seen = {one.fetch.url: one for one in collecting.collect(context, lease)}
        return seen[f"{site.url}/{paths[-1]}"]

    return run


def licences(context):
    """Return what is stored of the card's front matter on the licence."""
    with db.read(context.engine) as session:
        found = evidence.readings(session, [TINY.ref])
    return [one for one in found if (one.quantity, one.reader) == ("weights_licence", CARD_READER)]


def known(seen):
    return {one.quantity: one.value for one in seen.readings if one.value is not None}


# A polite guest.


def test_the_catalogues_places_are_looked_at_and_the_hubs_list_adds_those_that_are_there(site, look):
    listing = {
        "modelId": "acme-ai/Tiny",
        "siblings": [{"rfilename": one} for one in ("LICENSE", "a.bin", "x/README.md")],
    }
    site.page("huggingface.co/api/models/acme-ai/Tiny", json.dumps(listing).encode(), Content_Type="application/json")
    site.page("huggingface.co/acme-ai/Tiny/resolve/main/README.md", CARD)
    site.page("huggingface.co/acme-ai/Tiny/resolve/main/LICENSE", b"a licence of our own")
    seen = look()
    outcomes = {url.removeprefix("https://"): one.fetch.outcome for url, one in seen.items()}
    hub = "huggingface.co/acme-ai/Tiny/resolve/main"
    assert outcomes == {
        "huggingface.co/robots.txt": "missing",
        "huggingface.co/api/models/acme-ai/Tiny": "read",
        f"{hub}/README.md": "read",
        f"{hub}/config.json": "missing",
        f"{hub}/LICENSE": "read",
        "docs.acme.example/robots.txt": "missing",
        "docs.acme.example/api": "missing",
        "docs.acme.example/.well-known/security.txt": "missing",
    }
    assert {one.basis for one in seen[f"https://{hub}/README.md"].readings} == {"first_party"}
    assert known(seen["https://huggingface.co/api/models/acme-ai/Tiny"])["weights_available"] is True


def test_what_robots_txt_closes_is_not_asked_for(site, look):
    site.page("docs.acme.example/robots.txt", b"User-agent: pellucid\nDisallow: /private\n")
    site.page("docs.acme.example/private/card.md", CARD)
    site.page("docs.acme.example/card.md", CARD)
    seen = look("https://docs.acme.example/private/card.md", "https://docs.acme.example/card.md")
    closed = seen["https://docs.acme.example/private/card.md"]
    assert (closed.fetch.outcome, closed.trouble) == (
        "robots_disallowed",
        "robots_disallowed: robots.txt closes it to pellucid",
    )
    assert {one.finding for one in closed.readings} == {Finding.UNMEASURED}
    assert known(seen["https://docs.acme.example/card.md"])["weights_licence"] == "mit"
    assert "docs.acme.example/private/card.md" not in site.paths()


@pytest.mark.parametrize(
    ("status", "outcome"), [(404, "read"), (403, "read"), (500, "robots_unreachable"), (429, "robots_unreachable")]
)
def test_no_robots_txt_opens_a_host_and_one_that_cannot_be_asked_for_closes_it(site, look, status, outcome):
    site.page("docs.acme.example/robots.txt", status=status)
    site.page("docs.acme.example/card.md", CARD)
    assert look("https://docs.acme.example/card.md")["https://docs.acme.example/card.md"].fetch.outcome == outcome


def test_robots_txt_is_asked_for_once_a_day(site, collect, clock):
    site.page("robots.txt", b"User-agent: *\nDisallow: /closed\n")
    site.page("card.md", CARD)
    collect("card.md")
    clock.now += timedelta(hours=23)
    assert collect("closed").fetch.outcome == "robots_disallowed"
    assert site.paths().count("robots.txt") == 1
    clock.now += timedelta(hours=2)
    collect("closed")
    assert site.paths().count("robots.txt") == 2


def test_a_host_is_given_a_second_between_requests_and_its_crawl_delay_if_longer(site, look, clock):
    site.page("docs.acme.example/robots.txt", b"User-agent: *\nCrawl-delay: 7\n")
    look("https://docs.acme.example/a", "https://docs.acme.example/b", "https://other.example/c")
    assert clock.waits == [7.0, 7.0, 1.0]


def test_a_host_that_was_just_asked_by_another_job_is_given_its_second_too(site, collect, clock):
    site.page("card.md", CARD)
    collect("card.md")
    clock.waits.clear()
    collect("card.md")
    assert clock.waits == [1.0]


def test_who_wants_a_long_wait_is_not_asked_again_before(site, collect, clock):
    site.page("card.md", b"", status=429, Retry_After="3600")
    assert collect("card.md").trouble == "rate_limited: HTTP 429, rate limited until 2026-11-24 13:00:01 UTC"
    assert collect("other.md").fetch.detail == "rate limited until 2026-11-24 13:00:01 UTC"
    assert "other.md" not in site.paths()
    site.page("card.md", CARD)
    clock.now += timedelta(hours=2)
    assert collect("card.md").fetch.outcome == "read"


def test_a_limit_that_is_used_up_is_waited_for_when_it_is_short(site, look, clock):
    site.page("docs.acme.example/a.md", CARD, RateLimit='"api";r=0;t=30')
    look("https://docs.acme.example/a.md", "https://docs.acme.example/b.md")
    assert clock.waits == [1.0, 30.0]


def test_we_say_who_we_are_and_a_token_goes_to_its_host_alone(site, context, look, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    look("https://huggingface.co/a", "https://docs.acme.example/a", "https://huggingface.co.evil.example/a")
    sent = {path: headers.get("authorization") for path, headers in site.asked}
    assert sent["huggingface.co/a"] == "Bearer hf_secret"
    assert {one for path, one in sent.items() if not path.startswith("huggingface.co/")} == {None}
    assert all(headers["user-agent"].startswith("pellucid/") for _, headers in site.asked)


def test_a_token_that_cannot_be_read_is_a_reason_and_no_crash(look, monkeypatch):
    monkeypatch.setenv("HF_TOKEN_FILE", "/nowhere")
    one = look("https://huggingface.co/a/b/config.json")["https://huggingface.co/a/b/config.json"]
    assert one.trouble.startswith("robots_unreachable: robots.txt could not be asked for (no_token: wanted a token")


def test_the_operators_contact_is_told(site, context, clock):
    context = replace(context, settings=replace(context.settings, contact_url="mailto:ops@x.example"))
    with Client(BOUNDS) as client:
        Fetcher(context, ACME, TINY, client.fetch).look(f"{site.url}/a")
    assert site.asked[-1][1]["user-agent"].endswith("(+mailto:ops@x.example)")


# What does not change, and what does.


def test_what_did_not_change_is_asked_for_by_its_tag_and_read_again_as_of_now(site, collect, clock, context):
    site.page("card.md", CARD, ETag='"1"')
    first = collect("card.md")
    clock.now += timedelta(days=3)
    second = collect("card.md")
    assert (first.fetch.outcome, second.fetch.outcome, second.fetch.status) == ("read", "unchanged", 304)
    assert site.asked[-1][1]["if-none-match"] == '"1"'
    assert known(second) == known(first)
    assert {one.taken_at for one in second.readings} == {clock.now}


def test_a_document_that_changed_is_kept_in_both_versions(site, collect, clock, context):
    site.page("card.md", CARD)
    collect("card.md")
    clock.now += timedelta(days=1)
    collect("card.md")
    site.page("card.md", CARD.replace(b"mit", b"other"))
    clock.now += timedelta(days=1)
    assert collect("card.md").fetch.outcome == "read"
    with db.read(context.engine) as session:
        old, new = documents.versions(session, f"{site.url}/card.md")
        assert documents.held(session, f"{site.url}/card.md")[1].content == CARD.replace(b"mit", b"other")
    assert (old.last_seen - old.first_seen).days == 1
    assert new.first_seen == new.last_seen == clock.now
    assert [one.value for one in licences(context)] == ["mit", "mit", "other"]


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429, 451, 500, 503, 418])
def test_what_was_read_before_stays_when_it_cannot_be_had_any_more(site, collect, clock, context, status):
    site.page("card.md", CARD)
    collect("card.md")
    site.page("card.md", b"no", status=status)
    clock.now += timedelta(days=1)
    assert collect("card.md").fetch.outcome not in ("read", "unchanged")
    assert [one.finding for one in licences(context)] == [Finding.KNOWN, Finding.UNMEASURED]
    assert licences(context)[1].note.startswith(f"{site.url}/card.md: ")
    with db.read(context.engine) as session:
        assert documents.held(session, f"{site.url}/card.md")[1].content == CARD


# Bad input.


def slow(handler):
    """Send a byte, then nothing until the test is over."""
    handler.send_response(200)
    handler.send_header("Content-Length", "10")
    handler.end_headers()
    handler.wfile.write(b"x")
    handler.wfile.flush()
    handler.server.over.wait(20)


def truncated(handler):
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(CARD)
    handler.close_connection = True


def endless(handler):
    """Send 100 MB, or until the client hangs up."""
    handler.send_response(200)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for _ in range(100):
        handler.wfile.write(b"%x\r\n%s\r\n" % (MIB, bytes(MIB)))


BOMB = gzip.compress(bytes(60 * MIB))
CHALLENGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"


@pytest.mark.parametrize(
    ("page", "outcome", "reason"),
    [
        ((401, {}, b""), "auth", "wanted HTTP 200, found 401: it wants a login"),
        ((403, {}, b""), "forbidden", "wanted HTTP 200, found 403: access was refused"),
        ((404, {}, b""), "missing", "wanted HTTP 200, found 404: there is nothing"),
        ((418, {}, b""), "bad_status", "wanted HTTP 200, found 418"),
        ((429, {}, b""), "rate_limited", "wanted HTTP 200, found 429"),
        ((451, {}, b""), "withheld", "wanted HTTP 200, found 451: withheld for legal reasons"),
        ((503, {"Retry-After": "9"}, b""), "rate_limited", "HTTP 503, rate limited until 2026-11-24 12:00:10 UTC"),
        ((500, {}, b""), "unavailable", "wanted HTTP 200, found 500: the server failed"),
        ((200, {}, CHALLENGE), "captcha", "the answer is a page that asks whether a human is there"),
        ((200, {"cf-mitigated": "challenge"}, b"x"), "captcha", "the answer is a page that asks"),
        ((302, {"Location": "http://10.0.0.1/x"}, b""), "refused_address", "wanted a public or allow-listed address"),
        ((302, {"Location": "http://169.254.169.254/x"}, b""), "refused_address", "wanted a host that is not a"),
        ((302, {"Location": "/docs.acme.example/card.md"}, b""), "redirect_refused", "wanted at most 3 redirects"),
        ((200, {"Content-Encoding": "gzip"}, BOMB), "too_big", "wanted at most 5242880 bytes"),
        ((200, {"Content-Encoding": "gzip"}, b"no gzip"), "bad_framing", "wanted an HTTP answer"),
        (endless, "too_big", "wanted at most 5242880 bytes of body"),
        (truncated, "incomplete", "wanted the rest of the body, found its end"),
        (slow, "idle", "wanted more of the body within 0.2 s"),
    ],
)  # fmt: skip
def test_what_cannot_be_had_is_unchecked_with_the_reason(site, look, page, outcome, reason):
    site.pages["docs.acme.example/card.md"] = page
    hasty = replace(BOUNDS, idle_s=0.2)
    tracemalloc.start()
    begun = time.monotonic()
    one = look("https://docs.acme.example/card.md", bounds=hasty)["https://docs.acme.example/card.md"]
    took_s, (_, peak) = time.monotonic() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert one.fetch.outcome == outcome
    assert one.trouble.startswith(f"{outcome}: {reason}")
    assert one.readings
    assert {reading.finding for reading in one.readings} == {Finding.UNMEASURED}
    assert {reading.note for reading in one.readings} == {f"https://docs.acme.example/card.md: {one.trouble}"}
    assert took_s < 15
    assert peak < 40 * MIB


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        ("许可证：MIT".encode("gb18030"), "text/markdown", "text: wants UTF-8 or a known encoding that it names"),
        ("许可证：MIT".encode("gb18030"), "text/markdown; charset=rot13", "text: wants UTF-8 or a known encoding"),
        ("许可证：MIT".encode("gb18030"), "text/markdown; charset=utf-8", "text: wants characters in the encoding"),
        (b"%PDF-1.7\nbroken", "application/pdf", "PDF: wants a PDF, found a broken one"),
    ],
)
def test_what_is_had_but_cannot_be_read_is_kept_and_unchecked_with_the_reason(
    site, look, context, body, content_type, reason
):
    site.page("docs.acme.example/card.md", body, Content_Type=content_type)
    one = look("https://docs.acme.example/card.md")["https://docs.acme.example/card.md"]
    assert one.trouble.startswith(reason)
    assert {reading.finding for reading in one.readings} == {Finding.UNMEASURED}
    assert one.fetch.outcome == "read"


def test_a_page_in_an_encoding_that_it_names_is_read_as_a_text_made_of_it(site, collect, context):
    page = "---\nlicense: mit\n---\n# 许可证\n".encode("gb18030")
    site.page("card.md", page, Content_Type="text/markdown; charset=GB2312")
    assert known(collect("card.md"))["weights_licence"] == "mit"
    with db.read(context.engine) as session:
        kept = documents.held(session, f"{site.url}/card.md")[1]
        made = session.query(documents.DocumentRow).filter_by(derived_from=kept.sha256).one()
    assert (kept.content, made.content.decode()) == (page, page.decode("gb18030"))


def test_a_pdf_is_kept_together_with_the_text_made_of_it(site, collect, context):
    site.page("card", written("Tiny has 37B parameters"), Content_Type="application/octet-stream")
    assert collect("card").trouble == ""
    with db.read(context.engine) as session:
        kept = documents.held(session, f"{site.url}/card")[1]
        made = session.query(documents.DocumentRow).filter_by(derived_from=kept.sha256).one()
    assert (kept.media_type, kept.content) == ("application/pdf", written("Tiny has 37B parameters"))
    assert (made.media_type, made.content, made.url) == ("text/plain", b"Tiny has 37B parameters", kept.url)


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("config.json", b'{"model_type":' * 100_000, "found more than can be read"),
        ("config.json", b'{"model_type": "x", "n_positions": 1' + b"0" * 9999 + b"}", "one that is too long"),
        ("config.json", b'{"model_type": "x"', "Expecting ',' delimiter"),
        ("config.json", b'{"model_type": "\\ud800\\u0000"}', "wants a line of at most 200 characters"),
        ("a/model.safetensors", b"\xff" * 99, "wants 2 to 33554432 bytes"),
        ("card.md", b"---\na: &a [x, x]\nb: [*a, *a]\nlicense: mit\n---\n", "wants plain YAML"),
    ],
)  # fmt: skip
def test_a_document_that_was_made_to_hurt_is_unchecked_with_the_reason(site, look, name, body, reason):
    site.page(f"docs.acme.example/{name}", body)
    one = look(f"https://docs.acme.example/{name}")[f"https://docs.acme.example/{name}"]
    assert any(reason in reading.note for reading in one.readings if reading.finding is Finding.UNMEASURED)
    assert not known(one) or name == "config.json"


def test_an_html_page_of_megabytes_neither_takes_the_memory_nor_the_time(site, look):
    site.page("docs.acme.example/api", b"<html>" + b"<div>" * (MIB // 2), Content_Type="text/html")
    begun = time.monotonic()
    assert look("https://docs.acme.example/api")["https://docs.acme.example/api"].fetch.outcome == "read"
    assert time.monotonic() - begun < 20


def test_many_documents_take_the_memory_of_one(site, look):
    for number in range(20):
        site.page(f"docs.acme.example/{number}.bin", b"x" * (4 * MIB) + b"%d" % number)
    tracemalloc.start()
    seen = look(*(f"https://docs.acme.example/{number}.bin" for number in range(20)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert {one.fetch.outcome for one in seen.values()} == {"read", "missing"}
    assert peak < 60 * MIB


def test_a_place_elsewhere_does_not_speak_for_the_developer(site, look):
    site.page("docs.acme.example/card.md", b"", status=302, Location="/evil.example/card.md")
    site.page("evil.example/card.md", CARD)
    one = look("https://docs.acme.example/card.md")["https://docs.acme.example/card.md"]
    assert one.fetch.document_url == "https://evil.example/card.md"
    assert {reading.basis for reading in one.readings} == {"third_party"}


def test_a_redirect_to_a_host_that_is_closed_is_not_used(site, look):
    site.page("docs.acme.example/card.md", b"", status=302, Location="/evil.example/card.md")
    site.page("evil.example/robots.txt", b"User-agent: *\nDisallow: /\n")
    site.page("evil.example/card.md", CARD)
    one = look("https://docs.acme.example/card.md")["https://docs.acme.example/card.md"]
    assert one.trouble == "robots_disallowed: it leads to evil.example, whose robots.txt closes it"


# When.


def test_jobs_that_may_ask_the_network_wait_for_each_other_and_those_of_files_for_nobody(context, clock):
    asked = [(), ("https://docs.acme.example/a", "card.md"), ("card.md",), ("README.md",)]
    with db.write(context.engine) as session:
        for places in asked:
            collecting.jobs.request(session, planning.collect_job(TINY.ref, places), clock())
        keys = [planning.collect_job(TINY.ref, places).key for places in asked]
        ids = [collecting.jobs.id_of(session, key) for key in keys]
        leases = [collecting.jobs.claim(session, one, "test", clock(), 300) for one in ids]
    taken = [one.args["places"] for one in leases if one is not None]
    assert taken == [[], ["card.md"], ["README.md"]]


def test_rounds_are_only_made_when_the_operator_wants_them(context, clock):
    def claimed(settings):
        with db.write(context.engine) as session:
            planning.plan_collection(session, TINY.ref, settings, clock())
            ids = collecting.jobs.due(session, clock())
            return collecting.jobs.claim(session, ids[0], "test", clock(), 300) if ids else None

    assert claimed(context.settings) is None
    lease = claimed(replace(context.settings, collect_every_s=86_400))
    assert (lease.args["places"], lease.every_s) == ([], 86_400)
    assert collecting.collect(context, lease) == []  # switched off since
    with db.read(context.engine) as session:
        assert collecting.jobs.due(session, clock() + timedelta(days=9)) == []
