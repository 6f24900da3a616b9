"""Every answer about a real document stands on its evidence: it is quoted, it goes with it, and it follows it."""

import re
from decimal import Decimal
from zlib import crc32

import pytest

from scorecards import extraction
from scorecards.verdict import State
from tests.scorecards.transparency import answering, corpus, mutations, rivals

MOST_ROUNDS = 40
"""Lines may say the same thing over and over; the longest licence has about this many that forbid something."""

pytestmark = [
    pytest.mark.skipif(not corpus.MODELS, reason=corpus.WANTED),
    pytest.mark.timeout(60),
]


@pytest.mark.parametrize("ref", corpus.MODELS)
def test_every_point_has_a_quote_that_stands_in_the_document(ref):
    assert {one.state for one in answering.baseline(ref)} & set(answering.FOUND)
    assert set(extraction.gold(answering.baseline(ref))) == set(rivals.STATEMENTS)


@pytest.mark.parametrize("ref", [ref for ref in corpus.MODELS if len(corpus.documents(ref)) > 1])
def test_the_order_of_the_files_changes_nothing(ref):
    documents = corpus.documents(ref)
    for ordered in (documents[::-1], documents[1:] + documents[:1]):
        answering.check_equal(ref, answering.extracted(ref, ordered))


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
    found = answering.baseline(ref) if unchanged else answering.extracted(ref, after)
    assert extraction.gold(found)["energy_co2"].state is State.ABSENT


def picked(ref, which):
    """Return one of the answers that `which` picks, always the same; all of them when everything is tried."""
    fitting = [one for one in answering.baseline(ref) if which(one)]
    ordered = sorted(fitting, key=lambda one: crc32(f"{ref} {one.quantity}".encode()))
    return ordered if answering.EVERY else ordered[:1]


def _is_found(answer):
    return answer.state in answering.FOUND and answer.quote is not None


def of(answers, quantity):
    return next(one for one in answers if one.quantity == quantity)


@pytest.mark.parametrize("ref", corpus.MODELS)
def test_without_its_evidence_an_answer_drops_or_moves_until_nothing_is_left(ref):
    for one in picked(ref, _is_found):
        check_it_drops(ref, one.quantity)


def check_it_drops(ref, quantity):
    documents, answers = corpus.documents(ref), answering.baseline(ref)
    for _ in range(MOST_ROUNDS):
        before = of(answers, quantity)
        if not _is_found(before):
            break
        documents = tuple(_without(one, before) for one in documents)
        answers = answering.extracted(ref, documents)
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
        for one in answering.baseline(ref)
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
    after = of(answering.extracted(ref, documents), before.quantity)
    wanted = before.value * _plain(new) / _plain(old)
    assert (after.state, after.value) == (before.state, wanted), f"{old} became {new} in {before.quote.text!r}: {after}"


def _plain(number):
    return Decimal(number.replace(",", ""))
