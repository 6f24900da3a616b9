"""Which model answers, and whether it stays the same."""

from dataclasses import replace

import pytest

from scorecards.exchanges import Ask, AskKind, Exchange
from tests.scorecards.probes.making import ENDPOINT, NOON, read


@pytest.mark.parametrize(
    ("served", "same"),
    [
        ("m-1", True),
        ("m-1-2026-01-31", True),
        ("m-1-20260131", True),
        ("m-1-0131", True),
        ("m-1-2507", True),
        ("m-12", False),
        ("m-1-5", False),
        ("m-1-70", False),
        ("m-1-2026-13-31", False),
        ("m-1-4613", False),
        ("m-1-turbo", False),
        (None, False),
    ],
)
def test_an_answer_carries_the_id_or_a_dated_snapshot_of_it(served, same):
    known = Exchange(Ask(role="known"), ENDPOINT.ref, NOON, "ok", served_models=(served,) if served else ())
    assert read("identity", [known])["served_model_echoed"].value is same


def asked(known="ok", unknown="not_found"):
    return [
        Exchange(Ask(AskKind.LIST_MODELS, role="list"), ENDPOINT.ref, NOON, "ok", listed=("m-0", "m-1")),
        Exchange(Ask(role="known"), ENDPOINT.ref, NOON, known, "d", served_models=("m-1",)),
        Exchange(Ask(role="unknown", model_id="no-such"), ENDPOINT.ref, NOON, unknown, "d", served_models=("m-1",)),
    ]


@pytest.mark.parametrize(
    ("known", "unknown", "value"),
    [
        ("ok", "not_found", True),
        ("ok", "bad_request", True),
        ("ok", "ok", False),  # any name is answered: the trap of llama.cpp's server
        ("ok", "reset", None),
        ("auth", "auth", None),  # a wrong key refuses everything and proves nothing
    ],
)
def test_an_unknown_id_must_be_refused_where_the_known_one_works(known, unknown, value):
    assert read("identity", asked(known, unknown))["unknown_model_refused"].value is value


def test_the_list_must_name_the_served_id():
    assert read("identity", asked())["served_model_listed"].value is True
    other = replace(asked()[0], listed=("m-0",))
    assert read("identity", [other])["served_model_listed"].value is False


def answer(*fingerprints, answer_id=None):
    return Exchange(
        Ask(role="again"), ENDPOINT.ref, NOON, "ok", fingerprints=fingerprints, answer_id=answer_id, status=200
    )


@pytest.mark.parametrize(
    ("answers", "stable"),
    [
        ([("a",), ("a",)], True),
        ([("a",), ("b",)], False),
        ([("a", "b")], False),
        ([("a",), (), ("a",)], True),
        ([("a",)], None),
        ([(), ()], None),
    ],
)
def test_a_fingerprint_is_stable_within_and_between_answers(answers, stable):
    assert read("identity", [answer(*one) for one in answers])["fingerprint_stable"].value is stable


@pytest.mark.parametrize(("ids", "distinct"), [("ab", True), ("aa", False), ("a", None), ((None, None), None)])
def test_each_answer_has_an_id_of_its_own(ids, distinct):
    assert read("identity", [answer(answer_id=one) for one in ids])["answer_ids_distinct"].value is distinct


@pytest.mark.parametrize(
    ("mode", "quantity", "value"),
    [
        ("plain", "served_model_stable", True),
        ("plain", "fingerprint_stable", True),
        ("plain", "answer_ids_distinct", True),
        ("fp_drift", "fingerprint_stable", False),
        ("fp_flip", "fingerprint_stable", False),
        ("fp_none", "fingerprint_stable", None),
        ("model_flip", "served_model_stable", False),
        ("substitute", "served_model_echoed", False),
        ("substitute", "served_model_stable", True),
        ("same_id", "answer_ids_distinct", False),
    ],
)
def test_a_model_that_is_not_what_it_says_is_found(probed, mode, quantity, value):
    found = probed("identity", "cal-ttft5-itl1-n8" + ("" if mode == "plain" else f"-{mode}"))
    assert found[quantity].value is value, found[quantity].note
