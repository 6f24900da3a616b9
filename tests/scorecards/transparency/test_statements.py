"""One sentence at a time: what discloses an indicator, and what only sounds as if it did."""

from decimal import Decimal

import pytest

from scorecards import extraction
from scorecards.evidence import Identity
from scorecards.verdict import State
from tests.scorecards.transparency import corpus, rivals

LANGUAGES = ("en", "zh")
ABOUT = {"en": "# Acme-7\n\nAcme-7 is a language model.", "zh": "# Acme-7\n\nAcme-7 是一个大语言模型。"}
ACME = Identity("acme/acme-7", ("acme-7",), ("acme",))


def read(text, name="README.md"):
    return extraction.gold(extraction.extract(ACME, [corpus.document(name, text.encode())]))


def statements(*kinds):
    return [
        pytest.param(key, language, one[kind][language], id=f"{key} {kind} {language}")
        for key, one in rivals.STATEMENTS.items()
        for kind in kinds
        if kind in one
        for language in LANGUAGES
    ]


@pytest.mark.parametrize(("indicator", "language", "words"), statements("fact"))
def test_what_is_said_about_the_model_is_disclosed(indicator, language, words):
    found = read(f"{ABOUT[language]}\n\n{words.format(name='Acme-7', slug='acme-7')}\n")[indicator]
    assert found.state is State.DISCLOSED, found
    wanted = rivals.STATEMENTS[indicator].get("value", found.value)
    assert found.value == (wanted if isinstance(wanted, str | bool) else Decimal(wanted))


@pytest.mark.parametrize("rival", ["Nimbus-9", "Halcyon"])
@pytest.mark.parametrize(("indicator", "language", "words"), statements("fact"))
def test_what_is_said_about_another_model_is_not(indicator, language, words, rival):
    found = read(f"{ABOUT[language]}\n\n{words.format(name=rival, slug=rival.lower())}\n")
    assert_absent(found, indicator)


@pytest.mark.parametrize(("indicator", "language", "words"), statements("promise", "refusal", "mention"))
def test_what_is_promised_refused_or_only_mentioned_is_not(indicator, language, words):
    found = read(f"{ABOUT[language]}\n\n{words.format(name='Acme-7')}\n")
    assert_absent(found, indicator)


def assert_absent(found, indicator):
    """Besides the indicator itself nothing else may be found in a sentence that says nothing."""
    others = set(found) - {indicator, "architecture", "params_active"}
    said = {name: found[name] for name in (indicator, *others) if found[name].state is not State.ABSENT}
    assert not said


@pytest.mark.parametrize(("indicator", "language", "words"), statements("refusal"))
def test_a_refusal_is_quoted(indicator, language, words):
    """Rule 1 of the design: a refusal is absent with the refusal quoted."""
    refusal = words.format(name="Acme-7")
    quote = read(f"{ABOUT[language]}\n\n{refusal}\n")[indicator].quote
    assert quote is not None
    assert quote.text in refusal


@pytest.mark.parametrize("style", sorted(set(rivals.BLOCKS) - rivals.UNNAMED))
def test_a_block_about_the_model_itself_is_read(style):
    """The gates rest on blocks about rivals that nobody reads; the same blocks about the model must be read."""
    found = read(f"# Acme-7\n\n{rivals.BLOCKS[style]('Acme-7', 'Other-3', '##')}\n")
    assert (found["params_total"].value, found["context_length"].value) == (512_700_000_000, 384_000)
