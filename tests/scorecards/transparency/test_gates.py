"""Rivals, looks, orders and talk in a model's real documents change nothing that is read about it.

Each mutation is tried on a few models, always the same ones; PELLUCID_GATES=all tries each wherever it applies.
"""

import pytest

from scorecards import extraction
from scorecards.verdict import State
from tests.scorecards.transparency import answering, corpus, mutations, rivals, typography

pytestmark = [
    pytest.mark.skipif(not corpus.MODELS, reason=corpus.WANTED),
    pytest.mark.timeout(60),
]


# Other models.


@pytest.mark.parametrize(("ref", "rival"), answering.pairs(mutations.RIVALS, 1))
def test_a_rival_in_the_document_changes_nothing(ref, rival):
    answering.check_nothing_changed(ref, mutations.RIVALS[rival])


@pytest.mark.parametrize("ref", corpus.MODELS)
def test_a_rivals_paragraph_and_table_put_first_change_nothing(ref):
    changing = [mutations.RIVALS["paragraph_and_table/first"], mutations.rival_data]
    answering.check_nothing_changed(
        ref, lambda *of: of[1] if mutations.format_of(of[0]) == "text" else _both(changing, *of)
    )


def _both(changing, name, content, subject):
    for one in changing:
        content = one(name, content, subject)
    return content


@pytest.mark.parametrize(
    ("ref", "sibling"),
    answering.pairs(mutations.SIBLINGS, 4, models=[ref for ref in corpus.MODELS if ref not in corpus.FAMILIES]),
)
def test_a_sibling_in_the_document_changes_nothing(ref, sibling):
    answering.check_nothing_changed(ref, mutations.SIBLINGS[sibling])


# What only looks different, orders, and talk.


@pytest.mark.parametrize(("ref", "look"), answering.pairs(typography.LOOKS, 4))
def test_what_only_looks_different_changes_nothing(ref, look):
    answering.check_nothing_changed(ref, typography.LOOKS[look])


@pytest.mark.parametrize(("ref", "order"), answering.pairs(mutations.INJECTIONS, 1))
def test_an_order_to_the_reader_changes_nothing(ref, order):
    answering.check_nothing_changed(ref, mutations.INJECTIONS[order])


SAID = {
    f"{kind} {language}": (kind, language) for kind in ("promise", "refusal", "mention") for language in ("en", "zh")
}


@pytest.mark.parametrize(
    ("ref", "said"), answering.pairs({name: mutations.said(*of, rivals.STATEMENTS) for name, of in SAID.items()}, 6)
)
def test_a_promise_a_refusal_or_a_mention_discloses_nothing(ref, said):
    absent = [name for name, one in extraction.gold(answering.baseline(ref)).items() if one.state is State.ABSENT]
    after = answering.mutated(ref, mutations.said(*SAID[said], absent))
    if after is not None:
        answering.check_equal(ref, answering.extracted(ref, after))
