"""Verify or contradict: tables of what several readings make of a fact, and laws for any evidence."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards import judge, rubric
from scorecards.evidence import Basis, Bound, Finding, Quote, Reading, Source
from scorecards.verdict import POINTS, State, Verdict

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
RULES = rubric.load()
RUN, FIRST, THIRD = Basis.EXECUTED, Basis.FIRST_PARTY, Basis.THIRD_PARTY
KNOWN, PARTIAL, ABSENT, UNMEASURED = Finding.KNOWN, Finding.PARTIAL, Finding.ABSENT, Finding.UNMEASURED
LEAST = Bound.AT_LEAST


def reading(value, basis=FIRST, url="README", finding=None, **more):
    """Return a reading; one of the developer's own words has its quote."""
    finding = finding or (KNOWN if value is not None else ABSENT)
    at = NOON - timedelta(minutes=more.pop("minutes", 0))
    quote = Quote(str(value), 0, len(str(value).encode())) if basis is FIRST and value is not None else None
    sources = (Source(f"sha256:{url}", f"https://maker.example/{url}", quote),)
    rest = {"reader": "reader/1", "note": f"note of {url}", "sources": sources} | more
    quantity = rest.pop("quantity", "context_tokens")
    return Reading(quantity, "maker/model", finding, basis, at, value=value, **rest)


def number(text, bound=Bound.EXACT, unit="tokens", **more):
    return reading(Decimal(text), bound=bound, unit=unit, **more)


def size(text):
    return number(text, url=text, quantity="parameter_count", unit="parameters")


def answer(fact, *found):
    return judge.judge(RULES.facts[fact], found, NOON, RULES.ttl_of(fact))


def places(verdict):
    return [one.url.rpartition("/")[2] for one in verdict.evidence]


DOC, OTHER_DOC, PROBE = number("131072"), number("32768", url="config"), number("131072", basis=RUN, url="probe")
SHORT = number("30000", LEAST, basis=RUN, url="probe", note="the server was started with 30000")
BLOG = number("32768", basis=THIRD, url="blog")
VAGUE = number("131072", finding=PARTIAL)
SILENT, FAILED = reading(None, url="licence"), reading(None, url="licence", finding=UNMEASURED)


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ([DOC], State.DISCLOSED),
        ([PROBE], State.VERIFIED),
        ([DOC, PROBE], State.VERIFIED),
        ([number("128000"), PROBE], State.VERIFIED),
        ([DOC, OTHER_DOC], State.CONTRADICTED),
        ([OTHER_DOC, PROBE], State.CONTRADICTED),
        ([DOC, OTHER_DOC, PROBE], State.CONTRADICTED),
        ([DOC, SHORT], State.DISCLOSED),  # the probe could not reach it: unverified, not contradicted
        ([DOC, number("130000", LEAST, basis=RUN, url="probe")], State.VERIFIED),
        ([OTHER_DOC, number("128000", LEAST, basis=RUN, url="probe")], State.CONTRADICTED),
        ([SHORT], State.UNCHECKED),  # there is nothing declared that it could have reached
        ([VAGUE, SHORT], State.PARTIAL),
        ([DOC, BLOG], State.DISCLOSED),
        ([PROBE, BLOG], State.VERIFIED),
        ([BLOG], State.CLAIMED),
        ([number("131072", basis=THIRD, url="wiki"), BLOG], State.CLAIMED),
        ([number("131072", basis=THIRD, finding=PARTIAL)], State.CLAIMED),
        ([SILENT, BLOG], State.CLAIMED),
        ([DOC, SILENT], State.DISCLOSED),
        ([DOC, FAILED], State.DISCLOSED),
        ([VAGUE, OTHER_DOC], State.DISCLOSED),  # what is vague contradicts nobody
        ([VAGUE, BLOG], State.PARTIAL),
        ([VAGUE], State.PARTIAL),
        ([number("131072", basis=RUN, finding=PARTIAL)], State.PARTIAL),
        ([reading(None), SILENT], State.ABSENT),
        ([reading(None), FAILED], State.ABSENT),
        ([FAILED], State.UNCHECKED),
        ([], State.UNCHECKED),
        ([number("131072", minutes=-5)], State.UNCHECKED),  # not known yet
        ([number("131072", quantity="max_output_tokens")], State.UNCHECKED),  # another fact
    ],
)
def test_the_state_of_a_fact(found, state):
    assert answer("context_tokens", *found).state is state
    assert answer("context_tokens", *found[::-1]) == answer("context_tokens", *found)


def test_no_quote_no_point():
    unquoted = number("131072", sources=(Source("sha256:1", "https://maker.example/README"),))
    assert answer("context_tokens", unquoted).state is State.CLAIMED
    assert answer("context_tokens", unquoted, OTHER_DOC).state is State.DISCLOSED  # and it contradicts nobody
    assert answer("context_tokens", number("131072", sources=())).state is State.CLAIMED


def test_a_contradiction_names_both_sides_and_keeps_their_quotes():
    verdict = answer("context_tokens", DOC, OTHER_DOC, number("131072", url="third"))
    assert (verdict.value, verdict.unit) == (None, "")
    assert "131072 says https://maker.example/README" in verdict.reason
    assert "32768 says https://maker.example/config" in verdict.reason
    assert sorted(one.quote.text for one in verdict.evidence) == ["131072", "131072", "32768"]


def test_a_contradiction_leaves_out_who_agrees_with_everybody():
    verdict = answer("context_tokens", DOC, OTHER_DOC, number("9", unit="characters", url="third"), BLOG)
    assert places(verdict) == ["README", "config"]


def test_both_sides_are_told_in_plain_numbers():
    assert "671000000000 says https" in answer("parameter_count", size("671e9"), size("14e9")).reason


def test_a_look_that_failed_leaves_the_newest_one_before_it():
    seen = [number("1", minutes=9), number("2", minutes=5), reading(None, finding=UNMEASURED, minutes=1)]
    assert answer("context_tokens", *seen) == answer("context_tokens", *seen[:2])
    assert answer("context_tokens", *seen).value == 2


def test_a_check_that_agrees_is_shown_beside_the_document_it_verifies():
    verdict = answer("context_tokens", number("128000"), PROBE)
    assert places(verdict) == ["probe", "README"]  # whose value is shown stands first
    assert verdict.value == 131072  # ours before the document's


def test_a_check_that_fell_short_says_so_and_keeps_the_documents_value():
    verdict = answer("context_tokens", DOC, SHORT)
    assert verdict.value == 131072
    assert verdict.reason == "note of README; not verified: the server was started with 30000"
    assert places(verdict) == ["README"]


def test_a_check_that_fell_short_beside_one_that_did_not_leaves_no_doubt_in_the_reason():
    verdict = answer("context_tokens", DOC, PROBE, replace(SHORT, reader="other/1"))
    assert verdict.state is State.VERIFIED
    assert "not verified" not in verdict.reason


def test_a_check_that_fell_short_takes_nothing_from_what_somebody_claims():
    assert answer("context_tokens", BLOG, SHORT).state is State.CLAIMED


@pytest.mark.parametrize(
    ("fact", "found", "value"),
    [
        ("parameter_count", [size("37e9"), size("36.7e9")], Decimal("36.7e9")),
        ("parameter_count", [size("7e9"), size("7.61e9"), size("7.6e9")], Decimal("7.61e9")),
        (
            "release_date",
            [reading(one, url=one, quantity="release_date") for one in ("2024", "2024-12-26", "2024-12")],
            "2024-12-26",
        ),
        (
            "weights_licence",
            [reading(one, url=one, quantity="weights_licence") for one in ("mit", "see the file")],
            "mit",
        ),
        ("context_tokens", [number("100000", LEAST, url="family"), number("128000", url="card")], 128000),
    ],
)
def test_of_values_that_agree_the_most_exact_speaks(fact, found, value):
    assert answer(fact, *found).value == value
    assert answer(fact, *found[::-1]).value == value


def test_the_newest_version_of_a_document_replaces_its_older_ones():
    old, new = number("32768", minutes=9), number("131072")
    assert answer("context_tokens", old, new) == answer("context_tokens", new)
    assert answer("context_tokens", old, reading(None)).state is State.ABSENT  # it says so no longer
    assert answer("context_tokens", old, reading(None, finding=UNMEASURED)).value == 32768  # not looked at again


def test_the_newest_version_of_a_reader_replaces_its_older_ones():
    old = number("32768", minutes=9)
    assert answer("context_tokens", old, number("131072", reader="reader/2")).value == 131072
    assert answer("context_tokens", old, number("131072", reader="other/1")).state is State.CONTRADICTED


def test_one_document_that_says_two_things_in_one_look_contradicts_itself():
    assert answer("context_tokens", number("32768"), number("131072")).state is State.CONTRADICTED


def test_two_looks_of_one_probe_at_two_endpoints_do_not_disagree():
    flags = [reading(one, RUN, "host", quantity="served_model_listed") for one in (True, False)]
    elsewhere = replace(flags[1], subject="other:model")
    assert answer("served_model_listed", flags[0], elsewhere).state is State.VERIFIED


def test_absent_counts_every_document_that_was_searched():
    found = [reading(None, url=url) for url in ("README", "licence", "config")]
    assert answer("context_tokens", *found).reason == "searched in 3 documents"
    assert answer("context_tokens", found[0]).reason == "searched in 1 document"
    assert answer("context_tokens", found[0], FAILED).reason == "searched in 1 document; 1 more could not be read"


def test_a_refusal_is_absent_with_its_quote():
    words = Source("sha256:card", "https://maker.example/card", Quote("we do not disclose it", 0, 21))
    refusal = reading(None, url="card", note="the developer refuses", sources=(words,))
    verdict = answer("context_tokens", reading(None), refusal)
    assert (verdict.state, verdict.value) == (State.ABSENT, None)
    assert verdict.reason == "searched in 2 documents; the developer refuses"
    assert [one.quote for one in verdict.evidence] == [words.quote]


def test_the_reason_of_what_nobody_could_look_at_is_why():
    assert answer("context_tokens", FAILED).reason == "note of licence"
    assert answer("data_licence").reason == "cannot be looked at yet: waits for a collector of datasets"


def test_evidence_is_stale_when_its_time_is_over():
    ttl = timedelta(days=1)
    fact, week_old = RULES.facts["context_tokens"], number("131072", minutes=7 * 24 * 60)
    assert judge.judge(fact, [week_old], NOON, ttl).stale
    assert not judge.judge(fact, [DOC, week_old], NOON, ttl).stale
    assert judge.judge(fact, [DOC], NOON, ttl).expires_at == NOON + ttl


V, D, P, C = State.VERIFIED, State.DISCLOSED, State.PARTIAL, State.CLAIMED
A, X, U, NA = State.ABSENT, State.CONTRADICTED, State.UNCHECKED, State.NOT_APPLICABLE


def combined(states):
    names = tuple(f"fact_{number}" for number, _ in enumerate(states))
    verdicts = {name: Verdict(name, state, f"why {name}") for name, state in zip(names, states, strict=True)}
    return judge.combine(replace(RULES.indicator("D8"), facts=names), verdicts)


@pytest.mark.parametrize(
    ("states", "state"),
    [
        ([V], V),
        ([NA], NA),
        # all earned: the weakest of them
        ([V, V], V),
        ([V, D], D),
        ([D, P], P),
        ([P, P], P),
        # some earned
        ([V, A], P),
        ([D, U], P),
        ([P, U], P),
        ([D, C], P),
        ([D, A, U], P),
        # none earned
        ([C, A], C),
        ([C, U], C),
        ([A, A], A),
        ([A, U], A),
        # nobody looked
        ([U, U], U),
        # contradicted wins
        ([X, V], X),
        ([X, U], X),
        ([X, NA], X),
        # what does not apply is left out
        ([NA, V], V),
        ([NA, D, D], D),
        ([NA, A], A),
        ([NA, U], U),
        ([NA, NA], NA),
    ],
)
def test_an_indicator_that_asks_several_things(states, state):
    assert combined(states).state is state
    assert combined(states[::-1]).state is state


def test_an_indicator_that_asks_several_things_keeps_all_evidence_and_says_what_is_missing():
    indicator = RULES.indicator("D8")
    found = [
        reading("distillation", quantity="synthetic_data_purpose"),
        reading("Llama 3", quantity="synthetic_data_sources", finding=PARTIAL, url="report"),
    ]
    verdict = judge.combine(indicator, judge.facts(RULES, found, NOON))
    assert (verdict.indicator, verdict.state, verdict.value) == ("D8", P, "distillation; Llama 3")
    assert verdict.reason == "disclosed: synthetic data purpose; partial: synthetic data sources"
    assert places(verdict) == ["README", "report"]
    missing = judge.combine(indicator, judge.facts(RULES, found[:1], NOON))
    assert missing.reason == "disclosed: synthetic data purpose; unchecked: synthetic data sources"


def test_an_indicator_of_which_one_fact_is_contradicted_is_contradicted_and_says_how():
    found = [DOC, OTHER_DOC, number("4096", quantity="max_output_tokens")]
    verdict = judge.combine(RULES.indicator("C4"), judge.facts(RULES, found, NOON))
    assert (verdict.state, verdict.value, verdict.points) == (X, None, 0)
    assert "131072 says https://maker.example/README; 32768 says https://maker.example/config" in verdict.reason


@pytest.mark.parametrize(("value", "state"), [(True, V), (False, A)])
def test_a_claim_that_must_hold_is_absent_when_it_is_false(value, state):
    found = [reading(value, RUN, quantity="served_model_listed")]
    assert judge.combine(RULES.indicator("A2"), judge.facts(RULES, found, NOON)).state is state


SIZE, OTHER_SIZE = size("32e9"), size("7e9")
NO_EXPERTS, NO_ACTIVE = reading(None, quantity="mixture_of_experts"), reading(None, quantity="active_parameters")


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ([NO_EXPERTS, NO_ACTIVE, SIZE], NA),
        ([NO_EXPERTS, NO_ACTIVE, replace(SIZE, basis=RUN)], NA),
        ([NO_EXPERTS, NO_ACTIVE], A),  # nobody read the size
        ([NO_EXPERTS, NO_ACTIVE, reading(None, quantity="parameter_count")], A),
        ([NO_EXPERTS, NO_ACTIVE, reading(None, quantity="parameter_count", finding=UNMEASURED)], A),
        ([NO_EXPERTS, NO_ACTIVE, replace(SIZE, basis=THIRD)], A),
        ([NO_EXPERTS, NO_ACTIVE, replace(SIZE, finding=PARTIAL)], NA),  # a size told in part is told
        ([NO_EXPERTS, NO_ACTIVE, SIZE, OTHER_SIZE], A),
        ([NO_ACTIVE, SIZE], A),  # nobody looked whether it is a mixture of experts
        ([reading(value=True, quantity="mixture_of_experts"), NO_ACTIVE, SIZE], A),
        ([NO_EXPERTS, SIZE], U),
        ([NO_EXPERTS, number("3e9", quantity="active_parameters"), SIZE], D),
    ],
)
def test_a_fact_does_not_apply_only_once_what_it_rests_on_is_known(found, state):
    assert judge.facts(RULES, found, NOON)["active_parameters"].state is state


def test_a_dense_model_earns_its_size_without_active_parameters():
    verdicts = judge.facts(RULES, [NO_EXPERTS, NO_ACTIVE, SIZE], NOON)
    assert judge.combine(RULES.indicator("C1"), verdicts).state is D


VALUES = {
    "number": [Decimal("37e9"), Decimal("36.7e9"), Decimal(7), Decimal(131072), Decimal(128000)],
    "date": ["2024", "2024-12", "2024-11-02", "Q3 2024"],
    "flag": [True, False],
    "text": ["Qwen/Qwen2.5-32B", "Qwen2.5-32B", "Llama"],
    "licence": ["mit", "MIT License", "gemma", "acme"],
    "languages": ["monolingual", "en", "en,zh", "29 languages"],
    "none": ["so", "otherwise"],
}
ONE_OF_A_KIND = st.sampled_from([*{one.compare: one for one in RULES.facts.values()}.values()])
FREE = st.sampled_from([one for one in RULES.facts.values() if one.compare == "none"])


@st.composite
def evidence(draw, fact, bases=tuple(Basis)):
    finding = draw(st.sampled_from(Finding))
    value = draw(st.sampled_from(VALUES[fact.compare])) if finding in (KNOWN, PARTIAL) else None
    return reading(
        value,
        draw(st.sampled_from(bases)),
        draw(st.sampled_from(["a", "b", "c"])),
        finding,
        quantity=fact.id,
        minutes=draw(st.integers(0, 3)),
        bound=draw(st.sampled_from(Bound)),
        reader=draw(st.sampled_from(["reader/1", "reader/2", "probe/1"])),
    )


@st.composite
def cases(draw, facts=ONE_OF_A_KIND):
    fact = draw(facts)
    return fact.id, draw(st.lists(evidence(fact), max_size=6))


@settings(deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_readings_never_matters(case, rng):
    fact, found = case
    shuffled = found[:]
    rng.shuffle(shuffled)
    assert answer(fact, *shuffled) == answer(fact, *found)


@settings(deadline=None)
@given(cases())
def test_a_silent_or_failed_look_elsewhere_changes_no_state_that_something_was_found_for(case):
    fact, found = case
    before = answer(fact, *found)
    silent = answer(fact, *found, reading(None, url="silent", quantity=fact))
    failed = answer(fact, *found, reading(None, url="lost", finding=UNMEASURED, quantity=fact))
    assert failed.state is before.state
    if before.state not in (U, A):
        assert silent == failed == before
    if before.state is A:
        assert silent.state is A


@settings(deadline=None)
@given(cases(), st.data())
def test_somebody_elses_word_never_earns_and_never_contradicts(case, data):
    fact, found = case
    before = answer(fact, *found)
    others = data.draw(st.lists(evidence(RULES.facts[fact], bases=(THIRD,)), max_size=3))
    after = answer(fact, *found, *(replace(one, reader=f"blog{n}/1") for n, one in enumerate(others)))
    assert (POINTS.get(after.state) or 0) == (POINTS.get(before.state) or 0)
    assert (after.state is X) == (before.state is X)


@settings(deadline=None)
@given(cases(), st.data())
def test_more_evidence_never_turns_what_is_earned_or_contradicted_into_unchecked_or_absent(case, data):
    fact, found = case
    before = answer(fact, *found)
    after = answer(fact, *found, replace(data.draw(evidence(RULES.facts[fact])), reader="new/1"))
    assert before.state in (U, A, C) or after.state not in (U, A)


@settings(deadline=None)
@given(cases(FREE))
def test_free_statements_never_contradict(case):
    fact, found = case
    assert answer(fact, *found).state is not X


@settings(deadline=None)
@given(st.lists(st.sampled_from(State), min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_an_indicator_never_earns_more_than_its_facts_and_their_order_does_not_matter(states, rng):
    shuffled = states[:]
    rng.shuffle(shuffled)
    state = combined(states).state
    assert combined(shuffled).state is state
    assert (POINTS.get(state) or 0) <= max(POINTS.get(one) or 0 for one in states)


def test_a_partial_find_that_reached_no_further_keeps_its_half_beside_hearsay():
    partial = number("30000", LEAST, basis=RUN, url="probe", finding=PARTIAL)
    hearsay = number("131072", basis=THIRD, url="blog")
    alone, beside = answer("context_tokens", partial), answer("context_tokens", partial, hearsay)
    assert POINTS[alone.state] == POINTS[beside.state] == Decimal("0.5")
