"""Sets the sources' numbers for one price against each other; chooses one by rule, publishes all, averages none."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from scorecards.cost import lineage
from scorecards.cost.fact import Conditions, PriceFact
from scorecards.cost.lineage import Lineage

STALE_AFTER = timedelta(days=30)


class State(StrEnum):
    """How well sources agree on one price."""

    AGREED = "agreed"
    """Two independent sources or more, one number."""
    SINGLE_SOURCE = "single_source"
    DISPUTED = "disputed"
    STALE = "stale"
    """Nobody looked within STALE_AFTER of the instant that is asked about."""


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One price at one instant, with what every source says.

    Attributes:
        conditions: The band of input tokens in which every source has one number, tier, region and window.
        amount: The chosen one: the vendor's own word, else what most independent sources say, else the newest.
        facts: One of each source, the chosen one first.
        sources: Independent ones that count; an old number only bears out a newer one. 0 when the price is stale.
        agree: How many of these say `amount`.
    """

    endpoint: str
    meter: str
    unit: str
    currency: str
    conditions: Conditions
    amount: Decimal
    state: State
    facts: tuple[PriceFact, ...]
    sources: int
    agree: int

    @property
    def amounts(self) -> list[Decimal]:
        """What the sources say, in the order of `facts`."""
        return [one.amount for one in self.facts]

    @property
    def spread_percent(self) -> Decimal | None:
        """By how much the highest number is above the lowest; None = the lowest is zero and another is not."""
        low, high = min(self.amounts), max(self.amounts)
        if low == high:
            return Decimal(0)
        return None if low == 0 else round((high / low - 1) * 100, 1)


Covers = Callable[[str, datetime], bool | None]
"""Whether an instant lies in a window, by the window's name; None = that cannot be known."""


def reconcile(
    facts: Iterable[PriceFact], at: datetime, covers: Covers | None = None, tree: Lineage | None = None
) -> list[Reconciled]:
    """Return every price that holds at an instant, sorted by endpoint, meter, currency and conditions.

    Args:
        facts: Of any endpoints and sources.
        at: Aware.
        covers: With it, prices whose window is closed at `at` are left out, and open windows, whatever the sources call
            them, are set against each other as they bill this instant. Without it each window is a price of its own.
        tree: None = the bundled one.
    """
    known = tree or lineage.bundled()
    groups: dict[tuple[object, ...], list[tuple[PriceFact, str]]] = defaultdict(list)
    for one in facts:
        window = one.conditions.window
        # A window of which nobody knows whether it is open stays a price of its own.
        apart = window if covers is None or (window and covers(window, at) is None) else ""
        closed = bool(window) and covers is not None and covers(window, at) is False
        if one.holds(at) and not closed:
            key = (one.endpoint, one.meter, one.unit, one.currency, one.conditions.tier, one.conditions.region, apart)
            groups[key].append((one, window))
    found = [price for group in groups.values() for price in _bands([one for one, _ in group], at, known)]
    return sorted(found, key=_order)


def _order(price: Reconciled) -> tuple[object, ...]:
    where = price.conditions
    band = (where.input_above or 0, where.input_upto or 0)
    return price.endpoint, price.currency, price.meter, price.unit, where.tier, where.region, where.window, band


def _bands(facts: Sequence[PriceFact], at: datetime, tree: Lineage) -> list[Reconciled]:
    """Return one price for each band of input tokens between edges of any source; equal neighbours are one."""
    edges = {one.conditions.input_above or 0 for one in facts} | {one.conditions.input_upto or 0 for one in facts}
    starts = sorted(edges | {0})
    found: list[Reconciled] = []
    for place, start in enumerate(starts):
        end = starts[place + 1] if place + 1 < len(starts) else None
        inside = [one for one in facts if _covers(one.conditions, start, end)]
        if not inside:
            continue
        price = _one(inside, at, tree)
        price = replace(price, conditions=replace(price.conditions, input_above=start or None, input_upto=end))
        if found and found[-1].facts == price.facts and found[-1].conditions.input_upto == start:
            price = replace(price, conditions=replace(price.conditions, input_above=found.pop().conditions.input_above))
        found.append(price)
    return found


def _covers(where: Conditions, start: int, end: int | None) -> bool:
    return (where.input_above or 0) <= start and (
        where.input_upto is None or (end is not None and end <= where.input_upto)
    )


def _one(facts: Sequence[PriceFact], at: datetime, tree: Lineage) -> Reconciled:
    speakers = _speakers(facts, at, tree)
    fresh = [one for one in speakers if _is_fresh(one, at)]
    # What was read long ago may bear out a number, but no longer dispute it.
    said = {one.amount for one in fresh}
    voters = [one for one in speakers if not fresh or one in fresh or one.amount in said]
    chosen = _chosen(voters, tree)
    agree = sum(one.amount == chosen.amount for one in voters)
    others = sorted(
        (one for one in facts if one is not chosen),
        key=lambda one: (one.origin.importer, one.observed_at, *_terms(one)),
    )
    return Reconciled(
        chosen.endpoint,
        chosen.meter,
        chosen.unit,
        chosen.currency,
        chosen.conditions,
        chosen.amount,
        _state(fresh, voters, agree),
        (chosen, *others),
        len(voters) if fresh else 0,
        agree if fresh else 0,
    )


def _state(fresh: Sequence[PriceFact], voters: Sequence[PriceFact], agree: int) -> State:
    if not fresh:
        return State.STALE
    if agree < len(voters):
        return State.DISPUTED
    return State.AGREED if len(voters) > 1 else State.SINGLE_SOURCE


def _speakers(facts: Sequence[PriceFact], at: datetime, tree: Lineage) -> list[PriceFact]:
    """Return one fact of each family: of an open window before a base price, what was read too long ago aside.

    Of these that of the source that looked last, its own import before our notes of it.
    """

    def weight(one: PriceFact) -> tuple[object, ...]:
        name, windowed = one.origin.importer, bool(one.conditions.window)
        return _is_fresh(one, at), windowed, one.observed_at, ":" not in name, name, *_terms(one)

    return list({tree.family(one.origin.importer): one for one in sorted(facts, key=weight)}.values())


def _is_fresh(fact: PriceFact, at: datetime) -> bool:
    return at - fact.observed_at <= STALE_AFTER


def _terms(fact: PriceFact) -> tuple[object, ...]:
    """Return what tells facts of one source and day apart, so that the order in which they come decides nothing."""
    where = fact.conditions
    return where.window, where.input_above or 0, where.input_upto or 0, fact.amount, fact.origin.url


def _chosen(voters: Sequence[PriceFact], tree: Lineage) -> PriceFact:
    said: dict[Decimal, int] = defaultdict(int)
    for one in voters:
        said[one.amount] += 1
    return max(
        voters,
        key=lambda one: (tree.is_vendor(one.origin.importer), said[one.amount], one.observed_at, one.origin.importer),
    )
