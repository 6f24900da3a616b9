"""What a move loses and gains: nothing is counted twice, nothing unknown is counted at all."""

from copy import deepcopy
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards import rubric
from scorecards.switching import conformance, features, pairwise

RULES = rubric.load()
PROBES = tuple(conformance.load())
RESULTS = ("pass", "partial", "rejected", "ignored", "fail", "unknown")
AS_OF = "2026-11-25T12:00:00Z"


def fact(name, value, state="disclosed", url="https://maker.example/card"):
    quote = {"text": f"{name}: {value}", "start": 0, "end": 9}
    evidence = [{"id": "sha256:ab", "url": url, "taken_at": AS_OF, "quote": quote}]
    return {"fact": name, "title": name, "state": state, "value": value, "reason": "named", "evidence": evidence}


def reading(quantity, value, low, high, n=20):
    return {
        "quantity": quantity,
        "title": quantity,
        "value": value,
        "unit": "",
        "n": n,
        "taken_at": AS_OF,
        "note": "",
        "low": low,
        "high": high,
    }


def price(meter, amount, currency="USD"):
    sources = [{"importer": "hand:maker", "amount": amount, "url": "https://maker.example/prices"}]
    about = {"meter": meter, "unit": "1M tokens", "amount": amount, "currency": currency, "conditions": {}}
    return {**about, "state": "single_source", "spread_percent": "0", "sources": sources, "valid_from": None}


def row(name, result):
    return {
        "name": name,
        "result": result,
        "reason": f"why {name}",
        "n": 2,
        "taken_at": AS_OF,
        "evidence": ["sha256:e"],
    }


def portability(results, facts=()):
    numbers = {"badge": "drop-in", "score": "80.0", "low": "60.0", "high": "90.0", "coverage": "0.80"}
    return {**numbers, "matrix": [row(*one) for one in results.items()], "facts": list(facts)}


def side(ref="host:m", *, results=None, facts=(), readings=(), prices=None, first_party=True, moving=(), **model):
    about = {
        "ref": "maker/m",
        "name": "M",
        "developer": {"id": "maker", "name": "Maker", "jurisdiction": "CN"},
        "open_weights": True,
        "released": None,
        "lifecycle": "current",
        "shutdown": None,
    }
    endpoint = {
        "ref": ref,
        "provider": ref.partition(":")[0],
        "region": None,
        "dialect": "openai_chat",
        "first_party": first_party,
        "readings": list(readings),
        "portability": None if results is None else portability(results, moving),
    }
    endpoint |= {} if prices is None else {"prices": prices}
    card = {"model": about | model, "as_of": AS_OF, "facts": list(facts), "endpoints": [endpoint]}
    found = pairwise.side("sha256:card", card, ref)
    assert found is not None
    return found


def report(here, there, *asked):
    return pairwise.report(here, there, asked, RULES)


def names(found, group):
    return [one["name"] for one in found["features"][group]]


@pytest.mark.parametrize(
    ("here", "there", "fate"),
    [
        ("pass", "pass", "kept"),
        ("partial", "partial", "kept"),
        ("pass", "partial", "weaker"),
        ("partial", "pass", "stronger"),
        ("pass", "rejected", "lost"),
        ("pass", "ignored", "lost"),
        ("pass", "fail", "lost"),
        ("partial", "ignored", "lost"),
        ("rejected", "pass", "gained"),
        ("ignored", "partial", "gained"),
        ("fail", "ignored", "at_neither"),
        ("unknown", "rejected", "unknown"),
        ("pass", "unknown", "unknown"),
        ("unknown", "unknown", "unknown"),
    ],
)
def test_what_becomes_of_a_feature(here, there, fate):
    assert pairwise.fate(here, there) == fate
    found = report(side(results={"seed": here}), side("other:m", results={"seed": there}), "seed")
    assert {group: names(found, group) for group in pairwise.GROUPS} == {
        group: ["seed"] if group == fate else [] for group in pairwise.GROUPS
    }


matrices = st.dictionaries(st.sampled_from(PROBES), st.sampled_from(RESULTS))
REVERSED = {"lost": "gained", "gained": "lost", "weaker": "stronger", "stronger": "weaker"}


@given(matrices, matrices)
def test_every_feature_is_told_once_and_the_way_back_tells_the_reverse(here, there):
    one, other = side(results=here), side("other:m", results=there)
    forth, back = report(one, other), report(other, one)
    told = [name for group in pairwise.GROUPS for name in names(forth, group)]
    assert sorted(told) == sorted(PROBES)
    for group in pairwise.GROUPS:
        assert names(forth, group) == names(back, REVERSED.get(group, group))


@given(matrices)
def test_a_move_to_an_equal_endpoint_loses_and_gains_nothing(results):
    found = report(side(results=results), side("other:m", results=results))
    assert [found["features"][group] for group in REVERSED] == [[]] * len(REVERSED)


@given(matrices, matrices)
def test_what_was_not_found_out_is_neither_lost_nor_gained(here, there):
    found = report(side(results=here), side("other:m", results=there))
    unknown = {name for name in PROBES if "unknown" in (here.get(name, "unknown"), there.get(name, "unknown"))}
    assert set(names(found, "unknown")) == unknown


def test_an_endpoint_that_was_never_probed_loses_nothing():
    found = report(side(results={"seed": "pass"}), side("other:m"), "seed")
    (one,) = found["features"]["unknown"]
    assert (one["from"]["result"], one["to"]["result"], one["to"]["reason"]) == ("pass", "unknown", pairwise.NOT_PROBED)
    assert found["to"]["portability"] is None


def test_what_the_other_ignores_or_rejects_is_named_whatever_happens_here():
    there = {"seed": "ignored", "stop": "rejected", "vision": "fail"}
    found = report(side(results={"seed": "ignored"}), side("other:m", results=there))["features"]
    assert (found["ignored_there"], found["rejected_there"]) == (["seed"], ["stop"])


def test_only_what_the_program_uses_is_told():
    found = report(side(results={}), side("other:m", results={}), "tools", "seed")
    assert names(found, "unknown") == ["tool_call", "tool_turn", "seed"]
    assert found["asked"] == ["tools", "seed"]


def test_every_word_of_a_program_stands_for_probes_that_exist():
    assert set(features.probes(features.names())) == set(PROBES)


@pytest.mark.parametrize(
    ("here", "there", "change"),
    [("8192", "4096", "less"), ("8192", "131072", "more"), ("8192", "8192", "same"), ("8192", None, "unknown")],
)
def test_a_limit_is_set_against_the_other(here, there, change):
    sides = [side(facts=[fact("context_tokens", one)] if one else []) for one in (here, there)]
    context, _ = report(*sides)["limits"]
    assert (context["from"]["value"], context["to"]["value"], context["change"]) == (here, there, change)


def test_what_was_taken_is_no_limit():
    taken = [reading("context_tokens", "18000", None, None)]
    context, _ = report(side(readings=taken), side("other:m"))["limits"]
    assert (context["from"]["value"], context["from"]["taken"]["value"]) == (None, "18000")
    assert context["change"] == "unknown"


def test_a_price_difference_is_there_minus_here_with_its_range():
    cheap, dear = ([price("input", one), price("output", one)] for one in ("1", "3"))
    (chat, *_) = report(side(prices=cheap), side("other:m", prices=dear))["prices"]
    here, there, apart = chat["from"]["usd"], chat["to"]["usd"], chat["difference_usd"]
    assert Decimal(apart["total"]) == Decimal(there) - Decimal(here)
    assert apart["low"] == apart["high"] == apart["total"]


@pytest.mark.parametrize("prices", [None, [], [price("input", "1", "XXX"), price("output", "1", "XXX")]])
def test_without_a_known_price_there_is_no_difference(prices):
    known = [price("input", "1"), price("output", "2")]
    found = report(side(prices=known), side("other:m", prices=prices))["prices"]
    assert {one["difference_usd"] for one in found} == {None}


@pytest.mark.parametrize(
    ("quantity", "here", "there", "change"),
    [
        ("ttft_ms", ("90", "110"), ("200", "220"), "worse"),
        ("ttft_ms", ("200", "220"), ("90", "110"), "better"),
        ("ttft_ms", ("90", "210"), ("200", "220"), "undecided"),
        ("ttft_ms", ("90", "200"), ("200", "220"), "undecided"),
        ("output_tps", ("10", "20"), ("30", "40"), "better"),
        ("output_tps", (None, None), ("30", "40"), "unknown"),
    ],
)
def test_a_measurement_is_better_or_worse_only_where_intervals_do_not_touch(quantity, here, there, change):
    sides = [side(readings=[reading(quantity, "1", *ends)]) for ends in (here, there)]
    (found,) = report(*sides)["performance"]
    assert (found["change"], found["from"]["n"]) == (change, 20)


def test_what_only_one_of_them_measured_is_unknown():
    (found,) = report(side(readings=[reading("ttft_ms", "1", "1", "2")]), side("other:m"))["performance"]
    assert (found["to"], found["change"]) == (None, "unknown")


def test_the_developer_s_terms_bind_only_its_own_endpoint():
    facts = [fact("api_retention", "30 days"), fact("weights_licence", "mit")]
    found = report(side(facts=facts), side("other:m", facts=facts, first_party=False))["terms"]
    by_name = {one["name"]: one for one in found}
    kept = by_name["api_retention"]
    assert (kept["from"]["value"], kept["from"]["quote"]) == ("30 days", "api_retention: 30 days")
    assert (kept["to"]["value"], kept["to"]["state"], kept["same"]) == (None, "unchecked", None)
    assert by_name["weights_licence"]["same"] is True


@pytest.mark.parametrize(
    ("here", "there", "change"), [("3", "0", "worse"), ("0", "3", "better"), ("3", "3", "same"), ("3", None, "unknown")]
)
def test_facts_of_portability_are_set_against_each_other(here, there, change):
    def moving(points):
        about = {"name": "pinned_id", "title": "Pinned", "dimension": "lifecycle", "weight": "3"}
        return [about | {"points": points, "reason": "so", "source": None, "evidence": []}]

    sides = [side(results={}, moving=moving(points)) for points in (here, there)]
    (found,) = report(*sides)["facts"]
    assert (found["change"], found["from"]["points"], found["to"]["points"]) == (change, here, there)


def test_a_report_changes_no_card_and_says_when_each_was_made():
    one, other = side(results={"seed": "pass"}), side("other:m", results={}, shutdown="2027-01-31")
    before = deepcopy((one.card, other.card))
    found = report(one, other)
    assert (one.card, other.card) == before
    assert (found["from"]["as_of"], found["to"]["shutdown"]) == (AS_OF, "2027-01-31")


def test_a_card_without_the_endpoint_has_no_side():
    assert pairwise.side("sha256:card", side().card, "other:m") is None
