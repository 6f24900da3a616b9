"""What a source is, and what most of them need: exact numbers of JSON, prices of a past, bands of input tokens."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from scorecards.cost.fact import Basis, Conditions
from scorecards.cost.listing import Entry, PriceFile, PriceSourceError, Stated

PER_MILLION = 1_000_000
DOLLARS = "USD"
"""What data sets are in whose form has no currency but this one."""

Prices = Mapping[tuple[str, Conditions], object]
"""(Meter, conditions) → amount."""


@dataclass(frozen=True, slots=True)
class Source:
    """How a source's bytes are read.

    Attributes:
        stated: Returns all that stands in them; raises PriceSourceError when they are not what the source publishes.
    """

    stated: Callable[[PriceFile], Stated]


def parsed(file: PriceFile, wanted: type[dict[str, Any]] | type[list[Any]]) -> Any:  # noqa: ANN401 - JSON is what it is
    """Return JSON with every number as it stands there: no binary fractions, NaN and Infinity included.

    Raises:
        PriceSourceError: it is no JSON, or no object or list at its top.
    """
    try:
        found = json.loads(file.content, parse_float=Decimal, parse_constant=Decimal)
    except (ValueError, RecursionError) as error:
        raise PriceSourceError(f"{file.url}: wants JSON, {error}") from error
    if not isinstance(found, wanted):
        raise PriceSourceError(f"{file.url}: wants a JSON {wanted.__name__}, has a {type(found).__name__}")
    return found


def rows(found: object) -> list[dict[str, Any]]:
    """Return those members of a list that are objects; [] for what is no list."""
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def table(found: object) -> dict[str, Any]:
    """Return an object; {} for anything else."""
    return found if isinstance(found, dict) else {}


def per_million(amount: object) -> object:
    """Return a price of a million of what `amount` is the price of one; what is no number comes back as it is."""
    if isinstance(amount, str):
        try:
            amount = Decimal(amount)
        except ArithmeticError:
            return amount
    return amount * PER_MILLION if isinstance(amount, int | Decimal) and not isinstance(amount, bool) else amount


def banded(
    meter: str,
    base: object,
    above: Iterable[tuple[int, object]],
    conditions: Conditions = Conditions(),  # noqa: B008 - it is frozen
) -> Iterator[tuple[tuple[str, Conditions], object]]:
    """Yield a meter's prices by bands of input tokens: `base` up to the first edge, then from edge to edge."""
    edges = sorted(above, key=lambda one: one[0])
    starts: list[tuple[int | None, object]] = [(None, base), *edges]
    for place, (start, amount) in enumerate(starts):
        end = edges[place][0] if place < len(edges) else None
        if amount is not None:
            yield (meter, replace(conditions, input_above=start, input_upto=end)), amount


@dataclass(frozen=True, slots=True)
class Period:
    """All prices of a model from an instant on; empty `prices` = it is not sold.

    Attributes:
        start: None = the source does not say from when.
    """

    start: datetime | None
    prices: Prices
    basis: Basis = Basis.IMPORTED
    url: str = ""


def past(provider: str, model_id: str, periods: Sequence[Period]) -> Iterator[Entry]:
    """Yield the entries of successive periods; what a period no longer lists ends with the one before."""
    before: Prices = {}
    for one in periods:
        for meter, conditions in [*one.prices, *(key for key in before if key not in one.prices)]:
            amount = one.prices.get((meter, conditions))
            yield Entry(
                provider,
                model_id,
                meter,
                amount,
                one.start,
                one.basis,
                conditions=conditions,
                currency=DOLLARS,
                url=one.url,
            )
        before = one.prices


def seen(
    provider: str, model_id: str, prices: Prices, at: datetime, url: str = "", *, free: bool = False
) -> Iterator[Entry]:
    """Yield the entries of a source that only tells what holds when somebody looks."""
    for (meter, conditions), amount in prices.items():
        yield Entry(
            provider,
            model_id,
            meter,
            amount,
            at,
            Basis.FIRST_OBSERVED,
            conditions=conditions,
            currency=DOLLARS,
            url=url,
            free=free,
        )


def instant(found: object) -> datetime:
    """Return an instant of ISO 8601, UTC where no zone stands; a day is its beginning.

    Raises:
        ValueError: it is none.
    """
    at = datetime.fromisoformat(str(found))
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
