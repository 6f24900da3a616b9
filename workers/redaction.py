"""Keeps keys out of evidence: an endpoint may quote the key it was sent, and what it says may be published."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from scorecards.exchanges import Delta, DeltaKind, Exchange

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
    """Return the deltas as they are, unless those of a kind hold a key, which may be cut: then the first has all."""
    found = list(deltas)
    for kind in DeltaKind:
        places = [place for place, one in enumerate(deltas) if one.kind is kind]
        said = "".join(deltas[place].text for place in places)
        if (told := clean(said)) != said:
            for place in places:
                found[place] = replace(deltas[place], text=told if place == places[0] else "")
    return tuple(found)
