"""Other rubrics as projections of cards; each card is made of literals."""

import copy

import pytest

from scorecards import rubric, views
from scorecards.views import ViewError

RULES = rubric.load("2026-11")
VIEWS = views.load()
REPORT, PAPER = "11", "21"


def fact(name, state="disclosed", value="said", unit=""):
    return {"fact": name, "state": state, "value": value, "unit": unit, "reason": f"{name} is {state}"}


def card(*facts, verdicts=()):
    return {"facts": sorted(facts, key=lambda one: one["fact"]), "verdicts": list(verdicts)}


def verdict(indicator, state):
    return {"indicator": indicator, "title": indicator, "state": state, "value": None, "unit": "", "reason": "why"}


def items(view, of):
    return {one["id"]: one for one in views.render(VIEWS[view], of)["items"]}


def summary(view, of):
    return views.render(VIEWS[view], of)["summary"]


# The files.


def test_the_five_views_are_there_and_say_whose_they_are():
    assert list(VIEWS) == ["core", "eu-mdf", "fmti-2025-mapped", "mof", "osai"]
    assert all(one.attribution.endswith(".") for one in VIEWS.values())


@pytest.mark.parametrize("view", VIEWS.values(), ids=lambda one: one.name)
def test_every_fact_of_a_view_is_one_of_the_rubric(view):
    named = {one for item in view.items for one in (*item.facts, *item.partly, *item.licences)}
    assert named <= {name for name, one in RULES.facts.items() if one.title}


def test_the_mapped_index_has_its_hundred_questions_in_order_and_never_calls_itself_its_score():
    view = VIEWS["fmti-2025-mapped"]
    assert [item.id for item in view.items] == [f"{one:03d}" for one in range(1, 101)]
    assert sum(item.asked for item in view.items) == 70
    assert "fmti score" not in (view.title + view.attribution).lower()


def test_every_question_of_the_index_that_an_indicator_names_is_asked():
    asked = {item.id for item in VIEWS["fmti-2025-mapped"].items if item.asked}
    named = {key for one in RULES.indicators for key in one.crosswalk.get("fmti2025", "").split(",") if key}
    assert named <= asked


def test_the_classes_have_seventeen_components_and_the_form_its_fields():
    levels = [item.level for item in VIEWS["mof"].items]
    assert {level: levels.count(level) for level in ("III", "II", "I")} == {"III": 7, "II": 5, "I": 5}
    assert len(VIEWS["eu-mdf"].items) == 41


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('title = "a"', "x: wants a view with title, attribution, method and items, has KeyError"),
        ("title = ", "x: wants a view .* has TOMLDecodeError"),
        ('title="a"\nattribution="b"\nmethod="sum"', "x: method wants one of share, .*, has 'sum'"),
        (
            'title="a"\nattribution="b"\nmethod="share"\n[[item]]\nid="1"\ntitle="t"',
            "x: item '1': wants facts, or asked",
        ),
        (
            'title="a"\nattribution="b"\nmethod="share"\n[[item]]\nid="1"\ntitle="t"\nfact=["a"]',
            "x: wants a view .*unexpected keyword argument 'fact'",
        ),
    ],
)
def test_a_broken_view_is_named_with_what_was_wanted(text, message):
    with pytest.raises(ViewError, match=message):
        views.parse(text, "x")


def test_an_unknown_view_is_refused_with_the_known_ones():
    with pytest.raises(
        ViewError, match="wants a view among core, eu-mdf, fmti-2025-mapped, mof, osai, asked for 'all'"
    ):
        views.named("all")


# Shares.


@pytest.mark.parametrize(
    ("facts", "state", "points", "value"),
    [
        ((fact("crawler"), fact("crawler_opt_out", "verified", "robots")), "disclosed", "1", "said; robots"),
        ((fact("crawler"), fact("crawler_opt_out", "absent", None)), "partial", "0.5", "said"),
        ((fact("crawler", "absent", None),), "absent", "0", None),
        ((fact("crawler", "claimed"),), "claimed", "0", None),
        ((fact("crawler"), fact("crawler_opt_out", "contradicted", None)), "contradicted", "0", "said"),
        ((fact("crawler"), fact("crawler_opt_out", "not_applicable", None)), "disclosed", "1", "said"),
        ((), "unchecked", None, None),
    ],
)
def test_an_item_of_two_facts_is_combined_as_an_indicator_is(facts, state, points, value):
    found = items("fmti-2025-mapped", card(*facts))["003"]
    assert (found["state"], found["points"], found["value"]) == (state, points, value)
    assert [one["fact"] for one in found["because"]] == ["crawler", "crawler_opt_out"]


def test_what_is_known_to_be_false_earns_nothing():
    of = card(fact("weights_available", "verified", value=False))
    assert items("fmti-2025-mapped", of)["041"]["state"] == "absent"
    assert items("osai", of)["weights_endmodel"]["state"] == "closed"


def test_a_question_that_is_not_asked_has_no_points_and_counts_nowhere():
    found = views.render(VIEWS["fmti-2025-mapped"], card(fact("training_tokens", value="10", unit="tokens")))
    not_asked = next(one for one in found["items"] if one["id"] == "034")
    assert (not_asked["state"], not_asked["points"], not_asked["because"]) == ("not_asked", None, [])
    assert found["summary"] == {
        "score": "100.0",
        "low": "1.4",
        "high": "100.0",
        "coverage": "0.01",
        "checked": 1,
        "applicable": 70,
    }


def test_with_nothing_known_no_view_has_a_number_to_boast_of():
    for name in ("fmti-2025-mapped", "osai"):
        found = summary(name, card())
        assert (found["score"], found["low"], found["high"], found["checked"]) == (None, "0.0", "100.0", 0)


def test_the_core_view_is_made_of_the_cards_own_verdicts():
    of = card(verdicts=[verdict("A1", "verified"), verdict("A2", "partial"), verdict("A3", "not_applicable")])
    found = views.render(VIEWS["core"], of)
    assert [(one["id"], one["points"]) for one in found["items"]] == [("A1", "1"), ("A2", "0.5"), ("A3", None)]
    assert (found["summary"]["score"], found["summary"]["applicable"]) == ("75.0", 2)


def test_rendering_changes_no_card_and_gives_the_same_twice():
    of = card(fact("paper"), verdicts=[verdict("A1", "verified")])
    before = copy.deepcopy(of)
    for view in VIEWS.values():
        assert views.render(view, of) == views.render(view, of)
    assert of == before


# Open, partial, closed.


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ((fact("data_available", "verified", value=True),), "open"),
        ((fact("training_datasets"),), "partial"),
        ((fact("data_available", "absent", None), fact("training_data_sources")), "partial"),
        ((fact("data_available", "contradicted", None), fact("training_data_sources")), "closed"),
        ((fact("data_available", "absent", None), fact("training_data_sources", "absent", None)), "closed"),
        ((), "unchecked"),
    ],
)
def test_a_criterion_is_partial_where_only_a_weaker_fact_answers_it(facts, state):
    assert items("osai", card(*facts))["datasources_basemodel"]["state"] == state


def test_a_weaker_fact_that_was_looked_for_in_vain_closes_a_criterion():
    assert items("osai", card(fact("training_datasets", "absent", None)))["datasources_basemodel"]["state"] == "closed"


def test_criteria_are_counted_beside_their_share():
    found = summary("osai", card(fact("paper"), fact("training_datasets"), fact("base_weights", "absent", None)))
    assert {name: found[name] for name in ("open", "partial", "closed", "unchecked")} == {
        "open": 1,
        "partial": 1,
        "closed": 1,
        "unchecked": 7,
    }
    assert (found["score"], found["coverage"]) == ("50.0", "0.30")


# The form.


def test_a_form_is_filled_with_values_and_names_its_gaps():
    of = card(
        fact("parameter_count", "verified", "8030261248", "parameters"),
        fact("training_compute", value="1460000", unit="GPU hours"),
        fact("training_energy", "absent", None),
    )
    found, counted = items("eu-mdf", of), summary("eu-mdf", of)
    assert (found["P7"]["state"], found["P7"]["value"]) == ("verified", "8030261248 parameters")
    assert (found["C2"]["state"], found["C2"]["value"]) == ("partial", "1460000 GPU hours")
    assert (counted["fields"], counted["filled"], counted["partial"]) == (41, 1, 1)
    assert {"P7", "C2"}.isdisjoint(counted["gaps"])
    assert "E1" in counted["gaps"]
    assert (len(counted["gaps"]), counted["unchecked"]) == (39, 38)


# Classes.

III = ("architecture", "inference_code", "weights_available", "evaluation_results", "model_card", "data_processing")
III += ("training_data_sources", "technical_report")
II = ("training_code", "evaluation_code", "evaluation_data")
I = ("data_available", "preprocessing_code", "intermediate_weights", "paper")  # noqa: E741 - its name
OPEN = {"weights_licence": "apache-2.0", "code_licence": "mit", "data_licence": "cc-by-4.0"}


def model(*names, without=(), **licences):
    said = [fact(one) for one in names if one not in without]
    return card(*said, *(fact(name, value=one) for name, one in {**OPEN, **licences}.items() if one))


@pytest.mark.parametrize(
    ("of", "reached", "following", "missing"),
    [
        (model(*III), "III", "II", ["Evaluation code", "Evaluation data", "Training code"]),
        (model(*III, *II), "II", "I", ["Data preprocessing code", "Datasets", "Model parameters (Intermediate)"]),
        (model(*III, *II, *I), "I", None, []),
        (model(*III, "paper", without=["technical_report"]), "III", "II", None),
        (model(*III, without=["technical_report"]), None, "III", ["Technical report"]),
        (model(*III, without=["model_card"]), None, "III", ["Model card"]),
        (
            model(*III, weights_licence="llama-3.1-community", documents_licence="cc-by-4.0"),
            None,
            "III",
            ["Model parameters (Final)"],
        ),
        (model(*III, code_licence="cc-by-nc-4.0"), None, "III", ["Model architecture"]),
        (model(*III, code_licence="acme-terms"), None, "III", ["Model architecture"]),
        (model(), None, "III", None),
    ],
)
def test_a_class_wants_every_required_component_under_an_open_licence(of, reached, following, missing):
    found = summary("mof", of)
    assert (found["class"], found["next"]) == (reached, following)
    named = sorted(one["title"] for one in found["missing"])
    if missing is not None:
        assert [one for one in named if one not in ("Inference code", "Research paper")] == missing


@pytest.mark.parametrize(
    ("licence", "reason", "at_best"),
    [
        ("llama-3.1-community", "licence 'llama-3.1-community' is not open", None),
        ("acme-terms", "licence 'acme-terms' is not in the table of licences", "I"),
        (None, "its licence was not looked into", "I"),
    ],
)
def test_a_component_says_what_is_wrong_with_its_licence(licence, reason, at_best):
    of = model(*III, *II, *I, weights_licence=licence, documents_licence="mit")
    found = summary("mof", of)
    assert {one["title"]: one["reason"] for one in found["missing"]}["Model parameters (Final)"] == reason
    assert found["at_best"] == at_best


def test_a_licence_that_sources_disagree_on_opens_nothing():
    of = model(*III, weights_licence=None)
    of["facts"].append(fact("weights_licence", "contradicted", None))
    reasons = {one["title"]: one["reason"] for one in summary("mof", of)["missing"]}
    assert reasons["Model parameters (Final)"] == "no undisputed licence was found"


def test_a_paper_stands_in_for_the_report_and_not_the_other_way_round():
    assert items("mof", model(*III, "paper"))[PAPER]["state"] == "open"
    found = summary("mof", model(*III, *II, *I, without=["paper"]))
    assert (found["class"], [one["id"] for one in found["missing"]]) == ("II", [PAPER])
