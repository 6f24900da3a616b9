"""The portability score: rules that add up, unknowns that only widen, words that fit, facts with their sources."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards import card, catalog_files, diff, rubric
from scorecards.catalog import Cited, Developer, Endpoint, Model
from scorecards.evidence import Basis, Finding, Reading, Source
from scorecards.switching import conformance, facts, portability, rules
from scorecards.switching.conformance._conformance import Grade
from scorecards.switching.facts import Known
from scorecards.switching.portability import ALL, of_endpoint
from scorecards.switching.rules import Host, Promise, RulesError
from scorecards.verdict import State, Verdict

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
CITED = Cited("a test", date(2026, 11, 1))
RULES = rules.load()
MODEL = Model("maker/m", "M", "maker", CITED, open_weights=True, licence="MIT")
MAKER = Developer("maker", "Maker", "CN", CITED)
HOST = Endpoint("host:m-1", MODEL.ref, "host", "m-1", "openai_chat", "https://host.example/v1", CITED)
PROMISE = Promise(90, "https://host.example/ends", date(2026, 11, 1), "Three months.")
HOSTS = {name: Host(group, resells, "https://x", date(2026, 11, 1)) for name, group, resells in [
    ("host", "a", False), ("sister", "a", False), ("other", "b", False), ("third", "c", False), ("router", "r", True),
]}  # fmt: skip


def reading(name, value, at=NOON, subject=HOST.ref, note="because"):
    finding = Finding.UNMEASURED if value is None else Finding.KNOWN
    n = 0 if value is None else 2
    sources = (Source("sha256:a", subject),)
    return Reading(name, subject, finding, Basis.EXECUTED, at, "x/1", value=value, note=note, n=n, sources=sources)


def grades(**given):
    """Return conformance readings: every probe passes but the given ones; None = unknown."""
    return [reading(f"conformance:{name}", given.get(name, "pass")) for name in ALL]


def known(readings=(), *, endpoint=HOST, model=MODEL, peers=(HOST,), verdicts=(), hosts=HOSTS, terms=None):
    fresh = portability.fresh(readings, RULES, NOON)
    return Known(endpoint, model, peers, fresh, {one.indicator: one for one in verdicts}, hosts, terms or {})


def scored(readings, **fields):
    return of_endpoint(known(readings, **fields), readings, RULES)


def test_conformance_probes_and_facts_add_up_to_the_points_of_each_dimension():
    earned = dict.fromkeys(RULES.dimensions, Decimal(0))
    for one in (*ALL.values(), *RULES.facts.values()):
        earned[one.dimension] += one.weight if hasattr(one, "weight") else one.points
    assert earned == {key: one.points for key, one in RULES.dimensions.items()}
    assert sum(earned.values()) == 100


def test_every_fact_of_the_rules_is_found_out_and_no_other():
    assert set(RULES.facts) == set(facts.FACTS)
    assert set(RULES.badge["core"]) <= set(ALL)


def test_each_conformance_probe_is_named_as_its_file_and_asks_a_question():
    for name, one in conformance.load().items():
        assert one.name == name
        assert one.question.endswith("?")
        assert one.weight > 0


results = st.sampled_from([None, *Grade])


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(st.sampled_from(sorted(ALL)), results))
def test_the_score_lies_within_its_range_and_an_unknown_only_widens_it(given_grades):
    found = scored(grades(**given_grades)).pillar
    assert 0 <= found.low <= found.score <= found.high <= 100
    for name in given_grades:
        wider = scored(grades(**{**given_grades, name: None})).pillar
        assert wider.low <= found.low
        assert wider.high >= found.high
        assert wider.coverage <= found.coverage


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(sorted(ALL)), st.sampled_from(list(Grade)))
def test_a_worse_grade_never_earns_more(name, grade):
    assert scored(grades(**{name: grade})).pillar.score <= scored(grades()).pillar.score


def test_an_honest_refusal_earns_more_than_a_silent_nothing():
    rejected, ignored = (scored(grades(json_schema=one)).pillar.score for one in ("rejected", "ignored"))
    assert rejected > ignored


BADGES = [
    ({}, "openai_chat", "drop-in"),
    ({"seed": "ignored"}, "openai_chat", "drop-in with 1 caveat"),
    ({"seed": "ignored", "stop": "rejected", "vision": None}, "openai_chat", "drop-in with 2 caveats"),
    ({"tool_call": "ignored"}, "openai_chat", "adapter needed"),
    ({"tool_call": "partial"}, "openai_chat", "drop-in with 1 caveat"),
    ({}, "anthropic_messages", "adapter needed"),
    ({"chat_schema": "fail"}, "openai_chat", "rewrite"),
    (dict.fromkeys(ALL, "ignored"), "openai_chat", "rewrite"),
    (dict.fromkeys(ALL), "openai_chat", ""),
    ({name: None for name in ALL if name != "chat_schema"}, "openai_chat", ""),
]


@pytest.mark.parametrize(("given_grades", "dialect", "badge"), BADGES)
def test_the_badge_says_what_a_move_takes(given_grades, dialect, badge):
    found = scored(grades(**given_grades), endpoint=replace(HOST, dialect=dialect))
    assert found.badge == badge


def test_the_newest_grade_counts_a_failed_look_takes_none_away_and_an_old_one_is_unknown():
    old = NOON - timedelta(days=RULES.stale_days, seconds=1)
    week = NOON - timedelta(days=7)

    def stop(*readings):
        return next(one for one in scored(readings).parts if one.name == "stop")

    fresh, failed = reading("conformance:stop", "pass", week), reading("conformance:stop", None, note="reset: gone")
    assert stop(reading("conformance:stop", "ignored", old), fresh).grade == "pass"
    assert stop(fresh, failed).grade == "pass"
    stale = stop(reading("conformance:stop", "pass", old))
    assert (stale.grade, stale.reason) == (None, "the last answer is older than 21 days")
    assert stop(failed).reason == "reset: gone"
    assert stop().reason == "no conformance probe has run yet"


def test_what_another_probe_finds_out_counts_as_soon_as_it_is_known():
    week = NOON - timedelta(days=7)
    run = [reading(f"conformance:{name}", None if name == "seed" else "pass", week) for name in ALL]
    later = [reading("seed_accepted", value=True), reading("seed_honoured", value=False, note="not reproduced")]
    before, after = ({one.name: one for one in scored(found).parts}["seed"] for found in (run, [*run, *later]))
    assert before.grade is None
    assert (after.grade, after.reason, after.taken_at) == ("ignored", "determinism: not reproduced", NOON)
    assert after.sources == later[1].sources


def points(name, **fields):
    found = facts.FACTS[name](known(**fields), RULES)
    return found.points, found.high


CLOSED = replace(MODEL, open_weights=False)
SILENT = replace(MODEL, open_weights=None)


def verdict(name, state, value):
    return Verdict(name, state, "seen", value=value)


HALF = Decimal("0.5")
HERE = verdict("weights_available", State.VERIFIED, value=True)
GATED = verdict("weights_available", State.PARTIAL, value=True)
FACTS = [
    ("weights_downloadable", {"model": MODEL}, (1, 1)),
    ("weights_downloadable", {"model": CLOSED}, (0, 0)),
    ("weights_downloadable", {"model": SILENT}, (None, 1)),
    ("weights_downloadable", {"model": CLOSED, "verdicts": [HERE]}, (1, 1)),
    ("weights_downloadable", {"model": MODEL, "verdicts": [GATED]}, (Decimal("0.5"), Decimal("0.5"))),
    ("licence_class", {"model": MODEL}, (1, 1)),
    ("licence_class", {"model": replace(MODEL, licence=None)}, (None, 1)),
    ("licence_class", {"model": replace(MODEL, licence="llama-3.1")}, (Decimal("0.5"), Decimal("0.5"))),
    ("licence_class", {"model": replace(MODEL, licence="our own")}, (Decimal("0.25"), Decimal("0.25"))),
    ("licence_class", {"model": CLOSED}, (0, 0)),
    ("self_hosting", {"model": MODEL}, (None, 1)),
    ("self_hosting", {"model": replace(MODEL, hub_repo="a/b")}, (Decimal("0.5"), 1)),
    ("self_hosting", {"verdicts": [HERE]}, (1, 1)),
    ("self_hosting", {"model": CLOSED}, (0, 0)),
    ("pinned_id", {"endpoint": replace(HOST, model_id="m-2026-01-31")}, (1, 1)),
    ("pinned_id", {}, (None, 1)),
    ("notice_period", {}, (None, 1)),
    ("notice_period", {"hosts": {"host": replace(HOSTS["host"], notice_days=PROMISE)}}, (Decimal("0.75"),) * 2),
    ("machine_end_date", {"hosts": {"host": replace(HOSTS["host"], end_date=replace(PROMISE, value=True))}}, (1, 1)),
    ("no_silent_change", {"readings": [reading("silent_change", value=True)]}, (0, 0)),
    ("no_silent_change", {"readings": [reading("silent_change", value=False)]}, (1, 1)),
    ("no_silent_change", {}, (None, 1)),
    ("tuned_weights", {}, (1, 1)),
    ("tuned_weights", {"model": CLOSED}, (None, 1)),
    ("data_export", {"terms": {("host", "data_export"): replace(PROMISE, value=False)}}, (0, 0)),
    ("switching_charges", {}, (None, 1)),
    ("stateless", {}, (1, 1)),
    ("language_premium", {"readings": [reading("language_premium:zh", Decimal("1.75"))]}, (Decimal("0.5"),) * 2),
    ("language_premium", {"readings": [reading("language_premium:zh", Decimal(9))]}, (0, 0)),
    ("context_as_declared", {"readings": [reading("declared_context_accepted", value=False)]}, (0, 0)),
    ("billing", {"readings": [reading("usage_sums", value=True), reading("usage_grows", value=False)]}, (HALF, HALF)),
    ("billing", {}, (None, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "fields", "expected"), FACTS)
def test_a_fact_earns_what_is_known_of_it(name, fields, expected):
    assert points(name, **fields) == expected


def test_every_fact_gives_its_reason():
    for one in facts.FACTS.values():
        assert one(known(), RULES).reason


def peers(*providers):
    return [replace(HOST, ref=f"{one}:m-1", provider=one) for one in providers]


OPERATORS = [
    (("host",), 0),
    (("host", "sister"), 0),
    (("host", "router"), 0),
    (("host", "other"), 4),
    (("host", "sister", "other", "router", "nobody-knows"), 4),
    (("host", "other", "third"), Decimal("6.3")),
]


@pytest.mark.parametrize(("providers", "earned"), OPERATORS)
def test_resellers_and_hosts_of_one_group_do_not_count(providers, earned):
    share, most = points("independent_hosts", peers=peers(*providers))
    assert round(share * 13, 6) == earned
    assert most == 1  # the catalogue may lack some


@pytest.mark.parametrize("providers", [("nobody-knows",), ("router",)])
def test_hosts_that_nobody_looked_into_are_unknown_and_not_none(providers):
    assert points("independent_hosts", peers=peers(*providers)) == (None, 1)


def test_closed_weights_have_one_host_whoever_sells_them():
    assert points("independent_hosts", model=CLOSED, peers=peers("host", "other", "third")) == (0, 0)


def test_every_provider_of_the_catalogue_has_a_row_with_its_source():
    served = {one.provider for one in catalog_files.load([catalog_files.BUNDLED]).endpoints.values()}
    assert served <= set(rules.hosts())
    for name, host in rules.hosts().items():
        assert host.source.startswith("https://"), name
        for promise in (host.notice_days, host.end_date):
            assert promise is None or promise.source.startswith("https://")


def test_a_term_of_a_fact_that_no_term_settles_is_refused():
    row = '[[term]]\nprovider = "p"\nfact = "nonsense"\nholds = true\nsource = "s"\nchecked = 2026-11-01\n'
    with pytest.raises(RulesError, match="fact wants one of tuned_weights"):
        rules.parse_terms(row)
    kept = rules.parse_terms(row.replace("nonsense", "data_export"))
    assert kept["p", "data_export"].value is True


@pytest.mark.parametrize(("text", "message"), [("id = 1\n", "wants a key"), ("id = ", "wants TOML")])
def test_broken_rules_say_where(text, message):
    with pytest.raises(RulesError, match=f"here.toml: {message}"):
        rules.parse(text, "here.toml")


# On the card.


def carded(*readings, endpoints=(HOST,), previous=None):
    subject = card.Subject(MODEL, MAKER, list(endpoints), list(readings), {}, {})
    return card.build(subject, rubric.load(), NOON, previous)


def test_a_model_that_nobody_probed_has_no_score_and_no_matrix():
    found = carded()
    assert found["pillars"]["switching"]["score"] is None
    assert found["pillars"]["switching"]["basis"] == "no conformance probe has run yet"
    assert found["endpoints"][0]["portability"] is None


def test_an_endpoint_that_answered_nothing_has_its_reasons_and_speaks_for_nobody():
    found = carded(*grades(**dict.fromkeys(ALL)))
    assert found["pillars"]["switching"]["score"] is None
    matrix = found["endpoints"][0]["portability"]["matrix"]
    assert {(one["result"], one["reason"]) for one in matrix} == {("unknown", "because")}


def test_an_endpoint_without_a_key_was_never_probed():
    assert carded(reading("conformance", None, note="set A_KEY"))["endpoints"][0]["portability"] is None


def test_the_card_publishes_the_matrix_with_reasons_and_evidence():
    found = carded(*grades(seed="ignored", vision=None))["endpoints"][0]["portability"]
    matrix = {one["name"]: one for one in found["matrix"]}
    assert set(matrix) == set(ALL)
    assert matrix["seed"] == {
        "name": "seed",
        "question": "Does a seed decide the answer?",
        "dimension": "wire",
        "weight": "1",
        "result": "ignored",
        "reason": "because",
        "n": 2,
        "taken_at": "2026-11-25T12:00:00Z",
        "evidence": ["sha256:a"],
    }
    assert (matrix["vision"]["result"], matrix["vision"]["reason"]) == ("unknown", "because")
    wire = next(one for one in found["dimensions"] if one["id"] == "wire")
    assert wire == {"id": "wire", "title": "Wire conformance", "weight": "30", "points": "28", "known": "29"}
    assert (found["badge"], found["caveats"]) == ("drop-in with 1 caveat", ["seed"])
    assert found["rules"] == {"id": RULES.id, "sha256": RULES.sha256}


OWN = replace(HOST, ref="own:m-1", provider="own", first_party=True)
THIRD = [replace(HOST, ref=f"{one}:m-1", provider=one, first_party=False) for one in ("p", "q", "r")]


def probed(endpoint, *ignored):
    return [replace(one, subject=endpoint.ref) for one in grades(**dict.fromkeys(ignored, "ignored"))]


def test_the_developer_s_own_endpoint_speaks_for_the_model():
    found = carded(*probed(OWN, "seed", "tool_call"), *probed(THIRD[0]), endpoints=[OWN, *THIRD])
    assert found["pillars"]["switching"]["basis"] == "own:m-1 (the developer's own)"


def test_without_one_of_its_own_the_median_speaks_and_the_card_says_which():
    readings = [*probed(THIRD[0], "tool_call"), *probed(THIRD[1], "seed"), *probed(THIRD[2])]
    found = carded(*readings, endpoints=THIRD)
    assert found["pillars"]["switching"]["basis"] == "q:m-1 (not the developer's own; the median of 3)"


def test_a_grade_that_changes_is_a_change_of_the_vendor_and_one_that_appears_of_our_looking():
    none, before, after = carded(), carded(*grades()), carded(*grades(seed="ignored"))
    told = {(one.kind.value, one.path, one.before, one.after) for one in diff.changes(before, after, rubric.load())}
    assert told == {
        ("vendor_change", "endpoints.host:m-1.conformance:seed", "pass", "ignored"),
        ("vendor_change", "endpoints.host:m-1.portability", "drop-in", "drop-in with 1 caveat"),
    }
    assert {one.kind.value for one in diff.changes(none, before, rubric.load())} == {"evidence_refresh"}
    assert not diff.changes(before, before, rubric.load())


def test_a_card_of_before_without_portability_can_still_be_compared():
    old = carded()
    for end in old["endpoints"]:
        del end["portability"]
    assert not diff.changes(old, carded(), rubric.load())
