"""The pages in a real browser: what is clicked, drawn, typed, and how wide it gets."""

import json
from copy import deepcopy
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

from scorecards import card as cards_of
from scorecards import rubric
from scorecards.exports import latency_svg
from scorecards.verdict import State
from service.api import create_app
from service.config import Settings
from service.store import cards, db, migrate
from service.store.cards import Published

from .conftest import ATTACK, MASTER_KEY, NEEDS_CHROMIUM, colours, resize, served

pytestmark = NEEDS_CHROMIUM

GOLDEN = Path(__file__).parents[1] / "golden"
AT = datetime(2026, 11, 24, 0, 12, 31, tzinfo=UTC)
SEARCHED = "searched in 200 documents; and some words about why " * 3
RICH = "rich/card"
MODEL = "example-lab/example-1-instruct"
WAIT_S = 10


def some_cards():
    """Return the golden card, a rich one, and others of other developers, one of them with a name that attacks."""
    golden = json.loads((GOLDEN / "card-sample.json").read_text())
    yield golden
    yield a_rich_card(golden)
    for ref, name, jurisdiction in (
        ("qwen/qwen3-235b-a22b-thinking-2507-with-a-name-that-does-not-end", "Qwen3 235B", "CN"),
        ("openai/gpt-oss-120b", "gpt-oss-120b", "US"),
        ("evil/model", ATTACK, "XX"),
    ):
        card = deepcopy(golden)
        developer = {"id": ref.partition("/")[0], "name": ref.partition("/")[0], "jurisdiction": jurisdiction}
        card["model"] |= {"ref": ref, "name": name, "developer": developer}
        yield card


def a_rich_card(golden):
    """Return a card with an answer to every indicator of the rubric in force, in all states, as long as they come."""
    rules, states = rubric.load(), [one.value for one in State]
    card = deepcopy(golden) | {"rubric": {"id": rules.id, "sha256": rules.sha256}, "facts": [], "verdicts": []}
    card["model"] |= {"ref": RICH, "name": "A rich card", "developer": golden["model"]["developer"] | {"name": "Rich"}}
    quotes = cycle(("נוסח מימין לשמאל " * 18, "支持最长约 8K 上下文，" * 20, "x" * 300, "- en\n- de\n" * 27))
    urls = [f"https://example.org/{'a-path-without-spaces' * 8}/{i}" for i in range(200)]
    at = "2026-11-21T00:00:00Z"
    for number, (one, state, url) in enumerate(zip(rules.indicators, cycle(states), urls, strict=False)):
        has = state not in ("unchecked", "not_applicable")
        cited = [source(place, next(quotes), at) for place in (url, urls[-1])] if has else []
        told = {
            "title": one.title,
            "state": state,
            "value": ("W" * 300 if number % 2 else "a value of words " * 18)[:300] if has else None,
            "unit": "",
            "reason": f"{'a' * 200} says {url}; b says {urls[-1]}" if state == "contradicted" else SEARCHED,
            "stale": number % 9 == 0,
            "taken_at": at if has else None,
            "expires_at": at if has else None,
            "evidence": cited,
        }
        card["verdicts"].append({"indicator": one.id, "domain": one.domain, "points": None} | told)
        card["facts"] += [{"fact": fact} | told for fact in one.facts if has and len(one.facts) > 1]
    card["documents"] = [
        {"url": url, "id": f"sha256:{'ab' * 32}", "fetched_at": at, "first_party": True} for url in urls
    ]
    return card


def source(url, quote, at):
    return {
        "id": f"sha256:{'cd' * 32}",
        "url": url,
        "taken_at": at,
        "quote": {"text": quote[:300], "start": 0, "end": 300},
    }


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """The real app on a server of its own; the value is its address."""
    folder = tmp_path_factory.mktemp("browser")
    url = f"sqlite:///{folder / 'pellucid.db'}"
    engine = db.connect(url)
    migrate.upgrade(engine)
    with db.write(engine) as session:
        for card in some_cards():
            body = cards_of.canonical(card)
            picture = {latency_svg.EXPORT.suffix: latency_svg.EXPORT.render(card)}
            cards.publish(session, Published(cards_of.card_id(card), AT, body, ""), picture, [])
    with served(create_app(engine, lambda *_: None, Settings(folder, url, master_key=MASTER_KEY))) as found:
        yield found
    engine.dispose()


@pytest.fixture
def browser(chromium):
    """The browser at its usual width in light mode; a page that breaks its own policy fails the test."""
    resize(chromium, 1440)
    colours(chromium, "light")
    yield chromium
    said = [one["message"] for one in chromium.get_log("browser")]
    # The browser itself notes every answer with an error status, here the page of a model that is not there.
    assert [one for one in said if "the server responded with a status of 404" not in one] == []


def all_of(browser, selector):
    return browser.find_elements(By.CSS_SELECTOR, selector)


def one_of(browser, selector):
    return browser.find_element(By.CSS_SELECTOR, selector)


def until(browser, holds):
    WebDriverWait(browser, WAIT_S, poll_frequency=0.05).until(lambda _: holds())


def names(browser):
    script = "return [...document.querySelectorAll('.models .who > a')].map(one => one.textContent)"
    return browser.execute_script(script)


def test_from_the_list_one_click_leads_to_a_model(browser, address):
    browser.get(address)
    assert sorted(names(browser)) == sorted(["A rich card", "Example-1 Instruct", "Qwen3 235B", "gpt-oss-120b", ATTACK])
    browser.find_element(By.LINK_TEXT, "Example-1 Instruct").click()
    until(browser, lambda: browser.current_url == f"{address}/models/{MODEL}")
    assert one_of(browser, "h1").text == "Example-1 Instruct"
    assert browser.title == "Example-1 Instruct · Pellucid"


def test_bars_stand_where_their_numbers_say(browser, address):
    browser.get(f"{address}/models/{MODEL}")
    svg = one_of(browser, "#transparency svg")
    assert svg.get_attribute("aria-label") == "Transparency: 70.0 of 100, range 61–74, 88\u00a0% covered"
    track, span, tick = (one.rect for one in (svg, one_of(svg, ".span"), one_of(svg, ".tick")))
    assert track["width"] > 100
    low, high, score = (
        (x - track["x"]) / track["width"] * 100
        for x in (span["x"], span["x"] + span["width"], tick["x"] + tick["width"] / 2)
    )
    assert (low, high, score) == (pytest.approx(61.8, abs=1), pytest.approx(73.5, abs=1), pytest.approx(70, abs=1))


def test_no_pillar_is_a_lone_number(browser, address):
    browser.get(f"{address}/models/{MODEL}")
    told = {one.get_attribute("id"): one_of(one, ".figure").text for one in all_of(browser, ".pillar")}
    assert told == {
        "transparency": "70.0 61–74",
        "cost": "not measured",
        "switching": "insufficient evidence",
        "performance": "63.1 60–66",
    }


def test_a_contradiction_leads_to_its_verdict(browser, address):
    browser.get(f"{address}/models/{MODEL}")
    link = one_of(browser, ".alarm a")
    link.click()
    assert browser.current_url.endswith("#A10")
    verdict = one_of(browser, "#A10:target")
    until(
        browser, lambda: 0 <= browser.execute_script("return arguments[0].getBoundingClientRect().top", verdict) < 900
    )
    assert "asked for example-1-instruct, 6 of 26 answers say example-1-lite" in verdict.text


def test_every_mark_of_the_picture_leads_to_its_verdict_even_into_a_fold(browser, address):
    browser.get(f"{address}/models/{RICH}")
    marks = all_of(browser, ".marks a")
    assert len(marks) == len(rubric.load().indicators)
    folded = next(one for one in marks if one.get_attribute("aria-label").endswith("not applicable"))
    place = folded.get_attribute("href").partition("#")[2]
    assert not one_of(browser, f"#{place}").is_displayed()
    folded.send_keys(Keys.ENTER)
    until(browser, lambda: one_of(browser, f"#{place}:target").is_displayed())


def test_a_filter_shows_its_state_only_and_nothing_is_lost(browser, address):
    browser.get(f"{address}/models/{RICH}")
    one_of(browser, ".filters a[href*='state=absent']").click()
    until(browser, lambda: browser.current_url == f"{address}/models/{RICH}?state=absent#verdicts")
    verdicts = all_of(browser, ".all-verdicts .verdict")
    states = {one_of(one, ".found .state").text for one in verdicts if one.is_displayed()}
    assert (states, len(verdicts)) == ({"absent"}, len(rubric.load().indicators))


def test_both_sides_of_a_contradiction_stand_side_by_side_unfolded(browser, address):
    browser.get(f"{address}/models/{RICH}")
    one, other = (side.rect for side in all_of(one_of(browser, ".sides"), ".sides > li"))
    assert one["y"] == other["y"]
    assert one["x"] + one["width"] < other["x"]


def test_an_indicator_leads_to_what_it_asks(browser, address):
    browser.get(f"{address}/models/{RICH}")
    one_of(browser, "#B3 .anchor").click()
    until(browser, lambda: browser.current_url == f"{address}/methodology#B3")
    assert "Under which licence may the weights be used?" in one_of(browser, "#B3:target").text


def test_on_paper_every_quote_is_unfolded(browser, address):
    browser.get(f"{address}/models/{RICH}")
    script = "return [...document.querySelectorAll('blockquote')].filter(one => !one.checkVisibility()).length"
    assert browser.execute_script(script) > 0
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert browser.execute_script(script) == 0
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_every_link_within_a_page_has_a_place_to_go(browser, address):
    script = """return [...document.querySelectorAll('a[href^="#"]')].map(one => one.getAttribute('href').slice(1))
                .filter(id => !document.getElementById(id))"""
    for path in ("/", f"/models/{MODEL}", f"/models/{RICH}", f"/models/{RICH}?state=absent", "/methodology", "/docs"):
        browser.get(address + path)
        assert browser.execute_script(script) == []


def test_no_id_stands_twice_on_a_page(browser, address):
    script = "return [...document.querySelectorAll('[id]')].map(one => one.id)"
    for path in (
        "/",
        f"/models/{MODEL}",
        f"/models/{RICH}",
        f"/models/{RICH}?state=absent",
        "/ecosystems",
        "/methodology",
        "/docs",
    ):
        browser.get(address + path)
        ids = browser.execute_script(script)
        assert sorted(ids) == sorted(set(ids))


def test_the_list_narrows_while_one_types_and_its_address_follows(browser, address):
    browser.get(address)
    field = one_of(browser, "input[name=q]")
    field.send_keys("qwen")
    until(browser, lambda: names(browser) == ["Qwen3 235B"])
    assert one_of(browser, ".count").text.startswith("1 of 5 models")
    until(browser, lambda: browser.current_url == f"{address}/?q=qwen")
    field.send_keys(" nothing")
    until(browser, lambda: "Nothing matches" in one_of(browser, "#results").text)
    field.send_keys(Keys.CONTROL, "a")
    field.send_keys(Keys.BACKSPACE)
    until(browser, lambda: len(names(browser)) == 5)


def test_a_filter_and_an_order_have_an_address(browser, address):
    browser.get(f"{address}/?jurisdiction=CN&sort=name")
    assert names(browser) == ["A rich card", "Example-1 Instruct", "Qwen3 235B"]
    one_of(browser, "thead th[aria-sort=ascending] a").click()
    until(browser, lambda: names(browser) == ["Qwen3 235B", "Example-1 Instruct", "A rich card"])
    assert browser.current_url == f"{address}/?jurisdiction=CN&sort=-name"


@pytest.mark.parametrize("width", [390, 1440])
def test_the_gap_between_ecosystems_is_drawn_and_said_and_leads_to_models(browser, address, width):
    resize(browser, width)
    browser.get(address)
    browser.find_element(By.LINK_TEXT, "Ecosystems").click()
    until(browser, lambda: browser.current_url == f"{address}/ecosystems")
    first = one_of(browser, ".ecosystem")
    bars = first.find_elements(By.CSS_SELECTOR, ".intervals rect")
    assert [bar.is_displayed() for bar in bars] == [True] * 4  # three best and the median of CN
    plot = one_of(browser, ".ecosystem .intervals").rect
    assert all(plot["x"] <= bar.rect["x"] and bar.rect["width"] > 1 for bar in bars)
    assert "CN against US" in first.text
    assert "not decided, the range holds 0" in first.text
    first.find_elements(By.CSS_SELECTOR, "summary")[1].click()
    until(browser, first.find_element(By.CSS_SELECTOR, ".history a.anchor").is_displayed)
    first.find_element(By.LINK_TEXT, "gpt-oss-120b").click()
    until(browser, lambda: browser.current_url == f"{address}/models/openai/gpt-oss-120b")


def test_a_name_that_attacks_is_only_text(browser, address):
    for path in ("/", "/models/evil/model"):
        browser.get(address + path)
        assert browser.title != "owned"
        assert all_of(browser, "img[src=x]") == []
        assert ATTACK in one_of(browser, "main").text


def test_the_docs_show_every_operation(browser, address):
    browser.get(f"{address}/docs")
    shown = {one.text for one in all_of(browser, ".operation h2")}
    assert {"GET /v1/scorecards/{developer}/{model}", "POST /v1/models", "GET /metrics"} <= shown
    assert "catalog:write" in one_of(browser, "#post--v1-models").text


def test_a_model_without_a_card_is_told_so(browser, address):
    browser.get(f"{address}/models/no/such")
    assert "no/such" in one_of(browser, "main").text


@pytest.mark.parametrize("path", ["/", f"/models/{MODEL}", "/ecosystems", "/methodology", "/docs"])
def test_dark_is_dark_and_light_is_light(browser, address, path):
    browser.get(address + path)
    script = """const of = getComputedStyle(document.body);
                return [of.backgroundColor, of.color].map(one => one.match(/[0-9]+/g).slice(0, 3).map(Number))"""
    paper, ink = browser.execute_script(script)
    assert (min(paper) > 200, max(ink) < 100) == (True, True)
    colours(browser, "dark")
    paper, ink = browser.execute_script(script)
    assert (max(paper) < 60, min(ink) > 200) == (True, True)


@pytest.mark.parametrize("width", [390, 768, 1440])
@pytest.mark.parametrize(
    "path", ["/", f"/models/{MODEL}", f"/models/{RICH}", "/models/no/such", "/ecosystems", "/methodology", "/docs"]
)
def test_nothing_is_wider_than_the_window_even_unfolded(browser, address, path, width):
    resize(browser, width)
    browser.get(address + path)
    browser.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")
    assert browser.execute_script("return [innerWidth, document.documentElement.scrollWidth]") == [width, width]


def test_without_script_the_search_is_an_ordinary_form(browser, address):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(address)
        one_of(browser, "input[name=q]").send_keys("gpt")
        one_of(browser, ".find button").click()
        until(browser, lambda: "q=gpt" in browser.current_url)
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    assert names(browser) == ["gpt-oss-120b"]
