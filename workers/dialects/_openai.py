"""What OpenAI's two protocols share."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from scorecards.exchanges import TokenLogprob
from workers.dialects import _json


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
