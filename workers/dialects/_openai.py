"""What OpenAI's two protocols share."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from scorecards.catalog import Endpoint
from scorecards.exchanges import Ask, TokenLogprob, Usage
from workers.dialects import _asking, _json
from workers.dialects._asking import Headers
from workers.dialects._dialect import Piece
from workers.http import Request


def embed(ask: Ask, endpoint: Endpoint, headers: Headers) -> Request:
    """Return the request for a vector of a text."""
    body = {"model": ask.model_id or endpoint.model_id, "input": ask.text}
    return _asking.post(f"{endpoint.base_url}/embeddings", headers, body)


def embedded(body: Mapping[str, Any]) -> Piece:
    """Return what an answer with vectors says; no vector is billed as output.

    Raises:
        UnexpectedShape: it holds none.
    """
    rows = _json.sequence(body.get("data"), "data")
    found = _json.vector(_json.mapping(rows[0], "data[0]").get("embedding") if rows else None)
    told = body.get("usage")
    used = Usage(input=_json.count(told.get("prompt_tokens")), output=0) if isinstance(told, dict) else None
    return replace(found, usage=used)


def logprobs(tokens: Any) -> tuple[TokenLogprob, ...]:  # noqa: ANN401 - what came over the wire
    """Return the log probabilities of a list of tokens; () for anything else."""
    return tuple(
        TokenLogprob(str(one.get("token")), number, tuple(_alternatives(one)))
        for one in (tokens if isinstance(tokens, list) else ())
        if isinstance(one, dict) and (number := _json.number(one.get("logprob"))) is not None
    )


def _alternatives(token: Mapping[str, Any]) -> Iterator[tuple[str, Decimal]]:
    top = token.get("top_logprobs")
    for one in top if isinstance(top, list) else ():
        if isinstance(one, dict) and (number := _json.number(one.get("logprob"))) is not None:
            yield str(one.get("token")), number
