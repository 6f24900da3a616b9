"""The Anthropic messages protocol, as Anthropic and llama.cpp speak it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from scorecards.catalog import UNSAYABLE, Endpoint
from scorecards.exchanges import Ask, AskKind, Calling, DeltaKind, Tool, ToolTurn, Usage
from workers.dialects import _asking, _json
from workers.dialects._asking import Headers
from workers.dialects._dialect import Dialect, Piece, ToolPart
from workers.http import Request

VERSION = "2023-06-01"
"""The newest version that takes a temperature at all; 2026-10-21 refuses it, and so do newer models under either."""

TEXT_FIELDS = {"text": DeltaKind.CONTENT, "thinking": DeltaKind.REASONING}
"""Fields of a content block or a delta that carry text."""
FINISHES = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
}
"""`refusal` is called that here too; `pause_turn` means none of ours and stays as it is."""
CACHES = ("cache_creation_input_tokens", "cache_read_input_tokens")
"""Input that `input_tokens` leaves out, though the model read it."""


CALLINGS = {Calling.NONE: "none", Calling.AUTO: "auto", Calling.REQUIRED: "any", Calling.NAMED: "tool"}
REQUIRED = ("id", "type", "role", "content", "model", "stop_reason", "usage")
"""What Anthropic's description of the protocol requires of a whole answer."""

CALL_ID = "toolu_1"
"""Of a call in a turn of our own making."""


def _lacks(ask: Ask, endpoint: Endpoint, key: str | None) -> tuple[str, ...]:
    return _asking.unsayable(ask, UNSAYABLE["anthropic_messages"])


def _request(ask: Ask, endpoint: Endpoint, key: str | None) -> Request | None:
    headers = (*_asking.JSON, ("anthropic-version", VERSION), *((("x-api-key", key),) if key else ()))
    return None if _lacks(ask, endpoint, key) else REQUESTS[ask.kind](ask, endpoint, headers)


def _url(endpoint: Endpoint, path: str) -> str:
    """Return a URL below /v1, which base URLs of this protocol leave out, and those of others name."""
    return f"{endpoint.base_url.removesuffix('/v1')}/v1/{path}"


def _chat(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    asked = {"max_tokens": ask.max_output_tokens, "stream": ask.stream}
    options = {
        "temperature": _asking.number(ask.temperature),
        "tool_choice": _tool_choice(ask),
        "stop_sequences": list(ask.stop) or None,
        "output_config": None if ask.schema is None else {"format": {"type": "json_schema", "schema": ask.schema}},
    }
    return _asking.post(_url(endpoint, "messages"), headers, _input(ask, endpoint) | asked | _asking.said(options))


def _input(ask: Ask, endpoint: Endpoint) -> dict[str, Any]:
    asked = {"model": ask.model_id or endpoint.model_id, "messages": [*_turns(ask)]}
    return asked | _asking.said({"system": ask.system or None, "tools": [_tool(one) for one in ask.tools] or None})


def _turns(ask: Ask) -> Iterator[dict[str, Any]]:
    yield {"role": "user", "content": _content(ask)}
    if ask.after:
        yield from _tool_turn(ask.after)


def _content(ask: Ask) -> str | list[dict[str, Any]]:
    if not ask.image_png:
        return ask.text
    source = {"type": "base64", "media_type": "image/png", "data": ask.image_png}
    return [{"type": "image", "source": source}, {"type": "text", "text": ask.text}]


def _tool_turn(turn: ToolTurn) -> Iterator[dict[str, Any]]:
    use = {"type": "tool_use", "id": CALL_ID, "name": turn.call.name, "input": json.loads(turn.call.arguments)}
    thought = [{"type": "thinking", "thinking": turn.thought, "signature": ""}] if turn.thought else []
    yield {"role": "assistant", "content": [*thought, use]}
    yield {"role": "user", "content": [{"type": "tool_result", "tool_use_id": CALL_ID, "content": turn.result}]}


def _tool_choice(ask: Ask) -> dict[str, Any] | None:
    """Return what is said of calling; that calls may come at once can only be said beside it."""
    calling = ask.calling or (Calling.AUTO if ask.parallel is not None else None)
    if calling is None:
        return None
    named = {"name": ask.tools[0].name} if calling is Calling.NAMED else {}
    alone = {} if ask.parallel is None else {"disable_parallel_tool_use": not ask.parallel}
    return {"type": CALLINGS[calling], **named, **alone}


def _tool(tool: Tool) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description, "input_schema": tool.parameters}


def _list_models(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    return Request("GET", _url(endpoint, "models?limit=1000"), headers)


def _count_tokens(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    return _asking.post(_url(endpoint, "messages/count_tokens"), headers, _input(ask, endpoint))


REQUESTS: Mapping[AskKind, Callable[[Ask, Endpoint, Headers], Request | None]] = {
    AskKind.CHAT: _chat,
    AskKind.LIST_MODELS: _list_models,
    AskKind.COUNT_TOKENS: _count_tokens,
    AskKind.EMBED: lambda _ask, _endpoint, _headers: None,
}


def _event(name: str, body: Any) -> Piece:  # noqa: ANN401 - what came over the wire
    event = _json.mapping(body, "an event")
    if event.get("error"):
        return _failed(event)
    read = EVENTS.get(_json.text(event.get("type")) or name)
    return read(event) if read else Piece()


def _failed(event: Mapping[str, Any]) -> Piece:
    return Piece(error=_json.error(event.get("error")))


def _begun(event: Mapping[str, Any]) -> Piece:
    message = _json.mapping(event.get("message"), "message")
    return replace(_about(message), deltas=((DeltaKind.EMPTY, ""),))


def _block_begun(event: Mapping[str, Any]) -> Piece:
    block = _json.mapping(event.get("content_block"), "content_block")
    return _block(_index(event), {name: value for name, value in block.items() if value != {}})  # its input comes later


def _index(event: Mapping[str, Any]) -> int:
    return _json.count(event.get("index")) or 0


def _block(index: int, block: Mapping[str, Any]) -> Piece:
    """Read a content block: whole in an answer, mostly empty at its beginning in a stream."""
    deltas = [(kind, text) for field, kind in TEXT_FIELDS.items() if (text := _json.text(block.get(field)))]
    if block.get("type") != "tool_use":
        return Piece(deltas=deltas or ((DeltaKind.EMPTY, ""),))
    arguments = _json.written(block["input"]) if "input" in block else ""
    part = ToolPart(index, _json.text(block.get("name")) or "", arguments)
    return Piece(deltas=((DeltaKind.TOOL, part.name + part.arguments),), tool_parts=(part,))


def _block_continued(event: Mapping[str, Any]) -> Piece:
    delta = _json.mapping(event.get("delta"), "delta")
    if delta.get("type") == "input_json_delta":
        said = _json.text(delta.get("partial_json")) or ""
        part = ToolPart(_index(event), arguments=said)
        return Piece(deltas=((DeltaKind.TOOL if said else DeltaKind.EMPTY, said),), tool_parts=(part,))
    return _block(0, delta)


def _ending(event: Mapping[str, Any]) -> Piece:
    delta = _json.mapping(event.get("delta") or {}, "delta")
    return Piece(finish_reason=_finish(delta), usage=_usage(event.get("usage")))


EVENTS: Mapping[str, Callable[[Mapping[str, Any]], Piece]] = {
    "error": _failed,
    "message_start": _begun,
    "content_block_start": _block_begun,
    "content_block_delta": _block_continued,
    "message_delta": _ending,
}
"""`ping`, `content_block_stop` and `message_stop` say nothing."""


def _reply(ask: Ask, body: Any) -> Piece:  # noqa: ANN401 - what came over the wire
    answer = _json.mapping(body, "an answer")
    return _failed(answer) if answer.get("error") else REPLIES[ask.kind](answer)


def _whole(answer: Mapping[str, Any]) -> Piece:
    content = _json.sequence(answer.get("content"), "content")
    blocks = [_block(index, _json.mapping(block, "a content block")) for index, block in enumerate(content)]
    return replace(
        _about(answer),
        deltas=tuple(delta for block in blocks for delta in block.deltas),
        tool_parts=tuple(part for block in blocks for part in block.tool_parts),
        lacking=_json.lacking(answer, *REQUIRED),
    )


def _about(message: Mapping[str, Any]) -> Piece:
    return Piece(
        finish_reason=_finish(message),
        usage=_usage(message.get("usage")),
        served_model=_json.text(message.get("model")),
        answer_id=_json.text(message.get("id")),
    )


def _finish(body: Mapping[str, Any]) -> str | None:
    reason = _json.text(body.get("stop_reason"))
    return FINISHES.get(reason, reason) if reason else None


def _usage(body: Any) -> Usage | None:  # noqa: ANN401 - what came over the wire
    """Return the tokens; what came from or went into the cache was read too, and is counted as input."""
    if not isinstance(body, dict):
        return None
    plain, details = _json.count(body.get("input_tokens")), body.get("output_tokens_details")
    return Usage(
        input=None if plain is None else plain + sum(_json.count(body.get(name)) or 0 for name in CACHES),
        output=_json.count(body.get("output_tokens")),
        cached=_json.count(body.get("cache_read_input_tokens")),
        reasoning=_json.count(details.get("thinking_tokens")) if isinstance(details, dict) else None,
        malformed=_json.malformed(body, ("input_tokens", "output_tokens", *CACHES)),
    )


REPLIES: Mapping[AskKind, Callable[[Mapping[str, Any]], Piece]] = {
    AskKind.CHAT: _whole,
    AskKind.LIST_MODELS: lambda body: _json.listing(body, "data", "id"),
    AskKind.COUNT_TOKENS: lambda body: _json.tokens(body, "input_tokens"),
    AskKind.EMBED: lambda _body: Piece(),
}

DIALECT = Dialect(request=_request, event=_event, reply=_reply, lacks=_lacks)
