"""Prices as a model's page shows them: the table first, then what work costs, then how prices moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from scorecards.catalog import Endpoint
from scorecards.cost import past, picture, published, workloads
from scorecards.cost.engine import Tariff
from scorecards.cost.fact import PriceFact
from scorecards.cost.market import Price
from scorecards.cost.workloads import Workload
from service.pages import formats
from service.pages.formats import Moment

NAMES = {"hand": "vendor's page"}
"""What an importer's name does not say by itself."""


@dataclass(frozen=True, slots=True)
class SourceView:
    """What one source says of a price."""

    name: str
    amount: str
    href: str | None
    snippet: str
    observed: Moment | None


@dataclass(frozen=True, slots=True)
class PriceView:
    """One price in force.

    Attributes:
        when: Its conditions in words; "" = always.
        state: In words.
        disputed: Whether its sources disagree.
    """

    meter: str
    amount: str
    unit: str
    when: str
    state: str
    disputed: bool
    sources: list[SourceView]


@dataclass(frozen=True, slots=True)
class WorkView:
    """What a workload costs.

    Attributes:
        usd: The total of the present hour; None = not known, or not decided.
        span: Low to high over all hours of the week and all sources; None = there is one price.
        mix: What one task uses, in words.
    """

    title: str
    mix: str
    usd: str | None
    span: str | None
    state: str
    notes: list[str]


@dataclass(frozen=True, slots=True)
class OfferView:
    """The prices of one endpoint.

    Attributes:
        tasks: Workloads and blends.
        rate: What the view in US dollars rests on; "" = nothing was converted.
        currency: Of the picture.
        line: Picture of how prices moved; None = they never did, as far as anybody wrote down.
        steps: What the picture shows, in words.
        announced: What is to come, in words.
    """

    ref: str
    anchor: str
    who: str
    data: str
    prices: list[PriceView]
    tasks: list[WorkView]
    rate: str
    currency: str
    line: Markup | None
    steps: list[str]
    announced: list[str]


def view(found: Sequence[tuple[Endpoint, Tariff]], now: datetime) -> list[OfferView]:
    """Return the prices of a model's endpoints at an instant; those that never had any are left out."""
    return [_offer(endpoint, tariff, now) for endpoint, tariff in found if tariff.edges]


def _offer(endpoint: Endpoint, tariff: Tariff, now: datetime) -> OfferView:
    tasks = workloads.load().all.values()
    rate = next((cost.rate for one in tasks if (cost := workloads.price(tariff, one, now)).rate), None)
    currency = next(iter(tariff.markets(now)), "")
    lines = {formats.words(meter): past.steps(tariff, meter, currency) for meter in past.METERS}
    anchor = formats.anchor("prices", endpoint.ref)
    drawn = picture.render(f"Prices of {endpoint.ref}", lines, now, anchor) if _moved(lines) else ""
    return OfferView(
        ref=endpoint.ref,
        anchor=anchor,
        who="the developer's own" if endpoint.first_party else "third party",
        data=f"/v1/prices/{formats.query(endpoint.ref)}",
        prices=[_price(one, now) for one in tariff.listed(now)],
        tasks=[_work(one, tariff, now) for one in tasks],
        rate=f"{rate.currency} at {published.decimal(rate.per_usd)} for a dollar on {rate.date}" if rate else "",
        currency=currency,
        # Written by an XML serializer from numbers and escaped names; never anybody else's bytes.
        line=Markup(drawn) if drawn else None,  # noqa: S704
        steps=list(picture.sentences(lines)) if drawn else [],
        announced=[_ahead(one) for one in tariff.announced(now)],
    )


def _moved(lines: picture.Lines) -> bool:
    return any(len(steps) > 1 for steps in lines.values())


def _price(one: Price, now: datetime) -> PriceView:
    listed = one.listed
    return PriceView(
        meter=formats.words(listed.meter),
        amount=f"{published.decimal(listed.amount)} {listed.currency}",
        unit=listed.unit,
        when=published.in_words(listed.conditions),
        state=formats.words(listed.state.value),
        disputed=listed.state.value == "disputed",
        sources=[_source(fact, now) for fact in listed.facts],
    )


def _source(fact: PriceFact, now: datetime) -> SourceView:
    return SourceView(
        name=NAMES.get(fact.origin.importer) or formats.words(fact.origin.importer),
        amount=str(published.decimal(fact.amount)),
        href=formats.link(fact.origin.url),
        snippet=fact.origin.snippet,
        observed=formats.moment(fact.observed_at, now),
    )


def _work(work: Workload, tariff: Tariff, now: datetime) -> WorkView:
    cost, ever = (workloads.price(tariff, work, now, any_hour=every) for every in (False, True))
    low, high = published.usd(ever, ever.low), published.usd(ever, ever.high)
    span = f"{low}–{high}" if low != high else None
    total = published.usd(cost, cost.total)
    return WorkView(work.title, _mix(work.mix), total, span, formats.words(cost.state), list(cost.flags))


def _mix(mix: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {formats.words(name)}" for name, count in mix.items())


def _ahead(one: PriceFact) -> str:
    when = published.in_words(one.conditions)
    terms = f" ({when})" if when else ""
    start = f"{one.valid_from:%Y-%m-%d %H:%M} UTC"
    return (
        f"{formats.words(one.meter)}{terms}: {published.decimal(one.amount)} {one.currency} per {one.unit} from {start}"
    )
