"""Regular expressions that take time in proportion to the text, whoever wrote them.

`re` goes back and tries again, which takes years for (a+)+ and hours for .*.*.*= on the wrong answer, and no thread
can stop it. Here every place of the pattern that can be reached is followed at once (Thompson 1968), over the tree that
`re` itself parses. What needs going back is refused: lookaround, references to groups, atomic and possessive parts.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from re import _constants as op  # type: ignore[attr-defined] # no public name gives the parsed tree
from re import _parser  # type: ignore[attr-defined]
from typing import Any

LONGEST = 500
"""Characters of a pattern."""
MOST_STEPS = 1000
"""Of a compiled pattern; x{1000}y{1000} has too many."""
MOST_WORK = 10_000_000
"""Steps times characters that are searched: a few seconds."""

Test = Callable[[str], bool]
Place = Callable[[str, int], bool]
"""`(text, index) -> whether the place holds there`."""


@dataclass(frozen=True, slots=True)
class _Split:
    ways: list[int]


_Step = Test | _Split | tuple[Place]


@dataclass(slots=True)
class _Program:
    """Steps of a pattern: a test of one sign, a place, or the steps to go on with; past the last one it matches."""

    flags: int
    steps: list[_Step] = field(default_factory=list)

    def add(self, step: _Step) -> int:
        if len(self.steps) >= MOST_STEPS:
            raise ValueError(f"wants a pattern of at most {MOST_STEPS} steps")
        self.steps.append(step)
        return len(self.steps) - 1


@lru_cache(maxsize=256)
def compiled(pattern: str) -> Sequence[_Step]:
    """Return the steps of a pattern in Python's syntax.

    Raises:
        ValueError: it is too long, no pattern, or needs what is refused here.
    """
    if len(pattern) > LONGEST:
        raise ValueError(f"wants a pattern of at most {LONGEST} characters, has {len(pattern)}")
    try:
        tree = _parser.parse(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"wants a regular expression, {error}") from error
    program = _Program(tree.state.flags)
    _sequence(program, tree)
    return tuple(program.steps)


def found(pattern: str, text: str) -> bool | None:
    r"""Tell whether a pattern occurs in a text; None where that would take too long.

    Raises:
        ValueError: as `compiled`.

    >>> found("(a+)+b", "a" * 50), found("^\\d{4}$", "2026")
    (False, True)
    """
    steps = compiled(pattern)
    if (len(steps) + 1) * len(text) > MOST_WORK:
        return None
    reached: set[int] = set()
    for at in range(len(text) + 1):
        followed = _followed(steps, {*reached, 0}, text, at)
        if len(steps) in followed:
            return True
        reached = {one + 1 for one in followed if at < len(text) and _takes(steps[one], text[at])}
    return False


def _takes(step: _Step, sign: str) -> bool:
    return not isinstance(step, _Split | tuple) and step(sign)


def _followed(steps: Sequence[_Step], starts: Iterable[int], text: str, at: int) -> set[int]:
    """Return every step that can be reached from some without taking a sign."""
    seen: set[int] = set()
    left = list(starts)
    while left:
        one = left.pop()
        if one in seen:
            continue
        seen.add(one)
        step = steps[one] if one < len(steps) else None
        if isinstance(step, _Split):
            left += step.ways
        elif isinstance(step, tuple) and step[0](text, at):
            left.append(one + 1)
    return seen


def _sequence(program: _Program, tree: Iterable[tuple[Any, Any]]) -> None:
    for code, argument in tree:
        if code not in ADDS:
            raise ValueError(f"wants a pattern without {str(code).lower().replace('_', ' ')}")
        ADDS[code](program, argument)


def _branch(program: _Program, argument: Any) -> None:  # noqa: ANN401 - `re` types none of it
    _, branches = argument
    start, ends = program.add(_Split([])), []
    for one in branches:
        _ways(program, start).append(len(program.steps))
        _sequence(program, one)
        ends.append(program.add(_Split([])))
    for end in ends:
        _ways(program, end).append(len(program.steps))


def _repeat(program: _Program, argument: Any) -> None:  # noqa: ANN401
    fewest, most, tree = argument
    for _ in range(fewest):
        _sequence(program, tree)
    if most is op.MAXREPEAT:
        start = program.add(_Split([]))
        _ways(program, start).append(len(program.steps))
        _sequence(program, tree)
        program.add(_Split([start]))
        _ways(program, start).append(len(program.steps))
        return
    starts = []
    for _ in range(most - fewest):
        starts.append(program.add(_Split([len(program.steps) + 1])))
        _sequence(program, tree)
    for one in starts:
        _ways(program, one).append(len(program.steps))


def _ways(program: _Program, at: int) -> list[int]:
    step = program.steps[at]
    assert isinstance(step, _Split)  # noqa: S101 - this module put it there
    return step.ways


def _group(program: _Program, argument: Any) -> None:  # noqa: ANN401
    _, added, removed, tree = argument
    before = program.flags
    program.flags = (before | added) & ~removed
    _sequence(program, tree)
    program.flags = before


def _any(program: _Program, _: object) -> None:
    program.add((lambda _: True) if program.flags & re.DOTALL else (lambda sign: sign != "\n"))


def _one_of(program: _Program, items: Sequence[tuple[Any, Any]]) -> None:
    negated = any(code is op.NEGATE for code, _ in items)
    tests = [CLASSES[code](argument) for code, argument in items if code is not op.NEGATE]
    cased = bool(program.flags & re.IGNORECASE)

    def test(sign: str) -> bool:
        signs = {sign, sign.lower(), sign.upper()} if cased else {sign}
        return any(one(each) for one in tests for each in signs) is not negated

    program.add(test)


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


CLASSES: dict[Any, Callable[[Any], Test]] = {
    op.LITERAL: lambda code: lambda sign: sign == chr(code),
    op.RANGE: lambda ends: lambda sign: chr(ends[0]) <= sign <= chr(ends[1]),
    op.CATEGORY: lambda name: CATEGORIES[name],
}
CATEGORIES: dict[Any, Test] = {
    op.CATEGORY_DIGIT: str.isdecimal,
    op.CATEGORY_NOT_DIGIT: lambda sign: not sign.isdecimal(),
    op.CATEGORY_SPACE: str.isspace,
    op.CATEGORY_NOT_SPACE: lambda sign: not sign.isspace(),
    op.CATEGORY_WORD: _is_word,
    op.CATEGORY_NOT_WORD: lambda sign: not _is_word(sign),
}


def _at_edge(text: str, at: int) -> bool:
    before, after = at > 0 and _is_word(text[at - 1]), at < len(text) and _is_word(text[at])
    return before is not after


PLACES: dict[Any, tuple[Place, Place]] = {
    op.AT_BEGINNING: (lambda _, at: at == 0, lambda text, at: at == 0 or text[at - 1] == "\n"),
    op.AT_BEGINNING_STRING: (lambda _, at: at == 0,) * 2,
    op.AT_END: (
        lambda text, at: at == len(text) or (at == len(text) - 1 and text[at] == "\n"),
        lambda text, at: at == len(text) or text[at] == "\n",
    ),
    op.AT_END_STRING: (lambda text, at: at == len(text),) * 2,
    op.AT_BOUNDARY: (_at_edge,) * 2,
    op.AT_NON_BOUNDARY: (lambda text, at: bool(text) and not _at_edge(text, at),) * 2,
}
"""Place → what holds there, without and with (?m)."""


def _place(program: _Program, code: object) -> None:
    program.add((PLACES[code][bool(program.flags & re.MULTILINE)],))


ADDS: dict[Any, Callable[[_Program, Any], None]] = {
    op.LITERAL: lambda program, code: _one_of(program, [(op.LITERAL, code)]),
    op.NOT_LITERAL: lambda program, code: _one_of(program, [(op.NEGATE, None), (op.LITERAL, code)]),
    op.ANY: _any,
    op.IN: _one_of,
    op.BRANCH: _branch,
    op.SUBPATTERN: _group,
    op.MAX_REPEAT: _repeat,
    op.MIN_REPEAT: _repeat,
    op.AT: _place,
}
"""What `re` parses → how its steps are added; what is not here is refused."""
