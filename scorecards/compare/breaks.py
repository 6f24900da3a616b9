"""Breaks: prompts at which A does what is wanted every time and B never does, and in which way B fails."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from scorecards import statistics
from scorecards.checks import _json_text, _keys
from scorecards.compare.cells import Record, State
from scorecards.exchanges import Outcome

Records = Mapping[str, Sequence[Record]]
"""Prompt id → the records of its repeats at one endpoint."""

TIMEOUTS = frozenset({Outcome.TIMEOUT_CONNECT, Outcome.TIMEOUT_FIRST_BYTE, Outcome.IDLE, Outcome.DEADLINE})
REJECTIONS = frozenset({Outcome.BAD_REQUEST, Outcome.TOO_LARGE, Outcome.UNSUPPORTED})
"""The endpoint does not take such a request at all; other failures may pass with the hour and break nothing."""
SHAPES = ("json", "keys", "schema")
FORMATS = ("json", "keys", "schema", "ifeval", "regex")
"""Checks of how an answer looks; the others are of what it says."""
QUOTED = 200


class BreakKind(StrEnum):
    """In which way B fails where A does not."""

    TIMEOUT = "timeout"
    REJECTED = "rejected"
    REFUSAL = "refusal"
    TRUNCATION = "truncation"
    EMPTY = "empty"
    WRONG_LANGUAGE = "wrong_language"
    TOOL_CALL = "tool_call"
    KEY_DRIFT = "key_drift"
    FORMAT_DRIFT = "format_drift"
    WRONG_ANSWER = "wrong_answer"


@dataclass(frozen=True, slots=True)
class Break:
    """One prompt that B breaks.

    Attributes:
        reason: What was found at B, for people.
        a, b: One answer of each that shows it.
        a_repeats, b_repeats: How often each answered, and always so. At 1 nobody knows whether A would do it again.
    """

    prompt: str
    kind: BreakKind
    reason: str
    a: Record
    b: Record
    a_repeats: int
    b_repeats: int


def find(a: Records, b: Records) -> list[Break]:
    """Return every prompt that A passes in all its repeats and B in none, in A's order."""
    return [one for prompt, records in a.items() if (one := _break(prompt, records, b.get(prompt, ())))]


def drifts(a: Records, b: Records) -> list[tuple[str, _keys.Drift]]:
    """Return the prompts to which both always answer with JSON and B never with the keys that A always has.

    Whatever the checks say of it: a program that reads A's answers may read keys that no check names.
    """
    found = ((prompt, _drift(records, b.get(prompt, ()))) for prompt, records in a.items())
    return [(prompt, one) for prompt, one in found if one]


def _drift(a: Sequence[Record], b: Sequence[Record]) -> _keys.Drift | None:
    try:
        of_a, of_b = ([_shape(one.text) for one in records if one.answered] for records in (a, b))
    except ValueError:
        return None
    always = {key: kind for key, kind in of_a[0].items() if all(one.get(key) == kind for one in of_a)} if of_a else {}
    found = [_keys.drift(always, one) for one in of_b]
    return found[0] if found and all(one.breaks for one in found) else None


def unsteady(a: Records, b: Records) -> list[str]:
    """Return the prompts that A passes in all its repeats and B in some: no breaks, but not sure either."""
    return [prompt for prompt, records in a.items() if always_passes(records) and len(set(_all(b.get(prompt, ())))) > 1]


@dataclass(frozen=True, slots=True)
class Chance:
    """What A's own noise would break, if B were A.

    Attributes:
        noise: Share of A's scored answers that fail, at prompts that it passes more often than not.
        expected, high: Breaks by chance, on average, with that noise and with the upper end of its 95 % interval.
    """

    noise: statistics.Share
    expected: Decimal
    high: Decimal


def by_chance(a: Records, b: Records) -> Chance | None:
    """Return how many breaks are no news; None where A was never repeated."""
    mostly = [scores for records in a.values() if (scores := _all(records)) and 2 * sum(scores) > len(scores)]
    if all(len(one) < 2 for one in mostly):  # noqa: PLR2004 - a repeat
        return None
    answers = [score for one in mostly for score in one]
    noise = statistics.share(answers.count(False), len(answers))
    repeats = [len(_all(b.get(prompt, ()))) for prompt, records in a.items() if always_passes(records)]
    return Chance(noise, _expected(noise.value, repeats), _expected(noise.high, repeats)) if noise else None


def _expected(noise: Decimal, repeats: Sequence[int]) -> Decimal:
    """Return at how many prompts all repeats would fail; one that was never answered cannot."""
    return sum((noise**count for count in repeats if count), Decimal(0))


def _all(records: Sequence[Record]) -> list[bool]:
    return [one.score == 1 for one in records if one.score is not None]


def always_passes(records: Sequence[Record]) -> bool:
    """Tell whether every answer passed, and there is one."""
    answered = [one for one in records if one.answered]
    return bool(answered) and all(one.state is State.PASSED for one in answered)


def _break(prompt: str, a: Sequence[Record], b: Sequence[Record]) -> Break | None:
    if not always_passes(a):
        return None
    model = next(one for one in a if one.answered)
    told = [(one, _way(one, model)) for one in b]
    telling = [(one, way) for one, way in told if one.answered or way]
    if not telling or not all(way for _, way in telling):
        return None
    ways = [(one, *way) for one, way in telling if way]
    counts = Counter(kind for _, kind, _ in ways)
    kind = max(counts, key=lambda one: (counts[one], -ORDER.index(one)))
    shown, _, reason = next(way for way in ways if way[1] is kind)
    return Break(prompt, kind, reason[:QUOTED], model, shown, sum(one.answered for one in a), len(ways))


def _way(b: Record, a: Record) -> tuple[BreakKind, str] | None:
    """Return the first of `RULES` by which a record breaks, with the reason; None when none does."""
    ways = ((kind, rule(b, a)) for kind, rule in RULES)
    return next(((kind, reason) for kind, reason in ways if reason is not None), None)


Rule = Callable[[Record, Record], str | None]
"""`(B's record, an answer of A that passed) -> what is broken`; None = not so."""


def _of_outcome(outcomes: frozenset[Outcome]) -> Rule:
    return lambda b, _: f"{b.outcome.replace('_', ' ')}: {b.detail}" if b.outcome in outcomes else None


def _of_state(state: State, reason: Callable[[Record], str]) -> Rule:
    return lambda b, _: reason(b) if b.state is state else None


def _of_checks(*kinds: str) -> Rule:
    """Return a rule that any of these checks says wrong; without kinds any check at all."""
    return lambda b, _: next(iter(_reasons(b, kinds)), None)


def _reasons(record: Record, kinds: Sequence[str]) -> Iterator[str]:
    for label, score in record.wrong.items():
        if not kinds or label.partition(" ")[0] in kinds:
            yield f"{label}: {score.reason}"


def _key_drift(b: Record, a: Record) -> str | None:
    """Return how the keys of B's JSON differ from those of A's, where a check of its shape says wrong."""
    if not any(_reasons(b, SHAPES)):
        return None
    named = next(_reasons(b, ("keys",)), None)
    try:
        drifted = _keys.drift(_shape(a.text), _shape(b.text))
    except ValueError:
        return None
    return named or (str(drifted) if drifted.breaks else None)


def _shape(text: str) -> Mapping[str, str]:
    return _keys.shape(_json_text.parse(text))


RULES: Sequence[tuple[BreakKind, Rule]] = (
    (BreakKind.TIMEOUT, _of_outcome(TIMEOUTS)),
    (BreakKind.REJECTED, _of_outcome(REJECTIONS)),
    (BreakKind.REFUSAL, _of_state(State.REFUSED, lambda b: b.text.strip() or b.detail or b.outcome)),
    (BreakKind.TRUNCATION, _of_state(State.TRUNCATED, lambda b: f"cut after {b.output_tokens or 'some'} tokens")),
    (BreakKind.EMPTY, _of_state(State.EMPTY, lambda _: "no text and no call")),
    (BreakKind.WRONG_LANGUAGE, _of_state(State.WRONG_LANGUAGE, lambda b: next(_reasons(b, ("language",)), ""))),
    (BreakKind.TOOL_CALL, _of_checks("tools")),
    (BreakKind.KEY_DRIFT, _key_drift),
    (BreakKind.FORMAT_DRIFT, _of_checks(*FORMATS)),
    (BreakKind.WRONG_ANSWER, _of_checks()),
)
"""Every way to break, the plainest first; what no rule tells is no break."""
ORDER = [kind for kind, _ in RULES]
