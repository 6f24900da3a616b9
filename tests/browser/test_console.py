"""The page of webhooks in a real browser, over the real API, with a post office that really sends to a receiver."""

import json
import re
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

import pytest
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select
from selenium.webdriver.support.wait import WebDriverWait
from sqlalchemy import update

from scorecards.events import Event
from service import secrets
from service.api import create_app
from service.config import Settings
from service.store import db, events, migrate, tokens
from service.store.tables import DeliveryRow
from workers.cli import subscriptions
from workers.context import Context
from workers.post_office import PostOffice

from .conftest import ATTACK, MASTER_KEY, NEEDS_CHROMIUM, colours, resize, served

pytestmark = NEEDS_CHROMIUM

MODEL = "example-lab/example-1-instruct"
WAIT_S = 20
BOTH = ["subscriptions:read", "subscriptions:write"]
PAGE = "/console/subscriptions"
LINES = ".deliveries > tbody > tr:not(.attempts)"


class _Receive(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.messages.append((dict(self.headers), json.loads(body)))
        answer = self.server.answer.encode()
        self.send_response(self.server.status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        """The test says what came."""


class Receiver(ThreadingHTTPServer):
    """Takes webhooks; `status` and `answer` are what it says to each, `messages` what it got."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Receive)
        self.status, self.answer, self.messages = 204, "", []

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hook"

    def types(self):
        return [message["type"] for _, message in self.messages]


@pytest.fixture
def receiver():
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(WAIT_S)


class Console:
    """An app with its post office, and a browser that is shown its page of webhooks."""

    def __init__(self, browser, address, context, token, reader):
        self.browser, self.address, self.context, self.token, self.reader = browser, address, context, token, reader

    def open(self, token=None):
        """Come to the page in a tab that knows no token, and sign in."""
        self.visit()
        self.field("#token", token or self.token)
        self.click("#sign-in button")
        self.until(lambda: self.shown("#list-title"))

    def visit(self):
        self.browser.get(self.address + PAGE)
        self.browser.execute_script("sessionStorage.clear()")
        self.browser.get(self.address + PAGE)

    def new(self, url):
        """Unfold the form for a new webhook, all of it, and fill in its URL."""
        for one in self.all("[data-slot=new]:not([open]) > summary, [data-slot=new] form > details > summary"):
            one.click()
        self.field("[data-slot=new] [name=url]", url)

    def subscribe(self, url, *types, description=""):
        """Make a webhook by the form, wait for what came of its ping, and return its id."""
        self.new(url)
        self.field("[data-slot=new] [name=description]", description)
        for one in types:
            self.click(f"[data-slot=new] [name=types][value='{one}']")
        self.click("[data-slot=new] .end button")
        self.until(lambda: self.shown("#secret") and self.shown("#one-title"))
        self.click("[data-slot=kept]")
        self.until(lambda: "status" in self.outcome("ping"))
        return self.browser.current_url.partition("#")[2]

    def happen(self, *happened):
        with db.write(self.context.engine) as session:
            told = events.record(session, happened, datetime.now(UTC))
        self.context.post.set()
        return [one.id for one in told]

    def outcome(self, act):
        return self.text(f"[data-act={act}] .outcome")

    def one(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def shown(self, selector):
        return any(one.is_displayed() for one in self.all(selector))

    def text(self, selector):
        return " ".join(one.text for one in self.all(selector))

    def field(self, selector, text):
        found = self.one(selector)
        found.clear()
        found.send_keys(text)

    def click(self, selector):
        self.one(selector).click()

    def unfold(self, words):
        self.browser.find_element(By.XPATH, f"//summary[.='{words}']").click()

    def until(self, holds):
        """Wait for something; the page may build its rows anew meanwhile."""
        ignored = [StaleElementReferenceException]
        WebDriverWait(self.browser, WAIT_S, 0.05, ignored).until(lambda _: holds())


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """The real app on a server of its own, and its post office; its address, its context and two tokens."""
    folder = tmp_path_factory.mktemp("console")
    url = f"sqlite:///{folder / 'pellucid.db'}"
    engine = db.connect(url)
    migrate.upgrade(engine)
    with db.write(engine) as session:
        made = [tokens.create(session, scopes, "console", datetime.now(UTC)) for scopes in (BOTH, BOTH[:1])]
    settings = Settings(
        folder,
        url,
        master_key=MASTER_KEY,
        sweep_s=1,
        webhook_networks=(ip_network("127.0.0.0/8"),),
        public_url="https://cards.example.org",
    )
    post = threading.Event()
    key = secrets.signing_key(secrets.master_key(settings))
    context = Context(engine, settings, lambda *_: post.set(), key, post=post)
    with served(create_app(engine, context.enqueue, settings)) as address, PostOffice(context).open():
        yield address, context, *made
    engine.dispose()


@pytest.fixture
def console(chromium, running):
    """The page, signed in, at its usual width; one that breaks its own policy, or a script of it, fails the test."""
    resize(chromium, 1440)
    colours(chromium, "light")
    made = Console(chromium, *running)
    made.open()
    yield made
    said = [one["message"] for one in chromium.get_log("browser")]
    # The browser itself notes every answer with an error status; the tests of what is refused ask for those.
    assert [one for one in said if "the server responded with a status of 4" not in one] == []


def verdict_changed(indicator="B3"):
    body = {"model": MODEL, "indicator": indicator, "kinds": ["vendor_change"], "before": "absent", "after": ATTACK}
    return Event("verdict.changed", f"{MODEL}#{indicator}", body)


def test_a_new_webhook_is_pinged_and_becomes_active(console, receiver):
    console.subscribe(receiver.url, "verdict.changed", description="Gate of deployments")
    console.until(lambda: "active" in console.text(".facts .state"))
    assert console.text("#one-title") == "Gate of deployments"
    assert console.outcome("ping").partition("delivered, ")[2].startswith("status 204 in ")
    assert receiver.types() == ["subscription.test"]
    console.click("a[href='#']")
    console.until(lambda: console.shown("#list-title"))
    row = next(one for one in console.all(".subscriptions tbody tr") if receiver.url in one.text)
    assert "active" in row.text
    assert "no failure" in row.text


def test_its_secret_is_shown_once_can_be_copied_and_is_gone(console, receiver):
    console.new(receiver.url)
    console.click("[data-slot=new] [value='price.changed']")
    console.click("[data-slot=new] .end button")
    console.until(lambda: console.shown("#secret"))
    kept = console.one("#secret [data-slot=secret]").get_attribute("value")
    assert kept.startswith("whsec_")
    assert console.one("#secret [data-slot=public-key]").get_attribute("value").startswith("whpk_")
    console.click("#secret .copy:nth-of-type(1) [data-copy]")
    console.until(lambda: console.text("#secret .copy:nth-of-type(1) [role=status]") == "copied")
    console.click("[data-slot=kept]")
    script = "return document.documentElement.outerHTML + [...document.querySelectorAll('input')].map(one => one.value)"
    assert kept not in console.browser.execute_script(script)


def test_a_delivery_is_shown_with_its_attempt_and_its_event(console, receiver):
    receiver.status, receiver.answer = 200, f"thank you {ATTACK}"
    console.subscribe(receiver.url, "verdict.changed")
    console.until(lambda: "active" in console.text(".facts .state"))
    (event,) = console.happen(verdict_changed())
    console.until(lambda: "verdict.changed" in receiver.types())
    console.until(lambda: look_again(console) and event in console.text(".deliveries"))
    console.until(lambda: look_again(console) and "200 delivered" in first_line(console))
    console.click(".deliveries tbody tr button[aria-expanded]")
    console.until(lambda: console.shown(".attempts .stacks"))
    shown = console.text(".attempts .stacks")
    assert " ms" in shown
    assert f"thank you {ATTACK}" in shown
    console.unfold("The event, whole")
    assert f'"after": "{ATTACK}"' in console.text(".attempts details pre")
    assert console.all("img[src=x]") == []


def test_a_failing_receiver_is_told_with_its_error_and_its_answer(console, receiver):
    receiver.status, receiver.answer = 500, "out of order"
    console.subscribe(receiver.url, "verdict.changed")
    assert "server_error, status 500 in " in console.outcome("ping")
    assert "next attempt" in console.outcome("ping")
    assert "1 failure in a row" in console.text(".facts")
    assert "pending" in console.text(".facts .state")
    console.click(".deliveries tbody tr button[aria-expanded]")
    console.until(lambda: "out of order" in console.text(".attempts .stacks"))


def test_what_failed_is_sent_again_and_arrives(console, receiver):
    receiver.status = 500
    console.subscribe(receiver.url, "verdict.changed")
    receiver.status = 204
    console.click(".deliveries tbody form button")
    console.until(lambda: "204 delivered" in first_line(console))
    console.until(lambda: len(console.all(".attempts .stacks tbody tr")) == 2)


def test_deliveries_come_in_pages_and_by_state(console, receiver):
    console.subscribe(receiver.url, "verdict.changed")
    console.until(lambda: "active" in console.text(".facts .state"))
    told = console.happen(*[verdict_changed(f"B{number}") for number in range(22)])
    console.until(lambda: len(receiver.messages) == 23)
    console.until(lambda: look_again(console) and "delivered" in first_line(console))
    assert len(console.all(LINES)) == 20
    console.click("[data-act=older] button")
    console.until(lambda: len(console.all(LINES)) == 23)
    assert not console.shown("[data-act=older]")
    shown = [one.text.split("evt_")[1].split()[0] for one in console.all(LINES)]
    assert shown[:-1] == [one.removeprefix("evt_") for one in reversed(told)]
    Select(console.one("[data-act=deliveries] [name=state]")).select_by_value("failed")
    console.until(lambda: console.shown("[data-slot=none]"))


def test_what_was_given_up_is_recovered(console, receiver):
    console.subscribe(receiver.url, "verdict.changed")
    console.until(lambda: "active" in console.text(".facts .state"))
    (event,) = console.happen(verdict_changed())
    console.until(lambda: look_again(console) and "204 delivered" in first_line(console))
    with db.write(console.context.engine) as session:
        position = events.get(session, event).position
        session.execute(update(DeliveryRow).where(DeliveryRow.event_id == position).values(state="failed"))
    console.click("[data-act=recover] .end button")
    console.until(lambda: console.shown("[data-act=recover] [data-field=since] .wrong"))
    fill_in = "document.querySelector('[data-act=recover] [name=since]').value = '2026-01-02T03:04:05'"
    console.browser.execute_script(fill_in)
    console.click("[data-act=recover] .end button")
    console.until(lambda: console.outcome("recover") == "1 delivery waits.")
    console.until(lambda: [message["id"] for _, message in receiver.messages][1:] == [event, event])


def test_a_request_whose_answer_was_lost_is_done_once(console, receiver):
    console.new(receiver.url)
    console.click("[data-slot=new] [value='price.changed']")
    lose = """const real = window.fetch; let lost = false;
              window.fetch = async (path, asked) => {
                const answer = await real(path, asked);
                if (asked.method === "POST" && !lost) { lost = true; throw new TypeError("lost"); }
                return answer;
              };"""
    console.browser.execute_script(lose)
    console.click("[data-slot=new] .end button")
    console.until(lambda: "No answer came" in console.text("[data-slot=new] .outcome"))
    console.click("[data-slot=new] .end button")
    console.until(lambda: console.shown("#secret") and console.shown("#one-title"))
    console.click("a[href='#']")
    console.until(lambda: console.shown("#list-title"))
    assert console.text(".subscriptions").count(receiver.url) == 1


def test_a_token_that_only_reads_is_told_what_it_lacks(console, receiver):
    key = console.subscribe(receiver.url, "verdict.changed")
    console.open(console.reader)
    console.click(f"a[href='#{key}']")
    console.until(lambda: console.shown("#one-title"))
    console.click("[data-act=disable] button")
    console.until(lambda: "wants a token with scope subscriptions:write" in console.outcome("disable"))


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("url", "https://10.0.0.7/", "wants a host on the public internet, has 10.0.0.7"),
        ("url", "", "wants an https URL"),
        ("types", None, "wants at least one type of event, has none"),
        ("rate_per_minute", "many", "Not a valid integer"),
        ("rate_per_minute", "0", "wants 1 to 6000, has 0"),
        ("min_points", "101", "wants 0 to 100, has 101"),
        ("secret", "mine", "whsec_"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(console, receiver, name, value, says):
    console.new(receiver.url)
    if value is not None:
        console.click("[data-slot=new] [value='verdict.changed']")
        console.field(f"[data-slot=new] [name={name}]", value)
    console.click("[data-slot=new] .end button")
    place = f"[data-slot=new] [data-field={name}]"
    console.until(lambda: says in console.text(f"{place} .wrong"))
    wrong = console.one(f"{place} .wrong").get_attribute("id")
    focused = console.browser.switch_to.active_element
    assert (focused.get_attribute("name"), focused.get_attribute("aria-describedby")) == (name, wrong)
    assert receiver.messages == []


def test_another_secret_is_shown_once_and_the_old_one_signs_for_a_while(console, receiver):
    console.subscribe(receiver.url, "verdict.changed")
    console.until(lambda: "active" in console.text(".facts .state"))
    console.unfold("Change its secret")
    console.field("[data-act=rotate] [name=grace_hours]", "169")
    console.click("[data-act=rotate] .end button")
    console.until(lambda: "wants 0 to 168, has 169" in console.text("[data-field=grace_hours] .wrong"))
    console.field("[data-act=rotate] [name=grace_hours]", "48")
    console.click("[data-act=rotate] .end button")
    console.until(lambda: console.shown("#secret"))
    assert console.one("#secret [data-slot=secret]").get_attribute("value").startswith("whsec_")
    assert "Old secret signs" in console.text(".facts")
    console.click("[data-act=ping] button")
    console.until(lambda: len(receiver.messages) == 2)
    assert receiver.messages[1][0]["webhook-signature"].count("v1,") == 2


def test_a_paused_webhook_gets_nothing_until_it_is_enabled_and_answers(console, receiver):
    console.subscribe(receiver.url, "verdict.changed")
    console.until(lambda: "active" in console.text(".facts .state"))
    console.click("[data-act=disable] button")
    console.until(lambda: "paused" in console.text(".facts .state"))
    assert not console.shown("[data-act=ping]")
    (event,) = console.happen(verdict_changed())
    console.click("[data-act=enable] button")
    console.until(lambda: "active" in console.text(".facts .state"))
    assert receiver.types() == ["subscription.test"] * 2
    console.click("[data-act=replay] button")
    console.until(lambda: "1 delivery waits" in console.outcome("replay"))
    console.until(lambda: [message["id"] for _, message in receiver.messages][2:] == [event])


def test_what_is_changed_is_what_differs_and_who_did_it_is_on_record(console, receiver):
    console.subscribe(receiver.url, "verdict.changed")
    console.until(lambda: "active" in console.text(".facts .state"))
    console.unfold("Change it")
    console.unfold("Filters")
    console.field("[data-slot=change] [name=models]", "no/such")
    console.click("[data-slot=change] .end button")
    console.until(lambda: "Changed: models" in console.text("[data-slot=change] .outcome"))
    assert "the catalogue has no 'no/such'" in console.text(".warnings")
    console.unfold("Who changed what")
    console.until(lambda: "changed" in console.text("[data-slot=audit-rows]"))
    assert "created" in console.text("[data-slot=audit-rows]")


def test_it_is_deleted_by_a_second_click_only(console, receiver):
    key = console.subscribe(receiver.url, "verdict.changed")
    console.unfold("Delete it")
    console.click("[data-act=delete] button")
    console.until(lambda: console.text("[data-act=delete] button") == "Delete for good, yes")
    console.one("[data-act=delete] button").send_keys(Keys.TAB)
    assert console.text("[data-act=delete] button") == "Delete"
    console.click("[data-act=delete] button")
    console.click("[data-act=delete] button")
    console.until(lambda: console.shown("#list-title"))
    assert console.all(f"a[href='#{key}']") == []


def test_the_token_stays_in_its_tab_and_is_forgotten_when_asked(console):
    script = "return [Object.values(sessionStorage), Object.values(localStorage), document.cookie]"
    assert console.browser.execute_script(script) == [[console.token], [], ""]
    secret = console.token.split("_", 2)[2]
    assert secret not in console.browser.execute_script("return document.documentElement.outerHTML")
    console.click("#signed-in button")
    assert console.browser.execute_script(script) == [[], [], ""]
    assert not console.shown("#view *")
    console.click("#sign-in button")
    console.until(lambda: "wants a token" in console.text("[data-field=token] .wrong"))
    console.field("#token", "pellucid_wrong_one")
    console.click("#sign-in button")
    console.until(lambda: "wants a token that is known" in console.text("#sign-in .wrong"))
    assert console.browser.execute_script(script) == [[], [], ""]


@pytest.mark.parametrize("width", [390, 768, 1440])
def test_nothing_is_wider_than_the_window_and_every_field_has_a_label(console, receiver, width):
    resize(console.browser, width)
    receiver.status, receiver.answer = 500, "x" * 900
    for at in (console.address + PAGE, console.browser.current_url):
        console.browser.get(at)
        console.until(lambda: console.shown("#list-title"))
    is_whole(console, width)
    console.subscribe(f"{receiver.url}?{'a' * 200}", "verdict.changed", description="W" * 150)
    console.click(".deliveries tbody tr button[aria-expanded]")
    console.until(lambda: console.shown(".attempts .stacks"))
    is_whole(console, width)


def is_whole(console, width):
    console.browser.execute_script("for (const one of document.querySelectorAll('#view details')) one.open = true")
    assert console.browser.execute_script("return [innerWidth, document.documentElement.scrollWidth]") == [width] * 2
    script = "return [...document.querySelectorAll('input, select, textarea')].filter(one => !one.labels.length).length"
    assert console.browser.execute_script(script) == 0


def test_dark_is_dark_and_light_is_light(console):
    script = """return [...document.querySelectorAll('body, #view input[type=url]')].map(one => getComputedStyle(one))
                .map(of => [of.backgroundColor, of.color].map(one => one.match(/[0-9]+/g).slice(0, 3).map(Number)))"""
    assert all(min(paper) > 200 and max(ink) < 100 for paper, ink in console.browser.execute_script(script))
    colours(console.browser, "dark")
    assert all(max(paper) < 60 and min(ink) > 200 for paper, ink in console.browser.execute_script(script))


def test_a_webhook_is_made_by_keyboard_alone(console, receiver):
    if not console.one("[data-slot=new]").get_attribute("open"):
        console.one("[data-slot=new] > summary").send_keys(Keys.ENTER)
    console.one("[data-slot=new] [name=url]").send_keys(receiver.url, Keys.TAB, Keys.SPACE, Keys.ENTER)
    console.until(lambda: console.shown("#secret"))
    console.until(lambda: receiver.types() == ["subscription.test"])


def test_without_script_the_page_says_so_and_asks_for_no_token(console):
    console.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        console.browser.get(console.address + PAGE)
        assert "needs JavaScript" in console.text("noscript")
        assert not console.shown("#token")
        assert "https://cards.example.org/v1/subscriptions" in console.text(".terminal")
    finally:
        console.browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def look_again(console):
    console.click("[data-act=deliveries] button")
    console.until(lambda: console.one("[data-act=deliveries]").get_attribute("aria-busy") is None)
    return True


def first_line(console):
    return console.one(".deliveries tbody tr").text


def test_the_commands_that_the_page_names_are_there(console):
    named = re.findall(r"^pellucid subscriptions (\w+)", console.text(".terminal"), re.MULTILINE)
    others = re.findall(r"also: ([\w, ]+)", console.text(".terminal"))[0].split(", ")
    assert {*named, *others} == set(subscriptions.COMMAND.commands)
