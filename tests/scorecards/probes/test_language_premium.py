"""The same text in nine languages: what was billed for it, without what is around it."""

import unicodedata
from dataclasses import replace
from decimal import Decimal

import pytest

from scorecards import evalset_files, measure, rubric
from scorecards.cost.engine import Tariff
from scorecards.evalsets import EvalSet, Item
from scorecards.evidence import Finding
from scorecards.exchanges import Exchange, Usage
from scorecards.probes import language_premium
from scorecards.probes.language_premium import BASELINE, OURS
from tests.scorecards.cost.prices import fact
from tests.scorecards.probes.making import ENDPOINT, NOON, TARGET, read

LANGUAGES = ["en", "zh", "es", "fr", "ar", "hi", "ja", "ru", "bn"]
ASKS = {one.role: one for one in language_premium.PROBE.plan(TARGET)}
PRICED = replace(
    TARGET, tariff=Tariff(ENDPOINT.ref, [fact(ENDPOINT.ref, "input", "2"), fact(ENDPOINT.ref, "output", "8")])
)


def counted(asks=ASKS, **inputs):
    """Return an answer to each of these asks: `around` for the baseline, None = no usage, an outcome = a failure."""
    inputs = {BASELINE: inputs.pop("around", 10), **inputs}
    return [_answer(asks[role], found) for role, found in inputs.items()]


def _answer(ask, found):
    if isinstance(found, str):
        return Exchange(ask, ENDPOINT.ref, NOON, found, "why")
    return Exchange(ask, ENDPOINT.ref, NOON, "ok", usage=None if found is None else Usage(found, 1))


def test_the_bundled_text_is_there_in_each_language_in_nfc_and_of_about_one_length():
    found = language_premium.of_set(evalset_files.bundled()[OURS])
    assert list(found) == LANGUAGES
    assert all(text == unicodedata.normalize("NFC", text) for text in found.values())
    assert 110 <= len(found["en"].split()) <= 130
    assert all("250" in text for text in found.values())
    assert all(text.count("\n") == 0 for text in found.values())


def test_each_text_is_sent_alone_and_may_be_answered_with_one_token():
    assert list(ASKS) == [BASELINE, *LANGUAGES]
    assert {ask.max_output_tokens for ask in ASKS.values()} == {1}
    assert ASKS[BASELINE].text == BASELINE
    assert ASKS["zh"].text.startswith("小图书馆")


@pytest.mark.parametrize(
    ("inputs", "tokens", "premium"),
    [
        ({"around": 10, "en": 109, "hi": 209}, 200, "2"),
        ({"around": 1, "en": 100, "hi": 190}, 190, "1.9"),
        ({"around": 10, "en": 109, "hi": 10}, 1, "0.01"),
        ({"around": 10, "en": 109, "hi": 9}, None, None),  # less than nothing
        ({"around": 10, "en": None, "hi": 209}, 200, None),
        ({"around": 10, "en": "too_large", "hi": 209}, 200, None),
        ({"around": None, "en": 109, "hi": 209}, None, None),
        ({"around": "reset", "en": 109, "hi": 209}, None, None),
        ({"around": 10, "en": 109, "hi": "too_large"}, None, None),
        ({"around": 10, "en": 109}, None, None),  # the run ended early
    ],
)
def test_tokens_are_what_the_text_adds_to_the_baseline(inputs, tokens, premium):
    found = read("language_premium", counted(**inputs))
    values = found["language_tokens:hi"].value, found["language_premium:hi"].value
    assert values == (tokens, None if premium is None else Decimal(premium))
    for one in (found["language_tokens:hi"], found["language_premium:hi"]):
        assert one.n == (0 if one.value is None else 1)
        assert one.note


def test_the_template_around_a_text_changes_nothing():
    near, far = (read("language_premium", counted(around=by, en=by + 99, ru=by + 149)) for by in (3, 400))
    for quantity in ("language_tokens:ru", "language_premium:ru"):
        assert near[quantity].value == far[quantity].value


@pytest.mark.parametrize(
    ("target", "usd", "note"),
    [
        (PRICED, "0.0004", "200 tokens as input; prices: single source"),
        (TARGET, None, "no price of this endpoint is held"),
        (replace(PRICED, local=True), None, "served from this machine, which lists no price"),
        (replace(TARGET, tariff=Tariff(ENDPOINT.ref, [fact(ENDPOINT.ref, "output", "8")])), None,
         "input: no price is listed"),
    ],
)  # fmt: skip
def test_the_cost_of_a_text_is_that_of_its_input_where_a_price_is_known(target, usd, note):
    found = read("language_premium", counted(en=109, hi=209), target)["language_cost_usd:hi"]
    assert (found.value, found.note) == (None if usd is None else Decimal(usd), note)
    assert found.finding is (Finding.UNMEASURED if usd is None else Finding.KNOWN)


def test_sets_of_the_operator_are_named_joined_and_left_out_where_a_part_is_missing():
    rows = [("a", "en", 1), ("b", "en", 2), ("y", "zh", 2), ("x", "zh", 1), ("z", "fr", 1)]
    items = [Item(f"{lang}-{part}", "parallel", lang, text, None, {"article": part}) for text, lang, part in rows]
    mine = EvalSet("udhr", "UDHR", "", "", [*items, Item("q", "exact", "en", "Say a.", "a")])
    target = replace(TARGET, sets={"udhr": mine, "no_english": replace(mine, name="no_english", items=items[2:])})
    asks = {one.role: one for one in language_premium.PROBE.plan(target)}
    assert {role: ask.text for role, ask in asks.items()} == {BASELINE: ".", "udhr/en": "a\n\nb", "udhr/zh": "x\n\ny"}
    found = read("language_premium", counted(asks, **{"udhr/en": 19, "udhr/zh": 14}), target)
    assert found["language_premium:udhr/zh"].value == Decimal("0.5")


def test_a_decomposed_text_is_sent_composed():
    item = Item("a", "parallel", "en", unicodedata.normalize("NFD", "Tiếng Việt"), None, {})
    target = replace(TARGET, sets={"mine": EvalSet("mine", "", "", "", [item])})
    assert language_premium.PROBE.plan(target)[1].text == "Tiếng Việt"


def test_each_language_is_published_under_its_name():
    found = language_premium.PROBE.read(TARGET, counted(en=109, hi=209))
    window = measure.window(found, rubric.load(), NOON)
    assert window["language_premium:hi"].value == Decimal(2)
    assert rubric.load().title_of("language_premium:hi") == "Tokens of one text against English: hi"


def test_a_text_that_was_not_asked_says_so():
    assert read("language_premium", counted(en=109))["language_tokens:hi"].note == "not asked: the run ended before"
    failed = read("language_premium", counted(en="rate_limited"))
    assert failed["language_tokens:hi"].note == "rate_limited: why"
