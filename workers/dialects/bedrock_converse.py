"""Amazon Bedrock's Converse protocol; streams come in binary messages (see workers/eventstream.py)."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from scorecards.catalog import UNSAYABLE, Endpoint
from scorecards.exchanges import Ask, AskKind, Calling, DeltaKind, Tool, ToolTurn, Usage
from workers.dialects import _asking, _json, _sigv4
from workers.dialects._asking import Headers
from workers.dialects._dialect import Dialect, Piece, ToolPart
from workers.http import Request

ACCEPT = ("Accept", "application/vnd.amazon.eventstream, application/json")
FINISHES = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
}
"""The malformed outputs mean none of ours and stay as they are."""
CACHES = ("cacheReadInputTokens", "cacheWriteInputTokens")
"""Input that `inputTokens` leaves out, though the model read it."""


CALLINGS = {Calling.AUTO: "auto", Calling.REQUIRED: "any"}
REQUIRED = ("output", "stopReason", "usage", "metrics")
"""What Amazon's description of the protocol requires of a whole answer."""

CALL_ID = "tooluse_1"
"""Of a call in a turn of our own making."""


def _lacks(ask: Ask, endpoint: Endpoint, key: str | None) -> tuple[str, ...]:
    no_calls = ("forbid calls",) if ask.calling is Calling.NONE else ()
    return (*_asking.unsayable(ask, UNSAYABLE["bedrock_converse"]), *no_calls, *_sigv4.lacks(endpoint, key))


def _request(ask: Ask, endpoint: Endpoint, key: str | None) -> Request | None:
    """Return a request that carries a Bedrock API key, or is signed with an access key."""
    if _lacks(ask, endpoint, key):
        return None
    signs = _sigv4.is_access_key(key)
    request = REQUESTS[ask.kind](ask, endpoint, (*_asking.bearer(None if signs else key), ACCEPT))
    return _sigv4.signed(request, key, endpoint) if request and signs and key else request


def _chat(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    limits = {
        "maxTokens": ask.max_output_tokens,
        "temperature": _asking.number(ask.temperature),
        "stopSequences": list(ask.stop) or None,
    }
    body = _input(ask) | {"inferenceConfig": _asking.said(limits)}
    if ask.schema is not None:
        schema = {"name": "answer", "schema": json.dumps(ask.schema)}
        body["outputConfig"] = {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": schema}}}
    return _asking.post(_url(ask, endpoint, "converse-stream" if ask.stream else "converse"), headers, body)


def _input(ask: Ask) -> dict[str, Any]:
    tools = [_tool(one) for one in ask.tools]
    config = _asking.said({"tools": tools, "toolChoice": _tool_choice(ask)})
    options = {"system": [{"text": ask.system}] if ask.system else None, "toolConfig": config if tools else None}
    return {"messages": [*_turns(ask)]} | _asking.said(options)


def _turns(ask: Ask) -> Iterator[dict[str, Any]]:
    image = {"image": {"format": "png", "source": {"bytes": ask.image_png}}}
    yield {"role": "user", "content": [{"text": ask.text}, *([image] if ask.image_png else [])]}
    if ask.after:
        yield from _tool_turn(ask.after)


def _tool_turn(turn: ToolTurn) -> Iterator[dict[str, Any]]:
    use = {"toolUse": {"toolUseId": CALL_ID, "name": turn.call.name, "input": json.loads(turn.call.arguments)}}
    thought = [{"reasoningContent": {"reasoningText": {"text": turn.thought}}}] if turn.thought else []
    yield {"role": "assistant", "content": [*thought, use]}
    yield {"role": "user", "content": [{"toolResult": {"toolUseId": CALL_ID, "content": [{"text": turn.result}]}}]}


def _tool_choice(ask: Ask) -> dict[str, Any] | None:
    if ask.calling is Calling.NAMED:
        return {"tool": {"name": ask.tools[0].name}}
    return {CALLINGS[ask.calling]: {}} if ask.calling else None


def _tool(tool: Tool) -> dict[str, Any]:
    spec = {"name": tool.name, "description": tool.description, "inputSchema": {"json": tool.parameters}}
    return {"toolSpec": spec}


def _url(ask: Ask, endpoint: Endpoint, call: str) -> str:
    return f"{endpoint.base_url}/model/{quote(ask.model_id or endpoint.model_id, safe='')}/{call}"


def _list_models(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    """Ask the service that manages models, whose host is that of the one that runs them without `-runtime`."""
    return Request(
        "GET", f"{endpoint.base_url.replace('//bedrock-runtime', '//bedrock', 1)}/foundation-models", headers
    )


def _count_tokens(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    return _asking.post(_url(ask, endpoint, "count-tokens"), headers, {"input": {"converse": _input(ask)}})


REQUESTS: Mapping[AskKind, Callable[[Ask, Endpoint, Headers], Request | None]] = {
    AskKind.CHAT: _chat,
    AskKind.LIST_MODELS: _list_models,
    AskKind.COUNT_TOKENS: _count_tokens,
    AskKind.EMBED: lambda _ask, _endpoint, _headers: None,
}


def _event(name: str, body: Any) -> Piece:  # noqa: ANN401 - what came over the wire
    event = _json.mapping(body, "an event")
    if name == "error" or name.endswith("Exception"):
        return _failed(event, name)
    read = EVENTS.get(name)
    return read(event) if read else Piece()


def _failed(body: Mapping[str, Any], name: str) -> Piece:
    """Return an error, whose name stands outside of it; a failed model's own status must not pass for ours."""
    message = body.get("originalMessage") or body.get("message") or body.get("Message")
    return Piece(error=_json.error({"type": name, "code": body.get("code"), "message": message}))


def _begun(event: Mapping[str, Any]) -> Piece:
    return Piece(deltas=((DeltaKind.EMPTY, ""),))


def _block_begun(event: Mapping[str, Any]) -> Piece:
    return _block(event, _json.mapping(event.get("start") or {}, "start"))


def _block_continued(event: Mapping[str, Any]) -> Piece:
    return _block(event, _json.mapping(event.get("delta"), "delta"))


def _block(event: Mapping[str, Any], block: Mapping[str, Any]) -> Piece:
    """Read a content block: whole in an answer, in pieces in a stream."""
    if tool := block.get("toolUse"):
        part = _tool_part(_json.count(event.get("contentBlockIndex")), _json.mapping(tool, "toolUse"))
        said = part.name + part.arguments
        return Piece(deltas=((DeltaKind.TOOL if said else DeltaKind.EMPTY, said),), tool_parts=(part,))
    if text := _json.text(block.get("text")):
        return Piece(deltas=((DeltaKind.CONTENT, text),))
    if text := _thought(block.get("reasoningContent")):
        return Piece(deltas=((DeltaKind.REASONING, text),))
    return Piece(deltas=((DeltaKind.EMPTY, ""),))


def _tool_part(index: int | None, tool: Mapping[str, Any]) -> ToolPart:
    """Return a piece of a call: in a stream its input is text, in an answer it is JSON."""
    arguments = tool.get("input")
    said = arguments if isinstance(arguments, str) else "" if arguments is None else _json.written(arguments)
    return ToolPart(index, _json.text(tool.get("name")) or "", said)


def _thought(body: Any) -> str | None:  # noqa: ANN401 - what came over the wire
    if not isinstance(body, dict):
        return None
    inner = body.get("reasoningText")
    return _json.text(inner.get("text") if isinstance(inner, dict) else body.get("text"))


def _ended(event: Mapping[str, Any]) -> Piece:
    return Piece(finish_reason=_finish(event))


def _counted(event: Mapping[str, Any]) -> Piece:
    return Piece(usage=_usage(event.get("usage")))


EVENTS: Mapping[str, Callable[[Mapping[str, Any]], Piece]] = {
    "messageStart": _begun,
    "contentBlockStart": _block_begun,
    "contentBlockDelta": _block_continued,
    "messageStop": _ended,
    "metadata": _counted,
}
"""`contentBlockStop` says nothing."""


def _reply(ask: Ask, body: Any) -> Piece:  # noqa: ANN401 - what came over the wire
    answer = _json.mapping(body, "an answer")
    is_error = ("message" in answer or "Message" in answer) and "output" not in answer
    return _failed(answer, _json.text(answer.get("__type")) or "") if is_error else REPLIES[ask.kind](answer)


def _whole(answer: Mapping[str, Any]) -> Piece:
    output = _json.mapping(answer.get("output"), "output")
    content = _json.sequence(_json.mapping(output.get("message"), "message").get("content"), "content")
    blocks = [_block({}, _json.mapping(block, "a content block")) for block in content]
    return Piece(
        deltas=tuple(delta for block in blocks for delta in block.deltas),
        tool_parts=tuple(part for block in blocks for part in block.tool_parts),
        finish_reason=_finish(answer),
        usage=_usage(answer.get("usage")),
        lacking=_json.lacking(answer, *REQUIRED),
    )


def _finish(body: Mapping[str, Any]) -> str | None:
    reason = _json.text(body.get("stopReason"))
    return FINISHES.get(reason, reason) if reason else None


def _usage(body: Any) -> Usage | None:  # noqa: ANN401 - what came over the wire
    """Return the tokens; what came from or went into the cache was read too, and is counted as input."""
    if not isinstance(body, dict):
        return None
    plain = _json.count(body.get("inputTokens"))
    return Usage(
        input=None if plain is None else plain + sum(_json.count(body.get(name)) or 0 for name in CACHES),
        output=_json.count(body.get("outputTokens")),
        total=_json.count(body.get("totalTokens")),
        cached=_json.count(body.get("cacheReadInputTokens")),
        malformed=_json.malformed(body, ("inputTokens", "outputTokens", "totalTokens", *CACHES)),
    )


REPLIES: Mapping[AskKind, Callable[[Mapping[str, Any]], Piece]] = {
    AskKind.CHAT: _whole,
    AskKind.LIST_MODELS: lambda body: _json.listing(body, "modelSummaries", "modelId"),
    AskKind.COUNT_TOKENS: lambda body: _json.tokens(body, "inputTokens"),
    AskKind.EMBED: lambda _body: Piece(),
}

DIALECT = Dialect(request=_request, event=_event, reply=_reply, lacks=_lacks)
