"""Comparisons in a real browser: signing in, starting, watching, reading, on a phone and on a desk."""

from datetime import UTC, datetime

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from scorecards.catalog import Cited, Developer, Endpoint, Model
from service.api import create_app
from service.config import Settings
from service.reports import html_file
from service.store import catalog, comparisons, db, migrate, tokens
from tests.service import compared
from tests.service.compared import ATTACK

from .conftest import MASTER_KEY, NEEDS_CHROMIUM, served

pytestmark = NEEDS_CHROMIUM
REFS = ("here:one", "here:two")
WAIT_S = 20
PROMPT = '{"prompt": "Say hello."}'


class Desk:
    """A browser before the console of an app, and what a test does with both."""

    def __init__(self, driver, engine, address, token):
        self.driver, self.engine, self.address, self.token = driver, engine, address, token

    def open(self, path, width=1440):
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self.driver.get(f"{self.address}/console{path}")

    def sign_in(self):
        self.open("/login")
        self.driver.delete_all_cookies()
        self.open("/comparisons")
        self.one("#token").send_keys(self.token)
        self.one(".asking button").click()
        self.until(lambda: self.all(".signed-in"))

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def until(self, holds):
        return WebDriverWait(self.driver, WAIT_S, poll_frequency=0.05).until(lambda _: holds())

    def fits(self):
        """Whether nothing is wider than the window."""
        return self.driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture(scope="module")
def desk(chromium, tmp_path_factory):
    folder = tmp_path_factory.mktemp("comparisons")
    url = f"sqlite:///{folder / 'pellucid.db'}"
    engine = db.connect(url)
    migrate.upgrade(engine)
    now = datetime.now(UTC)
    cited = Cited("https://example.org", now.date())
    with db.write(engine) as session:
        catalog.save(session, Developer("lab", "Lab", "CH", cited), "api")
        catalog.save(session, Model("lab/one", "One", "lab", cited), "api")
        for ref in REFS:
            one = Endpoint(ref, "lab/one", "here", ref, "openai_chat", "http://127.0.0.1:9/v1", cited)
            catalog.save(session, one, "api")
        token = tokens.create(session, ["comparisons:run"], ATTACK, now)
        compared.keep(session, "cmp_done", name=ATTACK, told=compared.document())
        compared.keep(session, "cmp_run", "running", found=compared.records()[:9])
    with served(create_app(engine, lambda *_: None, Settings(folder, url, master_key=MASTER_KEY))) as address:
        yield Desk(chromium, engine, address, token)
    engine.dispose()


@pytest.fixture
def inside(desk):
    """Signed in; a page that breaks its own policy, or logs anything, fails the test."""
    desk.sign_in()
    yield desk
    assert [one["message"] for one in desk.driver.get_log("browser")] == []


def test_no_script_sees_the_token(inside):
    assert inside.driver.execute_script("return document.cookie") == ""


PAGES = (
    "/comparisons",
    "/comparisons/cmp_done",
    "/comparisons/cmp_done?language=zh",
    "/comparisons/cmp_run",
    "/comparisons/cmp_done/prompts/ticket-3",
    "/comparisons/cmp_done/prompts/long",
    f"/comparisons/cmp_done/prompts/{ATTACK}",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [390, 1440])
def test_every_page_fits_and_what_models_wrote_runs_nowhere(inside, path, width):
    inside.open(path, width)
    assert inside.all("h1")
    assert inside.fits()
    assert inside.driver.title != "owned"
    assert inside.all("main img, main script, main [onerror]") == []


def test_columns_stand_side_by_side_on_a_desk_and_below_each_other_on_a_phone(inside):
    for width, is_beside in ((1440, True), (390, False)):
        inside.open("/comparisons/cmp_done/prompts/ticket-3", width)
        a, b = (one.rect for one in inside.all(".output"))
        assert (a["y"] == b["y"], a["x"] == b["x"]) == (is_beside, not is_beside)


def test_differences_have_signs_and_lines_and_not_only_colours(inside):
    inside.open("/comparisons/cmp_done/prompts/ticket-3")
    script = """const said = one => [one.textContent, getComputedStyle(one, '::before').content,
                                     getComputedStyle(one).textDecorationLine]
                return ['del', 'ins'].map(name => said(document.querySelector('.output ' + name)))"""
    assert inside.driver.execute_script(script) == [
        ["urgency", '"−"', "line-through"],
        ["urgency_level", '"+"', "underline"],
    ]


def test_intervals_stand_where_their_numbers_say(inside):
    inside.open("/comparisons/cmp_done")
    [svg] = inside.all("#verdict ~ .intervals .interval")
    assert "points, 95\u00a0%: " in svg.get_attribute("aria-label")
    rect, band, zero = (inside.one(f"#verdict ~ .intervals .{name}").rect for name in ("interval", "band", "zero"))
    middle = rect["x"] + rect["width"] / 2
    assert zero["x"] == pytest.approx(middle, abs=1)
    assert band["x"] + band["width"] / 2 == pytest.approx(middle, abs=1)


def test_a_filter_is_an_address(inside):
    inside.open("/comparisons/cmp_done")
    inside.one(".slices a[href*='language=zh']").click()
    inside.until(lambda: "language=zh" in inside.driver.current_url)
    assert len(inside.all(".results tbody tr")) == 20
    inside.one(".results tbody a").click()
    inside.until(lambda: inside.all(".outputs"))
    assert inside.one(".steps .minor").text == "1 of 20, language zh"
    inside.one(".steps [rel=next]").click()
    inside.until(lambda: inside.one(".steps .minor").text == "2 of 20, language zh")


def test_one_is_started_and_its_mistakes_stand_beside_their_fields(inside):
    inside.open("/comparisons", 390)
    inside.one("#endpoint-1").send_keys(REFS[0])
    inside.one("#prompts").send_keys(PROMPT)
    inside.one("#start ~ form button").click()
    inside.until(lambda: inside.all("#endpoints-problem"))
    assert inside.one("#endpoint-1").get_attribute("value") == REFS[0]
    inside.one("#endpoint-2").send_keys(REFS[1])
    inside.driver.get_log("browser")  # the browser itself notes the 422
    inside.one("#start ~ form button").click()
    inside.until(lambda: "/cmp_" in inside.driver.current_url)
    assert inside.one("#progress b").text == "waiting"
    inside.one(".cancel button").click()
    inside.until(lambda: inside.one("#progress b").text.startswith("cancelled"))


def test_progress_moves_by_itself_until_the_report_is_there(inside):
    with db.write(inside.engine) as session:
        compared.keep(session, "cmp_moves", "running", found=compared.records()[:9])
    inside.open("/comparisons/cmp_moves")
    assert "5 of 84" in inside.one("#progress").text
    with db.write(inside.engine) as session:
        for one in compared.records()[9:11]:
            comparisons.begin(session, "cmp_moves", one.cell, compared.AT)
            comparisons.settle(session, "cmp_moves", one)
    inside.until(lambda: "6 of 84" in inside.one("#progress").text)
    with db.write(inside.engine) as session:
        comparisons.end(session, "cmp_moves", "done", "", compared.AT)
        comparisons.conclude(session, comparisons.get(session, "cmp_moves"), compared.document(), compared.AT)
    inside.until(lambda: inside.all("#verdict"))
    with db.write(inside.engine) as session:
        comparisons.delete(session, "cmp_moves")


def test_without_scripts_one_looks_by_a_link(inside):
    inside.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        inside.open("/comparisons/cmp_run")
        inside.one(".refresh a").click()
        inside.until(lambda: inside.all("#progress"))
    finally:
        inside.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_the_file_is_read_without_a_service(inside, tmp_path):
    path = tmp_path / "report.html"
    text = html_file.render(compared.document(), compared.PLAN, compared.records(), ATTACK)
    path.write_text(text, encoding="utf-8")
    for width in (390, 1440):
        inside.open("/comparisons", width)
        inside.driver.get(path.as_uri())
        assert inside.fits()
        assert inside.driver.title == f"{ATTACK} · Pellucid"
        assert inside.one("h1").value_of_css_property("font-family").startswith("system-ui")
    inside.one(".broken a").click()
    inside.until(lambda: inside.one(":target .outputs").is_displayed())


def test_who_signs_out_is_asked_again(inside):
    inside.one(".signed-in button").click()
    inside.until(lambda: inside.all("#token"))
    inside.open("/comparisons/cmp_done")
    assert "/console/login" in inside.driver.current_url
