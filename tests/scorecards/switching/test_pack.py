"""The pack: every file for what it is for, no key in any, and texts of models as nothing but data."""

import ast
import json
import os
import subprocess
from dataclasses import replace
from html import unescape

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from scorecards.catalog import DIALECTS
from scorecards.switching import drill, litellm, markdown, pack
from scorecards.switching.pack import Material, PackError
from tests.scorecards.compare import making
from tests.scorecards.compare.making import A, B
from tests.scorecards.switching import drilling, golden
from tests.scorecards.switching.drilling import party

ENDPOINTS = {ref: party(ref).endpoint for ref in (A, B)}


def packed(made=None, endpoints=(), catalogue=(), chosen=None):
    made = made or drilling.planted()
    material = Material(drilling.plan().prompts, {**ENDPOINTS, **dict(endpoints)}, catalogue)
    return pack.files(drill.build(made), material, chosen)


def test_the_golden_pack_is_what_is_made():
    written = {path.name: path.read_text(encoding="utf-8") for path in golden.GOLDEN.iterdir()}
    assert golden.shown() == written, "python tests/scorecards/switching/golden.py"


def test_the_proxy_serves_b_falls_back_to_a_and_hides_nothing():
    config = yaml.safe_load(packed()["litellm.yaml"])
    assert config == {
        "model_list": [
            {
                "model_name": "app-main",
                "litellm_params": {
                    "model": "openai/model-b",
                    "api_base": "os.environ/B_BASE_URL",
                    "api_key": "os.environ/TWO_KEY",
                },
            },
            {
                "model_name": "app-backup",
                "litellm_params": {
                    "model": "openai/model-a",
                    "api_base": "os.environ/A_BASE_URL",
                    "api_key": "os.environ/ONE_KEY",
                },
            },
        ],
        "litellm_settings": {"drop_params": False, "num_retries": 2, "request_timeout": 60},
        "router_settings": {
            "fallbacks": [{"app-main": ["app-backup"]}],
            "context_window_fallbacks": [{"app-main": ["app-backup"]}],
        },
    }


def test_a_canary_sends_one_of_ten_to_b():
    models = yaml.safe_load(packed()["litellm.canary.yaml"])["model_list"]
    asked = [(one["model_name"], one["litellm_params"]["model"], one["litellm_params"].get("weight")) for one in models]
    assert asked == [
        ("app-main", "openai/model-b", 1),
        ("app-main", "openai/model-a", 9),
        ("app-backup", "openai/model-a", None),
    ]


def test_every_dialect_has_a_provider_of_litellm():
    assert set(litellm.PREFIXES) == set(DIALECTS)


KEYS = [
    ({"key_env": None}, {"api_key": "none"}),
    ({"key_env": "ANTHROPIC_API_KEY", "dialect": "anthropic_messages"}, {"api_key": "os.environ/ANTHROPIC_API_KEY"}),
    ({"key_env": "AWS_ACCESS_KEY_ID", "dialect": "bedrock_converse", "region": "eu-1"}, {"aws_region_name": "eu-1"}),
]


@pytest.mark.parametrize(("fields", "wanted"), KEYS)
def test_a_key_is_only_ever_named(fields, wanted):
    b = replace(ENDPOINTS[B], **fields)
    params = yaml.safe_load(litellm.config(ENDPOINTS[A], b))["model_list"][0]["litellm_params"]
    assert {key: value for key, value in params.items() if key not in ("model", "api_base")} == wanted
    assert params["model"] == litellm.PREFIXES[b.dialect] + "model-b"


NASTY = "https://x.example/v1/$(>gone)`>gone`'\"{AZURE_RESOURCE}"


def test_the_environment_is_a_shell_script_that_runs_nothing_out_of_the_catalogue(tmp_path):
    b = replace(ENDPOINTS[B], base_url=NASTY, key_env="TWO_KEY")
    script = packed(endpoints={B: b})["switch.env"]
    shown = subprocess.run(
        ["/bin/sh", "-c", f'{script}\nprintf "%s|%s|%s|%s" "$B_BASE_URL" "$A_BASE_URL" "$LLM_MODEL" "$LLM_API_KEY"'],
        capture_output=True, text=True, check=True, cwd=tmp_path, env={"AZURE_RESOURCE": "mine", "PATH": os.defpath},
    ).stdout  # fmt: skip
    expected = NASTY.replace("{AZURE_RESOURCE}", "mine")
    assert shown == f"{expected}|https://one.example/v1|app-main|none"
    assert list(tmp_path.iterdir()) == []


def test_going_back_is_one_line():
    made = packed()
    assert "# export LLM_MODEL=app-backup\n" in made["switch.env"]
    assert "\nexport LLM_MODEL=app-backup\n" in made["README.md"]


def test_the_snippet_is_python_that_reads_everything_from_the_environment():
    text = packed()["snippet.py"]
    read = {
        one.value for one in ast.walk(ast.parse(text)) if isinstance(one, ast.Constant) and str(one.value).isupper()
    }
    assert read == {"LLM_BASE_URL", "LLM_API_KEY", "LLM_MODEL"}
    assert all(f"export {name}=" in packed()["switch.env"] for name in read)


def test_openrouters_body_is_made_only_of_ids_that_are_known():
    assert "openrouter.json" not in packed()
    routed = [
        replace(one, ref=f"openrouter:x/{one.model_id}", provider="openrouter", model_id=f"x/{one.model_id}")
        for one in ENDPOINTS.values()
    ]
    assert "openrouter.json" not in packed(catalogue=routed[:1])
    assert json.loads(packed(catalogue=routed)["openrouter.json"]) == {
        "models": ["x/model-b", "x/model-a"],
        "provider": {"require_parameters": True, "allow_fallbacks": True, "data_collection": "deny"},
    }


def test_every_failing_prompt_has_both_outputs():
    rows = [json.loads(line) for line in packed()["failing_prompts.jsonl"].splitlines()]
    assert [(one["prompt"], one["kind"], one["may_be_chance"]) for one in rows] == [
        ("ticket-3", "key_drift", False),
        ("ticket-4", "refusal", False),
        ("ticket-5", "truncation", False),
    ]
    assert (rows[0]["text"], rows[0]["a"]["text"]) == ("Classify ticket 3.", making.TICKET)
    assert "urgency_level" in rows[0]["b"]["text"]


def test_the_regression_file_asks_the_proxy_every_prompt():
    config = yaml.safe_load(packed()["regression.promptfooconfig.yaml"])
    assert len(config["tests"]) == 40
    [provider] = config["providers"]
    assert provider["id"] == "openai:chat:app-main"


def test_the_report_for_programs_is_the_drill_itself():
    assert json.loads(packed()["report.json"]) == drill.build(drilling.planted())


def test_every_file_is_told_of_in_the_readme():
    made = packed(catalogue=())
    assert {name for name in made if name != "README.md"} == set(pack.WHAT) - {"openrouter.json"}
    assert all(f"`{name}`" in made["README.md"] for name in made if name != "README.md")


def test_no_pack_is_made_for_a_candidate_that_is_none():
    with pytest.raises(PackError, match=r"candidate: wants one of two:model-b, has 'x:y'"):
        packed(chosen="x:y")


def test_a_drill_that_stopped_at_the_gate_has_a_pack_that_says_so():
    made = drilling.drilled()
    stopped = replace(made, comparison=None)
    files = packed(stopped)
    assert files["report.md"].endswith("## What was asked\n\nNothing.\n")
    assert files["failing_prompts.jsonl"] == ""
    assert "would move all the same" in files["README.md"]


SORRY = "I'm sorry, I can't help with that. "
HOSTILE = "<script>alert(1)</script> | [x](javascript:1) ![i](https://e.example) `code` **bold** # head\n\n- list"


def test_texts_of_models_are_told_as_they_are_and_are_no_marks(monkeypatch):
    monkeypatch.setitem(making.FAULTS, "hostile", lambda prompt: making.said(SORRY + HOSTILE, making.Ask()))
    text = packed(drilling.drilled({(B, "ticket-3"): "hostile"}))["report.md"]
    html = MarkdownIt("commonmark").enable("table").render(text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; | [x](javascript:1)" in html
    for mark in ("<script", "<a ", "<img", "<code>code", "<strong>bold", "<li>list"):
        assert mark not in html


@given(st.text(max_size=200))
def test_any_text_reads_as_it_stands(text):
    html = MarkdownIt("commonmark").render(markdown.plain(text))
    shown = unescape(html.removeprefix("<p>").removesuffix("</p>\n"))
    assert shown == "".join(one if one.isprintable() else "\ufffd" for one in " ".join(text.split()))
