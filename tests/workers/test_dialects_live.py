"""Three dialects against llama.cpp's server, which nobody here wrote: it speaks chat, responses and messages."""

import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from scorecards.exchanges import Ask, AskKind, Calling, DeltaKind, Tool
from workers.addresses import policy
from workers.ask import Channel, exchange
from workers.http import Client
from workers.local_models import MODELS, LocalModels

from .canned import LOADED, NOON, endpoint
from .test_local_models import models

SERVE_ONE = Path(__file__).parents[2].parent / "shared" / "local-models" / "serve_one.py"
SPOKEN = ["openai_chat", "openai_responses", "anthropic_messages"]
WEATHER = Tool(
    "get_weather",
    "Current weather of a city",
    {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
)
PROMPT = Ask(text="Name three colours.", max_output_tokens=24, temperature=Decimal(0))


@pytest.fixture(scope="module")
def base_url(tmp_path_factory):
    with LocalModels.start(tmp_path_factory.mktemp("data"), ports=(0,), models=MODELS[:1]) as started:
        yield started.endpoints()[0].base_url


@pytest.fixture(scope="module")
def base_url_with_tools():
    """The same model under a template that knows tools; its own does not."""
    if not SERVE_ONE.exists():
        pytest.skip("needs the local models of ../shared, which this checkout lacks")
    command = [sys.executable, str(SERVE_ONE), "--model", "smollm2-135m", "--port", "0", "--max-seconds", "120"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield next(word for word in server.stdout.readline().split() if word.startswith("http://"))
        finally:
            server.terminate()


def asked(dialect, url, ask, **more):
    at = endpoint(dialect, url, "smollm2-135m", **more)
    with Client(policy("model", ["127.0.0.0/8"])) as client:
        return exchange(Channel(client, LOADED[dialect], at, None), ask, NOON)


@models
@pytest.mark.parametrize("dialect", SPOKEN)
def test_an_answer_is_the_same_streamed_and_whole_and_in_every_dialect(base_url, dialect):
    plain = asked("openai_chat", base_url, replace(PROMPT, stream=False))
    whole, streamed = (asked(dialect, base_url, replace(PROMPT, stream=stream)) for stream in (False, True))
    for found in (whole, streamed):
        assert found.ok, found.detail
        assert found.text == plain.text
        assert (found.usage.input, found.usage.output) == (plain.usage.input, 24)
        assert found.served_model == "smollm2-135m"
        assert found.answer_id
    assert len(streamed.output) > 20
    assert streamed.deltas[0].kind is DeltaKind.EMPTY
    assert len({delta.at_ns for delta in streamed.output}) > 10


@models
@pytest.mark.parametrize("dialect", SPOKEN)
def test_the_end_at_the_cap_is_told(base_url, dialect):
    found = asked(dialect, base_url, replace(PROMPT, whole=True))
    if dialect == "openai_responses":  # llama.cpp says `completed` here, cut or not
        assert (found.outcome, found.finish_reason) == ("ok", "stop")
    else:
        assert (found.outcome, found.finish_reason) == ("truncated", "length")


@models
@pytest.mark.parametrize("dialect", SPOKEN)
def test_counting_agrees_with_usage(base_url, dialect):
    counted = asked(dialect, base_url, Ask(AskKind.COUNT_TOKENS, text=PROMPT.text), token_counter="llama_cpp")
    assert counted.tokens == asked(dialect, base_url, PROMPT).usage.input


@models
@pytest.mark.parametrize("dialect", SPOKEN)
def test_a_system_message_arrives(base_url, dialect):
    short, long = (asked(dialect, base_url, replace(PROMPT, system=text)) for text in ("Be brief.", "Be brief. " * 20))
    assert long.usage.input > short.usage.input + 40


@models
@pytest.mark.parametrize("dialect", SPOKEN)
def test_models_are_listed(base_url, dialect):
    assert asked(dialect, base_url, Ask(AskKind.LIST_MODELS)).listed == ("smollm2-135m",)


@models
@pytest.mark.parametrize("dialect", SPOKEN)
def test_a_prompt_beyond_the_context_is_too_large(base_url, dialect):
    found = asked(dialect, base_url, replace(PROMPT, text="hello " * 3000))
    assert found.outcome == "too_large", found.detail


@models
def test_log_probabilities_come_for_each_token(base_url):
    found = asked("openai_chat", base_url, replace(PROMPT, top_logprobs=2))
    assert len(found.logprobs) == found.usage.output
    assert "".join(one.token for one in found.logprobs) == found.text
    assert all(one.logprob <= 0 and len(one.top) == 2 for one in found.logprobs)


@models
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("dialect", SPOKEN)
def test_a_tool_is_called(base_url_with_tools, dialect, stream):
    ask = Ask(
        text="What is the weather in Paris?",
        max_output_tokens=60,
        temperature=Decimal(0),
        tools=(WEATHER,),
        calling=Calling.REQUIRED,
        stream=stream,
    )
    found = asked(dialect, base_url_with_tools, ask)
    assert [(call.name, call.arguments) for call in found.tool_calls] == [("get_weather", '{"city": "Paris"}')]
    assert found.finish_reason == "tool_calls"
    assert {delta.kind for delta in found.output} == {DeltaKind.TOOL}
