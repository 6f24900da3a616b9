"""Google's generateContent protocol, as the Gemini API speaks it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest
from typing import Any
from urllib.parse import quote

from scorecards.catalog import UNSAYABLE, Endpoint
from scorecards.exchanges import Ask, AskKind, Calling, DeltaKind, TokenLogprob, Tool, ToolTurn, Usage
from workers.dialects import _asking, _json
from workers.dialects._asking import Headers
from workers.dialects._dialect import Dialect, Piece, ToolPart, UnexpectedShape
from workers.http import Request

FINISHES = {
    "STOP": "stop",
    "MAX_TOKENS": "length",
    **dict.fromkeys(
        ("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE", "MODEL_ARMOR"),
        "content_filter",
    ),
}
"""`OTHER` and the broken tool calls mean none of ours and stay as they are."""
COUNTS = ("promptTokenCount", "candidatesTokenCount", "thoughtsTokenCount", "totalTokenCount")


CALLINGS = {Calling.NONE: "NONE", Calling.AUTO: "AUTO", Calling.REQUIRED: "ANY", Calling.NAMED: "ANY"}
REQUIRED = ("candidates", "modelVersion", "responseId", "usageMetadata")
"""What Google's description of the protocol has in every whole answer."""


def _lacks(ask: Ask, endpoint: Endpoint, key: str | None) -> tuple[str, ...]:
    return _asking.unsayable(ask, UNSAYABLE["gemini"])


def _request(ask: Ask, endpoint: Endpoint, key: str | None) -> Request | None:
    if _lacks(ask, endpoint, key):
        return None
    return REQUESTS[ask.kind](ask, endpoint, (*_asking.JSON, *((("x-goog-api-key", key),) if key else ())))


def _chat(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    options = {
        "maxOutputTokens": ask.max_output_tokens,
        "temperature": _asking.number(ask.temperature),
        "seed": ask.seed,
        "responseMimeType": "application/json" if ask.json_object or ask.schema is not None else None,
        "responseJsonSchema": ask.schema,
        "responseLogprobs": None if ask.top_logprobs is None else True,
        "logprobs": ask.top_logprobs or None,
        "candidateCount": ask.choices,
        "stopSequences": list(ask.stop) or None,
    }
    method = "streamGenerateContent?alt=sse" if ask.stream else "generateContent"
    body = _input(ask) | {"generationConfig": _asking.said(options)}
    return _asking.post(f"{endpoint.base_url}/{_name(ask, endpoint)}:{method}", headers, body)


def _input(ask: Ask) -> dict[str, Any]:
    asked = {"contents": [*_turns(ask)]}
    options = {
        "systemInstruction": {"parts": [{"text": ask.system}]} if ask.system else None,
        "tools": [{"functionDeclarations": [_tool(one) for one in ask.tools]}] if ask.tools else None,
        "toolConfig": {"functionCallingConfig": _calling(ask, ask.calling)} if ask.calling else None,
    }
    return asked | _asking.said(options)


def _turns(ask: Ask) -> Iterator[dict[str, Any]]:
    image = {"inlineData": {"mimeType": "image/png", "data": ask.image_png}}
    yield {"role": "user", "parts": [{"text": ask.text}, *([image] if ask.image_png else [])]}
    if ask.after:
        yield from _tool_turn(ask.after)


def _tool_turn(turn: ToolTurn) -> Iterator[dict[str, Any]]:
    call = {"functionCall": {"name": turn.call.name, "args": json.loads(turn.call.arguments)}}
    thought = [{"text": turn.thought, "thought": True}] if turn.thought else []
    yield {"role": "model", "parts": [*thought, call]}
    told = {"functionResponse": {"name": turn.call.name, "response": {"result": turn.result}}}
    yield {"role": "user", "parts": [told]}


def _calling(ask: Ask, calling: Calling) -> dict[str, Any]:
    named = {"allowedFunctionNames": [ask.tools[0].name]} if calling is Calling.NAMED else {}
    return {"mode": CALLINGS[calling], **named}


def _tool(tool: Tool) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description, "parametersJsonSchema": tool.parameters}


def _name(ask: Ask, endpoint: Endpoint) -> str:
    model_id = ask.model_id or endpoint.model_id
    return quote(model_id if "/" in model_id else f"models/{model_id}")


def _list_models(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    return Request("GET", f"{endpoint.base_url}/models?pageSize=1000", headers)


def _count_tokens(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    name, body = _name(ask, endpoint), _input(ask)
    if len(body) > 1:
        body = {"generateContentRequest": {"model": name, **body}}
    return _asking.post(f"{endpoint.base_url}/{name}:countTokens", headers, body)


def _embed(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    body = {"content": {"parts": [{"text": ask.text}]}}
    return _asking.post(f"{endpoint.base_url}/{_name(ask, endpoint)}:embedContent", headers, body)


REQUESTS: Mapping[AskKind, Callable[[Ask, Endpoint, Headers], Request]] = {
    AskKind.CHAT: _chat,
    AskKind.LIST_MODELS: _list_models,
    AskKind.COUNT_TOKENS: _count_tokens,
    AskKind.EMBED: _embed,
}


def _event(_name: str, body: Any) -> Piece:  # noqa: ANN401 - what came over the wire
    event = _json.mapping(body, "an event")
    return Piece(error=_json.error(event["error"])) if event.get("error") else _answer(event)


def _reply(ask: Ask, body: Any) -> Piece:  # noqa: ANN401 - what came over the wire
    # An error before the first event of a stream comes as a list of one.
    answer = _json.mapping(body[0] if isinstance(body, list) and body else body, "an answer")
    return Piece(error=_json.error(answer["error"])) if answer.get("error") else REPLIES[ask.kind](answer)


def _whole(answer: Mapping[str, Any]) -> Piece:
    if not answer.get("candidates") and not answer.get("promptFeedback"):
        raise UnexpectedShape("wants candidates with an answer, has none")
    choices = len(_json.sequence(answer.get("candidates") or [], "candidates"))
    return replace(_answer(answer), lacking=_json.lacking(answer, *REQUIRED), choices=choices)


def _answer(body: Mapping[str, Any]) -> Piece:
    candidates = _json.sequence(body.get("candidates") or [], "candidates")
    candidate = _json.mapping(candidates[0], "candidates[0]") if candidates else {}
    parts = [_json.mapping(one, "a part") for one in _parts(candidate)]
    calls = [_json.mapping(one["functionCall"], "functionCall") for one in parts if one.get("functionCall")]
    deltas = tuple(pair for part in parts for pair in _deltas(part))
    return Piece(
        deltas=deltas or (((DeltaKind.EMPTY, ""),) if candidates else ()),
        tool_parts=tuple(_tool_part(one) for one in calls),
        logprobs=tuple(_logprobs(candidate.get("logprobsResult"))),
        finish_reason=_finish(candidate, body.get("promptFeedback")),
        usage=_usage(body.get("usageMetadata")),
        served_model=_json.text(body.get("modelVersion")),
        answer_id=_json.text(body.get("responseId")),
    )


def _parts(candidate: Mapping[str, Any]) -> list[Any]:
    content = _json.mapping(candidate.get("content") or {}, "content")
    return _json.sequence(content.get("parts") or [], "parts")


def _deltas(part: Mapping[str, Any]) -> Iterator[tuple[DeltaKind, str]]:
    if text := _json.text(part.get("text")):
        yield DeltaKind.REASONING if part.get("thought") else DeltaKind.CONTENT, text
    if call := part.get("functionCall"):
        one = _tool_part(call)
        yield DeltaKind.TOOL, one.name + one.arguments


def _tool_part(call: Mapping[str, Any]) -> ToolPart:
    """Return a call, which always comes whole."""
    return ToolPart(None, _json.text(call.get("name")) or "", _json.written(call.get("args") or {}))


def _finish(candidate: Mapping[str, Any], feedback: Any) -> str | None:  # noqa: ANN401 - what came over the wire
    """Return why the answer ended; a prompt that was blocked has no candidate that could say it."""
    if isinstance(feedback, dict) and feedback.get("blockReason"):
        return "content_filter"
    reason = _json.text(candidate.get("finishReason"))
    return FINISHES.get(reason, reason) if reason else None


def _logprobs(body: Any) -> Iterator[TokenLogprob]:  # noqa: ANN401 - what came over the wire
    if not isinstance(body, dict):
        return
    chosen = _json.sequence(body.get("chosenCandidates") or [], "chosenCandidates")
    top = _json.sequence(body.get("topCandidates") or [], "topCandidates")
    for one, others in zip_longest(chosen, top[: len(chosen)]):
        token = _json.mapping(one, "a chosen candidate")
        if (number := _json.number(token.get("logProbability"))) is not None:
            yield TokenLogprob(str(token.get("token")), number, tuple(_alternatives(others or {})))


def _alternatives(body: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - what came over the wire
    for one in _json.sequence(_json.mapping(body, "top candidates").get("candidates") or [], "candidates"):
        token = _json.mapping(one, "a top candidate")
        if (number := _json.number(token.get("logProbability"))) is not None:
            yield str(token.get("token")), number


def _usage(body: Any) -> Usage | None:  # noqa: ANN401 - what came over the wire
    """Return the tokens; thoughts stand beside the candidates' tokens here, and are output like them."""
    if not isinstance(body, dict):
        return None
    prompt, answer, thoughts, total = (_json.count(body.get(name)) for name in COUNTS)
    written = [one for one in (answer, thoughts) if one is not None]
    return Usage(
        input=None if prompt is None else prompt + (_json.count(body.get("toolUsePromptTokenCount")) or 0),
        output=sum(written) if written else None,
        total=total,
        cached=_json.count(body.get("cachedContentTokenCount")),
        reasoning=thoughts,
        malformed=_json.malformed(body, COUNTS),
    )


def _listing(body: Mapping[str, Any]) -> Piece:
    listed = _json.listing(body, "models", "name").listed
    return Piece(listed=tuple(name.removeprefix("models/") for name in listed))


REPLIES: Mapping[AskKind, Callable[[Mapping[str, Any]], Piece]] = {
    AskKind.CHAT: _whole,
    AskKind.LIST_MODELS: _listing,
    AskKind.COUNT_TOKENS: lambda body: _json.tokens(body, "totalTokens"),
    AskKind.EMBED: lambda body: _json.vector(_json.mapping(body.get("embedding"), "embedding").get("values")),
}

DIALECT = Dialect(request=_request, event=_event, reply=_reply, lacks=_lacks, calls_end_as_stop=True)
