"""What the pages show of a card, decided by pure functions."""

import json
import re
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask, render_template
from markupsafe import Markup

from scorecards import rubric
from scorecards import views as projections
from scorecards.dispute import Challenge, Filing, State, Step
from scorecards.exports import latency_svg
from service.pages import BLUEPRINT, bars, changes, endpoints, formats, listing, rubrics, verdicts, views
from service.pages.answers import answers
from service.pages.listing import Query

NOW = datetime(2026, 11, 24, 0, 12, 31, tzinfo=UTC)
ATTACK = "<img src=x onerror=alert(1)>\"'javascript:alert(1)//"
GOLDEN = Path(__file__).parents[1] / "golden"


@pytest.fixture
def card():
    return json.loads((GOLDEN / "card-sample.json").read_text())


def another(card, ref, **pillars):
    made = deepcopy(card)
    made["model"] |= {"ref": ref, "name": ref.partition("/")[2]}
    for name, fields in pillars.items():
        made["pillars"][name] |= fields
    return made


def refs(rows, sort):
    return [row.ref for row in listing.ordered(rows, sort)]


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=59), "59 min ago"),
        (timedelta(hours=23), "23 h ago"),
        (timedelta(days=59), "59 d ago"),
        (timedelta(days=90), "3 months ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)
def test_an_age_is_told_in_its_largest_round_unit(passed, words):
    assert formats.age(NOW - passed, NOW) == words


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "file:weights.gguf", "data:text/html,x", "//example.org", "https:", "http://[", ""]
)
def test_only_web_addresses_are_linked(url):
    assert formats.link(url) is None


@pytest.mark.parametrize(("text", "tag"), [("支持", "zh"), ("モデル", "ja"), ("모델", "ko"), ("plain", None)])
def test_a_quote_names_its_script(text, tag):
    assert formats.language(text) == tag


@pytest.mark.parametrize(
    ("fields", "status", "score"),
    [
        ({"score": "70.0", "sufficient": True}, "known", "70.0"),
        ({"score": "70.0", "sufficient": False}, "insufficient", None),
        ({"score": None, "sufficient": False}, "unmeasured", None),
        ({"score": "0.0", "sufficient": True}, "known", "0.0"),
    ],
)
def test_a_bar_shows_a_score_only_when_enough_was_checked(card, fields, status, score):
    bar = bars.bar("transparency", card["pillars"]["transparency"] | fields)
    assert (bar.status, bar.score) == (status, score)
    assert bar.uncovered == "12.00"


def test_a_bar_is_told_in_words_too(card):
    words = [bar.text for bar in bars.bars(card)]
    assert words == [
        "Transparency: 70.0 of 100, range 61–74, 88\u00a0% covered",
        "Cost: not measured, 0\u00a0% covered",
        "Switching: insufficient evidence, range 28–86 of 100, 43\u00a0% covered",
        "Performance: 63.1 of 100, range 60–66, 100\u00a0% covered",
    ]


def test_verdicts_are_grouped_by_domain_and_what_does_not_apply_is_folded(card):
    view = views.model(card, "sha256:ab", [], NOW)
    assert [(one.title, len(one.shown), len(one.folded)) for one in view.domains] == [
        ("Identity", 5, 0),
        ("Access and licence", 2, 0),
        ("Interface", 5, 0),
        ("Data", 2, 0),
        ("Compute", 0, 1),
        ("Operation", 2, 0),
        ("Price and portability", 1, 0),
    ]
    assert view.domains[0].question == "Which model is this, exactly?"
    assert [one.id for one in view.contradictions] == ["A10", "B3"]
    assert view.stale == 2


def test_every_state_is_a_filter_with_its_count_and_address(card):
    page = "/models/example-lab/example-1-instruct"
    view = views.model(card, "sha256:ab", [], NOW, wanted="absent")
    assert [(one.name, one.count) for one in view.filters] == [
        ("", 18),
        ("contradicted", 2),
        ("verified", 7),
        ("disclosed", 3),
        ("partial", 1),
        ("claimed", 1),
        ("absent", 1),
        ("unchecked", 2),
        ("not_applicable", 1),
        ("stale", 2),
    ]
    assert [one.href for one in view.filters if one.chosen] == [f"{page}?state=absent#verdicts"]
    assert [one.id for domain in view.domains for one in domain.shown] == ["D10"]
    assert sum(len(one.folded) for one in view.domains) == 17
    stale = views.model(card, "sha256:ab", [], NOW, wanted="stale")
    assert all(one.stale for domain in stale.domains for one in domain.shown)


@pytest.mark.parametrize("wanted", ["", "nonsense", "not_a_state", ATTACK])
def test_a_filter_that_nothing_matches_is_none(card, wanted):
    view = views.model(card, "sha256:ab", [], NOW, wanted=wanted)
    assert (view.filter, view.filters[0].chosen) == (None, True)


def test_a_state_this_page_has_never_heard_of_is_still_shown(card):
    card["verdicts"][0]["state"] = "pondered"
    view = views.model(card, "sha256:ab", [], NOW)
    assert "pondered" in [one.words for one in view.filters]
    assert ("pondered", "pondered", 1) in view.domains[0].counts


def cited(url, text=None, digest="ab"):
    quote = {"text": text, "start": 0, "end": 1} if text else None
    return {"id": f"sha256:{digest * 32}", "url": url, "taken_at": "2026-11-21T00:00:00Z", "quote": quote}


def found(state, evidence=(), **said):
    """Return a verdict or fact as a card publishes it."""
    told = {"title": "Told", "value": None, "unit": "", "reason": "", "stale": False, "taken_at": None}
    return told | {"state": state, "evidence": list(evidence), "expires_at": None} | said


CARD_SAYS, CONFIG_SAYS = "https://example.org/README.md", "https://example.org/config.json"


@pytest.mark.parametrize(
    ("reason", "says", "rest"),
    [
        (f"262144 says {CARD_SAYS}; 32768 says {CONFIG_SAYS}", ["262144", "32768"], ""),
        (f"1 says {CARD_SAYS}; 2 says {CONFIG_SAYS}; absent: longest answer", ["1", "2"], "absent: longest answer"),
        (f"a; b says c says {CARD_SAYS}; 2 says {CONFIG_SAYS}", ["a; b says c", "2"], ""),
        (f"1 says {CARD_SAYS}, {CONFIG_SAYS}; 2 says latency/1", ["1", "1"], ""),
        ("asked for a, 6 of 26 answers say b", [None, None], "asked for a, 6 of 26 answers say b"),
        ("it says nothing; of use", [None, None], "it says nothing; of use"),
    ],
)
def test_each_side_of_a_contradiction_has_its_value_beside_its_quote(reason, says, rest):
    sides = [cited(CARD_SAYS, "256K context window"), cited(CONFIG_SAYS, '"max_position_embeddings": 32768', "cd")]
    shown = verdicts.view("C4", found("contradicted", sides, reason=reason), NOW)
    assert ([one.says for one in shown.sides], shown.reason) == (says, rest)
    assert [one.quote for one in shown.sides] == ["256K context window", '"max_position_embeddings": 32768']
    assert shown.both == (" against ".join(dict.fromkeys(says)) if all(says) else reason)
    assert shown.evidence == []


def test_a_refusal_is_quoted_and_what_was_searched_leads_to_the_list():
    reason = "searched in 2 documents; the developer says it will not tell"
    shown = verdicts.view("D1", found("absent", [cited(CARD_SAYS, "we do not disclose")], reason=reason), NOW)
    assert (shown.searched, shown.reason) == ("searched in 2 documents", "the developer says it will not tell")
    assert [one.quote for one in shown.refusal] == ["we do not disclose"]
    assert shown.proof == ""


def test_a_source_says_when_it_was_fetched():
    (shown,) = verdicts.view("A4", found("disclosed", [cited(CARD_SAYS, "released")], value="2026"), NOW).evidence
    assert (shown.how, shown.taken.age) == ("fetched", "3 d ago")


@pytest.mark.parametrize(
    ("value", "quote", "whole"),
    [
        ("short", "other", None),
        ("v" * 300, "other", "v" * 300),
        ("a long one " * 20, "it is a  long\none " + "a long one " * 19, None),
    ],
)
def test_a_long_value_is_clipped_and_told_whole_unless_a_quote_does(value, quote, whole):
    shown = verdicts.view("A4", found("disclosed", [cited(CARD_SAYS, quote)], value=value), NOW)
    assert len(shown.value) <= verdicts.LONGEST_VALUE
    assert shown.whole == whole


def rich(card):
    """Return the card with an indicator that several facts answer, and with the documents that were read."""
    card["rubric"] = {"id": "2026-11", "sha256": "ab"}
    card["verdicts"] = [
        {"indicator": "D10", "domain": "data", "points": "0.5"}
        | found("partial", [cited(CARD_SAYS, "支持")], reason="disclosed: languages; absent: domain composition"),
    ]
    card["facts"] = [
        {"fact": "languages"} | found("disclosed", [cited(CARD_SAYS, "支持")], title="Languages", value="zh"),
        {"fact": "domain_composition"} | found("absent", reason="searched in 2 documents"),
    ]
    card["documents"] = [
        {"url": url, "id": f"sha256:{'ab' * 32}", "fetched_at": "2026-11-21T00:00:00Z", "first_party": ours}
        for url, ours in ((CARD_SAYS, True), ("file:notes.txt", False))
    ]
    return card


def test_each_fact_of_an_indicator_has_its_own_state_and_what_the_card_leaves_out_is_unchecked(card):
    (shown,) = views.verdicts(rich(card), rubric.load("2026-11"), NOW)
    assert [(one.id, one.state) for one in shown.facts] == [
        ("domain_composition", "absent"),
        ("language_composition", "unchecked"),
        ("languages", "disclosed"),
    ]
    assert shown.proof == "3 facts, 1 quote"


def test_a_card_of_a_rubric_that_is_not_held_here_is_shown_without_facts(card):
    card = rich(card)
    card["rubric"]["id"] = "1999-01"
    view = views.model(card, "sha256:ab", [], NOW)
    assert [one.facts for domain in view.domains for one in domain.shown] == [[]]
    assert view.addresses.methodology == "/methodology/1999-01"


def test_the_documents_that_were_read_are_listed_and_absent_verdicts_lead_there(card, render):
    page = render("model.html", view=views.model(rich(card), "sha256:ab", [], NOW), picture=None)
    assert '<a class="searched" href="#read">searched in 2 documents</a>' in page
    section = page[page.index('id="read"') : page.index("</section>", page.index('id="read"'))]
    assert "Read 2 documents" in section
    assert f'<a href="{CARD_SAYS}"' in section
    assert '<span>file:notes.txt</span></span> <span class="minor">not the developer&#39;s, fetched' in section


def test_a_card_older_than_lists_of_documents_does_not_speak_of_them(card, render):
    page = render("model.html", view=views.model(card, "sha256:ab", [], NOW), picture=None)
    assert 'href="#read"' not in page


def test_the_methodology_shows_every_indicator_where_model_pages_link_to(render):
    rules = rubric.load()
    page = render("methodology.html", view=rubrics.view(rules))
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {one.id for one in rules.indicators} <= set(ids)
    for one in rules.indicators:
        beginning = page.index(f'id="{one.id}"')
        about = page[beginning : page.index("</article>", beginning)]
        assert f"Fresh for {one.ttl_days} day" in about
        assert all(re.search(rf"#mark-{state}\b", about) for state in one.earns)
    assert "`" not in page


def test_a_model_page_leads_to_every_other_rubrics_view(client):
    page = client.get("/models/example-lab/example-1-instruct").text
    links = re.findall(r'href="(/v1/scorecards/[^"]+[?]view=[^"]+)"', page)
    assert len(links) == len(projections.load())
    assert {client.get(one).status_code for one in links} == {200}


def test_contradictions_and_open_disputes_are_told_in_the_list(card, render):
    card["disputes"] = [{"id": 1, "indicator": "A3", "state": state} for state in ("received", "upheld", "unchecked")]
    row = listing.row(card)
    assert (row.contradictions, row.disputes) == (2, 2)
    page = render("index.html", view=listing.view([row], Query(), NOW))
    assert f'<a href="{row.href}?state=contradicted#verdicts">' in page
    assert f'<a href="{row.href}#answers">2 open disputes</a>' in page


def test_unchecked_and_not_applicable_do_not_count_as_checked(card):
    domains = {one.title: one for one in views.model(card, "sha256:ab", [], NOW).domains}
    assert next(iter(domains)) == "Identity"
    assert (domains["Operation"].checked, domains["Operation"].applicable) == (1, 2)
    assert (domains["Compute"].checked, domains["Compute"].applicable) == (0, 0)
    assert domains["Data"].counts == [("disclosed", "disclosed", 1), ("absent", "absent", 1)]


def test_a_file_is_never_a_link_and_a_chinese_quote_has_its_language(card):
    shown = {one.id: one for one in views.verdicts(card, None, NOW)}
    assert shown["A3"].evidence[0].href is None
    assert [one.language for one in shown["B3"].sides] == [None, "zh"]
    assert shown["C1"].value == "134,515,008"


def test_an_unchecked_endpoint_has_a_reason_and_no_figures(card):
    shown = [endpoints.endpoint(one, NOW) for one in card["endpoints"]]
    assert [(one.measured, one.reason) for one in shown] == [
        (True, ""),
        (True, ""),
        (False, "set OTHER_HOST_API_KEY to probe it"),
        (False, "6 of 6 requests were refused: auth"),
    ]
    assert shown[2].readings == []
    assert shown[0].outcomes == [("answered", 26), ("timeout first byte", 1)]
    assert [one.has_latency for one in shown] == [True, True, False, False]


def test_a_value_that_could_not_be_measured_stays_none(card):
    reading = card["endpoints"][0]["readings"][0] | {"value": None, "low": None, "high": None}
    shown = endpoints.reading(reading, NOW)
    assert (shown.value, shown.interval) == (None, None)


SHARE = {"quantity": "quality_share:basics_en", "title": "Right answers", "unit": ""}


def test_a_share_is_read_in_percent_with_its_range_and_its_distribution(card):
    figures = {"value": "0.8569", "low": "0.8", "high": "1", "p50": "0.857", "p95": None}
    drawn = {"histogram": {"edges": ["0", "0.5", "1"], "counts": [1, 3]}}
    published = card["endpoints"][0]["readings"][0] | SHARE | figures | drawn
    shown = endpoints.reading(published, NOW)
    assert (shown.value, shown.unit, shown.interval, shown.p50, shown.p95) == ("85.69", "%", "80–100", "85.7", None)
    assert endpoints.histogram_of(published) == endpoints.Histogram("%", [("0", "50", 1), ("50", "100", 3)])


@pytest.mark.parametrize(
    ("field", "before", "after", "shown"),
    [
        ("ttft_ms", "301.7", "412.4", ("301.7", "412.4\u00a0ms")),
        ("ttft_ms", "301.7", None, ("301.7\u00a0ms", "nothing")),
        ("success_share", None, "0.98", ("nothing", "98\u00a0%")),
        ("gone_with_its_window_ms", "3", "4", ("3", "4")),
    ],
)
def test_a_change_of_something_measured_has_its_unit(card, field, before, after, shown):
    ref = card["endpoints"][0]["ref"]
    path = f"endpoints.{ref}.{field}"
    card["changes"] = [{"kind": "vendor_change", "path": path, "before": before, "after": after}]
    (found,) = changes.changes(card)
    assert (found.before, found.after) == shown
    assert changes.summary(card).endswith(f"at {ref}: {shown[0]} → {shown[1]}")


def test_a_change_leads_to_its_place_on_the_page(card):
    shown = changes.changes(card)
    assert [(one.kind, one.what, one.href) for one in shown] == [
        ("vendor change", "A10", "#A10"),
        ("evidence refresh", "A3", "#A3"),
        (
            "vendor change",
            "Time to first token at example-cloud@cn-north-1:example-1-instruct",
            "#endpoint-example-cloud-cn-north-1-example-1-instruct",
        ),
    ]
    assert changes.summary(card) == "A10: verified → contradicted, 2 more"
    assert changes.summary(card | {"changes": [], "sequence": 1}) == "first card"


def test_addresses_encode_what_has_a_meaning_in_an_address():
    assert views.addresses('lab/a b?"<x>').page == "/models/lab/a%20b%3F%22%3Cx%3E"
    assert views.addresses("lab/model").badge == "/v1/scorecards/lab/model/badge.svg"


def test_what_is_unknown_always_comes_last(card):
    rows = [
        listing.row(another(card, "a/none", transparency={"score": None, "sufficient": False})),
        listing.row(another(card, "a/low", transparency={"score": "9.0"})),
        listing.row(another(card, "a/high", transparency={"score": "80.0"})),
        listing.row(another(card, "a/thin", transparency={"score": "99.0", "sufficient": False})),
    ]
    assert refs(rows, "transparency") == ["a/high", "a/low", "a/none", "a/thin"]
    assert refs(rows, "-transparency") == ["a/low", "a/high", "a/none", "a/thin"]


def test_models_with_most_checked_evidence_come_first_by_default(card):
    rows = [
        listing.row(another(card, "a/little", transparency={"checked": 1})),
        listing.row(another(card, "a/much", transparency={"checked": 16})),
    ]
    assert refs(rows, Query().sort) == ["a/much", "a/little"]


def test_figures_come_from_the_endpoint_that_speaks_for_the_model(card):
    assert str(listing.row(card).ttft_ms) == "412.4"
    assert listing.row(another(card, "a/b", performance={"basis": "no endpoint was measured"})).ttft_ms is None


@pytest.mark.parametrize(
    ("args", "found"),
    [
        ({"q": "EXAMPLE instruct"}, 1),
        ({"q": "example nothing"}, 0),
        ({"q": "other-host"}, 1),
        ({"jurisdiction": "CN", "weights": "open"}, 1),
        ({"jurisdiction": "US"}, 0),
    ],
)
def test_a_search_finds_rows_that_have_every_word(card, args, found):
    assert listing.view([listing.row(card)], Query.of(args), NOW).found == found


def test_a_query_that_makes_no_sense_is_the_default():
    assert Query.of({"sort": "; drop", "page": "-1"}) == Query()
    assert Query.of({"page": "9" * 30}).page == 1
    assert Query.of({"page": "²"}).page == 1


def test_every_state_of_the_list_has_an_address():
    query = Query.of({"q": "a&b", "sort": "ttft"})
    assert query.address() == "/?q=a%26b&sort=ttft"
    assert query.sorted_by("ttft") == "/?q=a%26b&sort=-ttft"
    assert (query.direction("ttft"), query.direction("name")) == ("ascending", None)
    assert Query().address() == "/"


def test_long_lists_are_cut_into_pages(card):
    rows = [listing.row(another(card, f"a/{i:03}")) for i in range(250)]
    last = listing.view(rows, Query(page=99), NOW)
    assert (last.page, last.pages, len(last.rows), last.following) == (3, 3, 50, None)
    assert last.previous == "/?page=2"


class Counted:
    card_id = "sha256:1"

    def __init__(self, card):
        self.reads, self._card = 0, card

    @property
    def card(self):
        self.reads += 1
        return self._card


def test_a_card_is_read_once(card):
    published, memory = Counted(card), listing.Memory()
    assert memory.rows([published]) == memory.rows([published])
    assert published.reads == 1


@pytest.fixture
def render():
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(BLUEPRINT)
    with app.test_request_context():
        yield render_template


def hostile(value):
    """Return the card with every text replaced by an attack, and its names, states and times kept."""
    kept = (
        "schema",
        "taken_at",
        "fetched_at",
        "expires_at",
        "as_of",
        "state",
        "status",
        "from",
        "to",
        "quantity",
        "basis",
    )
    numbers = ("score", "low", "high", "coverage", "value", "p50", "p95", "verification_rate", "points", "edges")
    if isinstance(value, dict):
        return {key: one if key in (*kept, *numbers) else hostile(one) for key, one in value.items()}
    if isinstance(value, list):
        return [hostile(one) for one in value]
    return ATTACK if isinstance(value, str) else value


def filed(indicator="A3", reason="read again", url="https://example.org/card", **said):
    filing = Filing("example-lab/example-1", indicator, url, **{"quote": "sha256: ab"} | said)
    return Challenge(
        7, filing, (Step(State.RECEIVED, NOW), Step(State.CHECKING, NOW), Step(State.REJECTED, NOW, reason))
    )


def test_an_answer_from_outside_stands_beside_its_indicator_and_in_its_section(card, render):
    shown = answers([filed(name="Li", note="See the end", quote="支持最长约 8K 上下文")], NOW)
    card["changes"] = [{"kind": "correction", "path": "disputes.7.state", "before": None, "after": "rejected"}]
    page = render("model.html", view=views.model(card, "sha256:ab", [], NOW, shown), picture=None)
    beside = page[page.index('id="A3"') : page.index("</article>", page.index('id="A3"'))]
    assert '<a href="#answer-7">Answer no. 7</a> says a point is missing: rejected' in beside
    section = page[page.index('id="answers"') : page.index('id="ratings"')]
    assert '<blockquote lang="zh" dir="auto">支持最长约 8K 上下文</blockquote>' in section
    for words in ("<bdi>Li</bdi>", "See the end", 'href="https://example.org/card"', ": read again</li>", 'href="#A3"'):
        assert words in section
    assert section.count("<time ") == 3
    assert '<a href="#answer-7">answer no. 7</a>' in page[page.index('id="changes"') :]
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_a_page_without_answers_does_not_speak_of_them(card, render):
    page = render("model.html", view=views.model(card, "sha256:ab", [], NOW), picture=None)
    assert "Answers from outside" not in page
    assert "#answers" not in page


def test_nothing_from_outside_becomes_markup(card, render):
    card = hostile(card)
    past = [views.history_row(card, ATTACK, NOW, NOW)]
    shown = answers([filed(url=ATTACK, quote=ATTACK, note=ATTACK, name=ATTACK, reason=ATTACK, indicator=ATTACK)], NOW)
    page = render("model.html", view=views.model(card, ATTACK, past, NOW, shown), picture=None)
    assert page.count("&lt;img src=x", page.index('id="answers"'), page.index('id="ratings"')) >= 6
    index = render("index.html", view=listing.view([listing.row(card)], Query(q=ATTACK), NOW))
    missing = render("missing.html", title=ATTACK, ref=ATTACK, why=ATTACK)
    for text in (page, index, missing):
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text
    assert 'href="javascript:' not in page


def test_nothing_from_outside_becomes_markup_in_facts_and_documents_either(card, render):
    card = hostile(rich(card))
    card["rubric"]["id"], card["verdicts"][0]["indicator"] = "2026-11", "D10"
    card["facts"][0]["fact"] = "languages"
    page = render("model.html", view=views.model(card, ATTACK, [], NOW), picture=None)
    assert '<ul class="parts">' in page
    assert '<ul class="read">' in page
    assert "<img src=x" not in page
    assert 'href="javascript:' not in page


def test_pages_obey_a_policy_without_inline_styles_and_scripts(card, render):
    view = views.model(card, "sha256:ab", [views.history_row(card, "sha256:ab", NOW, NOW)], NOW)
    page = render("model.html", view=view, picture=Markup(latency_svg.render(card)))
    index = render("index.html", view=listing.view([listing.row(card)], Query(), NOW))
    full = render("model.html", view=views.model(rich(card), "sha256:ab", [], NOW, wanted="partial"), picture=None)
    methodology = render("methodology.html", view=rubrics.view(rubric.load()))
    for text in (page, index, full, methodology):
        assert re.findall(r"<style|\sstyle=|\son\w+=|<script>|<script [^>]*>[^<]", text) == []
        assert '=""' not in re.sub(r'(value|alt)=""', "", text)


def test_every_indicator_has_its_own_address_on_the_page(card, render):
    page = render("model.html", view=views.model(card, "sha256:ab", [], NOW), picture=None)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    assert {one["indicator"] for one in card["verdicts"]} <= set(ids)
    assert {link for link in re.findall(r'href="#([^"]+)"', page) if not link.startswith("mark-")} <= set(ids)
    assert '<blockquote lang="zh" dir="auto">支持最长约 8K 上下文</blockquote>' in page


def test_what_was_not_measured_is_said_and_never_zero(card, render):
    for pillar in card["pillars"].values():
        pillar |= {"score": None, "low": "0.0", "high": "100.0", "coverage": "0.00", "checked": 0, "sufficient": False}
    page = render("model.html", view=views.model(card, "sha256:ab", [], NOW), picture=None)
    assert page.count("not measured</span>") == 4
    assert 'class="score"' not in page
