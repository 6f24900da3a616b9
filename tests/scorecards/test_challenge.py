"""What a challenge may say, where a quote stands, and what the machine makes of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from ipaddress import ip_network

import pytest

from scorecards import card, challenge, diff, filing, rubric, web_address
from scorecards.catalog import Cited, Developer, DocumentSource, Model
from scorecards.challenge import Case
from scorecards.dispute import NEXT, OPEN, Challenge, Dispute, Filing, Kind, State, Step
from scorecards.evidence import Basis, Document, Finding, Quote, Reading, Source
from scorecards.transparency import quoting

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CITED = Cited("test", NOON.date())
RULES = rubric.load()
CARD = "https://maker.example/card"
MAKER = Developer("maker", "Maker", "CN", CITED)
MODEL = Model(
    "maker/model-1",
    "Model 1",
    "maker",
    CITED,
    hub_repo="maker/Model-1",
    documents=(DocumentSource("card", CARD, CITED),),
)
HUB = replace(MODEL, documents=(DocumentSource("card", "https://huggingface.co/maker/Model-1", CITED),))
LICENCE = RULES.indicator("B3")
TEXT = "Model 1 is licensed under MIT. Model 2 is licensed under Apache-2.0. The licence of Model 1 will follow."
SAID, SIBLING, PROMISE = "Model 1 is licensed under MIT.", "Model 2 is licensed under Apache-2.0.", "will follow"
ABSENT = {"indicator": "B3", "state": "absent", "value": None, "evidence": []}
DISCLOSED = {
    "indicator": "B3",
    "state": "disclosed",
    "value": "mit",
    "evidence": [{"id": "sha256:x", "url": CARD, "quote": {"text": SAID, "start": 0, "end": len(SAID)}}],
}


def case(quote=SAID, url=CARD, kind=Kind.MISSING, model=MODEL):
    return Case(Filing(model.ref, "B3", url, quote, kind), LICENCE, MAKER, model)


def document(text=TEXT, url=CARD, media_type="text/plain"):
    content = text if isinstance(text, bytes) else text.encode()
    return Document.of(content, url, media_type, NOON, first_party=True)


def read(there, words=SAID, finding=Finding.KNOWN, **fields):
    start = there.content.find(words.encode())
    quote = Quote(words, start, start + len(words.encode())) if start >= 0 else None
    value = "mit" if finding in (Finding.KNOWN, Finding.PARTIAL) else None
    made = Reading("weights_licence", MODEL.ref, finding, Basis.FIRST_PARTY, NOON, "document/1", value=value)
    return replace(made, **{"sources": (Source(f"sha256:{there.sha256}", there.url, quote),)} | fields)


def decided(a_case, there, *readings, before=ABSENT, after=DISCLOSED):
    return challenge.decide(a_case, [there] if there else [], readings, before, after)


def test_a_statement_of_the_developer_in_the_words_quoted_is_upheld_and_recorded():
    there = document()
    found = decided(case(), there, read(there))
    assert (found.state, found.documents, len(found.readings)) == (State.UPHELD, (there,), 1)
    assert there.sha256 in found.reason
    assert "byte for byte" in found.reason
    assert "was absent and is disclosed" in found.reason


@pytest.mark.parametrize(
    ("words", "upheld"),
    [
        (SAID, True),
        ("licensed under MIT", True),
        (f"{SAID} Model 2", True),
        (SIBLING, False),
        (PROMISE, False),
        ("Model 1", True),
    ],
)
def test_only_words_that_share_a_place_with_what_was_read_are_upheld(words, upheld):
    there = document()
    found = decided(case(words), there, read(there))
    assert found.state is (State.UPHELD if upheld else State.REJECTED)
    assert upheld or found.reason.startswith("a mention is not a disclosure: no statement of weights_licence")
    assert upheld or found.documents == ()


@pytest.mark.parametrize(
    ("a_case", "there", "how", "reason"),
    [
        (case("MIT it is"), document(), {}, "the quote is not in the document, https://maker.example/card, sha256 "),
        (case("model 1 is licensed under MIT."), document(), {}, "the quote is not in the document"),
        (case(SAID + " "), document(SAID), {}, "the quote is not in the document"),
        (case(), document(url="https://rival.example/card"), {}, "not where Maker publishes, so it stays claimed"),
        (case(), document(url="https://maker.example.rival.example/card"), {}, "not where Maker publishes"),
        (case(), document(url="http://maker.example/card"), {}, "not where Maker publishes"),
        (case(), document(), {"finding": Finding.ABSENT}, "a mention is not a disclosure"),
        (case(), document(), {"finding": Finding.UNMEASURED}, "a mention is not a disclosure"),
        (case(), document(), {"quantity": "base_model"}, "a mention is not a disclosure"),
        (case(), document(), {"subject": "maker/model-2"}, "a mention is not a disclosure"),
        (case(), document(), {"sources": (Source("sha256:other", CARD, Quote(SAID, 0, 30)),)}, "a mention is not"),
        (case(), document(), {"sources": (Source(f"sha256:{document().sha256}", CARD),)}, "a mention is not"),
        (case(model=HUB), document(url="https://huggingface.co/maker/Model-2/raw/main/README.md"), {}, "about another"),
        (case(model=HUB), document(url="https://huggingface.co/rival/Model-1/raw/main/README.md"), {}, "not where"),
    ],
)
def test_everything_else_is_rejected_with_the_reason(a_case, there, how, reason):
    found = decided(a_case, there, read(there, **how))
    assert found.state is State.REJECTED
    assert reason in found.reason
    assert there.sha256 in found.reason
    assert "fetched 2026-11-23T12:00:00Z" in found.reason


def test_what_a_third_party_says_is_recorded_as_no_more_than_its_answer_to_the_indicator():
    there = document(url="https://rival.example/card")
    others = read(there, quantity="base_model", finding=Finding.ABSENT)
    found = decided(case(), there, others, read(there))
    assert [one.quantity for one in found.readings] == ["weights_licence"]
    assert found.documents == (there,)
    assert decided(case(PROMISE), there, read(there)).documents == ()


@pytest.mark.parametrize("state", ["verified", "disclosed"])
def test_nothing_is_missing_where_the_point_was_awarded(state):
    found = decided(case(), document(), read(document()), before=DISCLOSED | {"state": state})
    assert (found.state, found.reason) == (State.REJECTED, f"nothing is missing: the verdict is {state} already")


@pytest.mark.parametrize("kind", Kind)
def test_a_url_that_cannot_be_read_is_unchecked_and_says_why(kind):
    unread = read(document(), finding=Finding.UNMEASURED, note="https://maker.example/card: wants HTTP 200, has 403")
    found = decided(case(kind=kind), None, unread, before=DISCLOSED)
    assert (found.state, found.reason, found.documents) == (State.UNCHECKED, unread.note, ())


def test_a_document_that_holds_no_text_is_unchecked():
    found = decided(case(), document(b"%PDF-1.7 \xff\xfe\x00"))
    assert found.state is State.UNCHECKED
    assert "has other bytes" in found.reason


HTML = (
    "<h1>Model&nbsp;1</h1>\n<p>Model 1 is <b>licens</b>ed\n under <a href='/mit'>MIT</a>.</p>"
    "<td>Context</td><td>8&#44;192</td>"
)


@pytest.mark.parametrize(
    ("quote", "exact"),
    [
        ("Model 1 is licensed under MIT.", False),
        ("Context 8,192", False),
        ("under <a href='/mit'>", True),
        ("Model 1 is  licensed\nunder", False),
        ("Context8,192", None),
        ("Model 1 is not licensed", None),
    ],
)
def test_a_quote_of_a_page_may_be_what_a_reader_sees(quote, exact):
    found = quoting.find(quote, document(HTML, media_type="text/html"))
    assert (found.exact if found else None) is exact
    assert exact or quoting.find(quote, document(HTML)) is None


@pytest.mark.parametrize(
    ("quote", "upheld"), [("Model 1 is licensed under MIT.", True), ("Context 8,192", False), ("is licensed", True)]
)
def test_what_a_reader_sees_is_set_against_the_place_where_it_was_read(quote, upheld):
    there = document(HTML, media_type="text/html")
    found = decided(case(quote), there, read(there, "licens</b>ed\n under <a href='/mit'>MIT</a>"))
    assert found.state is (State.UPHELD if upheld else State.REJECTED)
    assert not upheld or "in the page's text, not byte for byte" in found.reason


@pytest.mark.parametrize("piece", ["<", "<a ", "<a" + " " * 4000, "&", "&#", "<!--", "<script>", "</a", "\n ", "\xff"])
def test_a_page_made_to_cost_time_does_not(piece):
    page = (piece.encode() * (2_000_000 // len(piece)))[:2_000_000]
    assert quoting.find("no such words", document(page, media_type="text/html")) is None


def test_a_character_number_of_a_million_digits_is_no_character():
    assert quoting.shown(b"a&#" + b"9" * 1_000_000 + b"; b&#44;") == "a ; b,"


def contested(after, *readings, there=None, quote=SAID, url=CARD):
    return decided(case(quote, url, Kind.WRONG), there or document("gone"), *readings, before=DISCLOSED, after=after)


def test_a_point_is_lost_when_the_document_does_not_earn_it_any_more():
    there = document("gone")
    found = contested(ABSENT, read(there, finding=Finding.ABSENT), read(there, quantity="base_model"), there=there)
    assert found.state is State.UPHELD
    assert "was disclosed and is absent" in found.reason
    assert [one.quantity for one in found.readings] == ["weights_licence"]


@pytest.mark.parametrize(
    ("found", "state", "reason"),
    [
        (contested(DISCLOSED), State.REJECTED, "the verdict stays disclosed"),
        (contested(DISCLOSED | {"value": "gpl-3.0"}), State.UPHELD, "stays disclosed, its value changes"),
        (contested(ABSENT, quote=SIBLING), State.REJECTED, "does not rest on these words"),
        (contested(ABSENT, url="https://maker.example/other"), State.REJECTED, "does not rest on these words"),
        (
            contested(ABSENT, read(document(), finding=Finding.UNMEASURED, note="not to be read")),
            State.UNCHECKED,
            "not to be read",
        ),
    ],
)
def test_a_point_stays_when_the_document_still_earns_it_or_never_did(found, state, reason):
    assert found.state is state
    assert reason in found.reason


def test_what_a_document_does_not_say_any_more_is_withdrawn():
    held, there, contesting = read(document()), document("gone"), case(kind=Kind.WRONG)
    (gone,) = challenge.withdrawals(contesting, [there], [], [held])
    assert (gone.finding, gone.reader, gone.sources[0].url) == (Finding.ABSENT, held.reader, CARD)
    assert gone.sources[0].id == f"sha256:{there.sha256}"
    for untouched in (
        challenge.withdrawals(case(), [there], [], [held]),
        challenge.withdrawals(contesting, [], [], [held]),
        challenge.withdrawals(contesting, [there], [read(there)], [held]),
        challenge.withdrawals(contesting, [there], [read(there, finding=Finding.UNMEASURED)], [held]),
        challenge.withdrawals(contesting, [there], [], [read(document(url="https://maker.example/other"))]),
        challenge.withdrawals(contesting, [there], [], [replace(held, quantity="base_model")]),
    ):
        assert untouched == []


GOOD = Filing(MODEL.ref, "B3", CARD, SAID)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({}, []),
        ({"quote": "x" * 300, "note": "x" * 1000, "name": "x" * 80}, []),
        ({"quote": "支持最长约 8K 上下文\n第二行"}, []),
        ({"quote": ""}, ["quote"]),
        ({"quote": " \n"}, ["quote"]),
        ({"quote": "x" * 301}, ["quote"]),
        ({"quote": "a\0b"}, ["quote"]),
        ({"quote": "\ud800"}, ["quote"]),
        ({"note": "x" * 1001}, ["note"]),
        ({"note": "\x1b[2J"}, ["note"]),
        ({"name": "x" * 81}, ["name"]),
        ({"indicator": "Z9"}, ["indicator"]),
        ({"indicator": "Z9", "url": "ftp://x", "quote": ""}, ["indicator", "url", "quote"]),
    ],
)
def test_every_wrong_field_of_a_filing_is_named(fields, wrong):
    found = filing.problems(replace(GOOD, **fields), {"B3"})
    assert list(found) == wrong
    assert all(text.startswith("wants ") for text in found.values())


@pytest.mark.parametrize(
    "url",
    [
        "", "card", "//example.org/", "http://example.org/", "ftp://example.org/", "file:///etc/passwd", "https:///card",
        "javascript:alert(1)", "https://user@example.org/", "https://user:pass@example.org/", "https://@example.org/",
        "https://127.0.0.1/", "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/",
        "https://10.0.0.7/", "https://192.168.1.1/", "https://169.254.169.254/latest", "https://100.100.100.200/",
        "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://[fd00::1]/", "https://[fe80::1%25eth0]/",
        "https://localhost/", "https://a.localhost/", "https://localhost./", "https://printer.local/",
        "https://metadata.google.internal/", "https://intranet/", "https://a..example.org/", "https://224.0.0.1/",
        "https://example.org\\@10.0.0.1/", "https://example.org/a b", "https://example.org/\n", "https://[::1/",
        "https://example.org:port/", "https://example.org:99999/", "https://example.org/" + "x" * 2000,
    ],
)  # fmt: skip
def test_an_address_that_cannot_be_public_is_refused(url):
    assert web_address.problem(url).startswith("wants ")


@pytest.mark.parametrize(
    ("url", "opened"),
    [
        ("https://example.org/a?b=c#d", ()),
        ("HTTPS://Example.ORG./a", ()),
        ("https://例子.测试/卡", ()),
        ("https://example.org:8443/", ()),
        ("https://8.8.8.8/", ()),
        ("https://127.0.0.1:9/", (ip_network("127.0.0.0/8"),)),
        ("https://localhost:9/", (ip_network("127.0.0.0/8"),)),
    ],
)
def test_a_public_address_and_one_the_operator_opened_are_taken(url, opened):
    assert web_address.problem(url, opened) is None


def after(*states, hours=1):
    steps = [Step(State.RECEIVED, NOON)]
    steps += [Step(state, NOON + timedelta(hours=number * hours)) for number, state in enumerate(states, 1)]
    return Challenge(7, GOOD, tuple(steps))


@pytest.mark.parametrize(
    ("states", "told", "since"),
    [
        ((), State.RECEIVED, 0),
        ((State.CHECKING,), State.RECEIVED, 0),
        ((State.CHECKING, State.UNCHECKED), State.UNCHECKED, 2),
        ((State.CHECKING, State.UNCHECKED, State.UNCHECKED), State.UNCHECKED, 2),
        ((State.CHECKING, State.UNCHECKED, State.UPHELD), State.UPHELD, 3),
        ((State.CHECKING, State.REJECTED), State.REJECTED, 2),
    ],
)
def test_a_card_tells_the_state_a_challenge_rests_in(states, told, since):
    dispute = Dispute.of(after(*states))
    assert (dispute.state, dispute.since) == (told, NOON + timedelta(hours=since))


def test_a_settled_challenge_is_over_and_all_others_can_still_be_settled():
    assert set(NEXT) == set(State)
    assert set(State) - set(OPEN) == {State.UPHELD, State.REJECTED}
    for state in OPEN:
        reached, seen = set(NEXT[state]), set()
        while reached - seen:
            seen |= reached
            reached = {following for one in reached for following in NEXT[one]}
        assert {State.UPHELD, State.REJECTED} <= seen


def carded(readings=(), disputes=(), previous=None):
    about = card.Subject(MODEL, MAKER, [], readings, {}, {}, disputes)
    return card.build(about, RULES, NOON + timedelta(hours=9), previous)


def test_a_card_says_which_disputes_there_are_and_a_new_state_is_worth_a_new_card():
    first, opened = carded(), carded(disputes=[Dispute.of(after())])
    assert opened["disputes"] == [{"id": 7, "indicator": "B3", "state": "received", "since": "2026-11-23T12:00:00Z"}]
    found = diff.changes(first, opened, RULES)
    assert [(one.path, one.before, one.after) for one in found] == [("disputes.7.state", None, "received")]
    assert diff.worth_publishing(first, opened, found)
    checking = carded(disputes=[Dispute.of(after(State.CHECKING))])
    assert not diff.worth_publishing(opened, checking, diff.changes(opened, checking, RULES))


def test_what_an_upheld_challenge_changes_is_a_correction_and_nothing_else_is():
    there = document()
    old = carded(disputes=[Dispute.of(after())])
    for state, kind in ((State.UPHELD, "correction"), (State.REJECTED, "evidence_refresh")):
        new = carded([read(there)], [Dispute.of(after(State.CHECKING, state))])
        kinds = {one.path: one.kind.value for one in diff.changes(old, new, RULES)}
        assert kinds["disputes.7.state"] == kind
        assert kinds["verdicts.B3.state"] == kind
    later = carded([read(there, value="gpl-3.0")], [Dispute.of(after(State.CHECKING, State.UPHELD))])
    upheld = carded([read(there)], [Dispute.of(after(State.CHECKING, State.UPHELD))])
    assert {one.kind.value for one in diff.changes(upheld, later, RULES)} == {"vendor_change"}


def test_a_card_from_before_there_were_disputes_is_not_replaced_for_that():
    new = carded()
    old = {key: one for key, one in new.items() if key != "disputes"}
    assert not diff.worth_publishing(old, new, diff.changes(old, new, RULES))


def test_a_probe_is_never_answered_by_a_document():
    there = document()
    asked = Case(replace(GOOD, indicator="A2"), RULES.indicator("A2"), MAKER, MODEL)
    found = decided(asked, there, read(there), read(there, quantity="parameter_count", value=Decimal(7)))
    assert found.reason.startswith("a mention is not a disclosure: no statement of served_model_listed")
