"""Verdicts and measurements turned into pillars: a score is never without its range and coverage."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from scorecards.rubric import Scale
from scorecards.verdict import State, Verdict

SUFFICIENT_COVERAGE = Decimal("0.5")
ZERO, ONE, HUNDRED = Decimal(0), Decimal(1), Decimal(100)


@dataclass(frozen=True, slots=True)
class Pillar:
    """One of the four figures of a card.

    Attributes:
        score: 0..100; None when nothing was checked.
        low, high: 0..100; what the score could be if everything unknown were at its worst or best.
        coverage: 0..1; the checked share of what applies.
        verification_rate: 0..1; share of the earned points that we verified ourselves. Transparency only.
        contradictions: Contradicted verdicts. Transparency only.
        basis: What the figure rests on, in words.
    """

    score: Decimal | None
    low: Decimal
    high: Decimal
    coverage: Decimal
    checked: int
    applicable: int
    basis: str
    verification_rate: Decimal | None = None
    contradictions: int | None = None

    @property
    def sufficient(self) -> bool:
        """Whether enough is known to say a number aloud."""
        return self.score is not None and self.coverage >= SUFFICIENT_COVERAGE


@dataclass(frozen=True, slots=True)
class Item:
    """One weighted part of a pillar: points 0..1 with their interval; None = not measured."""

    weight: Decimal
    points: Decimal | None
    low: Decimal
    high: Decimal


def unknown(weight: Decimal = ONE) -> Item:
    """Return the item of something that was not measured: anything between nothing and everything."""
    return Item(weight, None, ZERO, ONE)


def exact(points: Decimal, weight: Decimal = ONE) -> Item:
    """Return the item of something that is known without error."""
    return Item(weight, points, points, points)


def pillar(items: Sequence[Item], basis: str) -> Pillar:
    """Return the weighted mean of the known items; the unknown ones leave it alone and only widen its range."""
    total = sum((item.weight for item in items), ZERO)
    known = [item for item in items if item.points is not None]
    weight = sum((item.weight for item in known), ZERO)
    earned = sum((item.weight * item.points for item in known if item.points is not None), ZERO)
    return Pillar(
        score=earned / weight * HUNDRED if weight else None,
        low=_share(sum((item.weight * item.low for item in items), ZERO), total) * HUNDRED,
        high=_share(sum((item.weight * item.high for item in items), ZERO), total, empty=ONE) * HUNDRED,
        coverage=_share(weight, total),
        checked=len(known),
        applicable=len(items),
        basis=basis,
    )


def _share(part: Decimal, whole: Decimal, empty: Decimal = ZERO) -> Decimal:
    return part / whole if whole else empty


def transparency(verdicts: Iterable[Verdict]) -> Pillar:
    """Return the transparency pillar: mean points of the checked applicable indicators."""
    applicable = [one for one in verdicts if one.state is not State.NOT_APPLICABLE]
    plain = pillar(
        [exact(one.points) if one.points is not None else unknown() for one in applicable], "verdicts on the model"
    )
    earned = [one for one in applicable if one.points]
    verified = [one for one in earned if one.state is State.VERIFIED]
    return Pillar(
        **{
            name: getattr(plain, name)
            for name in ("score", "low", "high", "coverage", "checked", "applicable", "basis")
        },
        verification_rate=Decimal(len(verified)) / len(earned) if earned else None,
        contradictions=sum(one.state is State.CONTRADICTED for one in applicable),
    )


def on_scale(scale: Scale, value: Decimal) -> Decimal:
    """Return where a measured value stands between the scale's ends, 0..1; beyond an end is that end."""
    if scale.kind == "log":
        if value <= 0:
            return ONE if scale.best < scale.worst else ZERO
        value, best, worst = value.ln(), scale.best.ln(), scale.worst.ln()
    else:
        best, worst = scale.best, scale.worst
    return min(ONE, max(ZERO, (value - worst) / (best - worst)))


def measured(scale: Scale, value: Decimal, interval: tuple[Decimal, Decimal] | None) -> Item:
    """Return the item of a measured quantity; without an interval its range is everything."""
    ends = [on_scale(scale, end) for end in interval] if interval else [ZERO, ONE]
    points = on_scale(scale, value)
    return Item(scale.weight, points, min(*ends, points), max(*ends, points))
