"""What a reader answers about a model's real documents, and whether that stayed as it was."""

import functools
import html
import os
import re
import unicodedata
from zlib import crc32

import pytest

from scorecards import extraction
from scorecards.verdict import State
from tests.scorecards.transparency import corpus

EVERY = os.environ.get("PELLUCID_GATES") == "all"
FOUND = (State.DISCLOSED, State.PARTIAL, State.CONTRADICTED)


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
