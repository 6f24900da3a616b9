"""The cost pillar: what the standard workloads cost, on the fixed scale of the rubric."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from scorecards import scoring
from scorecards.catalog import Endpoint
from scorecards.cost import workloads
from scorecards.cost.engine import Cost, Tariff
from scorecards.cost.workloads import Workload
from scorecards.rubric import Scale
from scorecards.scoring import Item, Pillar

MILLION = Decimal(1_000_000)
NO_PRICES = "no price facts are held yet"


@dataclass(frozen=True, slots=True)
class EndpointCost:
    """What the standard workloads cost at one endpoint at any hour of the week, and the points for it."""

    endpoint: Endpoint
    costs: tuple[tuple[Workload, Cost], ...]
    pillar: Pillar


def of_endpoint(
    endpoint: Endpoint, tariff: Tariff, scale: Scale, at: datetime, measured: Item | None = None
) -> EndpointCost:
    """Return the costs of an endpoint at an aware instant; peak and off-peak hours make a range.

    Args:
        measured: What a measured cost counts beside the workloads; None = none was measured, and none is missing.
    """
    tasks = workloads.load().tasks.values()
    costs = tuple((one, workloads.price(tariff, one, at, any_hour=True)) for one in tasks)
    items = [*(_item(*one, scale) for one in costs), *([measured] if measured else [])]
    return EndpointCost(endpoint, costs, scoring.pillar(items, endpoint.ref))


def _item(workload: Workload, cost: Cost, scale: Scale) -> Item:
    """Return the points of a workload: of its total, or halfway between the chosen prices that the hour decides.

    What other sources say widens the range and moves no points: a disagreement is never averaged.
    """
    tokens = workload.times * (workload.usage.input + workload.usage.output)
    low, high = (_per_million(cost.in_usd(one), tokens) for one in (cost.low, cost.high))
    chosen = [_per_million(cost.in_usd(one), tokens) for one in cost.chosen]
    if low is None or high is None:
        return scoring.unknown(scale.weight)
    best, worst = scoring.on_scale(scale, low), scoring.on_scale(scale, high)
    points = sum(scoring.on_scale(scale, one) for one in chosen if one is not None) / Decimal(len(chosen))
    return Item(scale.weight, points, min(best, worst), max(best, worst))


def _per_million(usd: Decimal | None, tokens: int) -> Decimal | None:
    return None if usd is None else usd * MILLION / tokens


def of_model(costs: Sequence[EndpointCost]) -> Pillar:
    """Return a model's pillar: that of its developer's own endpoint, else of the median one with prices.

    Where the developer serves it at several prices (regions), the range covers all of them.
    """
    known = [one for one in costs if one.pillar.score is not None]
    own = [one for one in known if one.endpoint.first_party]
    if not known:
        return scoring.pillar([scoring.unknown()], NO_PRICES)
    ranked = sorted(own or known, key=lambda one: (one.pillar.score or 0, one.endpoint.ref))
    chosen = ranked[(len(ranked) - 1) // 2].pillar
    ranged = [one.pillar for one in own] or [chosen]
    return replace(chosen, low=min(one.low for one in ranged), high=max(one.high for one in ranged))
