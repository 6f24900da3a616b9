"""The OpenAI chat-completions protocol, as OpenAI, DeepSeek, Qwen, Hunyuan, MiMo, vLLM and llama.cpp speak it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from scorecards.catalog import Endpoint
from scorecards.exchanges import Ask, AskKind, Calling, DeltaKind, Tool, ToolTurn, Usage
from workers.dialects import _asking, _json, _openai
from workers.dialects._asking import Headers
from workers.dialects._dialect import Dialect, ErrorBody, Piece, ToolPart, UnexpectedShape
from workers.http import Request

TEXT_FIELDS = {
    "reasoning_content": DeltaKind.REASONING,
    "reasoning": DeltaKind.REASONING,
    "content": DeltaKind.CONTENT,
    "refusal": DeltaKind.REFUSAL,
}
"""Fields of a message or delta that carry text. DeepSeek, Qwen and vLLM stream thoughts as `reasoning_content`."""

PARTS = {"thinking": DeltaKind.REASONING, "text": DeltaKind.CONTENT, "refusal": DeltaKind.REFUSAL}
"""Fields of one part, where a text is a list of parts (Mistral's thoughts)."""

REQUIRED = ("id", "object", "created", "model", "choices")
OF_A_CHOICE = ("index", "message", "finish_reason")
"""What OpenAI's description of the protocol requires of a whole answer, and of each of its choices."""

CALL_ID = "call_1"
"""Of a call in a turn of our own making."""

EMPTY = ((DeltaKind.EMPTY, ""),)
FINISHES = {
    "function_call": "tool_calls",
    "eos": "stop",
    "model_context_window_exceeded": "length",
    "sensitive": "content_filter",
}
"""Other names of the same ends: OpenAI before 2023-11, Together, Zhipu, Zhipu."""
BREAKS = frozenset({"error", "network_error", "insufficient_system_resource", "abort"})
"""What Mistral, Zhipu, DeepSeek and vLLM call an end by no choice of the model: an error in the shape of a reason."""

TIMINGS = ("prompt_ms", "prompt_n", "predicted_ms", "predicted_n", "predicted_per_token_ms")
"""llama.cpp's own account, kept beside ours so that anybody can compare."""

CAP_OF_OPENAI = (("api.openai.com", ""), (".azure.com", "openai/"))
"""Ends of host names and beginnings of model refs where `max_tokens` is refused in favour of `max_completion_tokens`;
elsewhere only the old name is understood by all."""


def _request(ask: Ask, endpoint: Endpoint, key: str | None) -> Request | None:
    return REQUESTS[ask.kind](ask, endpoint, _asking.bearer(key))


def _chat(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    body: dict[str, Any] = {
        "model": ask.model_id or endpoint.model_id,
        "messages": [*_turns(ask)],
        _cap(endpoint): ask.max_output_tokens,
        "stream": ask.stream,
    }
    return _asking.post(f"{endpoint.base_url}/chat/completions", headers, body | _options(ask))


def _cap(endpoint: Endpoint) -> str:
    host = urlsplit(endpoint.base_url).hostname or ""
    renamed = any(host.endswith(end) and endpoint.model.startswith(start) for end, start in CAP_OF_OPENAI)
    return "max_completion_tokens" if renamed else "max_tokens"


def _turns(ask: Ask) -> Iterator[dict[str, Any]]:
    if ask.system:
        yield {"role": "system", "content": ask.system}
    yield {"role": "user", "content": _content(ask)}
    if ask.after:
        yield from _tool_turn(ask.after)


def _content(ask: Ask) -> str | list[dict[str, Any]]:
    if not ask.image_png:
        return ask.text
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{ask.image_png}"}}
    return [{"type": "text", "text": ask.text}, image]


def _tool_turn(turn: ToolTurn) -> Iterator[dict[str, Any]]:
    function = {"name": turn.call.name, "arguments": turn.call.arguments}
    calls = [{"id": CALL_ID, "type": "function", "function": function}]
    thought = {"reasoning_content": turn.thought} if turn.thought else {}
    yield {"role": "assistant", "content": "", **thought, "tool_calls": calls}
    yield {"role": "tool", "tool_call_id": CALL_ID, "content": turn.result}


def _options(ask: Ask) -> dict[str, Any]:
    """Return the fields that stand in a request only when they are wanted."""
    return _asking.said(
        {
            "stream_options": {"include_usage": True} if ask.stream else None,
            "temperature": _asking.number(ask.temperature),
            "seed": ask.seed,
            "tools": [_tool(one) for one in ask.tools] or None,
            "tool_choice": _tool_choice(ask),
            "parallel_tool_calls": ask.parallel,
            "response_format": _response_format(ask),
            "n": ask.choices,
            "stop": list(ask.stop) or None,
            "logprobs": None if ask.top_logprobs is None else True,
            "top_logprobs": ask.top_logprobs or None,
        }
    )


def _tool(tool: Tool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def _tool_choice(ask: Ask) -> str | dict[str, Any] | None:
    if ask.calling is Calling.NAMED:
        return {"type": "function", "function": {"name": ask.tools[0].name}}
    return ask.calling


def _response_format(ask: Ask) -> dict[str, Any] | None:
    if ask.schema is not None:
        return {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": ask.schema}}
    return {"type": "json_object"} if ask.json_object else None


def _list_models(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    return Request("GET", f"{endpoint.base_url}/models", headers)


def _count_tokens(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request | None:
    count = COUNTERS.get(endpoint.token_counter or "")
    return count(ask, endpoint, headers) if count else None


def _llama_cpp_count(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    """Count a prompt as the server's template and tokenizer make it, without generating anything."""
    body = {"model": endpoint.model_id, "messages": [{"role": "user", "content": ask.text}]}
    return _asking.post(f"{endpoint.base_url}/messages/count_tokens", headers, body)


REQUESTS: Mapping[AskKind, Callable[[Ask, Endpoint, Headers], Request | None]] = {
    AskKind.CHAT: _chat,
    AskKind.LIST_MODELS: _list_models,
    AskKind.COUNT_TOKENS: _count_tokens,
    AskKind.EMBED: _openai.embed,
}
COUNTERS: Mapping[str, Callable[[Ask, Endpoint, Headers], Request]] = {"llama_cpp": _llama_cpp_count}


def _event(_name: str, body: Any) -> Piece:  # noqa: ANN401 - what came over the wire
    return _message(_json.mapping(body, "an event"), "delta")


def _reply(ask: Ask, body: Any) -> Piece:  # noqa: ANN401 - what came over the wire
    return REPLIES[ask.kind](_json.mapping(body, "an answer"))


def _message(body: Mapping[str, Any], part: str) -> Piece:
    choices = _json.sequence(body.get("choices") or [], "choices")
    choice = _json.mapping(choices[0], "choices[0]") if choices else {}
    if error := body.get("error") or choice.get("error"):
        return Piece(error=_json.error(error))
    message = _json.mapping(choice.get(part) or {}, part)
    reason, logprobs, timings = _json.text(choice.get("finish_reason")), choice.get("logprobs"), body.get("timings")
    return Piece(
        deltas=_deltas(message) if choices else (),
        tool_parts=_tool_parts(message) if message.get("tool_calls") else (),
        logprobs=_openai.logprobs(logprobs.get("content")) if isinstance(logprobs, dict) else (),
        finish_reason=FINISHES.get(reason, reason) if reason else None,
        usage=_usage(body.get("usage") or choice.get("usage")),
        served_model=_json.text(body.get("model")),
        fingerprint=_json.text(body.get("system_fingerprint")),
        answer_id=_json.text(body.get("id")),
        error=ErrorBody(reason, f"finish_reason is {reason}") if reason in BREAKS else None,
        server_timings=_timings(timings) if isinstance(timings, dict) else {},
    )


def _deltas(message: Mapping[str, Any]) -> tuple[tuple[DeltaKind, str], ...]:
    fields = [(kind, message[field]) for field, kind in TEXT_FIELDS.items() if message.get(field)]
    found = [pair for kind, value in fields for pair in _texts(kind, value)]
    found = list(dict.fromkeys(found))  # vLLM says its thoughts under both names
    if message.get("tool_calls"):
        found.append((DeltaKind.TOOL, "".join(one.name + one.arguments for one in _tool_parts(message))))
    return tuple(found) or EMPTY


def _texts(kind: DeltaKind, value: Any) -> Iterator[tuple[DeltaKind, str]]:  # noqa: ANN401 - what came over the wire
    """Yield the texts of a field that is not empty: a string, or parts, whose own fields may hold parts once more."""
    if isinstance(value, str):
        yield kind, value
        return
    for part in _parts(value):
        for name, kind_of_part in PARTS.items():
            meant = kind if name == "text" else kind_of_part
            inner = part.get(name)
            texts = [inner] if isinstance(inner, str) else [one.get("text") for one in _parts(inner)]
            yield from ((meant, text) for text in texts if isinstance(text, str) and text)


def _parts(value: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - what came over the wire
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, dict)]


def _tool_parts(message: Mapping[str, Any]) -> tuple[ToolPart, ...]:
    calls = _json.sequence(message["tool_calls"], "tool_calls")
    return tuple(_tool_part(_json.mapping(call, "a tool call")) for call in calls)


def _tool_part(call: Mapping[str, Any]) -> ToolPart:
    function = _json.mapping(call.get("function") or {}, "function")
    name, arguments = function.get("name"), function.get("arguments")
    return ToolPart(
        _json.count(call.get("index")),
        name if isinstance(name, str) else "",
        arguments if isinstance(arguments, str) else "" if arguments is None else _json.written(arguments),
    )


def _usage(body: Any) -> Usage | None:  # noqa: ANN401 - what came over the wire
    if not isinstance(body, dict):
        return None
    prompt, completion = body.get("prompt_tokens_details"), body.get("completion_tokens_details")
    return Usage(
        input=_json.count(body.get("prompt_tokens")),
        output=_json.count(body.get("completion_tokens")),
        total=_json.count(body.get("total_tokens")),
        cached=_json.count(prompt.get("cached_tokens") if isinstance(prompt, dict) else _old_cached(body)),
        reasoning=_json.count(completion.get("reasoning_tokens")) if isinstance(completion, dict) else None,
        malformed=_json.malformed(body, ("prompt_tokens", "completion_tokens", "total_tokens")),
    )


def _old_cached(body: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what came over the wire
    """Return what DeepSeek and Moonshot say beside the details."""
    return body.get("prompt_cache_hit_tokens", body.get("cached_tokens"))


def _answer(body: Mapping[str, Any]) -> Piece:
    if not body.get("error") and not body.get("choices"):
        raise UnexpectedShape("wants choices with an answer, has none")
    if body.get("error"):
        return _message(body, "message")
    choice = _json.mapping(_json.sequence(body["choices"], "choices")[0], "choices[0]")
    lacking = (*_json.lacking(body, *REQUIRED), *(f"choices[0].{one}" for one in _json.lacking(choice, *OF_A_CHOICE)))
    return replace(_message(body, "message"), lacking=lacking, choices=len(body["choices"]))


def _error(body: Mapping[str, Any]) -> Piece | None:
    return Piece(error=_json.error(body["error"])) if body.get("error") else None


REPLIES: Mapping[AskKind, Callable[[Mapping[str, Any]], Piece]] = {
    AskKind.CHAT: _answer,
    AskKind.LIST_MODELS: lambda body: _error(body) or _json.listing(body, "data", "id"),
    AskKind.COUNT_TOKENS: lambda body: _error(body) or _json.tokens(body, "input_tokens"),
    AskKind.EMBED: lambda body: _error(body) or _openai.embedded(body),
}


def _timings(body: Mapping[str, Any]) -> dict[str, Decimal]:
    return {name: number for name in TIMINGS if (number := _json.number(body.get(name))) is not None}


DIALECT = Dialect(request=_request, event=_event, reply=_reply, end=b"[DONE]")
