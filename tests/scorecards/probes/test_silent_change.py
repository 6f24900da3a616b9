"""Canaries: no alarm where nothing changed, one where the model did, and an open change is no silent one."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from scorecards import measure, rubric
from scorecards.catalog import Cited, Endpoint
from scorecards.evidence import Finding
from scorecards.exchanges import Delta, DeltaKind, Exchange, Outcome, TokenLogprob
from scorecards.probes import _canaries, host_fidelity, silent_change
from scorecards.probes._canaries import Digest
from scorecards.probes._probe import Target

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ENDPOINT = Endpoint(
    "host:m-1", "maker/m", "host", "m-1", "openai_chat", "https://host.example/v1", Cited("t", date(2026, 11, 1))
)
TARGET = Target(ENDPOINT, "0a1b2c3d")
ASKS = silent_change.PROBE.plan(TARGET)
COUNT = len(_canaries.TEXTS)


def answered(ask, text, served="m-1", fingerprint="fp1", shift=0, outcome=Outcome.OK):
    top = (("a", Decimal("-0.1") + shift), ("b", Decimal("-2.5")))
    return Exchange(
        ask, ENDPOINT.ref, NOON, outcome, "" if outcome is Outcome.OK else "why",
        deltas=(Delta(1, DeltaKind.CONTENT, text),),
        logprobs=(TokenLogprob("a", top[0][1], top),) if ask.top_logprobs else (),
        served_models=(served,) if served else (), fingerprints=(fingerprint,) if fingerprint else (),
    )  # fmt: skip


def run(answer=lambda ask: f"to {ask.text}", **fields):
    return [answered(ask, answer(ask), **fields) for ask in ASKS]


def read(exchanges, earlier=()):
    found = silent_change.PROBE.read(replace(TARGET, earlier=earlier), exchanges)
    return {one.quantity: one for one in found}


def after(first, second):
    return read(second, tuple(read(first).values()))


def test_canaries_are_the_same_in_each_run_and_asked_twice():
    assert silent_change.PROBE.plan(Target(ENDPOINT, "another")) == ASKS
    texts = [ask.text for ask in ASKS]
    assert {texts.count(text) for text in texts} == {2}
    assert all(ask.temperature == 0 and ask.seed is not None for ask in ASKS)
    assert [bool(ask.top_logprobs) for ask in ASKS] == [False] * 2 * COUNT + [True] * 2 * len(_canaries.LOGPROB_TEXTS)


def test_the_first_run_only_lays_the_baseline():
    found = read(run())
    assert found["canary_digest"].finding is Finding.KNOWN
    for quantity in ("silent_change", "fingerprint_changed", "canary_logprob_shift"):
        assert (found[quantity].finding, found[quantity].note) == (Finding.UNMEASURED, silent_change.BASELINE)


def test_the_same_answers_are_no_change():
    found = after(run(), run())
    assert (found["silent_change"].value, found["silent_change"].n) == (False, COUNT)
    assert found["fingerprint_changed"].value is False
    assert found["canary_logprob_shift"].value == 0
    assert (found["canary_flip_share"].value, found["canary_flip_share"].n) == (0, COUNT)


def test_a_digest_survives_being_stored_as_text():
    digest = Digest.of(run(), "m-1")
    assert Digest.parse(str(digest)) == digest
    assert len(str(digest)) < 2000


def test_other_answers_under_the_same_name_are_a_silent_change():
    assert after(run(), run(lambda ask: f"other {ask.text}"))["silent_change"].value is True


def test_other_answers_under_another_name_are_an_open_change():
    found = after(run(), run(lambda ask: f"other {ask.text}", served="m-2", fingerprint="fp2"))
    assert found["silent_change"].value is False
    assert "changed openly: served as m-1 before, as m-2 now" in found["silent_change"].note
    assert found["fingerprint_changed"].value is False


def test_another_fingerprint_with_the_same_answers_is_a_finding_of_its_own():
    found = after(run(), run(fingerprint="fp2"))
    assert found["fingerprint_changed"].value is True
    assert found["silent_change"].value is False


def test_no_fingerprint_is_no_change_of_it():
    assert after(run(), run(fingerprint=None))["fingerprint_changed"].finding is Finding.UNMEASURED


def test_a_model_that_is_not_named_counts_as_the_one_asked_for():
    assert after(run(served=None), run(served="m-1"))["silent_change"].value is False


def test_shifted_log_probabilities_are_measured_in_nats():
    found = after(run(), run(shift=Decimal("0.05")))
    assert found["canary_logprob_shift"].value == Decimal("0.05")
    assert "within this run 0.000 nats" in found["canary_logprob_shift"].note


def test_refused_log_probabilities_leave_the_rest():
    refused = [replace(one, outcome=Outcome.BAD_REQUEST) if one.ask.top_logprobs else one for one in run()]
    found = after(refused, refused)
    assert found["silent_change"].value is False
    assert found["canary_logprob_shift"].finding is Finding.UNMEASURED


def test_failures_never_make_a_change():
    some = [
        replace(one, outcome=Outcome.RESET, deltas=()) if number % 3 == 0 else one for number, one in enumerate(run())
    ]
    assert after(run(), some)["silent_change"].value in (None, False)
    none = [replace(one, outcome=Outcome.AUTH, detail="wrong key") for one in run()]
    assert {one.note for one in after(run(), none).values()} == {"auth: wrong key"}


def test_order_never_matters():
    mixed = run(lambda ask: f"other {ask.text}" if "o" in ask.text else f"to {ask.text}")
    shuffled = random.Random(3).sample(mixed, len(mixed))
    here, there = after(run(), mixed), after(run(), shuffled)
    assert {name: one.value for name, one in here.items()} == {name: one.value for name, one in there.items()}


def test_digests_of_another_version_are_no_baseline():
    old = replace(read(run())["canary_digest"], reader="silent_change/0")
    assert read(run(), [old])["silent_change"].note == silent_change.BASELINE


def test_a_canary_answered_once_says_nothing_of_flips():
    once = [one for number, one in enumerate(run()) if number < COUNT]
    found = read(once)
    assert found["canary_digest"].finding is Finding.UNMEASURED
    assert found["canary_digest"].note == "wants 8 canaries answered twice, has 0"


@pytest.mark.parametrize(
    ("changes", "flips", "alarm"),
    [
        (0, 0, False),
        (4, 0, False),
        (5, 0, True),
        (9, 4, False),
        (10, 4, True),
        (15, 16, False),
        (16, 16, True),
        (16, 20, False),
        (16, 32, False),
    ],
)
def test_the_alarm_is_a_binomial_test_against_the_flips_of_both_runs(changes, flips, alarm):
    assert silent_change.is_beyond_chance(changes, COUNT, [True] * flips + [False] * (2 * COUNT - flips)) is alarm


@pytest.mark.parametrize(("changed", "alarm"), [(4, False), (5, True)])
def test_a_few_changed_canaries_are_enough_where_none_flips(changed, alarm):
    moved = set(_canaries.TEXTS[:changed])
    found = after(run(), run(lambda ask: f"{'new' if ask.text in moved else 'to'} {ask.text}"))["silent_change"]
    assert found.value is alarm
    assert f"{changed} of {COUNT} canaries are answered otherwise than before; 0 of {2 * COUNT} pairs" in found.note
    assert found.note.endswith("false alarms below 0.01%")


def test_flips_of_the_run_before_count_too():
    unsteady = [
        replace(one, deltas=(Delta(1, DeltaKind.CONTENT, f"{n}"),)) if n < COUNT else one for n, one in enumerate(run())
    ]
    moved = set(_canaries.TEXTS[:6])
    now = run(lambda ask: f"{'new' if ask.text in moved else 'to'} {ask.text}")
    assert after(unsteady, now)["silent_change"].value is False


def test_the_digest_is_kept_and_not_published():
    readings = [replace(one, taken_at=NOON) for one in read(run()).values()]
    assert "canary_digest" not in measure.window(readings, rubric.load(), NOON)
    assert "canary_flip_share" in measure.window(readings, rubric.load(), NOON)


def wavering(dice, steadiness, words):
    """Return what an endpoint answers whose canaries each have one usual answer and waver from it now and then."""
    return lambda ask: (
        f"usual {ask.text}" if dice.random() < steadiness(ask.text) else f"{dice.randrange(words)} {ask.text}"
    )


STEADINESS = {
    "steady": lambda text: 1.0,
    "nearly": lambda text: 0.97,
    "some": lambda text: 0.8,
    "coin": lambda text: 0.5,
    "never": lambda text: 0.0,
    "mixed": lambda text: 0.4 if len(text) % 3 == 0 else 1.0,
}


@pytest.mark.parametrize("words", [1, 1000])
@pytest.mark.parametrize("name", STEADINESS)
def test_an_endpoint_that_did_not_change_rarely_raises_an_alarm(name, words):
    dice, rounds = random.Random(f"{name}{words}"), 600
    alarms = sum(
        simulated(wavering(dice, STEADINESS[name], words), wavering(dice, STEADINESS[name], words))
        for _ in range(rounds)
    )
    assert alarms / rounds <= silent_change.FALSE_ALARM


@pytest.mark.parametrize(("name", "changed"), [("steady", 5), ("nearly", 10), ("mixed", 12), ("some", 16)])
def test_an_endpoint_that_changed_is_found(name, changed):
    dice, rounds = random.Random(name), 200
    moved = set(_canaries.TEXTS[:changed])
    before = wavering(dice, STEADINESS[name], 1000)
    now = lambda ask: ("new " if ask.text in moved else "") + before(ask)  # noqa: E731
    found = sum(simulated(before, now) for _ in range(rounds))
    assert found / rounds >= 0.9


def simulated(before, now):
    """Tell whether two runs that answer so raise the alarm; without the cost of whole readings."""
    first, second = (
        Digest("m", (), {text: (f(Asked(text)), f(Asked(text))) for text in _canaries.TEXTS}, {}) for f in (before, now)
    )
    apart = _canaries.apart(first, second)
    return silent_change.is_beyond_chance(sum(apart), len(apart), [*first.flips, *second.flips])


class Asked:
    def __init__(self, text):
        self.text = text


OTHER = "other@eu:m-1"


def hosts(mine, theirs, reader=silent_change.PROBE.reader):
    here = read(mine)["canary_digest"]
    there = replace(read(theirs)["canary_digest"], subject=OTHER, reader=reader)
    target = replace(TARGET, earlier=(here, there))
    [_, found] = host_fidelity.PROBE.read(target, run())
    return found


def test_hosts_that_answer_alike_agree():
    found = hosts(run(), run())
    assert (found.value, found.n) == (1, COUNT)
    assert f"as {OTHER}: {COUNT} of {COUNT}" in found.note
    assert f"own flips: 0 of {COUNT}" in found.note


def test_hosts_that_answer_otherwise_do_not():
    assert hosts(run(), run(lambda ask: f"other {ask.text}")).value == 0


def test_a_host_alone_has_nothing_to_compare_with():
    assert hosts(run(), run(), reader="silent_change/0").note == "no other host of this model has answered the canaries"
    [_, found] = host_fidelity.PROBE.read(TARGET, run())
    assert found.note == "silent_change has not asked the canaries here yet"
