"""The same question, the same answer; a seed that is refused, honoured, or taken for nothing."""

from dataclasses import replace

import pytest

from scorecards.evidence import Finding
from scorecards.exchanges import Ask
from scorecards.probes._probe import Target
from tests.scorecards.probes.making import ENDPOINT, PROBES, failed, read, said


def answers(**texts):
    return [said(text, Ask(role=role)) for role, several in texts.items() for text in several]


@pytest.mark.parametrize(
    ("texts", "share", "n"),
    [(["a b", "a b", "a b"], 1, 2), (["a", "a", "b"], 0.5, 2), (["a"], None, 0), (["", ""], None, 0)],
)
def test_each_further_answer_is_compared_with_the_first(texts, share, n):
    found = read("determinism", answers(unseeded=texts))["determinism_unseeded_share"]
    assert (found.value, found.n) == (share, n)


@pytest.mark.parametrize(
    ("one_seed", "other_seeds", "honoured"),
    [
        (["a", "a", "a"], ["b", "c"], True),
        (["a", "b", "a"], ["b", "c"], False),  # taken, and no use
        (["a", "a", "a"], ["a", "a"], None),  # no chance to be seen, so no seed either
    ],
)
def test_a_seed_is_honoured_where_others_give_other_answers(one_seed, other_seeds, honoured):
    found = read("determinism", answers(one_seed=one_seed, other_seeds=other_seeds))
    assert found["seed_honoured"].value is honoured


@pytest.mark.parametrize(
    ("unseeded", "seeded", "accepted"),
    [("ok", "bad_request", False), ("bad_request", "bad_request", None), ("ok", "reset", None), ("ok", "ok", True)],
)
def test_a_refused_seed_is_no_bad_answer(unseeded, seeded, accepted):
    found = read("determinism", [failed(unseeded, role="unseeded"), failed(seeded, "no seed", role="seeded")])
    assert found["seed_accepted"].value is accepted
    assert found["seed_honoured"].finding is found["determinism_seeded_share"].finding is Finding.UNMEASURED


def test_a_dialect_without_seeds_is_not_asked_for_one():
    endpoint = replace(ENDPOINT, dialect="anthropic_messages")
    plan = PROBES["determinism"].plan(Target(endpoint, "nonce"))
    assert {ask.seed for ask in plan} == {None}
    found = read("determinism", answers(unseeded=["a", "a"]), Target(endpoint, "nonce"))
    assert found["seed_accepted"].note == "anthropic_messages has no seed"


def test_no_two_refusals_of_a_seed_follow_each_other_while_it_is_compared():
    roles = [ask.role for ask in PROBES["determinism"].plan(Target(ENDPOINT, "nonce"))]
    assert roles[:10] == ["unseeded", "seeded"] * 5


def test_a_server_without_chance(probed):
    found = probed("determinism", "cal-ttft5-itl1-n8")
    assert (found["determinism_seeded_share"].value, found["determinism_unseeded_share"].value) == (1, 1)
    assert (found["seed_accepted"].value, found["seed_honoured"].value) == (True, None)
