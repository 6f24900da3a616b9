"""Who does what in a comparison: endpoints answer, and then a judge and an embedder read what they answered."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from scorecards.compare import cells
from scorecards.compare.answers import Answers, first_answers
from scorecards.compare.cells import Cell, Record
from scorecards.compare.judging import Judging
from scorecards.compare.order import Order
from scorecards.compare.prompt_rows import Prompt
from scorecards.compare.shown import Json
from scorecards.compare.similarity import Embedding
from scorecards.exchanges import Ask, Exchange


class Role(StrEnum):
    """What an endpoint is there for."""

    ANSWER = "answer"
    JUDGE = "judge"
    EMBED = "embedder"


@dataclass(frozen=True, slots=True)
class Part:
    """One endpoint's part in a comparison.

    Attributes:
        cells: Requests that it takes; a reader is spared those of prompts that were not answered.
    """

    role: Role
    ref: str
    cells: int

    @property
    def name(self) -> str:
        """What its cells and its progress are told by: the ref, or `judge REF`: who reads may answer as well."""
        return self.ref if self.role is Role.ANSWER else f"{self.role.value} {self.ref}"


class Duty(Protocol):
    """What a part consists of."""

    def cells(self) -> Iterable[Cell]:
        """Return every request, in its order."""

    def ask(self, cell: Cell, temperature: Decimal | None) -> Ask:
        """Return the request of a cell; `temperature` None = the endpoint takes none."""

    def record(self, cell: Cell, exchange: Exchange, cost_usd: Decimal | None) -> Record:
        """Return what became of a cell."""


class Reading(Duty, Protocol):
    """What reading the answers consists of."""

    def documents(self, ref: str, records: Iterable[Record], developers: Mapping[str, str]) -> dict[str, Json]:
        """Return what the endpoint `ref` says of each candidate, by its ref."""


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
    prompts, endpoints = len(plan.prompts), len(plan.endpoints)
    reading = ((Role.JUDGE, order.judge, 2 * (endpoints - 1)), (Role.EMBED, order.embedder, endpoints))
    return [
        *(Part(Role.ANSWER, ref, prompts * plan.asked(ref)) for ref in plan.endpoints),
        *(Part(role, ref, prompts * each) for role, ref, each in reading if ref),
    ]


def named(order: Order, name: str) -> Part:
    """Return the part of this name; LookupError when an order has none."""
    found = next((one for one in parts(order) if one.name == name), None)
    if found is None:
        raise LookupError(f"wants a part among {', '.join(one.name for one in parts(order))}, has {name!r}")
    return found


def duty(order: Order, part: Part, records: Iterable[Record]) -> Duty:
    """Return what a part consists of; a reader's hangs on the records of those that answered."""
    if part.role is Role.ANSWER:
        return Answering(order, part.ref, _by_id(order))
    return READINGS[part.role](order, part.name, first_answers(order.plan, records))


def _by_id(order: Order) -> dict[str, Prompt]:
    return {one.id: one for one in order.plan.prompts}


READINGS: Mapping[Role, Callable[[Order, str, Answers], Reading]] = {
    Role.JUDGE: lambda order, name, answers: Judging(order.plan, name, answers, _by_id(order)),
    Role.EMBED: lambda order, name, answers: Embedding(order.plan, name, answers),
}
TITLES: Mapping[Role, str] = {Role.JUDGE: "judge", Role.EMBED: "similarity"}
"""What a document calls that which a reader says."""


def beside(order: Order, records: Sequence[Record], developers: Mapping[str, str]) -> dict[str, Json]:
    """Return what those who read the answers say of each candidate, by its ref; {} where nobody did.

    `developers`: endpoint → who made its model; who is unknown is not in it.
    """
    reading = [one for one in parts(order) if one.role is not Role.ANSWER]
    answers = first_answers(order.plan, records) if reading else {}
    said = {
        TITLES[one.role]: READINGS[one.role](order, one.name, answers).documents(one.ref, records, developers)
        for one in reading
    }
    return {one: {title: of[one] for title, of in said.items()} for one in order.plan.endpoints[1:]} if said else {}
