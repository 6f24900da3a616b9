"""How exchanges become a grade: each is a vote, the majority decides, and what failed for other reasons has no vote."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

from scorecards import tokens
from scorecards.exchanges import DeltaKind, Exchange, Outcome
from scorecards.switching.conformance._conformance import ORDER, Grade, Heard, Result
from scorecards.target import Target

Vote = tuple[Grade | None, str]
"""None = this exchange cannot tell."""

REFUSED = frozenset({Outcome.BAD_REQUEST, Outcome.NOT_FOUND, Outcome.TOO_LARGE})
"""The endpoint looked at the request and would not have it. A 403 is left out: it tells of our key. A 501 is one of
them too, whatever class of status it is in."""
BROKEN = frozenset(
    {Outcome.SERVER_ERROR, Outcome.INCOMPLETE, Outcome.BAD_FRAMING, Outcome.BAD_JSON, Outcome.WRONG_TYPE}
)
"""What counts against what was asked, where an ordinary request is answered; timeouts and overload never do."""
FEWEST_BROKEN = 2
"""One broken answer is an accident."""
REACHED_TOKENS = 12
"""So many more tokens of input than the text has show that more than the text reached the model."""
NO_ROOM: Vote = (None, "it thought until its cap and came to no answer")


def graded(heard: Heard, judge: Callable[[Exchange], Vote], asked: Sequence[Exchange] | None = None) -> Result:
    """Return the grade that most exchanges vote for, the worse one of two equals; `judge` votes on answers alone.

    Refusals and broken answers vote only where the plain canaries are answered, broken ones only among themselves.
    `asked` are exchanges to judge in place of its own; whether these came to an answer does not matter then.
    """
    exchanges = heard.own if asked is None else asked
    if not exchanges:
        return Result(None, unasked(heard))
    all_broken = len(exchanges) >= FEWEST_BROKEN and all(one.outcome in BROKEN for one in exchanges)
    heeded = judge if asked is not None else lambda one: NO_ROOM if lacks_room(one) else judge(one)
    votes = [_vote(one, heeded, serves=heard.serves, all_broken=all_broken) for one in exchanges]
    return _majority(exchanges, votes)


def _vote(one: Exchange, judge: Callable[[Exchange], Vote], *, serves: bool, all_broken: bool) -> Vote:
    if one.outcome is Outcome.UNSUPPORTED:
        return Grade.REJECTED, one.detail
    if one.answered:
        return judge(one)
    if not serves:
        return None, f"an ordinary request fails too: {told(one)}"
    if one.outcome in REFUSED or one.status == HTTPStatus.NOT_IMPLEMENTED:
        return Grade.REJECTED, told(one)
    if one.outcome in BROKEN and all_broken:
        return Grade.FAIL, told(one)
    return None, told(one)


def _majority(exchanges: Sequence[Exchange], votes: Sequence[Vote]) -> Result:
    counts = Counter(grade for grade, _ in votes if grade is not None)
    if not counts:
        reason, _ = Counter(reason for _, reason in votes).most_common(1)[0]
        return Result(None, reason, exchanges)
    won = max(counts, key=lambda grade: (counts[grade], ORDER.index(grade)))
    reason = next(reason for grade, reason in votes if grade is won)
    cast = f" ({counts[won]} of {len(exchanges)})" if counts[won] < len(exchanges) else ""
    return Result(won, reason + cast, exchanges)


def told(one: Exchange) -> str:
    """Return how an exchange ended, in words."""
    return f"{one.outcome}: {one.detail}" if one.detail else str(one.outcome)


def unasked(heard: Heard) -> str:
    """Return why something was not asked: how the run ended before."""
    failed = [one for one in heard.exchanges if not one.answered and one.outcome is not Outcome.UNSUPPORTED]
    return f"not asked: the run ended before, {told(failed[-1])}" if failed else "not asked in this run"


def lacks_room(one: Exchange) -> bool:
    """Tell whether an answer was cut while the model still thought: it says nothing of what was asked."""
    thought = bool(one.text_of(DeltaKind.REASONING)) or bool(one.usage and one.usage.reasoning)
    return one.finish_reason == "length" and thought and not one.text.strip() and not one.tool_calls


def reached(one: Exchange, heard: Heard) -> bool | None:
    """Tell whether more than the text of an ask reached the model, by the tokens billed; None without a count.

    What a protocol adds to every prompt is taken off as the plain canaries show it.
    """
    overheads = [found for canary in heard.plain if (found := _beyond_text(canary)) is not None]
    more = _beyond_text(one)
    if more is None or not overheads:
        return None
    return more - min(overheads) >= REACHED_TOKENS


def _beyond_text(one: Exchange) -> int | None:
    counted = one.usage.input if one.usage else None
    return None if counted is None else counted - tokens.estimate(one.ask.text)


def unsayable(target: Target, parameter: str) -> Result | None:
    """Return that a parameter cannot be said here, which deceives nobody; None where it can."""
    if target.takes(parameter):
        return None
    if parameter in target.endpoint.refuses:
        return Result(Grade.REJECTED, f"the catalogue says that it refuses {parameter}")
    return Result(Grade.REJECTED, f"{target.endpoint.dialect} has no word for {parameter}")


def derived(target: Target, quantity: str, by: str, grades: Mapping[bool, Grade]) -> Result:
    """Return the grade that a yes or no of another probe means; unknown where that one has no answer yet."""
    found = target.last(quantity)
    if found is None or not isinstance(found.value, bool):
        return Result(None, f"the probe {by} has no answer to this here yet ({quantity})")
    return Result(grades[found.value], f"{by}: {found.note or found.value}", reading=found)
