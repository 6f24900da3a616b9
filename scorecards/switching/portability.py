"""The portability score of one endpoint: what is known of seven dimensions, and a word for what a move takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from scorecards import scoring
from scorecards.evidence import Reading, Source
from scorecards.scoring import ONE, ZERO, Item, Pillar
from scorecards.switching import conformance
from scorecards.switching.conformance._conformance import Conformance, Grade, Heard
from scorecards.switching.facts import FACTS, Known
from scorecards.switching.rules import Dimension, Rules
from scorecards.target import Target

QUANTITY = "conformance"
ALL = conformance.load()
REWRITE, ADAPTER, DROP_IN = "rewrite", "adapter needed", "drop-in"
TOUCHES_CODE = ("wire", "structured", "behaviour")
"""Dimensions whose grades say what a move does to a program."""


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the score.

    Attributes:
        weight: Points of 100 that it can earn.
        points: Share of them that it earns, 0..1; None = unknown.
        low, high: What that share may be at least and at most.
        grade: Of a conformance probe; None = unknown, or a fact.
        probed: Whether it is a conformance probe's.
        taken_at: None where nothing was taken.
    """

    name: str
    title: str
    dimension: str
    weight: Decimal
    points: Decimal | None
    reason: str
    low: Decimal = ZERO
    high: Decimal = ONE
    grade: Grade | None = None
    probed: bool = False
    n: int = 0
    taken_at: datetime | None = None
    url: str = ""
    sources: tuple[Source, ...] = ()

    @property
    def item(self) -> Item:
        """The part as a weighted item of a pillar."""
        if self.points is None:
            return Item(self.weight, None, ZERO, ONE)
        return Item(self.weight, self.points, self.low, self.high)


@dataclass(frozen=True, slots=True)
class Portability:
    """What is known of one endpoint.

    Attributes:
        pillar: The whole, 0..100, with its range and the share of the points that is known.
        badge: `drop-in`, `drop-in with N caveats`, `adapter needed` or `rewrite`; "" = too little is known.
        caveats: Names of the conformance probes that do not pass, as far as they touch a program.
    """

    endpoint: str
    pillar: Pillar
    parts: Sequence[Part]
    badge: str
    caveats: Sequence[str]

    @property
    def has_grades(self) -> bool:
        """Whether anything was found out by asking."""
        return any(one.grade is not None for one in self.parts)


def probed(readings: Iterable[Reading]) -> bool:
    """Tell whether conformance was ever asked for, whatever came of it; an endpoint without a key never was."""
    return any(one.quantity.startswith(f"{QUANTITY}:") for one in readings)


def fresh(readings: Iterable[Reading], rules: Rules, as_of: datetime) -> dict[str, Reading]:
    """Return the newest reading with a value of each quantity that is not stale at `as_of`."""
    since = as_of - timedelta(days=rules.stale_days)
    known = [one for one in readings if one.value is not None and since < one.taken_at <= as_of]
    return {one.quantity: one for one in sorted(known, key=_order)}


def _order(one: Reading) -> tuple[datetime, str]:
    return one.taken_at, str(one.value)


def of_endpoint(known: Known, readings: Sequence[Reading], rules: Rules) -> Portability:
    """Return the portability of an endpoint; `readings` are all of it, also those that could not be taken."""
    graded = [_graded(one, known, readings, rules) for one in ALL.values()]
    parts = [*graded, *_facts(known, rules)]
    of_code = [one for one in graded if one.dimension in TOUCHES_CODE]
    caveats = [one.name for one in of_code if one.grade not in (None, Grade.PASS)]
    basis = known.endpoint.ref
    order = {name: place for place, name in enumerate(rules.dimensions)}
    parts.sort(key=lambda one: (order[one.dimension], not one.probed))
    pillar = scoring.pillar([one.item for one in parts], basis)
    return Portability(basis, pillar, parts, badge(known.endpoint.dialect, of_code, rules), caveats)


def _graded(one: Conformance, known: Known, readings: Sequence[Reading], rules: Rules) -> Part:
    found = _live(one, known) or known.readings.get(f"{QUANTITY}:{one.name}")
    part = Part(one.name, one.question, one.dimension, one.weight, None, "", probed=True)
    if found is None:
        return replace(part, reason=_why_unknown(one, readings, rules))
    grade = Grade(str(found.value))
    points = rules.grades[grade]
    return replace(
        part,
        points=points,
        low=points,
        high=points,
        grade=grade,
        reason=found.note,
        n=found.n,
        taken_at=found.taken_at,
        sources=found.sources,
    )


def _live(one: Conformance, known: Known) -> Reading | None:
    """Return the grade that another probe's newest reading means, whenever conformance ran; None without one."""
    target = Target(known.endpoint, "", earlier=tuple(known.readings.values()))
    result = one.read(target, Heard(one.name, ()))
    if result.reading is None or result.grade is None:
        return None
    return replace(result.reading, value=result.grade.value, note=result.reason)


def _why_unknown(one: Conformance, readings: Sequence[Reading], rules: Rules) -> str:
    taken = [each for each in readings if each.quantity == f"{QUANTITY}:{one.name}"]
    if not taken:
        return "no conformance probe has run yet"
    newest = max(taken, key=_order)
    return newest.note if newest.value is None else f"the last answer is older than {rules.stale_days} days"


def _facts(known: Known, rules: Rules) -> list[Part]:
    parts = []
    for row in rules.facts.values():
        found = FACTS[row.id](known, rules)
        parts.append(
            Part(
                row.id,
                row.title,
                row.dimension,
                row.points,
                found.points,
                found.reason,
                low=found.low,
                high=found.high,
                url=found.url,
                sources=found.sources,
            )
        )
    return parts


def badge(dialect: str, parts: Sequence[Part], rules: Rules) -> str:
    """Return the word for what moving a program to here would take; "" where too little is known."""
    limits, whole = rules.badge, scoring.pillar([one.item for one in parts], "")
    if whole.score is None or whole.coverage < limits["least_known"]:
        return ""
    share = whole.score / scoring.HUNDRED
    grades = {one.name: one.grade for one in parts if one.grade is not None}
    if grades.get("chat_schema") is Grade.FAIL or share < limits["rewrite_below"]:
        return REWRITE
    works = (Grade.PASS, Grade.PARTIAL)
    broken = [name for name in limits["core"] if name in grades and grades[name] not in works]
    if dialect != limits["speaks"] or broken or share < limits["adapter_below"]:
        return ADAPTER
    caveats = sum(grade is not Grade.PASS for grade in grades.values())
    return f"{DROP_IN} with {caveats} caveat{'s' if caveats > 1 else ''}" if caveats else DROP_IN


def representative(found: Mapping[str, Portability], own: Iterable[str]) -> tuple[str, str]:
    """Return the endpoint that speaks for the model and how it was chosen: the developer's own, else the median one.

    `own` are refs of endpoints that the developer runs. ("", "") when no endpoint has a single grade.
    """
    graded = [ref for ref, one in found.items() if one.has_grades]
    ours = [ref for ref in own if ref in graded]
    ranked = sorted(ours or graded, key=lambda ref: (found[ref].pillar.score or ZERO, ref))
    if not ranked:
        return "", ""
    chosen = ranked[(len(ranked) - 1) // 2]
    whose = "the developer's own" if ours else "not the developer's own"
    return chosen, f"{whose}; the median of {len(ranked)}" if len(ranked) > 1 else whose


def dimension_points(portability: Portability, dimension: Dimension) -> tuple[Decimal, Decimal]:
    """Return the points earned in a dimension, and how many of its points are known."""
    known = [one for one in portability.parts if one.dimension == dimension.id and one.points is not None]
    earned = sum((one.weight * (one.points or ZERO) for one in known), ZERO)
    return earned, sum((one.weight for one in known), ZERO)
