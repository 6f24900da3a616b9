"""The OpenAI chat-completions protocol, as OpenAI, DeepSeek, Qwen, Hunyuan, MiMo, vLLM and llama.cpp speak it."""

import json
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from scorecards.catalog import Endpoint
from scorecards.evidence import Ask, AskKind, DeltaKind, Usage
from workers.dialects._dialect import Dialect, Piece, UnexpectedShape
from workers.http import Request

TEXT_FIELDS = {
    "reasoning_content": DeltaKind.REASONING,
    "reasoning": DeltaKind.REASONING,
    "content": DeltaKind.CONTENT,
    "refusal": DeltaKind.REFUSAL,
}
"""Fields of a message or delta that carry text. DeepSeek, Qwen and vLLM stream thoughts as `reasoning_content`."""

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
        "messages": [{"role": "user", "content": ask.text}],
        "max_tokens": ask.max_output_tokens,
        "stream": ask.stream,
    }
    if ask.stream:
        body["stream_options"] = {"include_usage": True}
    if ask.temperature is not None:
        body["temperature"] = float(ask.temperature)
    if ask.seed is not None:
        body["seed"] = ask.seed
    return _post(f"{endpoint.base_url}/chat/completions", headers, body)


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


def _event(body: Any) -> Piece:  # noqa: ANN401 - what came over the wire
    return _message(_mapping(body, "an event"), "delta")


def _reply(ask: Ask, body: Any) -> Piece:  # noqa: ANN401 - what came over the wire
    return REPLIES[ask.kind](_mapping(body, "an answer"))


def _message(body: Mapping[str, Any], part: str) -> Piece:
    if body.get("error"):
        return Piece(error=_error(body["error"]))
    choices = _list(body.get("choices") or [], "choices")
    choice = _mapping(choices[0], "choices[0]") if choices else {}
    timings = body.get("timings")
    return Piece(
        deltas=tuple(_deltas(_mapping(choice.get(part) or {}, part))) if choices else (),
        finish_reason=_text(choice.get("finish_reason")),
        usage=_usage(body.get("usage")),
        served_model=_text(body.get("model")),
        fingerprint=_text(body.get("system_fingerprint")),
        server_timings=_timings(timings) if isinstance(timings, dict) else {},
    )


def _deltas(message: Mapping[str, Any]) -> Iterator[tuple[DeltaKind, str]]:
    found = False
    for field, kind in TEXT_FIELDS.items():
        text = message.get(field)
        if isinstance(text, str) and text:
            found = True
            yield kind, text
    if message.get("tool_calls"):
        found = True
        yield DeltaKind.TOOL, json.dumps(message["tool_calls"], ensure_ascii=False, default=str)
    if not found:
        yield DeltaKind.EMPTY, ""


def _usage(body: Any) -> Usage | None:  # noqa: ANN401 - what came over the wire
    if not isinstance(body, dict):
        return None
    prompt, completion = body.get("prompt_tokens_details"), body.get("completion_tokens_details")
    return Usage(
        input=_count(body.get("prompt_tokens")),
        output=_count(body.get("completion_tokens")),
        total=_count(body.get("total_tokens")),
        cached=_count(prompt.get("cached_tokens")) if isinstance(prompt, dict) else None,
        reasoning=_count(completion.get("reasoning_tokens")) if isinstance(completion, dict) else None,
    )


def _listing(body: Mapping[str, Any]) -> Piece:
    rows = _list(body.get("data"), "data")
    return Piece(listed=tuple(str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row))


def _tokens(body: Mapping[str, Any]) -> Piece:
    count = _count(body.get("input_tokens"))
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


def _error(error: Any) -> str:  # noqa: ANN401 - what came over the wire
    message = error.get("message") if isinstance(error, dict) else error
    return str(message)[:300]


def _mapping(value: Any, what: str) -> Mapping[str, Any]:  # noqa: ANN401 - what came over the wire
    if not isinstance(value, dict):
        raise UnexpectedShape(f"wants {what} as an object, has {type(value).__name__}")
    return value


def _list(value: Any, what: str) -> list[Any]:  # noqa: ANN401 - what came over the wire
    if not isinstance(value, list):
        raise UnexpectedShape(f"wants {what} as a list, has {type(value).__name__}")
    return value


def _text(value: Any) -> str | None:  # noqa: ANN401 - what came over the wire
    return value if isinstance(value, str) and value else None


def _count(value: Any) -> int | None:  # noqa: ANN401 - what came over the wire
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _timings(body: Mapping[str, Any]) -> dict[str, Decimal]:
    return {name: Decimal(str(body[name])) for name in TIMINGS if isinstance(body.get(name), int | Decimal)}


DIALECT = Dialect(request=_request, event=_event, reply=_reply, end=b"[DONE]")
