"""What must not move a reader's answers does not, and what must move them does, over 48 models' real documents.

Each mutation is tried on a few models, always the same ones; PELLUCID_GATES=all tries each wherever it applies.
"""

import functools
import html
import os
import re
import unicodedata
from decimal import Decimal
from zlib import crc32

import pytest

from scorecards.evidence import Identity
from scorecards.transparency import extraction
from scorecards.verdict import State
from tests.scorecards.transparency import corpus, mutations, rivals

EVERY = os.environ.get("PELLUCID_GATES") == "all"
FOUND = (State.DISCLOSED, State.PARTIAL, State.CONTRADICTED)
MOST_ROUNDS = 40
"""Lines may say the same thing over and over; the longest licence has about this many that forbid something."""

pytestmark = [
    pytest.mark.skipif(not corpus.MODELS, reason=corpus.WANTED),
    pytest.mark.timeout(60),
]


def facts(answers):
    """Return what a card would say: every quantity, and the 28 names of gold.csv."""
    named = {one.quantity: one for one in answers} | extraction.gold(answers)
    return {name: (str(one.state), _words(one.value), one.unit) for name, one in named.items()}


BEGINNING = 80
"""Characters of a statement by which it is known again; where a long one is cut off depends on how it is written."""


def _words(value):
    """Return the beginning of a value that is text, without what only looks different."""
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFKC", html.unescape(value)).translate(_PLAIN)
    return re.sub(r"(?<=[\u3400-\u9fff]) | (?=[\u3400-\u9fff])", "", " ".join(text.split()))[:BEGINNING]


_PLAIN = str.maketrans("\u2019\u201c\u201d\u2010\u2011", '\'""--', "\u200b*\\")


def extracted(ref, documents):
    answers = extraction.extract(corpus.identity(ref), documents)
    for one in answers:
        check_quote(one, documents)
    return answers


def check_quote(answer, documents):
    """A point of a document stands on a quote that matches its bytes; no state may carry one that does not."""
    if answer.quote is None:
        assert answer.state not in FOUND, f"{answer.quantity}: {answer.state} without a quote"
        return
    content = {one.sha256: one.content for one in documents}[answer.sha256]
    assert answer.quote.matches(content), f"{answer.quantity}: {answer.quote} is not in {answer.url}"


@functools.cache
def baseline(ref):
    return tuple(extracted(ref, corpus.documents(ref)))


def mutated(ref, mutation):
    """Return the documents after the mutation, each with its own hash; None when it changed none of them."""
    before = corpus.documents(ref)
    names = [corpus.name_of(one) for one in before]
    after = [mutation(name, one.content, corpus.SUBJECTS[ref]) for name, one in zip(names, before, strict=True)]
    if all(content == one.content for content, one in zip(after, before, strict=True)):
        return None
    return tuple(map(corpus.document, names, after))


def check_equal(ref, found):
    check_facts(facts(baseline(ref)), facts(found))


def check_facts(before, after):
    changed = [f"{name}: {was} became {after[name]}" for name, was in before.items() if after[name] != was]
    if changed:
        pytest.fail("\n".join(changed), pytrace=False)


def pairs(table, wanted, *, models=corpus.MODELS):
    """Return (model, mutation) to try: for each mutation the first `wanted` models it changes, in a fixed order."""
    chosen = []
    for name, mutation in table.items():
        ordered = sorted(models, key=lambda ref, name=name: crc32(f"{ref} {name}".encode()))
        applies = (ref for ref in ordered if mutated(ref, mutation) is not None)
        chosen += [(ref, name) for ref, _ in zip(applies, range(len(models) if EVERY else wanted), strict=False)]
    return chosen


def check_nothing_changed(ref, mutation):
    found = extracted(ref, mutated(ref, mutation))
    check_equal(ref, found)


# Other models.


@pytest.mark.parametrize(("ref", "rival"), pairs(mutations.RIVALS, 1))
def test_a_rival_in_the_document_changes_nothing(ref, rival):
    check_nothing_changed(ref, mutations.RIVALS[rival])


@pytest.mark.parametrize("ref", corpus.MODELS)
def test_a_rivals_paragraph_and_table_put_first_change_nothing(ref):
    changing = [mutations.RIVALS["paragraph_and_table/first"], mutations.rival_data]
    check_nothing_changed(ref, lambda *of: of[1] if mutations.format_of(of[0]) == "text" else _both(changing, *of))


def _both(changing, name, content, subject):
    for one in changing:
        content = one(name, content, subject)
    return content


@pytest.mark.parametrize(
    ("ref", "sibling"),
    pairs(mutations.SIBLINGS, 4, models=[ref for ref in corpus.MODELS if ref not in corpus.FAMILIES]),
)
def test_a_sibling_in_the_document_changes_nothing(ref, sibling):
    check_nothing_changed(ref, mutations.SIBLINGS[sibling])


# What only looks different, orders, and talk.


@pytest.mark.parametrize(("ref", "look"), pairs(mutations.TYPOGRAPHY, 4))
def test_what_only_looks_different_changes_nothing(ref, look):
    check_nothing_changed(ref, mutations.TYPOGRAPHY[look])


@pytest.mark.parametrize(("ref", "order"), pairs(mutations.INJECTIONS, 1))
def test_an_order_to_the_reader_changes_nothing(ref, order):
    check_nothing_changed(ref, mutations.INJECTIONS[order])


SAID = {
    f"{kind} {language}": (kind, language) for kind in ("promise", "refusal", "mention") for language in ("en", "zh")
}


@pytest.mark.parametrize(
    ("ref", "said"), pairs({name: mutations.said(*of, rivals.STATEMENTS) for name, of in SAID.items()}, 6)
)
def test_a_promise_a_refusal_or_a_mention_discloses_nothing(ref, said):
    absent = [name for name, one in extraction.gold(baseline(ref)).items() if one.state is State.ABSENT]
    after = mutated(ref, mutations.said(*SAID[said], absent))
    if after is not None:
        check_equal(ref, extracted(ref, after))


# The same words elsewhere: under another name, about nobody we ask for, on a web page.

UNNAMEABLE = frozenset(("openai/o3", "openai/dall-e-2"))
"""Their names hold no word of their own that could be replaced everywhere."""


def renamed(ref, text):
    """Return a text in which the model's family is called Corvid, in the case it is written in."""
    word = re.sub(r"^(Amazon|OpenAI) ", "", corpus.SUBJECTS[ref])
    stem = re.match("[A-Za-z]+", word)[0]
    whole = stem if len(stem) > 4 else rf"(?<![A-Za-z]){stem}(?![a-z])"
    return re.sub(whole, lambda found: _cased(found[0]), text, flags=re.IGNORECASE)


def _cased(word):
    return "CORVID" if word.isupper() else "corvid" if word.islower() else "Corvid"


@pytest.mark.parametrize("ref", [ref for ref in corpus.MODELS if ref not in UNNAMEABLE])
def test_a_model_by_another_name_is_read_the_same(ref):
    """Names that a reader knows by heart help it with these models only."""
    who = corpus.identity(ref)
    corvid = Identity(renamed(ref, who.ref), _all_renamed(ref, who.names), _all_renamed(ref, who.developers))
    documents = [
        corpus.document(corpus.name_of(one), renamed(ref, one.content.decode()).encode())
        for one in corpus.documents(ref)
    ]
    before = {name: _value_renamed(ref, fact) for name, fact in facts(baseline(ref)).items()}
    check_facts(
        before, {name: _value_renamed(ref, fact) for name, fact in facts(extraction.extract(corvid, documents)).items()}
    )


def _all_renamed(ref, names):
    return tuple(renamed(ref, one) for one in names)


def _value_renamed(ref, fact):
    state, value, unit = fact
    return state, renamed(ref, value).lower()[: BEGINNING // 2] if isinstance(value, str) else value, unit


STRANGER = Identity("quokka/quokka-3", ("quokka-3",), ("quokka",))


@pytest.mark.parametrize("ref", [ref for ref in corpus.MODELS if ref not in UNNAMEABLE])
def test_documents_about_one_model_say_nothing_about_another(ref):
    """Only documents that name their own model often; a bare licence or the middle of a card could be anybody's."""
    mine = [
        one
        for one in corpus.documents(ref)
        if mutations.format_of(corpus.name_of(one)) == "md" and _names(ref, one) > 5
    ]
    found = [one for one in extraction.extract(STRANGER, mine) if one.state in FOUND]
    if found:
        pytest.fail("\n".join(f"{one.quantity} = {one.value}: {one.quote.text!r}" for one in found), pytrace=False)


def _names(ref, document):
    return renamed(ref, document.content.decode()).lower().count("corvid")


@pytest.mark.parametrize("ref", corpus.MODELS)
def test_the_same_words_as_a_web_page_answer_the_same(ref):
    pages = mutated(ref, mutations.web_page)
    if pages is None:
        pytest.skip("no Markdown without front matter")
    renamed_pages = [corpus.document(re.sub(r"mdx?$", "html", corpus.name_of(one)), one.content) for one in pages]
    before, after = facts(baseline(ref)), facts(extracted(ref, renamed_pages))
    check_facts(_without_texts(before), _without_texts(after))


def _without_texts(found):
    """Free text may begin and end elsewhere on a page; states, numbers and dates may not change."""
    return {name: fact if isinstance(fact[1], Decimal | bool) else fact[:1] for name, fact in found.items()}


# Evidence.


@pytest.mark.parametrize("ref", corpus.MODELS)
def test_every_point_has_a_quote_that_stands_in_the_document(ref):
    assert {one.state for one in baseline(ref)} & set(FOUND)
    assert set(extraction.gold(baseline(ref))) == set(rivals.STATEMENTS)


@pytest.mark.parametrize("ref", [ref for ref in corpus.MODELS if len(corpus.documents(ref)) > 1])
def test_the_order_of_the_files_changes_nothing(ref):
    documents = corpus.documents(ref)
    for ordered in (documents[::-1], documents[1:] + documents[:1]):
        check_equal(ref, extracted(ref, ordered))


_ENERGY = re.compile(
    rb"energy|carbon|co2|co<sub>|co\xe2\x82\x82|emission|emit|[kmg]wh\b|watt|joule|\xe7\xa2\xb3|\xe8\x83\xbd\xe8\x80\x97|\xe7\x94\xb5",
    re.IGNORECASE,
)


@pytest.mark.parametrize("ref", corpus.MODELS)
def test_a_document_without_energy_figures_yields_no_energy_fact(ref):
    before = corpus.documents(ref)
    after = [
        corpus.document(
            corpus.name_of(one), b"".join(line for line in one.content.splitlines(True) if not _ENERGY.search(line))
        )
        for one in before
    ]
    unchanged = all(one.content == other.content for one, other in zip(after, before, strict=True))
    found = baseline(ref) if unchanged else extracted(ref, after)
    assert extraction.gold(found)["energy_co2"].state is State.ABSENT


def picked(ref, which):
    """Return one of the answers that `which` picks, always the same; all of them when everything is tried."""
    fitting = [one for one in baseline(ref) if which(one)]
    ordered = sorted(fitting, key=lambda one: crc32(f"{ref} {one.quantity}".encode()))
    return ordered if EVERY else ordered[:1]


def _is_found(answer):
    return answer.state in FOUND and answer.quote is not None


def of(answers, quantity):
    return next(one for one in answers if one.quantity == quantity)


@pytest.mark.parametrize("ref", corpus.MODELS)
def test_without_its_evidence_an_answer_drops_or_moves_until_nothing_is_left(ref):
    for one in picked(ref, _is_found):
        check_it_drops(ref, one.quantity)


def check_it_drops(ref, quantity):
    documents, answers = corpus.documents(ref), baseline(ref)
    for _ in range(MOST_ROUNDS):
        before = of(answers, quantity)
        if not _is_found(before):
            break
        documents = tuple(_without(one, before) for one in documents)
        answers = extracted(ref, documents)
        after = of(answers, quantity)
        better = before.state is State.PARTIAL and after.state is State.DISCLOSED
        assert not better, f"without {before.quote.text!r}, {quantity} became better: {after}"
    assert not _is_found(of(answers, quantity)), f"still there: {of(answers, quantity)}"


def _without(document, answer):
    if document.sha256 != answer.sha256:
        return document
    content = mutations.without_lines(document.content, [(answer.quote.start, answer.quote.end)])
    return corpus.document(corpus.name_of(document), content)


_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_MULTIPLES = (1, 10**3, 10**4, 10**6, 10**8, 10**9, 10**12, 1024, 1024**2)


def written(answer):
    """Return the number in the quote that the value was read from; None when no number of it gives the value."""
    for one in _NUMBER.findall(answer.quote.text):
        if any(_plain(one) * multiple == answer.value for multiple in _MULTIPLES):
            return one
    return None


def _is_number(answer):
    return _is_found(answer) and isinstance(answer.value, Decimal)


@pytest.mark.parametrize("ref", corpus.MODELS)
def test_a_number_stands_in_its_quote(ref):
    missing = [
        f"{one.quantity} = {one.value}: {one.quote.text!r}"
        for one in baseline(ref)
        if _is_number(one) and not written(one)
    ]
    assert not missing, "\n".join(missing)


def _can_change(answer):
    return _is_number(answer) and written(answer) is not None


@pytest.mark.parametrize("ref", corpus.MODELS)
def test_a_changed_number_changes_the_value(ref):
    names = f"{ref} {corpus.SUBJECTS[ref]}"
    for one in picked(ref, lambda answer: _can_change(answer) and written(answer) not in names):
        check_it_follows(ref, one)


def check_it_follows(ref, before):
    old = written(before)
    new = mutations.other_number(old)
    documents = tuple(
        corpus.document(corpus.name_of(one), mutations.with_number(one.content, old, new))
        for one in corpus.documents(ref)
    )
    after = of(extracted(ref, documents), before.quantity)
    wanted = before.value * _plain(new) / _plain(old)
    assert (after.state, after.value) == (before.state, wanted), f"{old} became {new} in {before.quote.text!r}: {after}"


def _plain(number):
    return Decimal(number.replace(",", ""))
