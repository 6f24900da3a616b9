"""What an endpoint's headers say of its limits, and whether it behaves as they say; six small requests, no stress."""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from scorecards.evidence import Reading
from scorecards.exchanges import Ask, Exchange, Outcome
from scorecards.probes._probe import Probe, Target
from scorecards.probes._prompts import marked
from scorecards.probes._reading import Reader, why

REQUESTS = 6
MAX_OUTPUT_TOKENS = 16

HEADERS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("limit", "requests"): ("x-ratelimit-limit-requests", "anthropic-ratelimit-requests-limit", "x-ratelimit-limit"),
    ("remaining", "requests"): (
        "x-ratelimit-remaining-requests",
        "anthropic-ratelimit-requests-remaining",
        "x-ratelimit-remaining",
    ),
    ("limit", "tokens"): ("x-ratelimit-limit-tokens", "anthropic-ratelimit-tokens-limit"),
    ("remaining", "tokens"): ("x-ratelimit-remaining-tokens", "anthropic-ratelimit-tokens-remaining"),
}
"""What a header tells and of what → its names, as OpenAI, Anthropic and GitHub write them."""
STRUCTURED = ("ratelimit", "ratelimit-policy")
"""The IETF draft's headers: `"default";r=50;t=30` and `"default";q=100;w=60`, or `limit=100, remaining=50`."""
_STRUCTURED: Mapping[tuple[str, str], re.Pattern[str]] = {
    ("limit", "requests"): re.compile(r"\b(?:q|limit)\s*=\s*(\d{1,12})\b"),
    ("remaining", "requests"): re.compile(r"\b(?:r|remaining)\s*=\s*(\d{1,12})\b"),
}


def _plan(target: Target) -> Sequence[Ask]:
    requests = REQUESTS if target.samples is None else target.samples
    return tuple(
        Ask(text=marked(target.nonce, number, "Name one colour."), max_output_tokens=MAX_OUTPUT_TOKENS, stream=False)
        for number in range(requests)
    )


def _read(target: Target, exchanges: Sequence[Exchange]) -> Sequence[Reading]:
    reader = Reader(target.endpoint, PROBE.reader, exchanges)
    came = [one for one in exchanges if one.answered or one.outcome == Outcome.RATE_LIMITED]
    if not came:
        return reader.nothing(PROBE.quantities)
    telling = [one for one in came if any(_number(one, *what) is not None for what in HEADERS)]
    named = ", ".join(sorted({name for one in telling for name in one.headers if "ratelimit" in name}))
    note = f"headers {named}" if named else f"none of {len(came)} answers tells a limit"
    return [
        reader.known("rate_limit_headers", bool(telling), telling or came, note=note),
        _limit(reader, "requests", telling),
        _limit(reader, "tokens", telling),
        _true(reader, telling),
        _retry_after(reader, came),
    ]


def _number(one: Exchange, what: str, of: str) -> Decimal | None:
    """Return a number that the headers of one answer tell; None when they do not."""
    plain = next((one.headers[name] for name in HEADERS[what, of] if name in one.headers), "")
    if plain.strip().isdecimal():
        return Decimal(plain.strip())
    pattern = _STRUCTURED.get((what, of))
    texts = [one.headers.get(name, "") for name in STRUCTURED]
    found = next((match for text in texts if pattern and (match := pattern.search(text))), None)
    return Decimal(found[1]) if found else None


def _limit(reader: Reader, of: str, telling: Sequence[Exchange]) -> Reading:
    told = [(one, limit) for one in telling if (limit := _number(one, "limit", of)) is not None]
    quantity = f"rate_limit_{of}"
    if not told:
        return reader.unmeasured(quantity, f"no header tells a limit of {of}")
    newest, limit = told[-1]
    return reader.known(quantity, limit, [newest], unit=of, note="as the headers declare; in each of their windows")


def _true(reader: Reader, telling: Sequence[Exchange]) -> Reading:
    """Judge the headers by what happens: what remains has to fall, and nobody is turned away while some remains."""
    quantity, counters = "rate_limit_headers_true", [of for of in ("requests", "tokens") if _told(telling, of)]
    turned_away = [
        one
        for one in telling
        if one.outcome == Outcome.RATE_LIMITED and counters and all(_number(one, "remaining", of) for of in counters)
    ]
    if turned_away:
        note = f"{len(turned_away)} requests were turned away while the headers said that some remained"
        return reader.known(quantity, value=False, exchanges=turned_away, note=note)
    if not counters or len(telling) < 2:  # noqa: PLR2004 - it takes two to fall
        return reader.unmeasured(quantity, "wants two answers that tell a limit and what remains of it, has fewer")
    idle = [of for of in counters if not _moves(telling, of)]
    seen = "; ".join(f"{of}: {', '.join(str(_number(one, 'remaining', of)) for one in telling)}" for of in counters)
    return reader.known(quantity, not idle, telling, note=f"remaining {seen}")


def _told(telling: Sequence[Exchange], of: str) -> bool:
    return any(_number(one, "limit", of) is not None and _number(one, "remaining", of) is not None for one in telling)


def _moves(telling: Sequence[Exchange], of: str) -> bool:
    """Tell whether what remains is ever below the limit; a counter that refills fast need not fall each time."""
    pairs = [(_number(one, "limit", of), _number(one, "remaining", of)) for one in telling]
    return any(limit is not None and remaining is not None and remaining < limit for limit, remaining in pairs)


def _retry_after(reader: Reader, came: Sequence[Exchange]) -> Reading:
    limited = [one for one in came if one.outcome == Outcome.RATE_LIMITED]
    if not limited:
        others = [one for one in came if not one.answered]
        return reader.unmeasured(
            "retry_after_sent", why(others) if others else f"no limit was met in {len(came)} requests"
        )
    without = [one for one in limited if one.not_before is None]
    note = f"{len(limited) - len(without)} of {len(limited)} refusals for rate say when to come again"
    return reader.known("retry_after_sent", not without, limited, note=note)


PROBE = Probe(
    name="rate_limits",
    version=1,
    question="Do the headers tell the limits, do they tell the truth, and does a refusal say when to come again?",
    quantities=(
        "rate_limit_headers",
        "rate_limit_requests",
        "rate_limit_tokens",
        "rate_limit_headers_true",
        "retry_after_sent",
    ),
    plan=_plan,
    read=_read,
    every_s=24 * 3600,
)
