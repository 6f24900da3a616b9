"""What usage costs: the facts of an endpoint compiled once, then exact amounts for any usage at any instant."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from scorecards.catalog import split_endpoint_ref
from scorecards.cost import exchange, windows
from scorecards.cost.exchange import Rate
from scorecards.cost.fact import PriceFact
from scorecards.cost.market import STANDARD, WORST_FIRST, Asked, Choice, Market, Price
from scorecards.cost.reconcile import STALE_AFTER, reconcile
from scorecards.cost.usage import FREE_UNLESS_LISTED, Charge, Usage, charges

UNKNOWN = "unknown"
VIEW = "USD"
ZERO = Decimal(0)
INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One meter of a bill: how much of it was used, and the price of it, or all that may be."""

    meter: str
    quantity: int
    choice: Choice


@dataclass(frozen=True, slots=True)
class Cost:
    """What usage costs.

    Attributes:
        currency: As listed; None = nothing is known.
        total: In `currency`; None = no price is known, or several may apply that differ.
        low, high: Over conditions that cannot be decided and over what the sources say; None = no price is known.
        rate: What the USD view rests on; None = the prices are in USD, or no rate is known.
        state: `agreed`, `single_source`, `stale` or `disputed` as the worst of the prices used, or `unknown`.
        flags: What a reader must know: conditions that could not be decided, meters without a price.
    """

    endpoint: str
    at: datetime
    currency: str | None
    total: Decimal | None
    low: Decimal | None
    high: Decimal | None
    rate: Rate | None
    state: str
    lines: tuple[Line, ...] = ()
    flags: tuple[str, ...] = ()

    def in_usd(self, amount: Decimal | None) -> Decimal | None:
        """Return an amount of this cost in US dollars; None = it is not known, or no rate is."""
        if amount is None or self.currency == VIEW:
            return amount
        return self.rate.usd(amount) if self.rate else None

    def times(self, count: int) -> "Cost":
        """Return what that many of the same cost; the context tier stays that of one."""
        if self.low is None or self.high is None:
            return self
        lines = tuple(replace(one, quantity=one.quantity * count) for one in self.lines)
        total = None if self.total is None else self.total * count
        return replace(self, total=total, low=self.low * count, high=self.high * count, lines=lines)

    @property
    def usd(self) -> Decimal | None:
        """The total in US dollars."""
        return self.in_usd(self.total)

    @property
    def chosen(self) -> tuple[Decimal, Decimal]:
        """The least and the most over what cannot be decided, in `currency`, by the chosen prices alone."""
        each = [(line.quantity, [one.each for one in line.choice.prices]) for line in self.lines]
        return sum((n * min(some) for n, some in each), ZERO), sum((n * max(some) for n, some in each), ZERO)

    @property
    def prices(self) -> list[Price]:
        """The prices that the cost rests on, each once."""
        return list({id(one): one for line in self.lines for one in line.choice.prices}.values())

    @property
    def facts(self) -> list[PriceFact]:
        """The facts that the cost rests on, those that disagree included."""
        return [fact for price in self.prices for fact in price.listed.facts]


class Tariff:
    """All prices of one endpoint, ready to be asked.

    Time falls into spans in which the same facts hold and the same windows are open; what holds in one is reconciled
    when it is first asked for.
    """

    def __init__(self, endpoint: str, facts: Iterable[PriceFact]) -> None:
        self.endpoint = endpoint
        self._facts = tuple(one for one in facts if one.endpoint == endpoint)
        self._region = (split_endpoint_ref(endpoint)[1] or "") if self._facts else ""
        self.edges = _edges(self._facts)
        """Instants at which something about its prices changes, sorted."""
        self._windows = sorted({one.conditions.window for one in self._facts} - {""})
        self._markets: dict[tuple[int, tuple[bool | None, ...] | None], dict[str, Market]] = {}

    def markets(self, at: datetime, *, any_hour: bool = True) -> Mapping[str, Market]:
        """Return what is listed at an aware instant by currency: USD first, then those with most meters.

        With `any_hour` the prices of every window of the week, each for itself; else those of windows that are open or
        may be, with what other sources say is billed at that hour.
        """
        number = bisect_right(self.edges, at)
        states = None if any_hour else tuple([_covers(one, at) for one in self._windows])
        found = self._markets.get((number, states))
        if found is None:
            open_ = None if states is None else dict(zip(self._windows, states, strict=True))
            found = self._markets[number, states] = _markets(self._facts, at, open_)
        return found

    def listed(self, at: datetime) -> list[Price]:
        """Return every price in force at an aware instant, whatever its conditions."""
        found = [price for market in self.markets(at).values() for prices in market.meters.values() for price in prices]
        return sorted(found, key=_place)

    def state(self, at: datetime) -> str:
        """Return the worst state of the prices in force at an aware instant; `unknown` where there are none."""
        found = [one.badness for one in self.listed(at)]
        return WORST_FIRST[min(found)].value if found else UNKNOWN

    def announced(self, at: datetime) -> list[PriceFact]:
        """Return the facts that take effect after an aware instant, the next first."""
        ahead = [(one.valid_from, number, one) for number, one in enumerate(self._facts) if one.valid_from]
        return [one for start, _, one in sorted(ahead) if start > at]

    def next_edge(self, at: datetime) -> datetime | None:
        """Return the next instant at which something about the prices changes; None = nothing is known to."""
        number = bisect_right(self.edges, at)
        return self.edges[number] if number < len(self.edges) else None

    def tiers(self, at: datetime) -> set[str]:
        """Return the service tiers for which a price is in force at an aware instant."""
        return {one.conditions.tier for one in self.listed(at)}

    def cost(
        self,
        usage: Usage,
        at: datetime,
        *,
        currency: str | None = None,
        tier: str = STANDARD,
        region: str = "",
        any_hour: bool = False,
    ) -> Cost:
        """Return what usage costs that was completed at an aware instant.

        Args:
            currency: One that is listed; None = USD where it is listed, else the one with most meters.
            tier: Service tier.
            region: Where it is served; "" = the region of the endpoint's ref.
            any_hour: Whether the hour of the week is left open, so that every window may apply.
        """
        markets = self.markets(at, any_hour=any_hour)
        chosen = currency or next(iter(markets), "")
        market = markets.get(chosen)
        if market is None:
            return self._unknown(at, _why_none(self._facts, currency, markets))
        asked = Asked(at, tier, region or self._region, usage.input_of_one, any_hour)
        lines, flags, complete = [], list[str](), True
        for charge in charges(usage, reasoning_apart="reasoning" in market.meters):
            meter = charge.meter if charge.meter in market.meters else charge.instead
            if meter in market.meters:
                choice = market.choice(meter, asked, flags)
                lines.append(Line(charge.meter, charge.quantity, choice))
            if meter != charge.meter or meter not in market.meters:
                complete &= _without(charge, market, flags)
        return self._sum(at, chosen, lines, flags) if complete else self._unknown(at, *dict.fromkeys(flags))

    def _sum(self, at: datetime, currency: str, lines: Sequence[Line], flags: Sequence[str]) -> Cost:
        low = high = total = ZERO
        decided, badness = True, len(WORST_FIRST) - 1
        for line in lines:
            choice, quantity = line.choice, line.quantity
            low += choice.low * quantity
            high += choice.high * quantity
            badness = min(badness, choice.badness)
            if choice.each is None:
                decided = False
            else:
                total += choice.each * quantity
        return Cost(
            self.endpoint,
            at,
            currency,
            total if decided else None,
            low,
            high,
            None if currency == VIEW else exchange.rate(currency, at),
            WORST_FIRST[badness].value,
            tuple(lines),
            tuple(dict.fromkeys(flags)),
        )

    def _unknown(self, at: datetime, *why: str) -> Cost:
        return Cost(self.endpoint, at, None, None, None, None, None, UNKNOWN, (), why)


def _edges(facts: Iterable[PriceFact]) -> list[datetime]:
    """Return the instants at which something about these facts changes: they begin, end, or grow stale."""
    stale = [one.observed_at + STALE_AFTER + INSTANT for one in facts]
    return sorted({edge for one in facts for edge in (one.valid_from, one.valid_to) if edge is not None} | {*stale})


def _covers(window: str, at: datetime) -> bool | None:
    known = windows.load().get(window)
    return known.covers(at) if known else None


def _place(price: Price) -> tuple[object, ...]:
    """Return where a price stands in a list: USD first, the wider conditions before the closer ones."""
    one, terms = price.listed, price.conditions
    return one.currency != VIEW, one.currency, terms.tier != STANDARD, terms.tier, one.meter, price.rank, terms.window


def _markets(
    facts: Iterable[PriceFact], at: datetime, open_windows: Mapping[str, bool | None] | None
) -> dict[str, Market]:
    covers = None if open_windows is None else lambda name, _: open_windows[name]
    by_currency = defaultdict(list)
    for one in reconcile(facts, at, covers):
        by_currency[one.currency].append(one)
    order = sorted(by_currency, key=lambda one: (one != VIEW, -len(by_currency[one]), one))
    return {currency: Market(by_currency[currency], windows.load()) for currency in order}


def _why_none(facts: Sequence[PriceFact], currency: str | None, markets: Mapping[str, Market]) -> str:
    if currency and markets:
        return f"no price in {currency} is listed, only in {', '.join(markets)}"
    return "no price held at this instant" if facts else "no price of this endpoint is held"


def _without(charge: Charge, market: Market, flags: list[str]) -> bool:
    """Say that a meter has no price; return whether its part of the bill is known all the same."""
    if charge.meter == FREE_UNLESS_LISTED:
        return True
    known = charge.instead in market.meters
    flags.append(f"{charge.meter}: no price is listed" + (f", counted as {charge.instead}" if known else ""))
    return known
