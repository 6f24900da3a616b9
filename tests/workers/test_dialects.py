"""What each dialect asks and hears, in the shapes that the providers document; the texts are our own."""

import contextlib
import functools
import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.catalog import DIALECTS
from scorecards.exchanges import Ask, AskKind, Calling, DeltaKind, TokenLogprob, Tool, ToolCall, ToolTurn, Usage
from workers.addresses import policy
from workers.ask import STREAMS, exchange
from workers.asking import channel
from workers.dialects import _errors
from workers.dialects._dialect import ErrorBody, UnexpectedShape
from workers.http import Client

from .canned import LOADED, NOON, answering, asked, endpoint
from .test_eventstream import event, failure

CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
COLOUR = {"type": "object", "properties": {"colour": {"type": "string"}}, "required": ["colour"]}
FULL = Ask(
    text="Weather in Rome?",
    system="Be brief.",
    max_output_tokens=50,
    temperature=Decimal("0.5"),
    tools=(Tool("weather", "Tells the weather", CITY),),
    calling=Calling.REQUIRED,
    schema=COLOUR,
)
SEEDED = {"seed": 7, "top_logprobs": 2}

CHAT_BODY = {
    "model": "m-1",
    "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Weather in Rome?"}],
    "max_tokens": 50,
    "stream": True,
    "stream_options": {"include_usage": True},
    "temperature": 0.5,
    "seed": 7,
    "tools": [
        {
            "type": "function",
            "function": {"name": "weather", "description": "Tells the weather", "parameters": CITY},
        }
    ],
    "tool_choice": "required",
    "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": COLOUR}},
    "logprobs": True,
    "top_logprobs": 2,
}
RESPONSES_BODY = {
    "model": "m-1",
    "instructions": "Be brief.",
    "input": [{"role": "user", "content": "Weather in Rome?"}],
    "max_output_tokens": 50,
    "stream": True,
    "store": False,
    "temperature": 0.5,
    "tools": [
        {
            "type": "function",
            "name": "weather",
            "description": "Tells the weather",
            "parameters": CITY,
            "strict": False,
        }
    ],
    "tool_choice": "required",
    "text": {"format": {"type": "json_schema", "name": "answer", "strict": True, "schema": COLOUR}},
    "include": ["message.output_text.logprobs"],
    "top_logprobs": 2,
}
MESSAGES_BODY = {
    "model": "m-1",
    "system": "Be brief.",
    "messages": [{"role": "user", "content": "Weather in Rome?"}],
    "max_tokens": 50,
    "stream": True,
    "temperature": 0.5,
    "tools": [{"name": "weather", "description": "Tells the weather", "input_schema": CITY}],
    "tool_choice": {"type": "any"},
    "output_config": {"format": {"type": "json_schema", "schema": COLOUR}},
}
GEMINI_BODY = {
    "systemInstruction": {"parts": [{"text": "Be brief."}]},
    "contents": [{"role": "user", "parts": [{"text": "Weather in Rome?"}]}],
    "tools": [
        {
            "functionDeclarations": [
                {"name": "weather", "description": "Tells the weather", "parametersJsonSchema": CITY}
            ]
        }
    ],
    "toolConfig": {"functionCallingConfig": {"mode": "ANY"}},
    "generationConfig": {
        "maxOutputTokens": 50,
        "temperature": 0.5,
        "seed": 7,
        "responseMimeType": "application/json",
        "responseJsonSchema": COLOUR,
        "responseLogprobs": True,
        "logprobs": 2,
    },
}
CONVERSE_BODY = {
    "system": [{"text": "Be brief."}],
    "messages": [{"role": "user", "content": [{"text": "Weather in Rome?"}]}],
    "inferenceConfig": {"maxTokens": 50, "temperature": 0.5},
    "toolConfig": {
        "tools": [
            {
                "toolSpec": {
                    "name": "weather",
                    "description": "Tells the weather",
                    "inputSchema": {"json": CITY},
                }
            }
        ],
        "toolChoice": {"any": {}},
    },
    "outputConfig": {
        "textFormat": {
            "type": "json_schema",
            "structure": {"jsonSchema": {"name": "answer", "schema": json.dumps(COLOUR)}},
        }
    },
}
REQUESTS = {
    "openai_chat": ("https://h/v1", SEEDED, "https://h/v1/chat/completions", CHAT_BODY),
    "openai_responses": ("https://h/v1", {"top_logprobs": 2}, "https://h/v1/responses", RESPONSES_BODY),
    "anthropic_messages": ("https://h", {}, "https://h/v1/messages", MESSAGES_BODY),
    "gemini": ("https://h/v1beta", SEEDED, "https://h/v1beta/models/m-1:streamGenerateContent?alt=sse", GEMINI_BODY),
    "bedrock_converse": ("https://h", {}, "https://h/model/m-1/converse-stream", CONVERSE_BODY),
}


def put(dialect, base_url, ask, key="k", model_id="m-1", **more):
    return LOADED[dialect].request(ask, endpoint(dialect, base_url, model_id, **more), key)


def with_fields(ask, **fields):
    return Ask(**{name: getattr(ask, name) for name in ask.__slots__} | fields)


def test_every_dialect_of_the_catalogue_is_built():
    assert set(LOADED) == set(DIALECTS) == set(REQUESTS)


@pytest.mark.parametrize("dialect", REQUESTS)
def test_everything_that_is_asked_is_on_the_wire(dialect):
    base_url, more, url, body = REQUESTS[dialect]
    request = put(dialect, base_url, with_fields(FULL, **more))
    assert (request.method, request.url) == ("POST", url)
    assert json.loads(request.body) == body


URLS = [
    ("openai_chat", "https://h/v1", {"kind": AskKind.LIST_MODELS}, "https://h/v1/models"),
    ("openai_responses", "https://h/v1", {"kind": AskKind.LIST_MODELS}, "https://h/v1/models"),
    ("openai_responses", "https://h/v1", {"kind": AskKind.COUNT_TOKENS}, "https://h/v1/responses/input_tokens"),
    ("anthropic_messages", "https://h", {"kind": AskKind.LIST_MODELS}, "https://h/v1/models?limit=1000"),
    ("anthropic_messages", "https://h/v1", {}, "https://h/v1/messages"),
    ("anthropic_messages", "https://h", {"kind": AskKind.COUNT_TOKENS}, "https://h/v1/messages/count_tokens"),
    ("gemini", "https://h/v1beta", {"stream": False}, "https://h/v1beta/models/m-1:generateContent"),
    ("gemini", "https://h/v1beta", {"kind": AskKind.LIST_MODELS}, "https://h/v1beta/models?pageSize=1000"),
    ("gemini", "https://h/v1beta", {"kind": AskKind.COUNT_TOKENS}, "https://h/v1beta/models/m-1:countTokens"),
    ("gemini", "https://h/v1", {"model_id": "tunedModels/t", "stream": False}, "https://h/v1/tunedModels/t:generateContent"),
    ("bedrock_converse", "https://h", {"stream": False, "model_id": "a/b:0"}, "https://h/model/a%2Fb%3A0/converse"),
    ("bedrock_converse", "https://h", {"kind": AskKind.COUNT_TOKENS}, "https://h/model/m-1/count-tokens"),
    (
        "bedrock_converse",
        "https://bedrock-runtime.eu-west-1.amazonaws.com",
        {"kind": AskKind.LIST_MODELS},
        "https://bedrock.eu-west-1.amazonaws.com/foundation-models",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "base_url", "fields", "url"), URLS)
def test_each_call_has_its_url(dialect, base_url, fields, url):
    assert put(dialect, base_url, Ask(text="hi", **fields)).url == url


KEYS = {
    "openai_chat": ("Authorization", "Bearer k"),
    "openai_responses": ("Authorization", "Bearer k"),
    "anthropic_messages": ("x-api-key", "k"),
    "gemini": ("x-goog-api-key", "k"),
    "bedrock_converse": ("Authorization", "Bearer k"),
}


@pytest.mark.parametrize("dialect", KEYS)
def test_the_key_is_in_its_header_alone_and_without_one_there_is_none(dialect):
    with_key, without = (put(dialect, "https://h", Ask(text="hi"), key) for key in ("k", None))
    name, value = KEYS[dialect]
    assert dict(with_key.headers)[name] == value
    assert name not in dict(without.headers)
    assert "k" not in with_key.url.partition("//")[2].split("/")


CAPS = [
    ("https://api.openai.com/v1", "openai/gpt-x", "max_completion_tokens"),
    ("https://mine.services.ai.azure.com/openai/v1", "openai/gpt-x", "max_completion_tokens"),
    ("https://mine.services.ai.azure.com/openai/v1", "microsoft/phi", "max_tokens"),
    ("https://api.deepseek.com", "deepseek/v", "max_tokens"),
    ("https://api.groq.com/openai/v1", "openai/gpt-oss", "max_tokens"),
]


@pytest.mark.parametrize(("base_url", "model", "field"), CAPS)
def test_the_cap_has_the_name_that_the_host_understands(base_url, model, field):
    at = endpoint("openai_chat", base_url)
    at = type(at)(at.ref, model, at.provider, at.model_id, at.dialect, at.base_url, at.cited)
    body = json.loads(LOADED["openai_chat"].request(Ask(text="hi"), at, None).body)
    assert {name for name in body if name.startswith("max")} == {field}


def test_a_customer_s_own_host_is_filled_in_and_asked_with_a_bearer_token(monkeypatch):
    answer = json.dumps(WHOLE["openai_chat"][0]).encode()
    with answering(answer) as server, Client(policy("model", ["127.0.0.0/8"])) as client:
        monkeypatch.setenv("AZURE_RESOURCE", f"127.0.0.1:{server.server_port}")
        monkeypatch.setenv("AZURE_API_KEY", "k")
        at = endpoint("openai_chat", "http://{AZURE_RESOURCE}/openai/v1", key_env="AZURE_API_KEY")
        found = exchange(channel(client, at), Ask(text="hi", stream=False), NOON)
    assert found.ok, found.detail
    _, path, headers, _ = server.asked[0]
    assert (path, headers["Authorization"]) == ("/openai/v1/chat/completions", "Bearer k")


WEATHER = Tool("weather", "Tells the weather", CITY)
CLOCK = Tool("clock", "Tells the time", CITY)
BEHIND = ToolTurn(ToolCall("weather", '{"city": "Rome"}'), "sunny", "I call weather.")
MORE = {
    "openai_chat": {
        "stop": {"stop": ["."]},
        "choices": {"n": 2},
        "json_object": {"response_format": {"type": "json_object"}},
        "parallel": {"parallel_tool_calls": False},
        "none": {"tool_choice": "none"},
        "auto": {"tool_choice": "auto"},
        "named": {"tool_choice": {"type": "function", "function": {"name": "weather"}}},
        "image": {
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "text", "text": "hi"},
                        {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
                    ],
                }
            ]
        },
        "after": {
            "messages": [
                {"role": "user", "content": "hi"},
                {
                    "role": "assistant",
                    "content": "",
                    "reasoning_content": "I call weather.",
                    "tool_calls": [
                        {
                            "id": "call_1",
                            "type": "function",
                            "function": {"name": "weather", "arguments": '{"city": "Rome"}'},
                        }
                    ],
                },
                {"role": "tool", "tool_call_id": "call_1", "content": "sunny"},
            ]
        },
    },
    "openai_responses": {
        "json_object": {"text": {"format": {"type": "json_object"}}},
        "parallel": {"parallel_tool_calls": False},
        "none": {"tool_choice": "none"},
        "auto": {"tool_choice": "auto"},
        "named": {"tool_choice": {"type": "function", "name": "weather"}},
        "image": {
            "input": [
                {
                    "role": "user",
                    "content": [
                        {"type": "input_text", "text": "hi"},
                        {"type": "input_image", "image_url": "data:image/png;base64,AA=="},
                    ],
                }
            ]
        },
        "after": {
            "input": [
                {"role": "user", "content": "hi"},
                {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "I call weather."}]},
                {"type": "function_call", "call_id": "call_1", "name": "weather", "arguments": '{"city": "Rome"}'},
                {"type": "function_call_output", "call_id": "call_1", "output": "sunny"},
            ]
        },
    },
    "anthropic_messages": {
        "stop": {"stop_sequences": ["."]},
        "parallel": {"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}},
        "none": {"tool_choice": {"type": "none"}},
        "auto": {"tool_choice": {"type": "auto"}},
        "named": {"tool_choice": {"type": "tool", "name": "weather"}},
        "image": {
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}},
                        {"type": "text", "text": "hi"},
                    ],
                }
            ]
        },
        "after": {
            "messages": [
                {"role": "user", "content": "hi"},
                {
                    "role": "assistant",
                    "content": [
                        {"type": "thinking", "thinking": "I call weather.", "signature": ""},
                        {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Rome"}},
                    ],
                },
                {
                    "role": "user",
                    "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "sunny"}],
                },
            ]
        },
    },
    "gemini": {
        "stop": {"generationConfig": {"maxOutputTokens": 32, "stopSequences": ["."]}},
        "choices": {"generationConfig": {"maxOutputTokens": 32, "candidateCount": 2}},
        "json_object": {"generationConfig": {"maxOutputTokens": 32, "responseMimeType": "application/json"}},
        "none": {"toolConfig": {"functionCallingConfig": {"mode": "NONE"}}},
        "auto": {"toolConfig": {"functionCallingConfig": {"mode": "AUTO"}}},
        "named": {"toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["weather"]}}},
        "image": {
            "contents": [
                {
                    "role": "user",
                    "parts": [{"text": "hi"}, {"inlineData": {"mimeType": "image/png", "data": "AA=="}}],
                }
            ]
        },
        "after": {
            "contents": [
                {"role": "user", "parts": [{"text": "hi"}]},
                {
                    "role": "model",
                    "parts": [
                        {"text": "I call weather.", "thought": True},
                        {"functionCall": {"name": "weather", "args": {"city": "Rome"}}},
                    ],
                },
                {
                    "role": "user",
                    "parts": [{"functionResponse": {"name": "weather", "response": {"result": "sunny"}}}],
                },
            ]
        },
    },
    "bedrock_converse": {
        "stop": {"inferenceConfig": {"maxTokens": 32, "stopSequences": ["."]}},
        "image": {
            "messages": [
                {
                    "role": "user",
                    "content": [{"text": "hi"}, {"image": {"format": "png", "source": {"bytes": "AA=="}}}],
                }
            ]
        },
        "after": {
            "messages": [
                {"role": "user", "content": [{"text": "hi"}]},
                {
                    "role": "assistant",
                    "content": [
                        {"reasoningContent": {"reasoningText": {"text": "I call weather."}}},
                        {"toolUse": {"toolUseId": "tooluse_1", "name": "weather", "input": {"city": "Rome"}}},
                    ],
                },
                {
                    "role": "user",
                    "content": [{"toolResult": {"toolUseId": "tooluse_1", "content": [{"text": "sunny"}]}}],
                },
            ]
        },
    },
}
SAID = {
    "stop": {"stop": (".",)},
    "choices": {"choices": 2},
    "json_object": {"json_object": True},
    "parallel": {"parallel": False, "tools": (WEATHER, CLOCK)},
    "none": {"calling": Calling.NONE, "tools": (WEATHER, CLOCK)},
    "auto": {"calling": Calling.AUTO, "tools": (WEATHER, CLOCK)},
    "named": {"calling": Calling.NAMED, "tools": (WEATHER, CLOCK)},
    "image": {"image_png": "AA=="},
    "after": {"after": BEHIND},
}


@pytest.mark.parametrize(("dialect", "what"), [(dialect, what) for dialect, rows in MORE.items() for what in rows])
def test_what_conformance_asks_for_is_said_as_the_protocol_says_it(dialect, what):
    body = json.loads(put(dialect, "https://h", Ask(text="hi", **SAID[what])).body)
    assert {name: body[name] for name in MORE[dialect][what]} == MORE[dialect][what]


@pytest.mark.parametrize(
    ("calling", "choice"),
    [(Calling.AUTO, {"auto": {}}), (Calling.REQUIRED, {"any": {}}), (Calling.NAMED, {"tool": {"name": "weather"}})],
)
def test_converse_says_its_choice_beside_the_tools(calling, choice):
    ask = Ask(text="hi", tools=(WEATHER, CLOCK), calling=calling)
    assert json.loads(put("bedrock_converse", "https://h", ask).body)["toolConfig"]["toolChoice"] == choice


def test_what_nobody_asks_for_is_in_no_request():
    for dialect, rows in MORE.items():
        body = json.loads(put(dialect, "https://h", Ask(text="hi")).body)
        kept = {"messages", "contents", "input", "generationConfig", "inferenceConfig"}
        assert not body.keys() & {name for row in rows.values() for name in row} - kept


UNSAYABLE = [
    ("openai_responses", {"stop": (".",)}, "openai_responses: wants a way to set stop, has none"),
    ("anthropic_messages", {"choices": 2}, "anthropic_messages: wants a way to set choices, has none"),
    ("anthropic_messages", {"json_object": True}, "anthropic_messages: wants a way to set json_object, has none"),
    ("anthropic_messages", {"kind": AskKind.EMBED}, "anthropic_messages: wants a way to embed, has none"),
    ("bedrock_converse", {"kind": AskKind.EMBED}, "bedrock_converse: wants a way to embed, has none"),
    ("bedrock_converse", {"calling": Calling.NONE}, "bedrock_converse: wants a way to forbid calls, has none"),
    ("gemini", {"parallel": True}, "gemini: wants a way to set parallel, has none"),
    ("openai_responses", {"seed": 1}, "openai_responses: wants a way to set seed, has none"),
    ("anthropic_messages", {"seed": 1}, "anthropic_messages: wants a way to set seed, has none"),
    (
        "anthropic_messages",
        {"seed": 1, "top_logprobs": 0},
        "anthropic_messages: wants a way to set seed and to set top_logprobs, has none",
    ),
    ("bedrock_converse", {"top_logprobs": 2}, "bedrock_converse: wants a way to set top_logprobs, has none"),
    ("openai_chat", {"kind": AskKind.COUNT_TOKENS}, "openai_chat: wants a way to count_tokens, has none"),
]


@pytest.mark.parametrize(("dialect", "fields", "detail"), UNSAYABLE)
def test_what_cannot_be_said_is_not_asked(dialect, fields, detail):
    with answering(b"{}") as server:
        found = asked(dialect, server, Ask(text="hi", **fields))
        assert server.asked == []
    assert (found.outcome, found.detail) == ("unsupported", detail)


# --- what comes back -------------------------------------------------------------------------------------------------


def sse(*events):
    """Return a stream of JSON events; those with a `type` are named after it, as OpenAI and Anthropic do."""
    return b"".join(
        (f"event: {one['type']}\n" if "type" in one else "").encode() + b"data: " + json.dumps(one).encode() + b"\n\n"
        for one in events
    )


def binary(*events):
    return b"".join((failure if name.endswith("Exception") else event)(name, body) for name, body in events)


def chat(*choices, **last):
    """Return a chat stream: a choice for each event, and at the end what stands beside the choices."""
    about = {"id": "c-1", "model": "m-1-2026", "system_fingerprint": "fp"}
    events = [{**about, "choices": [{"index": 0, "finish_reason": None, **one}]} for one in choices]
    return sse(*events, *([{**about, "choices": [], **last}] if last else ())) + b"data: [DONE]\n\n"


def said(**delta):
    return {"delta": delta}


def ended(reason, **delta):
    return {"delta": delta, "finish_reason": reason}


def chat_call(index, name=None, arguments=""):
    named = {"id": f"call-{index}", "type": "function"} if name else {}
    return {"index": index, **named, "function": {**({"name": name} if name else {}), "arguments": arguments}}


CHAT_USAGE = {
    "prompt_tokens": 20,
    "completion_tokens": 9,
    "total_tokens": 29,
    "prompt_tokens_details": {"cached_tokens": 8},
    "completion_tokens_details": {"reasoning_tokens": 5},
}
CHAT = {
    "text with thoughts": (
        chat(
            said(role="assistant", content=""),
            said(reasoning_content="Hm."),
            said(content="Blue"),
            said(content="."),
            ended("stop"),
            usage=CHAT_USAGE,
        ),
        {
            "text": "Blue.",
            "thoughts": "Hm.",
            "finish": "stop",
            "usage": Usage(20, 9, 29, 8, 5),
            "served": "m-1-2026",
            "id": "c-1",
        },
    ),
    "thoughts under both names": (
        chat(said(reasoning="Hm.", reasoning_content="Hm."), said(content="Blue"), ended("stop")),
        {"text": "Blue", "thoughts": "Hm."},
    ),
    "thoughts in parts": (
        chat(
            said(content=[{"type": "thinking", "thinking": [{"type": "text", "text": "Hm."}]}]),
            said(content=[{"type": "text", "text": "Blue"}]),
            ended("stop"),
        ),
        {"text": "Blue", "thoughts": "Hm."},
    ),
    "tool calls": (
        chat(
            said(role="assistant", content=None, tool_calls=[chat_call(0, "weather", "")]),
            said(tool_calls=[chat_call(0, None, '{"city":')]),
            said(tool_calls=[chat_call(0, None, ' "Rome"}')]),
            said(tool_calls=[chat_call(1, "clock", "{}")]),
            ended("tool_calls"),
        ),
        {"calls": [("weather", '{"city": "Rome"}'), ("clock", "{}")], "finish": "tool_calls"},
    ),
    "refusal": (
        chat(said(role="assistant", refusal=""), said(refusal="I will "), said(refusal="not."), ended("stop")),
        {"outcome": "refusal", "refused": "I will not."},
    ),
    "refusal as an object": (
        chat(said(refusal={"text": "No."}), ended("stop")),
        {"outcome": "refusal", "refused": "No."},
    ),
    "content filter": (
        chat(said(content="Bl"), ended("content_filter")),
        {"outcome": "content_filter", "text": "Bl"},
    ),
    "content filter by another name": (chat(ended("sensitive")), {"outcome": "content_filter"}),
    "truncated": (chat(said(content="Bl"), ended("length")), {"outcome": "truncated", "finish": "length"}),
    "error in stream": (
        chat(said(content="Bl")) .replace(b"data: [DONE]\n\n", b"")
        + sse({"error": {"code": 502, "message": "upstream gone"}}),
        {"outcome": "server_error", "text": "Bl"},
    ),
    "rate limit in stream": (
        sse({"choices": [{"delta": {}, "finish_reason": "error", "error": {"code": 429, "message": "later"}}]}),
        {"outcome": "rate_limited"},
    ),
    "broken off by the server": (
        chat(said(content="Bl"), ended("insufficient_system_resource")),
        {"outcome": "overloaded", "text": "Bl"},
    ),
    "cached as DeepSeek says": (
        chat(ended("stop"), usage={"prompt_tokens": 9, "completion_tokens": 1, "prompt_cache_hit_tokens": 4}),
        {"usage": Usage(9, 1, None, 4)},
    ),
}  # fmt: skip


def response(status="completed", **more):
    return {"id": "r-1", "object": "response", "model": "m-1-2026", "status": status, **more}


def responses(*events, ends="completed", **more):
    begun = {"type": "response.created", "response": response("in_progress", usage=None, error=None)}
    end = {"type": f"response.{ends}", "response": response(ends, **more)}
    return sse(begun, {"type": "response.in_progress", "response": response("in_progress")}, *events, end)


def text_event(kind, delta, **more):
    return {"type": f"response.{kind}.delta", "output_index": 0, "delta": delta, **more}


def call_events(index, name, *pieces):
    item = {"type": "function_call", "call_id": f"call-{index}", "name": name, "arguments": ""}
    yield {"type": "response.output_item.added", "output_index": index, "item": item}
    for piece in pieces:
        yield {"type": "response.function_call_arguments.delta", "output_index": index, "delta": piece}
    whole = "".join(pieces)
    yield {"type": "response.function_call_arguments.done", "output_index": index, "arguments": whole}
    yield {"type": "response.output_item.done", "output_index": index, "item": {**item, "arguments": whole}}


RESPONSES_USAGE = {
    "input_tokens": 20,
    "output_tokens": 9,
    "total_tokens": 29,
    "input_tokens_details": {"cached_tokens": 8},
    "output_tokens_details": {"reasoning_tokens": 5},
}
RESPONSES = {
    "text with thoughts": (
        responses(
            {"type": "response.output_item.added", "output_index": 0, "item": {"type": "reasoning", "summary": []}},
            text_event("reasoning_summary_text", "Hm."),
            text_event(
                "output_text",
                "Blue",
                logprobs=[{"token": "Blue", "logprob": -0.5, "top_logprobs": [{"token": "Red", "logprob": -1.5}]}],
            ),
            text_event("output_text", ".", logprobs=[]),
            {"type": "response.output_text.done", "text": "Blue."},
            usage=RESPONSES_USAGE,
        ),
        {
            "text": "Blue.",
            "thoughts": "Hm.",
            "finish": "stop",
            "usage": Usage(20, 9, 29, 8, 5),
            "served": "m-1-2026",
            "id": "r-1",
            "logprobs": [TokenLogprob("Blue", Decimal("-0.5"), (("Red", Decimal("-1.5")),))],
        },
    ),
    "tool calls": (
        responses(*call_events(0, "weather", '{"city":', ' "Rome"}'), *call_events(1, "clock", "{}")),
        {"calls": [("weather", '{"city": "Rome"}'), ("clock", "{}")], "finish": "tool_calls"},
    ),
    "refusal": (
        responses(text_event("refusal", "I will "), text_event("refusal", "not.")),
        {"outcome": "refusal", "refused": "I will not."},
    ),
    "content filter": (
        responses(text_event("output_text", "Bl"), ends="incomplete", incomplete_details={"reason": "content_filter"}),
        {"outcome": "content_filter", "text": "Bl"},
    ),
    "truncated": (
        responses(
            text_event("output_text", "Bl"), ends="incomplete", incomplete_details={"reason": "max_output_tokens"}
        ),
        {"outcome": "truncated", "finish": "length"},
    ),
    "failed": (
        responses(
            text_event("output_text", "Bl"),
            ends="failed",
            error={"code": "rate_limit_exceeded", "message": "slow down"},
        ),
        {"outcome": "rate_limited", "text": "Bl"},
    ),
    "error in stream": (
        sse(
            text_event("output_text", "Bl"),
            {"type": "error", "code": "server_error", "message": "broken", "param": None, "sequence_number": 2},
        ),
        {"outcome": "server_error", "text": "Bl"},
    ),
    "error in an object": (
        sse({"type": "error", "error": {"type": "too_many_requests", "message": "later"}}),
        {"outcome": "rate_limited"},
    ),
}


def messages(*events, stop="end_turn", usage=None):
    """Return a stream of messages: begun, the blocks, ended."""
    message = {"id": "a-1", "type": "message", "role": "assistant", "content": [], "model": "m-1-2026"}
    first = {"input_tokens": 7, "cache_creation_input_tokens": 5, "cache_read_input_tokens": 8, "output_tokens": 1}
    return sse(
        {"type": "message_start", "message": {**message, "stop_reason": None, "usage": first}},
        {"type": "ping"},
        *events,
        {"type": "message_delta", "delta": {"stop_reason": stop}, "usage": usage or {"output_tokens": 9}},
        {"type": "message_stop"},
    )


def block(index, begins, *deltas):
    yield {"type": "content_block_start", "index": index, "content_block": begins}
    yield from ({"type": "content_block_delta", "index": index, "delta": one} for one in deltas)
    yield {"type": "content_block_stop", "index": index}


def text_block(index, *texts):
    return block(index, {"type": "text", "text": ""}, *({"type": "text_delta", "text": one} for one in texts))


def tool_block(index, name, *pieces):
    begins = {"type": "tool_use", "id": f"t-{index}", "name": name, "input": {}}
    return block(index, begins, *({"type": "input_json_delta", "partial_json": one} for one in pieces))


MESSAGES = {
    "text with thoughts": (
        messages(
            *block(
                0,
                {"type": "thinking", "thinking": "", "signature": ""},
                {"type": "thinking_delta", "thinking": "Hm."},
                {"type": "signature_delta", "signature": "c2ln"},
            ),
            *text_block(1, "Blue", "."),
            usage={"output_tokens": 9, "output_tokens_details": {"thinking_tokens": 5}},
        ),
        {
            "text": "Blue.",
            "thoughts": "Hm.",
            "finish": "stop",
            "usage": Usage(20, 9, None, 8, 5),
            "served": "m-1-2026",
            "id": "a-1",
        },
    ),
    "tool calls": (
        messages(
            *text_block(0, "I look."),
            *tool_block(1, "weather", "", '{"city":', ' "Rome"}'),
            *tool_block(2, "clock", "{}"),
            stop="tool_use",
        ),
        {"calls": [("weather", '{"city": "Rome"}'), ("clock", "{}")], "finish": "tool_calls", "text": "I look."},
    ),
    "refusal": (messages(*text_block(0, "I"), stop="refusal"), {"outcome": "refusal", "finish": "refusal"}),
    "truncated": (messages(*text_block(0, "Bl"), stop="max_tokens"), {"outcome": "truncated", "finish": "length"}),
    "context full": (
        messages(*text_block(0, "Bl"), stop="model_context_window_exceeded"),
        {"outcome": "truncated", "finish": "length"},
    ),
    "content filter": (
        sse(
            {
                "type": "error",
                "error": {"type": "invalid_request_error", "message": "Output blocked by content filtering policy"},
            }
        ),
        {"outcome": "content_filter"},
    ),
    "error in stream": (
        sse(*text_block(0, "Bl"), {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
        {"outcome": "overloaded", "text": "Bl"},
    ),
    "unknown event": (messages({"type": "news"}, *text_block(0, "Blue")), {"text": "Blue", "finish": "stop"}),
}


def candidate(*parts, reason=None, **more):
    finish = {"finishReason": reason} if reason else {}
    return {
        "candidates": [{"content": {"role": "model", "parts": list(parts)}, "index": 0, **finish}],
        "modelVersion": "m-1-2026",
        "responseId": "g-1",
        **more,
    }


def gemini_call(name, **args):
    return {"functionCall": {"name": name, "args": args}}


GEMINI_USAGE = {
    "promptTokenCount": 20,
    "candidatesTokenCount": 4,
    "thoughtsTokenCount": 5,
    "totalTokenCount": 29,
    "cachedContentTokenCount": 8,
}
GEMINI = {
    "text with thoughts": (
        sse(
            candidate({"text": "Hm.", "thought": True}, usageMetadata={"promptTokenCount": 20, "totalTokenCount": 20}),
            candidate({"text": "Blue"}),
            candidate({"text": "."}, reason="STOP", usageMetadata=GEMINI_USAGE),
        ),
        {
            "text": "Blue.",
            "thoughts": "Hm.",
            "finish": "stop",
            "usage": Usage(20, 9, 29, 8, 5),
            "served": "m-1-2026",
            "id": "g-1",
        },
    ),
    "tool calls": (
        sse(
            candidate(gemini_call("weather", city="Rome", days=1.5)),
            candidate(gemini_call("weather", city="Ulm")),
            candidate({"text": ""}, reason="STOP"),
        ),
        {
            "calls": [("weather", '{"city": "Rome", "days": 1.5}'), ("weather", '{"city": "Ulm"}')],
            "finish": "tool_calls",
        },
    ),
    "blocked prompt": (
        sse({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 3}}),
        {"outcome": "content_filter", "usage": Usage(3)},
    ),
    "content filter": (
        sse(candidate({"text": "Bl"}), candidate(reason="PROHIBITED_CONTENT")),
        {"outcome": "content_filter", "text": "Bl"},
    ),
    "truncated": (sse(candidate({"text": "Bl"}, reason="MAX_TOKENS")), {"outcome": "truncated", "finish": "length"}),
    "error in stream": (
        sse(
            candidate({"text": "Bl"}),
            {"error": {"code": 503, "message": "The model is overloaded.", "status": "UNAVAILABLE"}},
        ),
        {"outcome": "overloaded", "text": "Bl"},
    ),
    "log probabilities": (
        sse(
            {
                "candidates": [
                    {
                        "content": {"parts": [{"text": "Blue"}]},
                        "finishReason": "STOP",
                        "logprobsResult": {
                            "chosenCandidates": [{"token": "Blue", "tokenId": 3, "logProbability": -0.5}],
                            "topCandidates": [{"candidates": [{"token": "Red", "logProbability": -1.5}]}],
                        },
                    }
                ]
            }
        ),
        {"logprobs": [TokenLogprob("Blue", Decimal("-0.5"), (("Red", Decimal("-1.5")),))]},
    ),
}


def converse(*deltas, stop="end_turn", usage=None):
    """Return a Converse stream; Amazon pads its events so that their length tells nothing."""
    about = {"usage": usage or {"inputTokens": 7, "outputTokens": 9, "totalTokens": 16}, "metrics": {"latencyMs": 5}}
    return binary(
        ("messageStart", {"role": "assistant", "p": "abcd"}),
        *deltas,
        ("messageStop", {"stopReason": stop, "p": "ab"}),
        ("metadata", {**about, "p": "abcdef"}),
    )


def part(index, **delta):
    return "contentBlockDelta", {"contentBlockIndex": index, "delta": delta, "p": "a"}


def tool_start(index, name):
    start = {"toolUse": {"toolUseId": f"t-{index}", "name": name}}
    return "contentBlockStart", {"contentBlockIndex": index, "start": start}


CONVERSE_USAGE = {
    "inputTokens": 7,
    "outputTokens": 9,
    "totalTokens": 29,
    "cacheReadInputTokens": 8,
    "cacheWriteInputTokens": 5,
}
CONVERSE = {
    "text with thoughts": (
        converse(
            part(0, reasoningContent={"text": "Hm."}),
            part(0, reasoningContent={"signature": "c2ln"}),
            ("contentBlockStop", {"contentBlockIndex": 0}),
            part(1, text="Blue"),
            part(1, text="."),
            usage=CONVERSE_USAGE,
        ),
        {"text": "Blue.", "thoughts": "Hm.", "finish": "stop", "usage": Usage(20, 9, 29, 8)},
    ),
    "tool calls": (
        converse(
            tool_start(0, "weather"),
            part(0, toolUse={"input": '{"city":'}),
            part(0, toolUse={"input": ' "Rome"}'}),
            tool_start(1, "clock"),
            part(1, toolUse={"input": "{}"}),
            stop="tool_use",
        ),
        {"calls": [("weather", '{"city": "Rome"}'), ("clock", "{}")], "finish": "tool_calls"},
    ),
    "refusal": (converse(stop="refusal"), {"outcome": "refusal"}),
    "content filter": (
        converse(part(0, text="Bl"), stop="guardrail_intervened"),
        {"outcome": "content_filter", "text": "Bl"},
    ),
    "truncated": (converse(part(0, text="Bl"), stop="max_tokens"), {"outcome": "truncated", "finish": "length"}),
    "error in stream": (
        binary(part(0, text="Bl"), ("throttlingException", {"message": "Too many tokens"})),
        {"outcome": "rate_limited", "text": "Bl"},
    ),
    "failed model": (
        binary(
            part(0, text="Bl"),
            (
                "modelStreamErrorException",
                {"message": "failed", "originalStatusCode": 400, "originalMessage": "broken"},
            ),
        ),
        {"outcome": "server_error", "text": "Bl"},
    ),
    "invalid": (binary(("validationException", {"message": "no"})), {"outcome": "bad_request"}),
    "cut in a message": (converse(part(0, text="Bl"))[:-300], {"outcome": "incomplete"}),
}
ALL_STREAMS = {
    "openai_chat": CHAT,
    "openai_responses": RESPONSES,
    "anthropic_messages": MESSAGES,
    "gemini": GEMINI,
    "bedrock_converse": CONVERSE,
}
ROWS = [(dialect, name) for dialect, rows in ALL_STREAMS.items() for name in rows]
MEDIA_TYPE = {"bedrock_converse": "application/vnd.amazon.eventstream"}
HEARD = {
    "outcome": lambda found: found.outcome,
    "text": lambda found: found.text,
    "thoughts": lambda found: found.text_of(DeltaKind.REASONING),
    "refused": lambda found: found.text_of(DeltaKind.REFUSAL),
    "calls": lambda found: [(call.name, call.arguments) for call in found.tool_calls],
    "finish": lambda found: found.finish_reason,
    "usage": lambda found: found.usage,
    "served": lambda found: found.served_model,
    "id": lambda found: found.answer_id,
    "logprobs": lambda found: list(found.logprobs),
}


def heard(found, expected):
    """Return what was heard of everything that is expected."""
    return {name: HEARD[name](found) for name in expected}


@functools.cache
def streamed(dialect, name):
    stream, _ = ALL_STREAMS[dialect][name]
    with answering(stream, MEDIA_TYPE.get(dialect, "text/event-stream")) as server:
        return asked(dialect, server, Ask(text="hi", whole=True))


@pytest.mark.parametrize(("dialect", "name"), ROWS)
def test_a_stream_is_understood(dialect, name):
    expected = {"outcome": "ok"} | ALL_STREAMS[dialect][name][1]
    assert heard(streamed(dialect, name), expected) == expected


@pytest.mark.parametrize("dialect", ALL_STREAMS)
def test_what_opens_a_stream_is_no_output(dialect):
    found = streamed(dialect, "text with thoughts")
    assert [delta.kind for delta in found.output] == [DeltaKind.REASONING, DeltaKind.CONTENT, DeltaKind.CONTENT]
    if dialect != "gemini":  # whose first event is the first token
        assert found.deltas[0].kind is DeltaKind.EMPTY


def pieces(dialect, *data):
    """Return what a dialect makes of a stream that comes in these parts, up to the error that ends it."""
    reader = STREAMS[MEDIA_TYPE.get(dialect, "text/event-stream")](10_000)
    events = [one for part in data for one in reader.feed(part, at_ns=1)]
    read = LOADED[dialect]
    return [read.event(one.name, json.loads(one.data, parse_float=Decimal)) for one in events if one.data != read.end]


@pytest.mark.parametrize(("dialect", "name"), ROWS)
def test_a_stream_cut_at_any_byte_is_the_same(dialect, name):
    stream, _ = ALL_STREAMS[dialect][name]
    whole = pieces(dialect, stream)
    assert whole
    for place in range(len(stream)):
        assert pieces(dialect, stream[:place], stream[place:]) == whole


# --- whole answers ---------------------------------------------------------------------------------------------------

EXPECTED_WHOLE = {
    "text": "Blue.",
    "thoughts": "Hm.",
    "calls": [("weather", '{"city": "Rome", "days": 1.5}')],
    "finish": "tool_calls",
    "usage": Usage(20, 9, 29, 8, 5),
}
ARGUMENTS = {"city": "Rome", "days": 1.5}
WHOLE = {
    "openai_chat": (
        {
            "choices": [
                {
                    "message": {
                        "role": "assistant",
                        "reasoning_content": "Hm.",
                        "content": "Blue.",
                        "refusal": None,
                        "tool_calls": [
                            {"id": "c", "function": {"name": "weather", "arguments": json.dumps(ARGUMENTS)}}
                        ],
                    },
                    "finish_reason": "tool_calls",
                }
            ],
            "usage": CHAT_USAGE,
        },
        {},
    ),
    "openai_responses": (
        response(
            error=None,
            incomplete_details=None,
            output=[
                {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]},
                {"type": "message", "content": [{"type": "output_text", "text": "Blue.", "annotations": []}]},
                {"type": "function_call", "name": "weather", "arguments": json.dumps(ARGUMENTS)},
            ],
            usage=RESPONSES_USAGE,
        ),
        {},
    ),
    "anthropic_messages": (
        {
            "id": "a-1",
            "type": "message",
            "model": "m-1-2026",
            "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
                {"type": "text", "text": "Blue."},
                {"type": "tool_use", "id": "t", "name": "weather", "input": ARGUMENTS},
            ],
            "stop_reason": "tool_use",
            "usage": {
                "input_tokens": 7,
                "cache_creation_input_tokens": 5,
                "cache_read_input_tokens": 8,
                "output_tokens": 9,
                "output_tokens_details": {"thinking_tokens": 5},
            },
        },
        {"usage": Usage(20, 9, None, 8, 5)},
    ),
    "gemini": (
        candidate(
            {"text": "Hm.", "thought": True},
            {"text": "Blue."},
            gemini_call("weather", **ARGUMENTS),
            reason="STOP",
            usageMetadata=GEMINI_USAGE,
        ),
        {},
    ),
    "bedrock_converse": (
        {
            "output": {
                "message": {
                    "role": "assistant",
                    "content": [
                        {"reasoningContent": {"reasoningText": {"text": "Hm.", "signature": "c2ln"}}},
                        {"text": "Blue."},
                        {"toolUse": {"toolUseId": "t", "name": "weather", "input": ARGUMENTS}},
                    ],
                }
            },
            "stopReason": "tool_use",
            "usage": CONVERSE_USAGE,
            "metrics": {"latencyMs": 5},
        },
        {"usage": Usage(20, 9, 29, 8)},
    ),
}


@pytest.mark.parametrize("dialect", WHOLE)
def test_a_whole_answer_is_understood(dialect):
    body, more = WHOLE[dialect]
    expected = EXPECTED_WHOLE | more
    with answering(json.dumps(body).encode()) as server:
        assert heard(asked(dialect, server, Ask(text="hi", stream=False)), expected) == expected


def test_a_call_without_arguments_has_empty_ones():
    body = {"content": [{"type": "tool_use", "name": "clock", "input": {}}], "stop_reason": "tool_use"}
    with answering(json.dumps(body).encode()) as server:
        found = asked("anthropic_messages", server, Ask(text="hi", stream=False))
    assert found.tool_calls == (ToolCall("clock", "{}"),)


OTHERS = [
    ("openai_chat", AskKind.LIST_MODELS, {"data": [{"id": "m-1"}, {"id": "m-2"}]}),
    ("openai_responses", AskKind.LIST_MODELS, {"data": [{"id": "m-1"}, {"id": "m-2"}]}),
    ("openai_responses", AskKind.COUNT_TOKENS, {"object": "response.input_tokens", "input_tokens": 12}),
    ("anthropic_messages", AskKind.LIST_MODELS, {"data": [{"id": "m-1"}, {"id": "m-2"}], "has_more": False}),
    ("anthropic_messages", AskKind.COUNT_TOKENS, {"input_tokens": 12}),
    ("gemini", AskKind.LIST_MODELS, {"models": [{"name": "models/m-1"}, {"name": "models/m-2"}]}),
    ("gemini", AskKind.COUNT_TOKENS, {"totalTokens": 12}),
    ("bedrock_converse", AskKind.LIST_MODELS, {"modelSummaries": [{"modelId": "m-1"}, {"modelId": "m-2"}]}),
    ("bedrock_converse", AskKind.COUNT_TOKENS, {"inputTokens": 12}),
]


@pytest.mark.parametrize(("dialect", "kind", "body"), OTHERS)
def test_lists_and_counts_are_understood(dialect, kind, body):
    with answering(json.dumps(body).encode()) as server:
        found = asked(dialect, server, Ask(kind, text="hi"))
    assert (found.listed, found.tokens) == ((("m-1", "m-2"), None) if kind is AskKind.LIST_MODELS else ((), 12))


VECTORS = [
    ("openai_chat", {"data": [{"index": 0, "embedding": [0.5, 1, -0.25]}]}),
    ("openai_responses", {"data": [{"index": 0, "embedding": [0.5, 1, -0.25]}]}),
    ("gemini", {"embedding": {"values": [0.5, 1, -0.25]}}),
]


@pytest.mark.parametrize(("dialect", "body"), VECTORS)
def test_a_vector_is_understood_and_what_is_no_vector_is_none(dialect, body):
    ask = Ask(AskKind.EMBED, text="hi")
    with answering(json.dumps(body).encode()) as server:
        found = asked(dialect, server, ask)
        assert (found.outcome, found.dimensions, found.text) == ("ok", 3, "[0.5, 1.0, -0.25]")
        assert server.asked[0][1] in ("/embeddings", "/models/m-1:embedContent")
    with answering(json.dumps(body).replace("0.5", '"a"').encode()) as server:
        assert asked(dialect, server, ask).outcome == "wrong_type"


@pytest.mark.parametrize("dialect", REQUESTS)
def test_what_a_whole_answer_lacks_is_told_by_name(dialect):
    with answering(json.dumps(WHOLE[dialect][0]).encode()) as server:
        found = asked(dialect, server, Ask(text="hi", stream=False))
    assert found.ok
    lacking = {one.partition(".")[0] for one in found.lacking}
    assert not lacking & WHOLE[dialect][0].keys() - {"choices[0]"}
    assert lacking or dialect != "openai_chat"


def test_answers_side_by_side_are_counted_and_the_first_is_heard():
    choices = [{"index": n, "message": {"content": f"{n}"}, "finish_reason": "stop"} for n in range(2)]
    body = {"id": "c", "object": "chat.completion", "created": 1, "model": "m-1", "choices": choices}
    with answering(json.dumps(body).encode()) as server:
        found = asked("openai_chat", server, Ask(text="hi", stream=False, choices=2))
    assert (found.choices, found.text, found.lacking) == (2, "0", ())


@pytest.mark.parametrize(("end", "marked"), [(b"data: [DONE]\n\n", True), (b"", False)])
def test_a_stream_tells_whether_it_ended_with_the_protocol_s_mark(end, marked):
    event = {"choices": [{"delta": {"content": "hi"}, "finish_reason": "stop"}]}
    body = b"data: " + json.dumps(event).encode() + b"\n\n" + end
    with answering(body, "text/event-stream") as server:
        found = asked("openai_chat", server, Ask(text="hi"))
    assert (found.outcome, found.streamed, found.end_mark) == ("ok", True, marked)


WRONG_SHAPES = ["[]", "{}", '"text"', "7", "null", '{"choices": 3, "content": 3, "candidates": 3, "output": 3}']


@pytest.mark.parametrize("dialect", LOADED)
@pytest.mark.parametrize("body", WRONG_SHAPES)
@pytest.mark.parametrize("kind", [AskKind.CHAT, AskKind.LIST_MODELS])
def test_json_of_another_shape_is_the_wrong_type(dialect, body, kind):
    with answering(body.encode()) as server:
        assert asked(dialect, server, Ask(kind, text="hi", stream=False)).outcome == "wrong_type"


# --- errors ----------------------------------------------------------------------------------------------------------

ERRORS = [
    ("openai_chat", 401, {"error": {"message": "Incorrect API key provided", "code": "invalid_api_key"}}, "auth"),
    ("openai_chat", 429, {"error": {"code": "insufficient_quota", "message": "see your plan"}}, "forbidden"),
    ("openai_chat", 400, {"object": "error", "message": "Invalid model: x", "type": "invalid_model"}, "not_found"),
    ("openai_responses", 429, {"error": {"code": "rate_limit_exceeded", "message": "later"}}, "rate_limited"),
    (
        "anthropic_messages",
        400,
        {"type": "error", "error": {"type": "invalid_request_error", "message": "prompt is too long: 9 > 8"}},
        "too_large",
    ),
    ("anthropic_messages", 529, {"type": "error", "error": {"type": "overloaded_error", "message": ""}}, "overloaded"),
    (
        "gemini",
        400,
        {
            "error": {
                "code": 400,
                "message": "Not valid.",
                "status": "INVALID_ARGUMENT",
                "details": [{"@type": "…ErrorInfo", "reason": "API_KEY_INVALID"}],
            }
        },
        "auth",
    ),
    ("gemini", 429, [{"error": {"code": 429, "message": "quota", "status": "RESOURCE_EXHAUSTED"}}], "rate_limited"),
    ("bedrock_converse", 400, {"message": "The provided model identifier is invalid."}, "not_found"),
    ("bedrock_converse", 403, {"Message": "Authentication failed: check your API key"}, "auth"),
]


@pytest.mark.parametrize(("dialect", "status", "body", "outcome"), ERRORS)
def test_an_error_body_is_understood(dialect, status, body, outcome):
    with answering(json.dumps(body).encode(), status=status) as server:
        found = asked(dialect, server, Ask(text="hi"))
    assert found.outcome == outcome, found.detail
    assert found.detail.startswith(f"HTTP {status}: ")


CODES = [
    ({"error": {"message": "no", "type": "invalid_request_error", "code": None}}, "invalid_request_error"),
    ({"error": {"message": "no"}}, ""),
    ({"error": "no"}, ""),
    ({"detail": "no"}, None),
    ("no", None),
]


@pytest.mark.parametrize(("body", "code"), CODES)
def test_how_an_error_is_called_is_kept(body, code):
    with answering(json.dumps(body).encode(), status=400) as server:
        found = asked("openai_chat", server, Ask(text="hi"))
    assert (found.outcome, found.error_code) == ("bad_request", code)


def test_a_made_up_key_is_sent_in_place_of_the_real_one():
    with answering(b"{}", status=401) as server:
        asked("openai_chat", server, Ask(text="hi", wrong_key=True), key="sk-real")
        (_, _, headers, _) = server.asked[0]
    assert headers["Authorization"].startswith("Bearer ")
    assert "sk-real" not in headers["Authorization"]


def test_amazon_names_its_error_in_a_header():
    body, name = b'{"message": "try again"}', {"x-amzn-ErrorType": "ModelNotReadyException:http://internal/"}
    with answering(body, status=429, **name) as server:
        assert asked("bedrock_converse", server, Ask(text="hi")).outcome == "overloaded"


NAMED = [
    # OpenAI, Azure
    (400, "context_length_exceeded", "", "too_large"),
    (400, "", "This model's maximum context length is 8 tokens", "too_large"),
    (400, "content_filter", "The response was filtered", "content_filter"),
    (400, "invalid_prompt", "flagged", "content_filter"),
    (404, "DeploymentNotFound", "", "not_found"),
    (404, "model_not_found", "", "not_found"),
    (503, "slow_down", "", "overloaded"),
    # Anthropic
    (401, "authentication_error", "", "auth"),
    (402, "billing_error", "", "forbidden"),
    (403, "permission_error", "", "forbidden"),
    (404, "not_found_error", "", "not_found"),
    (413, "request_too_large", "", "too_large"),
    (429, "rate_limit_error", "", "rate_limited"),
    (500, "api_error", "", "server_error"),
    (504, "timeout_error", "", "server_error"),
    (400, "invalid_request_error", "Your credit balance is too low", "forbidden"),
    (400, "invalid_request_error", "`temperature` is deprecated for this model.", "bad_request"),
    (200, "overloaded_error", "", "overloaded"),
    (200, "invalid_request_error", "", "bad_request"),
    # Google
    (400, "400 INVALID_ARGUMENT", "The count exceeds the maximum number of tokens allowed (8)", "too_large"),
    (400, "400 INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", "auth"),
    (400, "400 FAILED_PRECONDITION", "", "forbidden"),
    (403, "403 PERMISSION_DENIED", "", "forbidden"),
    (404, "404 NOT_FOUND", "", "not_found"),
    (429, "429 RESOURCE_EXHAUSTED", "", "rate_limited"),
    (499, "499 CANCELLED", "", "server_error"),
    (500, "500 INTERNAL", "", "server_error"),
    (503, "503 UNAVAILABLE", "", "overloaded"),
    (504, "504 DEADLINE_EXCEEDED", "", "server_error"),
    (200, "503 UNAVAILABLE", "", "overloaded"),
    (200, "429 RESOURCE_EXHAUSTED", "", "rate_limited"),
    (200, "500 INTERNAL", "", "server_error"),
    # AWS
    (400, "ValidationException", "Input is too long for requested model.", "too_large"),
    (400, "ValidationException", "", "bad_request"),
    (400, "ServiceQuotaExceededException", "", "rate_limited"),
    (403, "AccessDeniedException", "", "forbidden"),
    (403, "UnrecognizedClientException", "", "auth"),
    (403, "InvalidSignatureException", "", "auth"),
    (403, "ExpiredTokenException", "", "auth"),
    (404, "ResourceNotFoundException", "", "not_found"),
    (408, "ModelTimeoutException", "", "server_error"),
    (424, "ModelErrorException", "", "server_error"),
    (429, "ThrottlingException", "", "rate_limited"),
    (429, "ModelNotReadyException", "", "overloaded"),
    (500, "InternalServerException", "", "server_error"),
    (503, "ServiceUnavailableException", "", "overloaded"),
    (200, "serviceUnavailableException", "", "overloaded"),
    (200, "internalServerException", "", "server_error"),
    (200, "validationException", "", "bad_request"),
    # DeepSeek
    (401, "invalid_request_error", "Authentication Fails (no such user)", "auth"),
    (402, "invalid_request_error", "Insufficient Balance", "forbidden"),
    (400, "invalid_request_error", "Model Not Exist", "not_found"),
    (400, "invalid_request_error", "Content Exists Risk", "content_filter"),
    # Alibaba
    (400, "DataInspectionFailed", "", "content_filter"),
    (400, "data_inspection_failed", "", "content_filter"),
    (400, "Arrearage", "Access denied", "forbidden"),
    (400, "InvalidParameter", "Range of input length should be [1, 8]", "too_large"),
    (401, "InvalidApiKey", "", "auth"),
    (404, "ModelNotFound", "", "not_found"),
    (429, "Throttling.RateQuota", "", "rate_limited"),
    (200, "Throttling.AllocationQuota", "", "rate_limited"),
    # Baidu
    (400, "tokens_too_long invalid_request_error", "Prompt tokens too long", "too_large"),
    (400, "characters_too_long invalid_request_error", "", "too_large"),
    (400, "malformed_json invalid_request_error", "Invalid Argument", "bad_request"),
    # Moonshot
    (400, "invalid_request_error", "Your request exceeded model token limit : 8", "too_large"),
    (400, "content_filter", "The request was rejected because it was considered high risk", "content_filter"),
    (401, "invalid_authentication_error", "", "auth"),
    (403, "exceeded_current_quota_error", "", "forbidden"),
    (429, "engine_overloaded_error", "The engine is currently overloaded, rate limit", "overloaded"),
    (429, "rate_limit_reached_error", "", "rate_limited"),
    # Zhipu
    (429, "1113", "Your account is in arrears", "forbidden"),
    (400, "1211", "Model does not exist", "not_found"),
    (400, "1301", "unsafe or sensitive content", "content_filter"),
    (429, "1302", "High concurrency", "rate_limited"),
    (400, "", "1301 is a number in a sentence", "bad_request"),
    # llama.cpp
    (400, "400 exceed_context_size_error", "", "too_large"),
    (503, "503 unavailable_error", "Loading model", "overloaded"),
    # nothing but a status
    (301, "", "", "redirect_refused"),
    (418, "", "", "bad_request"),
    (498, "", "", "overloaded"),
    (502, "", "", "server_error"),
    (200, "", "", "server_error"),
    (200, "502", "", "server_error"),
    (200, "404", "", "not_found"),
]  # fmt: skip


@pytest.mark.parametrize(("status", "code", "message", "outcome"), NAMED)
def test_an_error_means(status, code, message, outcome):
    assert _errors.outcome(status, ErrorBody(code, message)) == outcome


def test_no_words_of_the_table_hide_behind_others():
    """A phrase that contains an earlier one could never decide anything."""
    rows = _errors.WORDS_IN_ANSWER
    hidden = [
        (words, earlier) for place, (words, _) in enumerate(rows) for earlier, _ in rows[:place] if earlier in words
    ]
    assert hidden == []


# --- anything at all -------------------------------------------------------------------------------------------------


def keys_in(value):
    """Yield every name that stands in an object, however deep."""
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from keys_in(inner)
    if isinstance(value, dict):
        yield from value


KNOWN = sorted(
    {name for answer, _ in WHOLE.values() for name in keys_in(answer)}
    | {"delta", "error", "message", "response", "item", "content_block", "index", "start", "logprobs", "logprobsResult"}
    | {"chosenCandidates", "topCandidates", "promptFeedback", "incomplete_details", "details", "data", "models"}
)
KINDS = ["response.output_text.delta", "response.output_item.added", "response.completed", "error", "function_call"]
KINDS += [
    "message_start",
    "content_block_start",
    "content_block_delta",
    "message_delta",
    "tool_use",
    "input_json_delta",
]
SCALARS = st.none() | st.booleans() | st.integers(-2, 9) | st.decimals(-2, 9, places=1) | st.sampled_from(["", "x"])


def objects(inner):
    fields = st.dictionaries(st.sampled_from(KNOWN), inner, max_size=5)
    return fields | st.builds(lambda kind, rest: {**rest, "type": kind}, st.sampled_from(KINDS), fields)


ANY_JSON = st.recursive(
    SCALARS | st.sampled_from(KINDS), lambda inner: st.lists(inner, max_size=3) | objects(inner), max_leaves=20
)
NAMES = [*KINDS, "messageStart", "contentBlockStart", "contentBlockDelta", "messageStop", "metadata", "xException"]


@pytest.mark.parametrize("dialect", LOADED)
@given(name=st.sampled_from(NAMES), body=ANY_JSON, kind=st.sampled_from(AskKind))
def test_no_json_breaks_a_dialect(dialect, name, body, kind):
    read = LOADED[dialect]
    for understand in (lambda: read.event(name, body), lambda: read.reply(Ask(kind), body)):
        with contextlib.suppress(UnexpectedShape):
            piece = understand()
            assert all(isinstance(text, str) for _, text in piece.deltas)
            assert all(isinstance(part.name + part.arguments, str) for part in piece.tool_parts)
