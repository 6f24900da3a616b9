"""Real documents under another name, asked about another model, and as web pages."""

import re
from decimal import Decimal

import pytest

from scorecards import extraction
from scorecards.evidence import Identity
from tests.scorecards.transparency import answering, corpus, mutations

pytestmark = [
    pytest.mark.skipif(not corpus.MODELS, reason=corpus.WANTED),
    pytest.mark.timeout(60),
]


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
    before = {name: _value_renamed(ref, name, fact) for name, fact in answering.facts(answering.baseline(ref)).items()}
    answering.check_facts(
        before,
        {
            name: _value_renamed(ref, name, fact)
            for name, fact in answering.facts(extraction.extract(corvid, documents)).items()
        },
    )


def _all_renamed(ref, names):
    return tuple(renamed(ref, one) for one in names)


LICENCES = ("weights_licence", "license_weights")
"""A licence is called what it is called; that of a renamed model is none that anybody knows."""


def _value_renamed(ref, name, fact):
    state, value, unit = fact
    if name in LICENCES:
        return state, value is not None, unit
    return state, renamed(ref, value).lower()[: answering.BEGINNING // 2] if isinstance(value, str) else value, unit


STRANGER = Identity("quokka/quokka-3", ("quokka-3",), ("quokka",))


@pytest.mark.parametrize("ref", [ref for ref in corpus.MODELS if ref not in UNNAMEABLE])
def test_documents_about_one_model_say_nothing_about_another(ref):
    """Only documents that name their own model often; a bare licence or the middle of a card could be anybody's."""
    mine = [
        one
        for one in corpus.documents(ref)
        if mutations.format_of(corpus.name_of(one)) == "md" and _names(ref, one) > 5
    ]
    found = [one for one in extraction.extract(STRANGER, mine) if one.state in answering.FOUND]
    if found:
        pytest.fail("\n".join(f"{one.quantity} = {one.value}: {one.quote.text!r}" for one in found), pytrace=False)


def _names(ref, document):
    return renamed(ref, document.content.decode()).lower().count("corvid")


@pytest.mark.parametrize("ref", corpus.MODELS)
def test_the_same_words_as_a_web_page_answer_the_same(ref):
    pages = answering.mutated(ref, mutations.web_page)
    if pages is None:
        pytest.skip("no Markdown without front matter")
    renamed_pages = [corpus.document(re.sub(r"mdx?$", "html", corpus.name_of(one)), one.content) for one in pages]
    before, after = answering.facts(answering.baseline(ref)), answering.facts(answering.extracted(ref, renamed_pages))
    answering.check_facts(_without_texts(before), _without_texts(after))


def _without_texts(found):
    """Free text may begin and end elsewhere on a page; states, numbers and dates may not change."""
    return {name: fact if isinstance(fact[1], Decimal | bool) else fact[:1] for name, fact in found.items()}
