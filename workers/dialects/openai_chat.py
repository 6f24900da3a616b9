"""The OpenAI chat-completions protocol, as OpenAI, DeepSeek, Qwen, Hunyuan, MiMo, vLLM and llama.cpp speak it."""

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from scorecards.catalog import Endpoint
from scorecards.exchanges import Ask, AskKind, DeltaKind, TokenLogprob, Tool, Usage
from workers.dialects import _json
from workers.dialects._dialect import Dialect, Piece, ToolPart, UnexpectedShape
from workers.http import Request

TEXT_FIELDS = {
    "reasoning_content": DeltaKind.REASONING,
    "reasoning": DeltaKind.REASONING,
    "content": DeltaKind.CONTENT,
    "refusal": DeltaKind.REFUSAL,
}
"""Fields of a message or delta that carry text. DeepSeek, Qwen and vLLM stream thoughts as `reasoning_content`."""

EMPTY = ((DeltaKind.EMPTY, ""),)
TIMINGS = ("prompt_ms", "prompt_n", "predicted_ms", "predicted_n", "predicted_per_token_ms")
"""llama.cpp's own account, kept beside ours so that anybody can compare."""


def _request(ask: Ask, endpoint: Endpoint, key: str | None) -> Request | None:
    make = REQUESTS.get(ask.kind)
    return make(ask, endpoint, _headers(key)) if make else None


def _headers(key: str | None) -> tuple[tuple[str, str], ...]:
    plain = (("Content-Type", "application/json"), ("Accept", "text/event-stream, application/json"))
    return (*plain, ("Authorization", f"Bearer {key}")) if key else plain


Headers = tuple[tuple[str, str], ...]


def _chat(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    body: dict[str, Any] = {
        "model": ask.model_id or endpoint.model_id,
        "messages": [*({"role": role, "content": text} for role, text in _turns(ask))],
        "max_tokens": ask.max_output_tokens,
        "stream": ask.stream,
    }
    return _post(f"{endpoint.base_url}/chat/completions", headers, body | _options(ask))


def _turns(ask: Ask) -> Iterator[tuple[str, str]]:
    if ask.system:
        yield "system", ask.system
    yield "user", ask.text


def _options(ask: Ask) -> dict[str, Any]:
    """Return the fields that stand in a request only when they are wanted."""
    wanted: dict[str, Any] = {
        "stream_options": {"include_usage": True} if ask.stream else None,
        "temperature": None if ask.temperature is None else float(ask.temperature),
        "seed": ask.seed,
        "tools": [_tool(one) for one in ask.tools] or None,
        "tool_choice": "required" if ask.must_call else None,
        "response_format": None if ask.schema is None else _schema(ask.schema),
        "logprobs": None if ask.top_logprobs is None else True,
        "top_logprobs": ask.top_logprobs or None,
    }
    return {name: value for name, value in wanted.items() if value is not None}


def _tool(tool: Tool) -> dict[str, Any]:
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", "function": function}


def _schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": schema}}


def _list_models(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    return Request("GET", f"{endpoint.base_url}/models", headers)


def _count_tokens(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request | None:
    count = COUNTERS.get(endpoint.token_counter or "")
    return count(ask, endpoint, headers) if count else None


def _llama_cpp_count(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    """Count a prompt as the server's template and tokenizer make it, without generating anything."""
    body = {"model": endpoint.model_id, "messages": [{"role": "user", "content": ask.text}]}
    return _post(f"{endpoint.base_url}/messages/count_tokens", headers, body)


def _post(url: str, headers: Headers, body: Mapping[str, Any]) -> Request:
    return Request("POST", url, headers, json.dumps(body, ensure_ascii=False).encode())


REQUESTS: Mapping[AskKind, Callable[[Ask, Endpoint, Headers], Request | None]] = {
    AskKind.CHAT: _chat,
    AskKind.LIST_MODELS: _list_models,
    AskKind.COUNT_TOKENS: _count_tokens,
}
COUNTERS: Mapping[str, Callable[[Ask, Endpoint, Headers], Request]] = {"llama_cpp": _llama_cpp_count}


def _event(_name: str, body: Any) -> Piece:  # noqa: ANN401 - what came over the wire
    return _message(_json.mapping(body, "an event"), "delta")


def _reply(ask: Ask, body: Any) -> Piece:  # noqa: ANN401 - what came over the wire
    return REPLIES[ask.kind](_json.mapping(body, "an answer"))


def _message(body: Mapping[str, Any], part: str) -> Piece:
    if body.get("error"):
        return Piece(error=_json.error(body["error"]))
    choices = _json.sequence(body.get("choices") or [], "choices")
    choice = _json.mapping(choices[0], "choices[0]") if choices else {}
    message = _json.mapping(choice.get(part) or {}, part)
    timings = body.get("timings")
    return Piece(
        deltas=_deltas(message) if choices else (),
        tool_parts=_tool_parts(message) if message.get("tool_calls") else (),
        logprobs=_logprobs(choice["logprobs"]) if choice.get("logprobs") else (),
        finish_reason=_json.text(choice.get("finish_reason")),
        usage=_usage(body.get("usage")),
        served_model=_json.text(body.get("model")),
        fingerprint=_json.text(body.get("system_fingerprint")),
        answer_id=_json.text(body.get("id")),
        server_timings=_timings(timings) if isinstance(timings, dict) else {},
    )


def _deltas(message: Mapping[str, Any]) -> tuple[tuple[DeltaKind, str], ...]:
    texts = [(kind, message.get(field)) for field, kind in TEXT_FIELDS.items()]
    found = [(kind, text) for kind, text in texts if isinstance(text, str) and text]
    if message.get("tool_calls"):
        found.append((DeltaKind.TOOL, "".join(one.name + one.arguments for one in _tool_parts(message))))
    return tuple(found) or EMPTY


def _tool_parts(message: Mapping[str, Any]) -> tuple[ToolPart, ...]:
    calls = _json.sequence(message["tool_calls"], "tool_calls")
    return tuple(_tool_part(place, _json.mapping(call, "a tool call")) for place, call in enumerate(calls))


def _tool_part(place: int, call: Mapping[str, Any]) -> ToolPart:
    function = _json.mapping(call.get("function") or {}, "function")
    index = _json.count(call.get("index"))
    name, arguments = function.get("name"), function.get("arguments")
    return ToolPart(
        place if index is None else index,
        name if isinstance(name, str) else "",
        arguments if isinstance(arguments, str) else "" if arguments is None else json.dumps(arguments, default=str),
    )


def _logprobs(body: Any) -> tuple[TokenLogprob, ...]:  # noqa: ANN401 - what came over the wire
    tokens = body.get("content") if isinstance(body, dict) else None
    return tuple(
        TokenLogprob(str(one.get("token")), number, tuple(_alternatives(one)))
        for one in (tokens if isinstance(tokens, list) else ())
        if isinstance(one, dict) and (number := _json.number(one.get("logprob"))) is not None
    )


def _alternatives(token: Mapping[str, Any]) -> Iterator[tuple[str, Decimal]]:
    for one in token.get("top_logprobs") or ():
        if isinstance(one, dict) and (number := _json.number(one.get("logprob"))) is not None:
            yield str(one.get("token")), number


def _usage(body: Any) -> Usage | None:  # noqa: ANN401 - what came over the wire
    if not isinstance(body, dict):
        return None
    prompt, completion = body.get("prompt_tokens_details"), body.get("completion_tokens_details")
    return Usage(
        input=_json.count(body.get("prompt_tokens")),
        output=_json.count(body.get("completion_tokens")),
        total=_json.count(body.get("total_tokens")),
        cached=_json.count(prompt.get("cached_tokens")) if isinstance(prompt, dict) else None,
        reasoning=_json.count(completion.get("reasoning_tokens")) if isinstance(completion, dict) else None,
        malformed=_json.malformed(body, ("prompt_tokens", "completion_tokens", "total_tokens")),
    )


def _listing(body: Mapping[str, Any]) -> Piece:
    rows = _json.sequence(body.get("data"), "data")
    return Piece(listed=tuple(str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row))


def _tokens(body: Mapping[str, Any]) -> Piece:
    count = _json.count(body.get("input_tokens"))
    if count is None:
        raise UnexpectedShape(f"wants input_tokens as a whole number, has {body.get('input_tokens')!r}")
    return Piece(tokens=count)


def _answer(body: Mapping[str, Any]) -> Piece:
    if not body.get("error") and not body.get("choices"):
        raise UnexpectedShape("wants choices with an answer, has none")
    return _message(body, "message")


REPLIES: Mapping[AskKind, Callable[[Mapping[str, Any]], Piece]] = {
    AskKind.CHAT: _answer,
    AskKind.LIST_MODELS: _listing,
    AskKind.COUNT_TOKENS: _tokens,
}


def _timings(body: Mapping[str, Any]) -> dict[str, Decimal]:
    return {name: number for name in TIMINGS if (number := _json.number(body.get(name))) is not None}


DIALECT = Dialect(request=_request, event=_event, reply=_reply, end=b"[DONE]")
