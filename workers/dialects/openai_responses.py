"""The OpenAI responses protocol, as OpenAI, Meta and llama.cpp speak it. Nothing is left stored with the provider."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from scorecards.catalog import UNSAYABLE, Endpoint
from scorecards.exchanges import Ask, AskKind, Calling, DeltaKind, Tool, ToolTurn, Usage
from workers.dialects import _asking, _json, _openai
from workers.dialects._asking import Headers
from workers.dialects._dialect import Dialect, Piece, ToolPart
from workers.http import Request

TEXT_EVENTS = {
    "response.output_text.delta": DeltaKind.CONTENT,
    "response.refusal.delta": DeltaKind.REFUSAL,
    "response.reasoning_text.delta": DeltaKind.REASONING,
    "response.reasoning_summary_text.delta": DeltaKind.REASONING,
}
TEXT_PARTS = {
    "output_text": ("text", DeltaKind.CONTENT),
    "refusal": ("refusal", DeltaKind.REFUSAL),
    "reasoning_text": ("text", DeltaKind.REASONING),
    "summary_text": ("text", DeltaKind.REASONING),
}
"""Type of a part → the field with its text, and what that is."""
FINISHES = {"max_output_tokens": "length", "content_filter": "content_filter"}
"""Why an answer is incomplete; any other reason stays as it is."""


REQUIRED = ("id", "object", "created_at", "model", "status", "output")
"""What OpenAI's description of the protocol requires of a whole answer."""

CALL_ID = "call_1"
"""Of a call in a turn of our own making."""


def _lacks(ask: Ask, endpoint: Endpoint, key: str | None) -> tuple[str, ...]:
    return _asking.unsayable(ask, UNSAYABLE["openai_responses"])


def _request(ask: Ask, endpoint: Endpoint, key: str | None) -> Request | None:
    return None if _lacks(ask, endpoint, key) else REQUESTS[ask.kind](ask, endpoint, _asking.bearer(key))


def _chat(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    options = {
        "temperature": _asking.number(ask.temperature),
        "tool_choice": _tool_choice(ask),
        "parallel_tool_calls": ask.parallel,
        "text": _format(ask),
        "include": None if ask.top_logprobs is None else ["message.output_text.logprobs"],
        "top_logprobs": ask.top_logprobs or None,
    }
    body = _input(ask, endpoint) | {"max_output_tokens": ask.max_output_tokens, "stream": ask.stream, "store": False}
    return _asking.post(f"{endpoint.base_url}/responses", headers, body | _asking.said(options))


def _input(ask: Ask, endpoint: Endpoint) -> dict[str, Any]:
    asked = {"model": ask.model_id or endpoint.model_id, "input": [*_turns(ask)]}
    options = {"instructions": ask.system or None, "tools": [_tool(one) for one in ask.tools] or None}
    return asked | _asking.said(options)


def _turns(ask: Ask) -> Iterator[dict[str, Any]]:
    yield {"role": "user", "content": _content(ask)}
    if ask.after:
        yield from _tool_turn(ask.after)


def _content(ask: Ask) -> str | list[dict[str, Any]]:
    if not ask.image_png:
        return ask.text
    image = {"type": "input_image", "image_url": f"data:image/png;base64,{ask.image_png}"}
    return [{"type": "input_text", "text": ask.text}, image]


def _tool_turn(turn: ToolTurn) -> Iterator[dict[str, Any]]:
    if turn.thought:
        yield {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": turn.thought}]}
    yield {"type": "function_call", "call_id": CALL_ID, "name": turn.call.name, "arguments": turn.call.arguments}
    yield {"type": "function_call_output", "call_id": CALL_ID, "output": turn.result}


def _tool_choice(ask: Ask) -> str | dict[str, Any] | None:
    if ask.calling is Calling.NAMED:
        return {"type": "function", "name": ask.tools[0].name}
    return ask.calling


def _tool(tool: Tool) -> dict[str, Any]:
    # Not strict, as in the chat protocol: this one would else make every schema strict by default.
    function = {"name": tool.name, "description": tool.description, "parameters": tool.parameters}
    return {"type": "function", **function, "strict": False}


def _format(ask: Ask) -> dict[str, Any] | None:
    if ask.schema is not None:
        return {"format": {"type": "json_schema", "name": "answer", "strict": True, "schema": ask.schema}}
    return {"format": {"type": "json_object"}} if ask.json_object else None


def _list_models(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    return Request("GET", f"{endpoint.base_url}/models", headers)


def _count_tokens(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    return _asking.post(f"{endpoint.base_url}/responses/input_tokens", headers, _input(ask, endpoint))


REQUESTS: Mapping[AskKind, Callable[[Ask, Endpoint, Headers], Request]] = {
    AskKind.CHAT: _chat,
    AskKind.LIST_MODELS: _list_models,
    AskKind.COUNT_TOKENS: _count_tokens,
    AskKind.EMBED: _openai.embed,
}


def _event(name: str, body: Any) -> Piece:  # noqa: ANN401 - what came over the wire
    event = _json.mapping(body, "an event")
    kind = _json.text(event.get("type")) or name
    if kind in TEXT_EVENTS:
        text = _json.text(event.get("delta")) or ""
        return Piece(
            deltas=((TEXT_EVENTS[kind] if text else DeltaKind.EMPTY, text),),
            logprobs=_openai.logprobs(event.get("logprobs")),
        )
    read = EVENTS.get(kind)
    return read(event) if read else Piece()


def _failed(event: Mapping[str, Any]) -> Piece:
    """Read an `error` event, which holds the error itself or, from some servers, an object with it."""
    return Piece(error=_json.error(event.get("error") or {**event, "type": None}))


def _begun(event: Mapping[str, Any]) -> Piece:
    response = _json.mapping(event.get("response") or {}, "response")
    return replace(_end(response), deltas=((DeltaKind.EMPTY, ""),))


def _ended(event: Mapping[str, Any]) -> Piece:
    return _end(_json.mapping(event.get("response"), "response"))


def _call_begun(event: Mapping[str, Any]) -> Piece:
    item = _json.mapping(event.get("item") or {}, "item")
    return _tool_piece(_tool_part(_index(event), item)) if item.get("type") == "function_call" else Piece()


def _call_continued(event: Mapping[str, Any]) -> Piece:
    return _tool_piece(ToolPart(_index(event), arguments=_json.text(event.get("delta")) or ""))


def _index(event: Mapping[str, Any]) -> int:
    return _json.count(event.get("output_index")) or 0


def _tool_piece(part: ToolPart) -> Piece:
    said = part.name + part.arguments
    return Piece(deltas=((DeltaKind.TOOL if said else DeltaKind.EMPTY, said),), tool_parts=(part,))


EVENTS: Mapping[str, Callable[[Mapping[str, Any]], Piece]] = {
    "error": _failed,
    "response.created": _begun,
    "response.completed": _ended,
    "response.incomplete": _ended,
    "response.failed": _ended,
    "response.output_item.added": _call_begun,
    "response.function_call_arguments.delta": _call_continued,
}
"""All other events tell again, or tell of tools that nobody here asks for."""


def _reply(ask: Ask, body: Any) -> Piece:  # noqa: ANN401 - what came over the wire
    answer = _json.mapping(body, "an answer")
    if answer.get("error") and "status" not in answer:
        return Piece(error=_json.error(answer["error"]))
    return REPLIES[ask.kind](answer)


def _whole(answer: Mapping[str, Any]) -> Piece:
    items = [_json.mapping(one, "an item") for one in _json.sequence(answer.get("output"), "output")]
    parts = [part for item in items for part in _parts(item)]
    calls = [_tool_part(None, item) for item in items if item.get("type") == "function_call"]
    texts = [pair for part in parts for pair in _text(part)]
    return replace(
        _end(answer),
        deltas=tuple(texts + [(DeltaKind.TOOL, one.name + one.arguments) for one in calls]),
        tool_parts=tuple(calls),
        logprobs=tuple(one for part in parts for one in _openai.logprobs(part.get("logprobs"))),
        lacking=_json.lacking(answer, *REQUIRED),
    )


def _parts(item: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for field in ("summary", "content"):
        for part in _json.sequence(item.get(field) or [], field):
            yield _json.mapping(part, "a part")


def _text(part: Mapping[str, Any]) -> Iterator[tuple[DeltaKind, str]]:
    field, kind = TEXT_PARTS.get(str(part.get("type")), ("", DeltaKind.EMPTY))
    if text := _json.text(part.get(field)):
        yield kind, text


def _tool_part(index: int | None, item: Mapping[str, Any]) -> ToolPart:
    return ToolPart(index, _json.text(item.get("name")) or "", _json.text(item.get("arguments")) or "")


def _end(response: Mapping[str, Any]) -> Piece:
    """Read who answered and how it ended: not yet, completed, cut short for a reason, or failed with an error."""
    status = response.get("status")
    broken = response.get("error") or (status in ("failed", "cancelled") and {"code": status, "message": status})
    details = response.get("incomplete_details")
    reason = _json.text(details.get("reason")) if isinstance(details, dict) else None
    why = FINISHES.get(reason, reason) if reason else status if status == "incomplete" else None
    return Piece(
        finish_reason="stop" if status == "completed" else why,
        usage=_usage(response.get("usage")),
        error=_json.error(broken) if broken else None,
        served_model=_json.text(response.get("model")),
        answer_id=_json.text(response.get("id")),
    )


def _usage(body: Any) -> Usage | None:  # noqa: ANN401 - what came over the wire
    if not isinstance(body, dict):
        return None
    read, written = body.get("input_tokens_details"), body.get("output_tokens_details")
    return Usage(
        input=_json.count(body.get("input_tokens")),
        output=_json.count(body.get("output_tokens")),
        total=_json.count(body.get("total_tokens")),
        cached=_json.count(read.get("cached_tokens")) if isinstance(read, dict) else None,
        reasoning=_json.count(written.get("reasoning_tokens")) if isinstance(written, dict) else None,
        malformed=_json.malformed(body, ("input_tokens", "output_tokens", "total_tokens")),
    )


REPLIES: Mapping[AskKind, Callable[[Mapping[str, Any]], Piece]] = {
    AskKind.CHAT: _whole,
    AskKind.LIST_MODELS: lambda body: _json.listing(body, "data", "id"),
    AskKind.COUNT_TOKENS: lambda body: _json.tokens(body, "input_tokens"),
    AskKind.EMBED: _openai.embedded,
}

DIALECT = Dialect(request=_request, event=_event, reply=_reply, end=b"[DONE]", lacks=_lacks, calls_end_as_stop=True)
