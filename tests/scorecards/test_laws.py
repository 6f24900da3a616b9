"""Laws of judging and scoring, for any evidence."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards import card, derived, diff, judge, rubric, scoring
from scorecards.catalog import Cited, Developer, Endpoint, Model
from scorecards.encoding import digest, reading_from_json, to_json
from scorecards.evidence import Basis, Finding, Quote, Reading, Source
from scorecards.scoring import Item
from scorecards.verdict import POINTS, State, Verdict

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CITED = Cited("test", NOON.date())
RULES = rubric.load()
MODEL = Model("maker/model-1", "Model 1", "maker", CITED, open_weights=True)
MAKER = Developer("maker", "Maker", "CN", CITED)
ENDPOINT = Endpoint("host:model-1", MODEL.ref, "host", "model-1", "openai_chat", "https://host.example/v1", CITED)

shares = st.decimals(0, 1, places=3)


@st.composite
def items(draw):
    weight = draw(st.decimals("0.1", 5, places=1))
    if draw(st.booleans()):
        return scoring.unknown(weight)
    low, points, high = sorted(draw(st.tuples(shares, shares, shares)))
    return Item(weight, points, low, high)


@st.composite
def readings(draw, subject=MODEL.ref):
    finding = draw(st.sampled_from(Finding))
    has_value = finding in (Finding.KNOWN, Finding.PARTIAL)
    indicator = draw(st.sampled_from(RULES.indicators))
    value = st.booleans() if indicator.rule == "holds" else st.sampled_from(["mit", "apache-2.0", Decimal(7)])
    return Reading(
        draw(st.sampled_from(indicator.facts)),
        subject,
        finding,
        draw(st.sampled_from(Basis)),
        NOON - timedelta(minutes=draw(st.integers(0, 500_000))),
        draw(st.sampled_from(["gguf/1", "document/1"])),
        value=draw(value) if has_value else None,
        note=draw(st.sampled_from(["", "because"])),
        sources=(Source(draw(st.sampled_from(["sha256:a", "sha256:b"])), draw(st.sampled_from(["file:a", "file:b"]))),),
    )


def verdict_on(indicator, found, at=NOON):
    return judge.combine(indicator, judge.facts(RULES, found, at))


def subject(found):
    return card.Subject(MODEL, MAKER, [ENDPOINT], found, {}, {})


@given(st.lists(items(), max_size=12))
def test_bounds_enclose_the_score(parts):
    pillar = scoring.pillar(parts, "")
    assert 0 <= pillar.low <= pillar.high <= 100
    assert 0 <= pillar.coverage <= 1
    if pillar.score is not None:
        assert pillar.low <= pillar.score + Decimal("1e-20")
        assert pillar.score <= pillar.high + Decimal("1e-20")


@given(st.lists(items(), min_size=1, max_size=12))
def test_an_unchecked_item_leaves_the_score_and_only_widens_the_range(parts):
    before, after = scoring.pillar(parts, ""), scoring.pillar([*parts, scoring.unknown()], "")
    assert after.score == before.score
    assert after.low <= before.low
    assert after.high >= before.high - Decimal("1e-20")
    assert after.coverage <= before.coverage


@given(st.lists(st.sampled_from(State), max_size=30))
def test_an_unchecked_indicator_leaves_the_transparency_score(states):
    verdicts = [Verdict(str(number), state, "") for number, state in enumerate(states)]
    before = scoring.transparency(verdicts)
    after = scoring.transparency([*verdicts, Verdict("new", State.UNCHECKED, "")])
    assert after.score == before.score
    assert after.low <= before.low
    assert after.high >= before.high - Decimal("1e-20")
    assert scoring.transparency([*verdicts, Verdict("new", State.NOT_APPLICABLE, "")]) == before


@given(st.lists(readings(), max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_evidence_never_matters_and_same_input_gives_the_same_bytes(found, rng):
    shuffled = found[:]
    rng.shuffle(shuffled)
    one, other = (card.build(subject(rows), RULES, NOON, None) for rows in (found, shuffled))
    assert card.canonical(one) == card.canonical(other)
    assert card.card_id(one) == card.card_id(other)


@given(st.lists(readings(), max_size=12))
def test_what_could_not_be_measured_is_never_absent(found):
    only_failures = [one for one in found if one.finding is Finding.UNMEASURED]
    facts = judge.facts(RULES, only_failures, NOON)
    for indicator in RULES.indicators:
        assert judge.combine(indicator, facts).state is State.UNCHECKED


@given(st.lists(readings(), max_size=12))
def test_no_point_without_evidence_we_or_the_developer_stand_for(found):
    facts, held = judge.facts(RULES, found, NOON), derived.added(found)
    for indicator in RULES.indicators:
        verdict = judge.combine(indicator, facts)
        trusted = [
            one for one in held if one.quantity in indicator.facts and one.value and one.basis is not Basis.THIRD_PARTY
        ]
        assert trusted or not verdict.points


@given(readings())
def test_a_reading_survives_json(reading):
    assert reading_from_json(to_json(reading)) == reading
    assert digest(reading) == digest(reading_from_json(to_json(reading)))


def reading(value, basis=Basis.EXECUTED, finding=Finding.KNOWN, minutes=0, url="file:a", quantity="weights_licence"):
    quote = Quote("x", 0, 1) if basis is Basis.FIRST_PARTY else None
    at = NOON - timedelta(minutes=minutes)
    return Reading(
        quantity, MODEL.ref, finding, basis, at, "r/1", value=value, note="n", sources=(Source("sha256:1", url, quote),)
    )


LICENCE, LISTED = RULES.indicator("B3"), RULES.indicator("A2")
FIRST, THIRD, RUN = Basis.FIRST_PARTY, Basis.THIRD_PARTY, Basis.EXECUTED


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ([], State.UNCHECKED),
        ([reading(None, finding=Finding.UNMEASURED)], State.UNCHECKED),
        ([reading(None, finding=Finding.ABSENT)], State.ABSENT),
        ([reading("mit")], State.VERIFIED),
        ([reading("mit", FIRST)], State.DISCLOSED),
        ([reading("mit", FIRST), reading("MIT ", RUN, url="file:b")], State.VERIFIED),
        ([reading("mit", FIRST), reading("apache-2.0", RUN, url="file:b")], State.CONTRADICTED),
        ([reading("mit", FIRST), reading("apache-2.0", FIRST, url="file:b")], State.CONTRADICTED),
        ([reading("mit", THIRD)], State.CLAIMED),
        ([reading("mit", FIRST), reading("apache-2.0", THIRD, url="file:b")], State.DISCLOSED),
        ([reading("mit", FIRST, Finding.PARTIAL)], State.PARTIAL),
        ([reading("mit", THIRD, Finding.PARTIAL)], State.CLAIMED),
        ([reading(None, finding=Finding.ABSENT), reading("mit", FIRST, url="file:b")], State.DISCLOSED),
        ([reading("mit", minutes=5), reading("apache-2.0")], State.VERIFIED),  # a newer version of one document
        (
            [reading("mit", minutes=5), reading(None, finding=Finding.UNMEASURED)],
            State.VERIFIED,
        ),  # a failed second look
    ],
)
def test_states_of_a_claim_that_wants_a_value(found, state):
    verdict = verdict_on(LICENCE, found, NOON)
    assert verdict.state is state
    assert verdict.points == POINTS.get(state)


@pytest.mark.parametrize(
    ("found", "state"),
    [
        ([reading(True, quantity=LISTED.facts[0])], State.VERIFIED),
        ([reading(False, quantity=LISTED.facts[0])], State.ABSENT),
        ([reading(True, FIRST, quantity=LISTED.facts[0], url="file:b"), reading(False, quantity=LISTED.facts[0])],
         State.CONTRADICTED),
        ([reading(True, THIRD, quantity=LISTED.facts[0])], State.CLAIMED),
        ([reading(False, THIRD, quantity=LISTED.facts[0])], State.CLAIMED),
        ([reading(True, minutes=9, quantity=LISTED.facts[0]), reading(False, quantity=LISTED.facts[0])], State.ABSENT),
    ],
)  # fmt: skip
def test_states_of_a_claim_that_holds_or_not(found, state):
    assert verdict_on(LISTED, found, NOON).state is state


def test_a_contradiction_shows_both_sides_and_no_average():
    verdict = verdict_on(LICENCE, [reading("mit", FIRST), reading("apache-2.0", RUN, url="file:b")], NOON)
    assert verdict.value is None
    assert "mit" in verdict.reason
    assert "apache-2.0" in verdict.reason
    assert {one.url for one in verdict.evidence} == {"file:a", "file:b"}


def test_evidence_older_than_its_time_to_live_is_stale_at_that_instant():
    found = [reading(True, quantity=LISTED.facts[0])]
    week = timedelta(days=7)
    assert not verdict_on(LISTED, found, NOON + week - timedelta(seconds=1)).stale
    assert verdict_on(LISTED, found, NOON + week).stale


def test_evidence_of_the_future_is_not_looked_at():
    assert verdict_on(LICENCE, [reading("mit", minutes=-5)], NOON).state is State.UNCHECKED


def test_closed_weights_are_not_asked_for_their_hash():
    closed = Model("maker/model-1", "Model 1", "maker", CITED, open_weights=False)
    made = card.build(card.Subject(closed, MAKER, [], [], {}, {}), RULES, NOON, None)
    states = {one["indicator"]: one["state"] for one in made["verdicts"]}
    assert states["A3"] == "not_applicable"
    assert states["A2"] == "not_applicable"  # no endpoint is known
    assert states["A6"] == "unchecked"


def test_an_unreachable_endpoint_is_unchecked_and_never_zero():
    failed = [
        Reading(
            scale.quantity, ENDPOINT.ref, Finding.UNMEASURED, RUN, NOON, "latency/1", note="timeout_connect: nobody"
        )
        for scale in RULES.performance
    ]
    made = card.build(subject(failed), RULES, NOON, None)
    assert made["pillars"]["performance"]["score"] is None
    assert made["endpoints"][0]["status"] == "unchecked"
    assert made["endpoints"][0]["reason"] == "timeout_connect: nobody"
    assert made["endpoints"][0]["readings"] == []


def test_nothing_checked_has_no_score_and_insufficient_evidence():
    made = card.build(subject([]), RULES, NOON, None)
    assert made["pillars"]["transparency"]["score"] is None
    assert not made["pillars"]["transparency"]["sufficient"]


def latency(values, at=NOON):
    samples = tuple(Decimal(one) for one in values)
    middle = sorted(samples)[len(samples) // 2]
    return Reading(
        "ttft_ms", ENDPOINT.ref, Finding.KNOWN, RUN, at, "latency/1", middle, "ms", len(samples), samples=samples
    )


def test_a_window_pools_samples_and_publishes_no_tail_of_few():
    few = card.build(subject([latency([100, 200, 300])]), RULES, NOON, None)["endpoints"][0]["readings"][0]
    assert (few["value"], few["n"], few["p95"]) == ("200", 3, None)
    assert "low" not in few
    many = [latency(range(100, 110), NOON - timedelta(hours=hour)) for hour in range(3)]
    pooled = card.build(subject(many), RULES, NOON, None)["endpoints"][0]["readings"][0]
    assert pooled["n"] == 30
    assert pooled["p95"] == "109"
    old = latency(range(900, 930), NOON - timedelta(hours=72))
    assert card.build(subject([*many, old]), RULES, NOON, None)["endpoints"][0]["readings"][0] == pooled


def test_a_count_that_tells_only_of_us_leaves_an_endpoint_unchecked():
    left_out = replace(latency([1]), quantity="uptime_runs_left_out", unit="runs", samples=())
    assert card.build(subject([left_out]), RULES, NOON, None)["endpoints"][0]["status"] == "unchecked"
    assert card.build(subject([left_out, latency([9])]), RULES, NOON, None)["endpoints"][0]["status"] == "measured"


def test_a_distribution_is_published_with_every_percentile_it_bears():
    told = card.build(subject([latency(range(100, 120))]), RULES, NOON, None)["endpoints"][0]["readings"][0]
    assert told["percentiles"] == {
        "p5": "101", "p25": "104.8", "p50": "109.5", "p75": "114.2", "p90": "117.1", "p95": "118", "p99": None,
    }  # fmt: skip


def follow(found, minutes, before=None):
    previous = card.Previous(card.card_id(before), before) if before else None
    return card.build(subject(found), RULES, NOON + timedelta(minutes=minutes), previous)


def test_the_same_evidence_a_minute_later_publishes_nothing():
    first = follow([reading("mit")], 0)
    second = follow([reading("mit")], 1, first)
    assert diff.changes(first, second, RULES) == []
    assert not diff.worth_publishing(first, second, [])
    assert second["sequence"] == 2
    assert second["previous"] == card.card_id(first)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ([], [reading("mit")], "evidence_refresh"),
        ([reading("mit")], [reading("apache-2.0")], "vendor_change"),
        ([reading("mit")], [reading("mit"), reading("apache-2.0", FIRST, url="file:b")], "vendor_change"),
    ],
)
def test_a_changed_verdict_publishes_and_says_why(before, after, kind):
    first = follow(before, 0)
    second = follow(after, 1, first)
    found = diff.changes(first, second, RULES)
    assert diff.worth_publishing(first, second, found)
    assert {one.kind.value for one in found} == {kind}
    assert all(one.path.startswith(("verdicts.B3.", "verdicts.B4.")) for one in found)


def test_expired_evidence_publishes_a_card_that_says_stale():
    found = [reading(True, quantity=LISTED.facts[0])]
    first = follow(found, 0)
    assert diff.next_expiry(first) == "2026-11-30T12:00:00Z"
    later = follow(found, 7 * 24 * 60, first)
    changes = diff.changes(first, later, RULES)
    assert [(one.kind.value, one.path, one.after) for one in changes] == [
        ("evidence_refresh", "verdicts.A2.stale", "true")
    ]
    assert diff.worth_publishing(first, later, changes)


@pytest.mark.parametrize(
    ("ms", "minutes", "published"), [(110, 5, False), (150, 5, False), (150, 24 * 60, True), (110, 24 * 60, False)]
)
def test_drift_publishes_beyond_its_threshold_and_at_most_once_a_day(ms, minutes, published):
    first = follow([latency([100] * 20)], 0)
    second = follow([latency([ms] * 20)], minutes, first)
    assert diff.worth_publishing(first, second, diff.changes(first, second, RULES)) is published


def test_another_rubric_is_a_method_change():
    first = follow([reading("mit")], 0)
    other = {**follow([], 1, first), "rubric": {"id": "other", "sha256": "0"}}
    assert {one.kind.value for one in diff.changes(first, other, RULES)} == {"method_change"}


def test_a_quote_must_match_byte_for_byte():
    text = "许可证: MIT".encode()
    start = text.index(b"MIT")
    assert Quote("MIT", start, start + 3).matches(text)
    assert not Quote("MIT", start - 1, start + 2).matches(text)
    assert not Quote("mit", start, start + 3).matches(text)


def test_a_value_must_come_with_a_finding_that_has_one():
    with pytest.raises(ValueError, match="absent with value 'mit'"):
        reading("mit", finding=Finding.ABSENT)
    with pytest.raises(ValueError, match="known with value None"):
        reading(None)


def test_random_is_not_used_by_the_domain():
    random.seed(1)
    one = card.canonical(follow([latency(range(20))], 0))
    random.seed(2)
    assert card.canonical(follow([latency(range(20))], 0)) == one


def test_an_end_that_was_announced_is_told():
    first = follow([], 0)
    ending = {**first["model"], "lifecycle": "deprecated", "shutdown": "2027-01-17"}
    second = {**follow([], 1, first), "model": ending}
    found = diff.changes(first, second, RULES)
    assert [(one.kind.value, one.path, one.after) for one in found] == [
        ("vendor_change", "model.lifecycle", "deprecated"),
        ("vendor_change", "model.shutdown", "2027-01-17"),
    ]
    assert diff.worth_publishing(first, second, found)
