"""The part of a judge in a comparison: A and each candidate, in both orders, at each prompt that both answered."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from scorecards import statistics
from scorecards.compare import cells, judge
from scorecards.compare.answers import Answers
from scorecards.compare.cells import Cell, Plan, Record
from scorecards.compare.judge import Judgement, Preference
from scorecards.compare.prompt_rows import Prompt
from scorecards.compare.shown import Json, share
from scorecards.exchanges import Ask, Exchange, Outcome
from scorecards.statistics import Share

ORDERS = 2
"""A first, B first: repeat 2 i of a judge's cells has A before the i-th candidate, repeat 2 i + 1 after it."""
WON = (Judgement.A, Judgement.B)


@dataclass(frozen=True, slots=True)
class Judging:
    """Judging what was answered.

    Attributes:
        name: Of its cells.
    """

    plan: Plan
    name: str
    answers: Answers
    prompts: Mapping[str, Prompt]

    def cells(self) -> Iterator[Cell]:
        """Yield every request, both orders one after the other: a run that ends early has judged whole pairs."""
        for prompt in self.plan.prompts:
            for place, _ in enumerate(self.plan.endpoints[1:]):
                yield from self.pair(prompt.id, place)

    def pair(self, prompt: str, place: int) -> Sequence[Cell]:
        """Return the requests of both orders of A and the candidate at a place; () where one of them has no answer."""
        both = (self.plan.endpoints[0], self.plan.endpoints[1 + place])
        if any((ref, prompt) not in self.answers for ref in both):
            return ()
        return [Cell(prompt, self.name, ORDERS * place + turned) for turned in range(ORDERS)]

    def ask(self, cell: Cell, temperature: Decimal | None) -> Ask:
        """Return the request of a cell."""
        first, second = (self.answers[ref, cell.prompt] for ref in order_of(self.plan, cell))
        prompt = self.prompts[cell.prompt]
        asked = judge.ask("\n\n".join(filter(None, (prompt.system, prompt.text))), first, second)
        return replace(asked, temperature=temperature, role=f"{cell.prompt}#{cell.repeat}")

    def record(self, cell: Cell, exchange: Exchange, cost_usd: Decimal | None) -> Record:
        """Return what became of a cell; its text is what the judge said."""
        return cells.record(cell, Prompt(cell.prompt, ""), exchange, cost_usd)

    def documents(self, ref: str, records: Iterable[Record], developers: Mapping[str, str]) -> dict[str, Json]:
        """Return what the judge says of each candidate beside A, by the candidate's ref. It is part of no verdict.

        Args:
            ref: The judge's endpoint.
            records: Those of no cell of the judge are left.
            developers: Who made the model of each endpoint and of the judge, by ref; who is unknown is not in it.
        """
        heard = {one.cell: _preference(one) for one in records if one.cell.endpoint == self.name}
        baseline, *candidates = self.plan.endpoints
        return {
            candidate: {
                "endpoint": ref,
                **self._counts(place, heard),
                "self_preference": _warnings(ref, (baseline, candidate), developers),
            }
            for place, candidate in enumerate(candidates)
        }

    def _counts(self, place: int, heard: Mapping[Cell, Preference | None]) -> Json:
        pairs = [pair for prompt in self.plan.prompts if (pair := self.pair(prompt.id, place))]
        asked = [pair for pair in pairs if all(cell in heard for cell in pair)]
        said = {pair[0].prompt: judge.both(*(heard[cell] for cell in pair)) for pair in asked}
        tally = judge.tally([*said.values()])
        return {
            "n": len(asked),
            "not_asked": len(pairs) - len(asked),
            "a": tally.a,
            "b": tally.b,
            "tie": tally.ties,
            "flipped": tally.flipped,
            "unread": tally.unread,
            "flip_rate": self._rate(tally.flip_rate, [one for one in said if said[one] is not Judgement.UNREAD]),
            "b_preferred": self._rate(tally.b_share, [one for one in said if said[one] in WON]),
        }

    def _rate(self, found: Share | None, prompts: Sequence[str]) -> Json | None:
        """Return a share of prompts; its interval counts a cluster, or a prompt, once."""
        if found is None:
            return None
        units = len({self.prompts[one].cluster or one for one in prompts})
        counted = share(statistics.share(found.value * units, units)) or {}
        return counted | {"n": found.n, "units": units}


def order_of(plan: Plan, cell: Cell) -> tuple[str, str]:
    """Return the refs whose answers a cell of the judge shows, in the order in which it shows them.

    >>> from scorecards.compare.prompt_rows import Prompt
    >>> plan = Plan((Prompt("p", "?"),), ("a:1", "b:1", "c:1"))
    >>> [order_of(plan, Cell("p", "judge j:1", repeat)) for repeat in (0, 3)]
    [('a:1', 'b:1'), ('c:1', 'a:1')]
    """
    place, turned = divmod(cell.repeat, ORDERS)
    a, b = plan.endpoints[0], plan.endpoints[1 + place]
    return (b, a) if turned else (a, b)


def _preference(record: Record) -> Preference | None:
    """Return whom a whole answer names; one that was cut may have named another in the end."""
    return judge.read(record.text) if record.outcome is Outcome.OK else None


def _warnings(ref: str, of: Sequence[str], developers: Mapping[str, str]) -> list[str]:
    known = {one: developers[one] for one in of if one in developers}
    return judge.warnings(developers[ref], known) if ref in developers else []
