"""How far comparisons came, as lists and pages show it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from scorecards.compare import duties
from scorecards.compare.duties import Part
from service.comparison_shown import MICRO
from service.pages import formats
from service.pages.formats import Moment
from service.reports import figures
from service.store.comparisons import OPEN, Comparison, Listed

STATES: Mapping[str, str] = {
    "waiting": "waiting",
    "running": "running",
    "done": "done",
    "cancelled": "cancelled: what came before is kept",
    "out_of_money": "stopped at its cap: what came before is kept",
    "failed": "failed",
}
KINDS: Mapping[str, str] = {"drill": "swap drill"}
"""What a kind of comparison is called, where it is not just one."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one endpoint, or all of it, came; `states` = how its requests ended, in words."""

    ref: str
    sent: int
    cells: int
    states: str


@dataclass(frozen=True, slots=True)
class ListedView:
    """One comparison in the list; `about` = its kind and who is in it, `progress` None = it has ended."""

    title: str
    href: str
    about: str
    state: str
    reason: str
    cells: int
    progress: Progress | None
    created: Moment | None


@dataclass(frozen=True, slots=True)
class ComparisonView:
    """One comparison without its report.

    Attributes:
        is_open: Whether it can be cancelled.
        facts: Name and value of what was asked for and used.
    """

    id: str
    href: str
    title: str
    kind: str
    state: str
    reason: str
    is_open: bool
    progress: list[Progress]
    facts: list[tuple[str, str]]
    created: Moment | None
    ended: Moment | None


def address(key: str) -> str:
    """Return the page of a comparison."""
    return f"/console/comparisons/{formats.query(key)}"


def listed(one: Listed, states: Mapping[str, Mapping[str, int]], now: datetime) -> ListedView:
    """Return a comparison as the list shows it."""
    sent = sum(count for found in states.values() for count in found.values())
    named = figures.visible(", ".join(one.endpoints)) if one.name.strip() else ""
    return ListedView(
        title=figures.title(one.name, one.endpoints),
        href=address(one.id),
        about=" · ".join(filter(None, [KINDS.get(one.kind, ""), named])),
        state=STATES[one.state],
        reason=figures.visible(one.reason),
        cells=one.cells,
        progress=Progress("", sent, one.cells, "") if one.state in OPEN else None,
        created=formats.moment(one.created_at, now),
    )


def view(one: Comparison, states: Mapping[str, Mapping[str, int]], now: datetime) -> ComparisonView:
    """Return a comparison as its page shows it above its report."""
    plan = one.order.plan
    return ComparisonView(
        id=one.id,
        href=address(one.id),
        title=figures.title(one.order.name, plan.endpoints),
        kind=one.kind,
        state=STATES[one.state],
        reason=figures.visible(one.reason),
        is_open=one.is_open,
        progress=[_progress(part, states.get(part.name, {})) for part in duties.parts(one.order)],
        facts=_facts(one),
        created=formats.moment(one.created_at, now),
        ended=formats.moment(one.ended_at, now),
    )


def _progress(part: Part, states: Mapping[str, int]) -> Progress:
    said = ", ".join(f"{count:,} {figures.words(state)}" for state, count in sorted(states.items()))
    return Progress(figures.visible(part.name), sum(states.values()), part.cells, said)


def _paid(one: Comparison) -> str:
    """Return what it cost; nothing that has a price is no price of nothing."""
    usd = Decimal(one.micro_usd) / MICRO
    return f"{figures.usd(usd)} by the prices that are held" if usd else "no price is held"


def _facts(one: Comparison) -> list[tuple[str, str]]:
    order = one.order
    caps = [figures.usd(order.cap_usd)] if order.cap_usd is not None else []
    caps += [f"{order.cap_tokens:,} tokens"] if order.cap_tokens is not None else []
    return [
        ("Prompts", f"{len(order.plan.prompts):,}"),
        ("Used", f"{one.tokens:,} tokens; {_paid(one)}"),
        ("At most", " and ".join(caps) or "what the caps of the day allow"),
        ("An answer", f"at most {order.max_output_tokens:,} tokens"),
    ]
