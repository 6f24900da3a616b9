"""Who does what in a comparison: endpoints answer, and then a judge reads what they answered."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from scorecards.compare import cells
from scorecards.compare.answers import first_answers
from scorecards.compare.cells import Cell, Record
from scorecards.compare.judging import Judging
from scorecards.compare.order import Order
from scorecards.compare.prompt_rows import Prompt
from scorecards.compare.shown import Json
from scorecards.exchanges import Ask, Exchange


class Role(StrEnum):
    """What an endpoint is there for."""

    ANSWER = "answer"
    JUDGE = "judge"


@dataclass(frozen=True, slots=True)
class Part:
    """One endpoint's part in a comparison.

    Attributes:
        cells: Requests that it takes; a judge is spared those of prompts that were not answered.
    """

    role: Role
    ref: str
    cells: int

    @property
    def name(self) -> str:
        """What its cells and its progress are told by: the ref, or `judge REF`, since a judge may answer as well."""
        return self.ref if self.role is Role.ANSWER else f"{self.role.value} {self.ref}"


class Duty(Protocol):
    """What a part consists of."""

    def cells(self) -> Iterable[Cell]:
        """Return every request, in its order."""

    def ask(self, cell: Cell, temperature: Decimal | None) -> Ask:
        """Return the request of a cell; `temperature` None = the endpoint takes none."""

    def record(self, cell: Cell, exchange: Exchange, cost_usd: Decimal | None) -> Record:
        """Return what became of a cell."""


@dataclass(frozen=True, slots=True)
class Answering:
    """Answering every prompt."""

    order: Order
    ref: str
    prompts: Mapping[str, Prompt]

    def cells(self) -> Iterator[Cell]:
        """Yield every request, in its order."""
        return (cell for cell in self.order.plan.cells() if cell.endpoint == self.ref)

    def ask(self, cell: Cell, temperature: Decimal | None) -> Ask:
        """Return the request of a cell."""
        return self.prompts[cell.prompt].ask(cell.repeat, self.order.max_output_tokens, temperature)

    def record(self, cell: Cell, exchange: Exchange, cost_usd: Decimal | None) -> Record:
        """Return what became of a cell."""
        return cells.record(cell, self.prompts[cell.prompt], exchange, cost_usd)


def parts(order: Order) -> list[Part]:
    """Return every part: first of those that answer, A before all others."""
    plan = order.plan
    of_judge = 2 * len(plan.prompts) * (len(plan.endpoints) - 1)
    return [
        *(Part(Role.ANSWER, ref, len(plan.prompts) * plan.asked(ref)) for ref in plan.endpoints),
        *(Part(Role.JUDGE, ref, of_judge) for ref in (order.judge,) if ref),
    ]


def named(order: Order, name: str) -> Part:
    """Return the part of this name; LookupError when an order has none."""
    found = next((one for one in parts(order) if one.name == name), None)
    if found is None:
        raise LookupError(f"wants a part among {', '.join(one.name for one in parts(order))}, has {name!r}")
    return found


def duty(order: Order, part: Part, records: Iterable[Record]) -> Duty:
    """Return what a part consists of; a judge's hangs on the records of those that answered."""
    return DUTIES[part.role](order, part, records)


def _answering(order: Order, part: Part, _records: Iterable[Record]) -> Duty:
    return Answering(order, part.ref, _by_id(order))


def _judging(order: Order, part: Part, records: Iterable[Record]) -> Judging:
    return Judging(order.plan, part.name, first_answers(order.plan, records), _by_id(order))


def _by_id(order: Order) -> dict[str, Prompt]:
    return {one.id: one for one in order.plan.prompts}


DUTIES: Mapping[Role, Callable[[Order, Part, Iterable[Record]], Duty]] = {
    Role.ANSWER: _answering,
    Role.JUDGE: _judging,
}


def beside(order: Order, records: Sequence[Record], developers: Mapping[str, str]) -> dict[str, Json]:
    """Return what those who read the answers say of each candidate, by its ref; {} where nobody did.

    `developers`: endpoint → who made its model; who is unknown is not in it.
    """
    reading = [one for one in parts(order) if one.role is Role.JUDGE]
    said = {one.role.value: _judging(order, one, records).documents(one.ref, records, developers) for one in reading}
    return {one: {name: of[one] for name, of in said.items()} for one in order.plan.endpoints[1:]} if said else {}
