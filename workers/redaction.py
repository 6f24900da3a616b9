"""Keeps keys out of evidence: an endpoint may quote the key it was sent, and what it says may be published."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from scorecards.exchanges import Delta, Exchange

SHORTEST = 8
"""Characters of a part of a key that is looked for; a shorter one is in any text."""
INSTEAD = "[key]"


def without(exchange: Exchange, key: str | None) -> Exchange:
    """Return the exchange with every part of the key replaced, wherever the endpoint may have put it."""
    secrets = [part for part in (key or "").split(":") if len(part) >= SHORTEST]

    def clean(text: str) -> str:
        for secret in secrets:
            text = text.replace(secret, INSTEAD)
        return text

    return _cleaned(exchange, clean) if secrets else exchange


def _cleaned(exchange: Exchange, clean: Callable[[str], str]) -> Exchange:
    return replace(
        exchange,
        detail=clean(exchange.detail),
        deltas=_deltas(exchange.deltas, clean),
        tool_calls=tuple(replace(one, arguments=clean(one.arguments)) for one in exchange.tool_calls),
        served_models=tuple(clean(one) for one in exchange.served_models),
        fingerprints=tuple(clean(one) for one in exchange.fingerprints),
        answer_id=clean(exchange.answer_id) if exchange.answer_id else None,
        listed=tuple(clean(one) for one in exchange.listed),
        headers={name: clean(text) for name, text in exchange.headers.items()},
    )


def _deltas(deltas: Sequence[Delta], clean: Callable[[str], str]) -> tuple[Delta, ...]:
    """Return the deltas as they are, unless they hold a key, which may be cut between two: then the first has all."""
    said = "".join(one.text for one in deltas)
    told = clean(said)
    if told == said:
        return tuple(deltas)
    return (replace(deltas[0], text=told), *(replace(one, text="") for one in deltas[1:]))
