"""Every fault that a server can have, switched on alone: the one thing is graded for it, and nothing else is."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scorecards import evalset_files, probes
from scorecards.catalog import Endpoint, Model
from scorecards.evidence import Finding
from scorecards.switching import conformance
from scorecards.target import Target
from workers.addresses import policy
from workers.asking import Way, ask_probe, silent
from workers.budget import Budget

from .canned import CITED
from .faulty_server import CONTEXT, FAULTS, KEY, MODEL, serving

PROBES = probes.load()
REUSED = ("identity", "limits", "rate_limits", "determinism", "host_fidelity")
"""Probes whose readings answer some of the questions; conformance comes after them."""
OPEN = Model("maker/steady-1", "Steady", "maker", CITED, context_tokens=CONTEXT)


@pytest.fixture(scope="module", autouse=True)
def key():
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FAULTY_KEY", KEY)
        yield


@pytest.fixture(scope="module")
def run():
    """Return a function that runs probes against a server with faults and gives the readings of all of them."""

    def probed(names, *faults, earlier=()):
        with serving(*faults) as base_url:
            at = Endpoint(f"p:{MODEL}", "maker/m", "p", MODEL, "openai_chat", base_url, CITED, key_env="FAULTY_KEY")
            way = Way(at, policy("model", ["127.0.0.0/8"]), Budget(()), lambda: datetime.now(UTC))
            for name in names:
                target = Target(at, secrets.token_hex(4), OPEN, sets=evalset_files.bundled(), earlier=tuple(earlier))
                found = ask_probe(way, PROBES[name], target, concurrency=1, progress=silent)
                earlier = [*earlier, *PROBES[name].read(target, found)]
        return earlier

    return probed


def graded(readings):
    """Return name → newest grade of the conformance readings, None = unknown."""
    found = {}
    for one in readings:
        family, _, name = one.quantity.partition(":")
        if family == "conformance":
            found[name] = one.value
    return found


def test_a_server_without_a_flaw_passes_everything(run):
    found = run([*REUSED, "conformance"])
    told = {one.quantity: one.note for one in found}
    faults = {name: told[f"conformance:{name}"] for name, grade in graded(found).items() if grade != "pass"}
    assert not faults
    assert len(graded(found)) == len(conformance.load())


@pytest.fixture(scope="module")
def clean(run):
    """Return the readings of the reused probes at a server without a flaw."""
    return run(REUSED)


# Fault → the probe that sees it first, "" where conformance asks itself; and every grade that is not `pass`.
TABLE = [
    ("ignores_seed", "determinism", {"seed": "ignored"}),
    ("rejects_seed", "determinism", {"seed": "rejected"}),
    ("ignores_max_tokens", "limits", {"max_tokens": "ignored"}),
    ("cuts_silently", "limits", {"oversized": "ignored"}),
    ("answers_any_model", "identity", {"unknown_model": "ignored"}),
    ("another_model", "identity", {"model_echo": "fail"}),
    ("half_lists", "identity", {"models_list": "partial"}),
    ("no_rate_headers", "rate_limits", {"rate_limit_headers": "fail"}),
    ("bad_arguments", "host_fidelity", {"tool_call": "partial", "tool_schema": "fail"}),
    ("lacks_created", "", {"chat_schema": "partial"}),
    ("no_stream", "", {"stream": "ignored"}),
    ("no_done", "", {"stream": "partial"}),
    ("no_usage", "", {"usage": "fail", "usage_stream": "ignored"}),
    ("no_usage_in_stream", "", {"usage_stream": "ignored"}),
    ("usage_does_not_sum", "", {"usage": "partial"}),
    ("ignores_stop", "", {"stop": "ignored"}),
    ("rejects_stop", "", {"stop": "rejected"}),
    ("ignores_n", "", {"choices": "ignored"}),
    ("rejects_n", "", {"choices": "rejected"}),
    ("ignores_logprobs", "", {"logprobs": "ignored"}),
    ("rejects_logprobs", "", {"logprobs": "rejected"}),
    ("positive_logprobs", "", {"logprobs": "fail"}),
    ("drops_system", "", {"system": "ignored"}),
    ("deaf", "", {"system": "partial"}),
    ("answers_any_key", "", {"wrong_key": "fail"}),
    ("wrong_key_is_500", "", {"wrong_key": "fail"}),
    ("wrong_key_is_400", "", {"wrong_key": "partial"}),
    ("crashes_on_bad_input", "", {"bad_input": "fail"}),
    ("accepts_bad_input", "", {"bad_input": "ignored"}),
    ("bare_errors", "", {"bad_input": "partial", "wrong_key": "partial"}),
    ("crashes_on_embeddings", "", {"embeddings": "fail"}),
    ("has_no_embeddings", "", {"embeddings": "rejected"}),
    ("has_default_system", "", {}),
    ("drops_image", "", {"vision": "ignored"}),
    ("rejects_image", "", {"vision": "rejected"}),
    ("ignores_json_object", "", {"json_object": "ignored"}),
    ("rejects_json_object", "", {"json_object": "rejected"}),
    ("ignores_schema", "", {"json_schema": "ignored"}),
    ("rejects_schema", "", {"json_schema": "rejected"}),
    ("breaks_schema", "", {"json_schema": "partial"}),
    ("calls_end_as_stop", "", {"tool_call": "partial"}),
    ("one_call_at_a_time", "", {"parallel_tools": "partial", "parallel_off": None}),
    ("ignores_parallel_off", "", {"parallel_off": "ignored"}),
    ("ignores_none", "", {"tool_choice_none": "ignored"}),
    ("ignores_auto", "", {"tool_choice_auto": "partial"}),
    ("ignores_required", "", {"tool_choice_required": "ignored"}),
    ("ignores_named", "", {"tool_choice_named": "ignored"}),
    (
        "rejects_forced_tools",
        "",
        {"tool_choice_named": "rejected", "tool_choice_required": "rejected"},
    ),
    ("always_calls", "", {"tool_irrelevance": "fail"}),
    (
        "drops_tools",
        "",
        {
            "tool_call": "ignored",
            "tool_choice_required": "ignored",
            "tool_choice_named": "ignored",
            # Nothing is called with or without: what these would change cannot be seen.
            "parallel_tools": None,
            "parallel_off": None,
            "tool_choice_auto": None,
            "tool_choice_none": None,
            "tool_irrelevance": None,
        },
    ),
    (
        "rejects_tools",
        "",
        dict.fromkeys(
            (
                "parallel_off",
                "parallel_tools",
                "tool_call",
                "tool_choice_auto",
                "tool_choice_named",
                "tool_choice_none",
                "tool_choice_required",
                "tool_irrelevance",
                "tool_turn",
            ),
            "rejected",
        ),
    ),
    ("must_echo_reasoning", "", {"tool_turn": "rejected"}),
    ("crashes_on_tool_turn", "", {"tool_turn": "fail"}),
    ("flaky", "", {}),
    ("thinks", "", {}),
]


@pytest.mark.parametrize(("fault", "seen_by", "other_than_pass"), TABLE)
def test_each_fault_is_graded_for_what_it_is_and_nothing_else_is_blamed(run, clean, fault, seen_by, other_than_pass):
    found = run([*([seen_by] if seen_by else []), "conformance"], fault, earlier=clean)
    told = {one.quantity.partition(":")[2]: f"{one.value}: {one.note}" for one in found}
    blamed = {name: grade for name, grade in graded(found).items() if grade != "pass"}
    assert blamed == other_than_pass, {name: told[name] for name in blamed.keys() | other_than_pass.keys()}


@pytest.mark.parametrize("fault", ["down", "full", "forbidden"])
def test_what_tells_nothing_of_the_protocol_grades_nothing(run, fault):
    found = run(["conformance"], fault)
    assert {one.finding for one in found} == {Finding.UNMEASURED}
    assert all(one.note for one in found)


def test_a_model_that_will_not_obey_is_told_from_a_dropped_system_message_by_a_second_one_that_is_longer(run, clean):
    found = graded(run(["conformance"], "deaf", "has_default_system", earlier=clean))
    assert {name: grade for name, grade in found.items() if grade != "pass"} == {"system": "partial"}


def test_answers_that_are_none_are_blamed_once_and_nothing_more_is_asked(run):
    found = graded(run(["conformance"], "garbage"))
    assert {name: grade for name, grade in found.items() if grade} == {"chat_schema": "fail"}


def test_every_fault_of_the_server_is_in_the_tables():
    outages = {"down", "full", "forbidden", "garbage"}
    assert {fault for fault, _, _ in TABLE} | outages == FAULTS


# The calibration server of ../shared: its answers are words that obey nothing, so only the form of an answer is judged.
MODES = [
    ("plain", {"usage": "pass", "usage_stream": "pass", "stream": "pass", "chat_schema": "pass", "choices": "ignored"}),
    ("usage_missing", {"usage": "fail", "usage_stream": "ignored"}),
    ("usage_null", {"usage": "fail", "usage_stream": "ignored"}),
    ("usage_sum", {"usage": "partial", "usage_stream": "pass"}),
    ("usage_string", {"usage": "fail"}),
    ("no_done", {"stream": "partial"}),
    ("ignore_stream", {"stream": "ignored", "usage": "pass"}),
    ("fin_none", {"chat_schema": "fail"}),
    ("bad_json", {"chat_schema": "fail"}),
    ("wrong_type", {"chat_schema": "fail"}),
    ("error_event", {"stream": "fail", "chat_schema": "pass"}),
    ("garbage", {"stream": "fail", "chat_schema": "pass"}),
    *((mode, None) for mode in ("code401", "code403", "code429", "code500", "code503", "reset", "hang")),
]


@pytest.fixture
def calibrated(calibration):
    """Return a function that probes conformance at a mode of the calibration server and gives the grades."""
    bounds = {"connect_s": 1.0, "first_byte_s": 1.5, "idle_s": 1.5, "total_s": 3.0}
    hasty = replace(policy("model", ["127.0.0.0/8"]), **bounds)

    def probed(mode):
        name = "cal-ttft1-itl0.1-n8" + ("" if mode == "plain" else f"-{mode}")
        at = Endpoint(f"cal:{name}", "c/m", "cal", name, "openai_chat", f"{calibration}/v1", CITED)
        way, target = Way(at, hasty, Budget(()), lambda: datetime.now(UTC)), Target(at, secrets.token_hex(4))
        probe = PROBES["conformance"]
        return graded(probe.read(target, ask_probe(way, probe, target, concurrency=1, progress=silent)))

    return probed


@pytest.mark.parametrize(("mode", "expected"), MODES)
def test_each_mode_of_the_calibration_server_is_graded_for_what_it_is(calibrated, mode, expected):
    found = calibrated(mode)
    if expected is None:
        assert set(found.values()) == {None}
    else:
        assert {name: found[name] for name in expected} == expected
