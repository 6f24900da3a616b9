"""What one endpoint lists in one currency in one span of time, and which of it applies to a request."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from scorecards.cost.fact import Conditions
from scorecards.cost.reconcile import Reconciled, State
from scorecards.cost.windows import Window

STANDARD = "standard"
WORST_FIRST = (State.DISPUTED, State.STALE, State.SINGLE_SOURCE, State.AGREED)
"""The state of a sum is the worst of its parts."""

UNBOUNDED = 10**18
"""More tokens than any request has."""

_UNIT = re.compile(r"(?:1(?P<thousands>[KM]) )?(?P<thing>\w+)")
_DIGITS = {None: 0, "K": 3, "M": 6}


@dataclass(frozen=True, slots=True)
class Price:
    """What one of a meter's things costs under some conditions in one span of time.

    Attributes:
        each: Of one token, image, request, …; `low` and `high` over what the sources say.
        window: None = it has none, or nobody described the one it has.
        rank: The larger it is, the more closely the conditions describe a request.
    """

    meter: str
    each: Decimal
    low: Decimal
    high: Decimal
    listed: Reconciled
    conditions: Conditions
    window: Window | None
    rank: tuple[int, ...]

    @property
    def badness(self) -> int:
        """Place of its state in WORST_FIRST."""
        return WORST_FIRST.index(self.listed.state)


@dataclass(frozen=True, slots=True)
class Choice:
    """The price of a meter for a request, or all that may be.

    Attributes:
        each: None = several may apply, and they differ.
        low, high: Over all that may apply and all that the sources say.
        badness: Place of the worst state in WORST_FIRST.
    """

    prices: tuple[Price, ...]
    each: Decimal | None
    low: Decimal
    high: Decimal
    badness: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What a price may depend on; `any_hour` = the hour of the week is left open."""

    at: datetime
    tier: str
    region: str
    input_of_one: int
    any_hour: bool


Key = tuple[object, ...]


class Market:
    """All prices in one currency in one span of time, while the same windows are open."""

    def __init__(self, prices: Iterable[Reconciled], windows: Mapping[str, Window]) -> None:
        made = sorted((_price(one, windows) for one in prices), key=lambda one: one.rank, reverse=True)
        self.meters = {name: tuple(one for one in made if one.meter == name) for name in {one.meter for one in made}}
        self._limits = sorted({limit for one in made for limit in _limits(one.conditions)})
        self._known: dict[Key, Choice] = {}

    def choice(self, meter: str, asked: Asked, flags: list[str]) -> Choice:
        """Return the price of a meter that is listed, or all that may apply, and say in `flags` why.

        Choices that leave nothing open are remembered by all that they depend on.
        """
        key = (meter, asked.tier, asked.region, bisect_left(self._limits, asked.input_of_one))
        found = self._known.get(key)
        if found is None:
            said = len(flags)
            found = _choice(_applying(self.meters[meter], asked, flags))
            if len(flags) == said:
                self._known[key] = found
        return found


def _price(one: Reconciled, known: Mapping[str, Window]) -> Price:
    digits, terms = digits_of(one.unit), one.conditions
    # Where sources agree, those that looked too long ago to count are shown, but make no range.
    amounts = [one.amount] if one.state in (State.AGREED, State.SINGLE_SOURCE) else one.amounts
    above, upto = terms.input_above, terms.input_upto
    bounds = (above is not None or upto is not None, above or 0, -(UNBOUNDED if upto is None else upto))
    return Price(
        meter=one.meter,
        each=one.amount.scaleb(-digits),
        low=min(amounts).scaleb(-digits),
        high=max(amounts).scaleb(-digits),
        listed=one,
        conditions=terms,
        window=known.get(terms.window),
        rank=(bool(terms.region), bool(terms.window), *bounds),
    )


def digits_of(unit: str) -> int:
    """Return the zeros of what a unit counts.

    >>> digits_of("1M tokens"), digits_of("1K requests"), digits_of("image")
    (6, 3, 0)
    """
    match = _UNIT.fullmatch(unit)
    return _DIGITS[match["thousands"]] if match else 0


def _limits(terms: Conditions) -> list[int]:
    return [one for one in (terms.input_above, terms.input_upto) if one is not None]


def _choice(prices: Sequence[Price]) -> Choice:
    each = {one.each for one in prices}
    return Choice(
        prices=tuple(prices),
        each=each.pop() if len(each) == 1 else None,
        low=min(one.low for one in prices),
        high=max(one.high for one in prices),
        badness=min(one.badness for one in prices),
    )


def _applying(prices: Sequence[Price], asked: Asked, flags: list[str]) -> Sequence[Price]:
    """Return the closest price that applies, with the closer ones that may; none applies = all of them may."""
    unsure: list[Price] = []
    for one in prices:
        answer = _matches(one, asked)
        if answer is None:
            unsure.append(one)
            flags.append(_undecided(one, asked))
        elif answer:
            return [*unsure, *(other for other in prices if other.rank == one.rank and _matches(other, asked))]
    if not unsure:
        flags.append(f"{prices[0].meter}: no price is listed for {_described(asked)}; all that are listed may apply")
    return unsure or prices


def _matches(price: Price, asked: Asked) -> bool | None:
    """Tell whether a price's conditions hold; None = it cannot be decided."""
    terms = price.conditions
    elsewhere = terms.region and asked.region and terms.region != asked.region
    below = terms.input_above is not None and asked.input_of_one <= terms.input_above
    beyond = terms.input_upto is not None and asked.input_of_one > terms.input_upto
    if terms.tier != asked.tier or elsewhere or below or beyond:
        return False
    if terms.window and (price.window is None or asked.any_hour):
        return None
    inside = price.window.covers(asked.at) if price.window else True
    return None if inside and terms.region and not asked.region else inside


def _undecided(price: Price, asked: Asked) -> str:
    terms = price.conditions
    if terms.window and asked.any_hour:
        return "the hour is left open: every window may apply"
    if terms.window and price.window is None:
        return f"window {terms.window} is not described here: it may apply"
    if price.window and price.window.covers(asked.at) is None:
        return price.window.unknown(asked.at)
    return "the region is not said: every region may apply"


def _described(asked: Asked) -> str:
    where = f" in {asked.region}" if asked.region else ""
    return f"tier {asked.tier}{where}, {asked.input_of_one} input tokens, {asked.at:%a %Y-%m-%d %H:%M} UTC"
